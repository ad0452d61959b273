"""What few servers need: a proxy in front or between, headers, Host, interval, a trusted certificate."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from qbt_remote.api.tls import fingerprint
from qbt_remote.local.settings import LONGEST_INTERVAL_S, SHORTEST_INTERVAL_S, Secrets, ServerConfig
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.fields import FieldNote, FieldRows, SecretEdit
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.servers.certificate import two_lines

_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_PROXIES = ("http", "https", "socks5", "socks5h")


class AdvancedForm(QWidget):
    """Reads and writes the seldom fields of one server."""

    edited = Signal()
    forgotten = Signal()
    """The trusted certificate shall be trusted no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.basic_username, self.basic_password = QLineEdit(), SecretEdit()
        self.headers, self.headers_note = QPlainTextEdit(), FieldNote()
        self.host, self.host_note = QLineEdit(), FieldNote()
        self.proxy, self.proxy_password, self.proxy_note = QLineEdit(), SecretEdit(), FieldNote()
        self.interval = QDoubleSpinBox()
        self.interval.setRange(SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S)
        self.interval.setDecimals(1)
        self.interval.setSingleStep(0.5)
        self.interval.setSuffix(tr(" s"))
        self.fingerprint = label("", selectable=True)
        self.forget = QPushButton(tr("Forget"))
        self._certificate = ""
        self._lay_out()
        for field in (self.basic_username, self.basic_password, self.host, self.proxy, self.proxy_password):
            field.textChanged.connect(self._changed)
        self.headers.textChanged.connect(self._changed)
        self.interval.valueChanged.connect(self._changed)
        self.forget.clicked.connect(self.forgotten)

    def _lay_out(self) -> None:
        rows = FieldRows(self)
        rows.add(
            tr("HTTP Basic user name"), self.basic_username, tr("For a web server in front that asks for its own login")
        )
        rows.add(
            tr("HTTP Basic password"), self.basic_password, tr("For a web server in front that asks for its own login")
        )
        self.headers.setPlaceholderText("X-Token: …")
        self.headers.setTabChangesFocus(True)
        self.headers.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.headers.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 14)
        rows.add(
            tr("Custom headers"),
            self.headers,
            tr("Sent with each request, one per line, as “Name: value”"),
            self.headers_note,
        )
        rows.add(
            tr("Host header"),
            self.host,
            tr("Sent instead of the address's own host, for tunnels and mapped ports"),
            self.host_note,
        )
        self.proxy.setPlaceholderText("socks5://127.0.0.1:1080")
        rows.add(
            tr("Proxy"),
            self.proxy,
            tr("The way to the server leads through this proxy; empty for none"),
            self.proxy_note,
        )
        rows.add(tr("Proxy password"), self.proxy_password, tr("Goes with the user name in the proxy's address"))
        rows.add(tr("Update interval"), self.interval, tr("How often the list is asked for, in seconds"))
        pinned = QWidget()
        column = QVBoxLayout(pinned)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.forget.setToolTip(tip(tr("Trust what the system trusts again, instead of this one certificate")))
        self.forget.setAccessibleName(tr("Forget the trusted certificate"))
        column.addWidget(self.fingerprint)
        column.addWidget(self.forget, 0, Qt.AlignmentFlag.AlignLeft)
        rows.add(
            tr("Trusted certificate"), pinned, tr("The SHA-256 fingerprint of the only certificate that is accepted")
        )

    def show_server(self, server: ServerConfig) -> None:
        self.basic_username.setText(server.basic_username)
        self.host.setText(server.host_header)
        self.proxy.setText(server.proxy)
        self.interval.setValue(server.interval_s)
        self.set_certificate(server.certificate)

    def show_secrets(self, secrets: Secrets) -> None:
        self.basic_password.setText(secrets.basic_password)
        self.proxy_password.setText(secrets.proxy_password)
        self.headers.setPlainText("\n".join(f"{name}: {value}" for name, value in secrets.headers.items()))

    @property
    def certificate(self) -> str:
        return self._certificate

    def set_certificate(self, pem: str) -> None:
        self._certificate = pem
        self.fingerprint.setText(_fingerprint(pem) if pem else tr("None: what the system trusts is accepted"))
        self.fingerprint.setFont(
            QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if pem else self.forget.font()
        )
        self.forget.setVisible(bool(pem))
        self._changed()

    def in_use(self) -> bool:
        """Tell whether anything that is typed here is not as it is for most servers."""
        lines = (self.basic_username, self.basic_password, self.host, self.proxy, self.proxy_password)
        texts = [field.text() for field in lines] + [self.headers.toPlainText()]
        return any(texts) or self.interval.value() != ServerConfig("", "").interval_s

    def fill(self, server: ServerConfig) -> ServerConfig:
        """Give the server with these fields."""
        return replace(
            server,
            basic_username=self.basic_username.text().strip(),
            host_header=self.host.text().strip(),
            proxy=self._proxy()[0],
            interval_s=round(self.interval.value(), 1),
            certificate=self._certificate,
        )

    def secret_values(self, secrets: Secrets) -> Secrets:
        """Give the secrets with those that stand here."""
        return replace(
            secrets,
            basic_password=self.basic_password.text(),
            proxy_password=self.proxy_password.text() or self._proxy()[1],
            headers=dict(self._headers()),
        )

    def wrong(self) -> QWidget | None:
        """Say under each input what is wrong with it, and give the first such input."""
        wrong: list[QWidget] = []
        for field, note, problem in (
            (self.headers, self.headers_note, self._headers_problem()),
            (self.host, self.host_note, self._host_problem()),
            (self.proxy, self.proxy_note, self._proxy_problem()),
        ):
            note.say(problem, "error")
            if problem:
                wrong.append(field)
        return wrong[0] if wrong else None

    def wipe(self) -> None:
        self.basic_password.wipe()
        self.proxy_password.wipe()
        self.headers.setPlainText("")
        self.headers.document().clearUndoRedoStacks()

    def _changed(self) -> None:
        self.wrong()
        self.edited.emit()

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.headers.toPlainText().splitlines() if line.strip()]

    def _headers(self) -> list[tuple[str, str]]:
        found = (_HEADER.fullmatch(line) for line in self._lines())
        return [(match[1], match[2]) for match in found if match]

    def _headers_problem(self) -> str:
        if len(self._headers()) < len(self._lines()):
            return tr("Each line is a name, a colon and a value.")
        names = [name.lower() for name, _value in self._headers()]
        return tr("A header is named twice.") if len(set(names)) < len(names) else ""

    def _host_problem(self) -> str:
        host = self.host.text().strip()
        return "" if not host or _HOST.fullmatch(host) else tr("This is not a host name.")

    def _proxy(self) -> tuple[str, str]:
        """Give the proxy's address without its password, and the password that was typed inside."""
        text = self.proxy.text().strip()
        if self._proxy_problem() or not text:
            return text, ""
        parts = urlsplit(text)
        if parts.password is None:
            return text, ""
        host = parts.netloc.rpartition("@")[2]
        user = quote(unquote(parts.username or ""), safe="")
        return urlunsplit(parts._replace(netloc=f"{user}@{host}")), unquote(parts.password)

    def _proxy_problem(self) -> str:
        text = self.proxy.text().strip()
        if not text:
            return ""
        try:
            parts = urlsplit(text)
            good = parts.scheme in _PROXIES and bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
        except ValueError:
            good = False
        return "" if good and text.isprintable() else tr("A proxy is http://host:port or socks5://host:port.")


def _fingerprint(pem: str) -> str:
    try:
        return two_lines(fingerprint(pem))
    except ValueError:
        return tr("It cannot be read")
