"""The editor of path maps: a folder of a server, and where it is reachable from this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.form.line_list import Line, LineList
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.remembered import start_in

Json = Any


class MapList(LineList["MapLine"]):
    """A line for each map.  The value is a list of {server, remote, local}; server "" means all."""

    def __init__(self, servers: Sequence[tuple[Json, str]], parent: QWidget | None = None) -> None:
        super().__init__(tr("Add a mapped folder"), tr("Say where a folder of a server is reachable here"), parent)
        self._servers = [("", tr("All servers")), *servers]

    def show_maps(self, maps: Sequence[Mapping[str, Json]]) -> None:
        self.clear()
        for entry in maps:
            self.add(MapLine(entry, self._servers, self))

    def maps(self) -> list[dict[str, Json]]:
        return [line.entry() for line in self.lines]

    def why_not(self) -> str:
        if not all(entry["remote"] and entry["local"] for entry in self.maps()):
            return tr("A mapped folder needs both its path on the server and its folder here")
        return ""

    def empty_line(self) -> MapLine:
        return MapLine({}, self._servers, self)


class MapLine(Line):
    """Server, folder there, folder here."""

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
        self.name(self.server, tr("Server"))
        self.server.activated.connect(self.edited)
        self.remote = self._line(entry.get("remote", ""), tr("Folder on the server"), "/data")
        self.local = self._line(entry.get("local", ""), tr("Folder here"), "/mnt/nas/data")
        browse = self.button("category", tr("Choose a folder of this computer"), tr("Choose a folder of this computer"))
        browse.clicked.connect(self._browse)
        self.row.addWidget(self.server)
        self.row.addWidget(self.remote, 1)
        self.row.addWidget(self.local, 1)
        self.row.addWidget(browse)
        self.row.addWidget(self.remove_button(tr("Remove this map"), tr("Remove this map")))

    def begin(self) -> None:
        self.remote.setFocus()

    def entry(self) -> dict[str, Json]:
        return {
            "server": self.server.currentData(),
            "remote": self.remote.text().strip(),
            "local": self.local.text().strip(),
        }

    def _line(self, text: str, name: str, example: str) -> QLineEdit:
        line = QLineEdit(text, self)
        self.name(line, name)
        line.setToolTip(tip(name))
        line.setPlaceholderText(tr("{name}, as {example}", name=name, example=example))
        line.textEdited.connect(self.edited)
        return line

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Folder here"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        start_in(dialog, {"here": self.local.text()}, "here")
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, folder: str) -> None:
        self.local.setText(folder)
        self.edited.emit()
