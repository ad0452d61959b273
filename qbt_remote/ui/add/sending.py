"""Sends the rows of the add dialog one after the other, and merges trackers of those that are there already."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from qbt_remote.api.adding.add import AddOptions, AddResult, fitting
from qbt_remote.api.adding.items import Item
from qbt_remote.api.adding.merging import PRIVATE, Lack, lacking, merge
from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.sync.adding.fetching import add_and_see
from qbt_remote.sync.session import Session
from qbt_remote.ui.add.parts.entries import SENDING, STOPPED, AddEntry, EntryModel

_POKE_S = 1.0


class Sending:
    """One go: what is sent, and what came of it."""

    def __init__(self, model: EntryModel, session: Session, options: Callable[[AddEntry], AddOptions]) -> None:
        self._model, self._session, self._options = model, session, options
        self.results: list[AddResult] = []
        self._ends = self._marks = False

    def stop(self) -> None:
        """End after the row under way; the others are said not to be sent."""
        self._ends = self._marks = True

    def pause(self) -> None:
        """End after the row under way; the others stay as they are."""
        self._ends = True

    async def run(self, rows: Sequence[int], *, always_merge: bool, step: Callable[[int, AddResult], None]) -> None:
        """Send the rows; ``step`` is told of each."""
        poked = time.monotonic()
        for done, row in enumerate(rows):
            if self._ends:
                self._model.show(rows[done:] if self._marks else (), STOPPED)
                break
            result = await self._send(row, always_merge=always_merge)
            self.results.append(result)
            if result.outcome == "unreachable":
                self._model.show(rows[done + 1 :], STOPPED, tr("the server was not reached"))
                break
            step(row, result)
            if time.monotonic() - poked > _POKE_S:
                self._session.poke(result.item.hashes[:1])
                poked = time.monotonic()
        added = (result for result in self.results if result.outcome == "added")
        self._session.poke(result.found or result.item.hash for result in added)

    async def _send(self, row: int, *, always_merge: bool) -> AddResult:
        entry = self._model.entries[row]
        assert entry.item is not None, "rows without an item are never chosen"
        self._model.show([row], SENDING)
        client = self._session.client
        if client is None:
            result = AddResult(
                entry.item, "unreachable", tr("{server} is not connected", server=name_of(self._session))
            )
        else:
            options = fitting(client, self._options(entry))
            result = await add_and_see(
                client,
                entry.item,
                options,
                told=lambda now: self._model.show([row], now.outcome),
                given_up=lambda: self._marks,
            )
        reason = _reason(result)
        if result.outcome == "present":
            entry.lack = await self._lack(entry, result.found)
            reason = (
                await merge_trackers(self._session, entry)
                if always_merge and entry.lack.trackers
                else _lack_text(entry.lack)
            )
        self._model.show([row], result.outcome, reason)
        return result

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


def _reason(result: AddResult) -> str:
    """The reason in the user's language, or the server's own words."""
    if result.error and result.reason == str(result.error):
        return sentence(result.error)
    return tr(result.reason) if result.reason else ""
