"""What the window says and offers where the cause of an outage, or of something else, is known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.model.text import count
from qbt_remote.sync.trouble import trouble
from qbt_remote.ui.kit.dialogs import ConfirmDialog
from qbt_remote.ui.window import server_bar
from tests.api.wire_server import Request, answer, wire_server
from tests.conftest import Run
from tests.real.servers import Server
from tests.sim.crowd import make
from tests.sim.faults import Fault, Link
from tests.sim.handler import Handler, Reply
from tests.sim.server import SimServer
from tests.ui.conftest import until
from tests.ui.hand import Hand, modal
from tests.ui.rig import Rig, play
from tests.ui.server_stage import without_keyring
from tests.ui.whole_program import running

BANNED = Fault(executed=False, reply=Reply(403, b"banned"))


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    with without_keyring():
        yield


@pytest.fixture(autouse=True)
def said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_bar, "PATIENCE_S", 0.0)


def nothing(_rig: Rig) -> None:
    """A server without torrents, so that a page stands in the place of the list."""


async def banned(rig: Rig) -> None:
    rig.home.link.plan("auth/login", BANNED)
    rig.home.handler.restart()
    await until(lambda: trouble(rig.home.session) == "banned")


async def ten_minutes_pass(rig: Rig) -> None:
    """Let the ban be so much older, as after a sleep."""
    rig.home.config.banned_until -= 600
    await rig.home.session.resume()


def page_buttons(rig: Rig) -> list[QPushButton]:
    return [b for b in rig.window.findChildren(QPushButton) if b.objectName() in ("connect", "edit_server")]


# bans


def test_a_ban_is_counted_down_everywhere_and_the_buttons_of_the_bar_stay(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await banned(rig)
        bar: Any = await until(lambda: rig.window.server_menus.bar)
        status = rig.window.status.servers
        buttons = await until(bar.buttons)
        assert bar.accessibleName().startswith("Next login in 60 min: home has banned this computer")
        assert status.state.whole.startswith("home: login banned, next try in 60 min; the list is as of ")
        assert "Next login in 60 min: " in status.state.toolTip()

        await ten_minutes_pass(rig)

        await until(lambda: bar.accessibleName().startswith("Next login in 50 min: "))
        assert status.state.whole.startswith("home: login banned, next try in 50 min")
        assert bar.buttons() == buttons
        buttons[0].click()
        await until(lambda: rig.home.session.status.phase == "online")
        await until(lambda: not bar.isVisible())

    play(run, scene)


def test_the_focus_stays_on_a_button_of_the_page_while_the_time_in_it_goes_down(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await banned(rig)
        await until(lambda: rig.window.empty_page and "60 min" in rig.window.empty_page.text)
        connect, edit = page_buttons(rig)
        assert connect.hasFocus()
        edit.setFocus()

        await ten_minutes_pass(rig)

        await until(lambda: rig.window.empty_page and "50 min" in rig.window.empty_page.text)
        assert page_buttons(rig) == [connect, edit]
        assert edit.hasFocus()
        QTest.keyClick(edit, Qt.Key.Key_Space)
        await until(lambda: rig.asked == ["edit home"])

    play(run, scene, before=nothing)


def test_a_page_with_other_buttons_gives_the_focus_to_the_first_of_them(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await banned(rig)
        await until(lambda: page_buttons(rig))
        page_buttons(rig)[1].setFocus()

        await rig.home.session.stop()

        await until(lambda: rig.window.empty_page and rig.window.empty_page.title == "Not connected")
        focus = QApplication.focusWidget()
        assert isinstance(focus, QPushButton) and focus.objectName() == "retry_now"

    play(run, scene, before=nothing)


# shutdown


def test_a_server_that_was_shut_down_says_so_and_is_connected_again_by_a_button(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.action("shut_down").trigger()
        question = await modal(ConfirmDialog)
        question.ok.click()
        await until(lambda: rig.home.calls("app/shutdown"))
        rig.home.link.always = lambda _request: Fault(executed=False)
        status = rig.window.status.servers
        await until(lambda: status.state.whole.startswith("home: stopped by you, next try in "))
        assert "You shut home down." in status.state.toolTip()

        rig.home.link.always = lambda _request: None
        assert status.mend.isVisible()
        status.mend.click()
        await until(lambda: rig.home.session.status.phase == "online")
        await until(lambda: status.state.whole == "home: connected")

    play(run, scene)


# another address


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as started:
        yield started


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_that_a_server_redirects_to_is_used_once_the_user_has_seen_it(
    run: Run, tmp_path: Path, server: Server, host: str
) -> None:
    async def moved(_request: Request, writer: asyncio.StreamWriter) -> None:
        location = f"Location: {server.url}/api/v2/app/webapiVersion\r\n"
        await answer(writer, b"", "308 Permanent Redirect", extra=location)

    async def story() -> None:
        async with wire_server(moved) as old:
            saved = ServerConfig("nas", f"http://{host}:{old.port}", username=server.user)
            settings, hand = Settings(servers=[saved]), Hand()
            named = ["--server", "nas", "--password-stdin"]
            async with running(tmp_path, *named, password=server.password, settings=settings) as program:
                window = program.window
                await until(lambda: window.empty_page and window.empty_page.commands[:1] == ("use_address",))
                assert window.status.servers.state.whole == "nas: redirects to another address"
                assert server.url in window.empty_page.text
                assert ("another host" in window.empty_page.text) == (host == "localhost")
                hand.click(next(b for b in window.findChildren(QPushButton) if b.objectName() == "use_address"))
                question = await modal(ConfirmDialog)
                said = " ".join(label.text() for label in question.findChildren(QLabel))
                addresses = question.findChildren(QListWidget)[0]
                assert [addresses.item(n).text() for n in range(2)] == [
                    f"Until now: {saved.url}",
                    f"From now on: {server.url}",
                ]
                assert ("“127.0.0.1”" in said) == (host == "localhost")
                assert question.cancel.isDefault() == (host == "localhost")
                hand.click(question.ok)
                await until(lambda: any(s.status.phase == "online" for s in window.feed.sessions.values()))
                assert settings.servers[0].url == server.url
                assert hand.actions == 2
            assert {request.body for request in old.requests} == {b""}
            assert not any("cookie" in r.headers or "authorization" in r.headers for r in old.requests)

    run(story())


# torrents that are gone


def test_torrents_that_vanished_are_told_in_a_line_and_the_rest_stays_selected(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        handler = Handler(make(1300), lets_in=True)
        async with SimServer(Link(handler)) as sim:
            saved = ServerConfig("nas", sim.url, auth="none", has_headers=False, interval_s=0.5)
            async with running(tmp_path, settings=Settings(servers=[saved])) as program:
                table, model = program.window.table, program.window.model
                await until(lambda: model.rowCount() == 1300)
                stay = list(handler.world.torrents)[1200:]
                kept = [t for t in model.rows if t.hash in stay[:3]]
                table.select_rows(kept)
                objects = set(map(id, kept))
                for each in list(handler.world.torrents)[:1200]:
                    handler.world.remove(each)
                handler.restart()

                await until(lambda: model.rowCount() == 100)

                notice = await until(lambda: program.window.notices.current)
                assert notice.text == f"nas: {count(1200)} torrents are no longer on the server"
                assert set(map(id, table.selected_rows())) == objects

    run(story())
