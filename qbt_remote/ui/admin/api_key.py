"""The API key of a server: shown only when it is asked for, made, replaced, deleted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.ui.kit.dialogs import Ask, FormDialog, dimmed
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context


class KeyDialog(FormDialog):
    """The key behind dots, and the buttons that do something with it."""

    def __init__(self, parent: QWidget | None, title: str, note: str) -> None:
        super().__init__(parent, title)
        self.only_close()
        self.setMinimumWidth(520)
        self._key = ""
        self._field = QLineEdit(self)
        self._field.setReadOnly(True)
        self._field.setPlaceholderText(tr("There is no key"))
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self.add_row(tr("API key"), self._field, help=tr("Lets programs in instead of a user name and a password"))
        self.show_key = self._button("reveal", tr("&Show"), tr("Show the key until this is closed"))
        self.copy_key = self._button("copy", tr("&Copy"), tr("Copy the key"))
        self.rotate = self._button(
            "reannounce", tr("&Generate"), tr("Create a new key; the present one stops working at once")
        )
        self.delete = self._button("remove", tr("&Delete"), tr("Delete the key; what uses it is locked out at once"))
        row = QHBoxLayout()
        for button in (self.show_key, self.copy_key, self.rotate, self.delete):
            row.addWidget(button)
        row.addStretch()
        self.form.addRow("", row)
        self.form.addRow("", dimmed(note))
        self.show_key.clicked.connect(self._toggle)
        self.copy_key.clicked.connect(self.copy)
        self.first = self.cancel
        self.set_key("")

    def set_key(self, key: str) -> None:
        """Keep a key, behind as many dots whatever it is; "" if there is none."""
        self._key = key
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._show()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key)

    def _toggle(self) -> None:
        shown = self._field.echoMode() is QLineEdit.EchoMode.Normal
        self._field.setEchoMode(QLineEdit.EchoMode.Password if shown else QLineEdit.EchoMode.Normal)
        self._show()

    def _show(self) -> None:
        shown = self._field.echoMode() is QLineEdit.EchoMode.Normal
        # not even a hidden field holds the key: assistive technology could read it
        self._field.setText(self._key if shown else "•" * 16 * bool(self._key))
        self.show_key.setText(tr("&Hide") if shown else tr("&Show"))
        for button in (self.show_key, self.copy_key, self.delete):
            button.setEnabled(bool(self._key))

    def _button(self, icon_id: str, text: str, help: str) -> QPushButton:
        made = QPushButton(icon(icon_id), text, self)
        made.setAutoDefault(False)
        made.setToolTip(tip(help))
        return made


async def manage_api_key(ctx: Context, session: Session) -> None:
    """Show the key of a server, and make or delete it if that is asked for."""
    found: list[str] = []

    async def read(session: Session) -> None:
        preferences = await session.get("app/preferences")
        found.append(str(preferences.get("web_ui_api_key") or ""))

    if not await ctx.on([session], read):
        return
    dialog = KeyDialog(ctx.dialogs.parent, tr("API key of {server}", server=name_of(session)), _note(session))
    dialog.set_key(found[-1])
    closed = asyncio.Event()

    def change(question: Ask, endpoint: str, *, sure: bool) -> None:
        async def run() -> None:
            if sure or await ctx.dialogs.confirm(question):
                await ctx.on([session], send)

        async def send(session: Session) -> None:
            answer = await session.post(endpoint)
            if not closed.is_set():
                dialog.set_key(str(answer.get("apiKey") or "") if isinstance(answer, dict) else "")

        ctx.shell.tasks.spawn(run(), ctx.doing)

    dialog.rotate.clicked.connect(
        lambda: change(_about_rotating(session), "app/rotateAPIKey", sure=not dialog.delete.isEnabled())
    )
    dialog.delete.clicked.connect(lambda: change(_about_deleting(session), "app/deleteAPIKey", sure=False))
    await ctx.dialogs.ask(dialog)
    closed.set()


def _note(session: Session) -> str:
    note = tr("Whoever has the key can do everything on this server. It never expires.")
    if session.config.auth != "api_key":
        return note
    ours = tr("qbt-remote itself logs in with it: after a change, give it the new key in “Servers…”.")
    return f"{note} {ours}"


def _about_rotating(session: Session) -> Ask:
    text = tr("{server}: programs that use the present API key are locked out at once.", server=name_of(session))
    return Ask(tr("Generate a new API key"), text, tr("Generate"), careful=True)


def _about_deleting(session: Session) -> Ask:
    text = tr("{server}: programs that use the API key are locked out at once.", server=name_of(session))
    return Ask(tr("Delete the API key"), text, tr("Delete"), careful=True)
