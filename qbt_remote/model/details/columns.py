"""What the panels show of one torrent: the columns of the lists and the facts of the tab "General".

Words, order and titles are those of the desktop window (src/gui/properties, trackerlist, 5.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QLocale

from qbt_remote.model import text
from qbt_remote.model.columns import CENTER, RIGHT, Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import name_key
from qbt_remote.sync.dates import is_date
from qbt_remote.sync.details.rows import Peer, Properties, Tracker
from qbt_remote.translatable import N

_NONE = "–"
_INDENT = "\u2003"
"""Before the name of an endpoint: an em space."""


def _number(id: str, title: str, write: Callable[[Any], str], **more: Any) -> Column:
    more.setdefault("faint", lambda value: value <= 0)
    more.setdefault("shown", True)
    return Column(id, title, write, align=RIGHT, **more)


def _words(id: str, title: str, **more: Any) -> Column:
    """Words in natural order, upper and lower case as one."""
    value = more.get("value") or attrgetter(id)
    more.setdefault("sort", lambda row: name_key(value(row)))
    more.setdefault("shown", True)
    return Column(id, title, **more)


# trackers

TRACKER_STATES: dict[int, tuple[str, str]] = {
    0: (N("Disabled"), "stopped"),
    1: (N("Not contacted yet"), "queued"),
    2: (N("Working"), "seeding"),
    4: (N("Not working"), "error"),
    5: (N("Tracker error"), "error"),
    6: (N("Unreachable"), "error"),
}
"""Status of a tracker to its words and its colour."""
_UPDATING = (N("Updating"), "downloading")


def tracker_state(tracker: Tracker) -> tuple[str, str]:
    """Give the English words for how it stands with a tracker, and the id of their colour."""
    if tracker.updating:
        return _UPDATING
    return TRACKER_STATES.get(tracker.status, (N("Unknown"), "stopped"))


def _count(n: int) -> str:
    return text.number(n) if n >= 0 else tr("N/A")


def _indented(row: Tracker) -> str:
    return f"{_INDENT}{row.url}" if row.of else row.url


def _tracker_states() -> list[str]:
    return [tr(name) for name, _color in (*TRACKER_STATES.values(), _UPDATING)]


def _tier(tier: int) -> str:
    return text.number(tier) if tier >= 0 else ""


def _protocols(tracker: Tracker) -> str:
    versions = {tracker.bt_version} if tracker.of else {endpoint.bt_version for endpoint in tracker.endpoints}
    return ", ".join(f"v{version}" for version in sorted(versions))


def _placed(column: Column, owner_of: Callable[[Tracker], Tracker]) -> Column:
    """The same, but DHT, PeX and LSD stay above the trackers and endpoints below theirs, however they are sorted."""
    up, down = column.sort, column.sort_down

    def key_up(row: Tracker) -> tuple[Any, ...]:
        owner = owner_of(row)
        return (0, owner.place) if owner.built_in else (1, up(owner), owner.place, row is not owner, row.place)

    def key_down(row: Tracker) -> tuple[Any, ...]:
        owner = owner_of(row)
        if owner.built_in:
            return (1, -owner.place)
        return (0, down(owner), -owner.place, row is owner, -row.place)

    return replace(column, sort=key_up, sort_down=key_down)


def _itself(row: Tracker) -> Tracker:
    return row


def tracker_columns(
    until: Callable[[int], int], owner_of: Callable[[Tracker], Tracker] = _itself
) -> tuple[Column, ...]:
    """Give the trackers' columns.

    ``until`` gives the seconds from now until a time of the server, ``owner_of`` the tracker of an
    endpoint and else the row itself.
    """

    def left(when: int) -> str:
        return text.duration(max(until(when), 0)) if is_date(when) else ""

    columns = (
        _words(
            "url",
            N("URL/Announce endpoint"),
            value=_indented,
            fields=frozenset({"url"}),
            width=320,
            fills=True,
            least=200,
            icon=True,
            cell_tip=lambda row: row.url,
        ),
        Column(
            "tier",
            N("Tier"),
            _tier,
            align=CENTER,
            width=60,
            shown=True,
            tip=N("The trackers of the lowest tier are asked first"),
        ),
        _words(
            "bt_version",
            N("BT Protocol"),
            value=_protocols,
            fields=frozenset({"endpoints", "bt_version"}),
            width=90,
            shown=False,
        ),
        Column(
            "status",
            N("Status"),
            lambda state: tr(state[0]),
            value=tracker_state,
            fields=frozenset({"status", "updating"}),
            width=130,
            usual=_tracker_states,
            shown=True,
            state_color=True,
        ),
        _number("num_peers", N("Peers"), _count, width=70, tip=N("Peers that the tracker gave")),
        _number("num_seeds", N("Seeds"), _count, width=70, tip=N("Seeds that the tracker knows")),
        _number(
            "num_leeches",
            N("Leeches"),
            _count,
            width=70,
            tip=N("Peers that the tracker knows and that are not complete"),
        ),
        _number(
            "num_downloaded",
            N("Times Downloaded"),
            _count,
            width=145,
            tip=N("Complete downloads that the tracker has counted"),
        ),
        _words("msg", N("Message"), width=240, cell_tip=lambda tracker: tracker.msg or None),
        _number("next_announce", N("Next Announce"), left, width=120, tip=N("Time until the tracker is asked again")),
        _number("min_announce", N("Min Announce"), left, width=115, tip=N("Time until the tracker may be asked again")),
    )
    return tuple(_placed(column, owner_of) for column in columns)


# peers

PEER_FLAGS: dict[str, str] = {
    "d": N("We want data, the peer does not send"),
    "D": N("We want data, the peer sends"),
    "u": N("The peer wants data, we do not send"),
    "U": N("The peer wants data, we send"),
    "K": N("The peer would send, we want nothing"),
    "?": N("We would send, the peer wants nothing"),
    "O": N("Optimistic unchoke: the peer is given a chance"),
    "S": N("Snubbed: the peer has not sent for long"),
    "I": N("Incoming connection"),
    "H": N("Found through DHT"),
    "X": N("Found through PeX"),
    "L": N("Found through LSD"),
    "E": N("Encrypted traffic"),
    "e": N("Encrypted handshake"),
    "P": N("μTP"),
    "h": N("Hole punched through a NAT"),
}


def flags_explained(peer: Peer) -> str:
    """One line for each flag of a peer."""
    return "\n".join(f"{flag}: {tr(PEER_FLAGS[flag])}" for flag in peer.flags.split() if flag in PEER_FLAGS)


def peer_address(peer: Peer) -> str:
    """Give what a server takes back for a peer: IPv6 in brackets, an I2P destination as it is."""
    if not peer.ip:
        return peer.i2p_dest
    return f"[{peer.ip}]:{peer.port}" if ":" in peer.ip else f"{peer.ip}:{peer.port}"


@cache
def _country(code: str) -> str:
    """Give the name of a country; the server's own is in the server's language."""
    known = QLocale.codeToTerritory(code)
    anywhere = known == QLocale.Country.AnyTerritory
    return text.clean(code, 8).upper() if anywhere else tr(QLocale.territoryToString(known))


def _address(peer: Peer) -> str:
    return peer.ip or peer.i2p_dest


def _port(port: int) -> str:
    return str(port) if port > 0 else ""


def _list(lines: str) -> str:
    return text.clean(lines.replace("\n", ", "))


PEER: tuple[Column, ...] = (
    _words(
        "country_code",
        N("Country/Region"),
        text=_country,
        fields=frozenset({"country_code", "country"}),
        sort=lambda peer: name_key(_country(peer.country_code)),
        width=125,
        cell_tip=lambda peer: peer.country or None,
    ),
    _words(
        "ip",
        N("IP/Address"),
        value=_address,
        fields=frozenset({"ip", "i2p_dest", "host_name"}),
        width=130,
        usual=lambda: ("255.255.255.255",),
        cell_tip=lambda peer: peer.host_name or None,
    ),
    _number("port", N("Port"), _port, width=60, faint=None),
    _words("connection", N("Connection"), width=100, tip=N("BT: over TCP; μTP: over UDP; Web: an HTTP source")),
    _words("flags", N("Flags"), width=80, cell_tip=flags_explained, tip=N("Each letter is explained at the peer")),
    _words("client", N("Client"), width=150, fills=True, least=120),
    _words(
        "peer_id_client", N("Peer ID Client"), width=120, shown=False, tip=N("What the peer calls itself in its ID")
    ),
    Column("progress", N("Progress"), text.percent, align=CENTER, width=95, shown=True, paint="progress"),
    _number("dl_speed", N("Down Speed"), text.speed, width=95),
    _number("up_speed", N("Up Speed"), text.speed, width=95),
    _number("downloaded", N("Downloaded"), text.size, width=105),
    _number("uploaded", N("Uploaded"), text.size, width=90),
    _number(
        "relevance", N("Relevance"), text.percent, width=90, tip=N("Share of the pieces we lack that the peer has")
    ),
    _number(
        "contribution", N("Contribution"), text.percent, width=105, tip=N("Share of the peer's data that came from us")
    ),
    _words(
        "files",
        N("Files"),
        text=_list,
        width=220,
        cell_tip=lambda peer: peer.files or None,
        tip=N("The files that the peer is sending"),
    ),
)


# HTTP sources

HTTP_SOURCE: tuple[Column, ...] = (_words("url", N("URL"), width=600, fills=True, least=200),)


# pieces

PIECE_STATES: dict[int, str] = {0: N("Missing"), 1: N("Downloading"), 2: N("Downloaded")}


def _piece_state(state: int) -> str:
    return tr(PIECE_STATES.get(state, PIECE_STATES[0]))


PIECE: tuple[Column, ...] = (
    _number("number", N("Piece"), text.number, width=100, faint=None),
    Column("state", N("Status"), _piece_state, width=120, shown=True, state_color=True),
    _number("availability", N("Peers"), _count, width=80, tip=N("How many peers have it")),
    _words("hash", N("Hash"), width=440, fills=True),
)


# general


@dataclass(frozen=True)
class Fact:
    """One line of the tab "General"."""

    id: str
    label: str
    text: Callable[[Properties], str]
    tip: str = ""
    shown: Callable[[Properties], bool] | None = None
    """None: always."""
    fields: tuple[str, ...] = ()
    """Fields that it tells besides the one it is called like."""


def _transferred(total: str, session: str) -> Callable[[Properties], str]:
    values = attrgetter(total, session)

    def write(p: Properties) -> str:
        all_time, now = values(p)
        return tr("{size} ({session} this session)", size=text.size(all_time), session=text.size(now))

    return write


def _speed(now: str, average: str) -> Callable[[Properties], str]:
    values = attrgetter(now, average)

    def write(p: Properties) -> str:
        speed, mean = values(p)
        if mean < 0:
            return text.speed(speed)
        return tr("{speed} ({average} avg.)", speed=text.speed(speed), average=text.speed(mean))

    return write


def _of_total(connected: str, total: str) -> Callable[[Properties], str]:
    values = attrgetter(connected, total)

    def write(p: Properties) -> str:
        part, known = values(p)
        return (
            text.number(part) if known < 0 else tr("{n} ({total} total)", n=text.number(part), total=text.number(known))
        )

    return write


def _connections(p: Properties) -> str:
    if p.nb_connections_limit <= 0:
        return text.number(p.nb_connections)
    return tr("{n} ({limit} max)", n=text.number(p.nb_connections), limit=text.number(p.nb_connections_limit))


def _active(p: Properties) -> str:
    if p.seeding_time <= 0:
        return text.duration(p.time_elapsed)
    return tr(
        "{active} (seeded for {seeding})", active=text.duration(p.time_elapsed), seeding=text.duration(p.seeding_time)
    )


def _pieces(p: Properties) -> str:
    if p.pieces_num <= 0:
        return tr("N/A")
    return tr(
        "{n} × {size} (have {have})",
        n=text.number(p.pieces_num),
        size=text.size(p.piece_size),
        have=text.number(p.pieces_have),
    )


def _date(field: str, never: str = "") -> Callable[[Properties], str]:
    get = attrgetter(field)
    return lambda p: text.date(get(p)) or (tr(never) if never else _NONE)


def _said(field: str) -> Callable[[Properties], str]:
    get = attrgetter(field)
    return lambda p: text.clean(get(p)) or _NONE


def _metadata(p: Properties) -> str:
    known = p.pieces_num > 0 if p.has_metadata is None else p.has_metadata
    return tr("Received") if known else tr("Not yet received")


def _total_size(p: Properties) -> str:
    return text.size(p.total_size) if p.total_size >= 0 else tr("N/A")


FIRST: tuple[Fact, ...] = (Fact("save_path", N("Save Path"), _said("save_path")),)
"""Above the rest, so that it is seen without scrolling."""
TRANSFER: tuple[Fact, ...] = (
    Fact("time_elapsed", N("Time Active"), _active, fields=("seeding_time",)),
    Fact("eta", N("ETA"), lambda p: text.eta(p.eta), N("Estimated time left")),
    Fact("nb_connections", N("Connections"), _connections, fields=("nb_connections_limit",)),
    Fact(
        "total_downloaded",
        N("Downloaded"),
        _transferred("total_downloaded", "total_downloaded_session"),
        fields=("total_downloaded_session",),
    ),
    Fact(
        "total_uploaded",
        N("Uploaded"),
        _transferred("total_uploaded", "total_uploaded_session"),
        fields=("total_uploaded_session",),
    ),
    Fact("seeds", N("Seeds"), _of_total("seeds", "seeds_total"), fields=("seeds_total",)),
    Fact("dl_speed", N("Download Speed"), _speed("dl_speed", "dl_speed_avg"), fields=("dl_speed_avg",)),
    Fact("up_speed", N("Upload Speed"), _speed("up_speed", "up_speed_avg"), fields=("up_speed_avg",)),
    Fact("peers", N("Peers"), _of_total("peers", "peers_total"), fields=("peers_total",)),
    Fact("dl_limit", N("Download Limit"), lambda p: text.limit(p.dl_limit)),
    Fact("up_limit", N("Upload Limit"), lambda p: text.limit(p.up_limit)),
    Fact("total_wasted", N("Wasted"), lambda p: text.size(p.total_wasted), N("Received, but damaged or not needed")),
    Fact("share_ratio", N("Share Ratio"), lambda p: text.ratio(p.share_ratio), N("Uploaded / downloaded")),
    Fact(
        "reannounce",
        N("Reannounce In"),
        lambda p: text.duration(p.reannounce),
        N("Time until the trackers are asked again"),
    ),
    Fact("last_seen", N("Last Seen Complete"), _date("last_seen", N("Never"))),
    Fact(
        "popularity",
        N("Popularity"),
        lambda p: text.ratio(p.popularity or 0.0),
        N("Ratio / Time Active in months"),
        shown=lambda p: p.popularity is not None,
    ),
)
INFORMATION: tuple[Fact, ...] = (
    Fact("total_size", N("Total Size"), _total_size, N("Size of all files")),
    Fact("pieces_num", N("Pieces"), _pieces, fields=("piece_size", "pieces_have")),
    Fact(
        "private", N("Private"), lambda p: text.yes_no(p.private), N("Peers come only from the torrent's own trackers")
    ),
    Fact(
        "has_metadata",
        N("Metadata"),
        _metadata,
        N("The list of files and their hashes; a magnet link has to find it first"),
    ),
    Fact("addition_date", N("Added On"), _date("addition_date")),
    Fact("completion_date", N("Completed On"), _date("completion_date")),
    Fact("creation_date", N("Created On"), _date("creation_date")),
)
LONG: tuple[Fact, ...] = (
    Fact("name", N("Name"), _said("name")),
    Fact("created_by", N("Created By"), _said("created_by")),
    Fact("hash", N("Torrent ID"), _said("hash"), N("The ID by which the server knows the torrent")),
    Fact("infohash_v1", N("Info Hash v1"), lambda p: p.infohash_v1 or tr("N/A")),
    Fact("infohash_v2", N("Info Hash v2"), lambda p: p.infohash_v2 or tr("N/A")),
    Fact("download_path", N("Incomplete Save Path"), _said("download_path"), shown=lambda p: bool(p.download_path)),
    Fact("comment", N("Comment"), lambda p: "\n".join(map(text.clean, p.comment.split("\n"))).strip() or _NONE),
)
"""Those that may need a whole line, or several."""
