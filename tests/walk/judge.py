"""Finds what no reader should have to see: texts that are cut off, colours that cannot be read.

What a person has to judge stays for the pictures.  A text that is elided on purpose carries its whole
text as its tip, and is let pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QGroupBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)

from qbt_remote.ui.kit.on_screen import room_for

LEAST_CONTRAST = 4.5
LEAST_FAINT = 3.0
"""For what is dimmed on purpose: help texts, disabled controls are not judged at all."""
SLACK = 2


def faults(window: QWidget) -> list[str]:
    """Give a line for each fault among the visible widgets of a window."""
    shown = [w for w in window.findChildren(QWidget) if w.isVisibleTo(window) and not w.visibleRegion().isEmpty()]
    return [f"{_name(widget)}: {why}" for widget in shown for why in _faults(widget)]


def out_of_reach(window: QWidget) -> list[str]:
    """Give a line for each button outside its window, and one if the window does not fit the screen.

    What lies in a scroll area can be scrolled to, if the area itself is in view.
    """
    room, found = room_for(window), []
    for what, size in (("size", window.size()), ("least size", window.minimumSize())):
        if size.width() > room.width() or size.height() > room.height():
            found.append(f"{what} {_size(size)}, and there is room for {_size(room)}")
    for area in window.findChildren(QScrollArea, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if area.isVisible() and area.horizontalScrollBar().maximum():  # as kit/on_screen.py lets a window scroll
            found.append("the whole window scrolls sideways")
    for button in window.findChildren(QAbstractButton):
        if button.isVisibleTo(window) and button.window() is window and not _in_sight(button, window):
            found.append(f"{_name(button)}: out of reach: {button.text()[:60]!r}")
    return found


def _in_sight(widget: QWidget, window: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None and above is not window:
        if isinstance(above, QAbstractScrollArea):
            widget = above.viewport()
        above = above.parentWidget()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return window.rect().contains(place)


def _faults(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel) and widget.text():
        if _is_cut(widget):
            yield f"cut off: {widget.text()[:60]!r} has {_size(widget.size())} of {_size(widget.sizeHint())}"
        yield from _hard_to_read(widget, widget.text())
    elif isinstance(widget, QAbstractButton) and widget.text():
        if _lacks_width(widget) and not widget.toolTip():
            yield f"cut off: {widget.text()[:60]!r} has {widget.width()} of {widget.sizeHint().width()}"
        yield from _hard_to_read(widget, widget.text())
    elif isinstance(widget, QGroupBox) and widget.title() and _lacks_width(widget):
        yield f"cut off: {widget.title()[:60]!r}"
    elif isinstance(widget, QScrollArea) and widget.horizontalScrollBar().maximum():
        yield f"scrolls sideways: {widget.accessibleName()!r}"
    elif isinstance(widget, QComboBox) and not widget.isEditable():
        room = widget.width() - 30
        if widget.fontMetrics().horizontalAdvance(widget.currentText()) > room + SLACK and not widget.toolTip():
            yield f"cut off: {widget.currentText()[:60]!r}"


def _is_cut(text: QLabel) -> bool:
    if text.toolTip():
        return False
    if text.wordWrap():
        return text.heightForWidth(text.width()) > text.height() + SLACK
    return text.sizeHint().width() > text.width() + SLACK or text.minimumSizeHint().height() > text.height() + SLACK


def _lacks_width(widget: QWidget) -> bool:
    return widget.minimumSizeHint().width() > widget.width() + SLACK


def _hard_to_read(widget: QWidget, text: str) -> Iterator[str]:
    if not widget.isEnabled():
        return
    on_button = isinstance(widget, QPushButton)
    palette = widget.palette()
    role = QPalette.ColorRole.ButtonText if on_button else widget.foregroundRole()
    ground = palette.color(QPalette.ColorRole.Button if on_button else widget.backgroundRole())
    found = contrast(palette.color(role), ground)
    least = LEAST_FAINT if role == QPalette.ColorRole.PlaceholderText else LEAST_CONTRAST
    if found < least:
        yield f"hard to read: {text[:60]!r}, contrast {found:.1f}"


def contrast(text: QColor, ground: QColor) -> float:
    """Give the contrast of two colours as WCAG 2 defines it; a translucent text is laid on the ground first."""
    alpha = text.alphaF()
    shown = [a * alpha + b * (1 - alpha) for a, b in zip(_rgb(text), _rgb(ground), strict=True)]
    light, dark = sorted((_luminance(shown), _luminance(_rgb(ground))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _rgb(color: QColor) -> list[float]:
    return [color.redF(), color.greenF(), color.blueF()]


def _luminance(rgb: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _size(size: QSize) -> str:
    return f"{size.width()} x {size.height()}"


def _name(widget: QWidget) -> str:
    parts: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 4:
        parts.append(at.objectName() or type(at).__name__)
        at = at.parentWidget() if at.windowFlags() & Qt.WindowType.Window != Qt.WindowType.Window else None
    return " < ".join(parts)
