"""The menu of a server connects, disconnects, edits, shows and removes that one: from sidebar and status bar."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.ui.admin.log_window import LogWindow
from qbt_remote.ui.admin.statistics import Statistics
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog
from tests.conftest import Run
from tests.ui.commands.test_which_one import said
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import asked, entries
from tests.ui.rig import Rig, play
from tests.ui.server_stage import without_keyring
from tests.ui.whole_program import running

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    with without_keyring():
        yield


def of(rig: Rig, number: int) -> dict[str, QAction]:
    return entries(rig, "server", rig.servers[number].config.id)


def test_a_server_is_left_alone_until_it_is_connected_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        seedbox = rig.servers[1]
        of(rig, 1)["Disconnect"].trigger()
        await until(lambda: seedbox.session.status.phase == "offline")
        assert rig.home.session.status.phase == "online"
        assert rig.window.model.rowCount() == 6  # as of then
        assert rig.window.status.servers.state.whole == "1 of 2 servers connected"
        assert "Disconnect" not in of(rig, 1)
        assert not of(rig, 1)["Options…"].isEnabled()

        of(rig, 1)["Connect now"].trigger()
        await until(lambda: seedbox.session.status.phase == "online")
        assert "Connect now" not in of(rig, 1)

    play(run, scene, "5.3.0", "5.1.0")


def shown(rig: Rig, kind: type[QWidget]) -> QWidget | None:
    return next(iter(rig.window.findChildren(kind)), None)


def test_windows_of_a_server_are_opened_for_that_one_without_a_question(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for choice, kind in (("Statistics", Statistics), ("Log", LogWindow), ("Options…", PreferencesDialog)):
            of(rig, 1)[choice].trigger()
            window = await until(partial(shown, rig, kind))
            assert window.server == rig.servers[1].config.id
            assert "seedbox" in window.windowTitle()
            window.close()
        of(rig, 1)["Edit server…"].trigger()
        await until(lambda: rig.asked == ["edit seedbox"])

    play(run, scene, "5.3.0", "5.1.0")


def test_removal_names_the_server_and_cancel_keeps_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await asked(rig, "server", rig.servers[1].config.id, "Remove server…")
        assert "seedbox" in said(dialog) and "home" not in said(dialog)
        assert not dialog.ok.isDefault()
        dialog.cancel.click()
        await until(lambda: "Remove server" not in rig.tasks.doing)
        assert rig.asked == []

        dialog = await asked(rig, "server", rig.servers[1].config.id, "Remove server…")
        dialog.ok.click()
        await until(lambda: rig.asked == ["remove seedbox"])

    play(run, scene, "5.3.0", "5.1.0")


def test_removed_server_is_gone_with_its_password_and_its_session(run: Run, tmp_path: Path) -> None:
    gone, left = ServerConfig("gone", "http://127.0.0.1:9"), ServerConfig("left", "http://127.0.0.1:10")

    async def scene() -> None:
        settings = Settings(servers=[gone, left])
        async with running(tmp_path, settings=settings) as program:
            await until(lambda: len(program.window.feed.sessions) == 2)
            program.window.hooks.remove_server(gone.id)
            await until(lambda: len(program.window.feed.sessions) == 1)
            assert [s.name for s in settings.servers] == ["left"]

    run(scene())


def clicked(rig: Rig) -> QMenu:
    QTest.mouseClick(rig.window.status.servers.state, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [a.text().replace("&", "").partition("\t")[0] for a in menu.actions() if a.text()]


def test_name_of_the_only_server_in_the_status_bar_has_its_menu(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        menu = clicked(rig)
        assert texts(menu) == list(of(rig, 0))
        menu.close()

    play(run, scene, "5.3.0")


def test_count_in_the_status_bar_lists_the_servers_those_first_that_are_away(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await rig.servers[1].session.stop()
        menu = clicked(rig)
        assert texts(menu)[0].startswith("seedbox: not connected") and texts(menu)[1] == "home: connected"
        inside = menu.actions()[0].menu()
        assert isinstance(inside, QMenu)
        inside.aboutToShow.emit()
        assert texts(inside) == list(of(rig, 1))
        next(a for a in inside.actions() if a.objectName() == "connect").trigger()
        menu.close()
        await until(lambda: rig.servers[1].session.status.phase == "online")

    play(run, scene, "5.3.0", "5.1.0")


def test_hundred_servers_are_counted_and_those_away_named(run: Run) -> None:
    """The bar is shown what 100 sessions say; two of them are away."""

    async def scene(rig: Rig) -> None:
        home, seedbox = (server.session for server in rig.servers)
        await seedbox.stop()
        status = rig.window.status.servers
        status.show_sessions([home] * 98 + [seedbox] * 2, 0.0)
        assert status.state.whole == "98 of 100 servers connected"
        assert "home" not in status.state.toolTip()
        status.show_sessions([seedbox] * 100, 0.0)
        assert status.state.toolTip().endswith("and 70 more")

    play(run, scene, "5.3.0", "5.1.0")
