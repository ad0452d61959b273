"""Shows a report before anybody gets it: to copy, or to save to a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QPlainTextEdit, QPushButton, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.on_screen import for_font
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.remembered import start_in

FILE_NAME = "qbt-remote-diagnostics.txt"


class ReportDialog(FormDialog):
    """The whole text, as it is copied."""

    def __init__(self, parent: QWidget | None, title: str, report: str, folders: dict[str, str]) -> None:
        """``folders`` remembers the folder that was saved to."""
        super().__init__(parent, title)
        self.only_close()
        self._folders = folders
        self._chooser: QFileDialog | None = None
        note = tr(
            "This text is all that is copied or saved. It is put together without names, addresses, paths, torrents"
            " and passwords; read it before you give it away."
        )
        self.column.insertWidget(0, label(note, wrap=True))
        self.text = QPlainTextEdit(self)
        self.text.setPlainText(report)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(title)
        self.column.insertWidget(1, self.text, 1)
        self._said = label(wrap=True)
        self._said.setAccessibleName(tr("What was done"))
        self._said.hide()
        self.column.insertWidget(2, self._said)
        self.copy_button = self._button(tr("&Copy"), "copy", tr("Copy the whole text"))
        self.copy_button.clicked.connect(self.copy)
        self.save_button = self._button(tr("&Save…"), "save", tr("Save the whole text to a file"))
        self.save_button.clicked.connect(self.choose_file)
        self.first = self.copy_button
        self.resize(for_font(QSize(860, 520), self))

    def _button(self, text: str, picture: str, help: str) -> QPushButton:
        button = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setIcon(icon(picture))
        button.setToolTip(tip(help))
        return button

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._say(tr("Copied"))

    def choose_file(self) -> None:
        self._chooser = chooser = QFileDialog(self, tr("Save the diagnostics"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("txt")
        start_in(chooser, self._folders, "diagnostics")
        chooser.selectFile(FILE_NAME)
        chooser.fileSelected.connect(self.save)
        chooser.open()

    def save(self, file: str) -> None:
        """Write the text to a file; one that is there already was agreed to."""
        try:
            Path(file).write_text(self.text.toPlainText(), "utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            self._say(tr("{file} cannot be written: {reason}", file=Path(file).name, reason=reason), failed=True)
        else:
            self._say(tr("Saved as {file}", file=Path(file).name))

    def _say(self, text: str, *, failed: bool = False) -> None:
        for line, shown in ((self._said, not failed), (self.reason, failed)):
            line.setText(text if shown else "")
            line.setVisible(shown)
