"""With several servers open, whatever asks or fails says which torrent it is about, on which server, and which path."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QListWidget, QWidget

from qbt_remote.ui.filtering.entry_menu import entry_menu
from qbt_remote.ui.window.commands import COMMANDS
from qbt_remote.ui.window.entry_commands import ENTRY_ROWS
from tests.conftest import Run
from tests.sim.faults import Fault
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.rig import Rig, fill_in, open_dialog, play

ON_TORRENTS = [command.id for command in COMMANDS if command.on in ("torrents", "listed")]
ASK = {
    "add_tags",
    "edit_trackers",
    "limit_download",
    "limit_share",
    "limit_upload",
    "management",
    "new_category",
    "remove",
    "remove_files",
    "rename",
    "set_comment",
    "set_location",
    "torrent_options",
}
"""Commands that open a dialog at once, at least; the test finds out which do."""
OF_THE_SERVER = {"remove_unused_categories", "remove_unused_tags"}
"""Commands in the menu of a torrent that are about its server alone."""

OF_SERVERS = {
    "statistics",
    "log",
    "global_download_limit",
    "global_upload_limit",
    "speed_limits",
    "options",
    "server_info",
    "cookies",
    "api_key",
    "shut_down",
}
"""Commands that open a window about servers, at least."""


def said(dialog: QWidget) -> str:
    """All that a dialog says, with its title."""
    labels = [shown.text() for shown in dialog.findChildren(QLabel) if shown.isVisible()]
    lists = [found.item(n).text() for found in dialog.findChildren(QListWidget) for n in range(found.count())]
    return "\n".join([dialog.windowTitle(), *labels, *lists])


async def asks(rig: Rig, command: str) -> QDialog | None:
    """Trigger a command and give the dialog that it opens, None if it opens none."""
    action = rig.action(command)
    action.trigger()
    await asyncio.sleep(0)
    dialog = await until(lambda: open_dialog() or action.iconText() not in rig.tasks.doing)
    return dialog if isinstance(dialog, QDialog) else None


def test_every_dialog_of_a_command_names_torrent_and_server(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        asking: set[str] = set()
        for command in ON_TORRENTS:
            rig.select("A2")
            rig.window.actions_.refresh()
            if not rig.action(command).isEnabled():
                continue
            dialog = await asks(rig, command)
            if dialog is None:
                continue
            asking.add(command)
            assert "A2" in said(dialog) or command in OF_THE_SERVER, command
            assert "seedbox" in said(dialog), command
            assert said(dialog).count("A2") < 3, command
            dialog.reject()
            await rig.done(rig.action(command).iconText())
        assert asking >= ASK, ASK - asking

    play(run, scene, "5.1.0", "5.3.0")


def test_dialogs_about_several_torrents_say_how_many_and_where(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "A2", "B2")
        for command in ("limit_download", "set_location", "torrent_options", "edit_trackers", "add_tags"):
            dialog = await rig.question(command)
            assert "3 torrents (home, seedbox)" in said(dialog), command
            dialog.reject()
            await rig.done(rig.action(command).iconText())
        rig.select("A2", "B2")
        dialog = await rig.question("limit_upload")
        assert "2 torrents (seedbox)" in said(dialog)
        dialog.reject()
        await rig.done(rig.action("limit_upload").iconText())

    play(run, scene, "5.3.0", "5.1.0")


def test_of_one_server_only_the_torrent_is_named(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("limit_download")
        assert "A" in said(dialog).split("\n") and "home" not in said(dialog)
        dialog.reject()
        await rig.done(rig.action("limit_download").iconText())

    play(run, scene, "5.3.0")


def test_servers_of_one_name_are_told_apart_by_their_addresses(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A2")
        dialog = await rig.question("rename")
        assert "A2 (home (http://seedbox.test:8080))" in said(dialog)
        dialog.reject()
        await rig.done(rig.action("rename").iconText())

    def same_names(rig: Rig) -> None:
        for server, mark in zip(rig.servers, ("", "2"), strict=False):
            server.world.add("A" + mark)
            server.config.name = "home"

    play(run, scene, "5.3.0", "5.1.0", before=same_names)


def test_what_is_about_no_torrent_names_none(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A2")
        shortcuts = await rig.question("shortcuts")
        assert "A2" not in said(shortcuts)
        shortcuts.reject()
        await rig.done(rig.action("shortcuts").iconText())
        limit = await rig.question("global_download_limit")
        assert "home, seedbox" in said(limit) and "A2" not in said(limit)
        limit.reject()
        await rig.done(rig.action("global_download_limit").iconText())

    play(run, scene, "5.3.0", "5.1.0")


@pytest.mark.parametrize(
    ("section", "key", "command", "where"),
    [
        ("category", "linux", "new_category", "home, seedbox"),
        ("category", "linux", "new_subcategory", "home, seedbox"),
        ("category", "own", "edit_category", "seedbox"),
        ("category", "own", "remove_category", "seedbox"),
        ("category", "own", "remove_unused_categories", "home, seedbox"),
        ("tag", "big", "new_tags", "home, seedbox"),
        ("tag", "mine", "remove_tag", "seedbox"),
        ("tag", "mine", "remove_unused_tags", "home, seedbox"),
    ],
)
def test_dialogs_about_servers_name_those_that_it_is_about(
    run: Run, section: str, key: str, command: str, where: str
) -> None:
    async def scene(rig: Rig) -> None:
        menu = entry_menu(ENTRY_ROWS, rig.window.sidebar, rig.window.context(), section, key)
        action = next(a for a in menu.actions() if a.objectName() == command)
        action.trigger()
        dialog = await until(open_dialog)
        assert where in said(dialog).split("\n")
        dialog.reject()
        await rig.done(action.iconText())
        menu.deleteLater()

    def one_has_more(rig: Rig) -> None:
        for server in rig.servers:
            server.world.add("A")
            server.world.add_category("linux")
            server.world.add_tag("big")
        rig.servers[1].world.add_category("own")
        rig.servers[1].world.add_tag("mine")

    play(run, scene, "5.3.0", "5.1.0", before=one_has_more)


def test_a_failure_names_torrent_server_and_path(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A2")
        refused = Fault(reply=Reply(409, b"Cannot make save path"))
        rig.servers[1].link.plan("torrents/setLocation", refused)
        dialog = await rig.question("set_location")
        fill_in(dialog, "/no/such place")
        await rig.answer(dialog, "set_location")
        assert rig.notice() == "seedbox: “Set location” failed for A2: /no/such place: Cannot make save path"

    play(run, scene, "5.3.0", "5.1.0")


def test_the_folder_dialog_of_an_export_names_the_torrent_in_its_title(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A2")
        rig.action("export").trigger()
        dialog: Any = await until(open_dialog)
        assert isinstance(dialog, QFileDialog)
        assert dialog.windowTitle().endswith("— A2 (seedbox)")
        dialog.reject()
        await rig.done(rig.action("export").iconText())
        assert QApplication.activeModalWidget() is None

    play(run, scene, "5.3.0", "5.1.0")


async def window_of(rig: Rig, command: str) -> QWidget | None:
    """Trigger a command that is about servers and give the window that it opens."""
    before = {w for w in QApplication.topLevelWidgets() if w.isVisible()}
    action = rig.action(command)
    action.trigger()
    await asyncio.sleep(0)

    def opened() -> QWidget | bool:
        new = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w not in before]
        return new[0] if new else action.iconText() not in rig.tasks.doing

    found = await until(opened)
    return found if isinstance(found, QWidget) else None


def test_every_window_about_a_server_names_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.sidebar.pick("server", rig.servers[1].config.id)
        named: set[str] = set()
        for command in COMMANDS:
            if command.id not in {"options"} and command.on != "servers":
                continue
            rig.window.actions_.refresh()
            if not rig.action(command.id).isEnabled():
                continue
            window = await window_of(rig, command.id)
            if window is None:
                continue
            named.add(command.id)
            assert "seedbox" in said(window), command.id
            window.close()
            await rig.done(rig.action(command.id).iconText())
        assert named >= OF_SERVERS, OF_SERVERS - named

    play(run, scene, "5.1.0", "5.3.0")
