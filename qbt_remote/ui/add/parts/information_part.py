"""The tab of the add dialog that tells what a torrent says of itself, as the desktop window does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.sync.session import Session
from qbt_remote.translatable import N
from qbt_remote.ui.add.parts.entries import AddEntry
from qbt_remote.ui.add.parts.fields import form_layout
from qbt_remote.ui.add.parts.files_part import Spawn
from qbt_remote.ui.commands.context import client_of
from qbt_remote.ui.commands.new_files import file_name, write_new
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.remembered import start_in

SAVE = "torrents/saveMetadata"
_ROWS = (
    ("size", N("Size:")),
    ("created", N("Date:")),
    ("v1", N("Info hash v1:")),
    ("v2", N("Info hash v2:")),
    ("private", N("Private:")),
    ("trackers", N("Trackers:")),
    ("created_by", N("Created by:")),
    ("comment", N("Comment:")),
)
_MOST_TRACKERS = 20


_HASHES = ("v1", "v2")


class _Hash(QLineEdit):
    """Looks like a label, but scrolls: a hash has no place to break a line."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setFrame(False)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)


class InformationPart(QWidget):
    """Shows one entry; what a server has fetched can be saved as a .torrent file (5.2+)."""

    def __init__(self, spawn: Spawn, folders: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spawn, self._folders = spawn, folders
        self._entry: AddEntry | None = None
        self._session: Session | None = None
        self.values: dict[str, QLabel | QLineEdit] = {}
        self.save = QPushButton(tr("Save as .torrent file…"), self)
        self.save.setToolTip(tip(tr("Save what the server has fetched on this computer")))
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._ask_folder)
        self.said = label("", self, wrap=True)
        self._form = form = form_layout()
        for name, title in _ROWS:
            spoken = tr(title).rstrip(":")
            value = self.values[name] = (
                _Hash(spoken, self) if name in _HASHES else label("", self, wrap=True, selectable=True, value_of=spoken)
            )
            form.addRow(label(tr(title), self), value)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        self.nothing = label("", self, wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.nothing)
        column.addLayout(form)
        column.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.said)
        column.addStretch(1)

    def show_entry(self, entry: AddEntry | None, session: Session | None) -> None:
        if entry is not self._entry:
            self.said.clear()
        self._entry, self._session = entry, session
        shown = _texts(entry)
        for name, value in self.values.items():
            value.setText(shown.get(name, ""))
            self._form.setRowVisible(value, bool(shown.get(name)))
        self.nothing.setText("" if shown else _why_nothing(entry))
        self.nothing.setVisible(not shown)
        fetched = entry is not None and entry.content is not None and entry.item is not None and not entry.item.torrent
        able = session is not None and session.client is not None and session.client.has(SAVE)
        self.save.setVisible(fetched and able)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self.window(), tr("Export .torrent files to"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        start_in(dialog, self._folders, "export")
        dialog.fileSelected.connect(self.save_into)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_into(self, folder: str) -> None:
        """Save the torrent that is shown into a folder of this computer."""
        if self._entry is not None and self._session is not None:
            self._spawn(self._save(self._entry, self._session, Path(folder)), tr("Export"))

    async def _save(self, entry: AddEntry, session: Session, folder: Path) -> None:
        assert entry.item is not None
        try:
            data = await client_of(session).get_bytes(SAVE, source=entry.item.link)
            written = write_new(folder, f"{file_name(entry.name)}.torrent", data)
        except QbtError as error:
            self.said.setText(tr("{server}: {why}", server=name_of(session), why=sentence(error)))
            return
        where = clean(str(folder), 200)
        self.said.setText(tr("Exported {file} to {folder}", file=clean(written.name, 120), folder=where))


def _why_nothing(entry: AddEntry | None) -> str:
    if entry is None:
        return tr("Select one torrent to see its information")
    return tr("Known once the files of the torrent are known")


def _texts(entry: AddEntry | None) -> dict[str, str]:
    content = entry.content if entry else None
    if content is None:
        return {}
    trackers = [clean(url, 200) for url in content.trackers[:_MOST_TRACKERS]]
    return {
        "size": text.size(content.size),
        "created": text.date(content.created) if content.created else "",
        "v1": content.v1,
        "v2": content.v2,
        "private": "" if content.private is None else text.yes_no(content.private),
        "trackers": "\n".join(trackers + ["…"] * (len(content.trackers) > _MOST_TRACKERS)),
        "created_by": clean(content.created_by, 200),
        "comment": clean(content.comment, 2000),
    }
