"""What the torrent commands do: ask, post, done.

The server's toggles flip whatever they find, so only torrents that differ from the wanted state are
sent; a mixed selection is switched on first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.states import is_stopped, state_of
from qbt_remote.ui.commands.agree import agreed, ask_until
from qbt_remote.ui.commands.change import Change
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.commands.field import Field, carry_out, change_field, step
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.kit.dialogs import Ask
from qbt_remote.ui.kit.limits import ShareLimits, ask_share_limits, ask_speed_limit
from qbt_remote.ui.torrents.fields import FIELDS, LOCATION, SHARE, share_limits, steps
from qbt_remote.ui.torrents.reasons import copied

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


# what the selection looks like


def names(ctx: Context, torrents: Sequence[Torrent] | None = None) -> list[str]:
    """Torrents (else the selected ones) for a list, with their servers if there are several."""
    listed = ctx.torrents if torrents is None else torrents
    return [torrent_text(t, ctx.sessions, text.LONGEST) for t in listed]


def _mixed_note(mixed: bool) -> str:
    return tr("The selected torrents have different limits; this sets the same one for all.") if mixed else ""


# running, removing, checking


async def start(ctx: Context) -> None:
    await _run(ctx, tr("started"), lambda t: is_stopped(t.state) or t.force_start, "torrents/start")


async def stop(ctx: Context) -> None:
    await _run(ctx, tr("stopped"), lambda t: not is_stopped(t.state), "torrents/stop")


async def force_start(ctx: Context) -> None:
    if ctx.values("force_start") != {True}:
        await _run(ctx, tr("forced"), lambda t: not t.force_start, "torrents/setForceStart", value=True)
        return
    # taking the force away would start what is stopped; torrentscontroller.cpp setForceStartAction
    await _run(ctx, tr("not forced"), lambda t: not is_stopped(t.state), "torrents/setForceStart", value=False)


async def force_start_all(ctx: Context) -> None:
    """Force those that are not forced yet; none is taken back."""
    await ctx.post("torrents/setForceStart", torrents=[t for t in ctx.torrents if not t.force_start], value=True)


async def _run(ctx: Context, becomes: str, needs_it: Callable[[Torrent], bool], endpoint: str, **form: bool) -> None:
    """Start, stop or force those that need it; where a server is away its own failure says so."""
    if ctx.preview:
        change = Change(tr("Status"), lambda t: tr(state_of(t.state).label), becomes, lambda t: not needs_it(t))
        torrents = await agreed(ctx, change)
    else:
        torrents = [t for t in ctx.torrents if needs_it(t)]
    if torrents:
        await ctx.post(endpoint, torrents=torrents, **form)


async def recheck(ctx: Context) -> None:
    await ctx.post("torrents/recheck")


def ask_recheck(ctx: Context) -> Ask | None:
    n = len(ctx.torrents)
    if not ctx.settings.confirm_recheck:
        return None
    text = tr_n(
        n,
        "Recheck this torrent? The server reads all its files again; until then it does not run.",
        "Recheck these {n} torrents? The server reads all their files again; until then they do not run.",
    )
    return Ask(tr("Force recheck"), text, tr("Recheck"), names(ctx), named=True)


async def reannounce(ctx: Context) -> None:
    await ctx.post("torrents/reannounce")


# name, place, category, tags


async def rename(ctx: Context) -> None:
    t = ctx.torrents[0]
    shown = text.editable(t.name)
    name = await ctx.dialogs.ask_text(tr("Rename"), tr("Name"), shown, _check_name, ok=tr("Rename"))
    if name is not None and name != shown:
        await ctx.in_batches(ctx.by_session([t]), step([FIELDS["name"]], {"name": name}).call)


async def manage_content(ctx: Context) -> None:
    from qbt_remote.ui.files.manage_content import manage_content

    await manage_content(ctx)


def _check_name(name: str) -> str:
    return "" if name.strip() else tr("A torrent needs a name.")


async def set_location(ctx: Context) -> None:
    from qbt_remote.ui.folders.path_edit import ask_path

    paths = ctx.values("save_path")
    common = next(iter(paths)) if len(paths) == 1 else ""
    ask = partial(ask_path, ctx, tr("Set location"), help=tr(LOCATION.note), ok=tr("Move"))
    await ask_until(ask, common, partial(move, ctx))


async def move(ctx: Context, path: str) -> bool:
    """Move the files; what lies there already is not sent, unless automatic management is on."""
    return await change_field(
        ctx,
        LOCATION,
        path,
        already=lambda t: not t.auto_tmm and LOCATION.has(t, path),
        fields=("save_path", "auto_tmm"),
        ok=tr("Move"),
    )


# limits and modes


async def _limit(ctx: Context, row: Field) -> None:
    now = row.common(ctx)
    ask = partial(ask_speed_limit, ctx.dialogs, tr(row.name), note=_mixed_note(now is None))
    await ask_until(ask, now or 0, partial(change_field, ctx, row))


limit_download = partial(_limit, row=FIELDS["dl_limit"])
limit_upload = partial(_limit, row=FIELDS["up_limit"])


async def limit_share(ctx: Context) -> None:
    rows = share_limits()
    now = {row.parameter: row.common(ctx) for row in rows}
    has = {row.parameter: not (row.needs and ctx.lacking(row.needs, ctx.targets)) for row in rows}
    ask = partial(
        ask_share_limits,
        ctx.dialogs,
        tr(SHARE.name),
        inactive=has["inactiveSeedingTimeLimit"],
        actions=has["shareLimitAction"],
        modes=has["shareLimitsMode"],
        note=_mixed_note(None in now.values()),
    )

    def do(limits: ShareLimits) -> Awaitable[bool]:
        return carry_out(ctx, steps({row.id: getattr(limits, row.parameter) for row in rows}))

    await ask_until(ask, ShareLimits(**{name: value for name, value in now.items() if value is not None}), do)


async def _toggle(ctx: Context, row: Field) -> None:
    """Turn something on, or off if all have it on; it is sent as soon as one of them can take it."""
    await change_field(ctx, row, ctx.values(row.id) != {True}, cannot=lambda _session, _t: "")


toggle_sequential = partial(_toggle, row=FIELDS["seq_dl"])
toggle_first_last = partial(_toggle, row=FIELDS["f_l_piece_prio"])
toggle_super_seeding = partial(_toggle, row=FIELDS["super_seeding"])


async def toggle_management(ctx: Context) -> None:
    """Turning it on may move files, so that is asked about even for one torrent."""
    if len(ctx.torrents) == 1 and not ctx.torrents[0].auto_tmm:
        question = tr("Let the server place this torrent by its category? It may move the files.")
        ask = Ask(tr("Automatic torrent management"), question, tr("Enable"), names(ctx), named=True)
        if await ctx.dialogs.confirm(ask) is None:
            return
    await _toggle(ctx, FIELDS["auto_tmm"])


# queue: the server keeps the order within one call; calls of a large selection are made one after another


async def queue_top(ctx: Context) -> None:
    await ctx.post("torrents/topPrio", torrents=_queued(ctx, last_first=True))


async def queue_up(ctx: Context) -> None:
    await ctx.post("torrents/increasePrio", torrents=_queued(ctx, last_first=False))


async def queue_down(ctx: Context) -> None:
    await ctx.post("torrents/decreasePrio", torrents=_queued(ctx, last_first=True))


async def queue_bottom(ctx: Context) -> None:
    await ctx.post("torrents/bottomPrio", torrents=_queued(ctx, last_first=False))


def _queued(ctx: Context, *, last_first: bool) -> list[Torrent]:
    queued = (t for t in ctx.torrents if t.priority > 0)
    return sorted(queued, key=lambda t: t.priority, reverse=last_first)


# copying


async def copy(ctx: Context, what: str) -> None:
    lines = [found for t in ctx.torrents if (found := copied(t, what))]
    if what == "name":
        lines = [" ".join(name.splitlines()) for name in lines]  # one a line
    QGuiApplication.clipboard().setText("\n".join(lines))
