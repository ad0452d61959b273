"""The options of one or many torrents in one dialog, made from ``FIELDS``; what is not touched is not changed.

A value that the torrents do not have in common is shown as "Different" and stays so until it is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.limits import ShareField, SpeedField, minutes_box, ratio_box
from qbt_remote.ui.kit.plain_text import clean, tip
from qbt_remote.ui.torrents.fields import FIELDS

if TYPE_CHECKING:
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.commands.field import Field

Read = Callable[[], Any]
"""Gives what is entered, or None while values that differ are left so."""

DIFFERENT = None
_LONGEST_NAME = 60


class OptionsDialog(FormDialog):
    """``now`` holds the common values by the torrent's fields, None where they differ.

    ``off`` gives, by field, why it cannot be changed.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        ctx: Context,
        now: Mapping[str, Any],
        off: Mapping[str, str],
        categories: list[str],
    ) -> None:
        super().__init__(parent, title)
        self.setMinimumWidth(560)
        self._now, self._off, self._ctx, self._names = now, off, ctx, categories
        self._checks: dict[str, CheckBox] = {}
        self._paths: dict[str, PathEdit] = {}
        make = {
            "switch": self._switch,
            "path": self._path,
            "category": self._category,
            "speed": self._speed,
            "ratio": self._share,
            "minutes": self._share,
            "choice": self._choice,
        }
        self._read: dict[str, Read] = {row.id: make[row.input](row) for row in FIELDS.values() if row.input}
        for box in (self._checks["auto_tmm"], self._use):
            box.checkStateChanged.connect(self._choose)
        for path in self._paths.values():
            path.textChanged.connect(self._choose)
        self._choose()

    def wanted(self) -> dict[str, Any]:
        """Give what was touched, by the torrent's field; ``download_path`` "" turns it off."""
        return {
            field: value
            for field, read in self._read.items()
            if field not in self._off and (value := read()) is not DIFFERENT and value != self._now[field]
        }

    # making: each gives what reads the input

    def _switch(self, row: Field) -> Read:
        box = self._checks[row.id] = self._check(tr(row.label or row.name), self._now[row.id])
        self._place(row, box, tr(row.help))
        return partial(_state, box)

    def _check(self, text: str, now: bool | None) -> CheckBox:
        box = CheckBox(text, self)
        if now is DIFFERENT:
            box.setTristate(True)
            box.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            box.setChecked(now)
        self.form.addRow(box)
        self.first = self.first or box
        return box

    def _path(self, row: Field) -> Read:
        if row.id == "download_path":
            used = set(map(bool, self._ctx.values(row.id)))
            self._used = used.pop() if len(used) == 1 else DIFFERENT
            self._use = self._check(tr("Use another path for &incomplete torrents"), self._used)
            self._place(row, self._use, tr("The files lie elsewhere until the torrent is complete"))
        targets, now = self._ctx.targets, self._now[row.id]
        path = self._paths[row.id] = PathEdit(
            targets[0] if len(targets) == 1 else None, self._ctx.shell.tasks, self, memory=self._ctx.settings.add
        )
        path.setText(now or "")
        if now is DIFFERENT:
            path.setPlaceholderText(tr("Different"))
        self._add(row, path)
        return self._incomplete if row.id == "download_path" else partial(_path_of, path)

    def _category(self, row: Field) -> Read:
        return self._combo(row, {"": tr("None")} | {name: clean(name, _LONGEST_NAME) for name in self._names})

    def _choice(self, row: Field) -> Read:
        return self._combo(row, {value: tr(name) for value, name in row.choices.items()})

    def _combo(self, row: Field, choices: Mapping[str, str]) -> Read:
        """Show the value as well if it is not offered: it is not changed by being looked at."""
        box, now = QComboBox(self), self._now[row.id]
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(20)
        if now is DIFFERENT:
            box.addItem(tr("Different"), DIFFERENT)
        for value, name in choices.items():
            box.addItem(name, value)
        if now is not DIFFERENT and now not in choices:
            box.addItem(clean(now, _LONGEST_NAME), now)
        box.setCurrentIndex(box.findData(now))
        self._add(row, box)
        return box.currentData

    def _speed(self, row: Field) -> Read:
        box = SpeedField(self._now[row.id], self)
        self._add(row, box)
        return box.common

    def _share(self, row: Field) -> Read:
        box, default = (ratio_box(), 1.0) if row.input == "ratio" else (minutes_box(), 1440)
        share = ShareField(box, self._now[row.id], default)
        self._add(row, share)
        share.name(tr(row.name), tr(row.help))
        return share.value

    def _add(self, row: Field, widget: QWidget) -> None:
        self.add_row(tr(row.label or row.name), widget, help=tr(row.help))
        self._place(row, widget, tr(row.help))

    def _place(self, row: Field, widget: QWidget, help: str) -> None:
        why = self._off.get(row.id, "")
        widget.setEnabled(not why)
        widget.setToolTip(tip(f"{help}\n{why}" if why else help))

    # what depends on what

    def _incomplete(self) -> str | None:
        used = _state(self._use)
        return "" if used is False else _path_of(self._paths["download_path"]) if used else DIFFERENT

    def _choose(self) -> None:
        """The paths are the server's business while it manages the torrents."""
        own = _state(self._checks["auto_tmm"]) is not True
        save_path, incomplete = self._paths["save_path"], self._paths["download_path"]
        save_path.setEnabled(own and "save_path" not in self._off)
        self._use.setEnabled(own and "download_path" not in self._off)
        incomplete.setEnabled(self._use.isEnabled() and _state(self._use) is not False)
        lacking = self._use.isEnabled() and _state(self._use) is True and not incomplete.text()
        unset = own and isinstance(self._now["save_path"], str) and not save_path.text()
        self.ok.setEnabled(not (unset or (lacking and self._used is not DIFFERENT)))


def _path_of(path: PathEdit) -> str | None:
    return path.text() or DIFFERENT if path.isEnabled() else DIFFERENT


def _state(box: CheckBox) -> bool | None:
    state = box.checkState()
    return DIFFERENT if state == Qt.CheckState.PartiallyChecked else state == Qt.CheckState.Checked
