"""Tray icon and notifications, by the real D-Bus traffic with a desktop in another process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from qbt_remote.local.settings import Settings
from qbt_remote.sync.events import Event, Failed, Finished
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.desktop.notifier import Notifier
from qbt_remote.ui.desktop.tray import MENU, Tray
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.fake_desktop import Desktop


@pytest.fixture
def shown(desktop: Desktop) -> Desktop:
    desktop.reset()
    return desktop


@pytest.fixture
def actions(qapp: QApplication) -> dict[str, QAction]:
    made = {command_id: QAction(command_id) for command_id in MENU if command_id}
    made["alt_speed"].setCheckable(True)
    return made


@pytest.fixture
def tray(actions: dict[str, QAction], shown: Desktop) -> Iterator[Tray]:
    made = Tray(actions.__getitem__, Settings())
    yield made
    made.close()


@pytest.fixture
def notifier(qapp: QApplication, shown: Desktop) -> Iterator[Notifier]:
    made = Notifier(Settings(), lambda: None)
    yield made
    made.close()


def finished(*names: str) -> list[Event]:
    return [Finished(Torrent(server="home", hash=name, name=name)) for name in names]


def test_the_icon_registers_at_the_tray_and_a_click_shows_or_hides_the_window(
    tray: Tray, shown: Desktop, actions: dict[str, QAction], run: Run
) -> None:
    toggled: list[bool] = []
    actions["show_hide"].triggered.connect(lambda: toggled.append(True))

    async def click() -> None:
        await until(shown.items)
        shown.activate()
        await until(lambda: toggled)

    run(click())

    assert tray.available


def test_the_menu_holds_the_commands_and_a_click_runs_one(
    tray: Tray, shown: Desktop, actions: dict[str, QAction], run: Run
) -> None:
    paused: list[bool] = []
    actions["pause_all"].triggered.connect(lambda: paused.append(True))

    async def click() -> list[dict[str, object]]:
        await until(shown.items)
        entries = await until(shown.menu)
        shown.click_menu(next(entry["id"] for entry in entries if entry.get("label") == "pause_all"))
        await until(lambda: paused)
        return entries

    entries = run(click())

    assert [entry.get("label", "") for entry in entries] == list(MENU)
    assert next(entry for entry in entries if entry.get("label") == "alt_speed")["toggle-type"] == "checkmark"


def test_the_tip_tells_the_speeds(tray: Tray, shown: Desktop, run: Run) -> None:
    async def tip() -> str:
        await until(shown.items)
        tray.set_speeds(3 * 1024 * 1024, 512 * 1024, ["home", "attic"])
        await until(lambda: "MiB" in str(shown.tool_tip()))
        return str(shown.tool_tip())

    text = run(tip())

    assert "3.0 MiB/s" in text
    assert "512.0 KiB/s" in text
    assert "Session paused: home, attic" in text


@pytest.mark.parametrize("wanted", [True, False])
def test_closing_the_window_hides_it_only_if_that_is_wanted(
    actions: dict[str, QAction], shown: Desktop, wanted: bool
) -> None:
    tray = Tray(actions.__getitem__, Settings(close_to_tray=wanted))

    hides = tray.should_hide_on_close()
    tray.close()

    assert hides is wanted


LATER = """
import time
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from qbt_remote.local.settings import Settings
from qbt_remote.ui.desktop.tray import Tray
from tests.ui.fake_desktop import Desktop

desktop = Desktop()
application = QApplication([])
tray = Tray(QAction, Settings(close_to_tray=True))
print(tray.should_hide_on_close())
desktop.appear()
tray.set_speeds(1, 1)
end = time.monotonic() + 5
while not desktop.items() and time.monotonic() < end:
    application.processEvents()
print(tray.should_hide_on_close(), len(desktop.items()))
desktop.close()
"""


def test_a_tray_that_comes_later_gets_the_icon() -> None:
    """In a process of its own, since Qt looks for the tray when the application is made."""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", LATER], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stderr == ""
    assert done.stdout.split() == ["False", "True", "1"]


def test_a_finished_torrent_is_told_and_a_click_gives_it_back(notifier: Notifier, shown: Desktop, run: Run) -> None:
    clicked: list[Torrent] = []
    notifier.clicked.connect(clicked.extend)
    events = finished("linux.iso")

    async def tell_and_click() -> None:
        notifier.tell(events)
        notes = await until(shown.notes)
        shown.click_note(notes[0]["id"])
        await until(lambda: clicked)

    run(tell_and_click())

    assert clicked == [events[0].torrent]
    (note,) = shown.notes()
    assert (note["app_name"], note["summary"], note["body"]) == ("qbt-remote", "Torrent finished", "linux.iso")
    assert note["actions"] == ["default", "Show"]
    assert note["hints"]["category"] == "transfer.complete"
    assert shown.refused() == []


def test_many_that_finish_at_once_are_one_notification(notifier: Notifier, shown: Desktop, run: Run) -> None:
    notifier.tell(finished("one", "two", "three", "four", "five"))

    (note,) = run(until(shown.notes))

    assert note["summary"] == "5 torrents finished"
    assert note["body"] == "one\ntwo\nthree\nand 2 more"


def test_one_that_finishes_soon_after_another_joins_its_notification(
    notifier: Notifier, shown: Desktop, run: Run
) -> None:
    notifier.tell(finished("one"))
    notifier.tell(finished("two"))

    run(until(lambda: len(shown.notes()) == 2))

    first, second = shown.notes()
    assert second["replaces_id"] == first["id"]
    assert (second["summary"], second["body"]) == ("2 torrents finished", "one\ntwo")


def test_failures_are_told_apart_from_finishes(notifier: Notifier, shown: Desktop, run: Run) -> None:
    notifier.tell([*finished("good"), Failed(Torrent(name="bad"))])

    run(until(lambda: len(shown.notes()) == 2))

    assert [note["summary"] for note in shown.notes()] == ["Torrent finished", "Torrent failed"]
    assert [note["replaces_id"] for note in shown.notes()] == [0, 0]


def test_what_the_user_does_not_want_is_not_told(shown: Desktop, qapp: QApplication, run: Run) -> None:
    notifier = Notifier(Settings(notify_finished=False), lambda: None)
    notifier.tell([*finished("good"), Failed(Torrent(name="bad"))])

    run(until(shown.notes))
    notifier.close()

    assert [note["body"] for note in shown.notes()] == ["bad"]


def test_a_slow_daemon_does_not_hold_up_the_window(notifier: Notifier, shown: Desktop, run: Run) -> None:
    shown.behave(delay_s=2.0)

    async def longest_gap() -> float:
        notifier.tell(finished("linux.iso"))
        gap, last, end = 0.0, time.monotonic(), time.monotonic() + 1.0
        while last < end:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            gap, last = max(gap, now - last), now
        await until(shown.notes)
        return gap

    assert run(longest_gap()) < 0.5


def test_without_a_daemon_the_tray_icon_tells(
    tray: Tray, shown: Desktop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    notifier = Notifier(Settings(), lambda: tray.icon)
    clicked: list[Torrent] = []
    notifier.clicked.connect(clicked.extend)
    events = finished("linux.iso")

    async def tell_and_click() -> None:
        notifier.tell(events)
        notes = await until(shown.notes)
        shown.click_note(notes[0]["id"])
        await until(lambda: clicked)

    run(tell_and_click())
    notifier.close()

    assert isinstance(tray.icon, QSystemTrayIcon)
    assert clicked == [events[0].torrent]
