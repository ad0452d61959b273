"""Adding a server ends connected, or asks at once for what stands in the way; counted in actions, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.ui.kit.dialogs import ConfirmDialog
from qbt_remote.ui.servers.certificate import CertificateDialog
from qbt_remote.ui.servers.server_dialog import ServerDialog
from tests.api.wire_server import Request, answer, wire_server
from tests.conftest import Run
from tests.real.servers import Server, web_key
from tests.ui.conftest import until
from tests.ui.hand import Hand, modal
from tests.ui.server_stage import NewStage, home, staged, without_keyring
from tests.ui.tls_front import TlsFront
from tests.ui.whole_program import running


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    with without_keyring():
        yield


@pytest.fixture
def stage(qtbot: QtBot, run: Run) -> Iterator[NewStage]:
    with staged(qtbot, run) as make:
        yield make


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """It may be called by any name: what is in front of it has another port."""
    with Server("5.1.0", settings={web_key("5.1.0", "HostHeaderValidation"): "false"}) as started:
        yield started


def tools(program: Any) -> QMenu:
    return next(menu for menu in program.window.findChildren(QMenu) if menu.title().replace("&", "") == "Tools")


async def begin(program: Any, hand: Hand, address: str, user: str, password: str) -> ServerDialog:
    """From the menu to the filled form."""
    hand.choose(tools(program), "Add a server…")
    dialog = await modal(ServerDialog)
    hand.fill(dialog.form.address, address)
    hand.fill(dialog.form.username, user)
    hand.fill(dialog.form.password, password)
    return dialog


def phases(program: Any) -> list[str]:
    return [session.status.phase for session in program.window.feed.sessions.values()]


async def connected(program: Any, count: int) -> None:
    await until(lambda: phases(program) == ["online"] * count)


def test_new_server_is_connected_after_six_actions(run: Run, tmp_path: Path, server: Server) -> None:
    async def play() -> None:
        hand = Hand()
        async with running(tmp_path) as program:
            await until(lambda: program.window.empty_page is not None)
            await begin(program, hand, server.url, server.user, server.password)
            hand.press(Qt.Key.Key_Return)
            await connected(program, 1)
            assert hand.actions <= 6

    run(play())


def test_unknown_certificate_takes_two_actions_after_the_password(run: Run, tmp_path: Path, server: Server) -> None:
    """Beside a server that works, where nothing else would show that it is asked."""
    works = ServerConfig("works", server.url, username=server.user)

    async def play(front: TlsFront) -> None:
        hand = Hand()
        named = ["--server", "works", "--password-stdin"]
        settings = Settings(servers=[works])
        async with running(tmp_path, *named, password=server.password, settings=settings) as program:
            await connected(program, 1)
            await begin(program, hand, f"https://127.0.0.1:{front.port}", server.user, server.password)
            before = hand.actions
            hand.press(Qt.Key.Key_Return)
            question = await modal(CertificateDialog)
            hand.click(question.ok)
            await connected(program, 2)
            assert hand.actions - before <= 3
            assert QApplication.activeModalWidget() is None
            assert settings.servers[1].certificate.strip() == front.pem.strip()

    with TlsFront(tmp_path, "nas", server.port) as front:
        run(play(front))


def test_new_server_that_redirects_is_saved_at_the_other_address_once_that_was_seen(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def moved(_request: Request, writer: asyncio.StreamWriter) -> None:
        location = f"Location: {server.url}/api/v2/app/webapiVersion\r\n"
        await answer(writer, b"", "301 Moved Permanently", extra=location)

    async def play() -> None:
        hand, settings = Hand(), Settings()
        async with wire_server(moved) as old, running(tmp_path, settings=settings) as program:
            await until(lambda: program.window.empty_page is not None)
            await begin(program, hand, f"http://127.0.0.1:{old.port}", server.user, server.password)
            before = hand.actions
            hand.press(Qt.Key.Key_Return)
            question = await modal(ConfirmDialog)
            assert phases(program) == []
            hand.click(question.ok)
            await connected(program, 1)
            assert hand.actions - before == 2
            assert [saved.url for saved in settings.servers] == [server.url]
            assert {request.body for request in old.requests} == {b""}

    run(play())


def test_wrong_password_is_corrected_where_it_was_typed_by_two_actions(
    run: Run, tmp_path: Path, server: Server
) -> None:
    async def play() -> None:
        hand = Hand()
        async with running(tmp_path) as program:
            await until(lambda: program.window.empty_page is not None)
            dialog = await begin(program, hand, server.url, server.user, "wrong")
            hand.press(Qt.Key.Key_Return)
            await until(lambda: "refused the user name or password" in dialog.outcome.text.text())
            assert dialog.form.password.hasFocus()
            assert len(dialog.form.password.selectedText()) == len("wrong")
            assert phases(program) == []
            before = hand.actions
            hand.fill(dialog.form.password, server.password)
            hand.press(Qt.Key.Key_Return)
            await connected(program, 1)
            assert hand.actions - before <= 2

    run(play())


def test_certificate_that_is_not_trusted_leaves_the_form_as_it_is(
    stage: NewStage, run: Run, server: Server, tmp_path: Path
) -> None:
    async def scenario(front: TlsFront) -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, f"https://127.0.0.1:{front.port}", server.user, server.password)
        on.click(dialog.save)
        question = await modal(CertificateDialog)
        on.click(question.cancel)
        await until(dialog.isActiveWindow)
        assert "not trusted" in dialog.outcome.text.text()
        assert on.settings.servers == [] and dialog.isVisible()
        dialog.reject()

    with TlsFront(tmp_path, "nas", server.port) as front:
        run(scenario(front))


def test_server_that_does_not_answer_can_be_added_anyway(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "http://127.0.0.1:9")
        assert not dialog.anyway.isVisible()
        on.click(dialog.save)
        await until(dialog.anyway.isVisible)
        assert "refuses the connection" in dialog.outcome.text.text()
        on.type(dialog.form.address, "http://127.0.0.1:10")
        assert not dialog.anyway.isVisible()
        on.click(dialog.save)
        await until(dialog.anyway.isVisible)
        on.click(dialog.anyway)
        await until(lambda: on.dialog.server_dialog is None)
        assert [s.url for s in on.settings.servers] == ["http://127.0.0.1:10"]

    run(scenario())


def test_only_a_change_of_the_way_to_a_server_is_tested(stage: NewStage, run: Run) -> None:
    """Nothing listens there: whatever is saved at once was not tested."""

    async def scenario() -> None:
        on = stage(home())
        dialog = await on.form_of(on.dialog.edit_button)
        on.type(dialog.form.name, "Attic")
        dialog.form.advanced.interval.setValue(7)
        on.click(dialog.save)
        await until(lambda: on.dialog.server_dialog is None)
        assert [(s.name, s.interval_s) for s in on.settings.servers] == [("Attic", 7.0)]

        for change in ("username", "password"):
            dialog = await on.form_of(on.dialog.edit_button)
            on.type(getattr(dialog.form, change), "other")
            on.click(dialog.save)
            await until(dialog.anyway.isVisible)
            assert "refuses the connection" in dialog.outcome.text.text()
            dialog.reject()
            await until(lambda: on.dialog.server_dialog is None)

    run(scenario())


def test_trusted_certificate_is_bound_to_its_address(stage: NewStage, run: Run, server: Server, tmp_path: Path) -> None:
    async def scenario(front: TlsFront, other: TlsFront) -> None:
        on = stage(home(url=f"https://127.0.0.1:{front.port}", username=server.user, certificate=front.pem))
        await on.vault.set(on.settings.servers[0].id, Secrets(server.password))
        dialog = await on.form_of(on.dialog.edit_button)
        form = dialog.form
        assert not form.fold.head.isChecked()
        on.type(form.address, f"https://127.0.0.1:{front.port}/qbt")
        assert form.server().certificate == front.pem
        for elsewhere in (f"https://127.0.0.1:{other.port}", f"https://localhost:{front.port}", "https://127.0.0.1"):
            on.type(form.address, elsewhere)
            assert form.server().certificate == "", elsewhere
        on.type(form.address, f"https://127.0.0.1:{front.port}")
        assert form.server().certificate == front.pem

        on.type(form.address, f"https://127.0.0.1:{other.port}")
        on.click(dialog.save)
        question = await modal(CertificateDialog)
        assert question.ok.isVisible()  # asked as about any unknown one, not refused as a changed one
        on.click(question.ok)
        await until(lambda: on.dialog.server_dialog is None)
        assert on.settings.servers[0].certificate.strip() == other.pem.strip()

    with TlsFront(tmp_path, "nas", server.port) as front, TlsFront(tmp_path, "other", server.port) as other:
        run(scenario(front, other))


def places(dialog: ServerDialog) -> dict[str, QRect]:
    """Where all inputs and buttons are in the dialog that can be seen whatever the kind of login."""
    kinds = (QLineEdit, QComboBox, QAbstractButton)
    shown = [dialog.form.address, dialog.form.name, dialog.form.login, dialog.form.fold.head]
    shown += [widget for kind in kinds for widget in dialog.findChildren(kind) if widget.parent() is dialog.buttons]
    shown.append(dialog.test)
    found = {f"{n}": QRect(w.mapTo(dialog, QPoint(0, 0)), w.size()) for n, w in enumerate(shown)}
    return found | {"dialog": QRect(QPoint(0, 0), dialog.size())}


def test_nothing_in_the_form_moves_by_itself(stage: NewStage, run: Run, server: Server, tmp_path: Path) -> None:
    async def scenario(front: TlsFront) -> None:
        on = stage(home(name="Taken"))
        dialog = await on.form_of(on.dialog.add_button)
        form = dialog.form
        await until(form.kept_note.text)
        before = places(dialog)

        for address in ("box.example.org", "ftp://x", "", f"https://127.0.0.1:{front.port}"):
            on.fill(dialog, address, server.user, "wrong")
            assert places(dialog) == before, address
        on.type(form.name, "taken")
        assert places(dialog) == before, "name"
        on.type(form.name, "nas")
        for kind in (1, 2, 0):
            form.login.setCurrentIndex(kind)
            await asyncio.sleep(0.02)  # what a layout has to do is done
            assert places(dialog) == before, kind
            assert not dialog.area.verticalScrollBar().isVisible(), kind
        on.click(dialog.test)
        on.click((await modal(CertificateDialog)).ok)
        await until(lambda: "refused the user name" in dialog.outcome.text.text())
        await until(dialog.isActiveWindow)
        assert places(dialog) == before
        assert dialog.anyway.isVisible() and form.password.hasFocus() and not form.fold.head.isChecked()
        dialog.reject()

    with TlsFront(tmp_path, "nas", server.port) as front:
        run(scenario(front))
