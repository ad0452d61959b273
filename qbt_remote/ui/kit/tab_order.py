"""The order in which the Tab key goes through a window: that of the eye, not that in which widgets were made.

And Return in a dialog: it is pressed anew there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton, QToolBar, QToolButton, QWidget

from qbt_remote.model.i18n import tr


def go_through(*parts: QWidget) -> None:
    """Let Tab go through one part after the other, and in each through its children, unless they were parts before.

    Asking for the focus chain instead would be wrong: PySide makes what it gives a child of what was asked, and
    lets it go with it (6.11; ``nextInFocusChain``, and then a QMenu's actions are "already deleted").
    """
    stops = dict.fromkeys(stop for part in parts for stop in _stops(part))
    for one, next_ in pairwise(stops):
        QWidget.setTabOrder(one, next_)


def take_focus(bar: QToolBar) -> None:
    """Let Tab stop at the buttons of a toolbar, which Qt leaves to the mouse."""
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if button.objectName() == "qt_toolbar_ext_button":
            button.setAccessibleName(tr("More buttons"))  # Qt gives it no name


def ignore_held_return(dialog: QDialog) -> None:
    """Let a Return that is still held from what opened the dialog press no button of it."""
    dialog.installEventFilter(_HeldReturn(dialog))


class _HeldReturn(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            for button in watched.findChildren(QPushButton):
                button.installEventFilter(self)
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not event.isAutoRepeat():
            return False
        return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _stops(part: QWidget) -> Iterator[QWidget]:
    """Give what Tab stops at, without what is a window of its own; a widget with a proxy is a part of that."""
    for widget in (part, *filter(part.isAncestorOf, part.findChildren(QWidget))):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            yield widget
