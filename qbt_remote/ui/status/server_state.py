"""How it stands with the shown servers, at the left of the status bar: of one its name and state, else how many are
connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.sync.trouble import NEEDS_THE_USER, trouble
from qbt_remote.ui.commands.in_short import phase_text, state_text
from qbt_remote.ui.commands.standing import Standing, standing
from qbt_remote.ui.kit.plain_text import ElidedLabel, clean, tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

_MOST_IN_TIP = 30
_LONGEST_NAME = 24
_AT_ONCE = frozenset({"connect"})
"""What is done for several servers by one click; each of the others asks something."""
_MOST_WANTED = 32
"""So many characters more than it needs at least come before the fields at the right."""
_AROUND = 12
"""What a button takes beside its text."""
MakeAction = Callable[[str, str, QObject], QAction]
"""Gives a command on a server, by its id, for a button."""


class ServerState(QWidget):
    """What is being done, the state of the servers, and the button that mends it where one of them is in trouble."""

    menu_wanted = Signal(object, object)
    """(sessions, global position): the menu of a server is asked for, or a list of several."""

    def __init__(self, action: MakeAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._sessions: list[Session] = []
        self._mended: tuple[str, bool, tuple[tuple[str, str], ...]] = "", False, ()
        """The command that is offered, and the servers that it is about."""
        self.doing = ElidedLabel(self)
        self.doing.hide()
        self.state = _StateButton(self)
        self.state.clicked.connect(self._ask_for_menu)
        self.mend = QToolButton(self)
        self.mend.setAutoRaise(True)
        self.mend.setAccessibleName(tr("Nothing to be done about the servers"))
        self.mend.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.mend.setIconSize(QSize(16, 16))
        self.mend.clicked.connect(self._do_mend)
        self._mends: list[QAction] = []
        self.mend.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.doing)
        line.addWidget(self.state)
        line.addWidget(self.mend)
        line.addStretch(1)

    def wanted_room(self) -> int:
        """What its text takes beyond the least, if it is not too long."""
        most = _MOST_WANTED * self.fontMetrics().averageCharWidth()
        return min(self.state.sizeHint().width() - self.state.minimumSizeHint().width(), most)

    def show_doing(self, text: str) -> None:
        self.doing.setText(text)
        self.doing.setVisible(bool(text))

    def show_sessions(self, sessions: Sequence[Session], now: float) -> None:
        """Show how it stands with these; ``now`` is time.monotonic()."""
        self._sessions = list(sessions)
        self.state.setVisible(bool(sessions))
        self.state.say(_text(sessions, now), _short(sessions, now))
        self.state.setToolTip(tip(_tip(sessions, now)))
        self.state.setAccessibleDescription(_tip(sessions, now))
        self._offer_mend([s for s in sessions if s.status.phase in ("waiting", "refused")])

    def _offer_mend(self, away: Sequence[Session]) -> None:
        """Offer what mends the first that needs the user, and all others that the same command mends."""
        known = [(session, found) for session in away if (found := standing(session)) is not None]
        known.sort(key=lambda pair: trouble(pair[0]) not in NEEDS_THE_USER)
        command = known[0][1].mends[0] if known else ""
        mended = [pair for pair in known if pair[1].mends[0] == command]
        if command not in _AT_ONCE:
            mended = mended[:1]
        alone = len(away) == 1
        wanted = (command, alone, tuple((session.config.id, found.title) for session, found in mended))
        if wanted == self._mended:
            return
        self._mended = wanted
        for action in self._mends:
            action.deleteLater()
        self._mends = [self._action(command, session.config.id, self.mend) for session, _standing in mended]
        if self._mends:
            self._name_mend(mended, alone=alone)
        else:
            self.mend.setAccessibleName(tr("Nothing to be done about the servers"))
        self.mend.setVisible(bool(self._mends))

    def _name_mend(self, mended: Sequence[tuple[Session, Standing]], *, alone: bool) -> None:
        first, text = mended[0], self._mends[0].iconText()
        if not alone and len(mended) == 1:
            text = tr("{server}: {what}", server=clean(name_of(first[0]), _LONGEST_NAME).replace("&", "&&"), what=text)
        elif len(mended) > 1:
            text = tr_n(len(mended), "{what} ({n})", "{what} ({n})", what=text)
        self.mend.setText(text)
        self.mend.setIcon(self._mends[0].icon())
        self.mend.setAccessibleName(text.replace("&&", "&"))
        lines = [tr("{server}: {what}", server=name_of(s), what=known.title) for s, known in mended[:_MOST_IN_TIP]]
        self.mend.setToolTip(tip("\n".join(lines)))

    def _do_mend(self) -> None:
        for action in self._mends:
            action.trigger()

    def _ask_for_menu(self) -> None:
        self.menu_wanted.emit(self._sessions, self.state.mapToGlobal(QPoint(0, 0)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._ask_for_menu()


class _StateButton(QToolButton):
    """A text that ends in "…" where there is no room, and can be clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._whole = self._short = ""
        self.setAutoRaise(True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def whole(self) -> str:
        return self._whole

    def say(self, text: str, short: str = "") -> None:
        """Show a text, or a shorter one where there is no room for it."""
        if (text, short) != (self._whole, self._short):
            self._whole, self._short = text, short
            self.setAccessibleName(text)
            self._fit()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(_AROUND + 4 + self.fontMetrics().horizontalAdvance(self._whole), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_AROUND + self.fontMetrics().averageCharWidth() * 8, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width() - _AROUND, 1)
        fits = not self._short or self.fontMetrics().horizontalAdvance(self._whole) <= room
        text = self._whole if fits else self._short
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))


def _text(sessions: Sequence[Session], now: float, *, short: bool = False) -> str:
    if len(sessions) == 1:
        return tr("{server}: {state}", server=name_of(sessions[0]), state=state_text(sessions[0], now))
    online = [s for s in sessions if s.status.phase == "online"]
    paused = [s for s in online if s.paused]
    if len(online) < len(sessions):
        n = tr_n(len(sessions), "{n} server", "{n} servers")
        text = tr("{online} of {servers} connected", online=len(online), servers=n)
        if len(away := [s for s in sessions if s.status.phase in ("waiting", "refused")]) == 1 and not short:
            name = clean(name_of(away[0]), _LONGEST_NAME)
            return tr("{state}; {server}: {what}", state=text, server=name, what=state_text(away[0], now))
    else:
        text = tr_n(len(sessions), "{n} server connected", "{n} servers connected")
    if len(paused) == 1:
        return tr("{state}, {server} paused", state=text, server=clean(name_of(paused[0]), _LONGEST_NAME))
    return tr("{state}, {n} paused", state=text, n=len(paused)) if paused else text


def _short(sessions: Sequence[Session], now: float) -> str:
    """Say it without the time of the list, of a single server; of several without the one that is away."""
    if len(sessions) != 1:
        return _text(sessions, now, short=True)
    return tr("{server}: {state}", server=name_of(sessions[0]), state=phase_text(sessions[0], now))


def _tip(sessions: Sequence[Session], now: float) -> str:
    """Name those that are not connected, and say why, and those that are paused; if there is none, name them all."""
    away = [s for s in sessions if s.status.phase != "online" or s.paused]
    named = away or list(sessions)
    lines = [_line(session, now) for session in named[:_MOST_IN_TIP]]
    more = len(named) - len(lines)
    return "\n".join([*lines, *([tr("and {n} more", n=more)] if more else [])])


def _line(session: Session, now: float) -> str:
    known = standing(session)
    why = f". {known.text}" if known and known.text else ""
    return clean(f"{name_of(session)}: {state_text(session, now)}{why}", 600)
