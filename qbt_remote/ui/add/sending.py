"""Gives the rows of the add dialog to the queue, and says what comes of each; merges trackers into known torrents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from qbt_remote.api.adding.add import AddOptions, AddResult
from qbt_remote.api.adding.items import Item
from qbt_remote.api.adding.merging import PRIVATE, Lack, lacking, merge
from qbt_remote.api.errors import QbtError
from qbt_remote.local.add_queue import QueueRow
from qbt_remote.model.adding.states import reason_text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of, said, sentence
from qbt_remote.sync.adding.queue import AddQueue, CannotQueue
from qbt_remote.sync.session import Session
from qbt_remote.ui.add.parts.entries import QUEUED, READY, SENDING, STOPPED, AddEntry, EntryModel


class Sending:
    """One go: what is put into the queue, and what comes of it.

    It follows the rows until each has its result.  Where the server is away, they stay in the queue, and are sent
    when it is back, whatever becomes of the dialog.
    """

    def __init__(
        self, model: EntryModel, queue: AddQueue, session: Session, options: Callable[[AddEntry], AddOptions]
    ) -> None:
        self._model, self._queue, self._session, self._options = model, queue, session, options
        self.results: list[AddResult] = []
        self._open: dict[int, int] = {}
        """Row of the list by row of the queue, of those without a result."""
        self._ends = self._marks = False
        self._news = asyncio.Event()

    def stop(self) -> None:
        """End after the row under way; the others are taken out of the queue and said not to be sent."""
        self._ends = self._marks = True
        self._queue.rows.hurried.update(self._open)
        self._news.set()

    def pause(self) -> None:
        """End after the row under way; the others are taken out of the queue and stay as they were."""
        self._ends = True
        self._news.set()

    async def run(self, rows: Sequence[int], *, always_merge: bool, step: Callable[[int, AddResult], None]) -> None:
        """Add the rows; ``step`` is told of each result."""
        if not await self._put(rows):
            return
        self._queue.rows.on_change.append(self._changed)
        self._session.on_status.append(self._status_changed)
        try:
            while self._open:
                self._news.clear()
                await self._take_results(always_merge=always_merge, step=step)
                if self._ends:
                    await self._take_back()
                elif self._session.client is None:
                    break
                if self._open:
                    await self._news.wait()
        finally:
            self._queue.rows.on_change.remove(self._changed)
            self._session.on_status.remove(self._status_changed)
            self._queue.watched -= self._open.keys()

    async def _put(self, rows: Sequence[int]) -> bool:
        entries = [self._model.entries[row] for row in rows]
        things = [(entry.item, self._options(entry)) for entry in entries if entry.item is not None]
        assert len(things) == len(rows), "rows without an item are never chosen"
        old = [entry.queued for entry in entries if entry.queued]
        try:
            kept = await self._queue.put(
                self._session.config.id, name_of(self._session), things, instead_of=old, watched=True
            )
        except CannotQueue as error:
            self._model.show(rows, STOPPED, said(error.said))
            return False
        for entry, each in zip(entries, kept, strict=True):
            entry.queued = each.id
        self._open = {each.id: row for each, row in zip(kept, rows, strict=True)}
        self._show(kept)
        return True

    def _changed(self, rows: Collection[QueueRow]) -> None:
        ours = [row for row in rows if row.id in self._open]
        if ours:
            self._show(ours)
            self._news.set()

    def _status_changed(self, _session: Session) -> None:
        self._news.set()

    def _show(self, rows: Iterable[QueueRow]) -> None:
        """Show how far rows without a result are; many that only wait are shown in one go."""
        waiting = [row for row in rows if row.state == "queued" or self._waits(row)]
        if plain := [self._open[row.id] for row in waiting if not row.told.get("reason")]:
            self._model.show(plain, QUEUED)
        for row in waiting:
            if row.told.get("reason"):
                self._model.show([self._open[row.id]], QUEUED, self._why(row))
        for row in rows:
            if row.id in self._queue.rows.under_way:
                self._model.show([self._open[row.id]], "fetching" if row.state == "verifying" else SENDING)

    def _waits(self, row: QueueRow) -> bool:
        return row.state == "sending" and row.id not in self._queue.rows.under_way

    def _why(self, row: QueueRow) -> str:
        result = self._queue.rows.results.get(row.id)
        return reason_text(result.reason, result.error) if result else ""

    async def _take_results(self, *, always_merge: bool, step: Callable[[int, AddResult], None]) -> None:
        failed = []
        for id_ in list(self._open):
            row, result = self._queue.rows.all.get(id_), self._queue.rows.results.get(id_)
            if row is None:  # taken away in the queue's own window
                self._model.show([self._open.pop(id_)], STOPPED)
            elif result is not None and (row.state in ("done", "failed") or self._is_followed_up(row)):
                at = self._open.pop(id_)
                self._queue.watched.discard(id_)
                result = replace(result, item=self._model.entries[at].item or result.item)
                self.results.append(result)
                await self._say(at, result, always_merge=always_merge)
                failed += [row] if row.state == "failed" else []
                step(at, result)
        await self._queue.seen(failed)

    def _is_followed_up(self, row: QueueRow) -> bool:
        """Whether a server that fetches a link has not said for so long what came of it that nobody waits any more."""
        return row.state == "verifying" and row.id not in self._queue.rows.under_way

    async def _take_back(self) -> None:
        gone = await self._queue.remove(self._open)
        rows = [self._open.pop(id_) for id_ in gone if id_ in self._open]
        for row in rows:
            self._model.entries[row].queued = 0
        self._model.show(rows, STOPPED if self._marks else READY)

    async def _say(self, row: int, result: AddResult, *, always_merge: bool) -> None:
        entry, reason = self._model.entries[row], reason_text(result.reason, result.error)
        if result.outcome == "present":
            entry.lack = await self._lack(entry, result.found)
            reason = (
                await merge_trackers(self._session, entry)
                if always_merge and entry.lack.trackers
                else _lack_text(entry.lack)
            )
        self._model.show([row], result.outcome, reason)

    async def _lack(self, entry: AddEntry, torrent_hash: str) -> Lack:
        """Find which trackers the torrent on the server has not; what cannot be found out is none."""
        trackers, private = _trackers(entry)
        if self._session.client is None:
            return Lack(torrent_hash)
        try:
            return await lacking(self._session.client, torrent_hash, trackers, private=private)
        except QbtError as error:
            return Lack(torrent_hash, reason=sentence(error))


async def merge_trackers(session: Session, entry: AddEntry) -> str:
    """Merge what was found lacking, and say what became of it."""
    lack = entry.lack
    assert lack is not None
    if session.client is None:
        return tr("{server} is not connected", server=name_of(session))
    try:
        await merge(session.client, lack)
    except QbtError as error:
        return tr("its trackers could not be merged: {why}", why=sentence(error))
    entry.lack = None
    return tr_n(len(lack.trackers), "{n} tracker merged", "{n} trackers merged")


def _lack_text(lack: Lack) -> str:
    if lack.trackers:
        return tr_n(len(lack.trackers), "{n} new tracker can be merged", "{n} new trackers can be merged")
    return tr(PRIVATE) if lack.reason == PRIVATE else ""


def _trackers(entry: AddEntry) -> tuple[tuple[str, ...], bool | None]:
    item, content = entry.item, entry.content
    own: tuple[str, ...] = item.trackers if isinstance(item, Item) else ()
    private = item.private if isinstance(item, Item) else None
    if content is not None:
        own += content.trackers
        private = content.private if private is None else private
    return own, private
