"""What the torrent commands do: ask, post, done.

The server's toggles flip whatever they find, so only torrents that differ from the wanted state are
sent; a mixed selection is switched on first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from qbt_remote.api.errors import Rejected
from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.states import is_stopped
from qbt_remote.ui.context import Context
from qbt_remote.ui.faces import name_of

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.dialogs import Ask

ACTION = "torrents/setShareLimits:shareLimitAction"
MODE = "torrents/setShareLimits:shareLimitsMode"
INACTIVE = "torrents/setShareLimits:inactiveSeedingTimeLimit"

MANY = 10
"""From this many torrents on a recheck is asked about."""


# what the selection looks like


def all_or_mixed(attribute: str) -> Callable[[Context], bool | None]:
    """Make a function that says whether a field is on for all (True), none (False) or some (None)."""

    def state(ctx: Context) -> bool | None:
        values = ctx.values(attribute)
        return None if len(values) > 1 else True in values

    return state


def differing(ctx: Context, attribute: str) -> tuple[bool, list[Torrent]]:
    """Give what a toggle shall bring about, and the torrents that are not so yet."""
    wanted = ctx.values(attribute) != {True}
    return wanted, [t for t in ctx.torrents if getattr(t, attribute) != wanted]


def common(ctx: Context, attribute: str) -> Any:
    """Give the value that all selected torrents have, or None if they differ."""
    values = ctx.values(attribute)
    return next(iter(values)) if len(values) == 1 else None


def names(ctx: Context) -> list[str]:
    """The selected torrents for a list, with their servers if there are several."""
    if len(ctx.targets) < 2:
        return [t.name for t in ctx.torrents]
    servers = {s.config.id: name_of(s) for s in ctx.targets}
    return [tr("{name} ({server})", name=t.name, server=servers.get(t.server, "")) for t in ctx.torrents]


def tags_of(t: Torrent) -> set[str]:
    return {tag for tag in (part.strip() for part in t.tags.split(",")) if tag}


def _mixed_note(mixed: bool) -> str:
    return tr("The selected torrents have different limits; this sets the same one for all.") if mixed else ""


# running, removing, checking


async def start(ctx: Context) -> None:
    await ctx.post("torrents/start", torrents=[t for t in ctx.torrents if is_stopped(t.state) or t.force_start])


async def stop(ctx: Context) -> None:
    await ctx.post("torrents/stop", torrents=[t for t in ctx.torrents if not is_stopped(t.state)])


async def force_start(ctx: Context) -> None:
    wanted, torrents = differing(ctx, "force_start")
    if not wanted:  # taking the force away would start what is stopped; torrentscontroller.cpp setForceStartAction
        torrents = [t for t in torrents if not is_stopped(t.state)]
    await ctx.post("torrents/setForceStart", torrents=torrents, value=wanted)


async def remove(ctx: Context) -> None:
    with_files = await _ask_remove(ctx, ctx.settings.remove_with_files)
    if with_files is not None:
        ctx.settings.remove_with_files = with_files
        await ctx.post("torrents/delete", deleteFiles=with_files)


async def remove_with_files(ctx: Context) -> None:
    with_files = await _ask_remove(ctx, True)
    if with_files is not None:
        await ctx.post("torrents/delete", deleteFiles=with_files)


async def _ask_remove(ctx: Context, with_files: bool) -> bool | None:
    from qbt_remote.ui.dialogs import Ask

    n, size = len(ctx.torrents), text.size(sum(max(t.size, 0) for t in ctx.torrents))
    ask = Ask(
        tr_n(n, "Remove torrent", "Remove torrents"),
        tr_n(n, "Remove this torrent ({size})?", "Remove these {n} torrents ({size})?", size=size),
        tr("Remove"),
        details=names(ctx),
        check=(tr_n(n, "Also delete the files", "Also delete their files"), with_files),
        ok_checked=tr("Remove and delete files"),
        careful=with_files,
    )
    answer = await ctx.dialogs.confirm(ask)
    return None if answer is None else answer.checked


async def recheck(ctx: Context) -> None:
    await ctx.post("torrents/recheck")


def ask_recheck(ctx: Context) -> Ask | None:
    from qbt_remote.ui.dialogs import Ask

    n = len(ctx.torrents)
    if n < MANY:
        return None
    text = tr_n(
        n, "", "Recheck these {n} torrents? The server reads all their files again; until then they do not run."
    )
    return Ask(tr("Force recheck"), text, tr("Recheck"), names(ctx))


def ask_management(ctx: Context) -> Ask | None:
    from qbt_remote.ui.dialogs import Ask

    wanted, torrents = differing(ctx, "auto_tmm")
    if not wanted:
        return None
    n = len(torrents)
    text = tr_n(
        n,
        "Let the server place this torrent by its category? It may move the files.",
        "Let the server place these {n} torrents by their categories? It may move their files.",
    )
    return Ask(tr("Automatic torrent management"), text, tr("Enable"), [t.name for t in torrents])


async def reannounce(ctx: Context) -> None:
    await ctx.post("torrents/reannounce")


# name, place, category, tags


async def rename(ctx: Context) -> None:
    t = ctx.torrents[0]
    name = await ctx.dialogs.ask_text(tr("Rename"), tr("Name"), t.name, _check_name, ok=tr("Rename"))
    if name is not None and name != t.name:
        await ctx.on(ctx.by_session([t]), lambda s: _rename(s, t, name))


async def _rename(session: Session, t: Torrent, name: str) -> None:
    await session.post("torrents/rename", hash=t.hash, name=name)
    session.poke([t.hash])


def _check_name(name: str) -> str:
    return "" if name.strip() else tr("A torrent needs a name.")


async def set_location(ctx: Context) -> None:
    from qbt_remote.ui.path_edit import ask_path

    path = await ask_path(
        ctx,
        tr("Set location"),
        common(ctx, "save_path") or "",
        help=tr("The server moves the files there and turns automatic management off."),
        ok=tr("Move"),
    )
    if path is not None:
        await ctx.post("torrents/setLocation", location=path)


async def new_category(ctx: Context) -> None:
    known = [session.mirror.categories for session in ctx.targets]
    answer = await ctx.dialogs.ask_category(lambda name: check_category(name, taken=all(name in k for k in known)))
    if answer is not None:
        await set_category(ctx, *answer)


async def reset_category(ctx: Context) -> None:
    await ctx.post("torrents/setCategory", torrents=[t for t in ctx.torrents if t.category], category="")


async def set_category(ctx: Context, name: str, save_path: str = "") -> None:
    """Give the selection a category; a server that lacks it gets it first."""
    split = ctx.by_session(t for t in ctx.torrents if t.category != name)
    await ctx.on(split, lambda s: _set_category(s, split[s], name, save_path))


async def _set_category(session: Session, torrents: list[Torrent], name: str, save_path: str) -> None:
    if name not in session.mirror.categories:
        try:
            await session.post("torrents/createCategory", category=name, savePath=save_path or None)
        except Rejected as e:
            if e.status != 409:  # it is there already; a name that is wrong is refused again right below
                raise
    await session.post("torrents/setCategory", hashes=[t.hash for t in torrents], category=name)


def check_category(name: str, *, taken: bool) -> str:
    """Say why a name cannot be a category's; rules of qBittorrent's Session::isValidCategoryName."""
    if not name:
        return tr("A category needs a name.")
    if "\\" in name or name.startswith("/") or name.endswith("/") or "//" in name:
        return tr("A category's name has no “\\”, no “//”, and no “/” at its ends.")
    return tr("There is such a category already.") if taken else ""


async def add_tags(ctx: Context) -> None:
    given = await ctx.dialogs.ask_text(
        tr("Add tags"), tr("Tags"), "", _check_tags, help=tr("Several are separated by commas."), ok=tr("Add")
    )
    if given is not None:
        await ctx.post("torrents/addTags", tags=split_tags(given))


def split_tags(given: str) -> list[str]:
    return list(dict.fromkeys(tag for tag in (part.strip() for part in given.split(",")) if tag))


def _check_tags(given: str) -> str:
    return "" if split_tags(given) else tr("A tag needs a name.")


async def toggle_tag(ctx: Context, tag: str) -> None:
    """Give the tag to those without it; take it from all if none is without."""
    without = [t for t in ctx.torrents if tag not in tags_of(t)]
    if without:
        await ctx.post("torrents/addTags", torrents=without, tags=[tag])
    else:
        await ctx.post("torrents/removeTags", tags=[tag])


async def remove_all_tags(ctx: Context) -> None:
    """Each tag is named: a call without any would be carried out for tags that nobody saw."""
    split = ctx.by_session(t for t in ctx.torrents if t.tags)
    tags = {s: sorted(set[str]().union(*map(tags_of, torrents))) for s, torrents in split.items()}
    await ctx.on(split, lambda s: s.post("torrents/removeTags", hashes=[t.hash for t in split[s]], tags=tags[s]))


def tag_counts(ctx: Context) -> Counter[str]:
    """How many of the selection have each tag."""
    together = Counter(map(attrgetter("tags"), ctx.torrents))  # few different texts, many torrents
    counts: Counter[str] = Counter()
    for tags, n in together.items():
        counts.update(dict.fromkeys(split_tags(tags), n))
    return counts


# limits and modes


async def limit_download(ctx: Context) -> None:
    await _limit(ctx, tr("Limit download rate"), "dl_limit", "torrents/setDownloadLimit")


async def limit_upload(ctx: Context) -> None:
    await _limit(ctx, tr("Limit upload rate"), "up_limit", "torrents/setUploadLimit")


async def _limit(ctx: Context, title: str, attribute: str, endpoint: str) -> None:
    from qbt_remote.ui.limits_dialog import ask_speed_limit

    now = common(ctx, attribute)
    limit = await ask_speed_limit(ctx.dialogs, title, now or 0, note=_mixed_note(now is None))
    if limit is not None:
        await ctx.post(endpoint, limit=limit)


async def limit_share(ctx: Context) -> None:
    from qbt_remote.ui.limits_dialog import ShareLimits, ask_share_limits

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
    if limits is not None:
        await ctx.post("torrents/setShareLimits", **asdict(limits))


async def toggle_sequential(ctx: Context) -> None:
    _wanted, torrents = differing(ctx, "seq_dl")
    await ctx.post("torrents/toggleSequentialDownload", torrents=torrents)


async def toggle_first_last(ctx: Context) -> None:
    _wanted, torrents = differing(ctx, "f_l_piece_prio")
    await ctx.post("torrents/toggleFirstLastPiecePrio", torrents=torrents)


async def toggle_super_seeding(ctx: Context) -> None:
    wanted, torrents = differing(ctx, "super_seeding")
    await ctx.post("torrents/setSuperSeeding", torrents=torrents, value=wanted)


async def toggle_management(ctx: Context) -> None:
    wanted, torrents = differing(ctx, "auto_tmm")
    await ctx.post("torrents/setAutoManagement", torrents=torrents, enable=wanted)


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


def copied(t: Torrent, what: str) -> str:
    """Give one thing to copy: a field's name, or "v1", "v2" for the info-hashes."""
    if what == "v1":  # servers before 4.4 send no infohash_v1; their torrents have no other hash
        return t.infohash_v1 or ("" if t.infohash_v2 else t.hash)
    return t.infohash_v2 if what == "v2" else str(getattr(t, what))


def copy(what: str) -> Callable[[Context], Any]:
    async def run(ctx: Context) -> None:
        QGuiApplication.clipboard().setText("\n".join(filter(None, (copied(t, what) for t in ctx.torrents))))

    return run
