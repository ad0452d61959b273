"""The inputs of a form: one class for each kind of preference, chosen by one table.

An input shows a wire value and gives one back.  It never gives back another value than it was shown
unless the user changed it; the wheel scrolls the page and changes nothing.
"""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt, QTime
from PySide6.QtGui import QFontDatabase, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTimeEdit,
    QToolButton,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.model.pref_text import shown
from qbt_remote.prefs.schema import Pref
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.form.form_input import FormNeeds, Input, beside
from qbt_remote.ui.form.monitored_folders import FolderList
from qbt_remote.ui.form.number_edit import NumberEdit
from qbt_remote.ui.form.path_maps import MapList
from qbt_remote.ui.kit.fields import CheckBox, SecretEdit
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import label, tip

Json = Any
TEXT_LINES = 5


class BoolInput(Input):
    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.box = self.widget = self.focus = CheckBox(tr(pref.label), parent)
        self.box.clicked.connect(self.edited)

    def show(self, value: Json) -> None:
        self.box.setChecked(value is True)

    def value(self) -> Json:
        return self.box.isChecked()


class NumberInput(Input):
    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.number = self.focus = NumberEdit(pref, parent)
        self.widget = beside(parent, self.number, *([label(tr(pref.unit))] if pref.unit else []))
        self.number.edited.connect(self.edited)

    def show(self, value: Json) -> None:
        self.number.show_wire(value)

    def value(self) -> Json:
        return self.number.wire()

    def why_not(self) -> str:
        return self.number.why_not()


class TextInput(Input):
    readable = True

    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.line = self.widget = self.focus = QLineEdit(parent)
        self.line.setMaxLength(2**20)
        self.line.textEdited.connect(self.edited)

    def show(self, value: Json) -> None:
        self.line.setText(value)
        self.line.setCursorPosition(0)

    def value(self) -> Json:
        return self.line.text()

    def why_not(self) -> str:
        return why_not_text(self.pref, self.line.text())

    def lock(self) -> None:
        self.line.setReadOnly(True)


class FolderInput(Input):
    """A folder of the server; it can be chosen there."""

    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        assert around.tasks is not None
        self.path = self.widget = self.focus = PathEdit(around.session, around.tasks, parent, memory=around.memory)
        self.path.textChanged.connect(self.edited)

    def show(self, value: Json) -> None:
        self.path.blockSignals(True)
        self.path.setText(value)
        self.path.blockSignals(False)

    def value(self) -> Json:
        return self.path.text()


class SecretInput(Input):
    """Empty, whatever the server has; what is typed replaces it."""

    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.line = self.focus = SecretEdit(parent)
        self.line.textEdited.connect(self.edited)
        self.remove = QToolButton(parent)
        self.remove.setIcon(icon("clear"))
        self.remove.setToolTip(tip(tr("Remove the secret that the server has")))
        self.remove.setAccessibleName(tr("Remove {name}", name=tr(pref.label)))
        self.remove.setCheckable(True)
        self.remove.toggled.connect(self._remove)
        self.widget = beside(parent, self.line, self.remove, fills=True)

    def set_known(self, known: bool) -> None:
        """Say whether the server has one."""
        self.line.setPlaceholderText(tr("Set; leave it empty to keep it") if known else tr("Not set"))
        if self.pref.write_only:
            self.line.setPlaceholderText(tr("Leave it empty to keep it"))
        self.remove.setVisible(known and not self.pref.read_only and not self.pref.write_only)

    def show(self, value: Json) -> None:
        self.remove.setChecked(False)
        self.line.setText(value)

    def value(self) -> Json:
        return self.line.text()

    @property
    def untouched(self) -> bool:
        return not self.line.text() and not self.remove.isChecked()

    def why_not(self) -> str:
        return why_not_text(self.pref, self.line.text())

    def _remove(self, removed: bool) -> None:
        self.line.wipe()
        self.line.setEnabled(not removed)
        self.edited.emit()


class LinesInput(Input):
    readable = True

    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.box = self.widget = self.focus = QPlainTextEdit(parent)
        self.box.setTabChangesFocus(True)
        self.box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        height = self.box.fontMetrics().lineSpacing() * TEXT_LINES + 2 * (self.box.frameWidth() + 5)
        self.box.setFixedHeight(height)
        self.box.textChanged.connect(self.edited)
        self._wire: Json = ""
        self._written = ""

    def show(self, value: Json) -> None:
        self._wire = value
        self._put(self._as_text(value))

    def value(self) -> Json:
        text = self.box.toPlainText()
        return self._wire if text == self._written else self._as_wire(text)

    def lock(self) -> None:
        self.box.setReadOnly(True)

    def _put(self, text: str) -> None:
        self.box.blockSignals(True)
        self.box.setPlainText(text)
        self.box.blockSignals(False)
        self._written = self.box.toPlainText()  # Qt replaces some characters

    def _as_text(self, value: Json) -> str:
        separator = self.pref.separator
        return str(value) if separator == "\n" else "\n".join(part.strip() for part in value.split(separator))

    def _as_wire(self, text: str) -> Json:
        separator = self.pref.separator
        return text if separator == "\n" else separator.join(line.strip() for line in text.split("\n") if line.strip())


