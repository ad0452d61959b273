"""The options of one or many torrents in one dialog; what is not touched is not changed.

A value that the torrents do not have in common is shown as "Different" and stays so until it is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.limits import ACTIONS, MODES, ShareField, SpeedField, minutes_box, ratio_box
from qbt_remote.ui.kit.plain_text import clean, tip

if TYPE_CHECKING:
    from qbt_remote.ui.commands.context import Context

DIFFERENT = None
_LONGEST_NAME = 60

# key, text, tip
CHECKS = (
    ("seq_dl", N("Download in se&quential order"), N("Download the pieces from the first to the last")),
    (
        "f_l_piece_prio",
        N("Download &first and last pieces first"),
        N("Download the ends of each file first, for a preview"),
    ),
    ("super_seeding", N("S&uper seeding mode"), N("Send each piece once only until others pass it on")),
)


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
        self._now, self._off, self._ctx = now, off, ctx
        self._management = self._check(
            "auto_tmm",
            tr("&Automatic torrent management"),
            tr("The server places the files by the torrent's category"),
        )
        self._path = self._path_edit("save_path", tr("Save path"), tr("Folder of the complete files on the server"))
        self._use = self._check(
            "use_download_path",
            tr("Use another path for &incomplete torrents"),
            tr("The files lie elsewhere until the torrent is complete"),
        )
        self._incomplete = self._path_edit(
            "download_path", tr("Path for incomplete"), tr("Folder of the files until the torrent is complete")
        )
        self._category = self._categories(categories)
        self._speeds = {
            field: self._speed(field, name)
            for field, name in (("dl_limit", tr("Download limit")), ("up_limit", tr("Upload limit")))
        }
        self._shares = self._share_fields()
        self._checks = {key: self._check(key, tr(text), tr(help)) for key, text, help in CHECKS}
        for box in (self._management, self._use):
            box.checkStateChanged.connect(self._choose)
        self._incomplete.textChanged.connect(self._choose)
        self._path.textChanged.connect(self._choose)
        self._choose()

    def wanted(self) -> dict[str, Any]:
        """Give what was touched, by the torrent's field; ``download_path`` "" turns it off."""
        found: dict[str, Any] = {"auto_tmm": _state(self._management)}
        if self._path.isEnabled() and self._path.text():
            found["save_path"] = self._path.text()
        if self._incomplete.isEnabled() or _state(self._use) is False:
            path = self._incomplete.text() if _state(self._use) else ""
            if path or _state(self._use) is False:
                found["download_path"] = path
        found["category"] = self._category.currentData()
        found |= {field: box.common() for field, box in self._speeds.items()}
        found |= {
            field: box.currentData() if isinstance(box, QComboBox) else box.value()
            for field, box in self._shares.items()
        }
        found |= {key: _state(box) for key, box in self._checks.items()}
        return {
            field: value
            for field, value in found.items()
            if value is not DIFFERENT and value != self._now.get(field) and field not in self._off
        }

    # making

    def _check(self, key: str, text: str, help: str) -> QCheckBox:
        box = QCheckBox(text, self)
        now = self._now[key]
        if now is DIFFERENT:
            box.setTristate(True)
            box.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            box.setChecked(now)
        self._place(key, box, help)
        self.form.addRow(box)
        self.first = self.first or box
        return box

    def _place(self, key: str, widget: QWidget, help: str) -> None:
        why = self._off.get(key, "")
        widget.setEnabled(not why)
        widget.setToolTip(tip(f"{help}\n{why}" if why else help))

    def _path_edit(self, key: str, name: str, help: str) -> PathEdit:
        targets = self._ctx.targets
        field = PathEdit(
            targets[0] if len(targets) == 1 else None, self._ctx.shell.tasks, self, memory=self._ctx.settings.add
        )
        now = self._now[key]
        field.setText(now or "")
        if now is DIFFERENT:
            field.setPlaceholderText(tr("Different"))
        self.add_row(name, field, help=help)
        self._place(key, field, help)
        return field

    def _categories(self, names: list[str]) -> QComboBox:
        box = QComboBox(self)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(20)
        if self._now["category"] is DIFFERENT:
            box.addItem(tr("Different"), DIFFERENT)
        box.addItem(tr("None"), "")
        for name in names:
            box.addItem(clean(name, _LONGEST_NAME), name)
        _select(box, self._now["category"])
        self.add_row(tr("Category"), box, help=tr("The category of the torrents"))
        return box

    def _speed(self, field: str, name: str) -> SpeedField:
        box = SpeedField(self._now[field], self)
        self.add_row(name, box, help=tr("0 means that there is no limit (∞)"))
        return box

    def _share_fields(self) -> dict[str, ShareField | QComboBox]:
        fields: dict[str, ShareField | QComboBox] = {}
        for field, name, box, help, default in (
            ("ratio_limit", tr("Ratio"), ratio_box(), tr("Uploaded in relation to downloaded"), 1.0),
            ("seeding_time_limit", tr("Seeding time"), minutes_box(), tr("Total time of seeding, in minutes"), 1440),
            (
                "inactive_seeding_time_limit",
                tr("Inactive seeding time"),
                minutes_box(),
                tr("Time without any upload, in minutes"),
                1440,
            ),
        ):
            share = ShareField(box, self._now[field], default)
            self.add_row(name, share, help=help)
            share.name(name, help)
            self._place(field, share, help)
            fields[field] = share
        for field, name, choices, help in (
            ("share_limits_mode", tr("Takes effect when"), MODES, tr("Which of the limits have to be reached")),
            ("share_limit_action", tr("Then"), ACTIONS, tr("What the server does when the limits are reached")),
        ):
            combo = QComboBox(self)
            if self._now[field] is DIFFERENT:
                combo.addItem(tr("Different"), DIFFERENT)
            for value, text in choices:
                combo.addItem(tr(text), value)
            _select(combo, self._now[field])
            self.add_row(name, combo, help=help)
            self._place(field, combo, help)
            fields[field] = combo
        return fields

    def _choose(self) -> None:
        """The paths are the server's business while it manages the torrents."""
        own = _state(self._management) is not True
        self._path.setEnabled(own and "save_path" not in self._off)
        self._use.setEnabled(own and "download_path" not in self._off)
        self._incomplete.setEnabled(self._use.isEnabled() and _state(self._use) is not False)
        lacking = self._use.isEnabled() and _state(self._use) is True and not self._incomplete.text()
        unset = own and isinstance(self._now["save_path"], str) and not self._path.text()
        self.ok.setEnabled(not (unset or (lacking and self._now["use_download_path"] is not DIFFERENT)))


def _select(box: QComboBox, value: str | None) -> None:
    """Show a value, also one that is not offered: it is not changed by being looked at."""
    if value is not DIFFERENT and box.findData(value) < 0:
        box.addItem(clean(value, _LONGEST_NAME), value)
    box.setCurrentIndex(box.findData(value))


def _state(box: QCheckBox) -> bool | None:
    state = box.checkState()
    return DIFFERENT if state == Qt.CheckState.PartiallyChecked else state == Qt.CheckState.Checked
