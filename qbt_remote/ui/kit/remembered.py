"""The sizes of dialogs and windows: as they were left."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize
from PySide6.QtWidgets import QWidget

from qbt_remote.ui.kit.on_screen import fit, keep_on_screen


def remember_size(widget: QWidget, sizes: dict[str, list[int]], name: str, default: QSize) -> None:
    """Let a window open with the size it had when it was closed last, kept in ``sizes`` under its name.

    The screen of today may be a smaller one.
    """
    keep_on_screen(widget)
    fit(widget, QSize(*sizes[name]) if name in sizes else default)
    widget.installEventFilter(_Keeper(widget, sizes, name))


class _Keeper(QObject):
    """Puts the size down when the window is hidden."""

    def __init__(self, widget: QWidget, sizes: dict[str, list[int]], name: str) -> None:
        super().__init__(widget)
        self._widget, self._sizes, self._name = widget, sizes, name

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self._widget:
            self._sizes[self._name] = [self._widget.width(), self._widget.height()]
        return False


def as_text(state: QByteArray) -> str:
    """Write what Qt remembers of a window or its parts in base64."""
    return bytes(state.toBase64().data()).decode("ascii")


def as_bytes(text: str) -> QByteArray:
    """Read what ``as_text`` gave."""
    return QByteArray.fromBase64(text.encode("ascii", "replace"))
