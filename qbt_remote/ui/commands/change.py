"""A change of many torrents, and what it would do: what is sent, what is so already, what cannot take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.sync.steps import Turn
from qbt_remote.ui.commands.which import Sessions, server_text

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
    fields: tuple[str, ...] = ()
    """The torrent's fields that become others."""
    ok: str = ""
    """What the button says."""
    note: str = ""
    careful: bool = False
    """Shown for two torrents already."""


@dataclass(frozen=True, slots=True)
class PlanRow:
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
    rows: list[PlanRow] = field(default_factory=list)
    send: list[Torrent] = field(default_factory=list)
    already: int = 0
    cannot: dict[str, list[Torrent]] = field(default_factory=dict)
    """By reason."""
    sessions: Sessions = field(default_factory=dict)
    """All that are open: where there are several, torrents are named with their servers."""


async def planned(ctx: Context, change: Change) -> Plan:
    """Sort the selection out, in turns of the loop: a selection may have 100,000 torrents."""
    plan, groups, turn = Plan(change.what, sessions=ctx.sessions), dict[tuple[str, str, str], list[int]](), Turn()
    for session, torrents in ctx.by_session().items():
        server = server_text(session, ctx.sessions.values())
        offline = "" if session.status.phase == "online" else tr("{server} is not connected", server=server)
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
                group = groups.setdefault((server, change.old(t), new), [0, 0])
                group[0] += 1
                group[1] += max(t.size, 0)
    plan.rows = [PlanRow(change.what, *key, *sums) for key, sums in groups.items()]
    plan.rows.sort(key=lambda row: -row.torrents)
    return plan
