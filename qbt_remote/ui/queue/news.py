"""Says in the window what becomes of what waits to be added: how many in the status bar, the rest in the notice bar.

What an open dialog follows is told there.  One notice stands for all that failed until it is dismissed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from qbt_remote.model.adding.states import not_kept_text, queue_reason
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import clean
from qbt_remote.sync.adding.kept import item_of
from qbt_remote.sync.adding.queue_rows import PENDING
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.kit.notices import Notice

if TYPE_CHECKING:
    from qbt_remote.local.add_queue import QueueRow
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.shell import Shell

ShowCounts = Callable[[int, int], None]
"""Is told how many wait, and how many were not added."""
GATHER_S = 0.3
"""What happens within this time is told together; what is added sooner never counts as waiting."""
_MOST_LISTED = 200
_LONGEST_NAME = 80


class QueueNews(QObject):
    """Listens to the queue from its making to the end of the window that is its parent."""

    def __init__(self, shell: Shell, show_counts: ShowCounts) -> None:
        super().__init__(shell.parent)
        self._shell, self._show_counts = shell, show_counts
        self._queue = shell.hooks.add_queue()
        self._changed: set[int] = set(self._queue.rows.all)
        self._telling: asyncio.Task[None] | None = None
        self._states: dict[int, str] = {}
        """Of the rows that are pending or failed."""
        self._told_elsewhere: set[int] = set()
        """Rows that failed in a dialog that follows them."""
        self._notice: Notice | None = None
        """Of what failed; it may have been dismissed."""
        self._told: list[QueueRow] = []
        """The rows that it is about."""
        self._waited: dict[str, set[int]] = {}
        """By server: the rows that it was away for, and that have no result yet."""
        self._added: Counter[str] = Counter()
        """By server: how many of those were added since the last notice of them."""
        self._queue.rows.on_change.append(self._rows_changed)
        self._rows_changed(list(self._queue.rows.all.values()))
        if self._queue.why_not_kept:
            shell.notice_bar().show_warning(not_kept_text(self._queue.why_not_kept))

    def _rows_changed(self, rows: Collection[QueueRow]) -> None:
        for row in rows:
            self._note(row)
            followed = row.state == "failed" and row.id in self._queue.watched
            (self._told_elsewhere.add if followed else self._told_elsewhere.discard)(row.id)
        self._changed.update(row.id for row in rows)
        if self._changed and self._telling is None:
            self._telling = self._shell.tasks.spawn(self._tell(), tr("Say what is waiting to be added"))

    # what waited for a server

    def _note(self, row: QueueRow) -> None:
        """Note whether a row waits for a server that is away, or has waited for one and is added now."""
        for server, ids in self._waited.items():
            if row.id in ids and (server != row.server or not self._is_pending(row)):
                ids.discard(row.id)
                if row.state == "done" and server == row.server and row.id not in self._queue.watched:
                    self._added[server] += 1
        session = self._shell.sessions.get(row.server)
        if row.state == "queued" and (session is None or session.client is None):
            ids = self._waited.setdefault(row.server, set())
            if row.id not in ids and self._is_pending(row):  # then it is away for all the others, too
                ids.update(other.id for other in self._queue.rows.pending(row.server))

    def _is_pending(self, row: QueueRow) -> bool:
        return row.state in PENDING and row.id in self._queue.rows.all

    # telling

    async def _tell(self) -> None:
        await asyncio.sleep(GATHER_S)
        self._telling = None
        changed, self._changed = self._changed, set()
        known = self._queue.rows.all
        for id_ in changed:
            row = known.get(id_)
            if row is None or row.state == "done":
                self._states.pop(id_, None)
            else:
                self._states[id_] = row.state
        failed = sum(state == "failed" for state in self._states.values())
        self._show_counts(len(self._states) - failed, failed)
        rows = [row for id_ in sorted(changed) if (row := known.get(id_)) and self._is_news(row)]
        if rows:
            self._tell_failed(rows)
            await self._queue.seen(rows)
        self._tell_added()

    def _is_news(self, row: QueueRow) -> bool:
        return row.state == "failed" and not row.told.get("seen") and row.id not in self._told_elsewhere

    def _tell_failed(self, rows: Sequence[QueueRow]) -> None:
        """Say it; a notice of others that stands there still becomes one of all."""
        bar = self._shell.notice_bar()
        there = self._notice is not None and bar.has(self._notice)
        ids = {row.id for row in rows}
        before = [row for row in self._told if there and row.id not in ids and row.state == "failed"]
        self._told = [*before, *rows]
        shown = [row.id for row in self._told]
        notice = Notice("error", self._failed_text(), self._details(), (tr("Show"), lambda: self._show(shown)))
        bar.show_notice(notice, instead_of=self._notice)
        self._notice = notice

    def _failed_text(self) -> str:
        rows = self._told
        servers = list(dict.fromkeys(self._server(row) for row in rows))
        whys = list(dict.fromkeys(self._why(row) for row in rows))
        if len(servers) > 1:
            return tr_n(
                len(rows),
                "",
                "{n} torrents were not added on {servers}: {why}",
                servers=", ".join(servers),
                why=whys[0],
            )
        words = {
            "server": servers[0],
            "why": whys[0] if len(whys) == 1 else tr("{why}, and other reasons", why=whys[0]),
        }
        if len(rows) == 1:
            return tr("{server} did not add {name}: {why}", name=_name(rows[0]), **words)
        return tr_n(len(rows), "", "{server} did not add {n} torrents: {why}", **words)

    def _details(self) -> str:
        if len(self._told) == 1:
            return ""
        lines = [
            tr("{server}: {what}: {why}", server=self._server(row), what=_name(row), why=self._why(row))
            for row in self._told[:_MOST_LISTED]
        ]
        more = len(self._told) - len(lines)
        return "\n".join([*lines, *([tr("and {n} more", n=more)] if more else [])])

    def _tell_added(self) -> None:
        """Say of servers that were away that all is added that has waited for them."""
        for server, n in list(self._added.items()):
            session = self._shell.sessions.get(server)
            if self._waited.get(server) or session is None:
                continue
            del self._added[server]
            text = tr_n(
                n,
                "{server}: {n} torrent that was waiting has been added",
                "{server}: {n} torrents that were waiting have been added",
                server=self._session_text(session),
            )
            self._shell.notice_bar().show_info(text)

    def _server(self, row: QueueRow) -> str:
        session = self._shell.sessions.get(row.server)
        return self._session_text(session) if session else clean(row.server_name, _LONGEST_NAME)

    def _session_text(self, session: Session) -> str:
        return server_text(session, self._shell.sessions.values())

    def _why(self, row: QueueRow) -> str:
        return queue_reason(self._queue.rows, row, self._shell.sessions) or tr("it is not known why")

    def _show(self, ids: Iterable[int]) -> None:
        from qbt_remote.ui.queue.queue_window import open_queue_window

        open_queue_window(self._shell, ids)


def follow(shell: Shell, show_counts: ShowCounts) -> None:
    """Tell of the queue from now on; more than once is the same."""
    if shell.parent.findChild(QueueNews) is None:
        QueueNews(shell, show_counts)


def _name(row: QueueRow) -> str:
    item = item_of(row, None)
    return clean(item.name or item.source, _LONGEST_NAME)
