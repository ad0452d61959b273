"""What the torrent commands do: ask, post, done.

The server's toggles flip whatever they find, so only torrents that differ from the wanted state are
sent; a mixed selection is switched on first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.sync.states import is_stopped, state_of
from qbt_remote.ui.commands.agree import agreed
from qbt_remote.ui.commands.change import Change
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.torrents.reasons import copied

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.kit.dialogs import Ask

ACTION = "torrents/setShareLimits:shareLimitAction"
MODE = "torrents/setShareLimits:shareLimitsMode"
INACTIVE = "torrents/setShareLimits:inactiveSeedingTimeLimit"

MANY = 10
"""From this many torrents on a recheck is asked about."""


# what the selection looks like


def differing(ctx: Context, attribute: str) -> tuple[bool, list[Torrent]]:
    """Give what a toggle shall bring about, and the torrents that are not so yet."""
    wanted = ctx.values(attribute) != {True}
    return wanted, [t for t in ctx.torrents if getattr(t, attribute) != wanted]


def common(ctx: Context, attribute: str) -> Any:
    """Give the value that all selected torrents have, or None if they differ."""
    values = ctx.values(attribute)
    return next(iter(values)) if len(values) == 1 else None


def names(ctx: Context, torrents: Sequence[Torrent] | None = None) -> list[str]:
    """Torrents (else the selected ones) for a list, with their servers if there are several."""
    listed = ctx.torrents if torrents is None else torrents
    if len(ctx.targets) < 2:
        return [t.name for t in listed]
    servers = {s.config.id: name_of(s) for s in ctx.targets}
    return [tr("{name} ({server})", name=t.name, server=servers.get(t.server, "")) for t in listed]


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
    from qbt_remote.ui.kit.dialogs import Ask

    n = len(ctx.torrents)
    if n < MANY or not ctx.settings.confirm_recheck:
        return None
    text = tr_n(
        n, "", "Recheck these {n} torrents? The server reads all their files again; until then they do not run."
    )
    return Ask(tr("Force recheck"), text, tr("Recheck"), names(ctx))


async def reannounce(ctx: Context) -> None:
    await ctx.post("torrents/reannounce")


# name, place, category, tags


async def rename(ctx: Context) -> None:
    t = ctx.torrents[0]
    shown = text.editable(t.name)
    name = await ctx.dialogs.ask_text(tr("Rename"), tr("Name"), shown, _check_name, ok=tr("Rename"))
    if name is not None and name != shown:
        await ctx.on(ctx.by_session([t]), lambda s: _rename(s, t, name))


async def manage_content(ctx: Context) -> None:
    from qbt_remote.ui.files.manage_content import manage_content

    await manage_content(ctx)


async def _rename(session: Session, t: Torrent, name: str) -> None:
    await session.post("torrents/rename", hash=t.hash, name=name)
    session.poke([t.hash])


def _check_name(name: str) -> str:
    return "" if name.strip() else tr("A torrent needs a name.")


async def set_location(ctx: Context) -> None:
    from qbt_remote.ui.folders.path_edit import ask_path

    path = await ask_path(
        ctx,
        tr("Set location"),
        common(ctx, "save_path") or "",
        help=tr("The server moves the files there and turns automatic management off."),
        ok=tr("Move"),
    )
    if path is not None:
        await move(ctx, path)


async def move(ctx: Context, path: str) -> None:
    """Move the files; what lies there already is not sent, unless automatic management is on."""
    change = Change(
        tr("Save path"),
        lambda t: plain(t.save_path),
        path,
        lambda t: not t.auto_tmm and plain(t.save_path) == plain(path),
        ok=tr("Move"),
        note=tr("The server moves the files there and turns automatic management off."),
        careful=True,
    )
    torrents = await agreed(ctx, change)
    if torrents:
        await ctx.post("torrents/setLocation", torrents=torrents, location=path)


def plain(path: str) -> str:
    """A folder without the separator at its end, which some servers send."""
    return path.rstrip("/\\") or path


# limits and modes


async def limit_download(ctx: Context) -> None:
    await _limit(ctx, tr("Limit download rate"), "dl_limit", "torrents/setDownloadLimit")


async def limit_upload(ctx: Context) -> None:
    await _limit(ctx, tr("Limit upload rate"), "up_limit", "torrents/setUploadLimit")


async def _limit(ctx: Context, title: str, attribute: str, endpoint: str) -> None:
    from qbt_remote.ui.kit.limits import ask_speed_limit

    now = common(ctx, attribute)
    limit = await ask_speed_limit(ctx.dialogs, title, now or 0, note=_mixed_note(now is None))
    if limit is None:
        return

    def now_is(t: Torrent) -> int:
        return max(int(getattr(t, attribute)), 0)

    change = Change(title, lambda t: text.limit(now_is(t)), text.limit(limit), lambda t: now_is(t) == limit)
    torrents = await agreed(ctx, change)
    if torrents:
        await ctx.post(endpoint, torrents=torrents, limit=limit)


async def limit_share(ctx: Context) -> None:
    from qbt_remote.ui.kit.limits import ShareLimits, ask_share_limits, share_text

    fields = (
        "ratio_limit",
        "seeding_time_limit",
        "inactive_seeding_time_limit",
        "share_limit_action",
        "share_limits_mode",
    )
    now = [common(ctx, field) for field in fields]
    limits = await ask_share_limits(
        ctx.dialogs,
        tr("Limit share ratio"),
        ShareLimits(
            *(
                value if value not in (None, "") else default
                for value, default in zip(now, asdict(ShareLimits()).values(), strict=True)
            )
        ),
        inactive=not ctx.lacking(INACTIVE, ctx.targets),
        actions=not ctx.lacking(ACTION, ctx.targets),
        modes=not ctx.lacking(MODE, ctx.targets),
        note=_mixed_note(None in now),
    )
    if limits is None:
        return
    wanted = asdict(limits)

    def now_are(t: Torrent) -> dict[str, Any]:
        sent = {name: getattr(t, field) for name, field in zip(wanted, fields, strict=True)}
        return {name: asdict(ShareLimits())[name] if value == "" else value for name, value in sent.items()}

    change = Change(
        tr("Share limits"),
        lambda t: share_text(ShareLimits(**now_are(t))),
        share_text(limits),
        lambda t: now_are(t) == wanted,
    )
    torrents = await agreed(ctx, change)
    if torrents:
        await ctx.post("torrents/setShareLimits", torrents=torrents, **wanted)


async def toggle_sequential(ctx: Context) -> None:
    await _switch(ctx, tr("Sequential order"), "seq_dl", "torrents/toggleSequentialDownload")


async def toggle_first_last(ctx: Context) -> None:
    await _switch(ctx, tr("First and last pieces first"), "f_l_piece_prio", "torrents/toggleFirstLastPiecePrio")


async def toggle_super_seeding(ctx: Context) -> None:
    await _switch(ctx, tr("Super seeding"), "super_seeding", "torrents/setSuperSeeding", "value")


async def toggle_management(ctx: Context) -> None:
    """Turning it on may move files, so that is asked about even for one torrent."""
    from qbt_remote.ui.kit.dialogs import Ask

    wanted = ctx.values("auto_tmm") != {True}
    if wanted and len(ctx.torrents) == 1:
        question = tr("Let the server place this torrent by its category? It may move the files.")
        ask = Ask(tr("Automatic torrent management"), question, tr("Enable"), names(ctx))
        if await ctx.dialogs.confirm(ask) is None:
            return
    note = tr("The server places them by their categories. It may move their files.") if wanted else ""
    await _switch(ctx, tr("Management"), "auto_tmm", "torrents/setAutoManagement", "enable", note=note)


async def _switch(
    ctx: Context, what: str, attribute: str, endpoint: str, parameter: str = "", *, note: str = ""
) -> None:
    """Turn something on, or off if all have it on; without ``parameter`` the call turns round what it finds.

    With a note the change is one to be careful with.
    """
    wanted = ctx.values(attribute) != {True}
    change = Change(
        what,
        lambda t: tr("on") if getattr(t, attribute) else tr("off"),
        tr("on") if wanted else tr("off"),
        lambda t: getattr(t, attribute) == wanted,
        note=note,
        careful=bool(note),
    )
    torrents = await agreed(ctx, change)
    if torrents:
        await ctx.post(endpoint, torrents=torrents, **({parameter: wanted} if parameter else {}))


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
    QGuiApplication.clipboard().setText("\n".join(filter(None, (copied(t, what) for t in ctx.torrents))))
