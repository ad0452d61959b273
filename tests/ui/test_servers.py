"""The servers' dialogs, driven by mouse and keys, against a real qBittorrent."""

from __future__ import annotations

import asyncio
import datetime
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from keyring.backends.null import Keyring as NoKeyring
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
)
from pytestqt.qtbot import QtBot

from qbt_remote.api.client import QbtClient
from qbt_remote.api.tls import fingerprint
from qbt_remote.settings import Secrets, ServerConfig, Settings
from qbt_remote.ui.certificate import CertificateDialog, two_lines
from qbt_remote.ui.server_dialog import ServerDialog
from qbt_remote.ui.servers import ServersDialog
from qbt_remote.ui.tasks import Tasks
from qbt_remote.vault import Vault
from tests.conftest import Run
from tests.real.servers import Server
from tests.ui.conftest import until

CANARY = "C4n4ry-pass"
LEFT = Qt.MouseButton.LeftButton


class Stage:
    """The dialog with what it works on."""

    def __init__(self, qtbot: QtBot, *servers: ServerConfig) -> None:
        self.qtbot = qtbot
        self.failures: list[BaseException] = []
        self.changed: list[str] = []
        self.settings = Settings(servers=list(servers))
        self.vault = Vault()
        self.tasks = Tasks(lambda error, _doing: self.failures.append(error))
        self.dialog = ServersDialog(self.settings, self.vault, self.tasks, QbtClient)
        self.dialog.changed.connect(self.changed.append)
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible() and button.isEnabled(), button.text()
        self.qtbot.mouseClick(button, LEFT)

    def type(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)

    async def form_of(self, button: QAbstractButton) -> ServerDialog:
        self.click(button)
        return await self.form()

    async def form(self) -> ServerDialog:
        dialog = self.dialog.server_dialog
        assert dialog is not None
        await until(dialog.isActiveWindow)
        return dialog

    def fill(self, dialog: ServerDialog, address: str, user: str = "tester", password: str = CANARY) -> None:
        self.type(dialog.form.address, address)
        self.type(dialog.form.username, user)
        self.type(dialog.form.password, password)

    async def test(self, dialog: ServerDialog) -> str:
        """Press Test and give what it says in the end."""
        self.click(dialog.test)
        await until(lambda: dialog.test.text() == "Test connection" and dialog.outcome.text.text())
        return dialog.outcome.text.text()

    async def save(self, dialog: ServerDialog) -> None:
        self.click(dialog.save)
        await until(lambda: self.dialog.server_dialog is None)

    def left_in(self, dialog: ServerDialog) -> list[str]:
        """Give what is left in the secret inputs, also by undoing, once the dialog has ended."""
        left: list[str] = []

        def look() -> None:
            form = dialog.form
            for field in (form.password, form.api_key, form.advanced.basic_password, form.advanced.headers):
                field.undo()
            left.append(form.password.text() + form.api_key.text() + form.advanced.headers.toPlainText())

        dialog.finished.connect(look)
        return left

    async def until_forgotten(self, server_id: str) -> None:
        async with asyncio.timeout(10):
            while await self.vault.get(server_id) != Secrets():
                await asyncio.sleep(0.005)

    def shown(self) -> list[tuple[str, str, bool]]:
        items = [self.dialog.list.topLevelItem(n) for n in range(self.dialog.list.topLevelItemCount())]
        return [(i.text(0), i.text(1), i.checkState(0) == Qt.CheckState.Checked) for i in items if i]


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Keep the developer's own keyring out; the vault refuses this one and keeps secrets for the session."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def stage(qtbot: QtBot, run: Run) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(*servers: ServerConfig) -> Stage:
        made.append(Stage(qtbot, *servers))
        return made[-1]

    yield make
    for each in made:
        run(each.tasks.stop())
        assert not each.failures, each.failures


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as running:
        yield running


