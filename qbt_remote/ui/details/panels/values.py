"""How single values are shown: always plain, always to be selected and copied, never in the way."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSizePolicy, QWidget

from qbt_remote.ui.kit.plain_text import tip

_NARROWEST = 48
_MOST_LINES = 8


class ValueLabel(QLabel):
    """One line that is cut where the space ends; it takes the space it gets, so that nothing moves when it changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> str:
        return self._whole

    def set_value(self, text: str) -> None:
        if text != self._whole:
            self._whole = text
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(_NARROWEST, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(tip(self._whole) if shown != self._whole else "")
        self.setAccessibleName(self._whole)


class LongValue(QPlainTextEdit):
    """A text that wraps wherever it must, as high as it needs up to eight lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    @property
    def value(self) -> str:
        return self.toPlainText()

    def set_value(self, text: str) -> None:
        if text != self.value:
            self.setPlainText(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        document = self.document()
        block, height, lines = document.begin(), 0.0, 0
        while block.isValid() and lines < _MOST_LINES:
            height += self.blockBoundingRect(block).height()
            lines += block.lineCount()
            block = block.next()
        all_seen = lines <= _MOST_LINES and not block.isValid()
        bars = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if all_seen else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(bars)
        most = _MOST_LINES * self.fontMetrics().lineSpacing()
        self.setFixedHeight(math.ceil(height if all_seen else min(height, most)) + 1)
