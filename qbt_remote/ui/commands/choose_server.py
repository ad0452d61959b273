"""The choice of a server in a window that is about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.kit.plain_text import label, tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.shell import Shell

_LONGEST = 24


class ServerChooser(QWidget):
    """Offers all servers; it is not there while there is only the one."""

    chosen = Signal(object)
    """(session): the user wants another one."""

    def __init__(self, shell: Shell, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._shell, self._session = shell, session
        self._listed: list[Session] = []
        self._names: list[str] = []
        self.box = QComboBox(self)
        self.box.setMinimumContentsLength(_LONGEST)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.box.setAccessibleName(tr("Server"))
        self.box.setToolTip(tip(tr("The server that this window is about")))
        self.box.activated.connect(self._choose)
        name = label(tr("&Server"))
        name.setBuddy(self.box)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(name)
        line.addWidget(self.box)
        line.addStretch(1)
        self.refresh()

    def show_session(self, session: Session) -> None:
        """Show this one as chosen."""
        self._session = session
        self.refresh()

    def refresh(self) -> None:
        """Offer the servers that there are now; the chosen one is offered even when it has gone."""
        known = list(self._shell.sessions.values())
        here = next((s for s in known if s.config.id == self._session.config.id), None)
        listed = known if here else [self._session, *known]
        names = [server_text(session, listed) for session in listed]
        self._listed = listed
        if names != self._names and not self.box.view().isVisible():
            self._names = names
            self.box.clear()
            self.box.addItems(names)
        self.box.setCurrentIndex(listed.index(here or self._session))
        self.setVisible(len(listed) > 1)

    def _choose(self, place: int) -> None:
        session = self._listed[place]
        if session.config.id != self._session.config.id:
            self.chosen.emit(session)
