"""Why a command cannot be done with the selected torrents, in words; the first paint asks for all of it."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.sync.states import is_stopped
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import any_with
from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


def queueing(ctx: Context) -> str:
    online = [s for s in ctx.targets if s.status.phase == "online"]
    off = [s for s in online if not s.mirror.server.get("queueing")]
    if off and len(off) == len(online):
        return tr("Torrent queueing is off on {servers}", servers=", ".join(map(name_of, off)))
    return any_with("priority", N("Only unfinished torrents are in the queue"))(ctx)  # 0: not in the queue


def has_v1(ctx: Context) -> str:
    return "" if any(copied(t, "v1") for t in ctx.torrents) else tr("None of the selected torrents has it")


def unfinished(ctx: Context) -> str:
    return "" if min(map(attrgetter("progress"), ctx.torrents)) < 1 else tr("Only for unfinished torrents")


def can_super_seed(ctx: Context) -> str:
    finished = max(map(attrgetter("progress"), ctx.torrents)) >= 1
    return "" if finished or True in ctx.values("super_seeding") else tr("Only finished torrents can be super seeded")


def runs(state: str) -> bool:
    return not is_stopped(state)


def can_start(state: str) -> bool:
    return is_stopped(state) or state.startswith("forced")


def copied(t: Torrent, what: str) -> str:
    """Give one thing to copy: a field's name, or "v1", "v2" for the info-hashes."""
    if what == "v1":  # servers before 4.4 send no infohash_v1; their torrents have no other hash
        return t.infohash_v1 or ("" if t.infohash_v2 else t.hash)
    return t.infohash_v2 if what == "v2" else str(getattr(t, what))
