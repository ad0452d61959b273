"""What a person does to the inputs of a form, by kind."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from qbt_remote.model.pref_text import write_number
from qbt_remote.ui.form.form_inputs import (
    BoolInput,
    ChoiceInput,
    FolderInput,
    FoldersInput,
    LinesInput,
    NumberInput,
    SecretInput,
    TextInput,
    TimeInput,
)
from qbt_remote.ui.form.form_row import FormRow

Json = Any


def put(row: FormRow, value: Json) -> None:
    """Set a row to a wire value as a person would; a time takes (hour, minute)."""
    made, pref = row.input, row.pref
    assert made.focus.isEnabled(), f"{pref.key} cannot be changed now"
    if isinstance(made, BoolInput):
        if made.box.isChecked() is not value:
            made.box.click()
    elif isinstance(made, NumberInput):
        off = pref.off is not None and value == pref.off
        replace(made.number.lineEdit(), str(value) if off and value >= 0 else write_number(value, pref.scale))
    elif isinstance(made, ChoiceInput):
        entries = [made.box.itemData(n)[0] for n in range(made.box.count())]
        index = next(n for n, entry in enumerate(entries) if (type(entry), entry) == (type(value), value))
        made.box.setCurrentIndex(index)
        made.box.activated.emit(index)
    elif isinstance(made, TimeInput):
        made.clock.setTime(QTime(*value))
    elif isinstance(made, FoldersInput):
        put_folders(made, value)
    elif isinstance(made, LinesInput):
        made.box.setPlainText("\n".join(value.split(pref.separator)))
    elif isinstance(made, FolderInput):
        replace(made.path.edit, value)
    elif isinstance(made, TextInput | SecretInput):
        replace(made.line, value)
    else:
        raise AssertionError(f"nobody knows how to change {pref.key}")


def put_folders(made: FoldersInput, folders: dict[str, Json]) -> None:
    """Remove all lines and add these; where they go is left as it is first: the default path."""
    for line in made.list.lines:
        line.removed.emit(line)
    for folder in folders:
        made.list.add_button.click()
        replace(made.list.lines[-1].folder, folder)


def replace(line: QLineEdit | None, text: str) -> None:
    assert line is not None
    line.selectAll()
    if text:
        QTest.keyClicks(line, text)
    else:
        line.del_()
        line.textEdited.emit("")