def home(**changes: Any) -> ServerConfig:
    return ServerConfig(**{"name": "Home", "url": "http://192.168.1.2:8080", "username": "admin", **changes})


def test_server_is_added_by_keys_and_its_password_is_in_no_file(
    stage: Callable[..., Stage], run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        on = stage()
        assert on.dialog.empty.isVisible()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "nas.local:8080/qbt/")
        left = on.left_in(dialog)
        await on.save(dialog)

        (added,) = on.settings.servers
        assert (added.name, added.url, added.username) == ("nas.local", "http://nas.local:8080/qbt", "tester")
        assert on.changed == [added.id]
        assert on.shown() == [("nas.local", "http://nas.local:8080/qbt", True)]
        assert not on.dialog.empty.isVisible()
        assert (await on.vault.get(added.id)).password == CANARY
        assert left == [""]
        on.settings.save(tmp_path / "settings.json")
        assert CANARY.encode() not in (tmp_path / "settings.json").read_bytes()

    run(scenario())


def test_form_says_that_the_password_lasts_for_the_session_only(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        await until(lambda: "this session only" in dialog.form.kept_note.text())
        assert "No keyring was found." in dialog.form.kept_note.text()
        dialog.reject()

    run(scenario())


def test_connection_test_sees_right_and_wrong_passwords(stage: Callable[..., Stage], run: Run, server: Server) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, server.url, server.user, server.password)
        told = await on.test(dialog)
        assert told.startswith("Connected: qBittorrent v5.1.0, Web API 2.11.4; it answers in ")

        on.type(dialog.form.password, "wrong")
        assert dialog.outcome.text.text() == ""
        assert await on.test(dialog) == "127.0.0.1 refused the user name or password."

        on.type(dialog.form.password, "")
        on.qtbot.keyClick(dialog.form.password, Qt.Key.Key_Delete)
        assert "No password is known" in await on.test(dialog)

        on.type(dialog.form.password, server.password)
        on.type(dialog.form.name, "Seedbox")
        assert (await on.test(dialog)).startswith("Connected")
        await on.save(dialog)
        assert [s.name for s in on.settings.servers] == ["Seedbox"]

    run(scenario())


def test_unreachable_server_is_said_and_a_silent_one_can_be_left(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            on.fill(dialog, f"http://127.0.0.1:{silent.getsockname()[1]}")
            on.click(dialog.test)
            await until(lambda: dialog.test.text() == "Stop")
            assert dialog.outcome.text.text() == "Connecting…"
            on.click(dialog.test)
            assert dialog.test.text() == "Test connection"
            on.click(dialog.test)
            dialog.reject()  # a running test ends with its dialog
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "http://127.0.0.1:9")
        assert "refuses the connection" in await on.test(dialog)
        dialog.reject()

    run(scenario())


