"""Asks whether one certificate is trusted; a certificate that changed is shown and refused.

What stands in a certificate was written by whoever made it: it is shown as plain text.
"""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtNetwork import QSslCertificate
from PySide6.QtWidgets import QLabel, QWidget

from qbt_remote.api.errors import Untrusted
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import said
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog, dimmed
from qbt_remote.ui.kit.plain_text import clean, label


async def ask_trust(parent: QWidget | None, error: Untrusted) -> bool:
    """Show the certificate of ``error``; True if the user trusts it from now on."""
    return await Dialogs(parent).ask(CertificateDialog(parent, error))


def two_lines(fingerprint: str) -> str:
    """Break a SHA-256 in the middle, so that two of them can be compared."""
    pairs = fingerprint.split(":")
    half = len(pairs) // 2
    return ":".join(pairs[:half]) + "\n" + ":".join(pairs[half:]) if half else fingerprint


def summary(pem: str) -> list[tuple[str, str]]:
    """Give what a certificate says about itself: names of the lines and their text, cleaned."""
    found = QSslCertificate(pem.encode("ascii", "replace"))
    if found.isNull():
        return []
    info = QSslCertificate.SubjectInfo
    return [
        (tr("Issued to"), _names(found.subjectInfo(info.CommonName), found.subjectInfo(info.Organization))),
        (tr("Issued by"), _names(found.issuerInfo(info.CommonName), found.issuerInfo(info.Organization))),
        (tr("Valid from"), _day(found.effectiveDate())),
        (tr("Valid until"), _day(found.expiryDate())),
    ]


class CertificateDialog(FormDialog):
    """Reason, fingerprint and what the certificate says; trusting is never the default."""

    def __init__(self, parent: QWidget | None, error: Untrusted) -> None:
        changed = bool(error.pinned)
        super().__init__(
            parent, tr("Certificate changed") if changed else tr("Unknown certificate"), tr("Trust this certificate")
        )
        self.setMinimumWidth(500)
        sentence = label(said(error.said, 1000), wrap=True)
        heading = QFont(sentence.font())
        heading.setWeight(QFont.Weight.DemiBold)
        sentence.setFont(heading)
        self.column.insertWidget(0, sentence)
        self.column.insertWidget(1, label(_advice(changed), wrap=True))
        self.column.insertSpacing(2, 8)
        if changed:
            self._add_fingerprint(tr("Trusted until now"), error.pinned)
            self._add_fingerprint(tr("Shown now"), error.fingerprint)
        else:
            self._add_fingerprint(tr("SHA-256 fingerprint"), error.fingerprint)
        for name, text in summary(error.pem):
            self._add_text(name, label(text, wrap=True, selectable=True))
        self.form.addRow(
            "", dimmed(tr("Only the fingerprint proves which server this is; anybody can choose the names."))
        )
        if changed:
            self.only_close()
            return
        self.cancel.setDefault(True)
        self.cancel.setFocus()

    def _add_fingerprint(self, name: str, fingerprint: str) -> None:
        shown = label(two_lines(fingerprint), selectable=True)
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._add_text(name, shown)

    def _add_text(self, name: str, shown: QLabel) -> None:
        shown.setAccessibleName(f"{name}: {shown.text()}")
        self.form.addRow(label(name), shown)


def _advice(changed: bool) -> str:
    if changed:
        return tr(
            "Either the server has a new certificate, or somebody is between you and it. If you know that it is new, "
            "forget the old certificate in the server's settings and test the connection again."
        )
    return tr(
        "Compare the fingerprint with the one on the server. If you trust it, this certificate alone is accepted from "
        "now on, and any other is refused."
    )


def _names(common: list[str], organisation: list[str]) -> str:
    names = [clean(name, 200) for name in (*common, *organisation) if name.strip()]
    return ", ".join(dict.fromkeys(names)) or tr("no name")


def _day(moment: QDateTime) -> str:
    return QLocale().toString(moment.toLocalTime().date(), QLocale.FormatType.LongFormat)
