"""The speed limits of whole servers: those of every day and the alternative ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QGroupBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.kit.dialogs import FormDialog, dimmed
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.limits import SpeedField, as_limit
from qbt_remote.ui.kit.plain_text import label, tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context

V = TypeVar("V")
GROUPS = (
    (N("Speed limits"), (("up_limit", N("Upload")), ("dl_limit", N("Download")))),
    (N("Alternative speed limits"), (("alt_up_limit", N("Upload")), ("alt_dl_limit", N("Download")))),
)
"""Preferences, since transfer/* before 5.3 sets only the limits of the mode that is on."""


_CHECKED = {
    True: Qt.CheckState.Checked,
    False: Qt.CheckState.Unchecked,
    None: Qt.CheckState.PartiallyChecked,
}


class SpeedLimitsDialog(FormDialog):
    """Four limits and which of them are in force.  What differs between servers stays so until it is set."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        limits: Mapping[str, int | None],
        *,
        alternative: bool | None,
        first: str,
    ) -> None:
        """``first`` is the limit that is edited first: of those that are in force.  None is what differs."""
        super().__init__(parent, title)
        self._limits, self._alternative = limits, alternative
        self._fields: dict[str, SpeedField] = {}
        for place, (heading, rows) in enumerate(GROUPS):
            box = QGroupBox(tr(heading), self)
            form = QFormLayout(box)
            form.setSpacing(8)
            for key, name in rows:
                field = self._fields[key] = SpeedField(limits[key], box)
                field.setAccessibleName(f"{tr(heading)}: {tr(name)}")
                title_of = label(tr(name))
                title_of.setBuddy(field)
                form.addRow(title_of, field)
            self.column.insertWidget(place, box)
        self.use_alternative = CheckBox(tr("Use the alternative speed limits now"), self)
        self.use_alternative.setTristate(alternative is None)
        self.use_alternative.setCheckState(_CHECKED[alternative])
        help = tr("Until somebody turns it off; a schedule of the server may turn it on and off as well")
        self.use_alternative.setToolTip(tip(help))
        self.use_alternative.setAccessibleDescription(help)
        self.column.insertWidget(2, self.use_alternative)
        self.column.insertWidget(3, dimmed(tr("0 means no limit (∞).")))
        self.first = self._fields[f"alt_{first}" if alternative else first]

    def changed(self) -> dict[str, int]:
        """The limits that were changed, in bytes/s, by their preferences."""
        shown = {key: field.common() for key, field in self._fields.items()}
        return {key: limit for key, limit in shown.items() if limit is not None and limit != self._limits[key]}

    def mode(self) -> bool | None:
        """Whether the alternative limits shall be in force; None if that was not changed."""
        wanted = self.use_alternative.checkState()
        return None if wanted == _CHECKED[self._alternative] else wanted == Qt.CheckState.Checked


async def edit_speed_limits(ctx: Context, sessions: Sequence[Session], *, first: str) -> None:
    """Ask for the limits of these servers, the same for all, and send those that were changed."""
    known: dict[Session, dict[str, Any]] = {}

    async def read(session: Session) -> None:
        known[session] = await session.get("app/preferences")

    if not await ctx.on(sessions, read):
        return
    keys = [key for _heading, rows in GROUPS for key, _name in rows]
    limits = {key: _common({as_limit(now.get(key)) for now in known.values()}) for key in keys}
    alternative = _common({bool(s.mirror.server.get("use_alt_speed_limits")) for s in sessions})
    title = tr("Global speed limits")
    dialog = SpeedLimitsDialog(ctx.dialogs.parent, title, limits, alternative=alternative, first=first)
    if not await ctx.dialogs_of(sessions).ask(dialog):
        return
    changed, mode = dialog.changed(), dialog.mode()

    async def send(session: Session) -> None:
        if changed:
            await session.post("app/setPreferences", json=changed)
        if mode is not None:
            await session.post("transfer/setSpeedLimitsMode", mode=int(mode))

    await ctx.on(sessions, send)


def _common(values: set[V]) -> V | None:
    """Give the value that all have, None if they differ."""
    return values.pop() if len(values) == 1 else None
