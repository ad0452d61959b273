"""What the parts of the add dialog's form are made of: rows with a label, and fields of ``AddOptions``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from qbt_remote.api.adding.add import NEEDS
from qbt_remote.api.endpoints import needs
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.read_as import read_as

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

FASTEST_KIB = 2**31 // 1024 - 1


@dataclass(frozen=True, slots=True)
class OptionField:
    """One option: how its widget gives and takes it.  ``row`` says what an old server lacks."""

    name: str
    get: Callable[[], Any]
    set: Callable[[Any], None]
    row: InputRow | None = None


class InputRow(QWidget):
    """An input, or in its place the release that it needs."""

    def __init__(self, *inputs: QWidget, stretch: int = 0) -> None:
        super().__init__()
        self.inputs = inputs
        self._title: QLabel | None = None
        self.note = label("")
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.hide()
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(4)
        for place, widget in enumerate(inputs):
            self.line.addWidget(widget, int(place == stretch))
        self.line.addWidget(self.note, 1)
        self.setFocusProxy(inputs[0])

    def add_to(self, form: QFormLayout, title: str, help_text: str) -> None:
        """Put it into a form, with its label, help and names for those who hear it."""
        self._title = label(title)
        self._title.setBuddy(self.inputs[0])
        spoken = title.replace("&", "")
        describe(self.inputs[0], spoken, help_text)
        read_as(self.inputs[0], spoken)
        form.addRow(self._title, self)

    def set_needs(self, release: str) -> None:
        """Show what release is needed instead of the input; "" shows the input."""
        for widget in self.inputs:
            widget.setVisible(not release)
        self.note.setText(tr("Needs qBittorrent {needs}", needs=release) if release else "")
        self.note.setVisible(bool(release))
        self.setEnabled(not release)
        if self._title is not None:
            self._title.setEnabled(not release)


def fit(fields: Iterable[OptionField], client: QbtClient | None) -> None:
    """Show which options the server is too old for; one that is not connected has all."""
    for field in fields:
        feature = NEEDS.get(field.name)
        if field.row is not None and feature:
            field.row.set_needs("" if client is None or client.has(feature) else needs(feature))


def watch(part: QWidget, told: Callable[[], None]) -> None:
    """Have it told whenever an input of a part changes."""
    for combo in part.findChildren(QComboBox):
        combo.currentTextChanged.connect(told)
    for line in part.findChildren(QLineEdit):
        line.textChanged.connect(told)
    for box in part.findChildren(QAbstractSpinBox):
        if isinstance(box, QSpinBox | QDoubleSpinBox):
            box.valueChanged.connect(told)
    for button in part.findChildren(CheckBox):
        button.toggled.connect(told)


def describe(widget: QWidget, name: str, help_text: str) -> None:
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(help_text)
    widget.setToolTip(tip(help_text))


def form_layout() -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setSpacing(8)
    return form


def choices(rows: Sequence[tuple[str, Any]]) -> QComboBox:
    """Make a choice of texts, each with its value."""
    combo = QComboBox()
    for words, value in rows:
        combo.addItem(tr(words), value)
    return combo


def chosen(combo: QComboBox) -> Callable[[], Any]:
    return combo.currentData


def choose(combo: QComboBox) -> Callable[[Any], None]:
    def take(value: Any) -> None:
        combo.setCurrentIndex(max(0, combo.findData(value)))

    return take


def check(words: str, help_text: str) -> CheckBox:
    box = CheckBox(words)
    describe(box, words, help_text)
    return box


def speed() -> QSpinBox:
    """Make an input of KiB/s; 0 is no limit."""
    box = QSpinBox()
    box.setRange(0, FASTEST_KIB)
    box.setSingleStep(100)
    box.setGroupSeparatorShown(True)
    box.setSuffix(tr(" KiB/s"))
    box.setSpecialValueText(tr("Unlimited"))
    return box
