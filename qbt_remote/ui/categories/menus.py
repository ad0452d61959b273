"""The lists inside menus that come from the servers: categories and tags."""

from __future__ import annotations

from functools import partial
from itertools import chain

from qbt_remote.model.i18n import tr
from qbt_remote.model.names import in_order, paths_in_order
from qbt_remote.ui.categories.run import set_category, tag_counts, toggle_tag
from qbt_remote.ui.commands.command import Choice
from qbt_remote.ui.commands.context import Context

MOST_SHOWN = 100


def categories(ctx: Context) -> list[Choice]:
    """The categories of the selection's servers, the common one checked."""
    names = paths_in_order(set(chain.from_iterable(s.mirror.categories for s in ctx.targets)))
    used = ctx.values("category")

    def checked(name: str) -> bool | None:
        return None if name in used and len(used) > 1 else name in used

    shown = [Choice(name, partial(_set_category, name), checked(name)) for name in names[:MOST_SHOWN]]
    if len(names) > MOST_SHOWN:
        more = tr("All {n} categories…", n=len(names))
        shown.append(Choice(more, partial(_pick_category, names), checkable=False, icon="category"))
    return shown


def tags(ctx: Context) -> list[Choice]:
    """The tags of the selection's servers, each with how many of the selection have it."""
    names = in_order(set(chain.from_iterable(s.mirror.tags for s in ctx.targets)))
    counts, n = tag_counts(ctx), len(ctx.torrents)

    def checked(tag: str) -> bool | None:
        return None if 0 < counts[tag] < n else bool(n) and counts[tag] == n

    shown = [Choice(tag, partial(_toggle_tag, tag), checked(tag)) for tag in names[:MOST_SHOWN]]
    if len(names) > MOST_SHOWN:
        more = tr("All {n} tags…", n=len(names))
        shown.append(Choice(more, partial(_pick_tag, names), checkable=False, icon="tag"))
    return shown


async def _set_category(name: str, ctx: Context) -> None:
    await set_category(ctx, name)


async def _toggle_tag(tag: str, ctx: Context) -> None:
    await toggle_tag(ctx, tag)


async def _pick_category(names: list[str], ctx: Context) -> None:
    current = ctx.torrents[0].category
    name = await ctx.dialogs.ask_choice(tr("Set category"), tr("Categories"), names, current)
    if name is not None:
        await set_category(ctx, name)


async def _pick_tag(names: list[str], ctx: Context) -> None:
    tag = await ctx.dialogs.ask_choice(tr("Add or remove a tag"), tr("Tags"), names)
    if tag is not None:
        await toggle_tag(ctx, tag)
