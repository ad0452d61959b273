"""Keyrings that wait for their user, that are not there, that go away, that take nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.local.vault import Vault
from qbt_remote.start.program import Program
from qbt_remote.ui.servers.server_dialog import ServerDialog
from tests.conftest import Run
from tests.faults.place import RealServer
from tests.faults.plugin import Row
from tests.faults.watch import seconds_until
from tests.real.proxy import Proxy
from tests.real.servers import PASSWORD
from tests.ui.conftest import until
from tests.ui.hand import Hand, modal
from tests.ui.whole_program import running

pytestmark = pytest.mark.real
WAIT_S = 0.4


class Kept(KeyringBackend):
    """As a keyring that encrypts, in memory."""

    priority = 1.0

    def __init__(self, **entries: str) -> None:
        super().__init__()
        self.entries = {name: json.dumps({"password": text}) for name, text in entries.items()}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[username]


class Asking(Kept):
    """It waits for its user, who answers when ``answered`` is set."""

    def __init__(self, **entries: str) -> None:
        super().__init__(**entries)
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait(30)
        return super().get_password(service, username)


class Refusing(Kept):
    """It is there and can be read, and takes no change."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError("read only")

    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError("read only")


class Gone(Kept):
    """Its daemon has ended since it was looked for."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("the service went away")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("the service went away")


class Locked(Kept):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


for backend in (Kept, Asking, Refusing, Gone, Locked):
    backend.__module__ = "keyring.backends.kwallet"  # only keyrings that encrypt are used, which goes by this


@pytest.fixture(autouse=True)
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyring is waited for less than the usual five seconds."""
    assert Vault.__init__.__kwdefaults__ is not None
    monkeypatch.setitem(Vault.__init__.__kwdefaults__, "wait_s", WAIT_S)


def saved(url: str, user: str) -> ServerConfig:
    return ServerConfig("nas", url, username=user, id="nas", has_headers=False)


def phases(program: Program) -> list[str]:
    return [session.status.phase for session in program.window.feed.sessions.values()]


def button(program: Program, command: str) -> QPushButton | None:
    shown = program.window.findChildren(QPushButton)
    return next((b for b in shown if b.objectName() == command and b.isVisible()), None)


def said(program: Program) -> list[str]:
    """All notices, the newest first; they go by that."""
    texts = []
    while program.window.notices.current:
        texts.append(program.window.notices.current.text)
        program.window.notices.dismiss()
    return texts


def written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def logins(proxy: Proxy) -> int:
    return sum(request.path.endswith("auth/login") for request in proxy.requests)


async def type_password(program: Program, hand: Hand, password: str) -> None:
    found = await until(lambda: button(program, "enter_password"))
    hand.click(found)
    dialog = await modal(ServerDialog)
    hand.fill(dialog.form.password, password)
    hand.press(Qt.Key.Key_Return)


def test_f42_a_password_is_typed_while_the_keyring_waits_for_its_user(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server, asking, hand = real_server("5.1.0"), Asking(nas="an-old-one"), Hand()
        keyring.set_keyring(asking)
        async with Proxy(server.port) as proxy:
            settings = Settings(servers=[saved(proxy.url, server.user)])
            async with (
                running(tmp_path, settings=settings) as program,
                row.watch(program.window, faults=lambda: program.faults.count, asked=("ServerDialog",)),
            ):
                took = await seconds_until(lambda: button(program, "enter_password"))
                row.figure("a way round after", f"{took:.1f} s, of a wait of {WAIT_S} s instead of 5")
                assert "The keyring does not answer" in program.window.empty_page.text
                assert logins(proxy) == 0, "no password is known"
                await type_password(program, hand, server.password)
                await until(lambda: phases(program) == ["online"])
                assert any("Until it does, a changed password is kept for this" in text for text in said(program))
                asking.answered.set()
                await until(lambda: PASSWORD in asking.entries["nas"])
                assert phases(program) == ["online"]
            row.figure("logins", logins(proxy))
            assert logins(proxy) == 2, "one by the form, which tries what is typed, and one by the session"
            assert not any(b"an-old-one" in request.body for request in proxy.requests)

    run(scene())
    assert PASSWORD.encode() not in written(tmp_path)


def test_f42_what_a_keyring_says_late_is_used_by_itself(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server, asking = real_server("5.1.0"), Asking(nas=PASSWORD)
        keyring.set_keyring(asking)
        settings = Settings(servers=[saved(server.url, server.user)])
        async with (
            running(tmp_path, settings=settings) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            await until(lambda: button(program, "enter_password"))
            asking.answered.set()
            await until(lambda: phases(program) == ["online"])

    run(scene())


REFUSALS: dict[str, tuple[Callable[[], Any], str]] = {
    "absent": (NoKeyring, "No keyring was found."),
    "refuses": (lambda: Refusing(nas="an-old-one"), "The keyring refused: read only"),
    "gone": (Gone, "The keyring refused: the service went away"),
    "locked": (Locked, "The keyring is locked."),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_f43_a_password_that_is_not_stored_is_said_and_in_no_file(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, kind: str
) -> None:
    async def scene() -> None:
        make, why = REFUSALS[kind]
        server, hand = real_server("5.1.0"), Hand()
        keyring.set_keyring(make())
        settings = Settings(servers=[replace(saved(server.url, server.user), rejected=kind == "refuses")])
        async with (
            running(tmp_path, settings=settings) as program,
            row.watch(program.window, faults=lambda: program.faults.count, asked=("ServerDialog",)),
        ):
            found = await until(lambda: button(program, "enter_password"))
            hand.click(found)
            dialog = await modal(ServerDialog)
            await until(lambda: dialog.form.kept_note.text())
            note = dialog.form.kept_note.text()
            hand.fill(dialog.form.password, server.password)
            hand.press(Qt.Key.Key_Return)
            await until(lambda: phases(program) == ["online"])
            told = said(program)
            assert any(why in text for text in [note, *told])
            assert ("this session only" in note) == (kind != "refuses"), "until it is tried, nothing is known"
            assert any("A password is kept for this session only" in text for text in told) == (kind != "absent")

            program.window.hooks.remove_server("nas")
            await until(lambda: not phases(program))
            await until(lambda: "Remove the password" not in program.window.tasks.doing)
            assert any("could not be taken out" in text for text in said(program)) == (
                kind not in ("absent", "gone")[:1]
            )

    run(scene())
    assert PASSWORD.encode() not in written(tmp_path)


def test_f43_a_password_out_of_the_settings_file_that_no_keyring_takes_is_said(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        login = f"{server.user}:{server.password}@"
        config = {"name": "nas", "url": server.url.replace("://", f"://{login}")}
        (tmp_path / "settings.json").write_text(json.dumps({"version": 1, "servers": [config]}))
        async with (
            running(tmp_path, settings=Settings.load(tmp_path / "settings.json")) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            await until(lambda: phases(program) == ["online"])
            assert "this session only" in said(program)[0]

    run(scene())
    assert PASSWORD.encode() not in written(tmp_path)
