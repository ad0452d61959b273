"""What the commands do that are about saved views."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.filtering.list_context import EntryContext, ListContext
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
_LONGEST_NAME = 60


def unclear(ctx: ListContext) -> str:
    """Say why what is shown cannot be saved, or ""."""
    return tr("The text in the filter box has an error") if ctx.box.problem.said else ""


async def save(ctx: ListContext) -> None:
    views = ctx.views
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
        ctx.shell.hooks.save()


def show(place: int) -> Callable[[ListContext], Coroutine[Any, Any, None]]:
    """Make the command that shows the view at a place, counted from 0."""

    async def run(ctx: ListContext) -> None:
        ctx.views.show(ctx.views.names[place])

    return run


def name(place: int) -> Callable[[ListContext], str]:
    """Say what the view at a place is called, with the digit of its key; a place without a view keeps its title."""

    def named(ctx: ListContext) -> str:
        names = ctx.views.names
        if not 0 < place < len(names):
            return tr(TITLES[place])
        return f"&{place + 1}  {clean(names[place] or '', _LONGEST_NAME).replace('&', '&&')}"

    return named


def lacks(place: int) -> Callable[[ListContext], str]:
    """Say why the view at a place cannot be shown, or ""."""
    return lambda ctx: "" if place < len(ctx.views.names) else tr("There are not that many views")


async def update(ctx: EntryContext) -> None:
    ctx.views.save(ctx.key)
    ctx.shell.hooks.save()


async def rename(ctx: EntryContext) -> None:
    views, name = ctx.views, ctx.key

    def check(new: str) -> str:
        return "" if new.strip() == name else views.why_not(new)

    new = await ctx.dialogs.ask_text(tr("Rename view"), tr("Name"), name, check, ok=tr("Rename"))
    if new is not None and new.strip() != name:
        views.rename(name, new)
        ctx.shell.hooks.save()


async def remove(ctx: EntryContext) -> None:
    from qbt_remote.ui.kit.dialogs import Ask

    text = tr("Remove the view “{view}”? No torrent is touched.", view=clean(ctx.key))
    if await ctx.dialogs.confirm(Ask(tr("Remove view"), text, tr("Remove"))) is not None:
        ctx.views.remove(ctx.key)
        ctx.shell.hooks.save()
