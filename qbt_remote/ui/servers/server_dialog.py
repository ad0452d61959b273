"""Adds or edits one server: the form, a test of the connection, and saving.

Before a server is saved that is new, or is to be reached in another way, the connection is tested: what the person
has to say to it (a certificate, another password) is asked for here and now.  Who knows better saves it anyway.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.api.errors import QbtError, Redirected, Unreachable, Untrusted
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.local.vault import Stored, Vault
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import said, sentence
from qbt_remote.ui.kit.dialogs import Dialogs
from qbt_remote.ui.kit.fields import FieldNote
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.on_screen import keep_on_screen
from qbt_remote.ui.kit.plain_text import clean, tip
from qbt_remote.ui.kit.tab_order import ignore_held_return
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.kit.theme import is_dark, state_color
from qbt_remote.ui.servers.certificate import ask_trust
from qbt_remote.ui.servers.moved import ask_address
from qbt_remote.ui.servers.server_form import ServerForm

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

MakeClient = Callable[[ServerConfig, Secrets], "QbtClient"]
_LARGEST_SHARE = 0.85  # of the screen's height
_ASKS_AFTER_S = 0.5  # a keyring that has not answered by then asks something


class ServerDialog(QDialog):
    """One server, a new one if it has no name; ``saved`` carries it once its secrets are kept."""

    saved = Signal(object)

    def __init__(
        self,
        server: ServerConfig | None,
        other_names: set[str],
        *,
        vault: Vault,
        tasks: Tasks,
        make_client: MakeClient,
        parent: QWidget | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        """``secrets`` are those that are known of a new server."""
        super().__init__(parent)
        keep_on_screen(self)
        ignore_held_return(self)
        self._vault, self._tasks, self._make_client = vault, tasks, make_client
        self._testing: asyncio.Task[None] | None = None
        self._keeps = False
        """The test that is under way ends in saving, if it is good."""
        self._is_new = server is None or not server.name
        self._is_read = False
        self._is_reshaped = False
        self.setWindowTitle(
            tr("Add server")
            if server is None or not server.name
            else tr("Edit {server}", server=clean(server.name, 60))
        )
        self.form = ServerForm(other_names)
        self.test = QPushButton(tr("Test connection"))
        self.test.setToolTip(tip(tr("Try to log in with these settings")))
        self.test.setMinimumWidth(self.test.sizeHint().width())  # it says Stop while it runs
        self.anyway = QPushButton(tr("Add anyway") if self._is_new else tr("Save anyway"))
        self.anyway.setToolTip(tip(tr("Keep what stands here although the connection failed; it is tried again later")))
        self.outcome = ResultLine()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.form.edited.connect(self._drop_outcome)
        self.form.reshaped.connect(self._reshaped)
        self.test.clicked.connect(self._press_test)
        self.anyway.clicked.connect(self._save_anyway)
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._end)
        self.form.show_server(server or ServerConfig("", ""))
        if secrets:
            self.form.fill_in(secrets)
        self._loading = tasks.spawn(self._load(server), tr("Read the keyring"))

    def _lay_out(self) -> None:
        self.save.setText(tr("Add") if self._is_new else tr("Save"))
        self.save.setToolTip(
            tip(
                tr("Test the connection, then add the server")
                if self._is_new
                else tr("Save the server; if it is reached in another way than before, the connection is tested first")
            )
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        for button in self.buttons.buttons():
            button.setIcon(QIcon())  # the style's own are of another make than all our icons
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # else it takes the focus from the first input
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._inner = QVBoxLayout(inner)
        self._inner.setContentsMargins(0, 0, 8, 0)
        self._inner.addWidget(self.form)
        self.area.setWidget(inner)
        inner.installEventFilter(self)
        room = self.anyway.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self.anyway.setSizePolicy(room)
        self.anyway.hide()
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.test)
        below.addStretch(1)
        below.addWidget(self.anyway)
        below.addWidget(self.buttons)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(12)
        self._column.addWidget(self.area, 1)
        self._column.addWidget(self.outcome)
        self._column.addLayout(below)
        self.save.setDefault(True)  # only inside the dialog: else Return cancels once Cancel had the focus
        self.setMinimumWidth(600)

    @property
    def save(self) -> QPushButton:
        return self.buttons.button(QDialogButtonBox.StandardButton.Save)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit(at_least=0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self.area.widget() and self._is_reshaped:
            self._is_reshaped = False
            self._fit(at_least=0)
        return super().eventFilter(watched, event)

    def _reshaped(self) -> None:
        """Grow and shrink with the form where the person folds a part of it, but not while notes come and go."""
        self._is_reshaped = True

    def _fit(self, *, at_least: int) -> None:
        """Be as large as the form needs, but not higher than the screen allows."""
        self.area.setMinimumWidth(
            self._inner.totalMinimumSize().width() + self.area.verticalScrollBar().sizeHint().width()
        )
        self._column.activate()
        others = self.height() - self.area.height()
        wanted = others + max(
            self._inner.totalHeightForWidth(self.area.viewport().width()), self._inner.totalMinimumSize().height()
        )
        room = int(self.screen().availableSize().height() * _LARGEST_SHARE)
        width = max(self.width(), self._column.totalMinimumSize().width())
        self.resize(width, min(max(wanted, at_least), room))

    # the keyring

    async def _load(self, server: ServerConfig | None) -> None:
        if server is None or self._is_new:
            self._say_where_kept(await self._vault.probe())
            return
        secrets = await self._vault.get(server.id)
        self.form.blockSignals(True)  # a test that waits for these goes on
        self.form.show_secrets(secrets)
        self.form.blockSignals(False)
        self._is_read = not self._vault.why()
        self._say_where_kept(Stored(self._vault.where(), self._vault.why()))

    def _say_where_kept(self, stored: Stored) -> None:
        if stored.keyring:
            self.form.say_where_kept(tr("Kept in the keyring of this computer ({keyring}).", keyring=stored.keyring))
            return
        self.form.say_where_kept(
            tr("Kept for this session only, and asked for again after that. {reason}", reason=said(stored.reason)),
            "warning",
        )

    # the test

    def _press_test(self) -> None:
        if self._testing is not None:
            self._drop_outcome()
        elif not self.form.show_wrong():
            self._start_test(keep=False)

    def _start_test(self, *, keep: bool) -> None:
        """Test the connection; with ``keep``, save the server if it is good, or needs no test."""
        self._keeps = keep
        self.anyway.hide()
        self.test.setText(tr("Stop"))
        self.outcome.say(tr("Testing the connection…"))
        self._testing = self._tasks.spawn(self._test(keep=keep), tr("Test the connection"))
        self._testing.add_done_callback(self._tested)

    def _tested(self, task: asyncio.Task[None]) -> None:
        if self._testing is task:
            self._rest()

    def _rest(self) -> None:
        """No test is under way."""
        self._testing, self._keeps = None, False
        self.test.setText(tr("Test connection"))

    def _drop_outcome(self) -> None:
        """What is shown no longer belongs to what stands in the form."""
        if self._testing is not None:
            self._testing.cancel()
        self._rest()
        self.outcome.say("")
        self.anyway.hide()

    async def _test(self, *, keep: bool) -> None:
        await asyncio.wait({self._loading})
        if not keep or self._is_new or self.form.reaches_otherwise():
            try:
                self.outcome.say(await self._try(self.form.server(), self.form.secrets()), "seeding", "completed")
            except Untrusted as e:
                self._say_failed(e)
                if await ask_trust(self, e):
                    self._trust(e.pem, keep=keep)
                return
            except Redirected as e:
                self._say_failed(e)
                server = self.form.server()
                if await ask_address(Dialogs(self), server.name, server.url, e.address):
                    self._move(e.address, keep=keep)
                return
            except QbtError as e:
                self._say_failed(e)
                return
        if keep:
            self._rest()  # from here on it cannot be stopped
            await self._keep()

    def _say_failed(self, error: QbtError) -> None:
        self.outcome.say(_sentence(error), "error", "error")
        self.anyway.show()
        self.form.show_cause(error)

    def _trust(self, pem: str, *, keep: bool) -> None:
        self._testing = None  # this test is over; the form's change would cancel it
        self.form.set_certificate(pem)
        self._start_test(keep=keep)

    def _move(self, address: str, *, keep: bool) -> None:
        self._testing = None  # as in _trust
        self.form.address.setText(address)
        self._start_test(keep=keep)

    async def _try(self, server: ServerConfig, secrets: Secrets) -> str:
        client = self._make_client(server, secrets)
        try:
            await client.connect()
            began = time.perf_counter()
            await client.get_text("app/webapiVersion")
            spent_ms = max(1, round((time.perf_counter() - began) * 1000))
            api = ".".join(map(str, client.version.api))
            told = tr(
                "Connected: qBittorrent {version}, Web API {api}; it answers in {ms} ms.",
                version=clean(client.version.app_text, 40),
                api=api,
                ms=spent_ms,
            )
            if client.let_in and server.auth != "none":
                told += " " + tr("It lets this computer in without a login, so the login was not tested.")
            return told
        finally:
            await client.close()

    # saving

    def _save(self) -> None:
        if not self._keeps and not self.form.show_wrong():
            self._drop_outcome()
            self._start_test(keep=True)

    def _save_anyway(self) -> None:
        if not self.form.show_wrong():
            self._drop_outcome()
            self._tasks.spawn(self._keep(), tr("Save the server"))

    async def _keep(self) -> None:
        self.setEnabled(False)
        asking = tr("Waiting for the keyring of this computer: it may be asking for its password in another window…")
        patience = asyncio.get_running_loop().call_later(_ASKS_AFTER_S, self.outcome.say, asking)
        await asyncio.wait({self._loading})
        server, secrets = self.form.server(), self.form.secrets()
        changed = self.form.secrets_changed()
        if changed:
            known = self._is_new or self._is_read  # else a keyring that is locked holds more than is shown
            await (self._vault.set if known else self._vault.add)(server.id, secrets)
        if changed or self._is_new or self._is_read:  # else what the vault holds is not known
            server.has_headers = bool(secrets.headers)
        patience.cancel()
        self.saved.emit(server)
        self.accept()

    def _end(self) -> None:
        self._loading.cancel()
        self._drop_outcome()
        self.form.wipe()


class ResultLine(QWidget):
    """A result with its sign; it always takes the room of three lines, so nothing moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._sign.setFixedSize(16, 16)
        self.text = FieldNote()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * 3 + 8)

    def say(self, text: str, colour: str = "", sign: str = "") -> None:
        self.text.say(text, colour)
        self.setAccessibleName(text)
        shown = icon(sign, state_color(colour, is_dark())) if sign else None
        self._sign.setPixmap(shown.pixmap(QSize(16, 16), self.devicePixelRatioF()) if shown else QPixmap())
        self._sign.setVisible(bool(sign))


def _sentence(error: QbtError) -> str:
    words = "" if isinstance(error, Unreachable) or not error.detail else f" ({error.detail})"
    return clean(sentence(error) + words, 600)
