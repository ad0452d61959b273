"""The bar of work whose length nobody knows: a piece of it goes to and fro."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from qbt_remote.model.digits import digits
from qbt_remote.ui.kit.theme import mixed

_STEPS, _STEP_S = 16, 0.125
_PIECE = 0.25


class BusyBar(QProgressBar):
    """Moves while ``run`` does.  The style's own fills so flat a bar with stripes that look like a full one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = 0
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setFixedHeight(6)

    @property
    def place(self) -> float:
        """Where the piece is, from 0 at the left to 1 at the right."""
        return abs((self._step / _STEPS + 1) % 2 - 1)

    async def run(self, said: QLabel, words: str, since: float | None = None) -> None:
        """Move until cancelled, with these words in a label; and how long it has been since then (monotonic)."""
        while True:
            said.setText(words if since is None else f"{words} {_passed(time.monotonic() - since)}")
            self._step = (self._step + 1) % (2 * _STEPS)
            self.update()
            await asyncio.sleep(_STEP_S)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole, round_ = QRectF(self.rect()), self.height() / 2
        piece = QRectF(whole)
        piece.setWidth(whole.width() * _PIECE)
        piece.moveLeft((whole.width() - piece.width()) * self.place)
        colours = self.palette()
        for part, colour in (
            (whole, mixed(colours.windowText().color(), colours.window().color(), 0.15)),
            (piece, colours.highlight().color()),
        ):
            painter.setBrush(colour)
            painter.drawRoundedRect(part, round_, round_)


def _passed(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return digits(f"{minutes}:{rest:02}")
