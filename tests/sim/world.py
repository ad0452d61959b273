"""What one qBittorrent has: torrents, categories, tags, trackers, speeds.  1 to 100,000 torrents.

Everything is kept as that release would send it: no field that it did not have, states by its names.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sim.metadata import Metadata

Json = Any

API = {
    "4.1.7": (2, 2, 0),
    "4.2.5": (2, 5, 1),
    "4.4.1": (2, 8, 5),
    "4.5.2": (2, 8, 19),
    "5.1.0": (2, 11, 4),
    "5.3.0": (2, 16, 2),
}
"""See tests/sim/dialect.py for where their answers come from."""

# the torrent fields by the API version that brought them, with what a new torrent has in them
_SINCE: tuple[tuple[tuple[int, int, int], dict[str, Json]], ...] = (
    (
        (2, 0, 0),
        {
            "added_on": 1_700_000_000,
            "amount_left": 1_000_000,
            "auto_tmm": False,
            "category": "",
            "completed": 0,
            "completion_on": -1,
            "dl_limit": 0,
            "dlspeed": 0,
            "downloaded": 0,
            "downloaded_session": 0,
            "eta": 8640000,
            "f_l_piece_prio": False,
            "force_start": False,
            "last_activity": 1_700_000_000,
            "magnet_uri": "",
            "max_ratio": -1,
            "max_seeding_time": -1,
            "name": "",
            "num_complete": 0,
            "num_incomplete": 0,
            "num_leechs": 0,
            "num_seeds": 0,
            "priority": 0,
            "progress": 0,
            "ratio": 0,
            "ratio_limit": -2,
            "save_path": "/downloads",
            "seeding_time_limit": -2,
            "seen_complete": -1,
            "seq_dl": False,
            "size": 1_000_000,
            "state": "stalledDL",
            "super_seeding": False,
            "tags": "",
            "time_active": 0,
            "total_size": 1_000_000,
            "tracker": "",
            "up_limit": 0,
            "uploaded": 0,
            "uploaded_session": 0,
            "upspeed": 0,
        },
    ),
    ((2, 3, 0), {"availability": -1}),
    ((2, 6, 0), {"trackers_count": 0}),
    ((2, 6, 1), {"content_path": "/downloads/x"}),
    ((2, 8, 1), {"seeding_time": 0}),
    ((2, 8, 3), {"infohash_v1": "", "infohash_v2": ""}),
    ((2, 8, 4), {"download_path": ""}),
    ((2, 9, 2), {"inactive_seeding_time_limit": -2, "max_inactive_seeding_time": -1}),
    ((2, 10, 1), {"comment": ""}),
    ((2, 11, 0), {"popularity": 0}),
    ((2, 11, 1), {"private": None}),
    ((2, 11, 2), {"has_metadata": True, "reannounce": 0, "root_path": ""}),
    (
        (2, 11, 6),
        {
            "connections_count": 0,
            "connections_limit": 100,
            "created_by": "",
            "creation_date": -1,
            "piece_size": 16384,
            "pieces_have": 0,
            "pieces_num": 62,
            "total_wasted": 0,
        },
    ),
    ((2, 11, 7), {"has_other_announce_error": False, "has_tracker_error": False, "has_tracker_warning": False}),
    ((2, 12, 0), {"share_limit_action": "Default"}),
    ((2, 15, 3), {"share_limits_mode": "Default"}),
)
_OLD_STATES = {"stoppedDL": "pausedDL", "stoppedUP": "pausedUP"}


@dataclass(slots=True)
class Touched:
    """What has changed since one sync session looked last."""

    torrents: set[str] = field(default_factory=set)
    trackers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Disk:
    """The folders of the server's machine, in its own spelling with "/", and the room on it."""

    folders: set[str] = field(default_factory=set)
    free: dict[str, int] = field(default_factory=dict)
    """Bytes below a folder; what is below none of them has ``World.server["free_space_on_disk"]``."""

    def make(self, *paths: str) -> None:
        """Make folders and those above them."""
        for path in paths:
            parts = path.split("/")
            self.folders |= {"/".join(parts[:n]) or "/" for n in range(1, len(parts) + 1)}


