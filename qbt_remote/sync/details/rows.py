"""What the server tells of one torrent besides its line in the list: facts, trackers, peers, sources, files.

Field names are the wire's, of the newest server; a field that the server never sent keeps its
default.  Identity is the object: a row lives as long as its key is in the answers.
Source: qBittorrent src/webui/api/torrentscontroller.cpp and synccontroller.cpp, 4.1.0 to 5.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec.structs import astuple

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.steps import Steps, at_once
from qbt_remote.sync.torrent import Int

Json = Any
_STEP = 200
Share = Annotated[float, msgspec.Meta(ge=-(2.0**32), le=2.0**32)]
"""A part or multiple that sizes are multiplied by; no server means more."""


class Properties(msgspec.Struct, eq=False):
    """``torrents/properties``; bytes, bytes/s, seconds, UTC epoch."""

    addition_date: Int = -1
    availability: float = -1.0
    comment: str = ""
    completion_date: Int = -1
    created_by: str = ""
    creation_date: Int = -1
    has_metadata: bool | None = None
    hash: str = ""
    name: str = ""
    dl_limit: Int = -1
    dl_speed: Int = 0
    dl_speed_avg: Int = -1
    download_path: str = ""
    eta: Int = 8640000
    infohash_v1: str = ""
    infohash_v2: str = ""
    last_seen: Int = -1
    nb_connections: Int = 0
    nb_connections_limit: Int = 0
    peers: Int = 0
    peers_total: Int = -1
    piece_availability: tuple[int, ...] = ()
    """Of each piece: how many peers have it (5.2+).  Not of a whole torrent: nobody needs to have it then."""
    piece_size: Int = -1
    piece_states: bytes = b""
    """Of each piece: 0 missing, 1 being downloaded, 2 there."""
    pieces_have: Int = 0
    pieces_num: Int = -1
    popularity: float | None = None
    private: bool | None = None
    progress: float = 0.0
    reannounce: Int = 0
    save_path: str = ""
    seeding_time: Int = 0
    seeds: Int = 0
    seeds_total: Int = -1
    share_ratio: float = 0.0
    time_elapsed: Int = 0
    total_downloaded: Int = 0
    total_downloaded_session: Int = 0
    total_size: Int = -1
    total_uploaded: Int = 0
    total_uploaded_session: Int = 0
    total_wasted: Int = 0
    up_limit: Int = -1
    up_speed: Int = 0
    up_speed_avg: Int = -1


class TrackerEndpoint(msgspec.Struct):
    """A local address from which a tracker is asked (5.2+)."""

    name: str = ""
    bt_version: Int = 1
    status: Int = 0
    updating: bool = False
    msg: str = ""


class Tracker(msgspec.Struct, eq=False):
    """A tracker, one of the rows "** [DHT] **", "** [PeX] **" and "** [LSD] **", which have no tier, or an endpoint."""

    url: str = ""
    """Of an endpoint: its name, a local address."""
    of: str = ""
    """Of an endpoint: the key of its tracker's row."""
    place: int = 0
    """Where the server has it: among the trackers, or among the endpoints of its tracker."""
    bt_version: Int = 0
    """Of an endpoint: 1 or 2."""
    tier: Int = -1
    status: Int = 0
    """0 disabled, 1 not contacted yet, 2 working, 4 not working, 5 tracker error, 6 unreachable."""
    updating: bool = False
    num_peers: Int = -1
    num_seeds: Int = -1
    num_leeches: Int = -1
    num_downloaded: Int = -1
    msg: str = ""
    next_announce: Int = -1
    min_announce: Int = -1
    endpoints: list[TrackerEndpoint] = []

    @property
    def built_in(self) -> bool:
        """Whether it stands for a way to find peers that is no tracker."""
        return self.url.startswith("** [") and self.url.endswith("] **")


class Peer(msgspec.Struct, eq=False):
    """A connected peer.  One on I2P has a destination and neither address nor port."""

    ip: str = ""
    port: Int = 0
    i2p_dest: str = ""
    host_name: str = ""
    client: str = ""
    peer_id_client: str = ""
    connection: str = ""
    flags: str = ""
    progress: float = 0.0
    dl_speed: Int = 0
    up_speed: Int = 0
    downloaded: Int = 0
    uploaded: Int = 0
    relevance: float = 0.0
    contribution: float = 0.0
    files: str = ""
    """Those it is sending, one per line."""
    country: str = ""
    """In the server's language."""
    country_code: str = ""


class HttpSource(msgspec.Struct, eq=False):
    """A web seed."""

    url: str = ""


class File(msgspec.Struct, eq=False, gc=False):
    """``name`` is the path inside the torrent, with "/"."""

    index: Int = 0
    name: str = ""
    size: Int = 0
    progress: Share = 0.0
    priority: Int = 1
    """0 do not download, 1 normal, 6 high, 7 maximum."""
    availability: Share | None = -1.0
    """None: the file is empty."""
    piece_range: tuple[int, int] | None = None
    """The first and the last piece that it lies in."""


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of the fields; 1 ms, and asked for whenever another torrent is picked."""
    return get_type_hints(kind, include_extras=True)


class Rows:
    """The rows of one list by key, brought to each answer with exact differences."""

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self._kind = kind
        self._fields = kind.__struct_fields__
        self._hints = _hints(kind)
        self.by_key: dict[str, Any] = {}
        self.sent: set[str] = set()
        """Names of the known fields that were ever sent with a value."""

    def become(self, wanted: Mapping[str, Mapping[str, Json]]) -> Changes:
        """Take over a whole list and say what is different; what has the wrong type counts as not sent."""
        return at_once(self.becoming(wanted))

    def becoming(self, wanted: Mapping[str, Mapping[str, Json]]) -> Steps[Changes]:
        """Do what ``become`` does, in steps."""
        added: list[Any] = []
        changed: list[Any] = []
        fields: set[str] = set()
        after: dict[str, Any] = {}
        for n, (key, values) in enumerate(wanted.items()):
            if not n % _STEP:
                yield False
            fresh, row = self._typed(values), self.by_key.get(key)
            after[key] = fresh if row is None else row
            if row is None:
                added.append(fresh)
            elif (new := astuple(fresh)) != (old := astuple(row)):
                differing = [n for n, a, b in zip(self._fields, old, new, strict=True) if a != b]
                for name in differing:
                    setattr(row, name, getattr(fresh, name))
                changed.append(row)
                fields.update(differing)
        removed = [row for key, row in self.by_key.items() if key not in after]
        self.by_key = after
        return Changes(added=added, removed=removed, changed=changed, fields=fields)

    def _typed(self, values: Mapping[str, Json]) -> msgspec.Struct:
        if len(self.sent) < len(self._fields):
            self.sent.update(name for name in self._fields if values.get(name) is not None)
        try:
            return msgspec.convert(values, self._kind)
        except (msgspec.ValidationError, OverflowError):
            return self._kind(**dict(self._readable(values)))

    def _readable(self, values: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        for name, hint in self._hints.items():
            if name in values:
                try:
                    yield name, msgspec.convert(values[name], hint)
                except (msgspec.ValidationError, OverflowError):
                    continue
