"""What the commands do that are about saved views."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.kit.plain_text import clean

TITLES = (
    N("&All torrents"),
    N("View &2"),
    N("View &3"),
    N("View &4"),
    N("View &5"),
    N("View &6"),
    N("View &7"),
    N("View &8"),
    N("View &9"),
)
"""Those that have keys."""


def unclear(ctx: Context) -> str:
    """Say why what is shown cannot be saved, or ""."""
    return tr("What is in the filter box is not understood") if ctx.window.filter_box.problem.said else ""


async def save(ctx: Context) -> None:
    views = ctx.window.views
    name = await ctx.dialogs.ask_text(
        tr("Save view"),
        tr("Name"),
        "",
        views.why_not,
        help=tr("Keeps the filter, the columns and the sorting; it is listed at the top of the sidebar."),
        ok=tr("Save"),
    )
    if name is not None:
        views.save(name)
        ctx.window.hooks.save()


def show(place: int) -> Callable[[Context], Coroutine[Any, Any, None]]:
    """Make the command that shows the view at a place, counted from 0."""

    async def run(ctx: Context) -> None:
        ctx.window.views.show(ctx.window.views.names[place])

    return run


def lacks(place: int) -> Callable[[Context], str]:
    """Say why the view at a place cannot be shown, or ""."""
    return lambda ctx: "" if place < len(ctx.window.views.names) else tr("There are not that many views")


async def update(ctx: Context, name: str) -> None:
    ctx.window.views.save(name)
    ctx.window.hooks.save()


async def rename(ctx: Context, name: str) -> None:
    views = ctx.window.views

    def check(new: str) -> str:
        return "" if new.strip() == name else views.why_not(new)

    new = await ctx.dialogs.ask_text(tr("Rename view"), tr("Name"), name, check, ok=tr("Rename"))
    if new is not None and new.strip() != name:
        views.rename(name, new)
        ctx.window.hooks.save()


async def remove(ctx: Context, name: str) -> None:
    from qbt_remote.ui.kit.dialogs import Ask

    text = tr("Remove the view “{view}”? No torrent is touched.", view=clean(name))
    if await ctx.dialogs.confirm(Ask(tr("Remove view"), text, tr("Remove"))) is not None:
        ctx.window.views.remove(name)
        ctx.window.hooks.save()
