"""Torrent options: one dialog for many torrents, of which only what was touched is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.categories.run import ensure_category
from qbt_remote.ui.commands.agree import agreed_all
from qbt_remote.ui.commands.change import Change
from qbt_remote.ui.commands.command import too_old
from qbt_remote.ui.commands.context import Batched, Context, GoOn
from qbt_remote.ui.torrents.run import plain

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

DOWNLOAD_PATH = "torrents/setDownloadPath"
SHARE = {
    "ratio_limit": "ratioLimit",
    "seeding_time_limit": "seedingTimeLimit",
    "inactive_seeding_time_limit": "inactiveSeedingTimeLimit",
    "share_limit_action": "shareLimitAction",
    "share_limits_mode": "shareLimitsMode",
}
"""The torrent's fields and the parameters of torrents/setShareLimits, which takes all of them at once."""
FEATURES = {
    "inactive_seeding_time_limit": "torrents/setShareLimits:inactiveSeedingTimeLimit",
    "share_limit_action": "torrents/setShareLimits:shareLimitAction",
    "share_limits_mode": "torrents/setShareLimits:shareLimitsMode",
    "download_path": DOWNLOAD_PATH,
    "use_download_path": DOWNLOAD_PATH,
}
SWITCHES = {
    "seq_dl": (N("Sequential order"), "torrents/toggleSequentialDownload", ""),
    "f_l_piece_prio": (N("First and last pieces first"), "torrents/toggleFirstLastPiecePrio", ""),
    "super_seeding": (N("Super seeding"), "torrents/setSuperSeeding", "value"),
    "auto_tmm": (N("Management"), "torrents/setAutoManagement", "enable"),
}
LIMITS = {
    "dl_limit": (N("Download limit"), "torrents/setDownloadLimit"),
    "up_limit": (N("Upload limit"), "torrents/setUploadLimit"),
}


@dataclass(frozen=True)
class Step:
    """One change and the calls that bring it about."""

    change: Change
    call: Batched
    key: Callable[[Torrent], Any] | None = None
    """Puts together what goes in the same call."""


async def options(ctx: Context) -> None:
    from qbt_remote.ui.torrents.options_dialog import OptionsDialog

    n = len(ctx.torrents)
    title = tr("Torrent options") if n == 1 else tr("Options of {n} torrents", n=text.count(n))
    names = sorted(set[str]().union(*(s.mirror.categories for s in ctx.targets)), key=str.casefold)
    dialog = OptionsDialog(ctx.dialogs.parent, title, ctx, common_values(ctx), _off(ctx), names)
    if await ctx.dialogs.ask(dialog):
        await carry_out(ctx, dialog.wanted())


def common_values(ctx: Context) -> dict[str, Any]:
    """Give what all have in common, by field; None where they differ."""

    def common(values: set[Any]) -> Any:
        return values.pop() if len(values) == 1 else None

    now = {field: common(set(ctx.values(field))) for field in (*SHARE, *SWITCHES, "category")}
    now |= {field: now[field] or None for field in ("share_limit_action", "share_limits_mode")}
    now |= {field: common({max(limit, 0) for limit in ctx.values(field)}) for field in LIMITS}
    now |= {field: common(set(map(plain, ctx.values(field)))) for field in ("save_path", "download_path")}
    now["use_download_path"] = common(set(map(bool, ctx.values("download_path"))))
    if ctx.values("share_limit_action") == {""}:
        now["share_limit_action"] = "Default"
    if ctx.values("share_limits_mode") == {""}:
        now["share_limits_mode"] = "Default"
    return now


def _off(ctx: Context) -> dict[str, str]:
    off = {field: why for field, feature in FEATURES.items() if (why := too_old(feature, ctx))}
    progress = ctx.values("progress")
    if min(progress) >= 1:
        off |= dict.fromkeys(("seq_dl", "f_l_piece_prio"), tr("Only for unfinished torrents"))
    if max(progress) < 1:
        off["super_seeding"] = tr("Only finished torrents can be super seeded")
    return off


async def carry_out(ctx: Context, wanted: Mapping[str, Any]) -> None:
    """Make these changes, one call after another; one that fails keeps none of the others back."""
    steps = list(_steps(wanted))
    lists = await agreed_all(ctx, [step.change for step in steps]) if steps else None
    for step, torrents in zip(steps, lists or (), strict=False):
        todo = sorted(torrents, key=step.key) if step.key else torrents
        if todo and not ctx.ended:
            await ctx.in_batches(ctx.by_session(todo), step.call)


def _steps(wanted: Mapping[str, Any]) -> list[Step]:
    """Management goes off before the paths are set, and on after the category is."""
    first = ["auto_tmm"] if wanted.get("auto_tmm") is False else []
    order = [*first, "category", "save_path", "download_path", "auto_tmm", *LIMITS, "seq_dl", "f_l_piece_prio"]
    steps = [_step(field, wanted) for field in dict.fromkeys([*order, "super_seeding"]) if field in wanted]
    share = {field: value for field, value in wanted.items() if field in SHARE}
    return [*steps, _share(share)] if share else steps


