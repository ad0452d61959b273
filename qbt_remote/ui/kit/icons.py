"""Icons: our own SVG files, drawn in the palette's colour at the size and resolution that is asked for.

Each icon is an engine that looks at the palette when it paints, so nothing has to be told when the
desktop turns dark.  Qt itself draws ``currentColor`` black.  Pictures lie in Qt's pixmap cache.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache

from qbt_remote.local.paths import resource

log = logging.getLogger(__name__)

_DISABLED_OPACITY = 0.38


def icon(id: str, color: QColor | None = None) -> QIcon:
    """Give the icon of ``resources/icons/<id>.svg``; without a colour it follows the palette.

    On selected rows every icon has the colour of selected text.  No id, no icon.
    """
    if id not in _known():
        if id:
            log.warning("there is no icon %s", id)
        return QIcon()
    return QIcon(_SvgEngine(id, color))


class _SvgEngine(QIconEngine):
    def __init__(self, id: str, color: QColor | None) -> None:
        super().__init__()
        self._id = id
        self._own_color = color

    def clone(self) -> QIconEngine:
        return _SvgEngine(self._id, self._own_color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.deviceTransform().m11()  # device() would make PySide load every class of QtWidgets: 10 ms
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        made = _pixmap(self._id, self._color(mode), size * scale)
        made.setDevicePixelRatio(scale)
        return made

    def _color(self, mode: QIcon.Mode) -> QColor:
        palette = QGuiApplication.palette()
        if mode == QIcon.Mode.Selected:
            return palette.color(QPalette.ColorRole.HighlightedText)
        color = QColor(self._own_color or palette.color(QPalette.ColorRole.WindowText))
        if mode == QIcon.Mode.Disabled:
            color.setAlphaF(_DISABLED_OPACITY)
        return color


def _pixmap(id: str, color: QColor, pixels: QSize) -> QPixmap:
    """Draw the icon as large as fits, in the middle."""
    key = f"qbt-remote/{id}/{color.rgba():x}/{pixels.width()}x{pixels.height()}"
    made = QPixmap()
    if QPixmapCache.find(key, made):
        return made
    from PySide6.QtSvg import QSvgRenderer

    made = QPixmap(pixels)
    made.fill(Qt.GlobalColor.transparent)
    drawing = QSvgRenderer(_source(id).replace(b"currentColor", color.name().encode()))
    side = min(pixels.width(), pixels.height())
    painter = QPainter(made)
    drawing.render(painter, QRectF((pixels.width() - side) / 2, (pixels.height() - side) / 2, side, side))
    if color.alpha() < 255:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)  # as one: parts overlap
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)  # fillRect makes PySide create the 180 presets of gradients: 2 ms of the first paint
        painter.drawRect(made.rect())
    painter.end()
    QPixmapCache.insert(key, made)
    return made


@cache
def _folder() -> Path:
    return resource("icons")


@cache
def _known() -> frozenset[str]:
    """The ids of all icons: one look into the folder instead of one at each of 65 files."""
    return frozenset(path.stem for path in _folder().iterdir() if path.suffix == ".svg")


@cache
def _source(id: str) -> bytes:
    return (_folder() / f"{id}.svg").read_bytes()
