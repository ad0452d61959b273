"""A number of any size, shown in its unit, with a word for the value that means "none"."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.pref_text import read_number, write_number
from qbt_remote.prefs.schema import Pref

Wire = int | float
_WIDTH = 13


class NumberEdit(QAbstractSpinBox):
    """Qt's own spin boxes end at 2**31 and round; this one gives back exactly what it was shown."""

    edited = Signal()

    def __init__(self, pref: Pref, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pref = pref
        self._given: Wire = 0
        self._written = ""
        self.lineEdit().textEdited.connect(self.edited)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * _WIDTH + 32)

    def show_wire(self, value: Wire) -> None:
        self._given, self._written = value, self._text(value)
        self.lineEdit().setText(self._written)
        self.lineEdit().setCursorPosition(0)

    def wire(self) -> Wire:
        """The wire value; that which was shown last while the text is no number."""
        read = self._read()
        return self._given if read is None else read

    def why_not(self) -> str:
        """Say why the number cannot be saved; one that came from the server and is untouched can."""
        pref, value = self._pref, self._read()
        if value is None:
            return tr("This is not a number")
        if self.lineEdit().text() == self._written or value == pref.off:
            return ""
        if pref.low is not None and value < pref.low:
            return tr("At least {value}", value=self._limit(pref.low))
        if pref.high is not None and value > pref.high:
            return tr("At most {value}", value=self._limit(pref.high))
        return ""

    # of QAbstractSpinBox

    def stepBy(self, steps: int) -> None:
        pref, value = self._pref, self.wire()
        if value == pref.off and steps > 0 and pref.low is not None and pref.off is not None and pref.off < pref.low:
            wanted: Wire = pref.low
        else:
            wanted = value + steps * pref.scale
        if pref.high is not None:
            wanted = min(wanted, pref.high)
        if pref.low is not None and wanted < pref.low:
            wanted = pref.off if pref.off is not None and pref.off < pref.low else pref.low
        self.lineEdit().setText(self._text(wanted))
        self.selectAll()
        self.edited.emit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        if self.isReadOnly():
            return QAbstractSpinBox.StepEnabledFlag.StepNone
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    # reading and writing

    def _text(self, value: Wire) -> str:
        if self._pref.off is not None and value == self._pref.off:
            return tr(self._pref.off_label)
        return write_number(value, self._pref.scale)

    def _read(self) -> Wire | None:
        text = self.lineEdit().text().strip()
        if text == self._written:
            return self._given
        if self._pref.off is not None and text.casefold() == tr(self._pref.off_label).casefold():
            return self._pref.off
        return read_number(text, self._pref.scale, whole=self._pref.kind == "int")

    def _limit(self, value: Wire) -> str:
        return f"{write_number(value, self._pref.scale)} {tr(self._pref.unit)}".rstrip()
