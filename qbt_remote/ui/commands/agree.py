"""Changes of many torrents: what they would do, and whether the user agrees to it.

What is so already is not sent, nor what cannot take the change.  The preview is shown always for
changes that move files or are hard to take back, else for more torrents than
``Settings.preview_above``, or with Shift held down when the command is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.commands.context import Context


@dataclass(frozen=True)
class Change:
    """One change of a bulk: what, from what to what, and for which torrents it means nothing."""

    what: str
    """The name of what changes, as "Category"."""
    old: Callable[[Torrent], str]
    new: str | Callable[[Torrent], str]
    already: Callable[[Torrent], bool]
    cannot: Callable[[Session, Torrent], str] = lambda _session, _torrent: ""
    """Says why a torrent cannot take it, or ""."""
    _: KW_ONLY
    ok: str = ""
    """What the button says."""
    note: str = ""
    careful: bool = False
    """Shown for two torrents already."""


@dataclass(frozen=True, slots=True)
class Row:
    """Torrents of one server of which something becomes the same from the same."""

    what: str
    server: str
    old: str
    new: str
    torrents: int
    size: int


@dataclass(slots=True)
class Plan:
    """What will be sent of a change and what not."""

    what: str
    rows: list[Row] = field(default_factory=list)
    send: list[Torrent] = field(default_factory=list)
    already: int = 0
    cannot: dict[str, list[Torrent]] = field(default_factory=dict)
    """By reason."""


async def planned(ctx: Context, change: Change) -> Plan:
    """Sort the selection out, in turns of the loop: a selection may have 100,000 torrents."""
    from qbt_remote.sync.decode import Turn

    plan, groups, turn = Plan(change.what), dict[tuple[str, str, str], list[int]](), Turn()
    for session, torrents in ctx.by_session().items():
        offline = "" if session.status.phase == "online" else tr("{server} is not connected", server=name_of(session))
        for n, t in enumerate(torrents):
            if not n % 200:
                await turn.over()
            if why := offline or change.cannot(session, t):
                plan.cannot.setdefault(why, []).append(t)
            elif change.already(t):
                plan.already += 1
            else:
                plan.send.append(t)
                new = change.new if isinstance(change.new, str) else change.new(t)
                group = groups.setdefault((name_of(session), change.old(t), new), [0, 0])
                group[0] += 1
                group[1] += max(t.size, 0)
    plan.rows = [Row(change.what, *key, *sums) for key, sums in groups.items()]
    plan.rows.sort(key=lambda row: -row.torrents)
    return plan


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
    from qbt_remote.sync.decode import Turn

    turn = Turn()
    left: list[Torrent] = []
    for n, t in enumerate(plan.send):
        if not n % 200:
            await turn.over()
        if not change.already(t):
            left.append(t)
    return left


async def agreed_plan(ctx: Context, plan: Plan, ok: str) -> bool:
    """Show a plan that was made otherwise; it is always shown, for one torrent as well."""
    from qbt_remote.ui.commands.preview import PreviewDialog

    return await ctx.dialogs.ask(PreviewDialog(ctx.dialogs.parent, ctx.doing, ok, [plan], []))


async def show_plans(ctx: Context, changes: Sequence[Change], plans: Sequence[Plan]) -> bool:
    """Show what would be done and wait for the answer."""
    from qbt_remote.ui.commands.preview import PreviewDialog

    ok = next((change.ok for change in changes if change.ok), "")
    notes = list(dict.fromkeys(change.note for change in changes if change.note))
    return await ctx.dialogs.ask(PreviewDialog(ctx.dialogs.parent, ctx.doing, ok, plans, notes))
