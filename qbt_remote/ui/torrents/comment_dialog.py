"""The dialog for a comment, which may have several lines."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog, dimmed


async def ask_comment(dialogs: Dialogs, now: str | None) -> str | None:
    """Ask for a comment; ``now`` is None where the torrents have different ones."""
    dialog = FormDialog(dialogs.parent, tr("Set comment"), tr("Set"))
    dialog.setMinimumWidth(460)
    field = QPlainTextEdit(dialog)
    field.setTabChangesFocus(True)
    field.setPlainText(now or "")
    field.setMinimumHeight(field.fontMetrics().lineSpacing() * 6)
    dialog.add_row(tr("Comment"), field, help=tr("Kept by the server, not in the .torrent file"))
    if now is None:
        dialog.form.addRow(
            "", dimmed(tr("The selected torrents have different comments; this sets the same one for all."))
        )
    return field.toPlainText() if await dialogs.ask(dialog) else None
