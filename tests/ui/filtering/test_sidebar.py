"""What is picked in the sidebar, by mouse and keys, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QCursor, QFontMetrics, QHoverEvent, QPainter, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from qbt_remote.model.sidebar import COUNT_ROLE, EVERY_ROLE, UNWANTED_ROLE, Entry, SidebarModel
from qbt_remote.sync.filtering.filters import Pick, only
from qbt_remote.ui.filtering.entry_delegate import EntryDelegate, excludable
from qbt_remote.ui.filtering.sidebar import Sidebar
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import click, count, entry, shown, tagged
from tests.ui.rig import Rig, Server, play

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def title(rig: Rig, section: str) -> QModelIndex:
    found: QModelIndex = rig.window.sidebar.model().title(section)  # type: ignore[attr-defined]  # as above
    return found


def press(rig: Rig, section: str, key: str | None, what: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    rig.window.sidebar.setCurrentIndex(entry(rig, section, key))
    QTest.keyClick(rig.window.sidebar, what, keys)


def test_a_click_picks_one_with_ctrl_more_and_any_or_all_is_a_click_too(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "tag", "x")
        assert shown(rig) == {"x", "both"}
        assert title(rig, "tag").data(EVERY_ROLE) is None

        click(rig, "tag", "y", CTRL)
        assert shown(rig) == {"x", "y", "both"}
        sidebar = rig.window.sidebar
        box = sidebar.visualRect(title(rig, "tag"))
        QTest.mouseClick(sidebar.viewport(), LEFT, NONE, QPoint(sidebar.viewport().width() - 20, box.center().y()))
        assert shown(rig) == {"both"}

        click(rig, "tag", "y", CTRL)
        assert rig.window.sidebar.picks() == {"tag": Pick(frozenset({"x"}), every=True)}
        click(rig, "tag", "")
        assert shown(rig) == {"none"}
        click(rig, "tag", None)
        assert shown(rig) == {"none", "x", "y", "both"}

    play(run, scene, before=tagged)


def test_any_or_all_stands_beside_the_title_in_a_narrow_sidebar(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "tag", "x")
        click(rig, "tag", "y", CTRL)
        sidebar, index, delegate = rig.window.sidebar, title(rig, "tag"), EntryDelegate()
        sidebar.setFixedWidth(120)
        await until(lambda: sidebar.width() == 120)

        shown = QStyleOptionViewItem()
        delegate.initStyleOption(shown, index)
        row, box = sidebar.visualRect(index), delegate.mode_box(sidebar, index)
        assert 0 < box.width() <= row.width() - QFontMetrics(shown.font).horizontalAdvance(shown.text)

    play(run, scene, before=tagged)


def test_entries_are_left_out_by_mouse_and_keys(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        menus: list[Any] = []
        rig.window.sidebar.menu_wanted.connect(lambda *what: menus.append(what))
        click(rig, "category", "films", ALT)
        assert shown(rig) == {"none", "both"}
        assert entry(rig, "category", "films").data(UNWANTED_ROLE)

        click(rig, "category", "films", CTRL, RIGHT)
        assert shown(rig) == {"none", "x", "y", "both"}
        sidebar = rig.window.sidebar
        where = sidebar.visualRect(entry(rig, "category", "films")).center()
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, sidebar.viewport().mapToGlobal(where), CTRL)
        QApplication.sendEvent(sidebar.viewport(), asked)
        assert menus == []

        press(rig, "tag", "x", Qt.Key.Key_Space, SHIFT)
        assert shown(rig) == {"none", "y"}
        press(rig, "tag", "y", Qt.Key.Key_Space, CTRL)
        assert shown(rig) == {"y"}
        press(rig, "tag", "x", Qt.Key.Key_Space, CTRL)
        assert rig.window.sidebar.picks() == {"tag": Pick(frozenset({"x", "y"}))}
        press(rig, "tag", "y", Qt.Key.Key_Space)
        assert shown(rig) == {"y", "both"}

    play(run, scene, before=tagged)


def test_the_button_under_the_pointer_leaves_an_entry_out_and_takes_it_in_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        sidebar, index = rig.window.sidebar, entry(rig, "tag", "x")
        sidebar.scrollTo(index)
        button = sidebar.button_box(index).center()
        QTest.mouseClick(sidebar.viewport(), LEFT, pos=button)
        assert sidebar.pick_of("tag") == only("x"), "there is no button before the pointer is there"
        sidebar.pick("tag", None)
        rig.window.table.setFocus()
        before = sidebar.grab().toImage()

        QCursor.setPos(sidebar.viewport().mapToGlobal(button))
        await until(lambda: sidebar.grab().toImage() != before)
        QTest.mouseClick(sidebar.viewport(), LEFT, pos=button)
        assert sidebar.pick_of("tag") == Pick(unwanted=frozenset("x"))
        await until(lambda: shown(rig) == {"none", "y"})
        QTest.mouseClick(sidebar.viewport(), LEFT, pos=button)
        assert sidebar.pick_of("tag") == Pick()
        QCursor.setPos(rig.window.table.viewport().mapToGlobal(QPoint(200, 200)))

    play(run, scene, before=tagged)


def test_all_and_the_views_have_no_button(qapp: QApplication) -> None:
    model = SidebarModel()
    model.fill("view", [Entry("mine", "mine")])
    model.fill("tag", [Entry("x", "x")])

    offered = [
        (section, key)
        for section, key in (("view", "mine"), ("tag", None), ("tag", ""), ("tag", "x"))
        if excludable(model.find(section, key).internalPointer())
    ]

    assert offered == [("tag", ""), ("tag", "x")]
    assert not excludable(model.title("tag").internalPointer())


def test_arrow_keys_pick_in_passing_but_not_with_ctrl(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        press(rig, "tag", "", Qt.Key.Key_Down)
        assert rig.window.sidebar.picks() == {"tag": only("x")}
        press(rig, "tag", "x", Qt.Key.Key_Down, CTRL)
        assert rig.window.sidebar.picks() == {"tag": only("x")}
        QTest.keyClick(rig.window.sidebar, Qt.Key.Key_Space, CTRL)
        assert rig.window.sidebar.picks() == {"tag": Pick(frozenset({"x", "y"}))}

    play(run, scene, before=tagged)


def test_a_screen_reader_hears_what_is_picked_and_left_out(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        def spoken(index: QModelIndex) -> str:
            return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

        assert spoken(entry(rig, "tag", "x")) == "x, 2 torrents"
        assert spoken(entry(rig, "tag", None)) == "All, 4 torrents, picked"
        click(rig, "tag", "x")
        click(rig, "tag", "y", CTRL)
        click(rig, "tag", "", SHIFT)
        assert spoken(entry(rig, "tag", "x")) == "x, 2 torrents, picked"
        assert spoken(entry(rig, "tag", "")) == "Untagged, 1 torrent, left out"
        assert spoken(title(rig, "tag")) == "Tags, any of these"

    play(run, scene, before=tagged)


def test_folders_and_trackers_with_errors_have_entries_with_counts_that_follow(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert not rig.window.sidebar.isExpanded(title(rig, "path"))
        assert (count(rig, "path", "/a"), count(rig, "path", "/b")) == (2, 2)
        flags = ("has_tracker_error", "has_other_announce_error", "has_tracker_warning", "")
        assert [count(rig, "tracker", key) for key in flags] == [1, 0, 1, 2]

        click(rig, "tracker", "has_tracker_error")
        assert shown(rig) == {"x"}
        rig.home.world.set(rig.home.torrent("y").hash, has_tracker_error=True, save_path="/new")
        await until(lambda: shown(rig) == {"x", "y"})
        await until(lambda: count(rig, "tracker", "has_tracker_error") == 2)
        assert count(rig, "path", "/new") == 1

    play(run, scene, before=tagged)


def test_older_servers_have_no_entries_for_tracker_errors(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert not entry(rig, "tracker", "has_tracker_error").isValid()
        assert entry(rig, "tracker", "").isValid()

    play(run, scene, "5.1.0", before=tagged)


def test_what_is_picked_is_remembered_before_the_server_has_answered(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "category", "films/new")
        click(rig, "tag", "x", SHIFT)
        rig.window.remember()
        rig.window.sidebar.set_picks({})
        assert len(shown(rig)) == 4

        rig.window.sidebar.collapse(entry(rig, "category", "films"))
        rig.window.views.restore()
        assert shown(rig) == {"y"}
        assert entry(rig, "tag", "x").data(UNWANTED_ROLE)
        assert rig.window.sidebar.isExpanded(entry(rig, "category", "films")), "what is picked can be seen"

    play(run, scene, before=tagged)


def test_a_server_that_was_named_for_one_run_is_not_remembered(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.views.restore(rig.home.config.id)
        click(rig, "tag", "x")
        rig.window.remember()
        rig.window.views.restore()
        assert rig.window.sidebar.picks() == {"tag": only("x")}

    play(run, scene, before=tagged)


def test_a_picked_entry_stays_though_no_server_has_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.sidebar.set_picks({"category": only("gone/long ago"), "tracker": only("old.test")})
        assert count(rig, "category", "gone/long ago") == 0
        assert count(rig, "tracker", "old.test") == 0
        rig.window.filter_line.clear()
        assert len(shown(rig)) == 4

    play(run, scene, before=tagged)


def test_a_server_that_goes_takes_its_pick_along(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        attic = rig.servers[1]
        rig.window.sidebar.pick("server", attic.config.id)
        rig.window.feed.detach(attic.session)
        assert rig.window.sidebar.picks() == {}
        rig.window.feed.attach(attic.session)

    play(run, scene, "5.3.0", "5.1.0")


# what is kept of rows that were painted


def _darken(sidebar: Sidebar) -> None:
    palette = QPalette(sidebar.palette())
    for role, color in ((QPalette.ColorRole.Base, "#202020"), (QPalette.ColorRole.Text, "#eeeeee")):
        palette.setColor(role, QColor(color))
    sidebar.setPalette(palette)


def _enlarge(sidebar: Sidebar) -> None:
    font = sidebar.font()
    font.setPointSize(17)
    sidebar.setFont(font)


def _fold(sidebar: Sidebar, *, unfolded: bool) -> None:
    model = sidebar.model()
    assert isinstance(model, SidebarModel)
    sidebar.setExpanded(model.find("category", "films"), unfolded)


LONG = "a name for which there is no room in a row"
STEPS: tuple[Callable[[Sidebar], object], ...] = (
    lambda s: s.set_counts("tag", {"x": 5, LONG: 7}, 12),
    lambda s: s.set_counts("tag", {"x": 6, LONG: 123_456}, 123_462),
    lambda s: s.pick("tag", "x"),
    lambda s: s.toggle("tag", LONG, unwanted=True),
    lambda s: _fold(s, unfolded=True),
    lambda s: s.set_counts("category", {"films": 3, "films/new": 1}, 4),
    lambda s: _fold(s, unfolded=False),
    lambda s: s.fill("tag", [Entry("x", "x"), Entry("y", "y")]),
    lambda s: s.resize(150, 700),
    _darken,
    _enlarge,
    lambda s: s.setEnabled(False),
    lambda s: s.pick("tag", None),
    lambda s: s.setEnabled(True),
    lambda s: s.setLayoutDirection(Qt.LayoutDirection.RightToLeft),
)


def _filled(steps: Sequence[Callable[[Sidebar], object]]) -> Sidebar:
    sidebar = Sidebar()
    sidebar.resize(228, 700)
    sidebar.fill("tag", [Entry("x", "x"), Entry(LONG, LONG)])
    sidebar.fill("category", [Entry("films", "films"), Entry("films/new", "films/new")])
    for step in steps:
        step(sidebar)
    return sidebar


def test_rows_that_are_kept_look_like_rows_that_are_painted_anew(qapp: QApplication) -> None:
    used = _filled(())
    for n, step in enumerate(STEPS):
        for _ in range(5):  # till all rows are kept
            used.grab()
        step(used)
        assert used.grab().toImage() == _filled(STEPS[: n + 1]).grab().toImage(), f"step {n}"


def test_no_row_is_kept_with_the_mark_of_a_pointer(qapp: QApplication) -> None:
    """Qt may think of another row than lies below the pointer, as when rows have moved under it."""
    style = "QTreeView::item:hover { background: red; }"
    used, fresh = _filled(()), _filled(())
    for sidebar in (used, fresh):
        sidebar.setStyleSheet(style)
    model = used.model()
    assert isinstance(model, SidebarModel)
    at = QPointF(used.visualRect(model.find("tag", "x")).center())
    view = used.viewport()
    for _ in range(5):  # till all rows are kept
        used.grab()
    QApplication.sendEvent(view, QHoverEvent(QEvent.Type.HoverMove, at, at, at))
    for sidebar in (used, fresh):
        sidebar.set_counts("tag", {"x": 12_345}, 1)
    assert used.grab().toImage() != fresh.grab().toImage()

    QApplication.sendEvent(view, QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), at))
    assert used.grab().toImage() == fresh.grab().toImage()


class Noting(EntryDelegate):
    """Tells which entries it paints."""

    def __init__(self, parent: Sidebar) -> None:
        super().__init__(parent)
        self.painted: list[str] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.data(COUNT_ROLE) is not None:
            self.painted.append(index.data())
        super().paint(painter, option, index)


def test_a_row_is_painted_anew_only_if_more_than_its_count_changes(qapp: QApplication) -> None:
    sidebar = _filled(())
    noting = Noting(sidebar)
    sidebar.setItemDelegate(noting)
    painted = noting.painted
    sidebar.set_counts("tag", {"x": 5}, 12)
    before = sidebar.grab().toImage()
    assert "x" in painted
    while painted:  # a few rows are kept with each paint
        painted.clear()
        sidebar.grab()
    sidebar.set_counts("tag", {"x": 7}, 12)
    assert sidebar.grab().toImage() != before
    assert painted == []

    sidebar.pick("tag", "x")
    sidebar.grab()
    assert painted == ["All", "x"]


def test_only_rows_in_view_are_kept(qapp: QApplication) -> None:
    sidebar = _filled([lambda s: s.fill("path", [Entry(f"/{n}", f"/{n}") for n in range(500)])])
    sidebar.expandAll()
    bar, most = sidebar.verticalScrollBar(), 0
    for place in range(0, bar.maximum(), 200):
        bar.setValue(place)
        sidebar.grab()
        most = max(most, len(sidebar.pictures))
    assert 20 < most <= 700 // sidebar.visualRect(sidebar.indexAt(QPoint(60, 300))).height() + 2


def test_a_paused_server_is_called_so(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers

        def at(server: Server) -> str:
            return str(entry(rig, "server", server.config.id).data())

        assert (at(home), at(seedbox)) == ("home", "seedbox")

        home.world.set_server(session_state=True)
        await until(lambda: at(home) == "home (paused)")
        assert at(seedbox) == "seedbox"
        rig.window.refresh()
        assert rig.window.status.servers.state.whole == "2 servers connected, home paused"

        home.world.set_server(session_state=False)
        await until(lambda: at(home) == "home")

    play(run, scene, "5.3.0", "5.1.0")


def test_sidebar_and_menus_have_one_order_of_names(run: Run) -> None:
    wanted = ["category 1", "Category 2", "category 10", "category 11", "éclair", "Zebra"]

    def many(rig: Rig) -> None:
        rig.home.world.add("A")
        for name in reversed(wanted):
            rig.home.world.add_category(name)
            rig.home.world.add_tag(name)

    async def scene(rig: Rig) -> None:
        rig.select("A")
        for section, menu in (("category", "Category"), ("tag", "Tags")):
            top = entry(rig, section, wanted[0]).parent()
            listed = [top.model().index(row, 0, top).data() for row in range(top.model().rowCount(top))]
            assert [name for name in listed if name in wanted] == wanted
            assert [a.data() for a in rig.menu(menu).actions() if a.data() in wanted] == wanted

    play(run, scene, "5.3.0", before=many)
