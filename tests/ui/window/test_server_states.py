"""Each state of a server has the button that mends it: in the list's place, above the list, in the status bar."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Redirected, Unreachable, Unsupported, Untrusted
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.sync.polls.status import Status
from qbt_remote.sync.trouble import NEEDS_THE_USER, trouble
from qbt_remote.translatable import Said
from qbt_remote.ui.commands.standing import STANDINGS, standing
from qbt_remote.ui.servers.certificate import CertificateDialog
from qbt_remote.ui.servers.server_dialog import ServerDialog
from qbt_remote.ui.window import server_bar
from qbt_remote.ui.window.server_bar import Troubles
from qbt_remote.ui.window.server_commands import SERVER_ROWS
from tests.conftest import Run
from tests.model.still_session import session
from tests.real.servers import PASSWORD, Server, web_key
from tests.sim.faults import DROPPED
from tests.ui.conftest import until
from tests.ui.hand import Hand, modal
from tests.ui.rig import Rig, play
from tests.ui.server_stage import without_keyring
from tests.ui.tls_front import TlsFront, certificate
from tests.ui.whole_program import on, running


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    with without_keyring():
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0", settings={web_key("5.1.0", "HostHeaderValidation"): "false"}) as started:
        yield started


def auth(kind: str, *, final: bool | None = None) -> AuthFailed:
    return AuthFailed("Why of {server}.", kind=kind, final=final, server="home")


def untrusted(pinned: str = "") -> Untrusted:
    return Untrusted("Why of {server}.", pem="", fingerprint="CC", reason="new", pinned=pinned, server="home")


STATES: dict[str, tuple[str, QbtError | None]] = {
    "connecting": ("connecting", None),
    "disconnected": ("offline", None),
    "offline": ("waiting", Unreachable("Why of {server}.", server="home")),
    "password": ("refused", auth("password")),
    "no_password": ("refused", auth("missing")),
    "login": ("refused", auth("missing")),
    "keyring": ("refused", auth("missing")),
    "proxy_login": ("refused", auth("proxy", final=True)),
    "certificate": ("waiting", untrusted()),
    "changed_certificate": ("waiting", untrusted("AA")),
    "shut_down": ("waiting", Unreachable("Why of {server}.", server="home")),
    "banned": ("waiting", auth("banned")),
    "redirect": ("waiting", Redirected("Why of {server}.", address="https://home", server="home")),
    "host": ("waiting", auth("host")),
    "not_qbittorrent": ("waiting", BadReply("Why of {server}.", server="home")),
    "too_old": ("waiting", Unsupported("Why of {server}.", needs="4.1", server="home")),
}
"""Every kind of trouble, by phase and error."""


@pytest.mark.parametrize("kind", STANDINGS)
def test_each_kind_of_trouble_is_told_apart_and_can_be_mended(kind: str) -> None:
    phase, error = STATES[kind]
    at = session(Status(phase, error))  # type: ignore[arg-type]  # one of the phases
    if kind == "login":
        at.config.auth = "none"
    if kind == "shut_down":
        at.outage.told_to_end(0.0)
    if kind == "keyring":
        at.locked = Said("It is locked.")

    assert trouble(at) == kind
    known = standing(at)
    assert known is not None and "home" in known.title
    assert set(known.mends) <= {row.id for row in SERVER_ROWS} and known.mends


def test_what_needs_the_user_is_said_at_once_and_the_rest_once_it_has_lasted() -> None:
    told = Troubles()
    away, wrong = session(Status("waiting", STATES["offline"][1])), session(Status("refused", auth("password")))

    assert told.worth_saying([away, wrong], [away], 100.0) == [wrong]
    assert told.worth_saying([away, wrong], [away], 100.0 + server_bar.PATIENCE_S) == [wrong, away]
    assert told.worth_saying([away, wrong], [], 200.0) == [wrong]  # nobody looks at the other

    told.dismiss([wrong])
    assert told.worth_saying([away, wrong], [], 200.0) == []
    wrong.status = Status("waiting", untrusted())
    assert told.worth_saying([away, wrong], [], 200.0) == [wrong]
    assert {"password", "certificate"} <= NEEDS_THE_USER


def buttons(program: Any) -> dict[str, QAbstractButton]:
    """The buttons of the page in the list's place."""
    return {b.objectName(): b for b in program.window.findChildren(QPushButton) if b.objectName() and b.isVisible()}


def phase(program: Any) -> str:
    return next((str(s.status.phase) for s in program.window.feed.sessions.values()), "")


