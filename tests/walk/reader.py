"""Finds what a screen reader cannot say, or says wrongly: no name, another's name, markup in a description.

Names are asked of Qt as the reader does, with all that Qt puts in the place of one that is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtGui import QAccessible, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

_Text = QAccessible.Text


def unsaid(window: QWidget) -> list[str]:
    """Give a line for each fault among the visible widgets of a window."""
    shown = [w for w in window.findChildren(QWidget) if w.isVisibleTo(window)]
    return [*(f"{type(w).__name__}: {why}" for w in shown for why in _faults(w)), *_twice(shown)]


def name_of(widget: QWidget) -> str:
    return _said(widget, _Text.Name)


def is_reached(widget: QWidget) -> bool:
    """Whether somebody gets to it by key or pointer: not a part of an input that stands for it."""
    if isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox) or widget.focusProxy() is not None:
        return False
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(widget, QAbstractButton)


def _faults(widget: QWidget) -> Iterator[str]:
    name, description = name_of(widget), _said(widget, _Text.Description)
    if is_reached(widget) and not (name or _labelled(widget)):
        yield f"has no name ({widget.objectName()}, {widget.toolTip()[:60]!r}, in {_around(widget)})"
    if Qt.mightBeRichText(description):
        yield f"{name!r} has markup in its description: {description[:60]!r}"
    if isinstance(widget, QLabel) and (text := _plain(widget.text()).rstrip("…")) and text not in _plain(name):
        yield f"is called {name[:60]!r}, not by its text {text[:60]!r}"


def _twice(shown: list[QWidget]) -> Iterator[str]:
    """A name that several of one kind have says of none which it is; a group is named before what is in it."""
    kinds = (QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox, QGroupBox)
    names = Counter((_group(w), type(w).__name__, name_of(w)) for w in shown if isinstance(w, kinds) and is_reached(w))
    for (group, kind, name), count in names.items():
        if name and count > 1:
            yield f"{kind}: {count} are called {name!r} in {group}"


def _group(widget: QWidget) -> str:
    """The titles of the groups around a widget, and the line that a button stands in."""
    around, titles = widget.parentWidget(), list[str]()
    while around is not None:
        titles += [around.title()] if isinstance(around, QGroupBox) else []
        titles += [around.accessibleName()] if isinstance(around, QLineEdit) else []
        around = around.parentWidget()
    return " < ".join(titles)


def _plain(text: str) -> str:
    return text.replace("&", "")


def _said(widget: QWidget, what: QAccessible.Text) -> str:
    # Qt names these after their current tab or choice, whatever they are called
    if isinstance(widget, QTabBar) and what == _Text.Name:
        return _labelled(widget)
    if isinstance(widget, QComboBox) and what == _Text.Name:
        return _labelled(widget)
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(what) if interface is not None else ""


def _labelled(widget: QWidget) -> str:
    """The text of the label that Qt finds for it, among its neighbours only."""
    around = widget.parentWidget()
    beside = around.children() if around is not None else []
    return next((_plain(w.text()) for w in beside if isinstance(w, QLabel) and w.buddy() is widget), "")


def _around(widget: QWidget) -> str:
    around, parts = widget.parentWidget(), list[str]()
    while around is not None and len(parts) < 3:
        parts.append(type(around).__name__)
        around = around.parentWidget()
    return " < ".join(parts)
