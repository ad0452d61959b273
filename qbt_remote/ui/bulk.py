"""Changes of many torrents: what they would do, and whether the user agrees to it.

What is so already is not sent, nor what cannot take the change.  The preview is shown always for
changes that move files or are hard to take back, else for more torrents than
``Settings.preview_above``, or with Shift held down when the command is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.faces import name_of

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.context import Context


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
    """Torrents of one server that change from the same to the same."""

    server: str
    old: str
    new: str
    torrents: int
    size: int


@dataclass(slots=True)
class Plan:
    """What will be sent and what not."""

    rows: list[Row] = field(default_factory=list)
    send: list[Torrent] = field(default_factory=list)
    already: int = 0
    cannot: dict[str, list[Torrent]] = field(default_factory=dict)
    """By reason."""


async def planned(ctx: Context, change: Change) -> Plan:
    """Sort the selection out, in turns of the loop: a selection may have 100,000 torrents."""
    from qbt_remote.sync.decode import Turn

    plan, groups, turn = Plan(), dict[tuple[str, str, str], list[int]](), Turn()
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
    plan.rows = [Row(*key, *sums) for key, sums in groups.items()]
    plan.rows.sort(key=lambda row: -row.torrents)
    return plan


async def agreed(ctx: Context, change: Change) -> list[Torrent] | None:
    """Give the torrents to send the change for, or None if the user thought better of it.

    Where no preview is wanted, a notice says what is left out.
    """
    plan = await planned(ctx, change)
    n = len(ctx.torrents)
    if n > 1 and (change.careful or ctx.preview or n > ctx.settings.preview_above):
        return plan.send if await show_plan(ctx, change, plan) else None
    if plan.cannot:
        why, torrents = next(iter(plan.cannot.items()))
        left = tr_n(len(torrents), "{n} torrent is left out", "{n} torrents are left out")
        ctx.notices.show_warning(tr("“{doing}”: {left}: {why}", doing=ctx.doing, left=left, why=why))
    elif not plan.send:
        ctx.notices.show_info(tr("“{doing}”: nothing to change", doing=ctx.doing))
    return plan.send


async def show_plan(ctx: Context, change: Change, plan: Plan) -> bool:
    """Show what would be done and wait for the answer."""
    from qbt_remote.ui.preview import PreviewDialog

    return await ctx.dialogs.ask(PreviewDialog(ctx.dialogs.parent, ctx.doing, change, plan))
