"""The small buttons that stand inside an input line, with names: Qt gives them none."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon


def clearable(line: QLineEdit) -> None:
    """Let the line have a button that empties it."""
    line.setClearButtonEnabled(True)
    clear = line.findChild(QAction, "_q_qlineeditclearaction")
    if isinstance(clear, QAction):
        clear.setText(tr("Clear"))


def search_sign(line: QLineEdit) -> QAction:
    """Put the magnifying glass at the beginning of the line."""
    sign = line.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
    sign.setText(tr("Search"))
    return sign