class World:
    """The server's own truth.  Change it only through its methods, so that sync sessions notice."""

    def __init__(self, release: str = "5.3.0") -> None:
        self.release, self.api = release, API[release]
        self.torrents: dict[str, dict[str, Json]] = {}
        self.trackers: dict[str, dict[str, None]] = {}
        """URL to its torrents' hashes; kept for releases, too, that do not send it."""
        self.categories: dict[str, dict[str, Json]] = {}
        self.tags: dict[str, None] = {}
        self.server: dict[str, Json] = {
            "connection_status": "connected",
            "dht_nodes": 100,
            "dl_info_speed": 0,
            "dl_rate_limit": 0,
            "free_space_on_disk": 10**11,
            "global_ratio": "-",
            "queueing": True,
            "refresh_interval": 1500,
            "up_info_speed": 0,
            "up_rate_limit": 0,
            "use_alt_speed_limits": False,
        }
        limits = {"dl_limit": 0, "up_limit": 0, "alt_dl_limit": 10240, "alt_up_limit": 10240}
        self.preferences: dict[str, Json] = {"save_path": "/downloads", "web_ui_port": 8080, **limits}
        self.started = int(time.time())
        self.log: list[dict[str, Json]] = []
        """As log/main has it, but with times in seconds and texts that are not escaped."""
        self.blocked: list[dict[str, Json]] = []
        self.disk = Disk()
        self.files: dict[str, list[dict[str, Json]]] = {}
        """By hash, as torrents/files answers."""
        self.swarm: dict[str, Metadata | None] = {}
        """By link or hash: what can be fetched of it."""
        self.excluded: tuple[str, ...] = ()
        """Patterns of names of files that are not wanted."""
        self.cookies: list[dict[str, Json]] = []
        self.stubborn: set[str] = set()
        """Preferences that are accepted and do not take, as a port that is in use."""
        self.watchers: list[Touched] = []
        self.say(f"qBittorrent v{release} started")
        self._fresh = {name: value for since, row in _SINCE if since <= self.api for name, value in row.items()}
        self._made = 0

    @property
    def fields(self) -> frozenset[str]:
        """The torrent fields that this release sends."""
        return frozenset(self._fresh)

    # torrents

    def add(self, name: str, torrent_hash: str = "", *, trackers: Iterable[str] = (), **fields: Json) -> str:
        """Add a torrent and give its hash; fields that this release lacks are left out."""
        self._made += 1
        torrent_hash = torrent_hash or f"{self._made:040x}"
        row = self._fresh | {"name": name}
        if "content_path" in row:
            row["content_path"] = f"{fields.get('save_path', row['save_path'])}/{name}"
        row |= {key: value for key, value in fields.items() if key in self._fresh}
        row["state"] = self.state(row["state"])
        self.torrents[torrent_hash] = row
        self._touch(torrent_hash)
        self.set_trackers(torrent_hash, trackers)
        return torrent_hash

    def fill(self, count: int, *, trackers: int = 3) -> None:
        """Add many torrents of all kinds."""
        kinds = ("downloading", "uploading", "stalledUP", "stalledDL", "stoppedUP", "stoppedDL", "queuedDL")
        for n in range(count):
            self.add(
                f"Torrent {n} of some series S{n % 40:02d}E{n % 24:02d} 1080p",
                category=("", "films", "music", "shows/new")[n % 4],
                tags=("", "a", "a, b", "b")[n % 4],
                state=kinds[n % len(kinds)],
                size=n * 1000 + 1,
                progress=(n % 101) / 100,
                content_path=f"/downloads/Torrent {n} of some series",
                magnet_uri=f"magnet:?xt=urn:btih:{n:040x}&dn=Torrent+{n}"
                f"&tr=http%3A%2F%2Ft{n % trackers}.test%2Fannounce",
                trackers=(f"http://t{n % trackers}.test:6969/announce",),
            )
        for name in ("films", "music", "shows", "shows/new"):
            self.add_category(name)
        self.tags |= {"a": None, "b": None}

    def churn(self, count: int, dice: random.Random) -> None:
        """Let some torrents move data, as between two polls."""
        hashes = list(self.torrents)
        for torrent_hash in dice.sample(hashes, min(count, len(hashes))):
            row = self.torrents[torrent_hash]
            self.set(
                torrent_hash,
                dlspeed=dice.randrange(10**7),
                upspeed=dice.randrange(10**6),
                downloaded=row["downloaded"] + dice.randrange(10**6),
                progress=dice.random(),
                eta=dice.randrange(8640000),
            )
        self.set_server(dl_info_speed=dice.randrange(10**8), up_info_speed=dice.randrange(10**7))

    def set(self, torrent_hash: str, **fields: Json) -> None:
        """Change fields of one torrent; an unknown hash or field is passed over, as the server does."""
        row = self.torrents.get(torrent_hash)
        if row is None:
            return
        if "state" in fields:
            fields["state"] = self.state(fields["state"])
        # a new dictionary: the sync sessions keep the old one as it was
        self.torrents[torrent_hash] = row | {name: value for name, value in fields.items() if name in row}
        self._touch(torrent_hash)

    def set_files(self, torrent_hash: str, files: Iterable[tuple[str, int]], priorities: Sequence[int] = ()) -> None:
        """Give a torrent its files: path and bytes each."""
        rows = [{"index": i, "name": path, "size": size} for i, (path, size) in enumerate(files)]
        usual = {"availability": 0, "is_seed": False, "piece_range": [0, 0], "progress": 0}
        own = priorities or [1] * len(rows)
        self.files[torrent_hash] = [usual | row | {"priority": p} for row, p in zip(rows, own, strict=True)]
        if self.api < (2, 8, 2):
            for row in self.files[torrent_hash]:
                del row["index"]

    def remove(self, torrent_hash: str) -> None:
        self.files.pop(torrent_hash, None)
        if self.torrents.pop(torrent_hash, None) is not None:
            self.set_trackers(torrent_hash, ())
            self._touch(torrent_hash)

    def state(self, newest: str) -> str:
        """Give this release's name of a state."""
        return newest if self.api >= (2, 11, 0) else _OLD_STATES.get(newest, newest)

    def set_trackers(self, torrent_hash: str, urls: Iterable[str]) -> None:
        wanted = list(urls)
        for url, hashes in list(self.trackers.items()):
            if torrent_hash in hashes and url not in wanted:
                del hashes[torrent_hash]
                self._touch_tracker(url)
                if not hashes:
                    del self.trackers[url]
        for url in wanted:
            self.trackers.setdefault(url, {})[torrent_hash] = None
            self._touch_tracker(url)
        self.set(torrent_hash, trackers_count=len(wanted), tracker=wanted[0] if wanted else "")

    # lists

    def add_category(self, name: str, save_path: str = "") -> None:
        self.categories[name] = {"name": name, "savePath": save_path}
        if self.api >= (2, 11, 10):
            self.categories[name] |= {"download_path": None, "ratio_limit": -2, "share_limit_action": "Default"}

    def remove_category(self, name: str) -> None:
        if self.categories.pop(name, None) is not None:
            for torrent_hash, row in self.torrents.items():
                if row["category"] == name:
                    self.set(torrent_hash, category="")

    def add_tag(self, name: str) -> None:
        self.tags[name] = None

    def remove_tag(self, name: str) -> None:
        if name in self.tags:
            del self.tags[name]
            for torrent_hash in list(self.torrents):
                self.untag(torrent_hash, [name])

    def tag(self, torrent_hash: str, names: Iterable[str]) -> None:
        if torrent_hash in self.torrents:
            self.tags |= dict.fromkeys(names)
            self.set(torrent_hash, tags=", ".join(sorted({*self.tags_of(torrent_hash), *names})))

    def untag(self, torrent_hash: str, names: Iterable[str]) -> None:
        gone = set(names)
        if gone & set(own := self.tags_of(torrent_hash)):
            self.set(torrent_hash, tags=", ".join(t for t in own if t not in gone))

    def tags_of(self, torrent_hash: str) -> list[str]:
        return [t for t in self.torrents.get(torrent_hash, {}).get("tags", "").split(", ") if t]

    def say(self, message: str, type: int = 1) -> None:
        """Write a line into the log; 1 is normal, 2 info, 4 a warning, 8 critical."""
        self.log.append({"id": len(self.log), "message": message, "timestamp": 1_795_432_065, "type": type})

    def block(self, ip: str, reason: str) -> None:
        """Let a peer not in."""
        number = len(self.blocked)
        row = {"id": number, "ip": ip, "blocked": True, "reason": reason, "timestamp": 1_795_432_088}
        self.blocked.append(row)

    def set_server(self, **state: Json) -> None:
        self.server |= state

    def _touch(self, torrent_hash: str) -> None:
        for watcher in self.watchers:
            watcher.torrents.add(torrent_hash)

    def _touch_tracker(self, url: str) -> None:
        for watcher in self.watchers:
            watcher.trackers.add(url)
