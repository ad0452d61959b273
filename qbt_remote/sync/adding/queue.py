"""The add queue: what is given is written down first, and sent when its server is there, once.

"Queued" is said only after the commit.  A row is marked as being sent before it is, so that what was under way when
the program ended is known: it is looked for by its info-hash first, never sent blindly.  Servers keep a torrent
once, by its hash, so sending such a row again can double nothing; a link of which only the server knows the
torrent is not sent again unless the user says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.local.add_queue import QueueFile, QueueRow
from qbt_remote.sync.adding.kept import Offer, is_fetched, offer_of, offer_text, options_text, row_of, small_files
from qbt_remote.sync.adding.queue_rows import GROUP, QueueRows
from qbt_remote.sync.adding.sender import Sender
from qbt_remote.sync.steps import Turn
from qbt_remote.translatable import N, SaidError

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

_LOOK_S = 5.0
_AT_ONCE = 500
"""Rows that are changed and written down together: 10,000 as one would hold the window up for half a second."""
TOO_MUCH = N("More than 1 GiB of torrent files is waiting already.")
NOT_WRITTEN = N("It cannot be written down on this computer: {why}.")
_log = logging.getLogger(__name__)


class CannotQueue(SaidError):
    """Nothing of what was given has been written down; it says why."""


class AddQueue:
    """What is to be added to all servers; ``rows`` has it, and tells of changes."""

    def __init__(
        self,
        file: QueueFile,
        sessions: Mapping[str, Session],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """``sessions`` is as it is at any moment."""
        self.rows = QueueRows(file)
        self._sessions, self._spawn = sessions, spawn
        self._senders: dict[str, Sender] = {}
        self.on_offers: list[Callable[[Sequence[tuple[int, Offer]]], None]] = []
        """Told of what was given to another process, or before the last end, and waits for a decision."""
        self.watched: set[int] = set()
        """Rows that an open dialog follows, and tells of."""
        self._last_row = self._last_offer = 0
        """What other processes put in later has a higher number."""
        self._own_offers: set[int] = set()
        self._opened = asyncio.Event()
        self._lock = asyncio.Lock()
        """Held while rows come in, from here or from the file, and while they go."""
        self.why_not_kept = ""
        """Why what is queued is not kept when the program ends, if so."""

    async def open(self) -> None:
        """Open the file, or keep all in memory where that cannot be; ``why_not_kept`` says so then."""
        try:
            await self.rows.do(self.rows.file.open)
        except OSError as error:
            self.why_not_kept = error.strerror or str(error)
            self.rows.file = QueueFile(None)
            await self.rows.do(self.rows.file.open)
        await self.rows.attempt(self.rows.file.sweep)
        self._opened.set()

    async def work(self) -> None:
        """Send what is in the file, and what other processes put into it, from now on; sessions are there by now."""
        while True:
            try:
                await self._take_new()
            except OSError as error:
                _log.warning("the add queue cannot be read: %s", error)
            await self.rows.save()
            for server in {row.server for row in self.rows.pending()} - self._senders.keys():
                self.wake(server)
            await asyncio.sleep(_LOOK_S)

    def wake(self, server: str) -> None:
        """Send what waits for a server, now or when it comes online."""
        session = self._sessions.get(server)
        if server in self._senders:
            self._senders[server].wake()
        elif session is None or not self.rows.pending(server):
            return
        elif session.client is not None:
            sender = self._senders[server] = Sender(self.rows, self._sessions, server)
            self._spawn(self._send(server, sender))
        elif self._status_changed not in session.on_status:
            session.on_status.append(self._status_changed)

    def _status_changed(self, session: Session) -> None:
        self.wake(session.config.id)

    async def put(
        self,
        server: str,
        name: str,
        things: Sequence[tuple[AddItem, AddOptions]],
        *,
        instead_of: Collection[int] = (),
        watched: bool = False,
    ) -> list[QueueRow]:
        """Write down what is to be added to a server, and send it when it is there.

        Raises CannotQueue, and then nothing is kept or sent; rows that this is ``instead_of`` stay then, too.
        ``watched``: a dialog follows them, and tells of them.
        """
        await self._opened.wait()
        rows, turn = list[QueueRow](), Turn()
        for item, options in things:
            rows.append(row_of(item, options, server, name))
            await turn.over()
        async with self._lock:
            await self._write(rows, list(instead_of))
            gone = [row for id_ in instead_of if (row := self.rows.all.pop(id_, None))]
            self.rows.all |= {row.id: row for row in rows}
        self.watched.update(row.id for row in rows if watched)
        self.rows.tell([*gone, *rows])
        self.wake(server)
        return rows

    async def _write(self, rows: Sequence[QueueRow], old: Sequence[int]) -> None:
        """Write new rows in groups, all of them or none."""
        file = self.rows.file
        try:
            if sum(len(row.torrent) for row in rows if row.torrent) > await self.rows.do(file.room):
                raise CannotQueue(TOO_MUCH)
            for first in range(0, len(rows), GROUP):
                is_last = first + GROUP >= len(rows)
                put = partial(file.put, rows[first : first + GROUP], without=old if is_last else ())
                await self.rows.do(put)
        except OSError as error:
            kept = [row.id for row in rows if row.id]
            await self.rows.attempt(lambda: file.remove(kept))
            raise CannotQueue(NOT_WRITTEN, why=error.strerror or str(error)) from error

    def failed(self) -> list[QueueRow]:
        """Give the rows that were not added and that nobody has been told of yet."""
        return [row for row in self.rows.all.values() if row.state == "failed" and not row.told.get("seen")]

    async def remove(self, ids: Iterable[int]) -> list[int]:
        """Take rows away that are not being sent just now, and give their ids."""
        async with self._lock:
            wanted = [id_ for id_ in ids if id_ in self.rows.all and id_ not in self.rows.under_way]
            gone = [self.rows.all.pop(id_) for id_ in wanted]
            self.rows.tell(gone)
            await self.rows.attempt(lambda: self.rows.file.remove(wanted))
        return wanted

    async def retry(self, ids: Iterable[int], *, server: str = "", name: str = "") -> None:
        """Try failed rows again, or send rows to another server; what is being sent just now stays as it is."""
        await self._in_parts(ids, lambda part: self._again(part, server, name))

    async def _in_parts(self, ids: Iterable[int], change: Callable[[list[QueueRow]], Sequence[QueueRow]]) -> None:
        """Change rows some hundred at a time, and write down those that ``change`` gives.

        Those that have gone meanwhile, or are being sent just now, are left out.
        """
        wanted = iter(ids)
        changed: set[str] = set()
        while part := list(islice(wanted, _AT_ONCE)):
            known = [self.rows.all[id_] for id_ in part if id_ in self.rows.all and id_ not in self.rows.under_way]
            rows = change(known)
            changed.update(row.server for row in rows)
            await self.rows.save(rows)
        for each in changed:
            self.wake(each)

    def _again(self, known: Iterable[QueueRow], server: str, name: str) -> list[QueueRow]:
        rows = [row for row in known if self._can_be_sent(row)]
        for row in rows:
            was_sent = row.told.get("sent") and not is_fetched(row)
            row.told = {"sent": True} if was_sent else {}
            if server and server != row.server:
                row.server, row.server_name, row.told = server, name, {}
        self.rows.set_all(rows, "queued")
        return rows

    async def change(self, options: Mapping[int, AddOptions]) -> None:
        """Send rows with other options, by their ids."""

        def change(rows: list[QueueRow]) -> list[QueueRow]:
            for row in rows:
                row.options = options_text(options[row.id])
            return self._again(rows, "", "")

        await self._in_parts(options, change)

    def _can_be_sent(self, row: QueueRow) -> bool:
        """What a server fetches is followed up there, unless that server is gone."""
        return row.state in ("failed", "queued", "sending") or (
            row.state == "verifying" and row.server not in self._sessions
        )

    async def seen(self, rows: Iterable[QueueRow]) -> None:
        """Somebody was told of these."""
        new = [row for row in rows if row.id in self.rows.all and not row.told.get("seen")]
        for row in new:
            row.told = row.told | {"seen": True}
        self.rows.tell(new)
        await self.rows.save(new)

    # what is not decided about

    async def offer(self, offer: Offer) -> int:
        """Write down what was given until ``settle``, and its files where they are few; 0 where that cannot be.

        A browser takes away the file that it handed over as soon as it ends itself.
        """
        await self._opened.wait()
        text = offer_text(offer)
        keep = self.rows.file.keep_given
        id_ = await self.rows.attempt(lambda: keep(text, small_files(offer.given))) or 0
        self._own_offers.add(id_)
        return id_

    async def choose(self, id_: int, offer: Offer) -> None:
        """Write down what has been chosen meanwhile for what was given."""
        text = offer_text(offer)
        await self.rows.attempt(lambda: self.rows.file.change_given(id_, text))

    async def settle(self, offers: Iterable[int]) -> None:
        """Somebody has decided about what was given."""
        ids = [id_ for id_ in offers if id_]
        if ids:
            await self.rows.attempt(lambda: self.rows.file.forget_given(ids))

    async def _send(self, server: str, sender: Sender) -> None:
        try:
            await sender.run()
        finally:
            del self._senders[server]
        self.wake(server)  # what came as it ended

    async def _take_new(self) -> None:
        """What was under way at the last end is looked for on its server before it is sent again."""
        async with self._lock:
            found = await self.rows.do(lambda: self.rows.file.rows(self._last_row))
            self._last_row = found[-1].id if found else self._last_row
            new = [row for row in found if row.id not in self.rows.all]
            for row in new:
                if row.state == "sending":
                    row.told = row.told | {"sent": True}
            self.rows.all |= {row.id: row for row in new}
        self.rows.tell(new)
        offers = await self.rows.do(lambda: self.rows.file.given(self._last_offer))
        if offers:
            self._last_offer = offers[-1].id
        others = [(row.id, offer_of(row)) for row in offers if row.id not in self._own_offers]
        if others:
            for listener in list(self.on_offers):
                listener(others)
        for server in {row.server for row in new}:
            self.wake(server)
