"""Says the same thing of a torrent in the same way, whatever the version, and holds equal values as one object."""

from __future__ import annotations

import sys
from typing import Any

from qbt_remote.api.endpoints import STATES
from qbt_remote.sync.torrent import Torrent

_SHARED = ("category", "tags", "tracker", "save_path", "download_path", "share_limit_action", "share_limits_mode")
_SHARES = {x: x for x in (0.0, 1.0, -1.0, -2.0)}
_PIECES = {2**n: 2**n for n in range(14, 28)}
"""What many torrents have: ratios and shares, and sizes of a piece."""
_DATES = ("completion_on", "seen_complete")
_NEVER = (86400, 4294967295)  # minus the offset from UTC in 4.2 to 4.6; 2^32-1 in 4.1
_INFINITE_RATIO = 9999  # before 5.1.1; -1 since


def tidy(t: Torrent, torrent_hash: str) -> None:
    """Tidy a whole torrent.  Sharing saves 560 of 2,200 bytes (measured)."""
    t.hash, t.tracker_hosts = torrent_hash, ()
    if t.infohash_v1 == torrent_hash:
        t.infohash_v1 = torrent_hash
    t.state = STATES.get(t.state) or sys.intern(t.state)
    t.category, t.tags, t.tracker = sys.intern(t.category), sys.intern(t.tags), sys.intern(t.tracker)
    t.save_path, t.download_path = sys.intern(t.save_path), sys.intern(t.download_path)
    t.created_by, t.comment = sys.intern(t.created_by), sys.intern(t.comment)
    t.share_limit_action, t.share_limits_mode = sys.intern(t.share_limit_action), sys.intern(t.share_limits_mode)
    if t.root_path == t.content_path:
        t.root_path = t.content_path
    size = t.size
    if t.total_size == size:
        t.total_size = size
    if t.completed == size:
        t.completed = size
    if t.downloaded == size:
        t.downloaded = size
    t.piece_size = _PIECES.get(t.piece_size, t.piece_size)
    share = _SHARES.get
    t.progress, t.availability = share(t.progress, t.progress), share(t.availability, t.availability)
    t.max_ratio, t.ratio_limit = share(t.max_ratio, t.max_ratio), share(t.ratio_limit, t.ratio_limit)
    if t.completion_on <= _NEVER[0] or t.completion_on == _NEVER[1]:
        t.completion_on = -1
    if t.seen_complete <= _NEVER[0] or t.seen_complete == _NEVER[1]:
        t.seen_complete = -1
    if t.ratio > _INFINITE_RATIO:
        t.ratio = -1.0


def tidy_partial(row: dict[str, Any]) -> None:
    """Tidy the fields of a torrent that are there."""
    if "state" in row:
        row["state"] = STATES.get(row["state"]) or sys.intern(row["state"])
    for name in _SHARED:
        if name in row:
            row[name] = sys.intern(row[name])
    if (done := row.get("completed")) is not None and done == row.get("downloaded"):
        row["downloaded"] = done
    for name in _DATES:
        if name in row and (row[name] <= _NEVER[0] or row[name] == _NEVER[1]):
            row[name] = -1
    if row.get("ratio", 0) > _INFINITE_RATIO:
        row["ratio"] = -1.0
