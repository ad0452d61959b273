"""The form of one server: address, name, login; what few need is folded away."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from qbt_remote.api.errors import AuthFailed, QbtError
from qbt_remote.api.login import BASIC_CLASH, BASIC_REFUSED
from qbt_remote.api.refusals import HOST_REFUSED, WANTS_407, WANTS_BASIC
from qbt_remote.local.address import Address, normalise, off_lan
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.kit.fields import FieldNote, FieldRows, Fold, SecretEdit, as_wide_as_the_widest
from qbt_remote.ui.servers.server_advanced import AdvancedForm

LOGINS = (
    ("password", N("User name and password")),
    ("api_key", N("API key (qBittorrent 5.2 and later)")),
    ("none", N("None (the server lets this computer in)")),
)

_CAUSES = {
    BASIC_REFUSED: "basic_password",
    WANTS_BASIC: "basic_username",
    BASIC_CLASH: "basic_username",
    WANTS_407: "proxy_password",
    HOST_REFUSED: "host",
}
"""The advanced input that an error is about."""


class ServerForm(QWidget):
    """Reads and writes one server and its secrets."""

    edited = Signal()
    reshaped = Signal()

    def __init__(self, other_names: set[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._other_names = {name.casefold() for name in other_names}
        self._server = ServerConfig("", "")
        self._secrets = Secrets()
        self._trusted = ("", "")
        """The place (scheme, host and port) and the certificate that is trusted there, and nowhere else."""
        self.name, self.name_note = QLineEdit(), FieldNote()
        self.address, self.address_note, self.address_warning = QLineEdit(), FieldNote(), FieldNote()
        self.login = QComboBox()
        for id, text in LOGINS:
            self.login.addItem(tr(text), id)
        self.login_note = FieldNote()
        self.login_pages = _Pages()
        self.username, self.password, self.api_key = QLineEdit(), SecretEdit(), SecretEdit()
        self.kept_note = FieldNote()
        self.advanced = AdvancedForm()
        self.fold = Fold(
            tr("Advanced"), tr("Proxies, headers, update interval and the trusted certificate"), self.advanced
        )
        self._lay_out()
        self._connect()
        self.login_note.say(
            tr(
                "All programs that use this key share one session on the server: two of them make each other "
                "miss changes. A user name and password is the better choice."
            ),
            "warning",
        )
        self._show_login()

    def _lay_out(self) -> None:
        self.rows = FieldRows()
        self.address.setPlaceholderText("http://192.168.1.2:8080")
        self.rows.add(
            tr("Address"),
            self.address,
            tr("The address of qBittorrent's web interface, as you type it into a browser"),
            self.address_note,
            self.address_warning,
            lines=2,
        )
        self.rows.add(
            tr("Name"),
            self.name,
            tr("What this server is called here; empty for its host name"),
            self.name_note,
            lines=1,
        )
        self.rows.add(tr("Login"), self.login, tr("How to log in"))
        self.rows.addRow(self._login_inputs())
        self.rows.add_note(self.kept_note, lines=2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.rows)
        column.addWidget(self.fold)
        column.addStretch(1)

    def _login_inputs(self) -> QWidget:
        """Make a page of inputs for each kind of login, in their order."""
        by_name, by_key = FieldRows(), FieldRows()
        by_name.add(tr("User name"), self.username, tr("The user name of qBittorrent's web interface"))
        by_name.add(tr("Password"), self.password, tr("The password of qBittorrent's web interface"))
        by_key.add(
            tr("API key"),
            self.api_key,
            tr("From the server's preferences, “Web UI”; it begins with qbt_"),
            self.login_note,
        )
        as_wide_as_the_widest([*self.rows.titles(), *by_name.titles(), *by_key.titles()])
        for rows in (by_name, by_key, FieldRows()):
            page = QWidget()
            page.setLayout(rows)
            self.login_pages.addWidget(page)
        return self.login_pages

    def _connect(self) -> None:
        for field in (self.name, self.username, self.password, self.api_key):
            field.textChanged.connect(self._changed)
        self.address.textChanged.connect(self._changed)
        self.address.editingFinished.connect(self._take_user_out)
        self.login.currentIndexChanged.connect(self._show_login)
        self.advanced.edited.connect(self._changed)
        self.advanced.forgotten.connect(lambda: self.set_certificate(""))
        self.fold.head.toggled.connect(self._reshaped)

    # in and out

    def show_server(self, server: ServerConfig) -> None:
        """Fill in a server; its secrets come later."""
        self._server = server
        self._trusted = (_place(server.url), server.certificate)
        self.name.setText(server.name)
        self.address.setText(server.url)
        self.username.setText(server.username)
        self.login.setCurrentIndex(self.login.findData(server.auth))
        self.advanced.show_server(server)
        if self.advanced.in_use():
            self.fold.open()

    def show_secrets(self, secrets: Secrets) -> None:
        """Fill in what was kept, where nothing was typed meanwhile."""
        self._secrets = secrets
        self.fill_in(secrets)

    def fill_in(self, secrets: Secrets) -> None:
        """Fill in secrets that are not kept yet."""
        for field, kept in ((self.password, secrets.password), (self.api_key, secrets.api_key)):
            if not field.text():
                field.setText(kept)
                if field is self.focusWidget():  # ``show_login`` came before the keyring's answer
                    field.selectAll()  # what is typed takes the place of what was refused
        self.advanced.show_secrets(secrets)
        if self.advanced.in_use():
            self.fold.open()

    def server(self) -> ServerConfig:
        """Give what stands in the form; meaningful while ``wrong()`` is None."""
        address = self._address()
        url = address.url if address else ""
        return self.advanced.fill(
            replace(
                self._server,
                name=self.name.text().strip() or self._default_name(url),
                url=url,
                auth=self.login.currentData(),
                username=self.username.text() if self.login.currentData() == "password" else "",
                rejected=False,  # the user acted: one login may be tried again
                banned_until=self._server.banned_until if url == self._server.url else 0.0,
            )
        )

    def secrets(self) -> Secrets:
        """Give the secrets that this kind of login needs; others are forgotten with the next saving."""
        return self.advanced.secret_values(
            Secrets(
                password=self.password.text() if self.login.currentData() == "password" else "",
                api_key=self.api_key.text().strip() if self.login.currentData() == "api_key" else "",
            )
        )

    def secrets_changed(self) -> bool:
        return self.secrets() != self._secrets

    def reaches_otherwise(self) -> bool:
        """Whether the server would be reached or logged in to in another way than before, or was refused so."""
        server = self.server()
        before = replace(self._server, name=server.name, interval_s=server.interval_s)
        return server != before or self.secrets_changed()

    def set_certificate(self, pem: str) -> None:
        """Trust a certificate at the address that stands here; the system's store again by ""."""
        self._trusted = (_place(self.server().url), pem)
        self.advanced.set_certificate(pem)

    def show_certificate(self) -> None:
        """Bring the person to what is trusted."""
        self.fold.open()
        (self.advanced.forget if self.advanced.certificate else self.address).setFocus()

    def show_login(self) -> None:
        """Bring the person to the password, or to the key."""
        field = self.api_key if self.login.currentData() == "api_key" else self.password
        field.setFocus()
        field.selectAll()

    def show_cause(self, error: QbtError) -> None:
        """Bring the person to the input whose content the server refused, if that is known."""
        if isinstance(error, AuthFailed) and error.kind in ("password", "missing"):
            self.show_login()
        elif (name := _CAUSES.get(error.said.template)) is not None:
            self.fold.open()
            field = getattr(self.advanced, name)
            field.setFocus()
            field.selectAll()

    def say_where_kept(self, text: str, kind: str = "") -> None:
        self.kept_note.say(text, kind)
        self.kept_note.setVisible(self.login.currentData() != "none")

    def wipe(self) -> None:
        """Drop all secrets from the inputs and from here."""
        self._secrets = Secrets()
        for field in (self.password, self.api_key):
            field.wipe()
        self.advanced.wipe()

    # what is wrong

    def wrong(self, *, empty_too: bool = False) -> QWidget | None:
        """Say under each input what is wrong with it; give the first such input.

        ``empty_too``: also for an address that was not typed yet.
        """
        wrong: list[QWidget] = []
        problem = self._address_problem()
        self.address_note.say(problem if self.address.text().strip() or empty_too else "", "error")
        if problem:
            wrong.append(self.address)
        self._say_address()
        name = self._name_problem()
        self.name_note.say(name, "error")
        if name:
            wrong.append(self.name)
        advanced = self.advanced.wrong()
        if advanced:
            wrong.append(advanced)
        return wrong[0] if wrong else None

    def show_wrong(self) -> bool:
        """Bring the person to the first wrong input; False if all is right."""
        self._take_user_out()  # a mnemonic leaves the focus in the address
        field = self.wrong(empty_too=True)
        if field is None:
            return False
        if self.advanced.isAncestorOf(field):
            self.fold.open()
        field.setFocus()
        return True

    def _address(self) -> Address | None:
        try:
            return normalise(self.address.text())
        except ValueError:
            return None

    def _address_problem(self) -> str:
        try:
            normalise(self.address.text())
        except ValueError as e:
            return tr(str(e))
        return ""

    def _default_name(self, url: str) -> str:
        """Give the host, with its port where another server is called by the host alone."""
        place = urlsplit(url)
        host = place.hostname or ""
        return f"{host}:{place.port}" if host.casefold() in self._other_names and place.port else host

    def _name_problem(self) -> str:
        name = self.server().name.casefold()
        return tr("Another server has this name.") if name in self._other_names else ""

    def _say_address(self) -> None:
        """Show the address as it will be used, and warn of a password that goes out unprotected."""
        address = self._address()
        self.name.setPlaceholderText(self._default_name(address.url) if address else "")
        if address is None:
            self.address_warning.say("")
            return
        if address.url != self.address.text().strip():
            self.address_note.say(tr("Will be used as {url}", url=address.url))
        unprotected = address.url.startswith("http:") and off_lan(address.url) and self.login.currentData() != "none"
        self.address_warning.say(
            tr("Without https:// the login crosses the internet unencrypted.") if unprotected else "",
            "warning",
        )

    # slots

    def _reshaped(self) -> None:
        self.reshaped.emit()

    def _changed(self) -> None:
        place, certificate = self._trusted
        certificate = certificate if place == _place(self.server().url) else ""
        if certificate != self.advanced.certificate:
            self.advanced.set_certificate(certificate)  # and this is called anew
            return
        self.wrong()
        self.edited.emit()

    def _show_login(self) -> None:
        self.login_pages.setCurrentIndex(self.login.currentIndex())
        self.kept_note.setVisible(self.login.currentData() != "none")
        self._changed()

    def _take_user_out(self) -> None:
        """Move a user name and password that were typed inside the address to their own inputs."""
        address = self._address()
        if address is None or not (address.username or address.password):
            return
        self.address.setText(address.url)
        self.login.setCurrentIndex(self.login.findData("password"))
        self.username.setText(address.username or self.username.text())
        self.password.setText(address.password or self.password.text())


class _Pages(QStackedWidget):
    """One of several pages, in the height of the highest of them."""

    def hasHeightForWidth(self) -> bool:
        return True  # Qt's own says what the page that is shown has

    def heightForWidth(self, width: int) -> int:
        pages = [page for number in range(self.count()) if (page := self.widget(number)) is not None]
        return max(p.heightForWidth(width) if p.hasHeightForWidth() else p.sizeHint().height() for p in pages)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def _place(url: str) -> str:
    """Give scheme, host and port of an address as ``normalise`` gives it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