def _step(field: str, wanted: Mapping[str, Any]) -> Step:
    value = wanted[field]
    if field in LIMITS:
        return _limit(field, value)
    if field in SWITCHES:
        return _switch(field, value)
    if field == "category":
        return _category(value)
    managed = wanted.get("auto_tmm") is not False
    return _save_path(value, managed=managed) if field == "save_path" else _download_path(value, managed=managed)


def post(endpoint: str, **form: Any) -> Batched:
    """Make the call that posts this for the torrents."""

    async def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
        await session.post(endpoint, hashes=[t.hash for t in todo], go_on=go_on, **form)

    return call


def _limit(field: str, limit: int) -> Step:
    name, endpoint = LIMITS[field]

    def now(t: Torrent) -> int:
        return max(int(getattr(t, field)), 0)

    change = Change(tr(name), lambda t: text.limit(now(t)), text.limit(limit), lambda t: now(t) == limit)
    return Step(change, post(endpoint, limit=limit))


def _switch(field: str, wanted: bool) -> Step:
    name, endpoint, parameter = SWITCHES[field]

    def cannot(_session: Session, t: Torrent) -> str:
        if field == "super_seeding" and wanted and t.progress < 1:
            return tr("only finished torrents can be super seeded")
        return tr("it is finished") if field in ("seq_dl", "f_l_piece_prio") and t.progress >= 1 else ""

    moves = field == "auto_tmm" and wanted
    change = Change(
        tr(name),
        lambda t: tr("on") if getattr(t, field) else tr("off"),
        tr("on") if wanted else tr("off"),
        lambda t: getattr(t, field) == wanted,
        cannot,
        careful=moves,
        note=tr("The server places them by their categories. It may move their files.") if moves else "",
    )
    return Step(change, post(endpoint, **({parameter: wanted} if parameter else {})))


def _category(name: str) -> Step:
    async def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
        await ensure_category(session, name)
        await session.post("torrents/setCategory", hashes=[t.hash for t in todo], category=name, go_on=go_on)

    return Step(Change(tr("Category"), lambda t: t.category, name, lambda t: t.category == name), call)


def _save_path(path: str, *, managed: bool) -> Step:
    change = Change(
        tr("Save path"),
        lambda t: plain(t.save_path),
        path,
        lambda t: plain(t.save_path) == plain(path),
        partial(_managed, managed),
        note=tr("The server moves the files there."),
        careful=True,
    )
    return Step(change, post("torrents/setSavePath", path=path))


def _download_path(path: str, *, managed: bool) -> Step:
    change = Change(
        tr("Path for incomplete"),
        lambda t: plain(t.download_path),
        path,
        lambda t: plain(t.download_path) == plain(path),
        partial(_managed, managed),
        note=tr("The server moves what is not complete."),
        careful=True,
    )
    return Step(change, post(DOWNLOAD_PATH, path=path))


def _managed(stays: bool, _session: Session, t: Torrent) -> str:
    """The server ignores paths of torrents that it places itself; torrentscontroller.cpp setSavePathAction."""
    return tr("automatic management is on") if stays and t.auto_tmm else ""


def _share(touched: dict[str, Any]) -> Step:
    """What is not touched is sent as each torrent has it, since the call takes all values at once."""
    from qbt_remote.ui.kit.limits import ShareLimits, share_text

    def now(t: Torrent) -> dict[str, Any]:
        return {field: "Default" if (value := getattr(t, field)) == "" else value for field in SHARE}

    def limits(values: Mapping[str, Any]) -> ShareLimits:
        return ShareLimits(**{SHARE[field]: value for field, value in values.items()})

    def key(t: Torrent) -> tuple[Any, ...]:
        return tuple((now(t) | touched).values())

    async def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
        done = 0
        for values, group in groupby(todo, key):
            hashes = [t.hash for t in group]
            more: list[bool] = []
            form = dict(zip(SHARE.values(), values, strict=True))
            await session.post("torrents/setShareLimits", hashes=hashes, go_on=_counted(go_on, done, more), **form)
            done += len(hashes)
            if not all(more):
                return

    change = Change(
        tr("Share limits"),
        lambda t: share_text(limits(now(t))),
        lambda t: share_text(limits(now(t) | touched)),
        lambda t: now(t) == now(t) | touched,
    )
    return Step(change, call, key)


def _counted(go_on: GoOn, before: int, more: list[bool]) -> GoOn:
    """Count on from what is done, and remember the answers."""

    def told(done: int) -> bool:
        more.append(go_on(before + done))
        return more[-1]

    return told
