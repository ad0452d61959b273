"""A server given by its address, in the window: its login is used, shown nowhere, and kept in the vault at most."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import keyring
import pytest
from keyring.backends.null import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from qbt_remote.api.tls import fingerprint
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start import command_line
from qbt_remote.start.program import Program
from qbt_remote.ui.servers.server_dialog import ServerDialog
from qbt_remote.ui.servers.servers_dialog import ServersDialog
from tests.conftest import Run
from tests.real.proxy import Proxy
from tests.real.scene import tiny
from tests.real.servers import Server, web_key
from tests.ui.conftest import until
from tests.ui.tls_front import TlsFront
from tests.ui.whole_program import fill, received, rows, running

pytestmark = pytest.mark.real
SAMPLE = tiny(70)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0", settings={web_key("5.1.0", "HostHeaderValidation"): "false"}) as started:
        yield started


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """The vault keeps secrets for the session."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


def with_login(server: Server, url: str = "") -> str:
    return (url or server.url).replace("://", f"://{server.user}:{quote(server.password, safe='')}@")


def is_listed(program: Program) -> bool:
    return rows(program) == [SAMPLE.name]


def texts() -> str:
    """Everything that stands in a window, its title included."""
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    labels = [label.text() for w in shown for label in w.findChildren(QLabel)]
    return "\n".join([w.windowTitle() for w in shown] + labels)


def files(folder: Path) -> str:
    return "".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())


async def kept(program: Program, name: str) -> tuple[str, str]:
    """Open the form of a saved server and give the password and the user name that stand there."""
    program.window.hooks.open_servers(False)
    servers: Any = await until(QApplication.activeModalWidget)
    assert isinstance(servers, ServersDialog)
    QTest.mouseClick(servers.edit_button, Qt.MouseButton.LeftButton)
    dialog = await until(lambda: servers.server_dialog)
    assert isinstance(dialog, ServerDialog) and name in dialog.windowTitle()
    await until(lambda: "Kept" in dialog.form.kept_note.text())
    found = dialog.form.password.text(), dialog.form.username.text()
    dialog.close()
    servers.close()
    return found


def test_the_login_in_the_address_opens_the_list_and_is_shown_nowhere(
    run: Run, tmp_path: Path, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "qbt_remote")

    async def play() -> None:
        await fill(server, [SAMPLE])
        async with running(tmp_path, "--server", with_login(server)) as program:
            await until(lambda: is_listed(program))
            again = command_line.parse(["--server", with_login(server), "x" * 40])
            for message in command_line.messages(again, tmp_path):
                assert server.password not in str(message)
            elsewhere = {"options": {"server": "http://me:CANARY@elsewhere"}, "items": []}  # of an older program
            assert await received(program, elsewhere)
            notice = program.window.notices.current
            assert notice and "elsewhere" in notice.text
            said = texts() + notice.text
        for secret in ("CANARY", server.password):
            assert secret not in said + files(tmp_path) + caplog.text

    run(play())


def test_a_proxy_in_front_gets_the_login_that_it_asks_for(run: Run, tmp_path: Path, server: Server) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        async with (
            Proxy(server.port, gate=f"{server.user}:{server.password}") as proxy,
            running(tmp_path, "--server", with_login(server, proxy.url)) as program,
        ):
            await until(lambda: is_listed(program))

    run(play())


