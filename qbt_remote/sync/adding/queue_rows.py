"""The rows of the add queue, in memory and in the file, and what they are doing now.

Rows are written in groups, in a thread: a group costs one flush of the disk.  Where the disk fails meanwhile, sending
goes on and is written down later; after an end in between, the rows count as under way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from qbt_remote.api.adding.add import AddItem, AddResult
from qbt_remote.local.add_queue import QueueFile, QueueRow
from qbt_remote.sync.adding.kept import is_fetched, item_of

T = TypeVar("T")
GROUP = 50
PENDING = frozenset(("queued", "sending", "verifying"))
_log = logging.getLogger(__name__)


class QueueRows:
    """All rows by id.  ``on_change`` is told of rows that are new, changed or taken away."""

    def __init__(self, file: QueueFile) -> None:
        self.file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="queue")
        self._unsaved: dict[int, QueueRow] = {}
        self.all: dict[int, QueueRow] = {}
        self.results: dict[int, AddResult] = {}
        """What became of rows in this run, by id."""
        self.under_way: set[int] = set()
        """The rows that are being sent just now."""
        self.hurried: set[int] = set()
        """Links that nobody waits for any more; they are followed up."""
        self.on_change: list[Callable[[Collection[QueueRow]], None]] = []

    def pending(self, server: str = "") -> list[QueueRow]:
        """Give the rows that have no result yet."""
        return [row for row in self.all.values() if row.state in PENDING and server in ("", row.server)]

    def next_rows(self, server: str) -> list[QueueRow]:
        """Give the next group to send: up to 50 rows, or one link that the server is to fetch."""
        waiting = [row for row in self.all.values() if row.server == server and row.state in ("queued", "sending")]
        waiting.sort(key=lambda row: (int(row.told.get("tries", 0)), row.id))
        fetched = next((n for n, row in enumerate(waiting[:GROUP]) if is_fetched(row)), GROUP)
        return waiting[: fetched or 1]

    async def item(self, row: QueueRow) -> AddItem:
        """Give a row's item, its bytes read from the file.  Raises OSError."""
        return item_of(row, await self.do(lambda: self.file.torrent(row.id)))

    def set(self, row: QueueRow, state: Any, result: AddResult | None = None, **told: Any) -> None:
        """Say what a row's state is now, and tell the listeners."""
        row.told = row.told | told
        if result is not None:
            row.told = row.told | {"outcome": result.outcome, "reason": result.reason, "found": result.found}
            self.results[row.id] = result
        self.set_all([row], state)

    def set_all(self, rows: Sequence[QueueRow], state: Any) -> None:
        """Say what the state of these rows is now, and tell the listeners once."""
        for row in rows:
            if row.state != state:
                row.state, row.changed = state, time.time()
        self.tell([row for row in rows if row.id in self.all])

    def tell(self, rows: Collection[QueueRow]) -> None:
        if rows:
            for listener in list(self.on_change):
                listener(rows)

    async def save(self, rows: Sequence[QueueRow] = ()) -> None:
        """Write rows down, with those that the disk refused before."""
        self._unsaved |= {row.id: row for row in rows}
        wanted = [row for row in self._unsaved.values() if row.id in self.all]
        self._unsaved = {}
        try:
            if wanted:
                await self.do(lambda: self.file.update(wanted))
        except OSError as error:
            _log.warning("the add queue cannot be written: %s", error)
            self._unsaved = {row.id: row for row in wanted} | self._unsaved

    async def attempt(self, call: Callable[[], T]) -> T | None:
        """Let the thread make a call; where the disk refuses, that is logged."""
        try:
            return await self.do(call)
        except OSError as error:
            _log.warning("the add queue cannot be written: %s", error)
            return None

    async def do(self, call: Callable[[], T]) -> T:
        """Let the thread make a call.  Raises what that raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
