"""The columns of every table: one row each.

Ids are the wire's field names; computed columns have names of their own, titles and order the desktop window's
(TransferListModel, 5.3).  Texts are English here and translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from operator import attrgetter
from typing import Any

from PySide6.QtCore import Qt

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import NameOf, word_key
from qbt_remote.sync.dates import FIRST_DATE, LAST_DATE
from qbt_remote.sync.states import STATES
from qbt_remote.translatable import N

Value = Callable[[Any], Any]


def _by_id(row: Any) -> Any:
    """Stands for "the field that is called like the column" until the column knows its id."""
    raise NotImplementedError


LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTER = int(Qt.AlignmentFlag.AlignCenter)
_LAST_WORD = "\U0010ffff"
_LONG_SIZE = 1023 * 1024 + 900
_LONG_DATE = 1_861_741_680
"""28 December 2028, in the evening."""


@dataclass(frozen=True, eq=False, repr=False)
class Column:
    """One column of a table; all that anything needs to know of it."""

    id: str
    title: str
    text: Callable[[Any], str] = text.clean
    """Writes what ``value`` gives."""
    value: Value = _by_id
    """Takes it from the row; without it the field that is called like the column."""
    fields: frozenset[str] = frozenset()
    """Fields of the row that the cell or the order depends on; without them the one called like the column."""
    sort: Value = _by_id
    """Key of a row, smallest first; without it ``value``."""
    sort_down: Value = _by_id
    """Key of a row where the largest is first, if not ``sort``: rows without a value are last both ways."""
    align: int = LEFT
    tip: str = ""
    """Explains the title."""
    cell_tip: Callable[[Any], str] | None = None
    """Given the row; without it a cut text is its own tip."""
    width: int = 100
    """In pixels for a font 16 pixels high, until the user drags it; more if its title or ``usual`` need it."""
    usual: Callable[[], Iterable[str]] | None = None
    """Gives the longest texts that are usual, in the user's language."""
    fills: bool = False
    """Takes the space that the other columns leave, until the user drags it."""
    least: int = 0
    """How narrow a column that fills may become, as ``width``; without it never narrower than that."""
    shown: bool = False
    """Until the user chooses."""
    rank: int = 0
    """Where they do not fit, those with the highest are left out, until the user chooses; 0 never is."""
    paint: str = ""
    """ "" or "progress"."""
    faint: Callable[[Any], bool] | None = None
    """Of the value: it says nothing and is dimmed."""
    spoken: Callable[[Any], str] | None = None
    """Given the row: what a screen reader says in place of the text."""
    state_color: bool = False
    """Written in the colour of the row's state."""
    icon: bool = False
    """Shows the icon of the row's state."""

    def __post_init__(self) -> None:
        if self.value is _by_id:
            object.__setattr__(self, "value", attrgetter(self.id))
        if self.sort is _by_id:
            object.__setattr__(self, "sort", self.value)
        if self.sort_down is _by_id:
            object.__setattr__(self, "sort_down", self.sort)
        if not self.fields:
            object.__setattr__(self, "fields", frozenset((self.id,)))

    @property
    def indented(self) -> bool:
        """Words keep a distance from the numbers that end at their left."""
        return self.align == LEFT and not self.icon and not self.state_color

    @property
    def number(self) -> bool:
        """Numbers are sorted largest first at the first click."""
        return self.align == RIGHT


def _number(id: str, title: str, text: Callable[[Any], str], **more: Any) -> Column:
    more.setdefault("faint", _nothing)
    return Column(id, title, text, align=RIGHT, **more)


def _speed(id: str, title: str, **more: Any) -> Column:
    return _number(id, title, text.speed, width=90, usual=lambda: (text.speed(_LONG_SIZE),), shown=True, **more)


def _long_date() -> Iterable[str]:
    return (text.date(_LONG_DATE),)


def _date(id: str, title: str, **more: Any) -> Column:
    last = _last(id, FIRST_DATE + 1, LAST_DATE)
    return Column(id, title, text.date, align=RIGHT, width=130, usual=_long_date, **last, **more)


def _folded(id: str, title: str, **more: Any) -> Column:
    """A column of words in the order of names; rows without words are last."""
    get = attrgetter(id)

    def up(row: Any) -> str:
        return word_key(get(row)) or _LAST_WORD

    return Column(id, title, sort=up, sort_down=lambda row: word_key(get(row)), **more)


