"""The speed limits of a whole server: those of every day and the alternative ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QFormLayout, QGroupBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.translatable import N
from qbt_remote.ui.kit.dialogs import FormDialog, dimmed
from qbt_remote.ui.kit.limits import SpeedField, as_limit
from qbt_remote.ui.kit.plain_text import label, tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context

GROUPS = (
    (N("Speed limits"), (("up_limit", N("Upload")), ("dl_limit", N("Download")))),
    (N("Alternative speed limits"), (("alt_up_limit", N("Upload")), ("alt_dl_limit", N("Download")))),
)
"""Preferences, since transfer/* before 5.3 sets only the limits of the mode that is on."""


class SpeedLimitsDialog(FormDialog):
    """Four limits and which of them are in force."""

    def __init__(
        self, parent: QWidget | None, title: str, limits: Mapping[str, int], *, alternative: bool, first: str
    ) -> None:
        """``first`` is the limit that is edited first: of those that are in force."""
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
        self.use_alternative = QCheckBox(tr("Use the alternative speed limits now"), self)
        self.use_alternative.setChecked(alternative)
        help = tr("Until somebody turns it off; a schedule of the server may turn it on and off as well")
        self.use_alternative.setToolTip(tip(help))
        self.use_alternative.setAccessibleDescription(help)
        self.column.insertWidget(2, self.use_alternative)
        self.column.insertWidget(3, dimmed(tr("0 means no limit (∞).")))
        self.first = self._fields[f"alt_{first}" if alternative else first]

    def changed(self) -> dict[str, int]:
        """The limits that were changed, in bytes/s, by their preferences."""
        shown = {key: field.limit() for key, field in self._fields.items()}
        return {key: limit for key, limit in shown.items() if limit != self._limits[key]}

    def mode(self) -> bool | None:
        """Whether the alternative limits shall be in force; None if that was not changed."""
        wanted = self.use_alternative.isChecked()
        return None if wanted == self._alternative else wanted


async def edit_speed_limits(ctx: Context, session: Session, *, first: str) -> None:
    """Ask for the limits of a server and send those that were changed."""
    now: dict[str, Any] = {}

    async def read(session: Session) -> None:
        now.update(await session.get("app/preferences"))

    if not await ctx.on([session], read):
        return
    limits = {key: as_limit(now.get(key)) for _heading, rows in GROUPS for key, _name in rows}
    alternative = bool(session.mirror.server.get("use_alt_speed_limits"))
    title = tr("Global speed limits of {server}", server=name_of(session))
    dialog = SpeedLimitsDialog(ctx.dialogs.parent, title, limits, alternative=alternative, first=first)
    if not await ctx.dialogs.ask(dialog):
        return
    changed, mode = dialog.changed(), dialog.mode()

    async def send(session: Session) -> None:
        if changed:
            await session.post("app/setPreferences", json=changed)
        if mode is not None:
            await session.post("transfer/setSpeedLimitsMode", mode=int(mode))

    await ctx.on([session], send)
