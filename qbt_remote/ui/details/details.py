"""The area below the list: tabs with one panel each, of which only the one in view is polled."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.api.errors import QbtError, Rejected
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import sentence
from qbt_remote.ui.details.heading import Heading
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.tab_bar import TabBar
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import label
from qbt_remote.ui.kit.tab_order import go_through, take_focus
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.kit.theme import is_dark, state_color, written_in

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.details.poll import DetailPoll
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.steps import Steps
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.details.panel import Panel

SETTLE_S = 0.15
"""While one torrent after the other is passed over, none is asked for."""
LOADING_AFTER_S = 0.5
UNKNOWN = 404
_TALLEST = 16_777_215
_HEADING_CHARACTERS = 26
"""Where there is less space beside the tabs, the heading has a line of its own."""


class Details(QWidget):
    """Shows one torrent.  Folded, only the tabs are left, and nothing is polled."""

    folded_changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        sessions: Mapping[str, Session],
        context: Callable[[], Context],
        parent: QWidget | None = None,
    ) -> None:
        """``sessions`` are those that are open now, by the server's id."""
        super().__init__(parent)
        self._tasks = tasks
        self.in_view = InView(tasks, sessions, context, self)
        self.in_view.about_to_act.connect(self._catch_up)
        self.in_view.paused_changed.connect(self._say_paused)
        self._loading: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._chosen: tuple[Callable[[], Torrent | None], Callable[[], int]] | None = None
        """What to show next; whoever asks for more than a picture of the panel has it shown first."""
        self._shown = False
        self._folded = False
        self._folds_by_click = False
        """Whether the last click on a tab has folded or opened the area."""
        self._switched_at = float("-inf")
        self._panels: dict[str, Panel] = {}
        self._lists: dict[str, dict[str, Any]] = {}
        """How the lists of panels stood that have not been made yet."""
        self._buttons = QToolBar(self)
        self._buttons.setIconSize(QSize(16, 16))
        self._buttons.setAccessibleName(tr("Actions of this tab"))
        take_focus(self._buttons)
        self._top = QWidget(self)
        self._tabs = TabBar(self._top)
        self._tabs.currentChanged.connect(self.refresh)
        self._tabs.taken.connect(self._click)
        self._tabs.taken_twice.connect(self._double_click)
        self._heading = Heading(self._top)
        self._line = QHBoxLayout(self._top)
        self._line.setContentsMargins(0, 0, 8, 0)
        self._line.setSpacing(0)
        self._line.addWidget(self._tabs, 1)
        self._line.addWidget(self._heading, 1)
        self._line.addWidget(self._buttons)
        self._said = label(parent=self, wrap=True, selectable=True)
        self._said.setContentsMargins(12, 4, 12, 4)
        self._said.hide()
        self._note = PanelNote(parent=self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._note)
        self._body = QWidget(self)
        whole, self._column = QVBoxLayout(self), QVBoxLayout(self._body)
        for column, widgets in ((self._column, (self._said, self._stack)), (whole, (self._top, self._body))):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            for widget in widgets:
                column.addWidget(widget)
        whole.setStretch(1, 1)
        self.setAccessibleName(tr("Details of the selected torrent"))
        self._dress()
        self.refresh()

    # what is shown

    def panel(self, tab: str) -> Panel:
        """Give the panel of a tab, made when it is first asked for: 20 ms of the start would be theirs."""
        if tab not in self._panels:
            from qbt_remote.ui.details.panel_commands import PANEL_COMMANDS

            module = import_module(f"qbt_remote.ui.details.panels.{tab}")
            commands = [command for command in PANEL_COMMANDS if command.menu == tab]
            panel: Panel = self._panels.setdefault(tab, module.panel(self.in_view, commands))
            self._stack.addWidget(panel)
            go_through(self._tabs, panel)
            if state := self._lists.pop(tab, None):
                panel.restore_state(state)
        return self._panels[tab]

    @property
    def tab(self) -> str:
        return TABS[self._tabs.currentIndex()].id

    @property
    def folded(self) -> bool:
        return self._folded

    @property
    def note(self) -> str:
        """The sentence in the panel's place, or ""."""
        return self._note.text if self._stack.currentWidget() is self._note else ""

    @property
    def problem(self) -> str:
        """The sentence above the panel, or ""."""
        return self._said.text()

    @property
    def heading(self) -> str:
        """How the torrent in view is named, or ""."""
        return self._heading.whole if not self._heading.isHidden() else ""

    def show_next(self, chosen: Callable[[], Torrent | None], selected: Callable[[], int]) -> None:
        """Show in the next turn of the loop what is chosen then: the list shows first what has been picked there.

        ``selected`` gives how many torrents are.
        """
        self._chosen = chosen, selected
        if self._next is None or self._next.done():
            self._next = self._tasks.spawn(self._show_chosen(), tr("Show the details"))

    async def _show_chosen(self) -> None:
        self._catch_up()

    def _catch_up(self) -> None:
        before = self.in_view.torrent
        self._take_chosen()
        if self.in_view.torrent is not before:
            self.refresh()
        else:
            self._show_heading()

    def _take_chosen(self) -> None:
        chosen, self._chosen = self._chosen, None
        if chosen is not None:
            torrent, selected = chosen
            self.in_view.torrent, self.in_view.selected = torrent(), selected()

    def _show_heading(self) -> None:
        """Name the torrent: beside the tabs, or below them where the window is narrow."""
        t = self.in_view.torrent
        if t is None or self._folded:
            self._heading.hide()
            return
        self._heading.show_torrent(t, self.in_view.sessions, self.in_view.selected)
        tabs = self._tabs.sizeHint().width()
        room = self.width() - tabs - self._buttons.sizeHint().width()
        beside = room >= _HEADING_CHARACTERS * self.fontMetrics().averageCharWidth()
        self._line.setStretchFactor(self._tabs, 0 if beside else 1)
        if beside and self._line.indexOf(self._heading) < 0:
            self._line.insertWidget(1, self._heading, 1)
        elif not beside and self._column.indexOf(self._heading) < 0:
            self._column.insertWidget(0, self._heading)
        self._heading.show()

    def show_tab(self, id: str) -> None:
        """Bring a tab into view, unfolding the area if need be."""
        self._tabs.setCurrentIndex([tab.id for tab in TABS].index(id))
        self.set_folded(False)

    def set_folded(self, folded: bool) -> None:
        if folded == self._folded:
            return
        self._folded = folded
        self._body.setVisible(not folded)
        self.setMaximumHeight(self._top.sizeHint().height() if folded else _TALLEST)
        self.folded_changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Follow what is in view now: after any change of torrent, tab, server or window."""
        self._take_chosen()
        self._show_heading()
        wanted = self._wanted()
        poll = self.in_view.poll
        if wanted is None and self.in_view.torrent is not None and (self._folded or not self._shown):
            self._follow(None)  # what is shown stays until it is in view again
            return
        if poll is not None and wanted == (poll.session, poll.torrent, poll.what):
            return
        polled = TABS[self._tabs.currentIndex()].polled
        self._follow(wanted if polled else None)
        self._say("")
        if wanted is None and polled:
            self._put_note(tr("Select a torrent to see its details."))
        elif self._shown and not self._folded:
            panel = self.panel(self.tab)
            panel.clear()
            panel.show_torrent(self.in_view.torrent)
            self._stack.setCurrentWidget(panel)
        self._show_buttons()

    def _show_buttons(self) -> None:
        """Beside the tabs stand the commands of the panel in view."""
        panel = self._panels.get(self.tab) if self.in_view.torrent is not None and not self._folded else None
        buttons = panel.actions_.buttons if panel is not None else []
        if self._buttons.actions() != buttons:
            self._buttons.clear()
            self._buttons.addActions(buttons)
            take_focus(self._buttons)
            self._show_heading()
        if panel is not None:
            panel.actions_.refresh()

    def poke(self) -> None:
        """Ask again at once, as after a command."""
        self.in_view.poke()

    def listen(self, session: Session) -> None:
        """Sample this session's speeds from now on, and follow its torrents to other ids."""
        self.in_view.speeds.attach(session)
        session.on_changes.append(self._follow_id)

    def unlisten(self, session: Session) -> None:
        """The session is there no more."""
        self.in_view.speeds.detach(session)
        session.on_changes.remove(self._follow_id)

    def _follow_id(self, _session: Session, changes: Changes) -> None:
        """Ask at once by the new id: by the old one the server knows nothing any more."""
        if any(t is self.in_view.torrent for _old, t in changes.other_ids()):
            self.poke()

    # polling

    def _wanted(self) -> tuple[Session, Torrent, str] | None:
        if self.in_view.torrent is None or self._folded or not self._shown or self.window().isMinimized():
            return None
        session = self.in_view.session
        return None if session is None else (session, self.in_view.torrent, self.tab)

    def _follow(self, wanted: tuple[Session, Torrent, str] | None) -> None:
        if self.in_view.poll is not None:
            self.in_view.poll.stop()
        if self._loading is not None:
            self._loading.cancel()
        self.in_view.poll = self._loading = None
        if wanted is None:
            return
        now = time.monotonic()
        wait_s = SETTLE_S if now - self._switched_at < SETTLE_S else 0.0
        self._switched_at = now
        from qbt_remote.sync.details.poll import DetailPoll

        self.in_view.poll = DetailPoll(*wanted, on_changes=self._take, on_error=self._fail)
        self._tasks.spawn(self.in_view.poll.run(wait_s), tr("Show the details"))
        self._loading = self._tasks.spawn(self._say_loading(self.in_view.poll), tr("Show the details"))

    async def _say_loading(self, poll: DetailPoll) -> None:
        import asyncio

        await asyncio.sleep(LOADING_AFTER_S)
        if poll is self.in_view.poll and not poll.answered and not self.note:
            self._put_note(tr("Loading…"))

    def _take(self, poll: DetailPoll, changes: Changes) -> Steps[None]:
        self.in_view.speeds.follow(poll.torrent)
        panel = self.panel(poll.what)
        if steps := panel.show_changes(changes, poll.rows, poll.torrent):
            yield from steps
        self._say_paused(poll.paused)
        self._show_heading()  # names change
        self._stack.setCurrentWidget(panel)

    def _fail(self, poll: DetailPoll, error: QbtError) -> None:
        if isinstance(error, Rejected) and error.status == UNKNOWN:
            self._say("")
            self._put_note(tr("This torrent is no longer on the server."))
        elif poll.answered:
            self._say(sentence(error))
        else:
            self._put_note(sentence(error))
        self._show_buttons()  # what cannot be done while the server is away

    def _put_note(self, text: str) -> None:
        self._note.set_text(text)
        self._stack.setCurrentWidget(self._note)

    def _say_paused(self, paused: bool) -> None:
        self._say(tr("Updates are paused.") if paused else "")

    def _say(self, said: str) -> None:
        self._said.setText(said)
        self._said.setVisible(bool(said))
        self._dress()

    # folding

    def _click(self, again: bool) -> None:
        self._folds_by_click = self._folded or again
        if self._folds_by_click:
            self.set_folded(not self._folded)

    def _double_click(self) -> None:
        """One double click does one thing: what its first click did, or else it folds."""
        if not self._folds_by_click:
            self.set_folded(True)

    # memory

    def save_state(self) -> dict[str, Any]:
        """Give the tab, whether it is folded, and how each list stands, fit for JSON."""
        made = {id: state for id, panel in self._panels.items() if (state := panel.save_state())}
        return {"tab": self.tab, "folded": self._folded, "lists": self._lists | made}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take what ``save_state`` gave; what makes no sense in it is passed over."""
        lists = state.get("lists")
        ids = [tab.id for tab in TABS]
        for id in ids:
            if isinstance(lists, dict) and isinstance(lists.get(id), dict):
                if id in self._panels:
                    self._panels[id].restore_state(lists[id])
                else:
                    self._lists[id] = lists[id]
        if state.get("tab") in ids:
            self._tabs.setCurrentIndex(ids.index(state["tab"]))
        self.set_folded(state.get("folded", True) is not False)

    # Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_heading()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shown = True
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._shown = False
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        color = state_color("warning" if self.in_view.is_paused() else "error", is_dark(self.palette()))
        self._said.setPalette(written_in(color, self.palette()))
