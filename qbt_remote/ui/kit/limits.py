"""The dialogs for speed limits and share limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QSpinBox, QWidget

from qbt_remote.model import columns, text
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog, dimmed
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.read_as import read_as

GLOBAL, NONE = -2, -1
"""What the server calls "use the global limit" and "no limit"."""
_UNITS = (("KiB/s", 1024), ("MiB/s", 1024 * 1024))
_MOST_BYTES_PER_S = 2**31 - 1
_MOST_MINUTES = 525600
ACTIONS, MODES = tuple(columns.ACTIONS.items()), tuple(columns.MODES.items())


@dataclass(frozen=True, slots=True)
class ShareLimits:
    """Ratio and minutes; -2 is the global limit, -1 none.  The names are the server's."""

    ratioLimit: float = GLOBAL
    seedingTimeLimit: int = GLOBAL
    inactiveSeedingTimeLimit: int = GLOBAL
    shareLimitAction: str = "Default"
    shareLimitsMode: str = "Default"


def share_text(limits: ShareLimits) -> str:
    """Say share limits in a line."""
    parts = [
        tr("ratio {limit}", limit=_limit_text(limits.ratioLimit, text.ratio)),
        tr("time {limit}", limit=_limit_text(limits.seedingTimeLimit, _minutes_text)),
        tr("inactive {limit}", limit=_limit_text(limits.inactiveSeedingTimeLimit, _minutes_text)),
    ]
    for value, choices in ((limits.shareLimitAction, ACTIONS), (limits.shareLimitsMode, MODES)):
        if value != "Default":
            parts.append(tr(dict(choices).get(value, value)))
    return ", ".join(parts)


def _limit_text(value: float, number: Callable[[Any], str]) -> str:
    return tr("global") if value == GLOBAL else tr("none") if value < 0 else number(value)


def _minutes_text(minutes: int) -> str:
    return text.duration(minutes * 60)


def as_limit(sent: object) -> int:
    """Give bytes/s of what a server sent for a limit; 0, which is none, for what is no number."""
    return max(sent, 0) if isinstance(sent, int) else 0


async def ask_speed_limit(dialogs: Dialogs, title: str, limit: int | None, *, note: str = "") -> int | None:
    """Ask for a limit in bytes/s; 0 is none, None stands for limits that differ and may be left so."""
    dialog = FormDialog(dialogs.parent, title)
    field = SpeedField(limit, dialog)
    help = tr("0 means no limit (∞)")
    dialog.add_row(tr("Limit"), field, help=help)
    dialog.form.addRow("", dimmed(f"{help}. {note}" if note else f"{help}."))
    return field.common() if await dialogs.ask(dialog) else None


async def ask_share_limits(
    dialogs: Dialogs, title: str, limits: ShareLimits, *, inactive: bool, actions: bool, modes: bool, note: str = ""
) -> ShareLimits | None:
    """Ask when seeding ends; ``inactive``, ``actions`` and ``modes`` tell whether the server has them."""
    dialog = ShareLimitsDialog(
        dialogs.parent, title, limits, inactive=inactive, actions=actions, modes=modes, note=note
    )
    return dialog.limits() if await dialogs.ask(dialog) else None