class JsonInput(LinesInput):
    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))

    def why_not(self) -> str:
        try:
            self.value()
        except ValueError:
            return tr("This is not JSON")
        return ""

    def _as_text(self, value: Json) -> str:
        return json.dumps(value, ensure_ascii=False, indent=2)

    def _as_wire(self, text: str) -> Json:
        try:
            return json.loads(text, parse_constant=_no_number)
        except RecursionError as error:
            raise ValueError from error


class ChoiceInput(Input):
    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.box = self.widget = self.focus = CalmCombo(parent)
        for choice in pref.choices:
            self.box.addItem(tr(choice.label), (choice.value,))
        for value, text in around.lists.get(pref.choices_from, ()) if pref.choices_from else ():
            self.box.addItem(text, (value,))
        self.box.activated.connect(self.edited)

    def show(self, value: Json) -> None:
        row = self._row(value)
        if row < 0:
            self.box.addItem(shown(self.pref, value) or tr("(empty)"), (value,))
            row = self.box.count() - 1
        self.box.setCurrentIndex(row)

    def value(self) -> Json:
        data = self.box.currentData()
        return data[0] if data else ""

    def _row(self, value: Json) -> int:
        """Find the entry; a tuple keeps Qt from taking 1 for True."""
        wanted = (type(value), value)
        entries = [self.box.itemData(row)[0] for row in range(self.box.count())]
        return next((row for row, entry in enumerate(entries) if (type(entry), entry) == wanted), -1)


class TimeInput(Input):
    """Hour and minute; two keys of the server, one input.  Its value is (hour, minute)."""

    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.clock = self.widget = self.focus = CalmTime(parent)
        self.clock.setDisplayFormat("HH:mm")
        self.clock.timeChanged.connect(self.edited)

    def show(self, value: Json) -> None:
        hour, minute = value
        self.clock.blockSignals(True)
        self.clock.setTime(QTime(hour, minute))
        self.clock.blockSignals(False)

    def value(self) -> Json:
        time = self.clock.time()
        return time.hour(), time.minute()


class FoldersInput(Input):
    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.list = self.widget = self.focus = FolderList(parent)
        self.list.edited.connect(self.edited)

    def show(self, value: Json) -> None:
        self.list.show_folders(value)

    def value(self) -> Json:
        return self.list.folders()

    def why_not(self) -> str:
        return self.list.why_not()


class MapsInput(Input):
    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(pref, around, parent)
        self.list = self.widget = self.focus = MapList(around.lists.get("servers", ()), parent)
        self.list.edited.connect(self.edited)

    def show(self, value: Json) -> None:
        self.list.show_maps(value)

    def value(self) -> Json:
        return self.list.maps()

    def why_not(self) -> str:
        return self.list.why_not()


class CalmCombo(QComboBox):
    """A drop-down that the wheel does not change in passing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(320)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class CalmTime(QTimeEdit):
    """A clock that the wheel does not change in passing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


INPUTS: dict[str, type[Input]] = {
    "bool": BoolInput,
    "int": NumberInput,
    "float": NumberInput,
    "text": TextInput,
    "secret": SecretInput,
    "lines": LinesInput,
    "path": TextInput,
    "choice": ChoiceInput,
    "time": TimeInput,
    "folders": FoldersInput,
    "maps": MapsInput,
    "json": JsonInput,
}
"""The widget of every kind but "part", which is a part of another one's."""


def input_of(pref: Pref, around: FormNeeds, parent: QWidget) -> Input:
    """Make the input of a preference; a folder is chosen on the server, where there is one."""
    if pref.folder and around.tasks is not None:
        return FolderInput(pref, around, parent)
    return INPUTS[pref.kind](pref, around, parent)


def why_not_text(pref: Pref, text: str) -> str:
    """Say why a text is refused; an empty one where some is needed is."""
    if pref.min_length and len(text) < pref.min_length and not (pref.secret and not text):
        return tr("At least {n} characters are needed", n=pref.min_length)
    if found := [c for c in pref.forbidden if c in text]:
        return tr("It cannot contain “{character}”", character=found[0])
    return ""


def _no_number(_name: str) -> Json:
    raise ValueError
