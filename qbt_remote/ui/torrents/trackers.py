"""Editing the trackers of many torrents at once.

Addresses may hold passkeys: they are shown to the user and sent to the server, and go nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.merging import addresses
from qbt_remote.api.errors import QbtError, Rejected, Unsupported
from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.sync.polls.tracker_lists import hosts_of
from qbt_remote.sync.steps import Turn
from qbt_remote.ui.commands.agree import agreed_plan
from qbt_remote.ui.commands.change import Plan, PlanRow
from qbt_remote.ui.commands.context import Context, GoOn, client_of
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.torrents.trackers_dialog import Edits, TrackersDialog

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.torrents.trackers_dialog import Edits

TIERS, OF_MANY = "tracker_tiers", "trackers_of_many"
TOGETHER = 100
"""Torrents in one call, where the server takes many; it edits each of them by itself."""
Urls = dict["Torrent", tuple[str, ...]]


@dataclass(frozen=True)
class Work:
    """What one torrent needs: (old, new) pairs, addresses to remove, and lines to add."""

    edited: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


async def edit_trackers(ctx: Context) -> None:
    urls = await known_urls(ctx)
    if urls is None:
        return
    n = len(ctx.torrents)
    title = tr("Edit trackers") if n == 1 else tr("Edit trackers of {n} torrents", n=text.count(n))
    counts = Counter(chain.from_iterable(urls.values()))
    tiers = not ctx.lacking(TIERS, ctx.targets)
    ok = tr("Preview…") if n > 1 or ctx.preview else tr("Save")
    dialog = TrackersDialog(ctx.dialogs.parent, title, counts, tiers=tiers, ok=ok)
    await ctx.dialogs.ask_until(dialog, lambda: carry_out(ctx, urls, dialog.edits(), shown=n > 1 or ctx.preview))


async def remove_host(ctx: Context, host: str) -> None:
    """Take all addresses of one tracker's host from the torrents, after a look at what that is."""
    urls = await known_urls(ctx)
    if urls is not None:
        own = {url for url in chain.from_iterable(urls.values()) if hosts_of((url,)) == (host,)}
        await carry_out(ctx, urls, Edits(dict.fromkeys(own, "")), shown=True)


async def known_urls(ctx: Context) -> Urls | None:
    """Give the tracker addresses of each torrent: from the mirror, or read one by one before 4.3.

    None if they could not be read, or not all of them were wanted.
    """
    urls: Urls = {}
    to_read: dict[Session, list[Torrent]] = {}
    for session, torrents in ctx.by_session().items():
        if client_of(session).has("trackers"):
            urls |= await _of_mirror(session, torrents)
        else:
            to_read[session] = torrents

    async def read(session: Session, t: Torrent) -> None:
        try:
            rows = await session.get("torrents/trackers", hash=t.hash)
        except Rejected as error:
            if error.status != 404:  # it has gone meanwhile
                raise
            return
        urls[t] = tuple(addresses(rows))

    if to_read and not await ctx.one_by_one(to_read, read):
        return None
    return urls


async def _of_mirror(session: Session, torrents: Sequence[Torrent]) -> Urls:
    turn = Turn()
    found: dict[str, list[str]] = {t.hash: [] for t in torrents}
    for url in sorted(session.mirror.trackers):
        await turn.over()
        for torrent_hash in session.mirror.trackers.get(url, ()):
            if torrent_hash in found:
                found[torrent_hash].append(url)
    return {t: tuple(found[t.hash]) for t in torrents}


