"""The tab "Trackers"."""

from __future__ import annotations

import time

from qbt_remote.model.detail_columns import tracker_columns, tracker_state
from qbt_remote.sync.detail_rows import Tracker
from qbt_remote.ui.panels.listing import Listing
from qbt_remote.words import N


def _until(when: int) -> int:
    return round(when - time.time())


def _url(tracker: Tracker) -> str:
    return tracker.url


def _color(tracker: Tracker) -> str:
    return tracker_state(tracker)[1]


TRACKERS = Listing(
    name=N("Trackers"),
    columns=tracker_columns(_until),
    sort=("tier",),
    empty=N("This torrent has no trackers."),
    copy=N("&Copy tracker URL"),
    copied=_url,
    color=_color,
)
