"""The window: builds its parts, wires them together and remembers how they stood."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QSplitter, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from qbt_remote.local.settings import Settings
from qbt_remote.model.columns import torrent_columns
from qbt_remote.model.i18n import tr
from qbt_remote.model.sorting import OF_TORRENTS
from qbt_remote.model.table import TableModel
from qbt_remote.model.wording import name_of
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.add.adding import Adding
from qbt_remote.ui.commands.actions import Actions
from qbt_remote.ui.commands.command import Command, Menu
from qbt_remote.ui.commands.late import Late
from qbt_remote.ui.commands.shell import Hooks, Shell
from qbt_remote.ui.details.details import Details
from qbt_remote.ui.details.splitter import DetailsSplitter
from qbt_remote.ui.filtering.empty_list import EmptyPage, EmptyPageView
from qbt_remote.ui.filtering.feed import Feed
from qbt_remote.ui.filtering.filter_box import FilterBox
from qbt_remote.ui.filtering.filter_line import FilterLine
from qbt_remote.ui.filtering.list_context import ListContext
from qbt_remote.ui.filtering.saved_views import Views
from qbt_remote.ui.filtering.sections import Sections
from qbt_remote.ui.filtering.selected import Selected
from qbt_remote.ui.filtering.sidebar import Sidebar
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.on_screen import fit
from qbt_remote.ui.kit.remembered import as_bytes, as_text
from qbt_remote.ui.kit.tab_order import go_through, take_focus
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.status.status_bar import StatusBar
from qbt_remote.ui.table.table_view import TableView
from qbt_remote.ui.table.widths import scaled
from qbt_remote.ui.window.appearance import Appearance
from qbt_remote.ui.window.double_click import activate
from qbt_remote.ui.window.keys import AreaKeys
from qbt_remote.ui.window.server_menus import ServerMenus, entry_rows

if TYPE_CHECKING:
    from qbt_remote.api.adding.add import AddOptions
    from qbt_remote.api.adding.given import Given
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.kit.notices import NoticeBar


@dataclass(eq=False, repr=False, kw_only=True)
class WindowContext(ListContext):
    """What the commands that are about the window itself act on."""

    window: MainWindow


Rows = Sequence[Command[WindowContext] | Menu[WindowContext]]


class MainWindow(QMainWindow):
    """One window over all servers."""

    shown_changed = Signal()

    def __init__(self, settings: Settings, hooks: Hooks, tasks: Tasks, rows: Rows) -> None:
        """``rows`` is the table of the commands: only it knows the features."""
        super().__init__()
        self.settings, self.hooks, self.tasks = settings, hooks, tasks
        self.setWindowTitle("qbt-remote")
        self.setAcceptDrops(True)
        fit(self, QSize(1280, 800))
        server_names: dict[str, str] = {}
        self.model = TableModel(torrent_columns(server_names), self, last=OF_TORRENTS)
        self.table = TableView(self.model, self)
        self.table.setAccessibleName(tr("Torrents"))
        self.sidebar = Sidebar(self)
        self.feed = Feed(
            self.model,
            self.table,
            self.sidebar,
            server_names,
            lambda: bool(self.settings.servers or self.feed.sessions),
        )
        self.selected = Selected(self.table, self.model, self)
        self.shell = self._shell()
        self.adding = Adding(self.shell)
        self.actions_ = Actions(self, rows, self.context)
        self.filter_box = FilterBox(self.feed.set_query, self.feed.server_names, self.feed.known, self)
        self.filter_line = FilterLine(self.feed, self.sidebar, self.filter_box, self)
        self.sections = Sections(settings, self.sidebar, self.feed)
        self.server_menus = ServerMenus(self.context, self.sidebar, self.sections, self._pop_up, self._put_above_list)
        self._page = EmptyPageView(self.actions_.action, self.server_menus.action, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._page)
        self.details: Details = Details(tasks, self.feed.sessions, self.context, self)
        self.views = Views(
            settings,
            self.feed,
            self.sidebar,
            self.filter_box,
            self.table,
            lambda: self.actions_.action("save_view").trigger(),
        )
        self._halves = DetailsSplitter(self._stack, self.details, self)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self.status = StatusBar(self.actions_.action, self.server_menus.action, self)
        self.setStatusBar(self.status)
        self.tools = self._toolbar()
        self.appearance = Appearance(settings, self, self.model, self.sidebar, self.tools, self.status)
        self.actions_.fill_menubar(self.menuBar())
        self._wire()
        self._restore()

    # building

    def _lay_out(self) -> None:
        right = QWidget(self)
        column = self._column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter_box.problem)
        column.addWidget(self.filter_line)
        column.addWidget(self._halves, 1)
        self._split.setAccessibleName(tr("Filters and torrents"))
        self._split.addWidget(self.sidebar)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        side = min(max(248, scaled(248, self.fontMetrics())), self.width() * 3 // 10)
        self._split.setSizes([side, self.width() - side])
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self.setCentralWidget(self._split)

    def _toolbar(self) -> QToolBar:
        bar = QToolBar(tr("Toolbar"), self)
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(22, 22))
        self.actions_.fill_toolbar(bar)
        room = QWidget(bar)
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(room)
        bar.addWidget(self.filter_box)
        self.addToolBar(bar)
        return bar

    def _wire(self) -> None:
        feed, table, status = self.feed, self.table, self.status
        self.model.in_turns = self.feed.in_turns = self.selected.in_turns = self._in_turns
        self.model.modelReset.connect(self.feed.refresh)
        self.feed.given_up.connect(self.filter_box.give_up)
        self.filter_box.left.connect(self.table.setFocus)
        self.filter_box.taken.connect(self.table.take_first)
        self.feed.filter_changed.connect(self.table.show_selected)
        self.feed.attached.connect(self.details.listen)
        self.feed.detached.connect(self.details.unlisten)
        feed.attached.connect(lambda _s: Late("qbt_remote.ui.queue.news").follow(self.shell, status.show_waiting))
        self.feed.empty_page_changed.connect(self._show_empty_page)
        self.feed.refreshed.connect(self.refresh)
        self.table.selection_changed.connect(self.actions_.refresh)
        table.selection_changed.connect(lambda: self.details.show_next(table.selected_row, table.selected_count))
        self.selected.changed.connect(self._show_selected)
        self.feed.attached.connect(self.selected.listen)
        self.feed.detached.connect(self.selected.unlisten)
        self.details.folded_changed.connect(self.actions_.refresh)
        self.table.activated_row.connect(lambda t: activate(self.settings, self.actions_.action, t))
        self.table.menu_wanted.connect(self._open_menu)
        self.sidebar.menu_wanted.connect(self.server_menus.open_entry)
        self.sidebar.section_menu_wanted.connect(self.server_menus.open_section)
        self.status.servers.menu_wanted.connect(self.server_menus.open_servers)

    def furnish(self) -> Steps[None]:
        """Make, in steps, what is not seen at once; to be taken when the window was painted first."""
        self.setWindowIcon(icon("qbt-remote"))
        yield True
        yield from self.actions_.furnish()
        yield True
        AreaKeys(self, self.table, self.sidebar, entry_rows, self.context)
        take_focus(self.tools)
        go_through(self.table, self.details, self.status, self.tools, self.sidebar)

    # what commands call

    @cached_property
    def notices(self) -> NoticeBar:
        """The bar above the list; made with the first notice."""
        from qbt_remote.ui.kit.notices import NoticeBar

        bar = NoticeBar(self.tasks, self)
        self._column.insertWidget(0, bar)
        return bar

    def context(self) -> WindowContext:
        """Give what the commands act on: the selection and the sessions."""
        return WindowContext(
            torrents=self.table.selected_rows(),
            sessions=dict(self.feed.sessions),
            shell=self.shell,
            views=self.views,
            box=self.filter_box,
            window=self,
        )

    def _shell(self) -> Shell:
        """Make what the features know of the window; some of it is made later than this."""
        return Shell(
            parent=self,
            settings=self.settings,
            tasks=self.tasks,
            hooks=self.hooks,
            sessions=self.feed.sessions,
            shown=self.feed.shown_sessions,
            notice_bar=lambda: self.notices,
            show_progress=lambda progress: self.status.show_progress(progress),
            hide_progress=lambda progress: self.status.hide_progress(progress),
            show_doing=lambda doing, under_way: self.status.show_doing(doing, under_way=under_way),
            poke_details=lambda: self.details.poke(),
            show_window=self.show_window,
            selected=self.table.selected_rows,
            select=self.table.select_rows,
            settings_changed=self._settings_changed,
            show_queue=lambda: self.actions_.action("add_queue").trigger(),
        )

    @property
    def empty_page(self) -> EmptyPage | None:
        """What stands in the table's place, if anything does."""
        return self._page.page if self._stack.currentWidget() is self._page else None

    @property
    def sessions_shown(self) -> list[Session]:
        return self.feed.shown_sessions()

    def paste(self) -> None:
        """Add what is on the clipboard, if there is something that can be added."""
        self.add(self.adding.dropped(QGuiApplication.clipboard().mimeData()))

    def add(
        self,
        given: Given,
        options: AddOptions | None = None,
        *,
        server: str | None = "",
        ask: bool = True,
        kept: int = 0,
    ) -> None:
        self.adding.add(given, options, server=server, ask=ask, kept=kept)

    def show_window(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def hide_window(self) -> None:
        self.hide()

    def toggle_window(self) -> None:
        self.hide_window() if self.isVisible() and not self.isMinimized() else self.show_window()

    def retry_now(self) -> None:
        for session in self.sessions_shown:
            session.retry_now()

    def reveal(self, torrents: Sequence[Torrent]) -> None:
        """Show the window with these torrents selected; the filter is lifted if it hides them."""
        self.show_window()
        if any(self.model.index_of(t) < 0 for t in torrents):
            self.filter_line.clear()
        self.table.select_rows(torrents)

    # what the parts tell

    def _show_empty_page(self, page: EmptyPage | None) -> None:
        focus = self.focusWidget()
        follow = focus in (None, self.table, self._page) or self._page.isAncestorOf(focus)
        if page is not None:
            self._page.show_page(page)
        shown = self.table if page is None else self._page
        self._stack.setCurrentWidget(shown)
        self.details.setVisible(page is None)
        if follow and not self._page.keeps(focus):
            shown.setFocus()

    def refresh(self) -> None:
        shown = self.sessions_shown
        self.setWindowTitle(name_of(shown[0]) if len(shown) == 1 else "qbt-remote")
        now = time.monotonic()
        self.status.show_sessions(shown, now)
        self._show_selected()
        said = self.empty_page.server if self.empty_page else ""
        self.server_menus.show_troubles(self.feed.sessions.values(), shown, now, said=said)
        self.actions_.refresh()
        self.shown_changed.emit()

    def _show_selected(self) -> None:
        all_listed = self.model.rowCount() == self.feed.torrents
        listed = self.feed.size if all_listed else self.selected.listed_size(self.feed.torrents)
        self.status.show_list(rows=self.model.rowCount(), torrents=self.feed.torrents, size=listed)
        number, size = self.selected.number, self.selected.size
        if size is None and number == self.feed.torrents:  # all: that is known
            size = self.feed.size
        self.status.show_selected(number, size)
        if size is None:
            self.selected.count()

    def _put_above_list(self, bar: QWidget) -> None:
        self._column.insertWidget(self._column.indexOf(self._halves), bar)

    def _open_menu(self, where: QPoint) -> None:
        self._pop_up(self.actions_.context_menu(), where)

    def _pop_up(self, menu: QMenu, where: QPoint) -> None:
        """Rows stay where they are while a menu is open."""
        self.model.hold()
        menu.aboutToHide.connect(self.model.release, Qt.ConnectionType.SingleShotConnection)
        menu.popup(where)

    def _in_turns(self, steps: Steps[None]) -> None:
        """Sort a long list, or count one, between other work."""
        self.tasks.in_turns(steps, tr("Work on the list"))

    def _settings_changed(self, changed: Collection[str]) -> None:
        self.appearance.change(changed)
        self.refresh()

    async def tick(self) -> None:
        """Show every second what goes with the time."""
        import asyncio

        while True:
            await asyncio.sleep(1.0)
            self.views.pass_time()
            if self.isVisible():
                self.feed.pass_time()

    # Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.adding.dropped(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        given = self.adding.dropped(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.add(given)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.remember()
        if self.hooks.hide_on_close():
            self.hide()
        elif self.adding.waiting():
            self.actions_.action("quit").trigger()  # it asks first
        else:
            self.hooks.quit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setWindowIcon(icon("qbt-remote"))
        elif event.type() == QEvent.Type.WindowStateChange:
            self.details.refresh()

    # memory

    def remember(self) -> None:
        """Put how the window stands into the settings."""
        self.views.remember()
        self.sections.remember()
        window = self.settings.window
        window.geometry, window.split = as_text(self.saveGeometry()), as_text(self._split.saveState())
        window.details = self._halves.save_state()

    def _restore(self) -> None:
        window = self.settings.window
        if window.geometry:
            self.restoreGeometry(as_bytes(window.geometry))
        if window.split:
            self._split.restoreState(as_bytes(window.split))
        self._halves.restore_state(window.details)
        if table := self.views.table_state():
            self.table.restore_state(table)
        self.appearance.restore()
        self.table.setFocus()
        self._show_empty_page(None)  # which page it is, is known once the sessions have been attached
        self.refresh()
