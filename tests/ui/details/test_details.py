"""The details below the list, in the whole program: what they show, and what they ask the server for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar

from qbt_remote.local.settings import Settings
from qbt_remote.local.window_state import WindowState
from qbt_remote.start.program import Program
from qbt_remote.ui.details.details import Details
from qbt_remote.ui.details.heading import Heading
from qbt_remote.ui.details.panels.values import LongValue
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.kit.row_table import RowTable
from tests.conftest import Run
from tests.real.scene import make
from tests.real.servers import Server
from tests.real.swarm import client_of, join
from tests.sim.details import Details as DetailHandler
from tests.sim.details import peer
from tests.sim.faults import FAILED, Fault
from tests.ui.conftest import until
from tests.ui.details_drive import column, content, general, listing, pick, says, simulated
from tests.ui.rig import Rig, open_dialog
from tests.ui.whole_program import fill, on, rows, running

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def tabs(details: Details) -> QTabBar:
    (bar,) = details.findChildren(QTabBar)
    return bar


def click(bar: QTabBar, place: int) -> None:
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(place).center())


def asked(handler: DetailHandler) -> list[str]:
    about_one = {"torrents/properties", "torrents/trackers", "sync/torrentPeers", "torrents/webseeds", "torrents/files"}
    return [endpoint for endpoint, _form in handler.log if endpoint in about_one]


def shows(program: Program, tab: str) -> bool:
    return program.window.details.tab == tab


def asked_more(handler: DetailHandler, than: int) -> bool:
    return len(asked(handler)) > than


def test_the_selected_torrent_is_shown_and_another_takes_its_place(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, _handler, _link, _hashes):
            details = program.window.details
            assert details.note == "Select a torrent to see its details."

            await pick(program, "one")
            await until(lambda: general(program).value("comment") == "about one")
            assert details.note == ""
            assert general(program).value("total_size") == "2.0 KiB"

            await pick(program, "two")
            assert general(program).value("comment") == "", "nothing of the one before is left"
            await until(lambda: general(program).value("comment") == "about two")

            program.window.table.clearSelection()
            await until(lambda: details.in_view.torrent is None)
            assert details.note == "Select a torrent to see its details."

    run(play())


def test_with_several_selected_the_current_one_is_shown(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "three", "two") as (program, _handler, _link, _hashes):
            table = program.window.table
            table.sortByColumn(program.window.model.column("name"), Qt.SortOrder.AscendingOrder)
            table.setFocus()
            await pick(program, "one")
            QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)

            assert len(table.selected_rows()) == 2
            await until(lambda: general(program).value("comment") == "about three")

    run(play())


def test_what_is_asked_in_the_turn_of_a_click_is_about_what_was_clicked(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, _link, (one, _two)):
            details, table = program.window.details, program.window.table
            details.show_tab("trackers")
            await pick(program, "one")
            panel = listing(program, "trackers")
            await until(lambda: panel.model.rowCount() == 3)
            panel.table.selectAll()

            table.select_rows([t for t in program.window.model.rows if t.name == "two"])
            asked = panel.context()
            assert asked is not None
            assert (asked.torrent.name, asked.rows) == ("two", [])

            await until(lambda: panel.model.rowCount() == 3)
            table.select_rows([t for t in program.window.model.rows if t.name == "one"])
            details.show_tab("peers")
            await until(lambda: handler.calls("sync/torrentPeers"))
            assert {form["hash"] for form in handler.calls("sync/torrentPeers")} == {one}

    run(play())


def test_the_keys_of_the_desktop_bring_each_tab(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, _link, _hashes):
            window = program.window
            window.details.set_folded(True)
            for key, tab in zip("CRBZG", ("trackers", "peers", "http_sources", "content", "general"), strict=True):
                QTest.keyClick(window, getattr(Qt.Key, f"Key_{key}"), ALT)
                await until(partial(shows, program, tab))
                assert not window.details.folded
            listed = {keys for _text, keys in window.actions_.shortcuts()}
            assert {tab.key for tab in TABS} <= listed

    run(play())


def test_only_the_tab_in_view_is_asked_for_and_nothing_when_folded_or_hidden(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, _hashes):
            window = program.window
            await pick(program, "one")
            await until(lambda: asked(handler) == ["torrents/properties"])
            window.details.show_tab("peers")
            await until(lambda: asked(handler) == ["torrents/properties", "sync/torrentPeers"])
            await until(lambda: asked(handler)[2:] == ["sync/torrentPeers"])

            for away, back in (
                (lambda: window.details.set_folded(True), lambda: window.details.set_folded(False)),
                (window.hide_window, window.show_window),
                (window.showMinimized, window.show_window),
            ):
                away()
                await until(lambda: "Show the details" not in {task.get_name() for task in asyncio.all_tasks()})
                known = len(asked(handler))
                back()
                await until(partial(asked_more, handler, known))

    run(play())


def test_no_tab_moves_the_parts_of_a_small_window(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, _link, _hashes):
            window = program.window
            window.resize(820, 600)
            await pick(program, "one")
            await until(lambda: window.width() == 820)
            places = set()
            for tab in TABS:
                window.details.show_tab(tab.id)
                await until(partial(shows, program, tab.id))
                await until(lambda: window.details.panel(window.details.tab).isVisible() or window.details.note)
                places.add((window.sidebar.width(), window.table.height()))
            assert len(places) == 1

    run(play())


def test_a_click_on_the_tab_in_view_folds_the_area_and_a_click_on_any_opens_it(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", opened=False) as (program, _handler, _link, _hashes):
            window, details = program.window, program.window.details
            bar, action = tabs(details), window.actions_.action("details")
            await until(lambda: window.isActiveWindow() and bar.isVisible())
            assert details.folded, "until it is wanted"
            await until(lambda: details.height() <= bar.height())
            assert not action.isChecked()

            click(bar, 0)
            assert (details.folded, details.tab) == (False, "general")
            await until(lambda: details.height() > 100 and action.isChecked())
            full = details.height()
            click(bar, 2)
            assert (details.folded, details.tab) == (False, "peers")
            click(bar, 2)
            assert (details.folded, details.tab) == (True, "peers")
            await until(lambda: details.height() <= bar.height() and not action.isChecked())
            assert bar.isVisible()
            click(bar, 3)
            assert (details.folded, details.tab) == (False, "http_sources")
            await until(lambda: abs(details.height() - full) <= 2)
            QTest.mouseClick(bar, Qt.MouseButton.RightButton, pos=bar.tabRect(3).center())
            assert not details.folded

    run(play())


def test_one_double_click_on_a_tab_does_one_thing(run: Run, tmp_path: Path) -> None:
    def double_click(bar: QTabBar, place: int) -> None:
        """Press, release, and what the desktop tells of the second press."""
        click(bar, place)
        at = bar.tabRect(place).center().toPointF()
        event = QMouseEvent(QEvent.Type.MouseButtonDblClick, at, bar.mapToGlobal(at), LEFT, LEFT, NONE)
        QApplication.sendEvent(bar, event)

    async def play() -> None:
        async with simulated(tmp_path, "one", opened=False) as (program, _handler, _link, _hashes):
            details = program.window.details
            bar = tabs(details)
            await until(bar.isVisible)

            double_click(bar, 1)
            assert (details.folded, details.tab) == (False, "trackers")
            double_click(bar, 1)
            assert (details.folded, details.tab) == (True, "trackers")
            double_click(bar, 1)
            double_click(bar, 2)
            assert (details.folded, details.tab) == (True, "peers"), "as a click, and one more on what is in view then"

    run(play())


def test_keys_fold_the_area_and_open_it(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", opened=False) as (program, _handler, _link, _hashes):
            window, details = program.window, program.window.details
            await pick(program, "one")
            for folded in (False, True):
                QTest.keyClick(window.table, Qt.Key.Key_Return, ALT)
                await until(lambda folded=folded: details.folded == folded)  # type: ignore[misc]  # mypy cannot infer a default
            tabs(details).setFocus()
            for key, folded in ((Qt.Key.Key_Return, False), (Qt.Key.Key_Space, True)):
                QTest.keyClick(tabs(details), key)
                assert details.folded == folded

    run(play())


def test_the_heading_names_the_torrent_in_view_and_how_many_are_selected(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "three", "two") as (program, handler, _link, (one, *_others)):
            window, details = program.window, program.window.details
            table = window.table
            assert details.heading == ""
            await pick(program, "one")
            await until(lambda: details.heading == "one")

            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
            await until(lambda: details.heading == "three (1 of 2 selected)")
            table.selectAll()
            await until(lambda: details.heading == "three (1 of 3 selected)")
            await pick(program, "one")
            handler.world.set(one, name="another " * 60)
            await until(lambda: details.heading.startswith("another another"))
            label = details.findChild(Heading)
            assert label is not None
            for width in (1280, 840):
                window.resize(width, 700)
                await until(lambda width=width: window.width() == width)  # type: ignore[misc]  # mypy cannot infer a default
                assert label.isVisible() and "…" in label.text()
                assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
                bar = tabs(details)
                assert label.geometry().top() == 0 or label.parentWidget() is not bar.parentWidget()

            details.set_folded(True)
            assert details.heading == ""
            details.set_folded(False)
            table.clearSelection()
            await until(lambda: details.heading == "")

    run(play())


def test_the_heading_names_the_server_where_there_are_several(run: Run) -> None:
    async def play() -> None:
        async with Rig(["5.3.0", "4.2.5"]) as rig:
            for server in rig.servers:
                server.world.add(f"iso of {server.config.name}")
            await until(lambda: rig.window.model.rowCount() == 2)
            rig.window.details.set_folded(False)
            rig.select("iso of seedbox")
            await until(lambda: rig.window.details.heading == "iso of seedbox (seedbox)")
            rig.window.table.selectAll()
            await until(lambda: rig.window.details.heading == "iso of seedbox (seedbox; 1 of 2 selected)")

    run(play())


def test_the_save_path_is_seen_without_scrolling_and_no_list_leaves_a_rest(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            window, details = program.window, program.window.details
            handler.told["torrents/properties"][one]["save_path"] = "/srv/films"
            handler.told["torrents/files"][one] = [{"name": "a.bin", "size": 2048, "index": 0, "priority": 1}]
            handler.told["torrents/webseeds"][one] = [{"url": "http://one.test/file"}]
            await pick(program, "one")
            await until(lambda: general(program).value("save_path") == "/srv/films")
            for size in (QSize(1024, 560), QSize(1280, 760)):  # of a screen, less the window's frame and a panel
                window.resize(size)
                await until(lambda size=size: window.size() == size)  # type: ignore[misc]  # mypy cannot infer a default
                path = general(program).findChild(LongValue, "save_path")
                assert path is not None and path.visibleRegion().boundingRect() == path.rect()

            for tab in ("trackers", "peers", "http_sources", "content"):
                details.show_tab(tab)
                await until(partial(fills_its_panel, program, tab))

    run(play())


def fills_its_panel(program: Program, tab: str) -> bool:
    (table,) = program.window.details.panel(tab).findChildren(RowTable)
    return table.isVisible() and table.horizontalHeader().length() >= table.viewport().width() > 700


def test_tab_fold_share_and_columns_are_remembered(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, _link, _hashes):
            window = program.window
            window.details.show_tab("peers")
            table = listing(program, "peers").table
            table.setColumnWidth(listing(program, "peers").model.column("client"), 234)
            window.details.set_folded(True)
            window.close()
        again = Settings.load(tmp_path / "settings.json")
        async with simulated(tmp_path, "one", settings=again) as (program, _handler, _link, _hashes):
            details = program.window.details
            assert (details.tab, details.folded) == ("peers", True)
            table = listing(program, "peers").table
            assert table.columnWidth(listing(program, "peers").model.column("client")) == 234

    run(play())


@pytest.mark.parametrize(
    "junk", [None, 7, {"tab": "none", "folded": "x", "lists": 3, "share": "y"}, {"lists": {"peers": 1}}]
)
def test_a_memory_that_makes_no_sense_is_passed_over(run: Run, tmp_path: Path, junk: Any) -> None:
    async def play() -> None:
        settings = Settings(window=WindowState.read({"details": junk}))
        async with simulated(tmp_path, "one", settings=settings) as (program, _handler, _link, _hashes):
            assert (program.window.details.tab, program.window.details.folded) == ("general", True)

    run(play())


def test_trackers_are_in_words_below_the_rows_that_are_none(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, _link, _hashes):
            program.window.details.show_tab("trackers")
            await pick(program, "one")
            await until(lambda: column(program, "trackers", "url"))
            table, model = listing(program, "trackers").table, listing(program, "trackers").model

            assert column(program, "trackers", "url") == ["** [DHT] **", "http://one.test/a", "http://one.test/b"]
            assert column(program, "trackers", "status") == ["Working", "Updating", "Not working"]
            assert column(program, "trackers", "tier") == ["", "0", "1"]
            assert column(program, "trackers", "num_peers") == ["N/A"] * 3
            assert table.isColumnHidden(model.column("next_announce")), "5.1 does not tell it"

            table.sortByColumn(model.column("url"), Qt.SortOrder.DescendingOrder)
            assert column(program, "trackers", "url") == ["** [DHT] **", "http://one.test/b", "http://one.test/a"]

    run(play())


def test_cells_and_rows_are_copied(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            handler.peers[one] = {
                "10.0.0.1:6881": peer(),
                "[fe80::1]:7": peer(ip="fe80::1", port=7, client="a\tb"),
            }
            program.window.details.show_tab("peers")
            await pick(program, "one")
            await until(lambda: len(column(program, "peers", "ip")) == 2)
            panel, clipboard = listing(program, "peers"), QGuiApplication.clipboard()
            panel.table.setFocus()
            panel.table.selectAll()

            QTest.keyClick(panel.table, Qt.Key.Key_C, CTRL)
            await until(lambda: clipboard.text() == "10.0.0.1:6881\n[fe80::1]:7")

            port = panel.table.visualRect(panel.model.index(0, panel.model.column("port"))).center()
            panel.table.menu_wanted.emit(panel.table.viewport().mapToGlobal(port))
            menu = await until(QApplication.activePopupWidget)
            assert isinstance(menu, QMenu)
            first, cell, whole, with_commas = menu.actions()[-4:]
            texts = [action.text() for action in (first, cell, whole, with_commas)]
            assert texts == ["&Copy IP:port", "Copy “Port”", "Copy as tab&le", "Copy as CS&V"]
            cell.trigger()
            assert clipboard.text() == "6881\n7"
            whole.trigger()
            await until(lambda: clipboard.text().startswith("IP"))
            menu.close()
            title, *lines = [line.split("\t") for line in clipboard.text().split("\n")]
            assert title[:3] == ["IP/Address", "Port", "Connection"]
            assert [line[:5] for line in lines] == [
                ["10.0.0.1", "6881", "BT", "D E", "Simulated 1.0"],
                ["fe80::1", "7", "BT", "D E", "a b"],
            ]

    run(play())


def test_a_list_without_rows_says_what_is_so(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, _link, _hashes):
            window = program.window
            await pick(program, "one")
            for tab, words in (
                ("peers", "No peers are connected."),
                ("http_sources", "This torrent has no HTTP sources."),
            ):
                window.details.show_tab(tab)
                await until(partial(says, listing(program, tab), words))

    run(play())


def test_a_failure_is_said_above_what_is_still_shown_and_goes_away(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, link, (one,)):
            details = program.window.details
            await pick(program, "one")
            await until(lambda: general(program).value("comment") == "about one")
            link.plan("torrents/properties", FAILED)
            details.poke()
            await until(lambda: "failed (status" in details.problem)
            assert general(program).value("comment") == "about one"
            assert not program.window.notices.isVisible()

            handler.told["torrents/properties"][one] = {"comment": "later"}
            details.poke()
            await until(lambda: general(program).value("comment") == "later")
            assert details.problem == ""

    run(play())


def test_a_first_failure_stands_in_the_place_of_the_panel(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, link, _hashes):
            link.plan("torrents/properties", FAILED)
            await pick(program, "one")
            await until(lambda: "failed (status" in program.window.details.note)

    run(play())


def test_a_slow_answer_is_waited_for_with_a_word(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, link, _hashes):
            link.plan("torrents/properties", Fault(delay_s=0.8, good=True))
            await pick(program, "one")
            await until(lambda: program.window.details.note == "Loading…")
            await until(lambda: general(program).value("comment") == "about one")
            assert program.window.details.note == ""

    run(play())


def test_a_torrent_that_the_server_does_not_know_any_more_leaves_an_empty_face(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, link, (one, _two)):
            details = program.window.details
            await pick(program, "one")
            await until(lambda: general(program).value("comment") == "about one")
            link.always = lambda request: Fault(delay_s=1.0, good=True) if request.endpoint == "sync/maindata" else None
            handler.world.remove(one)
            details.poke()
            await until(lambda: details.note == "This torrent is no longer on the server.")
            await until(lambda: rows(program) == ["two"])
            await until(lambda: details.note == "Select a torrent to see its details.")

    run(play())


def test_html_and_endless_names_stay_text_that_fits(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            long = "/".join(["<img src=x>", "d" * 300, "e" * 4000])
            handler.told["torrents/properties"][one] = {"save_path": long, "comment": "<b>x</b>\n\u202eevil"}
            handler.told["torrents/files"][one] = [{"index": 0, "name": long, "size": 5, "priority": 7}]
            await pick(program, "one")
            await until(lambda: general(program).value("save_path").startswith("<img src=x>/d"))
            assert general(program).value("comment").startswith("<b>x</b>\n")
            assert "\u202e" not in general(program).value("comment")
            assert general(program).overflow == 0

            program.window.details.show_tab("content")
            model = content(program).model
            await until(lambda: model.rowCount() > 0)
            model.expand_all(True)
            texts = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
            assert texts[:2] == ["<img src=x>", "d" * 300] and len(texts[2]) <= 512

    run(play())


# real servers


@pytest.fixture(scope="module")
def seeder() -> Iterator[Server]:
    with Server("5.1.0") as started:
        yield started


@pytest.fixture(scope="module")
def leecher() -> Iterator[Server]:
    with Server("5.3.0") as started:
        yield started


def test_a_real_transfer_is_seen_in_every_tab_until_the_torrent_is_removed(
    run: Run, tmp_path: Path, seeder: Server, leecher: Server
) -> None:
    sizes = {"disc 1/track 2.flac": 900_000, "disc 1/track 10.flac": 700_000, "cover.jpg": 30_000}
    sample = make(tmp_path / "content", "album", sizes, trackers=("http://127.0.0.1:9/announce",), comment="for tests")

    async def play() -> None:
        await fill(leecher, [])
        known = await join(sample, tmp_path / "content", seeder=seeder, leecher=leecher, limit_bytes_per_s=25_000)
        async with running(tmp_path, *on(leecher), password=leecher.password) as program, client_of(leecher) as client:
            details = program.window.details
            details.set_folded(False)
            await until(lambda: rows(program) == ["album"])
            await pick(program, "album")
            await until(lambda: general(program).value("comment") == "for tests")
            assert general(program).value("infohash_v1") == sample.v1
            assert general(program).value("pieces_num").startswith("100 × 16.0 KiB")
            assert general(program).value("total_size") == "1.5 MiB"

            details.show_tab("content")
            files = content(program).model
            await until(lambda: files.rowCount() == 3)
            files.expand_all(True)
            names = [node.name for node in files.shown]
            assert names == ["album", "disc 1", "track 2.flac", "track 10.flac", "cover.jpg"]

            details.show_tab("trackers")
            await until(lambda: "http://127.0.0.1:9/announce" in column(program, "trackers", "url"))
            assert column(program, "trackers", "status")[:3] == ["Disabled"] * 3

            details.show_tab("peers")
            await until(lambda: column(program, "peers", "port") == [str(seeder.bt_port)])
            assert column(program, "peers", "client") == ["qBittorrent/5.1.0"]
            await until(lambda: column(program, "peers", "downloaded") != ["0 B"])
            row = listing(program, "peers").model.row(0)
            before = row.downloaded
            await until(lambda: row.downloaded > before)
            assert listing(program, "peers").model.row(0) is row, "the same row through all differences"

            details.show_tab("pieces")
            pieces: Any = details.panel("pieces")
            await until(lambda: pieces.map.pieces == 100 and "Downloading" in pieces.map.accessibleDescription())
            details.show_tab("speed")
            speed: Any = details.panel("speed")
            await until(lambda: speed.graph.peak[0] > 0)

            details.show_tab("peers")
            await until(lambda: column(program, "peers", "port") == [str(seeder.bt_port)])
            panel = listing(program, "peers")
            panel.table.selectAll()
            panel.actions_.action("ban").trigger()
            asked: Any = await until(open_dialog)
            asked.ok.click()
            await until(partial(says, panel, "No peers are connected."))
            assert (await client.get("app/preferences"))["banned_IPs"] == "127.0.0.1"

            await client.post("torrents/delete", hashes=[known], deleteFiles=True)
            await until(lambda: rows(program) == [])
            await until(lambda: program.window.empty_page is not None and not details.isVisible())

    run(play())


def test_details_go_on_when_the_server_is_back(run: Run, tmp_path: Path) -> None:
    async def play(server: Server) -> None:
        sample = make(tmp_path / "content", "stays", {"a.bin": 20_000}, comment="still here")
        await fill(server, [sample])
        async with running(tmp_path, *on(server), password=server.password) as program:
            details = program.window.details
            details.set_folded(False)
            await until(lambda: rows(program) == ["stays"])
            await pick(program, "stays")
            await until(lambda: general(program).value("comment") == "still here")
            await asyncio.to_thread(server.kill)
            await until(lambda: details.problem)
            assert general(program).value("comment") == "still here"
            await asyncio.to_thread(server.start)
            program.window.retry_now()
            await until(lambda: not details.problem, 20)

    with Server("4.5.2") as server:
        run(play(server))


def test_tips_of_cells_are_plain(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            handler.peers[one] = {"10.0.0.1:1": peer(flags="D ? S", country="<i>Nowhere</i>", country_code="zz")}
            program.window.details.show_tab("peers")
            await pick(program, "one")
            await until(lambda: column(program, "peers", "country_code") == ["ZZ"])
            model = listing(program, "peers").model
            explained = model.index(0, model.column("flags")).data(Qt.ItemDataRole.ToolTipRole)
            assert [line[0] for line in explained.split("\n")] == ["D", "?", "S"]
            assert not listing(program, "peers").table.isColumnHidden(model.column("country_code"))
            where = QPoint(5, 5)
            assert listing(program, "peers").table.indexAt(where).isValid()

    run(play())


def test_tab_goes_from_the_tabs_into_the_panel_in_view(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, _handler, _link, _hashes):
            program.window.activateWindow()
            await until(program.window.isActiveWindow)
            for tab in ("trackers", "general", "trackers"):
                program.window.details.show_tab(tab)
                await pick(program, "one")
                panel = program.window.details.panel(tab)
                await until(panel.isVisible)
                bar = tabs(program.window.details)
                bar.setFocus()
                QTest.keyClick(bar, Qt.Key.Key_Tab)
                assert panel.isAncestorOf(program.window.focusWidget())

    run(play())
