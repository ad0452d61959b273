"""A list of things that are each edited in a line of inputs of their own, with a button to add one more."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip


class Line(QWidget):
    """The inputs of one thing; subclasses fill ``row``."""

    edited = Signal()
    removed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self._named: list[tuple[QWidget, str]] = []

    def begin(self) -> None:
        """Give the focus to the input that is filled in first."""
        raise NotImplementedError

    def name(self, part: QWidget, name: str) -> None:
        """Give a part its name for screen readers, which has the line's number where there are several."""
        self._named.append((part, name))
        part.setAccessibleName(name)

    def tell_place(self, place: int, lines: int) -> None:
        """Tell the line which of how many it is, counted from 1."""
        for part, name in self._named:
            part.setAccessibleName(tr("{name}, {n} of {lines}", name=name, n=place, lines=lines) if lines > 1 else name)

    def button(self, picture: str, name: str, help: str) -> QToolButton:
        made = QToolButton(self)
        made.setIcon(icon(picture))
        made.setAutoRaise(True)
        made.setToolTip(tip(help))
        self.name(made, name)
        return made

    def remove_button(self, name: str, help: str) -> QToolButton:
        """Give the button that takes the line away."""
        made = self.button("remove", name, help)
        made.clicked.connect(lambda: self.removed.emit(self))
        return made


L = TypeVar("L", bound=Line)


class LineList(QWidget, Generic[L]):
    """One line below the other; ``edited`` is emitted when one is changed, added or removed."""

    edited = Signal()

    def __init__(self, add: str, help: str, parent: QWidget | None = None) -> None:
        """``add`` is the text of the button that adds a line, ``help`` its tip."""
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.lines: list[L] = []
        self.add_button = QPushButton(add, self)
        self.add_button.setToolTip(tip(help))
        self.add_button.clicked.connect(self._add_empty)
        end = QHBoxLayout()
        end.addWidget(self.add_button)
        end.addStretch(1)
        self._column.addLayout(end)
        self.setFocusProxy(self.add_button)

    def empty_line(self) -> L:
        """Make a line with nothing in it."""
        raise NotImplementedError

    def clear(self) -> None:
        for line in list(self.lines):
            self._drop(line)

    def add(self, line: L) -> None:
        line.edited.connect(self.edited)
        line.removed.connect(self._remove)
        self.lines.append(line)
        self._column.insertWidget(len(self.lines) - 1, line)
        self._number()

    def _add_empty(self) -> None:
        line = self.empty_line()
        self.add(line)
        line.begin()
        self.edited.emit()

    def _remove(self, line: L) -> None:
        self._drop(line)
        self.add_button.setFocus()
        self.edited.emit()

    def _number(self) -> None:
        for place, line in enumerate(self.lines, 1):
            line.tell_place(place, len(self.lines))

    def _drop(self, line: L) -> None:
        self.lines.remove(line)
        self._number()
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()
