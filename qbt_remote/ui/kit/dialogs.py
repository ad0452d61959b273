"""Small questions that can be awaited: they are opened, never executed, so that the loop goes on.

Escape cancels; the answer of a cancelled question is None.  What comes from a server or a person is
shown as plain text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.line_buttons import clearable, escape_empties
from qbt_remote.ui.kit.lists import AROUND_LINE, LINES_SHOWN, fit, listed
from qbt_remote.ui.kit.on_screen import keep_on_screen
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.remembered import start_in
from qbt_remote.ui.kit.tab_order import ignore_held_return
from qbt_remote.ui.kit.theme import error_color, faint, written

Check = Callable[[str], str]
"""Says why a text is not accepted, or ""."""
Watch = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Is entered while a question is open, with what closes it."""

_ABOUT = "about"
"""The property of a window that says what it is about."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The answer of a person who went on; ``checked`` tells how the check box was left."""

    checked: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A question before something is done: ``details`` are shown as a list, ``ok`` is on the button.

    ``check`` is the text and the first state of a check box, ``ok_checked`` what the button says while
    it is on, ``careful`` that Cancel is the default.
    """

    title: str
    text: str
    ok: str
    details: Sequence[str] = ()
    check: tuple[str, bool] | None = None
    ok_checked: str = ""
    careful: bool = False
    named: bool = False
    """The details name all that it is about; no other line needs to."""


class Dialogs:
    """Asks questions above one window."""

    def __init__(
        self, parent: QWidget | None, watch: Watch = lambda _close: nullcontext(), *, about: str | None = None
    ) -> None:
        """``watch`` may close its questions before they are answered.

        ``about`` names in each of them what it is about, as a torrent and its server; where it is not given,
        it is what the window is about.
        """
        self.parent = parent
        self._watch = watch
        self._about = about if about is not None else (parent and parent.property(_ABOUT)) or ""

    async def ask(self, dialog: QDialog) -> bool:
        """Open a dialog and wait until it is accepted (True) or closed; then it goes by itself."""

        async def done() -> bool:
            return True

        return await self.ask_until(dialog, done)

    async def ask_until(self, dialog: QDialog, done: Callable[[], Awaitable[bool]]) -> bool:
        """Ask, and then see to it; where ``done`` gives False, as for Cancel in a preview, ask again.

        The dialog comes back with all that was typed.  False: it was closed.
        """
        if self._about:
            tell_about(dialog, self._about)
        try:
            while await self._is_accepted(dialog):
                if await done():
                    return True
            return False
        finally:
            dialog.deleteLater()

    async def _is_accepted(self, dialog: QDialog) -> bool:
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def end(code: int) -> None:
            if not ended.done():
                ended.set_result(code)

        dialog.finished.connect(end)
        try:
            with self._watch(dialog.reject):
                dialog.open()
                return await ended == QDialog.DialogCode.Accepted.value
        finally:
            dialog.finished.disconnect(end)
            dialog.hide()

    async def ask_text(
        self, title: str, name: str, text: str = "", check: Check | None = None, *, help: str = "", ok: str = ""
    ) -> str | None:
        """Ask for one line; ``check`` is asked at every key and keeps OK off while it has a reason."""
        dialog = TextDialog(self.parent, title, ok)
        field = dialog.add_line(name, text, help=help)
        dialog.check(lambda: check(field.text()) if check else "")
        return field.text() if await self.ask(dialog) else None

    async def ask_choice(self, title: str, name: str, choices: Sequence[str], current: str = "") -> str | None:
        """Ask for one of many texts, with a box that narrows them down."""
        dialog = ChoiceDialog(self.parent, title, name, choices, current)
        return dialog.choice() if await self.ask(dialog) else None

    async def ask_local_folder(self, title: str, folders: dict[str, str], key: str) -> Path | None:
        """Ask for a folder of this computer, the one of last time being offered; ``folders`` keeps it under ``key``."""
        dialog = QFileDialog(self.parent, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        start_in(dialog, folders, key)
        return Path(dialog.selectedFiles()[0]) if await self.ask(dialog) else None

    async def confirm(self, question: Ask) -> Confirmed | None:
        """Ask before something is done; None if it shall not be done."""
        dialog = ConfirmDialog(self.parent, question)
        return Confirmed(dialog.checked()) if await self.ask(dialog) else None

    async def show_text(self, title: str, text: str) -> None:
        """Show a text that can be selected and copied."""
        dialog = FormDialog(self.parent, title)
        dialog.column.insertWidget(0, label(text, wrap=True, selectable=True))
        dialog.only_close()
        await self.ask(dialog)


def tell_about(window: QWidget, text: str) -> None:
    """Say what a window is about, to whoever sees it and to the questions above it; dialogs say it in a line."""
    window.setProperty(_ABOUT, text)
    if isinstance(window, FormDialog):
        window.show_about(text)
    elif isinstance(window, QFileDialog):
        window.setWindowTitle(tr("{title} — {about}", title=window.windowTitle(), about=text))


class FormDialog(QDialog):
    """Rows with labels, and OK and Cancel below."""

    def __init__(self, parent: QWidget | None, title: str, ok: str = "") -> None:
        super().__init__(parent)
        keep_on_screen(self)
        ignore_held_return(self)
        self.setWindowTitle(title)
        self.setMinimumWidth(380)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        self.form = QFormLayout()
        self.form.setSpacing(8)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.column.addLayout(self.form)
        self.reason = label("", wrap=True)
        self.reason.setMinimumHeight(self.fontMetrics().lineSpacing())
        self.reason.setAccessibleName(tr("Why this cannot be used"))
        written(self.reason, error_color)
        self.reason.hide()
        self.column.addWidget(self.reason)
        self.column.addStretch()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button, text in ((self.ok, ok or tr("OK")), (self.cancel, tr("Cancel"))):
            button.setText(text)
            button.setIcon(QIcon())  # the style's own are of another make than all our icons
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.column.addSpacing(8)
        self.column.addWidget(self.buttons)
        self.ok.setDefault(True)  # only inside the dialog: else Return cancels once Cancel had the focus, or OK is off
        self.first: QWidget | None = None
        """Where the focus is when the dialog opens; an input shows all its text selected then."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.first is not None:
            self.first.setFocus(Qt.FocusReason.TabFocusReason)

    def show_about(self, text: str) -> None:
        """Say in the first line what it is about."""
        line = label(text, wrap=True)
        font = line.font()
        font.setBold(True)
        line.setFont(font)
        self.column.insertWidget(0, line)

    @property
    def ok(self) -> QPushButton:
        return self.buttons.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def cancel(self) -> QPushButton:
        return self.buttons.button(QDialogButtonBox.StandardButton.Cancel)

    def only_close(self) -> None:
        """Leave one button, for a dialog that only shows something."""
        self.ok.hide()
        self.cancel.setText(tr("Close"))
        self.cancel.setDefault(True)

    def add_row(self, name: str, field: QWidget, *, help: str = "") -> None:
        """Add an input with its label, tip and accessible name."""
        title = label(name)
        title.setBuddy(field)
        field.setToolTip(tip(help))
        field.setAccessibleName(name)
        field.setAccessibleDescription(help)
        self.form.addRow(title, field)
        self.first = self.first or field


