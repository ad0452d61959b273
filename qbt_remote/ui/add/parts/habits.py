"""The last line of the add dialog: whether it asks again, what it begins with, and the choices of the last time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr
from qbt_remote.ui.add.parts.fields import check
from qbt_remote.ui.add.parts.memory import forget, remembers, set_remembers
from qbt_remote.ui.kit.plain_text import tip


class Habits(QWidget):
    """Writes into the settings at once."""

    forgotten = Signal()
    """The choices begin anew."""
    last_wanted = Signal()
    """The choices of the last time shall be taken."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.do_not_show = check(
            tr("Do not show again"),
            tr("Add at once with these settings from now on; undo it in Tools, qbt-remote options"),
        )
        self.remember = check(
            tr("Always use last choices"),
            tr("The dialog begins with folder, category, tags and all else of the last time"),
        )
        self.use_last = QPushButton(tr("Use last"), self)
        self.use_last.setToolTip(tip(tr("Take folder, category, tags and all else of the last time")))
        self.use_last.setAutoDefault(False)
        self.use_last.setEnabled("options" in settings.add)
        self.reset = QPushButton(tr("Reset choices"), self)
        self.reset.setToolTip(tip(tr("Forget the last choices and begin with the server's own")))
        self.reset.setAutoDefault(False)
        self.do_not_show.setChecked(settings.skip_add_dialog)
        self.remember.setChecked(remembers(settings.add))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.in_order = (self.do_not_show, self.remember, self.use_last, self.reset)
        """What is here, from its beginning on."""
        self.choices = (self.use_last, self.reset)
        for widget in self.in_order:
            row.addWidget(widget)
        row.addStretch(1)
        self.do_not_show.toggled.connect(self._set_skip)
        self.remember.toggled.connect(self._set_remember)
        self.reset.clicked.connect(self._reset)
        self.use_last.clicked.connect(self.last_wanted)

    def _set_skip(self, skip: bool) -> None:
        self._settings.skip_add_dialog = skip

    def _set_remember(self, wanted: bool) -> None:
        set_remembers(self._settings.add, wanted=wanted)

    def _reset(self) -> None:
        forget(self._settings.add)
        self.use_last.setEnabled(False)
        self.forgotten.emit()