async def button(program: Any, command: str) -> QAbstractButton:
    found = await until(lambda: buttons(program).get(command))
    assert isinstance(found, QAbstractButton)
    return found


def test_server_that_was_away_is_reached_again_by_one_action(run: Run, tmp_path: Path) -> None:
    async def play(away: Server) -> None:
        hand = Hand()
        async with running(tmp_path, *on(away), password=away.password) as program:
            await until(lambda: phase(program) == "online")
            await asyncio.to_thread(away.kill)
            await until(lambda: phase(program) == "waiting")
            await asyncio.to_thread(away.start)
            hand.click(await button(program, "connect"))
            await until(lambda: phase(program) == "online")
            assert hand.actions == 1

    with Server("5.1.0") as away:
        run(play(away))


def test_certificate_of_a_saved_server_is_trusted_from_the_page(run: Run, tmp_path: Path, server: Server) -> None:
    """A password is known, and it is asked about the certificate first: nothing was sent to it."""

    async def play(front: TlsFront) -> None:
        saved = ServerConfig("nas", f"https://127.0.0.1:{front.port}", username=server.user)
        settings, hand = Settings(servers=[saved]), Hand()
        named = ["--server", "nas", "--password-stdin"]
        async with running(tmp_path, *named, password=server.password, settings=settings) as program:
            show = await button(program, "show_certificate")
            assert "self-signed" in program.window.empty_page.text
            hand.click(show)
            question = await modal(CertificateDialog)
            hand.click(question.ok)
            await until(lambda: phase(program) == "online")
            assert hand.actions == 2
            assert settings.servers[0].certificate.strip() == front.pem.strip()

    with TlsFront(tmp_path, "nas", server.port) as front:
        run(play(front))


def test_refused_password_is_entered_from_the_page(run: Run, tmp_path: Path, server: Server) -> None:
    saved = ServerConfig("nas", server.url, username=server.user)

    async def play() -> None:
        hand = Hand()
        named = ["--server", "nas", "--password-stdin"]
        async with running(tmp_path, *named, password="wrong", settings=Settings(servers=[saved])) as program:
            hand.click(await button(program, "enter_password"))
            dialog = await modal(ServerDialog)
            assert dialog.form.password.hasFocus()
            hand.fill(dialog.form.password, server.password)
            hand.press(Qt.Key.Key_Return)
            await until(lambda: phase(program) == "online")
            assert hand.actions == 3

    run(play())


