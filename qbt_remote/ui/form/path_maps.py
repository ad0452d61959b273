"""The editor of path maps: a folder of a server, and where it is reachable from this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip

Json = Any


class MapList(QWidget):
    """A line for each map.  The value is a list of {server, remote, local}; server "" means all."""

    edited = Signal()

    def __init__(self, servers: Sequence[tuple[Json, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._servers = [("", tr("All servers")), *servers]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.lines: list[MapLine] = []
        self.add_button = QPushButton(tr("Add a mapped folder"), self)
        self.add_button.setToolTip(tip(tr("Say where a folder of a server is reachable here")))
        self.add_button.clicked.connect(self._add_empty)
        end = QHBoxLayout()
        end.addWidget(self.add_button)
        end.addStretch(1)
        self._column.addLayout(end)
        self.setFocusProxy(self.add_button)

    def show_maps(self, maps: Sequence[Mapping[str, Json]]) -> None:
        for line in list(self.lines):
            self._drop(line)
        for entry in maps:
            self._add(entry)

    def maps(self) -> list[dict[str, Json]]:
        return [line.entry() for line in self.lines]

    def why_not(self) -> str:
        if not all(entry["remote"] and entry["local"] for entry in self.maps()):
            return tr("A mapped folder needs both its path on the server and its folder here")
        return ""

    def _add_empty(self) -> None:
        self._add({}).remote.setFocus()
        self.edited.emit()

    def _add(self, entry: Mapping[str, Json]) -> MapLine:
        line = MapLine(entry, self._servers, self)
        line.edited.connect(self.edited)
        line.removed.connect(self._remove)
        self.lines.append(line)
        self._column.insertWidget(len(self.lines) - 1, line)
        return line

    def _remove(self, line: MapLine) -> None:
        self._drop(line)
        self.add_button.setFocus()
        self.edited.emit()

    def _drop(self, line: MapLine) -> None:
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()


class MapLine(QWidget):
    """Server, folder there, folder here."""

    edited = Signal()
    removed = Signal(object)

    def __init__(self, entry: Mapping[str, Json], servers: Sequence[tuple[Json, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.server = QComboBox(self)
        for value, name in servers:
            self.server.addItem(name, value)
        known = self.server.findData(entry.get("server", ""))
        if known < 0:  # a server that was removed: the map stays what it is
            self.server.addItem(tr("(removed)"), entry.get("server", ""))
            known = self.server.count() - 1
        self.server.setCurrentIndex(known)
        self.server.setAccessibleName(tr("Server"))
        self.server.activated.connect(self.edited)
        self.remote = self._line(entry.get("remote", ""), tr("Folder on the server"), "/data")
        self.local = self._line(entry.get("local", ""), tr("Folder here"), "/mnt/nas/data")
        browse = self._button("category", tr("Choose a folder of this computer"))
        browse.clicked.connect(self._browse)
        remove = self._button("remove", tr("Remove this map"))
        remove.clicked.connect(self._remove)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.server)
        line.addWidget(self.remote, 1)
        line.addWidget(self.local, 1)
        line.addWidget(browse)
        line.addWidget(remove)

    def entry(self) -> dict[str, Json]:
        return {
            "server": self.server.currentData(),
            "remote": self.remote.text().strip(),
            "local": self.local.text().strip(),
        }

    def _line(self, text: str, name: str, example: str) -> QLineEdit:
        line = QLineEdit(text, self)
        line.setAccessibleName(name)
        line.setToolTip(tip(name))
        line.setPlaceholderText(tr("{name}, as {example}", name=name, example=example))
        line.textEdited.connect(self.edited)
        return line

    def _button(self, picture: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setAutoRaise(True)
        button.setToolTip(tip(text))
        button.setAccessibleName(text)
        return button

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Folder here"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDirectory(self.local.text())
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, folder: str) -> None:
        self.local.setText(folder)
        self.edited.emit()

    def _remove(self) -> None:
        self.removed.emit(self)
