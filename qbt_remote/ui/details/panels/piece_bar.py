"""Pictures of the pieces of a torrent: a bar, of which each pixel is a part, and a map of cells.

Both are small pictures of one byte for each part that are blown up when painted, and are made anew only
when the pieces, the size or the colours change: 100,000 pieces cost 4 ms once and nothing at a repaint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from qbt_remote.sync.details.pieces import FULL, availability_levels, bounds, levels
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.theme import is_dark, mixed, state_color

Explain = Callable[[int, int], str]
"""Says what there is to say of the pieces from one to another, both included."""

_CELLS = (14, 12, 10, 9, 8, 7, 6)
"""Sizes that a cell of the map may have, in pixels; a line of one pixel is between two."""
_TRACK, _PALEST = 0.1, 0.3
_PLACES, _FAR = 100, 10
"""In how many places the keys go through a bar at most, and how many of them Up and Down pass."""
_FRAME_PX = 2


def colors(palette: QPalette, full: str) -> list[int]:
    """Give the colours of the levels, the last of them that of what is being downloaded."""
    dark, base, text = is_dark(palette), palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
    whole = state_color(full, dark)
    shades = [mixed(whole, base, _PALEST + (1 - _PALEST) * level / FULL) for level in range(1, FULL + 1)]
    return [c.rgb() for c in (mixed(text, base, _TRACK), *shades, state_color("warning", dark))]


class PiecePicture(QWidget):
    """What bar and map have in common.

    ``explain`` is asked for the pieces under the pointer, and for those of the part that the keys have marked.
    """

    def __init__(self, explain: Explain, *, full: str, parent: QWidget | None = None) -> None:
        """``full`` is the id of the colour of what is all there."""
        super().__init__(parent)
        self._explain, self._full = explain, full
        self._states, self._counts = b"", tuple[int, ...]()
        self._picture: QImage | None = None
        self._summary = ""
        self._marked: int | None = None
        """First piece of the part that the keys have come to."""
        self._by_key = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def pieces(self) -> int:
        return len(self._states) or len(self._counts)

    @property
    def states_shown(self) -> bool:
        """Whether it shows how it stands with the pieces, and not how many peers have them."""
        return not self._counts

    def show_states(self, states: bytes) -> None:
        """Show how it stands with each piece."""
        self._show(states, ())

    def show_availability(self, counts: Sequence[int]) -> None:
        """Show how many peers have each piece."""
        self._show(b"", tuple(counts))

    def set_full(self, full: str) -> None:
        """Take the colour with this id for what is all there."""
        if full != self._full:
            self._full = full
            self.forget()

    def _show(self, states: bytes, counts: tuple[int, ...]) -> None:
        if (states, counts) != (self._states, self._counts):
            if len(states or counts) != self.pieces:
                self._marked = None
            self._states, self._counts = states, counts
            self.forget()

    def forget(self) -> None:
        """Paint anew."""
        self._picture = None
        self.update()

    def describe(self, summary: str) -> None:
        """Tell this to whoever cannot see it, as long as no part is marked."""
        self._summary = summary
        self._speak()

    def part_at(self, place: QPoint) -> tuple[int, int] | None:
        """Give the first and the last of the pieces at a place; None if there are none."""
        raise NotImplementedError

    # by keys

    def parts(self) -> int:
        """Give how many parts the keys go through."""
        raise NotImplementedError

    def part(self, number: int) -> tuple[int, int]:
        """Give the first and the last piece of a part."""
        raise NotImplementedError

    def number_of(self, piece: int) -> int:
        """Give the part that a piece is in."""
        raise NotImplementedError

    def area(self, number: int) -> QRect:
        """Give where a part is."""
        raise NotImplementedError

    def down(self) -> int:
        """Give how many parts further the key Down goes."""
        raise NotImplementedError

    @property
    def marked(self) -> tuple[int, int] | None:
        """The first and the last piece of the marked part."""
        return None if self._marked is None else self.part(self.number_of(self._marked))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        number = self._goal(Qt.Key(event.key())) if plain and self.pieces else None
        if number is None:
            super().keyPressEvent(event)
            return
        self._marked, self._by_key = self.part(number)[0], True
        self._tell_marked()
        self.update()

    def _goal(self, key: Qt.Key) -> int | None:
        """Give the part that a key goes to; None if it goes nowhere."""
        last, right = self.parts() - 1, -1 if self.isRightToLeft() else 1
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            return 0 if key == Qt.Key.Key_Home else last
        steps = {Qt.Key.Key_Right: right, Qt.Key.Key_Left: -right}
        step = (steps | {Qt.Key.Key_Down: self.down(), Qt.Key.Key_Up: -self.down()}).get(key)
        if step is None:
            return None
        return 0 if self._marked is None else min(max(self.number_of(self._marked) + step, 0), last)

    def _said(self) -> str:
        """Give what there is to say of the marked part while the keys are here."""
        return self._explain(*self.marked) if self.marked and self.hasFocus() else ""

    def _speak(self) -> None:
        self.setAccessibleDescription(self._said() or self._summary)

    def _tell_marked(self) -> None:
        self._speak()
        if self._marked is not None:
            below = self.area(self.number_of(self._marked)).bottomLeft() + QPoint(0, 4)
            QToolTip.showText(self.mapToGlobal(below), tip(self._said()), self, self.rect(), 3_600_000)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._speak()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._by_key = False
        self._speak()
        self.update()

    # painting

    def paint(self, painter: QPainter) -> None:
        """Paint the pieces."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter)
        if self.hasFocus():
            self._paint_focus(painter)
        painter.end()

    def _paint_focus(self, painter: QPainter) -> None:
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), _FRAME_PX))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        if self._marked is not None:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), _FRAME_PX))
            painter.drawRect(self.area(self.number_of(self._marked)).adjusted(0, 0, 1, 1))

    def _levels(self, cuts: Sequence[int]) -> bytes:
        return availability_levels(self._counts, cuts) if self._counts else levels(self._states, cuts)

    def _drawn(self, parts: bytes, width: int, height: int) -> QImage:
        """Give a picture with one pixel for each part, row by row."""
        whole = parts.ljust(width * height, b"\xff")
        image = QImage(whole, width, height, width, QImage.Format.Format_Indexed8)
        table = colors(self.palette(), self._full)
        nothing = self.palette().color(QPalette.ColorRole.Base).rgb()
        image.setColorTable(table + [nothing] * (256 - len(table)))
        return image.convertToFormat(QImage.Format.Format_RGB32)  # has its own copy of the bytes

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._by_key = False
        self._tell(event.position().toPoint())

    def _tell(self, place: QPoint) -> None:
        part = self.part_at(place)
        text = self._explain(*part) if part else ""
        if text:
            QToolTip.showText(self.mapToGlobal(place + QPoint(0, 4)), tip(text), self, self.rect(), 3_600_000)
        else:
            QToolTip.hideText()

    def tell_again(self) -> None:
        """Show the tip anew if the pointer or the keys are here: more is known now."""
        if self._by_key:
            self._tell_marked()
        elif self.underMouse():
            self._tell(self.mapFromGlobal(self.cursor().pos()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.forget()


class PieceBar(PiecePicture):
    """All pieces in a line, from the first to the last."""

    def __init__(self, explain: Explain, *, full: str, parent: QWidget | None = None) -> None:
        super().__init__(explain, full=full, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(160, self.fontMetrics().height() + 2)

    def part_at(self, place: QPoint) -> tuple[int, int] | None:
        if not self.pieces or not self.rect().contains(place):
            return None
        x = self.width() - 1 - place.x() if self.isRightToLeft() else place.x()
        start, end = (n * self.pieces // self.width() for n in (x, x + 1))
        return start, max(start, end - 1)

    def parts(self) -> int:
        return min(self.pieces, _PLACES)

    def part(self, number: int) -> tuple[int, int]:
        first, end = (n * self.pieces // self.parts() for n in (number, number + 1))
        return first, end - 1

    def number_of(self, piece: int) -> int:
        return ((piece + 1) * self.parts() - 1) // self.pieces

    def area(self, number: int) -> QRect:
        first, last = self.part(number)
        start, end = (n * self.width() // self.pieces for n in (first, last + 1))
        return QRect(self.width() - end if self.isRightToLeft() else start, 1, max(end - start, 2), self.height() - 3)

    def down(self) -> int:
        return _FAR

    def paint(self, painter: QPainter) -> None:
        if self._picture is None:
            cuts = bounds(self.pieces, self.width())
            parts = self._levels(cuts) if self.pieces else bytes(self.width())
            self._picture = self._drawn(parts[::-1] if self.isRightToLeft() else parts, self.width(), 1)
        painter.drawImage(self.rect(), self._picture)


class PieceMap(PiecePicture):
    """A cell for each piece or, if there are too many, for as many as must share one; row by row."""

    def __init__(self, explain: Explain, *, full: str, parent: QWidget | None = None) -> None:
        super().__init__(explain, full=full, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(4 * _CELLS[0])
        self._grid = (1, 1, _CELLS[0], 1)
        self._scaled: QPixmap | None = None

    def grid(self) -> tuple[int, int, int, int]:
        """Give columns, rows, the size of a cell in pixels, and how many pieces share one."""
        width, height = max(self.width(), 1), max(self.height(), 1)
        for cell in _CELLS:
            columns, rows = max(width // cell, 1), max(height // cell, 1)
            if columns * rows >= self.pieces:
                break
        share = -(-self.pieces // (columns * rows)) or 1
        cells = -(-self.pieces // share)
        return columns, max(-(-cells // columns), 1), cell, share

    def forget(self) -> None:
        self._scaled = None
        super().forget()

    def part_at(self, place: QPoint) -> tuple[int, int] | None:
        columns, rows, cell, share = self.grid()
        x = self.width() - 1 - place.x() if self.isRightToLeft() else place.x()
        column, row = x // cell, place.y() // cell
        first = (row * columns + column) * share
        if not (0 <= column < columns and 0 <= row < rows) or first >= self.pieces:
            return None
        return first, min(first + share, self.pieces) - 1

    def parts(self) -> int:
        return -(-self.pieces // self.grid()[3])

    def part(self, number: int) -> tuple[int, int]:
        share = self.grid()[3]
        return number * share, min((number + 1) * share, self.pieces) - 1

    def number_of(self, piece: int) -> int:
        return piece // self.grid()[3]

    def area(self, number: int) -> QRect:
        columns, _rows, cell, _share = self.grid()
        row, column = divmod(number, columns)
        left = self.width() - (column + 1) * cell if self.isRightToLeft() else column * cell
        return QRect(left, row * cell, cell - 1, cell - 1)

    def down(self) -> int:
        return self.grid()[0]

    def paint(self, painter: QPainter) -> None:
        if not self.pieces:
            return
        if self._scaled is None:
            self._scaled = self._blown_up()
        columns, rows, cell, _share = self.grid()
        left = self.width() - columns * cell if self.isRightToLeft() else 0
        painter.drawPixmap(QRect(left, 0, columns * cell, rows * cell), self._scaled)

    def _blown_up(self) -> QPixmap:
        columns, rows, cell, share = self.grid()
        cuts = [*range(0, self.pieces, share), self.pieces]
        image = self._drawn(self._levels(cuts), columns, rows)
        if self.isRightToLeft():
            image = image.mirrored(True, False)
        ratio = self.devicePixelRatioF()
        made = QPixmap(QSize(columns * cell, rows * cell) * ratio)
        made.setDevicePixelRatio(ratio)
        painter = QPainter(made)
        painter.drawImage(QRect(0, 0, columns * cell, rows * cell), image)
        ground = self.palette().color(QPalette.ColorRole.Base)
        for x in range(columns):
            painter.fillRect((x + 1) * cell - 1, 0, 1, rows * cell, ground)
        for y in range(rows):
            painter.fillRect(0, (y + 1) * cell - 1, columns * cell, 1, ground)
        painter.end()
        return made


def swatch(palette: QPalette, level: int, full: str, size: int, ratio: float) -> QPixmap:
    """Give a little square in the colour of a level, for a legend."""
    made = QPixmap(QSize(size, size) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.fillRect(0, 0, size, size, QColor(colors(palette, full)[level]))
    painter.end()
    return made