def test_server_of_one_run_whose_password_was_wrong_can_be_saved_with_another(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        hand, settings = Hand(), Settings()
        async with running(tmp_path, *on(server), password="wrong", settings=settings) as program:
            hand.click(await button(program, "enter_password"))
            dialog = await modal(ServerDialog)
            assert dialog.form.address.text() == server.url
            hand.fill(dialog.form.password, server.password)
            hand.press(Qt.Key.Key_Return)
            await until(lambda: phase(program) == "online")
            assert [s.url for s in settings.servers] == [server.url]
            assert len(program.window.feed.sessions) == 1

    run(play())


class Locked(KeyringBackend):
    """As KWallet while its wallet is locked and the question for it was closed; it opens when it is asked once more."""

    priority = 1.0
    asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.asked == 1:
            raise KeyringLocked("the wallet is locked")
        return json.dumps({"password": PASSWORD})

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("nothing is kept")


Locked.__module__ = "keyring.backends.kwallet"  # only keyrings that encrypt are used, which goes by this


def test_locked_keyring_is_asked_once_more_by_one_action(run: Run, tmp_path: Path, server: Server) -> None:
    saved = ServerConfig("nas", server.url, username=server.user)

    async def play() -> None:
        hand = Hand()
        keyring.set_keyring(Locked())
        async with running(tmp_path, settings=Settings(servers=[saved])) as program:
            again = await button(program, "connect")
            assert program.window.empty_page.title == "The password for nas cannot be read"
            assert "The keyring is locked. Unlock it" in program.window.empty_page.text
            assert program.window.status.servers.state.whole == "nas: password cannot be read"
            assert "enter_password" in buttons(program)
            hand.click(again)
            await until(lambda: phase(program) == "online")
            assert hand.actions == 1

    run(play())


@pytest.mark.parametrize("auth", ["password", "api_key"])
def test_locked_keyring_at_one_start_is_no_refusal_at_the_next(
    run: Run, tmp_path: Path, server: Server, auth: str
) -> None:
    class ForGood(Locked):
        """Stays locked."""

        def get_password(self, service: str, username: str) -> str | None:
            raise KeyringLocked("the wallet is locked")

        def set_password(self, service: str, username: str, password: str) -> None:
            raise KeyringLocked("the wallet is locked")

    ForGood.__module__ = Locked.__module__
    saved = ServerConfig("nas", server.url, username=server.user, auth=auth)

    async def play() -> None:
        hand = Hand()
        keyring.set_keyring(ForGood())
        async with running(tmp_path, settings=Settings(servers=[saved])) as program:
            await button(program, "connect")
            assert not saved.rejected
            hand.click(await button(program, "enter_password"))
            dialog = await modal(ServerDialog)
            dialog.form.login.setCurrentIndex(dialog.form.login.findData("password"))
            hand.fill(dialog.form.password, server.password)
            hand.press(Qt.Key.Key_Return)
            await until(lambda: phase(program) == "online")  # for this session
        again = Settings.load(tmp_path / "settings.json")
        assert not again.servers[0].rejected
        unlocked = Locked()
        unlocked.asked = 1
        keyring.set_keyring(unlocked)
        async with running(tmp_path, settings=again) as program:
            await until(lambda: phase(program) == "online")

    run(play())


def test_changed_certificate_leads_to_what_is_trusted(run: Run, tmp_path: Path, server: Server) -> None:
    async def play(front: TlsFront) -> None:
        old, _file = certificate(tmp_path, "old")
        saved = ServerConfig("nas", f"https://127.0.0.1:{front.port}", username=server.user, certificate=old)
        hand = Hand()
        named = ["--server", "nas", "--password-stdin"]
        async with running(tmp_path, *named, password="x", settings=Settings(servers=[saved])) as program:
            hand.click(await button(program, "show_certificate"))
            question = await modal(CertificateDialog)
            assert not question.ok.isVisible()
            question.reject()
            await until(lambda: QApplication.activeModalWidget() is None)
            hand.click(await button(program, "edit_server"))
            dialog = await modal(ServerDialog)
            assert dialog.form.advanced.forget.hasFocus()
            dialog.reject()

    with TlsFront(tmp_path, "new", server.port) as front:
        run(play(front))


def test_bar_is_above_the_rows_of_the_other_servers_and_goes_with_the_trouble(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_bar, "PATIENCE_S", 0.0)

    async def scene(rig: Rig) -> None:
        window, seedbox = rig.window, rig.servers[1]
        status = window.status.servers
        assert status.state.whole == "2 servers connected" and not status.mend.isVisible()
        seedbox.link.always = lambda _request: DROPPED
        await until(lambda: seedbox.session.status.phase == "waiting")
        bar: Any = await until(lambda: window.server_menus.bar)
        await until(bar.isVisible)
        assert bar.accessibleName() == "The connection to seedbox was lost."
        assert [button.objectName() for button in bar.buttons()] == ["connect", "edit_server"]
        assert window.empty_page is None and window.model.rowCount() == 6
        assert (
            bar.mapTo(window, bar.rect().bottomLeft()).y()
            <= window.table.mapTo(window, window.table.rect().topLeft()).y()
        )
        assert status.state.whole.startswith("1 of 2 servers connected; seedbox: offline, next try in ")
        assert "seedbox" in status.state.toolTip() and "home" not in status.state.toolTip()
        assert status.mend.isVisible() and status.mend.text() == "Connect now"

        bar.buttons()[1].click()
        await until(lambda: rig.asked == ["edit seedbox"])
        seedbox.link.always = lambda _request: None
        status.mend.click()
        await until(lambda: seedbox.session.status.phase == "online")
        await until(lambda: not bar.isVisible())
        assert status.state.whole == "2 servers connected"

    play(run, scene, "5.3.0", "5.1.0")


def test_dismissed_bar_comes_back_with_another_trouble(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_bar, "PATIENCE_S", 0.0)

    async def scene(rig: Rig) -> None:
        seedbox = rig.servers[1]
        seedbox.link.always = lambda _request: DROPPED
        await until(lambda: seedbox.session.status.phase == "waiting")
        bar: Any = await until(lambda: rig.window.server_menus.bar)
        await until(bar.isVisible)
        bar.dismiss()
        rig.window.refresh()
        assert not bar.isVisible()
        seedbox.link.always = lambda _request: None
        await until(lambda: seedbox.session.status.phase == "online")
        seedbox.link.always = lambda _request: DROPPED
        await until(bar.isVisible)

    play(run, scene, "5.3.0", "5.1.0")
