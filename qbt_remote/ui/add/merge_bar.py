"""The line of the add dialog that offers to merge trackers into torrents that are there already."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.session import Session
from qbt_remote.ui.add.parts.entries import EntryModel
from qbt_remote.ui.add.parts.files_part import Spawn
from qbt_remote.ui.add.sending import merge_trackers
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.plain_text import label, tip


class MergeBar(QWidget):
    """Shown while there are trackers to merge."""

    merged = Signal()

    def __init__(self, model: EntryModel, settings: Settings, spawn: Spawn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._settings, self._spawn = model, settings, spawn
        self._session: Session | None = None
        self._task: asyncio.Task[Any] | None = None
        self.words = label("", self, wrap=True)
        self.button = QPushButton(tr("&Merge trackers"), self)
        self.always = CheckBox(tr("Always do this"), self)
        self.button.setAutoDefault(False)
        self.button.setToolTip(tip(tr("Add the missing trackers to the torrents on the server; none is removed")))
        self.always.setToolTip(tip(tr("Merge from now on without asking")))
        self.always.setAccessibleDescription(tr("Merge from now on without asking"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.always)
        row.addWidget(self.button)
        self.button.clicked.connect(self._merge)
        self.always.toggled.connect(self._set_always)
        self.always.setChecked(settings.merge_trackers)
        self.hide()

    @property
    def offered(self) -> int:
        """How many torrents lack trackers."""
        return sum(bool(entry.lack and entry.lack.trackers) for entry in self._model.entries)

    def refresh(self, session: Session | None) -> None:
        self._session = session
        n = self.offered if self._model.states["present"] else 0
        self.setVisible(n > 0)
        self.words.setText(
            tr_n(
                n,
                "New trackers can be merged into a torrent that is already on the server",
                "New trackers can be merged into {n} torrents that are already on the server",
            )
        )

    def _set_always(self, always: bool) -> None:
        self._settings.merge_trackers = always

    def _merge(self) -> None:
        if self._session is not None and (self._task is None or self._task.done()):
            self._task = self._spawn(self._merge_all(self._session), tr("Merge trackers"))

    async def _merge_all(self, session: Session) -> None:
        self.button.setEnabled(False)
        for row, entry in enumerate(self._model.entries):
            if entry.lack and entry.lack.trackers:
                self._model.show([row], entry.state, await merge_trackers(session, entry))
        self.button.setEnabled(True)
        session.poke()
        self.refresh(session)
        self.merged.emit()
