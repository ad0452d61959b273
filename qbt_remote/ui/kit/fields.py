"""Inputs of forms: check boxes, a secret that can be revealed, notes under inputs, a group that folds."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.read_as import read_as
from qbt_remote.ui.kit.theme import faint, is_dark, state_color, written

_NOTE_GAP = 4
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CheckBox(QCheckBox):
    """Return is for the dialog's default button, and Space for the box, on every desktop.

    On GNOME, and on others whose theme Qt takes for it, Qt lets Return press whatever button has the focus: who
    presses Return to go on would set another box instead.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN:
            event.ignore()
        else:
            super().keyPressEvent(event)


class RadioButton(QRadioButton):
    """As ``CheckBox``."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN:
            event.ignore()
        else:
            super().keyPressEvent(event)


class SecretEdit(QLineEdit):
    """A password: dots, and an eye that shows it while it is pressed down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        hidden = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        self.setInputMethodHints(
            hidden | Qt.InputMethodHint.ImhNoAutoUppercase | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._eye = QAction(icon("reveal"), tr("Show"), self)
        self._eye.setToolTip(tip(tr("Show what is typed here")))
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._reveal)
        self.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    def wipe(self) -> None:
        """Forget the text, also what could be brought back by undoing."""
        self._eye.setChecked(False)
        self.setText("")

    def _reveal(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("conceal" if shown else "reveal"))
        self._eye.setToolTip(tip(tr("Hide what is typed here") if shown else tr("Show what is typed here")))


class FieldNote(QLabel):
    """A line under an input; it takes no room while it is empty.  Kinds: "", "warning", "error"."""

    def __init__(self, text: str = "", kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.say(text, kind)

    def say(self, text: str, kind: str = "") -> None:
        written(self, lambda palette: state_color(kind, is_dark(palette)) if kind else faint(palette))
        self.setText(text)
        self.setVisible(bool(text))

    def minimumSizeHint(self) -> QSize:
        """One line: the height for the true width is asked for anyway, and QLabel's own minimum is for a narrow one."""
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().lineSpacing())


class FieldRows(QFormLayout):
    """Inputs one below the other, each with label, help and its note."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(8)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)

    def add(self, name: str, field: QWidget, help: str, *notes: FieldNote, lines: int = 0) -> QWidget:
        """Add an input and the notes under it; gives what stands in the row, for ``setRowVisible``.

        ``lines`` of notes have their room at all times, so that nothing moves when they come and go.
        """
        field.setToolTip(tip(help))
        field.setAccessibleName(name)
        field.setAccessibleDescription(help)
        title = label(name)
        title.setBuddy(field)
        row: QWidget = field
        if notes:
            row = _stacked(field, *notes)
            if lines:
                row.setMinimumHeight(field.sizeHint().height() + _room(row, lines))
            read_as(field, name)
        self.addRow(title, row)
        return row

    def add_note(self, note: FieldNote, *, lines: int) -> None:
        """Add a note of its own, with room for so many lines at all times."""
        row = _stacked(note)
        row.setMinimumHeight(_room(row, lines))
        self.addRow("", row)

    def titles(self) -> list[QWidget]:
        """Give the labels at the left."""
        items = (self.itemAt(row, QFormLayout.ItemRole.LabelRole) for row in range(self.rowCount()))
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]


def as_wide_as_the_widest(titles: Iterable[QWidget]) -> None:
    """Let inputs that stand in several layouts begin in one line."""
    titles = list(titles)
    widest = max(title.sizeHint().width() for title in titles)
    for title in titles:
        title.setMinimumWidth(widest)


def _stacked(*widgets: QWidget) -> QWidget:
    row = QWidget()
    column = QVBoxLayout(row)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_NOTE_GAP)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return row


def _room(row: QWidget, lines: int) -> int:
    return lines * (row.fontMetrics().lineSpacing() + _NOTE_GAP)


class Fold(QWidget):
    """A group of inputs under a heading that opens and closes it."""

    def __init__(self, heading: str, help: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = QToolButton(self)
        self.head.setText(heading)
        self.head.setToolTip(tip(help))
        self.head.setCheckable(True)
        self.head.setAutoRaise(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.toggled.connect(self._toggle)
        self._content = content
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(content)
        self._toggle(False)

    def open(self) -> None:
        self.head.setChecked(True)

    def _toggle(self, shown: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._content.setVisible(shown)
