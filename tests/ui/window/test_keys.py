"""A key acts on what has the focus, or on nothing: every area of the window with every key that may mean something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from qbt_remote.model.wording import name_of
from qbt_remote.start.program import Program
from qbt_remote.ui.details.panels.content import ContentPanel
from qbt_remote.ui.details.panels.listing import ListPanel
from qbt_remote.ui.details.panels.piece_bar import PieceMap
from qbt_remote.ui.details.panels.speed_graph import SpeedGraph
from qbt_remote.ui.files.file_table import FileTable
from qbt_remote.ui.filtering.empty_list import EmptyPageView
from qbt_remote.ui.table.table_view import TableView
from qbt_remote.ui.window import server_bar
from tests.conftest import Run
from tests.sim.details import peer
from tests.sim.faults import DROPPED
from tests.sim.files import files
from tests.ui.conftest import until
from tests.ui.details_drive import pick, simulated
from tests.ui.rig import Rig, hash_of, open_dialog, play

Key, CTRL, NONE = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
KEYS = {
    "Del": (Key.Key_Delete, NONE),
    "Shift+Del": (Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier),
    "F2": (Key.Key_F2, NONE),
    "Ctrl+C": (Key.Key_C, CTRL),
    "Ctrl+A": (Key.Key_A, CTRL),
    "Ctrl+R": (Key.Key_R, CTRL),
    "Return": (Key.Key_Return, NONE),
    "Esc": (Key.Key_Escape, NONE),
}
Find = Callable[[Program], QWidget]


def in_panel(tab: str, kind: type[QWidget]) -> Find:
    """The first visible widget of a kind in the panel of a tab."""

    def find(program: Program) -> QWidget:
        panel = program.window.details.panel(tab)
        return next(w for w in panel.findChildren(kind) if w.isVisible() and w.focusPolicy() != Qt.FocusPolicy.NoFocus)

    return find


def entry(section: str, key: str | None) -> Find:
    def find(program: Program) -> QWidget:
        sidebar = program.window.sidebar
        index = sidebar.model().find(section, key)  # type: ignore[attr-defined]  # SidebarModel
        assert index.isValid()
        sidebar.setCurrentIndex(index)
        return sidebar

    return find


def title(section: str) -> Find:
    def find(program: Program) -> QWidget:
        program.window.sidebar.setCurrentIndex(program.window.sidebar.model().title(section))  # type: ignore[attr-defined]  # SidebarModel
        return program.window.sidebar

    return find


def of_toolbar(program: Program) -> QWidget:
    tools = program.window.tools
    made = tools.widgetForAction(program.window.actions_.action("remove"))
    assert isinstance(made, QToolButton)
    return made


AREAS: dict[str, tuple[str, Find]] = {
    "list": ("", lambda program: program.window.table),
    "view": ("", entry("view", "mine")),
    "status": ("", entry("status", "downloading")),
    "category": ("", entry("category", "linux")),
    "all categories": ("", entry("category", None)),
    "uncategorized": ("", entry("category", "")),
    "tag": ("", entry("tag", "big")),
    "tracker": ("", entry("tracker", "t.test")),
    "path": ("", entry("path", "/srv")),
    "server": ("", lambda program: entry("server", next(iter(program.window.feed.sessions)))(program)),
    "title": ("", title("category")),
    "filter box": ("", lambda program: program.window.filter_box),
    "toolbar": ("", of_toolbar),
    "status bar": ("", lambda program: next(b for b in program.window.status.findChildren(QToolButton))),
    "tabs": ("general", lambda program: program.window.details.findChildren(QTabBar)[0]),
    "text": ("general", in_panel("general", QPlainTextEdit)),
    "trackers": ("trackers", in_panel("trackers", TableView)),
    "peers": ("peers", in_panel("peers", TableView)),
    "web seeds": ("http_sources", in_panel("http_sources", TableView)),
    "files": ("content", in_panel("content", FileTable)),
    "files' box": ("content", in_panel("content", QLineEdit)),
    "pieces": ("pieces", in_panel("pieces", PieceMap)),
    "speed": ("speed", in_panel("speed", SpeedGraph)),
    "panel's buttons": ("trackers", lambda program: program.window.details.findChildren(QToolBar)[0]),
}
"""The tab that is shown, and what has the focus."""

OPENS = {
    ("list", "Del"): "Remove torrent",
    ("list", "Shift+Del"): "Remove torrent",
    ("list", "F2"): "Rename",
    ("list", "Ctrl+R"): "Force recheck",
    ("view", "Del"): "Remove view",
    ("view", "F2"): "Rename view",
    ("category", "Del"): "Remove category",
    ("category", "F2"): "Edit linux",
    ("tag", "Del"): "Remove tag",
    ("tracker", "Del"): "Remove tracker",
    ("server", "Del"): "Remove server",
    ("server", "F2"): "Add server",  # it was given for this run
    ("trackers", "Del"): "Remove tracker",
    ("trackers", "F2"): "Edit tracker",
    ("peers", "Del"): "Ban peer permanently",
    ("web seeds", "Del"): "Remove web seed",
    ("web seeds", "F2"): "Edit web seed",
}
COPIES = {
    "list": "one",
    "trackers": "http://one.test/b",
    "peers": "10.0.0.1:6881",
    "web seeds": "http://seed.test/",
    "files": "one.bin",
    "view": "mine",
    "status": "Downloading",
    "category": "linux",
    "all categories": "All",
    "uncategorized": "Uncategorized",
    "tag": "big",
    "tracker": "t.test",
    "path": "/srv",
    "title": "Categories",
}
SELECTS = {
    ("list", "Ctrl+A"): ["one", "two"],
    ("uncategorized", "Return"): [],  # it is picked, and the torrent has a category
}
SENDS = {("list", "Return"): "torrents/stop"}


def test_every_area_with_every_key_touches_that_area_only(run: Run, tmp_path: Path) -> None:
    """What opens, what is copied, what the server is told and what is selected in the list, for each pair."""
    wrong: list[str] = []

    async def play() -> None:
        async with simulated(tmp_path, "one", "two", release="5.3.0") as (program, handler, _link, hashes):
            await furnish(program, handler, hashes[0])
            names = {"server": name_of(next(iter(program.window.feed.sessions.values())))}
            for area, (tab, find) in AREAS.items():
                for key in KEYS:
                    await begin(program, tab)
                    widget = find(program)
                    widget.setFocus()
                    if isinstance(widget, TableView) and area != "list":
                        widget.selectRow(widget.model().rowCount() - 1 if area == "trackers" else 0)
                    if isinstance(widget, FileTable):
                        widget.selectRow(0)
                    if area != "panel's buttons":
                        assert widget.hasFocus(), area
                    found = await press(program, handler, widget, key)
                    expected = what(area, key, COPIES | names)
                    if found != expected:
                        wrong.append(f"{area}, {key}: {found}, not {expected}")

    run(play())

    assert wrong == [], "\n".join(wrong)


Places = Callable[[Rig], QWidget]
IN_TROUBLE: dict[str, Places] = {
    "bar of a server": lambda rig: rig.window.server_menus.bar.buttons()[0],  # type: ignore[union-attr]  # it is there
    "status bar's button": lambda rig: rig.window.status.servers.mend,
    "notice": lambda rig: next(b for b in rig.window.notices.findChildren(QPushButton) if b.isVisible()),
    "page without hits": lambda rig: page_button(rig),
}
"""What has the focus while something is wrong, or nothing is listed; Return may press it."""


def page_button(rig: Rig) -> QWidget:
    rig.window.filter_box.setText("no such torrent")
    page = rig.window.findChild(EmptyPageView)
    assert page is not None and page.isVisible()
    return next(button for button in page.findChildren(QPushButton) if button.isVisible())


@pytest.mark.parametrize("area", IN_TROUBLE)
def test_what_stands_there_in_trouble_gives_no_key_to_the_list(
    run: Run, monkeypatch: pytest.MonkeyPatch, area: str
) -> None:
    monkeypatch.setattr(server_bar, "PATIENCE_S", 0.0)
    wrong: list[str] = []

    async def scene(rig: Rig) -> None:
        window, seedbox = rig.window, rig.servers[1]
        seedbox.link.always = lambda _request: DROPPED
        await until(lambda: window.server_menus.bar and window.server_menus.bar.isVisible())
        window.notices.show_error("Something went wrong", retry=lambda: rig.asked.append("again"))
        for key in KEYS:
            window.activateWindow()
            await until(window.isActiveWindow)
            window.filter_line.clear()
            rig.select("A")
            QGuiApplication.clipboard().setText("before")
            widget = IN_TROUBLE[area](rig)
            widget.setFocus()
            assert widget.hasFocus(), area
            before = [t.name for t in window.table.selected_rows()]
            opened, copied, sent, selected = await press(rig, rig.home.handler, widget, key)
            pressed = key == "Return" and area == "page without hits" and selected == ["A"]
            if (opened, copied, sent) != ("", "before", "") or not (selected == before or pressed):
                wrong.append(f"{key}: {opened!r}, {copied!r}, {sent!r}, {selected} and not {before}")

    play(run, scene, "5.3.0", "5.1.0")

    assert wrong == [], "\n".join(wrong)


def what(area: str, key: str, copies: dict[str, str]) -> tuple[str, str, str, list[str]]:
    opens, sends = OPENS.get((area, key), ""), SENDS.get((area, key), "")
    copied = copies.get(area, "before") if key == "Ctrl+C" else "before"
    selected = SELECTS.get((area, key), ["one"])
    return opens, copied, sends, selected


async def furnish(program: Program, handler: Any, torrent_hash: str) -> None:
    """Give every area something that a key could act on."""
    world = handler.world
    world.add_category("linux")
    world.add_tag("big")
    world.set(torrent_hash, tags="big", category="linux", save_path="/srv", state="downloading")
    world.set_trackers(torrent_hash, ["http://t.test/announce"])
    handler.told["torrents/files"][torrent_hash] = files("one.bin")
    handler.told["torrents/webseeds"][torrent_hash] = [{"url": "http://seed.test/"}]
    handler.peers[torrent_hash] = {"10.0.0.1:6881": peer()}
    program.window.views.save("mine")
    sidebar = program.window.sidebar
    await until(lambda: sidebar.model().find("tracker", "t.test").isValid())  # type: ignore[attr-defined]  # SidebarModel
    await until(lambda: sidebar.model().find("path", "/srv").isValid())  # type: ignore[attr-defined]  # SidebarModel


async def begin(program: Program, tab: str) -> None:
    """The torrent "one" is selected, nothing is filtered, its panel is shown, the clipboard holds "before"."""
    window = program.window
    window.activateWindow()
    await until(window.isActiveWindow)
    window.filter_line.clear()
    await pick(program, "one")
    if tab:
        window.details.show_tab(tab)
        panel = window.details.panel(tab)
        await until(panel.isVisible)
        if isinstance(panel, ListPanel | ContentPanel):
            await until(panel.model.rowCount)
    QGuiApplication.clipboard().setText("before")


async def press(program: Program | Rig, handler: Any, widget: QWidget, key: str) -> tuple[str, str, str, list[str]]:
    """Press a key and give what came of it; a dialog is cancelled."""
    sent = len(handler.log)
    QTest.keyClick(widget, *KEYS[key])
    for _ in range(40):
        await asyncio.sleep(0)
    dialog = open_dialog()
    opened = dialog.windowTitle() if dialog is not None else ""
    if dialog is not None:
        dialog.reject()
        await until(lambda: open_dialog() is None)
    told = [name for name, _form in handler.log[sent:] if name.startswith("torrents/") and is_command(name)]
    selected = sorted(t.name for t in program.window.table.selected_rows())
    return opened, QGuiApplication.clipboard().text(), ",".join(told), selected


def is_command(endpoint: str) -> bool:
    reads = {"info", "properties", "trackers", "webseeds", "files", "pieceStates", "pieceHashes", "pieceAvailability"}
    return endpoint.removeprefix("torrents/") not in reads


def test_ctrl_c_copies_the_names_and_the_menu_whole_rows(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        table = rig.window.table
        table.sortByColumn(rig.window.model.column("name"), Qt.SortOrder.DescendingOrder)
        rig.home.world.set(hash_of(rig.home, "B")[0], name="B, and\nmore")
        await until(lambda: any("more" in t.name for t in rig.window.model.rows))
        table.selectAll()

        await rig.key(Key.Key_C, CTRL)
        await until(lambda: rig.tasks.doing == [] or "Name" not in rig.tasks.doing)
        assert QGuiApplication.clipboard().text() == "C\nB, and more\nA"

        table.restore_state({"columns": [{"id": id, "shown": id in ("size", "name")} for id in ids(rig)]})
        table.columns.moveSection(table.columns.visualIndex(rig.window.model.column("size")), 0)
        await rig.trigger("copy_table")
        assert QGuiApplication.clipboard().text() == ("Size\tName\n976.5 KiB\tA\n976.5 KiB\tB, and more\n976.5 KiB\tC")
        await rig.trigger("copy_csv")
        assert QGuiApplication.clipboard().text() == ('Size,Name\n976.5 KiB,A\n976.5 KiB,"B, and more"\n976.5 KiB,C')

    play(run, scene)


def ids(rig: Rig) -> list[str]:
    return [column.id for column in rig.window.model.columns]


def forty(rig: Rig) -> None:
    for n in range(40):
        rig.home.world.add(f"{'movie' if n % 2 else 'song'} {n:02}")


@pytest.mark.parametrize("key", [Key.Key_Down, Key.Key_Return], ids=["down", "return"])
def test_from_the_filter_to_the_first_hit_by_keys(run: Run, key: Qt.Key) -> None:
    async def scene(rig: Rig) -> None:
        window, table = rig.window, rig.window.table
        await rig.key(Key.Key_F, CTRL)
        await until(window.filter_box.hasFocus)
        QTest.keyClicks(window.filter_box, "movie 3")
        QTest.keyClick(window.filter_box, key)

        assert table.hasFocus()
        assert table.selected_rows() == [table.current_row()] == [window.model.row(0)]
        first = window.model.row(0)

        await rig.key(Key.Key_F, CTRL)
        await until(window.filter_box.hasFocus)
        QTest.keyClick(window.filter_box, Key.Key_Escape)
        assert window.model.rowCount() == 40
        assert table.selected_rows() == [first]
        assert in_view(rig, first)

    play(run, scene, before=forty)


def in_view(rig: Rig, row: Any) -> bool:
    first, last = rig.window.table.visible_rows()
    return bool(first <= rig.window.model.index_of(row) <= last)


def test_the_selected_row_stays_in_sight_whatever_else_is_listed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = rig.window
        window.resize(1000, 420)
        window.table.sortByColumn(window.model.column("name"), Qt.SortOrder.AscendingOrder)
        await until(lambda: window.model.row(0).name == "movie 01")
        rig.select("song 38")

        for text in ("song", "3", "", "song 3"):
            window.filter_box.setText(text)
            assert in_view(rig, window.table.selected_row()), text
        window.filter_box.setText("movie")
        assert window.table.selected_rows() == []
        window.filter_box.clear()
        assert window.table.selected_rows() == [], "what is out of sight is not selected"

    play(run, scene, before=forty)


def test_all_of_the_window_is_reached_by_tab(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = rig.window
        rig.select("A")
        await rig.key(Key.Key_Home)
        window.details.show_tab("general")
        await until(window.details.panel("general").isVisible)
        seen: list[QWidget] = []
        for _ in range(80):
            widget = window.focusWidget()
            assert widget is not None
            if widget in seen:
                break
            seen.append(widget)
            QTest.keyClick(widget, Key.Key_Tab)
        parts = (window.table, window.details, window.status, window.tools, window.filter_box, window.sidebar)
        places = [next(n for n, w in enumerate(seen) if w is part or part.isAncestorOf(w)) for part in parts]
        assert places == sorted(places)
        buttons = [window.tools.widgetForAction(a) for a in window.tools.actions()]
        assert all(b in seen for b in buttons if isinstance(b, QToolButton) and b.isEnabled() and b.isVisible())

        rig.action("columns").trigger()
        menu = await until(QApplication.activePopupWidget)
        assert menu is window.table.columns.menu
        menu.close()

        stop = window.tools.widgetForAction(rig.action("stop"))
        stop.setFocus()
        QTest.keyClick(stop, Key.Key_Space)
        await until(lambda: rig.home.calls("torrents/stop"))

    play(run, scene)