def _pair(part: str, total: str, title: str) -> Column:
    return _number(
        part,
        title,
        lambda pair: text.of_total(*pair),
        value=attrgetter(part, total),
        fields=frozenset((part, total)),
        faint=lambda pair: pair[0] == 0,
        tip=N("Connected; in brackets, all that the tracker reports"),
        width=75,
        usual=lambda: (text.of_total(88, 8888),),
        shown=True,
    )


def _last(id: str, least: float, limit: float = inf) -> dict[str, Any]:
    """Sort keys that put rows without a value last, upwards and downwards; one is from ``least`` to below ``limit``."""
    get = attrgetter(id)

    def up(row: Any) -> Any:
        return value if least <= (value := get(row)) < limit else inf

    def down(row: Any) -> Any:
        return value if least <= (value := get(row)) < limit else -inf

    return {"sort": up, "sort_down": down}


def _nothing(value: Any) -> bool:
    """Zero, and the -1 or -2 that stand for infinite and unknown."""
    return bool(value <= 0)


def _yes(id: str, title: str, tip: str) -> Column:
    get = attrgetter(id)
    return Column(
        id, title, text.yes_no, sort=lambda row: not get(row), faint=lambda value: not value, tip=tip, width=110
    )


def _own(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Write a share limit of a torrent's own: -2 is the global one, -1 is none."""

    def written(value: Any) -> str:
        return tr("Global setting") if value == -2 else text.INFINITY if value < 0 else write(value)

    return written


def _minutes(minutes: int) -> str:
    return text.duration(minutes * 60)


def _inherits(value: Any) -> bool:
    return bool(value == -2)


def _named(names: Mapping[str, str]) -> Callable[[str], str]:
    """Write a word of the wire as people know it; one of a newer server stands for itself."""
    return lambda value: tr(names[value]) if value in names else text.clean(value, 40)


def _is_default(value: str) -> bool:
    return value in ("", "Default")


def _not_some(value: str) -> str:
    return value or text.yes_no(None)


def _position(place: int) -> str:
    return text.number(place) if place > 0 else "*"


def _status(state: str) -> str:
    known = STATES.get(state)
    return tr(known.label) if known else text.clean(state, 40)


def _statuses() -> Iterable[str]:
    """Forced metadata is too rare to cost every window its width."""
    return (tr(state.label) for id, state in STATES.items() if id != "forcedMetaDL")


_STATE_ORDER = {state: place for place, state in enumerate(STATES)}


def _state_place(row: Any) -> int:
    return _STATE_ORDER.get(row.state, len(_STATE_ORDER))


def _wanted_size(row: Any) -> int:
    """Without metadata servers send 0 for what is wanted, and -1 for the whole."""
    size: int = row.size
    return size if size > 0 or row.total_size >= 0 else -1


def _active_time(times: tuple[int, int]) -> str:
    active, seeding = times
    if seeding <= 0:
        return text.duration(active)
    return tr("{active} (seeded for {seeding})", active=text.duration(active), seeding=text.duration(seeding))


def _sentence(row: Any) -> str:
    """The whole torrent for a screen reader."""
    return tr(
        "{name}, {status}, {percent}, down {down}, up {up}",
        name=text.clean(row.name),
        status=_status(row.state),
        percent=text.percent(row.progress),
        down=text.speed(row.dlspeed),
        up=text.speed(row.upspeed),
    )


ACTIONS = {
    "Default": N("Global setting"),
    "Stop": N("Stop torrent"),
    "Remove": N("Remove torrent"),
    "RemoveWithContent": N("Remove torrent and its content"),
    "EnableSuperSeeding": N("Enable super seeding for torrent"),
}
MODES = {"Default": N("Global setting"), "MatchAny": N("Any limit is reached"), "MatchAll": N("All limits are reached")}

TORRENT: tuple[Column, ...] = (
    _number(
        "priority", N("#"), _position, **_last("priority", 1), tip=N("Position in the queue"), width=45, shown=True
    ),
    Column(
        "name",
        N("Name"),
        width=290,
        fills=True,
        least=180,
        shown=True,
        sort=NameOf(attrgetter("name")),
        spoken=_sentence,
        icon=True,
        cell_tip=lambda row: str(row.name),
    ),
    _folded("server", N("Server"), width=110, shown=True, tip=N("The server that has the torrent")),
    _number(
        "size",
        N("Size"),
        text.size,
        value=_wanted_size,
        fields=frozenset(("size", "total_size")),
        tip=N("Size of the files selected for download"),
        width=80,
        usual=lambda: (text.size(_LONG_SIZE),),
        shown=True,
    ),
    _number("total_size", N("Total Size"), text.size, tip=N("Size of all files"), width=85),
    Column("progress", N("Progress"), text.percent, align=CENTER, width=95, shown=True, paint="progress"),
    Column("state", N("Status"), _status, sort=_state_place, width=130, usual=_statuses, shown=True, state_color=True),
    _pair("num_seeds", "num_complete", N("Seeds")),
    _pair("num_leechs", "num_incomplete", N("Peers")),
    _speed("dlspeed", N("Down Speed")),
    _speed("upspeed", N("Up Speed")),
    _number(
        "eta",
        N("ETA"),
        text.eta,
        **_last("eta", -inf, text.INFINITE_ETA),
        faint=lambda s: s >= text.INFINITE_ETA,
        tip=N("Estimated time left"),
        width=70,
        usual=lambda: (text.eta(23 * 3600 + 59 * 60), text.eta(99 * 86400 - 1)),
        shown=True,
    ),
    _number("ratio", N("Ratio"), text.ratio, tip=N("Uploaded / downloaded"), width=60, shown=True),
    _number("popularity", N("Popularity"), text.ratio, tip=N("Ratio / Time Active in months"), width=80),
    _folded("category", N("Category"), width=95, shown=True),
    _folded("tags", N("Tags"), width=95, shown=True),
    _date("added_on", N("Added On"), shown=True),
    _date("completion_on", N("Completed On")),
    _folded("tracker", N("Tracker"), tip=N("The first tracker that works"), width=160),
    _number("dl_limit", N("Down Limit"), text.limit, **_last("dl_limit", 1), width=90),
    _number("up_limit", N("Up Limit"), text.limit, **_last("up_limit", 1), width=90),
    _number("downloaded", N("Downloaded"), text.size, width=90),
    _number("uploaded", N("Uploaded"), text.size, width=90),
    _number("downloaded_session", N("Session Downloaded"), text.size, tip=N("Since the server was started"), width=130),
    _number("uploaded_session", N("Session Uploaded"), text.size, tip=N("Since the server was started"), width=120),
    _number("amount_left", N("Remaining"), text.size, width=90),
    _number(
        "time_active",
        N("Time Active"),
        _active_time,
        value=attrgetter("time_active", "seeding_time"),
        fields=frozenset(("time_active", "seeding_time")),
        faint=lambda times: times[0] <= 0,
        width=150,
    ),
    _folded("save_path", N("Save Path"), width=220),
    _number("completed", N("Completed"), text.size, width=90),
    _number("max_ratio", N("Ratio Limit"), text.ratio, **_last("max_ratio", 0), width=80),
    _date("seen_complete", N("Last Seen Complete")),
    _date("last_activity", N("Last Activity")),
    _number(
        "availability",
        N("Availability"),
        text.availability,
        **_last("availability", 0),
        tip=N("Distributed copies among the connected peers"),
        width=85,
        shown=True,
    ),
    _folded("download_path", N("Incomplete Save Path"), width=220),
    Column("infohash_v1", N("Info Hash v1"), _not_some, width=300, faint=lambda h: not h),
    Column("infohash_v2", N("Info Hash v2"), _not_some, width=460, faint=lambda h: not h),
    _number(
        "reannounce", N("Reannounce In"), text.duration, tip=N("Time until the trackers are asked again"), width=100
    ),
    Column(
        "private",
        N("Private"),
        text.yes_no,
        sort=lambda t: (t.private is None, not t.private),
        width=65,
        faint=lambda private: not private,
        tip=N("Peers come only from the torrent's own trackers"),
    ),
    _date("creation_date", N("Created On")),
    _folded("comment", N("Comment"), width=220),
    _folded("content_path", N("Content Path"), tip=N("The torrent's file or folder on the server"), width=260),
    _folded("root_path", N("Root Path"), tip=N("The torrent's folder on the server, if it has one"), width=260),
    _number("trackers_count", N("Trackers"), tip=N("Number of trackers"), text=text.number, width=75),
    _number("seeding_time", N("Seeding Time"), text.duration, width=100),
    _number(
        "ratio_limit",
        N("Own Ratio Limit"),
        _own(text.ratio),
        faint=_inherits,
        **_last("ratio_limit", 0),
        tip=N("Limit set for this torrent itself"),
        width=120,
    ),
    _number(
        "seeding_time_limit",
        N("Seeding Time Limit"),
        _own(_minutes),
        faint=_inherits,
        **_last("seeding_time_limit", 0),
        tip=N("Limit set for this torrent itself"),
        width=130,
    ),
    _number(
        "inactive_seeding_time_limit",
        N("Inactive Seeding Time Limit"),
        _own(_minutes),
        faint=_inherits,
        **_last("inactive_seeding_time_limit", 0),
        tip=N("Limit set for this torrent itself"),
        width=180,
    ),
    Column(
        "share_limit_action",
        N("Share Limit Action"),
        _named(ACTIONS),
        width=150,
        faint=_is_default,
        tip=N("What the server does when the share limits are reached"),
    ),
    Column(
        "share_limits_mode",
        N("Share Limits Mode"),
        _named(MODES),
        width=140,
        faint=_is_default,
        tip=N("Whether any or all of the share limits must be reached"),
    ),
    _yes("auto_tmm", N("Automatic Management"), N("The category decides where the server saves the files")),
    _yes("seq_dl", N("Sequential Download"), N("The pieces are downloaded from the first to the last")),
    _yes("f_l_piece_prio", N("First and Last Pieces First"), N("The ends of each file are downloaded first")),
    _yes("super_seeding", N("Super Seeding"), N("Each piece is sent only once, until other peers share it")),
    _yes("force_start", N("Force Start"), N("Runs regardless of the queue and the share limits")),
    _yes("has_metadata", N("Has Metadata"), N("The server knows which files the torrent has")),
    _number("total_wasted", N("Wasted"), text.size, tip=N("Received and discarded"), width=90),
    _number("piece_size", N("Piece Size"), text.size, width=85),
    _number(
        "pieces_have",
        N("Pieces"),
        lambda pair: text.of_total(*pair),
        value=attrgetter("pieces_have", "pieces_num"),
        fields=frozenset(("pieces_have", "pieces_num")),
        faint=lambda pair: pair[1] <= 0,
        tip=N("Pieces the server has; in brackets, all"),
        width=110,
    ),
    _number(
        "connections_count",
        N("Connections"),
        lambda pair: text.of_total(*pair),
        value=attrgetter("connections_count", "connections_limit"),
        fields=frozenset(("connections_count", "connections_limit")),
        faint=lambda pair: pair[0] <= 0,
        tip=N("Open connections; in brackets, the limit"),
        width=95,
    ),
    _folded("created_by", N("Created By"), tip=N("The program that created the torrent"), width=150),
    _yes("has_tracker_error", N("Tracker Error"), N("A tracker answers with an error")),
    _yes("has_other_announce_error", N("Other Announce Error"), N("A tracker cannot be reached")),
    _yes("has_tracker_warning", N("Tracker Warning"), N("A tracker answers with a warning")),
)
"""The desktop's 38 columns with the server second (offered only where there are several), then the other fields that
servers send."""
_RANKS = (
    *("name", "server", "progress", "state", "size", "dlspeed", "upspeed", "eta", "priority"),
    *("num_seeds", "num_leechs", "ratio", "category", "tags", "availability", "added_on"),
)
"""The columns that are shown at first, the most important first: the list is 800 pixels wide in a small window."""


def torrent_columns(server_names: Mapping[str, str]) -> tuple[Column, ...]:
    """Give ``TORRENT`` with its ranks, and the servers' names, looked up when they are shown, in place of their ids."""

    def name(row: Any) -> str:
        return server_names.get(row.server, row.server)

    def folded(row: Any) -> str:
        return word_key(name(row))

    of_servers: dict[str, Any] = {"value": name, "sort": folded, "sort_down": folded}
    ranks = {id: rank for rank, id in enumerate(_RANKS)}
    return tuple(
        replace(column, rank=ranks.get(column.id, 0), **of_servers if column.id == "server" else {})
        for column in TORRENT
    )
