"""Sizes and places of dialogs and windows, and the folders that were chosen: as they were left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize, QStandardPaths
from PySide6.QtWidgets import QWidget

from qbt_remote.ui.kit.on_screen import FRAME, fit, for_font, keep_on_screen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog  # not of the start


class Remembered(Protocol):
    """Where it is kept, by the names of the windows."""

    sizes: dict[str, list[int]]
    """Width and height."""
    places: dict[str, list[int]]
    """The upper left corner."""


def remember_size(widget: QWidget, kept: Remembered, name: str, default: QSize) -> None:
    """Let a window open with the size and at the place that it had when it was closed last.

    ``default`` is for a font 16 pixels high.  The screen of today may be a smaller one, and its parent may be on
    another: then it opens above its parent.
    """
    keep_on_screen(widget)
    fit(widget, QSize(*kept.sizes[name]) if name in kept.sizes else for_font(default, widget))
    if (parent := widget.parentWidget()) is not None:
        widget.move(_place(widget, parent, kept.places.get(name)))
    widget.installEventFilter(_Keeper(widget, kept, name))


def _place(widget: QWidget, parent: QWidget, last: list[int] | None) -> QPoint:
    """Give the place of last time if it is on the parent's screen, else that in the parent's middle."""
    room, size = parent.screen().availableGeometry(), widget.size() + FRAME
    above = QRect(QPoint(), size)
    if last is not None and room.contains(QPoint(*last)):
        above.moveTopLeft(QPoint(*last))
    else:
        above.moveCenter(parent.window().frameGeometry().center())
    above.moveRight(min(above.right(), room.right()))
    above.moveBottom(min(above.bottom(), room.bottom()))
    return QPoint(max(above.left(), room.left()), max(above.top(), room.top()))


class _Keeper(QObject):
    """Puts size and place down when the window is hidden."""

    def __init__(self, widget: QWidget, kept: Remembered, name: str) -> None:
        super().__init__(widget)
        self._widget, self._kept, self._name = widget, kept, name

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self._widget and not self._widget.isMaximized():
            self._kept.sizes[self._name] = [self._widget.width(), self._widget.height()]
            self._kept.places[self._name] = [self._widget.x(), self._widget.y()]
        return False


def start_in(dialog: QFileDialog, folders: dict[str, str], key: str) -> None:
    """Let a dialog for files open in the folder of last time, which is kept under a key, at first in Downloads."""
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    known = [folder for folder in (folders.get(key), downloads) if folder and Path(folder).is_dir()]
    dialog.setDirectory(known[0] if known else str(Path.home()))
    dialog.fileSelected.connect(lambda chosen: _keep_folder(dialog, folders, key, chosen))
    dialog.filesSelected.connect(lambda chosen: _keep_folder(dialog, folders, key, *chosen[:1]))


def _keep_folder(dialog: QFileDialog, folders: dict[str, str], key: str, *chosen: str) -> None:
    for path in chosen:
        whole = dialog.fileMode() == dialog.FileMode.Directory
        folders[key] = path if whole else str(Path(path).parent)


def as_text(state: QByteArray) -> str:
    """Write what Qt remembers of a window or its parts in base64."""
    return bytes(state.toBase64().data()).decode("ascii")


def as_bytes(text: str) -> QByteArray:
    """Read what ``as_text`` gave."""
    return QByteArray.fromBase64(text.encode("ascii", "replace"))