class SpeedField(QWidget):
    """A number and its unit; 0 is shown as ∞.  None stands for limits that differ, until another is set.

    A limit that it cannot show exactly stays what it is until another is set.
    """

    def __init__(self, limit: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = 0 if limit is not None else -1
        self._number = QSpinBox(self)
        self._number.setSpecialValueText("∞" if limit is not None else tr("Different"))
        self._number.setGroupSeparatorShown(True)
        self._number.setAccessibleName(tr("Limit"))
        self._number.setToolTip(tip(tr("0 means no limit (∞)")))
        self._unit = QComboBox(self)
        self._unit.addItems([name for name, _bytes in _UNITS])
        self._unit.setToolTip(tip(tr("Unit of the limit")))
        self._bytes = _UNITS[0][1]
        limit = max(limit, 0) if limit is not None else None
        if limit and limit % _UNITS[1][1] == 0:
            self._unit.setCurrentIndex(1)
            self._bytes = _UNITS[1][1]
        self._bound()
        self._show(limit)
        self._given, self._shown = limit, self._entered()
        self._unit.currentIndexChanged.connect(self._convert)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._number, 1)
        row.addWidget(self._unit)
        read_as(self._unit, tr("Unit of the limit"))
        self.setFocusProxy(self._number)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self._number.setAccessibleName(name)
        read_as(self._unit, tr("{name}: unit", name=name))

    def limit(self) -> int:
        """Bytes/s, 0 for none."""
        entered = self._entered()
        return self._given if self._given is not None and entered == self._shown else entered

    def common(self) -> int | None:
        """Bytes/s, 0 for none, None while limits that differ are left so."""
        return self.limit() if self._number.value() >= 0 else None

    def _entered(self) -> int:
        return max(self._number.value(), 0) * self._bytes

    def _show(self, limit: int | None) -> None:
        # below one unit is not "no limit"
        rounded = -1 if limit is None else -(-limit // self._bytes)
        self._number.setValue(min(rounded, self._number.maximum()))

    def _bound(self) -> None:
        self._number.setRange(self._least, _MOST_BYTES_PER_S // self._bytes)
        self._number.setSingleStep(10 if self._bytes == _UNITS[0][1] else 1)

    def _convert(self, unit: int) -> None:
        limit, self._bytes = self.common(), _UNITS[unit][1]
        self._bound()
        self._show(limit)


class ShareField(QWidget):
    """Global limit, no limit, or a number; None stands for limits that differ, until another is chosen.

    A number that it cannot show exactly stays what it is until another is set.
    """

    def __init__(self, number: QSpinBox | QDoubleSpinBox, value: float | None, default: float) -> None:
        super().__init__()
        self._number = number
        self._given = default if value is None or value < 0 else value
        self._put(self._given)
        self.choice = QComboBox(self)
        self.choice.addItem(tr("Global limit"), GLOBAL)
        self.choice.addItem(tr("No limit"), NONE)
        self.choice.addItem(tr("Own limit"), 0)
        if value is None:
            self.choice.insertItem(0, tr("Different"), None)
        self.choice.setCurrentIndex(0 if value is None else {GLOBAL: 0, NONE: 1}.get(int(value), 2) if value < 0 else 2)
        self.choice.currentIndexChanged.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choice, 1)
        row.addWidget(number, 1)
        self.setFocusProxy(self.choice)
        self._choose()

    def name(self, text: str, help: str) -> None:
        """Give both parts their accessible names."""
        read_as(self.choice, text)
        self._number.setAccessibleName(tr("{name}: value", name=text))
        self.choice.setToolTip(tip(help))
        self._number.setToolTip(tip(help))

    def value(self) -> Any:
        chosen = self.choice.currentData()
        if chosen != 0:
            return chosen
        number = self._number.value()
        return self._given if number == self._shown else number

    def set_value(self, value: float) -> None:
        """Show a limit: -2 is the global one, -1 none."""
        if value >= 0:
            self._given = value
            self._put(value)
        self.choice.setCurrentIndex(self.choice.findData(int(value) if value < 0 else 0))

    def _put(self, value: float) -> None:
        self._number.setValue(min(value, self._number.maximum()))  # type: ignore[arg-type]  # int for QSpinBox
        self._shown = self._number.value()

    def _choose(self) -> None:
        own = self.choice.currentData() == 0
        self._number.setEnabled(own)
        if own and self.choice.hasFocus():
            self._number.setFocus()
            self._number.selectAll()


class ShareLimitsDialog(FormDialog):
    """When a torrent has been seeded enough, and what happens then."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        limits: ShareLimits,
        *,
        inactive: bool,
        actions: bool,
        modes: bool,
        note: str,
    ) -> None:
        super().__init__(parent, title)
        self.setMinimumWidth(460)
        if note:
            self.column.insertWidget(0, dimmed(note))
        self._ratio = self._share(tr("Ratio"), ratio_box(), limits.ratioLimit, 1.0, tr("Uploaded / downloaded"))
        self._time = self._share(
            tr("Seeding time"), minutes_box(), limits.seedingTimeLimit, 1440, tr("Total time of seeding, in minutes")
        )
        self._inactive = None
        if inactive:
            help = tr("Time without any upload, in minutes")
            self._inactive = self._share(
                tr("Inactive seeding time"), minutes_box(), limits.inactiveSeedingTimeLimit, 1440, help
            )
        self._mode = self._choice(MODES, limits.shareLimitsMode) if modes else None
        if self._mode:
            self.add_row(
                tr("Share limit mode"), self._mode, help=tr("Whether any or all of the limits must be reached")
            )
        self._action = self._choice(ACTIONS, limits.shareLimitAction) if actions else None
        if self._action:
            self.add_row(
                tr("Share limit action"), self._action, help=tr("What the server does when the limits are reached")
            )

    def limits(self) -> ShareLimits:
        return ShareLimits(
            self._ratio.value(),
            self._time.value(),
            self._inactive.value() if self._inactive else GLOBAL,
            str(self._action.currentData()) if self._action else "Default",
            str(self._mode.currentData()) if self._mode else "Default",
        )

    def _share(self, name: str, box: QSpinBox | QDoubleSpinBox, value: float, default: float, help: str) -> ShareField:
        field = ShareField(box, value, default)
        self.add_row(name, field, help=help)
        field.name(name, help)
        return field

    def _choice(self, choices: tuple[tuple[str, str], ...], current: str) -> QComboBox:
        box = QComboBox(self)
        for value, name in choices:
            box.addItem(tr(name), value)
        box.setCurrentIndex(max(0, box.findData(current)))
        return box


def ratio_box() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0, 9998)
    box.setDecimals(2)
    box.setSingleStep(0.1)
    return box


def minutes_box() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _MOST_MINUTES)
    box.setSuffix(tr(" min"))
    box.setGroupSeparatorShown(True)
    return box