class TextDialog(FormDialog):
    """Lines of text, checked at every key."""

    def __init__(self, parent: QWidget | None, title: str, ok: str = "") -> None:
        super().__init__(parent, title, ok)
        self.reason.show()
        self.setMinimumWidth(460)
        self._fields: list[QLineEdit] = []
        self._why: Callable[[], str] = str

    def add_line(self, name: str, text: str = "", *, help: str = "") -> QLineEdit:
        field = QLineEdit(self)
        field.setText(text)
        field.textChanged.connect(self._judge)
        self._fields.append(field)
        self.add_row(name, field, help=help)
        if help:
            note = dimmed(help)
            self.form.addRow("", note)
        return field

    def check(self, why: Callable[[], str]) -> None:
        """Set what says why the texts cannot be used; it is asked at once."""
        self._why = why
        self._judge()

    def _judge(self) -> None:
        why = self._why()
        self.ok.setEnabled(not why)
        # an untouched empty field needs no reproach
        self.reason.setText(why if any(field.isModified() or field.text() for field in self._fields) else "")


class ChoiceDialog(FormDialog):
    """One of some texts; of many, with a box that narrows them down."""

    def __init__(self, parent: QWidget | None, title: str, name: str, choices: Sequence[str], current: str) -> None:
        super().__init__(parent, title)
        self._choices = list(choices)
        self._list = QListWidget(self)
        self._list.setUniformItemSizes(True)
        self._list.setSpacing(AROUND_LINE)
        self._list.setAccessibleName(name)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.itemActivated.connect(self.accept)
        self._list.currentRowChanged.connect(lambda row: self.ok.setEnabled(row >= 0))
        self._shown: list[str] = []
        self._narrow("")
        if len(choices) > LINES_SHOWN:
            self._add_box()
        else:
            self.column.insertWidget(0, heading := label(name))
            heading.setBuddy(self._list)
            self.first = self._list
            fit(self._list)
        self.column.insertWidget(1, self._list, 1)
        if current in self._shown:
            self._list.setCurrentRow(self._shown.index(current))

    def choice(self) -> str | None:
        row = self._list.currentRow()
        return self._shown[row] if row >= 0 else None

    def _add_box(self) -> None:
        box = QLineEdit(self)
        clearable(box)
        escape_empties(box)
        box.textChanged.connect(self._narrow)
        self.add_row(tr("Find"), box, help=tr("Shows only what contains this text"))

    def _narrow(self, text: str) -> None:
        self._shown = [choice for choice in self._choices if text.casefold() in choice.casefold()]
        self._list.clear()
        self._list.addItems([clean(choice) for choice in self._shown])
        self._list.setCurrentRow(0 if self._shown else -1)
        self.ok.setEnabled(bool(self._shown))


