"""One torrent as the server describes it, plus where it lives."""

from __future__ import annotations

from typing import Annotated

import msgspec

Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""What a server can mean, and what Qt can hold."""


class Torrent(msgspec.Struct, eq=False, gc=False):
    """Field names are the wire's (``sync/maindata`` of the newest server); identity is the object.

    A Torrent lives as long as its hash is on its server; a row is known by (server, hash).  Sizes are
    bytes, speeds bytes/s, times UTC epoch seconds with -1 for never, durations seconds but for the
    share limits' minutes.  A field that the server never sent keeps its default.

    ``gc=False``: no field may ever hold an object that refers back to a Torrent.
    Source: qBittorrent src/webui/api/serialize/serialize_torrent.h, 4.1.0 to 5.3.
    """

    server: str = ""
    """Id of the ``ServerConfig``, not of the wire."""
    hash: str = ""
    """Torrent id: the v1 info-hash, or the first 40 digits of the v2 one; the key in maindata."""
    tracker_hosts: tuple[str, ...] = ()
    """Hosts of all its trackers; from maindata's ``trackers`` (4.3+), else from the magnet link; by the mirror."""
    infohash_v1: str = ""
    infohash_v2: str = ""
    name: str = ""
    magnet_uri: str = ""
    size: Int = 0
    total_size: Int = -1
    progress: float = 0.0
    dlspeed: Int = 0
    upspeed: Int = 0
    priority: Int = 0
    num_seeds: Int = 0
    num_complete: Int = 0
    num_leechs: Int = 0
    num_incomplete: Int = 0
    ratio: float = 0.0
    popularity: float = 0.0
    eta: Int = 8640000
    state: str = ""
    seq_dl: bool = False
    f_l_piece_prio: bool = False
    category: str = ""
    tags: str = ""
    super_seeding: bool = False
    force_start: bool = False
    save_path: str = ""
    download_path: str = ""
    content_path: str = ""
    root_path: str = ""
    added_on: Int = 0
    completion_on: Int = -1
    tracker: str = ""
    trackers_count: Int = 0
    dl_limit: Int = 0
    up_limit: Int = 0
    downloaded: Int = 0
    uploaded: Int = 0
    downloaded_session: Int = 0
    uploaded_session: Int = 0
    amount_left: Int = 0
    completed: Int = 0
    max_ratio: float = -1.0
    max_seeding_time: Int = -1
    max_inactive_seeding_time: Int = -1
    ratio_limit: float = -2.0
    seeding_time_limit: Int = -2
    inactive_seeding_time_limit: Int = -2
    share_limit_action: str = ""
    share_limits_mode: str = ""
    seen_complete: Int = -1
    last_activity: Int = 0
    auto_tmm: bool = False
    time_active: Int = 0
    seeding_time: Int = 0
    availability: float = -1.0
    reannounce: Int = 0
    comment: str = ""
    private: bool | None = None
    has_metadata: bool = False
    connections_count: Int = 0
    connections_limit: Int = 0
    total_wasted: Int = 0
    pieces_num: Int = 0
    piece_size: Int = 0
    pieces_have: Int = 0
    created_by: str = ""
    creation_date: Int = -1
    has_tracker_warning: bool = False
    has_tracker_error: bool = False
    has_other_announce_error: bool = False


# fmt: off
VOLATILE = frozenset({
    "progress", "dlspeed", "upspeed", "num_seeds", "num_complete", "num_leechs", "num_incomplete", "ratio",
    "popularity", "eta", "downloaded", "uploaded", "downloaded_session", "uploaded_session", "amount_left",
    "completed", "seen_complete", "last_activity", "time_active", "seeding_time", "availability", "reannounce",
    "connections_count", "total_wasted", "pieces_have",
})
# fmt: on
"""Fields that change by themselves while a torrent is busy; a change of one of them answers no command."""
