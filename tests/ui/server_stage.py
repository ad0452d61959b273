"""The servers' dialog with all that it works on, for tests that drive it by mouse and keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keyring
from keyring.backends.null import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.local.vault import Vault
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.servers.server_dialog import ServerDialog
from qbt_remote.ui.servers.servers_dialog import ServersDialog
from tests.conftest import Run
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
        for signal in (self.dialog.added, self.dialog.edited, self.dialog.removed):
            signal.connect(self.changed.append)
        self.dialog.ordered.connect(lambda: self.changed.append("ordered"))
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
        """Press Save or Add, and once more if nothing answers there."""
        self.click(dialog.save)
        await until(lambda: self.dialog.server_dialog is None or dialog.anyway.isVisible())
        if self.dialog.server_dialog is not None:
            self.click(dialog.anyway)
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


NewStage = Callable[..., Stage]


@contextmanager
def without_keyring() -> Iterator[None]:
    """Keep the developer's own keyring out; the vault refuses this one and keeps secrets for the session."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        yield
    finally:
        keyring.set_keyring(before)


@contextmanager
def staged(qtbot: QtBot, run: Run) -> Iterator[NewStage]:
    """Give what makes stages, and end their tasks."""
    made: list[Stage] = []

    def make(*servers: ServerConfig) -> Stage:
        made.append(Stage(qtbot, *servers))
        return made[-1]

    with without_keyring():
        try:
            yield make
        finally:
            for each in made:
                run(each.tasks.stop())
    assert not [failure for each in made for failure in each.failures]


def home(**changes: Any) -> ServerConfig:
    return ServerConfig(**{"name": "Home", "url": "http://127.0.0.1:9", "username": "admin", **changes})
