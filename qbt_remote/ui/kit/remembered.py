"""The sizes of dialogs and windows: as they were left, and never larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 48)
"""What window managers put round a window, at most."""


def fit(widget: QWidget, size: QSize) -> None:
    """Give a window this size, or what there is room for on the screen it opens on."""
    parent = widget.parentWidget()
    screen = parent.screen() if parent is not None else widget.screen()
    widget.resize(size.boundedTo(screen.availableSize() - FRAME))


def remember_size(widget: QWidget, sizes: dict[str, list[int]], name: str, default: QSize) -> None:
    """Let a window open with the size it had when it was closed last, kept in ``sizes`` under its name."""
    fit(widget, QSize(*sizes[name]) if name in sizes else default)
    widget.installEventFilter(_Keeper(widget, sizes, name))


def as_text(state: QByteArray) -> str:
    """Give what Qt saves of a window as text, for the settings; ``of_text`` gives it back."""
    return bytes(state.toBase64().data()).decode("ascii")


def of_text(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "replace"))


class _Keeper(QObject):
    """Puts the size down when the window is hidden."""

    def __init__(self, widget: QWidget, sizes: dict[str, list[int]], name: str) -> None:
        super().__init__(widget)
        self._widget, self._sizes, self._name = widget, sizes, name

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self._widget:
            self._sizes[self._name] = [self._widget.width(), self._widget.height()]
        return False
