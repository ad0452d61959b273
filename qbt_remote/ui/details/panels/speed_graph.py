"""A graph of download and upload speeds over time, painted by Qt alone: plotting libraries cost 0.7 s or 400 MB."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.sync.details.speeds import Point
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.theme import faint, is_dark, mixed, state_color

DOWN, UP = "downloading", "seeding"
"""Ids of the colours of the two lines."""
_LINES = 4
_GRID, _WASH = 0.12, 0.1
_LEAST_TOP = 8 * 1024
_STEPS = (2, 4, 8, 20, 40, 80, 200, 400, 800)
"""Tops of the axis, in each unit, whose quarters are written whole."""
_NEAR_PX = 40


def top_of(speed: float) -> int:
    """Give the least round speed that is not below this one, in bytes/s; its quarters are round enough."""
    unit = 1024
    while True:
        for step in _STEPS:
            if step * unit >= max(speed, _LEAST_TOP):
                return step * unit
        unit *= 1024


def ago(seconds: float) -> str:
    """Say how long ago something was."""
    if seconds < 1:
        return tr("now")
    return tr("−{n} s", n=text.number(seconds)) if seconds < 60 else tr("−{time}", time=text.duration(round(seconds)))


class SpeedGraph(QWidget):
    """Two lines, with gaps where nothing is known.  The pointer, or Left and Right, tell a moment's values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stretches: list[list[Point]] = []
        self._points: list[Point] = []
        self._peak = (0.0, 0.0)
        self._period_s, self._now = 60, 0.0
        self._marked: float | None = None
        """The moment whose values are told."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Graph of the speeds"))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 6 * self.fontMetrics().height())

    def show_speeds(self, stretches: Sequence[Sequence[Point]], period_s: int, now: float) -> None:
        """Show these stretches of the time before now."""
        self._stretches = [list(stretch) for stretch in stretches]
        self._points = points = [point for stretch in self._stretches for point in stretch]
        self._peak = max((p[1] for p in points), default=0.0), max((p[2] for p in points), default=0.0)
        if period_s != self._period_s:
            self._marked = None
        self._period_s, self._now = period_s, now
        self.setAccessibleDescription(self._summary())
        self.update()

    @property
    def peak(self) -> tuple[float, float]:
        """The highest download and upload speeds that are shown."""
        return self._peak

    @property
    def gaps(self) -> int:
        """How often a line is broken."""
        return max(len(self._stretches) - 1, 0)

    def told_at(self, place: QPoint) -> str:
        """Give what is told of the moment at a place, "" if nothing is known of it."""
        point = self._nearest(self._when(place.x()))
        return "" if point is None or abs(self._x(point[0]) - place.x()) > _NEAR_PX else self._told(point)

    # where things are

    def _area(self) -> QRect:
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(text.speed(top_of(max(self.peak)))) + 10
        return self.rect().adjusted(left, metrics.height() // 2 + 2, -8, -metrics.height() - 6)

    def _x(self, when: float) -> float:
        area = self._area()
        return area.right() - (self._now - when) / self._period_s * area.width()

    def _when(self, x: float) -> float:
        area = self._area()
        return self._now - (area.right() - x) / max(area.width(), 1) * self._period_s

    def _nearest(self, when: float) -> Point | None:
        if not self._points:
            return None
        place = bisect_left(self._points, (when, 0.0, 0.0))
        around = self._points[max(place - 1, 0) : place + 1]
        return min(around, key=lambda point: abs(point[0] - when))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # time goes to the right, numbers before units
        area, top = self._area(), top_of(max(self.peak))
        self._paint_grid(painter, area, top)
        painter.setClipRect(area.adjusted(0, -1, 1, 1))
        dark = is_dark(self.palette())
        for which, id, style in ((2, UP, Qt.PenStyle.DashLine), (1, DOWN, Qt.PenStyle.SolidLine)):
            for stretch in self._stretches:
                self._paint_line(painter, area, top, stretch, which, state_color(id, dark), style)
        if self._marked is not None and (point := self._nearest(self._marked)) is not None:
            painter.setPen(faint(self.palette()))
            x = round(self._x(point[0]))
            painter.drawLine(x, area.top(), x, area.bottom())
        painter.end()

    def _paint_grid(self, painter: QPainter, area: QRect, top: int) -> None:
        palette, metrics = self.palette(), self.fontMetrics()
        line = mixed(palette.text().color(), palette.base().color(), _GRID)
        words = faint(palette)
        for n in range(_LINES + 1):
            y = area.bottom() - n * area.height() // _LINES
            painter.setPen(line)
            painter.drawLine(area.left(), y, area.right(), y)
            painter.setPen(words)
            place = QRect(0, y - metrics.height() // 2, area.left() - 6, metrics.height())
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text.speed(top * n // _LINES)
            )
        for n in range(_LINES + 1):
            x = area.left() + n * area.width() // _LINES
            painter.setPen(line)
            painter.drawLine(x, area.top(), x, area.bottom())
            painter.setPen(words)
            said = ago(self._period_s * (_LINES - n) / _LINES)
            width = metrics.horizontalAdvance(said)
            left = min(max(x - width // 2, 0), self.width() - width)
            painter.drawText(left, self.height() - metrics.descent() - 1, said)

    def _paint_line(
        self,
        painter: QPainter,
        area: QRect,
        top: int,
        stretch: list[Point],
        which: int,
        color: QColor,
        style: Qt.PenStyle,
    ) -> None:
        height, width = area.height() / top, area.width() / self._period_s
        right, floor, now = area.right(), area.bottom(), self._now
        line = [QPointF(right - (now - point[0]) * width, floor - point[which] * height) for point in stretch]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(line) == 1:  # a single sample is a dot, or it would not be seen
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QRectF(line[0].x() - 1.5, line[0].y() - 1.5, 3, 3))
            return
        wash = QColor(color)
        wash.setAlphaF(_WASH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        painter.drawPolygon(QPolygonF([QPointF(line[0].x(), floor), *line, QPointF(line[-1].x(), floor)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1, style))
        painter.drawPolyline(QPolygonF(line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # what is told

    def _told(self, point: Point) -> str:
        when = text.clock(point[0], exact=True)
        return tr(
            "{when}\nDownload: {down}\nUpload: {up}",
            when=when,
            down=text.speed(round(point[1])),
            up=text.speed(round(point[2])),
        )

    def _summary(self) -> str:
        down, up = self.peak
        return tr(
            "The last {period}. Highest: download {down}, upload {up}",
            period=text.duration(self._period_s),
            down=text.speed(round(down)),
            up=text.speed(round(up)),
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = event.position().toPoint()
        said = self.told_at(place)
        self._marked = self._when(place.x()) if said else None
        if said:
            QToolTip.showText(self.mapToGlobal(place + QPoint(8, 8)), tip(said), self, self.rect(), 3_600_000)
        else:
            QToolTip.hideText()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._points:
            super().keyPressEvent(event)
            return
        now = self._points[-1] if self._marked is None else self._nearest(self._marked)
        assert now is not None
        place = self._points.index(now) + (step if self._marked is not None else 0)
        point = self._points[min(max(place, 0), len(self._points) - 1)]
        self._marked = point[0]
        said = self._told(point)
        self.setAccessibleDescription(said)
        where = QPoint(round(self._x(point[0])) + 8, self._area().top())
        QToolTip.showText(self.mapToGlobal(where), tip(said), self, self.rect(), 3_600_000)
        self.update()
