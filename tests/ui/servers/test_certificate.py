"""An unknown certificate is shown and can be trusted alone; a changed one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from qbt_remote.api.tls import fingerprint
from qbt_remote.local.settings import Secrets
from qbt_remote.ui.servers.certificate import CertificateDialog, two_lines
from tests.conftest import Run
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.server_stage import NewStage, home, staged
from tests.ui.tls_front import TlsFront, certificate


@pytest.fixture
def stage(qtbot: QtBot, run: Run) -> Iterator[NewStage]:
    with staged(qtbot, run) as make:
        yield make


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as running:
        yield running


def asked() -> CertificateDialog | None:
    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, CertificateDialog) and w.isVisible()]
    return shown[0] if shown else None


def texts(dialog: CertificateDialog) -> str:
    return "\n".join(shown.text() for shown in dialog.findChildren(QLabel))


def test_unknown_certificate_is_shown_and_trusted_alone(
    stage: NewStage, run: Run, server: Server, tmp_path: Path
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
            assert "it is self-signed" in texts(question)
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
    stage: NewStage, run: Run, server: Server, tmp_path: Path
) -> None:
    async def scenario() -> None:
        with TlsFront(tmp_path, "new", server.port) as front:
            old, _file = certificate(tmp_path, "old")
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
            assert "not the one you trusted" in dialog.outcome.text.text()
            assert dialog.form.server().certificate == old

            on.click(dialog.form.advanced.forget)
            on.click(dialog.test)
            on.click((await until(asked)).ok)
            await until(lambda: "Connected" in dialog.outcome.text.text())
            dialog.reject()

    run(scenario())