class ConfirmDialog(FormDialog):
    """A question, the list of what it is about, and a button that says what it does."""

    def __init__(self, parent: QWidget | None, ask: Ask) -> None:
        super().__init__(parent, ask.title, ask.ok)
        self._ask = ask
        self.setMinimumWidth(520)
        self.column.insertWidget(0, label(ask.text, wrap=True))
        if ask.details:
            self.column.insertWidget(1, listed(ask.details, tr("What it is about")), 1)
        self._check: CheckBox | None = None
        if ask.check:
            self._check = CheckBox(ask.check[0], self)
            self._check.setChecked(ask.check[1])
            self._check.toggled.connect(self._say)
            self.column.insertWidget(self.column.count() - 2, self._check)
        self._widen_ok()
        self._say()
        if ask.careful:
            self.cancel.setDefault(True)
            self.first = self.cancel
        else:
            self.first = self.ok

    def show_about(self, text: str) -> None:
        if not self._ask.named:
            super().show_about(text)

    def checked(self) -> bool:
        return self._check is not None and self._check.isChecked()

    def _widen_ok(self) -> None:
        """Give the button room for both of its texts, so that it never moves under the pointer."""
        widths = []
        for text in (self._ask.ok_checked or self._ask.ok, self._ask.ok):
            self.ok.setText(text)
            widths.append(self.ok.sizeHint().width())
        self.ok.setMinimumWidth(max(widths))

    def _say(self) -> None:
        self.ok.setText(self._ask.ok_checked if self.checked() and self._ask.ok_checked else self._ask.ok)


def dimmed(text: str) -> QLabel:
    """Make a line of help under an input."""
    note = label(text, wrap=True)
    written(note, faint)
    note.setMinimumWidth(320)
    return note