async def carry_out(ctx: Context, urls: Urls, edits: Edits, *, shown: bool) -> bool:
    """Make the edits torrent by torrent; what is refused is listed.

    ``shown``: what they come to is shown first.  False: that was cancelled.
    """
    plan, work = await _planned(ctx, urls, edits)
    if shown and not await agreed_plan(ctx, plan, tr("Change trackers")):
        return ctx.ended
    if not plan.send:
        ctx.notices.show_info(tr("“{doing}”: nothing to change", doing=ctx.doing))
    refused: list[tuple[Torrent, QbtError]] = []

    async def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
        done = 0
        for one, group in groupby(todo, work.__getitem__):
            of_one = list(group)
            size = TOGETHER if client_of(session).has(OF_MANY) and not one.edited else 1
            for start in range(0, len(of_one), size):
                chunk = of_one[start : start + size]
                refused.extend(await _send(session, chunk, one))
                done += len(chunk)
                if not go_on(done):
                    return

    together: dict[Work, list[Torrent]] = {}
    for t in plan.send:
        together.setdefault(work[t], []).append(t)
    split = ctx.by_session(chain.from_iterable(together.values()))
    await ctx.in_batches(split, call, each=True)
    if refused:
        ctx.show_refused(refused, len(plan.send))
    return True


def work_for(own: Sequence[str], edits: Edits) -> Work:
    """Give what a torrent with these addresses needs; one that would be there twice is removed instead."""
    after = {url for url in own if url not in edits.urls}
    edited: list[tuple[str, str]] = []
    removed: list[str] = []
    for url in own:
        new = edits.urls.get(url)
        if new is None:
            continue
        if new and new not in after:
            after.add(new)
            edited.append((url, new))
        else:
            removed.append(url)
    lines = _lines([line for line in edits.added if not line or line not in after])
    return Work(tuple(edited), tuple(removed), lines)


def _lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Take empty lines from the end; those at the beginning stand for tiers and stay if anything is left."""
    return tuple(lines) if any(lines) else ()


async def _planned(ctx: Context, urls: Urls, edits: Edits) -> tuple[Plan, dict[Torrent, Work]]:
    """Find out what each torrent needs, in turns of the loop."""
    plan, turn = Plan(tr("Tracker"), sessions=ctx.sessions), Turn()
    work: dict[Torrent, Work] = {}
    sums: dict[tuple[str, str, str], list[int]] = {}
    for session, torrents in ctx.by_session(urls).items():
        server = server_text(session, ctx.sessions.values())
        for n, t in enumerate(torrents):
            if not n % 100:
                await turn.over()
            one = work[t] = work_for(urls[t], edits)
            if one == Work():
                plan.already += 1
                continue
            plan.send.append(t)
            changes = [*one.edited, *((url, "") for url in one.removed), *(("", url) for url in one.added if url)]
            for old, new in changes:
                group = sums.setdefault((server, old, new), [0, 0])
                group[0] += 1
                group[1] += max(t.size, 0)
    plan.rows = [PlanRow(_kind(old, new), server, old, new, *n) for (server, old, new), n in sums.items()]
    plan.rows.sort(key=lambda row: -row.torrents)
    return plan, work


def _kind(old: str, new: str) -> str:
    return tr("Edited") if old and new else tr("Added") if new else tr("Removed")


async def _send(session: Session, torrents: Sequence[Torrent], work: Work) -> list[tuple[Torrent, QbtError]]:
    """Make the edits of torrents that need the same; several are tried one by one if they are refused."""
    try:
        await _send_all(session, [t.hash for t in torrents], work)
    except (Rejected, Unsupported) as error:
        if len(torrents) == 1:
            return [(torrents[0], error)]
        refused = []
        for t in torrents:
            refused += await _send(session, [t], work)
        return refused
    return []


async def _send_all(session: Session, hashes: Sequence[str], work: Work) -> None:
    target: dict[str, Any] = {"hash": list(hashes) if len(hashes) > 1 else hashes[0]}
    for old, new in work.edited:
        await session.post("torrents/editTracker", url=old, newUrl=new, **target)
    if work.removed:
        await session.post("torrents/removeTrackers", urls=list(work.removed), **target)
    if work.added:
        tiers = client_of(session).has(TIERS)
        await session.post("torrents/addTrackers", urls="\n".join(u for u in work.added if u or tiers), **target)