def test_the_login_in_the_address_of_a_saved_server_goes_to_the_vault_once_it_holds(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        settings = Settings(servers=[ServerConfig("Home", server.url, username=server.user)])
        async with running(tmp_path, "--server", with_login(server), settings=settings) as program:
            await until(lambda: is_listed(program))
            async with asyncio.timeout(10):
                while await kept(program, "Home") != (server.password, server.user):
                    await asyncio.sleep(0.05)
        assert server.password not in files(tmp_path)
        assert Settings.load(tmp_path / "settings.json").servers[0].url == server.url

    run(play())


def test_a_wrong_login_for_a_saved_server_is_not_kept(run: Run, tmp_path: Path, server: Server) -> None:
    async def play() -> None:
        settings = Settings(servers=[ServerConfig("Home", server.url, username=server.user)])
        wrong = server.url.replace("://", f"://{server.user}:CANARY@")
        async with running(tmp_path, "--server", wrong, settings=settings) as program:
            await until(lambda: program.window.empty_page and "refused the login" in program.window.empty_page.title)
            assert "CANARY" not in texts()
            assert await kept(program, "Home") == ("", server.user)
        assert "CANARY" not in files(tmp_path)

    run(play())


def test_a_login_in_the_settings_file_goes_to_the_vault_and_out_of_all_files(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        file = tmp_path / "settings.json"
        Settings(servers=[ServerConfig("Home", server.url)]).save(file)
        file.write_text(file.read_text().replace(server.url, with_login(server)))
        async with running(tmp_path, settings=Settings.load(file)) as program:
            await until(lambda: is_listed(program))
            assert quote(server.password, safe="") not in files(tmp_path), "it is not kept until the end"
            assert await kept(program, "Home") == (server.password, server.user)
        loaded = Settings.load(file).servers[0]
        assert (loaded.url, loaded.username) == (server.url, server.user)

    run(play())


def test_what_is_known_of_a_new_server_stands_in_its_form_and_is_kept_with_it(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        async with Proxy(server.port, gate="gate:CANARY") as proxy:
            url = proxy.url.replace("://", "://gate:CANARY@")
            async with running(tmp_path, "--server", url, "--user", server.user) as program:
                form: Any = await until(QApplication.activeModalWidget)
                assert isinstance(form, ServerDialog)
                assert (form.form.address.text(), form.form.username.text()) == (proxy.url, server.user)
                assert form.form.advanced.basic_username.text() == "gate"
                form.form.password.setText(server.password)
                QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
                await until(lambda: is_listed(program))
        assert "CANARY" not in files(tmp_path)
        assert Settings.load(tmp_path / "settings.json").servers[0].basic_username == "gate"

    run(play())


def test_the_page_of_an_unknown_certificate_names_the_flag_and_a_second_start_may_give_it(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        with TlsFront(tmp_path, "nas", server.port) as front:
            url = f"https://127.0.0.1:{front.port}"
            async with running(tmp_path / "A", "--server", with_login(server, url)) as program:
                await until(
                    lambda: program.window.empty_page and "unknown certificate" in program.window.empty_page.title
                )
                assert f"--certificate {fingerprint(front.pem)}" in program.window.empty_page.text

                wrong = ["--server", url, "--certificate", "AB" * 32]
                for message in command_line.messages(command_line.parse(wrong), tmp_path):
                    assert await received(program, message)
                await until(lambda: program.window.empty_page and "has changed" in program.window.empty_page.title)

                right = ["--server", url, "--certificate", str(tmp_path / "nas.pem")]
                for message in command_line.messages(command_line.parse(right), tmp_path):
                    assert await received(program, message)
                await until(lambda: is_listed(program))
        assert Settings.load(tmp_path / "A/settings.json").servers == [], "it is for this run"

    run(play())


def test_a_second_start_is_told_that_a_certificate_is_of_no_use_without_tls(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        async with running(tmp_path, "--server", with_login(server)) as program:
            await until(lambda: is_listed(program))
            given = command_line.parse(["--server", server.url, "--certificate", "AB" * 32])
            for message in command_line.messages(given, tmp_path):
                assert await received(program, message)
            notice = program.window.notices.current
            assert notice and "--certificate needs an address with https://" in notice.text
            assert program.window.feed.complete(), "the server is left as it was"

    run(play())


def test_a_certificate_is_trusted_from_the_command_line_and_kept_with_a_new_server(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        await fill(server, [SAMPLE])
        with TlsFront(tmp_path, "nas", server.port) as front:
            url = f"https://127.0.0.1:{front.port}"
            trusted = ["--certificate", str(tmp_path / "nas.pem")]
            async with running(tmp_path / "A", "--server", with_login(server, url), *trusted) as program:
                await until(lambda: is_listed(program))
            async with running(tmp_path / "B", "--server", url, "--user", server.user, *trusted) as program:
                form: Any = await until(QApplication.activeModalWidget)
                shown = form.form.advanced.fingerprint.text().replace("\n", ":")
                assert shown == fingerprint(front.pem)
                form.form.password.setText(server.password)
                QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
                await until(lambda: is_listed(program))

    run(play())
