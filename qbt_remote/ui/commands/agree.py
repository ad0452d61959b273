"""Whether the user agrees to what changes of many torrents would do.

What is so already is not sent, nor what cannot take the change.  The preview is shown always for
changes that move files or are hard to take back, else for more torrents than
``Settings.preview_above``, or with Shift held down when the command is chosen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from qbt_remote.model.i18n import tr
from qbt_remote.sync.steps import Turn
from qbt_remote.ui.commands.change import Change, Plan, planned

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.commands.context import Context

T = TypeVar("T")


async def agreed(ctx: Context, change: Change) -> list[Torrent] | None:
    """Give the torrents to send the change for, or None if the user thought better of it."""
    lists = await agreed_all(ctx, [change])
    return lists[0] if lists is not None else None


async def agreed_all(ctx: Context, changes: Sequence[Change]) -> list[list[Torrent]] | None:
    """Give the torrents to send each change for, or None if the user thought better of it.

    Where no preview is wanted, a notice says what is left out.
    """
    plans = [await planned(ctx, change) for change in changes]
    n = len(ctx.torrents)
    careful = any(change.careful for change in changes)
    if n > 1 and (careful or ctx.preview or n > ctx.settings.preview_above):
        if not await show_plans(ctx, changes, plans):
            return None
        return [await _still_to_do(change, plan) for change, plan in zip(changes, plans, strict=True)]
    elif any(plan.cannot for plan in plans):
        from qbt_remote.ui.commands.preview import left_out

        (line, names), *_ = (said for plan in plans if plan.cannot for said in left_out(plan)[-1:])
        ctx.notices.show_warning(tr("“{doing}”: {left}", doing=ctx.doing, left=line), details=names)
    elif not any(plan.send for plan in plans):
        ctx.notices.show_info(tr("“{doing}”: nothing to change", doing=ctx.doing))
    return [plan.send for plan in plans]


async def _still_to_do(change: Change, plan: Plan) -> list[Torrent]:
    """Leave out what has become so while the plan was shown: a call that turns round would undo it."""
    turn = Turn()
    left: list[Torrent] = []
    for n, t in enumerate(plan.send):
        if not n % 200:
            await turn.over()
        if not change.already(t):
            left.append(t)
    return left


async def ask_until(ask: Callable[[T], Awaitable[T | None]], first: T, do: Callable[[T], Awaitable[bool]]) -> None:
    """Ask for something and do it; whoever cancels the preview is asked again, for what was typed to be mended.

    ``ask`` gets what it shows at first.
    """
    given = await ask(first)
    while given is not None and not await do(given):
        given = await ask(given)


async def agreed_plan(ctx: Context, plan: Plan, ok: str) -> bool:
    """Show a plan that was made otherwise, for one torrent as well."""
    from qbt_remote.ui.commands.preview import PreviewDialog

    return await ctx.dialogs.ask(PreviewDialog(ctx.dialogs.parent, ctx.doing, ok, [plan], []))


async def show_plans(ctx: Context, changes: Sequence[Change], plans: Sequence[Plan]) -> bool:
    """Show what would be done and wait for the answer."""
    from qbt_remote.ui.commands.preview import PreviewDialog

    ok = next((change.ok for change in changes if change.ok), "")
    notes = list(dict.fromkeys(change.note for change in changes if change.note))
    return await ctx.dialogs.ask(PreviewDialog(ctx.dialogs.parent, ctx.doing, ok, plans, notes))
