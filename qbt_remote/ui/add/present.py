"""Says which of the torrents in the add dialog are on the chosen server already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from qbt_remote.model.i18n import tr
from qbt_remote.sync.adding.hybrids import Hybrids
from qbt_remote.sync.session import Session
from qbt_remote.sync.steps import Steps, at_once, in_turns
from qbt_remote.ui.add.parts.entries import AddEntry, EntryModel
from qbt_remote.ui.add.parts.files_part import Spawn

_SLICE = 500


class Present:
    """Keeps ``AddEntry.present`` in step with the server; ``marked`` is called whenever that was done."""

    def __init__(
        self, model: EntryModel, session: Callable[[], Session | None], spawn: Spawn, marked: Callable[[], None]
    ) -> None:
        self._model, self._session, self._spawn, self._marked = model, session, spawn, marked
        self._hybrids = Hybrids()
        self._task: asyncio.Task[None] | None = None

    def of(self, entry: AddEntry) -> str:
        """Give the id under which the server has it, or ""."""
        session = self._session()
        return self._hybrids.find(session.mirror, entry.item.ids) if session and entry.item else ""

    def mark(self) -> None:
        """Look at all entries anew; at many in turns."""
        if self._task:
            self._task.cancel()
            self._task = None
        if len(self._model.entries) > _SLICE:
            self._task = self._spawn(in_turns(self._marking()), tr("Add torrents"))
        else:
            at_once(self._marking())

    def _marking(self) -> Steps[None]:
        def take(entry: AddEntry) -> None:
            entry.present = self.of(entry)

        entries = self._model.entries
        for start in range(0, len(entries), _SLICE):
            part = enumerate(entries[start : start + _SLICE], start)
            self._model.change([row for row, entry in part if entry.present != self.of(entry)], take)
            yield False
        self._marked()
