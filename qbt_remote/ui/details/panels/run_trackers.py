"""What the commands of the tab "Trackers" do; an endpoint stands for its tracker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.sync.details.rows import Tracker
from qbt_remote.sync.states import is_stopped
from qbt_remote.ui.commands.command import too_old
from qbt_remote.ui.details.panel_context import PanelContext
from qbt_remote.ui.kit.dialogs import Ask

if TYPE_CHECKING:
    from qbt_remote.ui.details.panels.trackers import TrackersPanel

TIER = "torrents/editTracker:tier"


def chosen(p: PanelContext[TrackersPanel]) -> list[Tracker]:
    """The selected trackers, without DHT, PeX and LSD."""
    return [tracker for tracker in _owners(p) if not tracker.built_in]


def _owners(p: PanelContext[TrackersPanel]) -> list[Tracker]:
    return list(dict.fromkeys(map(p.panel.owner_of, p.rows)))


def any_tracker(p: PanelContext[TrackersPanel]) -> str:
    return "" if chosen(p) else tr("DHT, PeX and LSD are not trackers; they are set in the preferences")


def only_one_tracker(p: PanelContext[TrackersPanel]) -> str:
    return any_tracker(p) or ("" if len(chosen(p)) == 1 else tr("Only one tracker at a time"))


def any_below_the_top(p: PanelContext[TrackersPanel]) -> str:
    lowest = max((tracker.tier for tracker in chosen(p)), default=0)
    return any_tracker(p) or ("" if lowest > 0 else tr("They are already in the first tier"))


def runs(p: PanelContext[TrackersPanel]) -> str:
    return tr("Stopped torrents do not announce") if is_stopped(p.torrent.state) else ""


def can_ask_selected(p: PanelContext[TrackersPanel]) -> str:
    return runs(p) or any_tracker(p)


def why_no_tracker(url: str) -> str:
    from qbt_remote.ui.kit import asking

    return asking.why_no_url(url, asking.TRACKER_SCHEMES)


async def add(p: PanelContext[TrackersPanel]) -> None:
    from qbt_remote.ui.kit import asking

    tiers = p.has("tracker_tiers")
    help = tr("One address per line; an empty line begins the next tier") if tiers else tr("One address per line")
    text = await asking.ask_lines(
        p.dialogs,
        tr("Add trackers"),
        tr("Trackers"),
        why_no_tracker,
        help=help,
        ok=tr("Add"),
        text=asking.clipboard_lines(why_no_tracker),
    )
    if text is not None:
        wanted = "\n".join(line.strip() for line in text.strip().splitlines())
        await p.send("torrents/addTrackers", hash=p.torrent.hash, urls=wanted)


async def edit(p: PanelContext[TrackersPanel]) -> None:
    from qbt_remote.ui.kit.asking import ask_tracker

    (old,) = chosen(p)
    url, tier = old.url, old.tier
    no_tier = too_old(TIER, p)
    answer = await ask_tracker(p.dialogs, url, tier, why_no_tracker, no_tier=no_tier)
    if answer is None:
        return
    new_url = answer[0] if answer[0] != url else None
    new_tier = answer[1] if answer[1] != tier and not no_tier else None
    if new_url is not None or new_tier is not None:
        p.panel.select_url(answer[0])
        await p.send("torrents/editTracker", hash=p.torrent.hash, url=url, newUrl=new_url, tier=new_tier)


async def remove(p: PanelContext[TrackersPanel]) -> None:
    urls = [tracker.url for tracker in chosen(p)]
    n = len(urls)
    text = tr_n(n, "Remove this tracker from the torrent?", "Remove these {n} trackers from the torrent?")
    ask = Ask(tr_n(n, "Remove tracker", "Remove trackers"), text, tr("Remove"), urls)
    if await p.dialogs.confirm(ask) is not None:
        await p.send("torrents/removeTrackers", hash=p.torrent.hash, urls=urls)


async def tier_up(p: PanelContext[TrackersPanel]) -> None:
    await _move_tiers(p, lambda tier: tier - 1)


async def tier_down(p: PanelContext[TrackersPanel]) -> None:
    await _move_tiers(p, lambda tier: tier + 1)


async def _move_tiers(p: PanelContext[TrackersPanel], change: Callable[[int], int]) -> None:
    """One call for each tracker; what is at an end already stays."""
    from qbt_remote.ui.kit.asking import HIGHEST_TIER

    for tracker in chosen(p):
        tier = change(tracker.tier)
        if 0 <= tier <= HIGHEST_TIER and not await p.send(
            "torrents/editTracker", hash=p.torrent.hash, url=tracker.url, tier=tier
        ):
            return


async def reannounce_selected(p: PanelContext[TrackersPanel]) -> None:
    urls = [tracker.url for tracker in chosen(p)]
    if await p.send("torrents/reannounce", hashes=[p.torrent.hash], urls=urls):
        _tell_asked(p, len(urls))


async def reannounce_all(p: PanelContext[TrackersPanel]) -> None:
    if await p.send("torrents/reannounce", hashes=[p.torrent.hash]):
        p.notices.show_info(tr("{server}: all trackers of the torrent are asked", server=name_of(p.session)))


def _tell_asked(p: PanelContext[TrackersPanel], n: int) -> None:
    server = name_of(p.session)
    p.notices.show_info(tr_n(n, "{server}: the tracker is asked", "{server}: {n} trackers are asked", server=server))


async def copy(p: PanelContext[TrackersPanel]) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([tracker.url for tracker in _owners(p)])
