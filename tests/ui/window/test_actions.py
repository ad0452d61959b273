"""Every command has what menus, toolbar and the list of keys need, and nothing is there twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar

from qbt_remote.api.endpoints import needs
from qbt_remote.local.paths import resource
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.sync.steps import at_once
from qbt_remote.ui.commands.command import Command, Menu
from qbt_remote.ui.commands.shell import Hooks
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.window.commands import COMMANDS, MENUS, ROWS
from qbt_remote.ui.window.main_window import MainWindow
from tests.conftest import Run
from tests.ui.queue_in_memory import queue_in_memory
from tests.ui.rig import mnemonic

by_id = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
by_menu = pytest.mark.parametrize("menu", MENUS, ids=lambda menu: menu.id)


async def _no_server(_config: ServerConfig, _password: str | None) -> Any:
    raise AssertionError("there is no server")


async def _nothing() -> None:
    pass


@pytest.fixture
def window(qtbot: Any, run: Run) -> Iterator[MainWindow]:
    """A window without servers."""
    failures: list[BaseException] = []
    tasks = Tasks(lambda error, _doing: failures.append(error))
    hooks = Hooks(
        quit=lambda: None,
        save=lambda: None,
        faults=lambda: 0,
        open_servers=lambda _add: None,
        edit_server=lambda _server, _part: None,
        remove_server=lambda _server: None,
        open_client=_no_server,
        replace_server=_no_server,
        pause_all=_nothing,
        resume_all=_nothing,
        can_resume=lambda: False,
        hide_on_close=lambda: False,
        add_queue=queue_in_memory(dict, tasks),
        longest_gap=lambda: None,
    )
    made = MainWindow(Settings(), hooks, tasks, ROWS)
    at_once(made.furnish())
    qtbot.addWidget(made)
    made.show()
    yield made
    run(tasks.stop())
    assert failures == []


def rows_of(menu_id: str) -> list[Command | Menu]:
    return [row for row in ROWS if row.menu == menu_id and not (isinstance(row, Menu) and not row.menu)]


def test_ids_are_unique() -> None:
    assert [id for id, n in Counter(row.id for row in ROWS).items() if n > 1] == []


def test_no_key_is_there_twice() -> None:
    keys = [
        key.toString()
        for command in COMMANDS
        if command.key
        for key in QKeySequence.listFromString(command.key, QKeySequence.SequenceFormat.PortableText)
    ]
    assert "" not in keys
    assert [key for key, n in Counter(keys).items() if n > 1] == []


@pytest.mark.parametrize(
    ("command", "key"),
    [
        ("add_files", "Ctrl+O"),
        ("add_links", "Ctrl+Shift+O"),
        ("paste", "Ctrl+V"),
        ("quit", "Ctrl+Q"),
        ("focus_filter", "Ctrl+F"),
        ("start", "Ctrl+S"),
        ("stop", "Ctrl+P"),
        ("resume_all", "Ctrl+Shift+S"),
        ("pause_all", "Ctrl+Shift+P"),
        ("force_start", "Ctrl+M"),
        ("recheck", "Ctrl+R"),
        ("rename", "F2"),
        ("remove", "Del"),
        ("remove_files", "Shift+Del"),
        ("queue_up", "Ctrl++"),
        ("queue_down", "Ctrl+-"),
        ("queue_top", "Ctrl+Shift++"),
        ("queue_bottom", "Ctrl+Shift+-"),
    ],
)
def test_keys_are_those_of_qbittorrents_own_window(window: MainWindow, command: str, key: str) -> None:
    assert QKeySequence(key) in window.actions_.action(command).shortcuts()


@by_id
def test_a_command_has_text_tip_and_an_icon_that_exists(command: Command) -> None:
    assert command.text and command.tip
    assert command.icon and resource(f"icons/{command.icon}.svg").is_file()
    assert not command.tip.endswith(".")


@by_id
def test_a_command_that_needs_a_feature_names_one_that_exists(command: Command) -> None:
    if command.needs:
        assert needs(command.needs)
        assert command.on == "torrents"


@by_menu
def test_mnemonics_are_unique_in_a_menu(menu: Menu) -> None:
    letters = [mnemonic(row.text) for row in rows_of(menu.id)]

    assert "" not in letters
    assert [letter for letter, n in Counter(letters).items() if n > 1] == []


def test_mnemonics_are_unique_in_the_menu_bar() -> None:
    letters = [mnemonic(menu.text) for menu in MENUS if not menu.menu]

    assert "" not in letters
    assert len(set(letters)) == len(letters)


def test_every_menu_that_a_command_names_exists() -> None:
    known = {menu.id for menu in MENUS} | {""}
    assert {row.menu for row in ROWS} <= known


def test_every_command_can_be_reached(window: MainWindow) -> None:
    """In a menu, or by a key, from the tray or in the status bar."""
    in_menus = {action.objectName() for menu in menus_of(window.menuBar()) for action in menu.actions()}

    assert {c.id for c in COMMANDS} - in_menus == {"show_hide", "remove_files", "download_limits", "upload_limits"}


def menus_of(bar: QMenuBar) -> list[QMenu]:
    """All menus of the bar, with those inside them."""
    found: list[QMenu] = []
    left = [action.menu() for action in bar.actions()]
    while left:
        menu = left.pop()
        if isinstance(menu, QMenu):
            found.append(menu)
            left += [action.menu() for action in menu.actions() if action.menu()]
    return found


def test_the_context_menu_is_the_torrent_menu(window: MainWindow) -> None:
    bar = {menu.title(): menu for menu in menus_of(window.menuBar())}

    assert window.actions_.context_menu().actions() != []
    assert shown(window.actions_.context_menu()) == shown(bar["&Torrent"])


def shown(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def test_the_context_menu_has_the_order_of_qbittorrents_own(window: MainWindow) -> None:
    texts = [text.replace("&", "") for text in shown(window.actions_.context_menu())]

    assert texts == [
        *("Start", "Stop", "Force start", ""),
        *("Remove…", ""),
        *("Set location…", "Rename…", "Manage content…", "Set comment…", "Edit trackers…", "Category", "Tags"),
        *("Automatic torrent management", ""),
        *("Torrent options…", "Limits", "Super seeding mode", ""),
        *("Download in sequential order", "Download first and last pieces first", ""),
        *("Force recheck", "Force reannounce", ""),
        *("Open destination folder", ""),
        *("Queue", "Copy", "Export .torrent…"),
    ]


def test_the_toolbar_has_its_actions_in_order_with_lines_between_groups(qtbot: Any, window: MainWindow) -> None:
    bar = QToolBar()
    qtbot.addWidget(bar)
    window.actions_.fill_toolbar(bar)

    assert [action.objectName() or "|" for action in bar.actions()] == [
        *("add_files", "add_links", "|", "remove", "|", "start", "stop", "|", "queue_up", "queue_down", "|"),
        *("options", "servers"),
    ]


def test_the_list_of_keys_names_every_command_that_has_one(window: MainWindow) -> None:
    rows = dict(window.actions_.shortcuts())

    assert len(rows) == len([command for command in COMMANDS if command.key])
    assert rows["Add torrent file"] == "Ctrl+O"
    assert rows["Filter torrents"] == "Ctrl+F or Ctrl+E"


def test_a_tip_is_plain_and_says_the_key(window: MainWindow) -> None:
    tip = window.actions_.action("add_files").toolTip()

    assert tip == "Add .torrent files from this computer (Ctrl+O)"


def test_without_a_selection_torrent_commands_are_grey_and_say_why(window: MainWindow) -> None:
    menu = window.actions_.context_menu()
    menu.aboutToShow.emit()
    own = [window.actions_.action(c.id) for c in COMMANDS if c.menu == "torrent"]

    assert [action.objectName() for action in own if action.isEnabled()] == []
    assert [action.objectName() for action in own if "Select a torrent first" not in action.toolTip()] == []
    assert [a.text() for a in menu.actions() if a.menu() and a.isEnabled()] == []


def test_a_menu_that_has_closed_leaves_its_keys_alive(window: MainWindow) -> None:
    menu = window.actions_.context_menu()
    menu.aboutToShow.emit()
    menu.aboutToHide.emit()

    assert window.actions_.action("recheck").isEnabled()
    assert not window.actions_.action("start").isEnabled()  # it is in the toolbar, where it is always up to date


@by_id
def test_a_command_on_nothing_does_no_harm(run: Run, window: MainWindow, command: Command) -> None:
    """Triggered with no server and no selection: it does its work, or says why it cannot."""
    action = window.actions_.action(command.id)

    async def scene() -> None:
        action.setEnabled(True)
        action.trigger()
        await window.tasks.stop()
        if command.on:
            assert window.notices.current is not None
            assert window.notices.current.text.startswith(action.iconText())

    run(scene())


def test_actions_belong_to_the_window_so_that_their_keys_work(window: MainWindow) -> None:
    reachable = set(map(QAction.objectName, window.actions()))
    assert {command.id for command in COMMANDS if command.key} <= reachable
