"""Settings of a server that run programs or were poisoned, its default login, a password in the open."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.program import Program
from qbt_remote.ui.kit.dialogs import ConfirmDialog
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog
from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Proxy, Request
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.preferences.dialog_drive import review
from tests.ui.server_stage import NewStage, staged
from tests.ui.whole_program import client_of, running


@pytest.fixture
def stage(qtbot: QtBot, run: Run) -> Iterator[NewStage]:
    with staged(qtbot, run) as make:
        yield make


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("http://box.example.org", True),
        ("http://8.8.8.8:8080", True),
        ("http://[2600::1]", True),
        ("https://box.example.org", False),
        ("http://192.168.0.7:8080", False),
        ("http://nas.local", False),
        ("http://localhost:8080", False),
    ],
)
def test_a21_a_password_that_crosses_the_internet_is_told_while_the_address_is_typed(
    stage: NewStage, run: Run, typed: str, warned: bool
) -> None:
    async def scene() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.type(dialog.form.address, typed)
        assert dialog.form.address_warning.isVisible() is warned
        assert ("unencrypted" in dialog.form.address_warning.text()) is warned
        dialog.reject()

    run(scene())


@pytest.mark.real
def test_a22_a_login_that_everybody_knows_is_told_once_with_the_way_to_change_it(run: Run, tmp_path: Path) -> None:
    async def story(weak: Server) -> None:
        saved = ServerConfig("nas", weak.url, username="admin")
        settings = Settings(servers=[saved])
        named = ["--server", "nas", "--password-stdin"]
        async with running(tmp_path, *named, password="adminadmin", settings=settings) as program:
            notice = await until(lambda: program.window.notices.current)
            assert "nas still takes the default login of qBittorrent" in notice.text
            assert notice.action and notice.action[0] == "Change the login…"
            notice.action[1]()
            options = await until(
                lambda: next((d for d in program.window.findChildren(PreferencesDialog) if d.isVisible()), None)
            )
            await until(options.form.row("web_ui_password").input.focus.hasFocus)
            assert options.form.page_in_view == "webui"
            options.reject()
        again = Settings.load(tmp_path / "settings.json")
        assert again.servers[0].default_login_said
        async with running(tmp_path, *named, password="adminadmin", settings=again) as program:
            await until(lambda: any(s.status.phase == "online" for s in program.window.feed.sessions.values()))
            await asyncio.sleep(0)
            assert not program.window.notices.current

    weak = Server("4.5.2")
    weak.user, weak.password = "admin", "adminadmin"
    with weak:
        run(story(weak))


def poisoned(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
    """Every setting that runs a program, and where the server is reached, as an attacker would want them."""
    if not request.path.endswith("app/preferences"):
        return head, body
    programs = {"autorun_enabled": False, "autorun_program": "sh -c evil", "web_ui_address": "*", "web_ui_port": 1}
    body = json.dumps(json.loads(zlib.decompress(body, 31) if body[:2] == b"\x1f\x8b" else body) | programs).encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body


def sent(proxy: Proxy) -> list[dict[str, Any]]:
    """What was sent to be set."""
    forms = [parse_qs(r.body.decode()) for r in proxy.requests if r.path.endswith("app/setPreferences")]
    return [json.loads(form["json"][0]) for form in forms]


async def options(program: Program) -> PreferencesDialog:
    program.window.actions_.action("options").trigger()
    found = await until(
        lambda: next((d for d in program.window.findChildren(PreferencesDialog) if d.isVisible()), None)
    )
    assert isinstance(found, PreferencesDialog)
    return found


async def question(dialog: PreferencesDialog) -> ConfirmDialog:
    found = await until(lambda: next((d for d in dialog.findChildren(ConfirmDialog) if d.isVisible()), None))
    assert isinstance(found, ConfirmDialog)
    return found


@pytest.mark.real
def test_a23_a_setting_that_runs_a_program_is_asked_about_apart_with_old_and_new(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        async with Proxy(server.port) as proxy, program_on(tmp_path, server, proxy.url) as program:
            for agree in (False, True):
                dialog = await options(program)
                dialog.form.row("autorun_enabled").input.focus.click()  # type: ignore[attr-defined]  # a check box
                (await review(dialog)).ok.click()
                asked = await question(dialog)
                assert asked.windowTitle() == "Run programs on the server"
                assert asked.cancel.isDefault()
                (listed,) = asked.findChildren(QListWidget)
                assert [listed.item(n).text() for n in range(listed.count())] == ["Run on torrent finished: off → on"]
                (asked.ok if agree else asked.cancel).click()
                await until(lambda: "Save the settings" not in program.window.tasks.doing)
                dialog.draft.forget("autorun_enabled")
                dialog.reject()
                await until(lambda: not program.window.findChildren(PreferencesDialog))
        async with client_of(server) as client:
            await client.post("app/setPreferences", json={"autorun_enabled": False})
        row.figure("sent", sent(proxy))
        assert sent(proxy) == [{"autorun_enabled": True}]

    run(scene())


@pytest.mark.real
def test_a24_of_poisoned_settings_only_what_was_touched_is_sent(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        async with Proxy(server.port) as proxy, program_on(tmp_path, server, proxy.url) as program:
            proxy.edit = poisoned
            for key in ("dht", "pex"):
                dialog = await options(program)
                dialog.form.row(key).input.focus.click()  # type: ignore[attr-defined]  # a check box
                (await review(dialog)).ok.click()
                await until(lambda key=key: any(key in each for each in sent(proxy)))  # type: ignore[misc]
                await until(lambda: "Save the settings" not in program.window.tasks.doing)
                dialog.reject()
                await until(lambda: not program.window.findChildren(PreferencesDialog))
        row.figure("keys sent", [list(each) for each in sent(proxy)])
        assert [list(each) for each in sent(proxy)] == [["dht"], ["pex"]]

    run(scene())
