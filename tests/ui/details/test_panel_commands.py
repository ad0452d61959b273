"""What can be done in the panels of the details: by key, menu and button, and what the server then receives."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPlainTextEdit, QSpinBox, QTableWidget

from qbt_remote.start.program import Program
from qbt_remote.ui.details.panel_commands import PANEL_COMMANDS
from qbt_remote.ui.details.panels.trackers import TrackersPanel
from qbt_remote.ui.details.tabs import TABS
from tests.conftest import Run
from tests.sim.details import peer
from tests.sim.faults import FAILED
from tests.ui.conftest import until
from tests.ui.details_drive import column, dialog, listing, noticed, pick, says, select, simulated, why
from tests.ui.rig import mnemonic, open_dialog, part

CTRL = Qt.KeyboardModifier.ControlModifier
ENDPOINTS = [
    {"name": "10.0.0.1:6881", "bt_version": 1, "status": 2, "num_seeds": 3},
    {"name": "10.0.0.1:6881", "bt_version": 2, "status": 5, "msg": "<b>not</b> registered"},
]


def trackers() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"url": f"** [{name}] **", "tier": -1, "status": 2} for name in ("DHT", "PeX", "LSD")]
    rows += [{"url": f"http://{x}.test/announce?a|b=%20", "tier": n, "status": 2} for n, x in enumerate("xyz")]
    rows[4]["endpoints"] = ENDPOINTS
    return rows


async def open_tab(program: Program, tab: str, rows: int) -> None:
    program.window.activateWindow()
    await until(program.window.isActiveWindow)
    program.window.details.show_tab(tab)
    await pick(program, "one")
    await until(lambda: listing(program, tab).model.rowCount() == rows)
    listing(program, tab).table.setFocus()


def hosts(program: Program) -> list[str]:
    """The trackers as they are listed, by the first letter of their host; what is none as it is."""
    return [url.split("/")[2][0] if "/" in url else url for url in column(program, "trackers", "url")]


def press(program: Program, tab: str, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    widget = program.window.focusWidget()
    assert widget is not None and listing(program, tab).isAncestorOf(widget)
    QTest.keyClick(widget, key, modifiers or Qt.KeyboardModifier.NoModifier)


def test_every_command_of_a_panel_has_a_tab_words_and_a_key_of_its_own() -> None:
    tabs = {tab.id for tab in TABS}
    for command in PANEL_COMMANDS:
        others = [c for c in PANEL_COMMANDS if c.menu == command.menu and c is not command]
        assert command.menu in tabs and command.text and command.tip and command.icon
        assert command.id not in {c.id for c in others}
        assert mnemonic(command.text) not in {mnemonic(c.text) for c in others} - {""}
        assert not command.key or command.key not in {c.key for c in others}
        assert not command.key or not QKeySequence.fromString(command.key).isEmpty()


def test_endpoints_unfold_below_their_tracker_however_it_is_sorted(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, _link, (one,)):
            handler.told["torrents/trackers"][one] = trackers()
            await open_tab(program, "trackers", 6)
            panel = listing(program, "trackers")
            assert isinstance(panel, TrackersPanel)
            assert hosts(program)[3:] == ["x", "y", "z"]

            select(program, "trackers", "http://y")
            press(program, "trackers", Qt.Key.Key_Right)
            inside = ["y", "\u200310.0.0.1:6881", "\u200310.0.0.1:6881"]
            assert hosts(program)[3:] == ["x", *inside, "z"]
            assert column(program, "trackers", "bt_version")[4:7] == ["v1, v2", "v1", "v2"]
            assert column(program, "trackers", "status")[5:7] == ["Working", "Tracker error"]
            panel.table.sortByColumn(panel.model.column("tier"), Qt.SortOrder.DescendingOrder)
            assert hosts(program) == ["** [DHT] **", "** [PeX] **", "** [LSD] **", "z", *inside, "x"]

            handler.told["torrents/trackers"][one][4]["tier"] = 9
            program.window.details.poke()
            await until(lambda: hosts(program)[3:] == [*inside, "z", "x"])

            mark = panel.table.visualRect(panel.model.index(3, 0)).topLeft() + QPoint(10, 10)
            QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=mark)
            assert hosts(program)[3:] == ["y", "z", "x"]

    run(play())


def test_trackers_are_added_edited_moved_asked_and_removed(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, _link, (one,)):
            handler.told["torrents/trackers"][one] = trackers()
            handler.world.set(one, state="downloading")
            await open_tab(program, "trackers", 6)

            press(program, "trackers", Qt.Key.Key_Insert)
            asked = await dialog()
            part(asked, QPlainTextEdit).setPlainText("nonsense")
            assert not asked.ok.isEnabled() and "Not an address: nonsense" in asked.reason.text()
            part(asked, QPlainTextEdit).setPlainText("udp://n1.test:80\n\nhttps://n2.test/a\n")
            asked.ok.click()
            await until(lambda: listing(program, "trackers").model.rowCount() == 8)
            (form,) = handler.calls("torrents/addTrackers")
            assert form == {"hash": one, "urls": "udp://n1.test:80\n\nhttps://n2.test/a"}
            assert {r["url"]: r["tier"] for r in handler.told["torrents/trackers"][one]}["https://n2.test/a"] == 1

            select(program, "trackers", "http://x")
            press(program, "trackers", Qt.Key.Key_F2)
            asked = await dialog()
            part(asked, QLineEdit).setText("http://new.test/x?1=%7C")
            part(asked, QSpinBox).setValue(4)
            asked.ok.click()
            await until(lambda: "http://new.test/x?1=%7C" in column(program, "trackers", "url"))
            (form,) = handler.calls("torrents/editTracker")
            assert form["url"] == "http://x.test/announce?a|b=%20" and form["tier"] == "4"

            await until(lambda: [r.url for r in listing(program, "trackers").selected()] == ["http://new.test/x?1=%7C"])
            press(program, "trackers", Qt.Key.Key_Plus, CTRL)
            await until(lambda: handler.calls("torrents/editTracker")[-1].get("tier") == "3")
            assert "newUrl" not in handler.calls("torrents/editTracker")[-1]

            select(program, "trackers", "http://y", "**")
            actions = listing(program, "trackers").actions_
            actions.action("reannounce").trigger()
            await noticed(program, "the tracker is asked")
            (form,) = handler.calls("torrents/reannounce")
            assert form == {"hashes": one, "urls": "http%3A%2F%2Fy.test%2Fannounce%3Fa%7Cb%3D%2520"}

            select(program, "trackers", "http://y", "http://z")
            press(program, "trackers", Qt.Key.Key_Delete)
            asked = await dialog()
            assert part(asked, QListWidget).count() == 2
            asked.ok.click()
            await until(lambda: listing(program, "trackers").model.rowCount() == 6)
            assert not any("y.test" in url or "z.test" in url for url in column(program, "trackers", "url"))
            assert not handler.calls("torrents/delete"), "the key is not the window's here"

            select(program, "trackers", "**")
            press(program, "trackers", Qt.Key.Key_Delete)
            await noticed(program, "DHT, PeX and LSD are not trackers")

    run(play())


def test_an_old_server_says_what_it_cannot_do_and_removes_plain_addresses(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="4.5.2") as (program, handler, _link, (one,)):
            handler.told["torrents/trackers"][one] = [
                *trackers()[:3],
                {"url": "http://a.test/%20", "tier": 0, "status": 2},
            ]
            handler.told["torrents/webseeds"][one] = [{"url": "http://seed.test/"}]
            handler.world.set(one, state="downloading")
            await open_tab(program, "trackers", 4)
            select(program, "trackers", "http://a")
            assert why(program, "trackers", "tier_down") == "Needs qBittorrent 5.2"
            assert why(program, "trackers", "reannounce") == "Needs qBittorrent 5.2"
            assert why(program, "trackers", "reannounce_all") == ""

            press(program, "trackers", Qt.Key.Key_F2)
            asked = await dialog()
            assert not part(asked, QSpinBox).isEnabled()
            part(asked, QLineEdit).setText("http://b.test/%20")
            asked.ok.click()
            await until(lambda: "http://b.test/%20" in column(program, "trackers", "url"))
            assert handler.calls("torrents/editTracker")[-1].get("origUrl") == "http://a.test/%20"

            select(program, "trackers", "http://b")
            press(program, "trackers", Qt.Key.Key_Delete)
            (await dialog()).ok.click()
            await until(lambda: listing(program, "trackers").model.rowCount() == 3)
            assert handler.calls("torrents/removeTrackers")[-1]["urls"] == "http://b.test/%20"

            await open_tab(program, "http_sources", 1)
            select(program, "http_sources", "http")
            assert why(program, "http_sources", "add") == "Needs qBittorrent 5.1"
            press(program, "http_sources", Qt.Key.Key_Delete)
            await noticed(program, "Needs qBittorrent 5.1")

    run(play())


def test_web_seeds_are_added_edited_and_removed_whatever_is_in_them(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            program.window.details.show_tab("http_sources")
            await pick(program, "one")
            panel = listing(program, "http_sources")
            await until(partial(says, panel, "This torrent has no HTTP sources."))
            program.window.activateWindow()
            await until(program.window.isActiveWindow)
            words = panel.childAt(panel.rect().center())
            assert words is not None
            QTest.mouseClick(words, Qt.MouseButton.LeftButton)

            press(program, "http_sources", Qt.Key.Key_Insert)
            asked = await dialog()
            part(asked, QPlainTextEdit).setPlainText("http://a.test/ü%20z%2F\nftp://b.test/")
            asked.ok.click()
            await until(lambda: column(program, "http_sources", "url") == ["ftp://b.test/", "http://a.test/ü z%2F"])
            assert panel.table.columnWidth(0) == panel.table.viewport().width()
            assert handler.told["torrents/webseeds"][one][0]["url"] == "http://a.test/ü z%2F"

            select(program, "http_sources", "http://a")
            press(program, "http_sources", Qt.Key.Key_F2)
            asked = await dialog()
            part(asked, QLineEdit).setText("https://c.test/a b")
            asked.ok.click()
            await until(lambda: "https://c.test/a b" in column(program, "http_sources", "url"))

            panel.table.selectAll()
            press(program, "http_sources", Qt.Key.Key_C, CTRL)
            await until(lambda: QGuiApplication.clipboard().text() == "ftp://b.test/\nhttps://c.test/a b")
            press(program, "http_sources", Qt.Key.Key_Delete)
            (await dialog()).ok.click()
            await until(partial(says, panel, "This torrent has no HTTP sources."))

    run(play())


def test_peers_are_added_with_what_came_of_it_and_banned_by_name(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, _link, (one,)):
            handler.peers[one] = {
                "10.0.0.1:6881": peer(),
                "[fe80::1]:7": peer(ip="fe80::1", port=7),
                "x.b32.i2p": {k: v for k, v in peer(i2p_dest="x.b32.i2p").items() if k not in ("ip", "port")},
            }
            handler.world.set(one, state="downloading")
            await open_tab(program, "peers", 3)

            press(program, "peers", Qt.Key.Key_Insert)
            asked = await dialog()
            for wrong in ("1.2.3.4", "fe80::1:80", "1.2.3.4:0", "x:1", "[1.2.3.4]:5"):
                part(asked, QPlainTextEdit).setPlainText(wrong)
                assert not asked.ok.isEnabled(), wrong
            part(asked, QPlainTextEdit).setPlainText("10.0.0.9:51413\n[2001:db8::7]:1")
            asked.ok.click()
            await noticed(program, "1 peer added, 1 could not be added")
            (form,) = handler.calls("torrents/addPeers")
            assert form == {"hashes": one, "peers": "10.0.0.9:51413|[2001:db8::7]:1"}

            listing(program, "peers").table.selectAll()
            press(program, "peers", Qt.Key.Key_Delete)
            asked = await dialog()
            names = part(asked, QListWidget)
            assert [names.item(i).text() for i in range(names.count())] == ["10.0.0.1:6881", "[fe80::1]:7"]
            assert asked.cancel.isDefault()
            asked.ok.click()
            await until(lambda: handler.banned == ["10.0.0.1:6881", "[fe80::1]:7"])
            await until(lambda: listing(program, "peers").model.rowCount() == 1)

            handler.world.set(one, private=True)
            await until(lambda: why(program, "peers", "add").startswith("A private torrent"))

    run(play())


def test_updates_of_peers_are_paused_and_go_on(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, _link, (one, _two)):
            handler.peers[one] = {"10.0.0.1:1": peer()}
            await open_tab(program, "peers", 1)
            details = program.window.details
            press(program, "peers", Qt.Key.Key_U, CTRL)
            await until(lambda: details.problem == "Updates are paused.")
            known = len(handler.calls("sync/torrentPeers"))
            handler.peers[one] = {}
            details.poke()
            program.window.feed.refresh()
            press(program, "peers", Qt.Key.Key_U, CTRL)
            await until(partial(says, listing(program, "peers"), "No peers are connected."))
            assert len(handler.calls("sync/torrentPeers")) == known + 1
            assert details.problem == ""

            details.in_view.set_paused(True)
            await pick(program, "two")
            assert not details.in_view.is_paused(), "another torrent is not paused"

    run(play())


def test_each_flag_is_explained_in_a_legend(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            handler.peers[one] = {"10.0.0.1:1": peer()}
            await open_tab(program, "peers", 1)
            actions = listing(program, "peers").actions_
            actions.action("legend").trigger()
            asked = await dialog()
            table = part(asked, QTableWidget)
            flags = {table.item(row, 1).text() for row in range(table.rowCount())}  # type: ignore[union-attr]
            assert flags >= set("dDuUK?OSIHXLEePh")
            asked.reject()
            await until(lambda: open_dialog() is None)

    run(play())


def test_what_fails_is_a_notice_and_the_view_stays_as_the_server_has_it(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, link, (one,)):
            handler.told["torrents/trackers"][one] = trackers()
            await open_tab(program, "trackers", 6)
            select(program, "trackers", "http://x")
            press(program, "trackers", Qt.Key.Key_F2)
            asked = await dialog()
            handler.told["torrents/trackers"][one][3]["url"] = "http://else.test/"
            part(asked, QLineEdit).setText("http://q.test/")
            asked.ok.click()
            await noticed(program, "Tracker not found")
            await until(lambda: "http://else.test/" in column(program, "trackers", "url"))

            link.plan("torrents/removeTrackers", FAILED)
            select(program, "trackers", "http://else")
            press(program, "trackers", Qt.Key.Key_Delete)
            (await dialog()).ok.click()
            await noticed(program, "“Remove tracker” failed")
            assert "http://else.test/" in column(program, "trackers", "url")

            session = program.window.details.in_view.session
            assert session is not None
            await session.stop()
            assert why(program, "trackers", "edit").startswith("Not connected")
            assert why(program, "trackers", "copy") == ""

    run(play())


@pytest.mark.parametrize("tab", ["trackers", "peers", "http_sources"])
def test_the_menu_has_the_commands_of_the_tab_and_tells_why_not(run: Run, tmp_path: Path, tab: str) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            handler.peers[one] = {"10.0.0.1:1": peer()}
            handler.told["torrents/webseeds"][one] = [{"url": "http://a.test/"}]
            program.window.details.show_tab(tab)
            await pick(program, "one")
            await until(lambda: listing(program, tab).model.rowCount() > 0)
            listing(program, tab).table.menu_wanted.emit(QPoint(200, 200))
            menu: Any = await until(QApplication.activePopupWidget)
            ids = [action.objectName() for action in menu.actions() if action.objectName()]
            assert ids == [command.id for command in PANEL_COMMANDS if command.menu == tab]
            assert all(action.toolTip() for action in menu.actions() if action.text())
            menu.close()

    run(play())
