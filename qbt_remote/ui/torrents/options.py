"""Torrent options: one dialog for many torrents, of which only what was touched is sent."""

from __future__ import annotations

from typing import Any

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import paths_in_order
from qbt_remote.ui.commands.command import too_old
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.commands.field import carry_out
from qbt_remote.ui.torrents.fields import FIELDS, steps


async def options(ctx: Context) -> None:
    from qbt_remote.ui.torrents.options_dialog import OptionsDialog

    n = len(ctx.torrents)
    title = tr("Torrent options") if n == 1 else tr("Options of {n} torrents", n=text.count(n))
    names = paths_in_order(set[str]().union(*(s.mirror.categories for s in ctx.targets)))
    dialog = OptionsDialog(ctx.dialogs.parent, title, ctx, common_values(ctx), _off(ctx), names)
    await ctx.dialogs.ask_until(dialog, lambda: carry_out(ctx, steps(dialog.wanted())))


def common_values(ctx: Context) -> dict[str, Any]:
    """Give what all have in common, by field; None where they differ."""
    return {row.id: row.common(ctx) for row in FIELDS.values() if row.input}


def _off(ctx: Context) -> dict[str, str]:
    """Give, by field, why it cannot be changed."""
    rows = [row for row in FIELDS.values() if row.input]
    return {row.id: why for row in rows if (why := too_old(row.needs, ctx) or row.enabled(ctx))}