def test_editing_keeps_what_is_not_shown_and_asks_for_a_refused_login(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        before = home(rejected=True, unknown={"later": 1}, enabled=False, interval_s=5.0)
        on = stage(before)
        await on.vault.set(before.id, Secrets(password="old", headers={"X-Token": CANARY}))
        on.dialog.edit(before.id)
        dialog = await on.form()
        await until(lambda: dialog.form.password.text() == "old")
        assert dialog.focusWidget() is dialog.form.password
        assert dialog.form.fold.head.isChecked()
        on.type(dialog.form.password, "new")
        left = on.left_in(dialog)
        await on.save(dialog)

        (after,) = on.settings.servers
        assert after == home(id=before.id, rejected=False, enabled=False, interval_s=5.0)
        assert after.unknown == {"later": 1}
        assert before.rejected  # entries are replaced, never changed in place
        assert await on.vault.get(before.id) == Secrets(password="new", headers={"X-Token": CANARY})
        assert left == [""]

    run(scenario())


def test_cancelled_form_changes_nothing(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        dialog = await on.form_of(on.dialog.edit_button)
        on.fill(dialog, "http://other")
        on.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: on.dialog.server_dialog is None)
        assert [s.url for s in on.settings.servers] == [home().url]
        assert on.changed == []

    run(scenario())


def test_list_is_ordered_switched_and_emptied(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage(home(name="a"), home(name="b"), home(name="c"))
        a, b, _c = (s.id for s in on.settings.servers)
        await on.vault.set(b, Secrets("secret"))

        on.click(on.dialog.down_button)
        assert [s.name for s in on.settings.servers] == ["b", "a", "c"]
        on.click(on.dialog.down_button)
        assert not on.dialog.down_button.isEnabled()
        on.click(on.dialog.up_button)
        assert [row[0] for row in on.shown()] == ["b", "a", "c"]
        assert on.changed == [a, a, a]

        on.dialog.list.setFocus()
        on.qtbot.keyClick(on.dialog.list, Qt.Key.Key_Up)
        on.qtbot.keyClick(on.dialog.list, Qt.Key.Key_Space)
        assert [s.enabled for s in on.settings.servers] == [False, True, True]
        assert on.changed[-1] == b

        on.click(on.dialog.remove_button)
        on.click(on.dialog.question.keep)
        assert len(on.settings.servers) == 3
        on.click(on.dialog.remove_button)
        on.click(on.dialog.question.remove)
        assert [s.name for s in on.settings.servers] == ["a", "c"]
        assert on.changed[-1] == b
        await on.until_forgotten(b)
        for _ in range(2):
            on.click(on.dialog.remove_button)
            on.click(on.dialog.question.remove)
        assert on.shown() == []
        assert on.dialog.empty.isVisible()
        assert not on.dialog.remove_button.isEnabled()

    run(scenario())


def test_click_on_the_box_switches_a_server_off(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        await until(on.dialog.list.isVisible)
        item = on.dialog.list.topLevelItem(0)
        assert item is not None
        box = on.dialog.list.visualItemRect(item)
        on.qtbot.mouseClick(on.dialog.list.viewport(), LEFT, pos=QPoint(box.left() + 10, box.center().y()))
        assert on.settings.servers[0].enabled is False

    run(scenario())


@pytest.mark.parametrize(
    ("typed", "url", "note", "warned"),
    [
        ("nas:8080", "http://nas:8080", "Will be used as http://nas:8080", False),
        ("https://box.example.org/qbt", "https://box.example.org/qbt", "", False),
        ("box.example.org", "http://box.example.org", "Will be used as http://box.example.org", True),
        ("http://", "", "The address names no server.", False),
        ("ftp://nas", "", "An address begins with http:// or https://.", False),
    ],
)
def test_address_is_read_while_it_is_typed(
    stage: Callable[..., Stage], run: Run, typed: str, url: str, note: str, warned: bool
) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.type(dialog.form.address, typed)
        assert dialog.form.server().url == url
        assert dialog.form.address_note.text() == note
        assert dialog.form.address_warning.isVisible() is warned
        dialog.reject()

    run(scenario())


def test_user_and_password_in_the_address_move_to_their_inputs(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.type(dialog.form.address, f"http://me:{CANARY}@nas:8080")
        on.qtbot.keyClick(dialog.form.address, Qt.Key.Key_Tab)
        assert dialog.form.address.text() == "http://nas:8080"
        assert dialog.form.username.text() == "me"
        assert dialog.form.password.text() == CANARY
        dialog.reject()

    run(scenario())


def test_form_that_cannot_be_saved_leads_to_the_input(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage(home(name="Taken"))
        dialog = await on.form_of(on.dialog.add_button)
        on.click(dialog.save)
        assert dialog.focusWidget() is dialog.form.address
        assert "Enter the address" in dialog.form.address_note.text()
        on.type(dialog.form.address, "nas")
        on.type(dialog.form.name, "taken")
        on.click(dialog.save)
        assert dialog.focusWidget() is dialog.form.name
        assert dialog.form.name_note.text() == "Another server has this name."
        on.type(dialog.form.name, "free")
        advanced = dialog.form.advanced
        for field, bad, note in (
            (advanced.host, "a b", advanced.host_note),
            (advanced.proxy, "ftp://x", advanced.proxy_note),
        ):
            dialog.form.fold.head.setChecked(False)
            field.setText(bad)
            on.click(dialog.save)
            assert field.hasFocus() or dialog.focusWidget() is field
            assert note.isVisible()
            field.setText("")
        advanced.headers.setPlainText("X-A: 1\nnonsense")
        on.click(dialog.save)
        assert advanced.headers_note.text() == "Each line is a name, a colon and a value."
        assert len(on.settings.servers) == 1
        dialog.reject()

    run(scenario())


def test_kinds_of_login_show_their_inputs_and_warning(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        form = dialog.form
        on.fill(dialog, "http://nas")
        form.login.setFocus()
        on.qtbot.keyClick(form.login, Qt.Key.Key_Down)
        assert (form.password.isVisible(), form.api_key.isVisible()) == (False, True)
        assert "share one session" in form.login_note.text()
        on.type(form.api_key, "qbt_" + "x" * 28)
        on.qtbot.keyClick(form.login, Qt.Key.Key_Down)
        assert (form.password.isVisible(), form.api_key.isVisible()) == (False, False)
        assert form.secrets() == Secrets()
        on.qtbot.keyClick(form.login, Qt.Key.Key_Up)
        await on.save(dialog)
        (added,) = on.settings.servers
        assert added.auth == "api_key"
        assert await on.vault.get(added.id) == Secrets(api_key="qbt_" + "x" * 28)

    run(scenario())


def test_advanced_inputs_are_kept_and_their_secrets_go_to_the_vault(
    stage: Callable[..., Stage], run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "http://nas")
        on.click(dialog.form.fold.head)
        advanced = dialog.form.advanced
        on.type(advanced.basic_username, "front")
        on.type(advanced.basic_password, CANARY)
        advanced.headers.setFocus()
        on.qtbot.keyClicks(advanced.headers, f"X-Token: {CANARY}")
        on.type(advanced.host, "inner:8080")
        on.type(advanced.proxy, f"socks5://me:{CANARY}%40@127.0.0.1:1080")
        advanced.interval.setValue(3)
        await on.save(dialog)

        (added,) = on.settings.servers
        assert (added.basic_username, added.host_header, added.interval_s) == ("front", "inner:8080", 3.0)
        assert added.proxy == "socks5://me@127.0.0.1:1080"
        assert await on.vault.get(added.id) == Secrets(CANARY, "", CANARY, f"{CANARY}@", {"X-Token": CANARY})
        on.settings.save(tmp_path / "settings.json")
        assert CANARY.encode() not in (tmp_path / "settings.json").read_bytes()

    run(scenario())


def test_password_shows_while_the_eye_is_on(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        password = dialog.form.password
        assert password.echoMode() == QLineEdit.EchoMode.Password
        (eye,) = password.actions()
        eye.trigger()
        assert password.echoMode() == QLineEdit.EchoMode.Normal
        eye.trigger()
        assert password.echoMode() == QLineEdit.EchoMode.Password
        dialog.reject()

    run(scenario())


def test_every_input_has_a_name_and_a_tip_and_every_label_is_plain(stage: Callable[..., Stage], run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        dialog = await on.form_of(on.dialog.edit_button)
        inputs = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit)
        for kind in inputs:
            for field in dialog.findChildren(kind):
                if field.objectName() != "qt_spinbox_lineedit":
                    assert field.accessibleName() and field.toolTip(), field
        for text in (*dialog.findChildren(QLabel), *on.dialog.findChildren(QLabel)):
            assert text.textFormat() == Qt.TextFormat.PlainText or not text.text(), text.text()
        dialog.reject()

    run(scenario())


class TlsFront(socketserver.ThreadingTCPServer):
    """Speaks TLS with a certificate of its own in front of a plain server."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, name: str, behind: int, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Relay)
        self.pem, file = _certificate(folder, name)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(file)
        self.behind = behind
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that refuses the certificate is what these tests are about."""


class _Relay(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, TlsFront)
        with (
            self.server.context.wrap_socket(self.request, server_side=True) as near,
            socket.create_connection(("127.0.0.1", self.server.behind)) as far,
        ):
            back = threading.Thread(target=_pump, args=(far, near), daemon=True)
            back.start()
            _pump(near, far)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def _certificate(folder: Path, name: str) -> tuple[str, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(names)
        .issuer_name(names)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=100))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{name.strip('<>/')}.pem"
    file.write_bytes(pem + secret)
    return pem.decode(), file


def asked() -> CertificateDialog | None:
    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, CertificateDialog) and w.isVisible()]
    return shown[0] if shown else None


def texts(dialog: CertificateDialog) -> str:
    return "\n".join(shown.text() for shown in dialog.findChildren(QLabel))


def test_unknown_certificate_is_shown_and_trusted_alone(
    stage: Callable[..., Stage], run: Run, server: Server, tmp_path: Path
) -> None:
    async def scenario() -> None:
        with TlsFront(tmp_path, "<b>nas", server.port) as front:
            on = stage()
            dialog = await on.form_of(on.dialog.add_button)
            on.fill(dialog, f"https://127.0.0.1:{front.port}", server.user, server.password)
            dialog.form.advanced.host.setText(f"127.0.0.1:{server.port}")  # the server checks the port
            on.click(dialog.test)
            question = await until(asked)
            assert two_lines(fingerprint(front.pem)) in texts(question)
            assert "it is signed by itself" in texts(question)
            assert "<b>nas" in texts(question)
            assert not question.ok.isDefault()
            on.qtbot.keyClick(question, Qt.Key.Key_Return)  # Cancel is the default
            await until(lambda: asked() is None and dialog.test.text() == "Test connection")
            assert "not trusted" in dialog.outcome.text.text()
            assert dialog.form.server().certificate == ""

            on.click(dialog.test)
            question = await until(asked)
            on.click(question.ok)
            await until(lambda: "Connected" in dialog.outcome.text.text())
            await on.save(dialog)
            assert on.settings.servers[0].certificate.strip() == front.pem.strip()

    run(scenario())


def test_changed_certificate_shows_both_fingerprints_and_cannot_be_accepted(
    stage: Callable[..., Stage], run: Run, server: Server, tmp_path: Path
) -> None:
    async def scenario() -> None:
        with TlsFront(tmp_path, "new", server.port) as front:
            old, _file = _certificate(tmp_path, "old")
            url = f"https://127.0.0.1:{front.port}"
            host = f"127.0.0.1:{server.port}"  # the server checks the port
            on = stage(home(url=url, username=server.user, certificate=old, host_header=host))
            await on.vault.set(on.settings.servers[0].id, Secrets(server.password))
            dialog = await on.form_of(on.dialog.edit_button)
            on.click(dialog.test)
            question = await until(asked)
            assert two_lines(fingerprint(old)) in texts(question)
            assert two_lines(fingerprint(front.pem)) in texts(question)
            assert not question.ok.isVisible()
            on.qtbot.keyClick(question, Qt.Key.Key_Return)
            await until(lambda: asked() is None and dialog.test.text() == "Test connection")
            assert "another certificate" in dialog.outcome.text.text()
            assert dialog.form.server().certificate == old

            on.click(dialog.form.advanced.forget)
            on.click(dialog.test)
            on.click((await until(asked)).ok)
            await until(lambda: "Connected" in dialog.outcome.text.text())
            dialog.reject()
            await asyncio.sleep(0)

    run(scenario())
