"""The questions that panels ask: several lines at once, or one address with its tier."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QSpinBox

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.dialogs import Dialogs, TextDialog, dimmed
from qbt_remote.ui.kit.plain_text import clean

TRACKER_SCHEMES = ("http", "https", "udp", "ws", "wss")
WEB_SEED_SCHEMES = ("http", "https", "ftp")
HIGHEST_TIER = 255
_LINES_SHOWN = 7


def lines_of(text: str) -> list[str]:
    """Give the lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def why_no_url(text: str, schemes: tuple[str, ...]) -> str:
    """Say why a text is no address of these schemes, or "".  Servers take some that are none."""
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme.lower() in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if usable:
        return ""
    return tr("Not an address: {given}. It begins with {schemes}.", given=clean(text, 60), schemes=schemes_of(schemes))


def schemes_of(schemes: tuple[str, ...]) -> str:
    return ", ".join(f"{scheme}://" for scheme in schemes)


async def ask_lines(
    dialogs: Dialogs, title: str, name: str, why: Callable[[str], str], *, help: str, ok: str, text: str = ""
) -> str | None:
    """Ask for one or more lines; ``why`` says of a line why it cannot be used.  None: given up."""
    dialog = TextDialog(dialogs.parent, title, ok)
    field = QPlainTextEdit(dialog)
    field.setPlainText(text)
    field.setTabChangesFocus(True)
    field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    field.setMinimumSize(520, field.fontMetrics().lineSpacing() * _LINES_SHOWN + 12)
    dialog.add_row(name, field, help=help)
    dialog.form.addRow("", dimmed(help))

    def judge() -> None:
        lines = lines_of(field.toPlainText())
        reason = next(filter(None, map(why, lines)), "")
        dialog.ok.setEnabled(bool(lines) and not reason)
        dialog.reason.setText(reason)

    field.textChanged.connect(judge)
    judge()
    return field.toPlainText() if await dialogs.ask(dialog) else None


def clipboard_lines(why: Callable[[str], str]) -> str:
    """Give the text of the clipboard if every line of it can be used, else ""."""
    text = QGuiApplication.clipboard().text()
    lines = lines_of(text) if len(text) < 100_000 else []
    return text if lines and not any(map(why, lines)) else ""


async def ask_tracker(
    dialogs: Dialogs, url: str, tier: int, why: Callable[[str], str], *, no_tier: str
) -> tuple[str, int] | None:
    """Ask for the address and the tier of a tracker; ``no_tier`` says why the tier cannot be changed, or is ""."""
    dialog = TextDialog(dialogs.parent, tr("Edit tracker"), tr("Save"))
    dialog.setMinimumWidth(560)
    line = dialog.add_line(tr("Tracker URL"), url)
    box = QSpinBox(dialog)
    box.setRange(0, HIGHEST_TIER)
    box.setValue(max(tier, 0))
    box.setEnabled(not no_tier)
    help = no_tier or tr("The trackers of the lowest tier are asked first")
    dialog.add_row(tr("Tier"), box, help=help)
    dialog.form.addRow("", dimmed(help))
    dialog.check(lambda: why(line.text()))
    return (line.text().strip(), box.value()) if await dialogs.ask(dialog) else None


def copy_lines(lines: list[str]) -> None:
    if lines:
        QGuiApplication.clipboard().setText("\n".join(lines))
