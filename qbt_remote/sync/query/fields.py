"""The fields that can be asked for in the filter box: one row each.

Units: sizes and speeds are in bytes, k, m, g and t being 1024 of the one before; shares of the
progress in per cent; a time span without a unit in seconds, an age in days.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf, nan
from operator import attrgetter, eq, ge, gt, le, lt, ne
from typing import Any

from qbt_remote.sync.criteria import STATUS_BY_ID, Test, each_tag, kind, statuses
from qbt_remote.sync.dates import is_date
from qbt_remote.sync.query.query import QueryError, fold
from qbt_remote.translatable import N

_INFINITE_ETA = 8_640_000
_DAY_S = 86_400
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
    "=": eq,
    ":": eq,
    "!=": ne,
}
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?|[.,]\d+)\s*([a-z%/]*)", re.IGNORECASE)
_SPAN = re.compile(r"(\d+(?:[.,]\d+)?)(mo|[smhdwy])", re.IGNORECASE)
_SPANS_S = {"s": 1, "m": 60, "h": 3600, "d": _DAY_S, "w": 7 * _DAY_S, "mo": 30 * _DAY_S, "y": 365 * _DAY_S}
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_POWERS = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


@dataclass(slots=True)
class Comparison:
    """A sign and a value behind a field's name, and what is needed to understand them."""

    sign: str
    value: str
    at: int
    """Where the value stands in the text."""
    now: float
    servers: Mapping[str, str]
    timed: bool = False
    """Set by a test that depends on ``now``."""
    read: frozenset[str] = frozenset()
    """Set by a test that reads other fields than its row says."""

    def wrong(self, template: str) -> QueryError:
        return QueryError(self.at, template, value=self.value)


@dataclass(frozen=True, slots=True)
class QueryField:
    """One field: how it is called, what it is, and how a test is made of what was asked."""

    name: str
    about: str
    test: Callable[[Comparison], Test]
    fields: frozenset[str]
    """The Torrent fields that the test reads."""
    sign: str = ":"
    """What is put behind the name when it is completed."""
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Other names."""
    group: str = "text"
    """How it is compared: "text", "number", "date" or "yes"."""


# values


def _number(asked: Comparison) -> float:
    match = _NUMBER.fullmatch(asked.value)
    if match is None or match[2]:
        raise asked.wrong(N("“{value}” is not a number"))
    return _float(match[1])


def _float(digits: str) -> float:
    return float(digits.replace(",", "."))


def _percent(asked: Comparison) -> float:
    match = _NUMBER.fullmatch(asked.value)
    if match is None or match[2] not in ("", "%"):
        raise asked.wrong(N("“{value}” is not a percentage, such as 50%"))
    return _float(match[1]) / 100


def _bytes(asked: Comparison) -> float:
    match = _NUMBER.fullmatch(asked.value)
    unit = match[2].lower().removesuffix("/s") if match else "?"
    power = _POWERS.get(unit.removesuffix("b").removesuffix("i")) if unit != "ib" else None
    if match is None or power is None:
        raise asked.wrong(N("“{value}” is not a size, such as 700mb or 4gb"))
    return _float(match[1]) * 1024.0**power


def _span(asked: Comparison, bare_s: int = 1) -> float:
    if asked.value.isdecimal():
        return int(asked.value) * float(bare_s)
    parts = list(_SPAN.finditer(asked.value))
    if not parts or "".join(part[0] for part in parts) != asked.value:
        raise asked.wrong(N("“{value}” is not a time, such as 30m, 2h or 7d"))
    return sum(_float(part[1]) * _SPANS_S[part[2].lower()] for part in parts)


def _days(asked: Comparison) -> tuple[float, float] | None:
    """Give the first second of a day, month or year, and that of the next; None if the value is no date."""
    match = _DATE.fullmatch(asked.value)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not 1970 <= year <= 9000 or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
        raise asked.wrong(N("“{value}” is not a date, such as 2026-01-31"))
    following = (year, month or 1, day + 1) if day else (year, month + 1, 1) if month else (year + 1, 1, 1)
    return _local(year, month or 1, day or 1), _local(*following)


def _local(year: int, month: int, day: int) -> float:
    return time.mktime((year, month, day, 0, 0, 0, 0, 0, -1))


# tests


def _compared(get: Callable[[Any], float], value: Callable[[Comparison], float]) -> Callable[[Comparison], Test]:
    def make(asked: Comparison) -> Test:
        compare, wanted = _COMPARE[asked.sign], value(asked)
        return lambda t: compare(get(t), wanted)

    return make


def _dated(get: Callable[[Any], float]) -> Callable[[Comparison], Test]:
    """A time is compared with a date, or its age with a span; "never" is neither before nor after."""

    def make(asked: Comparison) -> Test:
        days = _days(asked)
        if days is None:
            asked.timed = True
            border = asked.now - _span(asked, _DAY_S)
            younger = asked.sign in ("<", "<=", ":", "=")
            return (lambda t: get(t) >= border) if younger else (lambda t: get(t) < border)
        start, end = days
        sign = asked.sign
        if sign in ("<", "<="):
            limit = start if sign == "<" else end
            return lambda t: get(t) < limit
        if sign in (">", ">="):
            limit = end if sign == ">" else start
            return lambda t: get(t) >= limit
        within = sign != "!="
        return lambda t: (start <= get(t) < end) == within

    return make


def _texts(
    get: Callable[[Any, Comparison], Iterable[str]], value: Callable[[Any], Any]
) -> Callable[[Comparison], Test]:
    """One of the texts contains the value (":"), or is it ("="); ``value`` is what they are made from."""

    def make(asked: Comparison) -> Test:
        if asked.sign in ("<", ">", "<=", ">="):
            raise QueryError(asked.at - len(asked.sign), N("a text field needs “:” or “=” after its name"))
        wanted, exact, turned = fold(asked.value), asked.sign != ":", asked.sign == "!="
        verdicts: dict[Any, bool] = {}

        def test(t: Any) -> bool:
            own = value(t)
            verdict = verdicts.get(own)
            if verdict is None:
                texts = [fold(text) for text in get(own, asked)] or [""]
                found = wanted in texts if exact else any(wanted in text for text in texts)
                verdict = found != turned
                if len(verdicts) < 50_000:
                    verdicts[own] = verdict
            return verdict

        return test

    return make


_STATES: dict[str, frozenset[str]] = {
    "queued": frozenset({"queuedDL", "queuedUP"}),
    "forced": frozenset({"forcedDL", "forcedUP", "forcedMetaDL"}),
    "metadata": frozenset({"metaDL", "forcedMetaDL"}),
    "missing_files": frozenset({"missingFiles"}),
    "paused": frozenset({"stoppedDL", "stoppedUP"}),
}
STATE_WORDS = (*STATUS_BY_ID, *_STATES)


def _state(asked: Comparison) -> Test:
    """The status filters of the sidebar by their ids, and some states; ":" takes the beginning of a word."""
    wanted = asked.value.lower().replace(" ", "_")
    words = [word for word in STATE_WORDS if (word.startswith(wanted) if asked.sign == ":" else word == wanted)]
    if not words or asked.sign in ("<", ">", "<=", ">="):
        raise asked.wrong(N("there is no state “{value}”"))
    ids = frozenset(words)
    states = frozenset[str]().union(*(_STATES[word] for word in words if word in _STATES))
    asked.read = frozenset({"state"}).union(*(STATUS_BY_ID[word].fields for word in words if word in STATUS_BY_ID))
    turned = asked.sign == "!="
    verdicts: dict[tuple[str, bool], bool] = {}

    def test(t: Any) -> bool:
        own = kind(t)
        verdict = verdicts.get(own)
        if verdict is None:
            verdict = verdicts[own] = (own[0] in states or not ids.isdisjoint(statuses(own))) != turned
        return verdict

    return test


def _yes(get: Callable[[Any], Any]) -> Callable[[Comparison], Test]:
    def make(asked: Comparison) -> Test:
        wanted = asked.value.lower()
        yes = any(word.startswith(wanted) for word in ("yes", "true", "1", "on"))
        no = any(word.startswith(wanted) for word in ("no", "false", "0", "off"))
        if yes == no or asked.sign in ("<", ">", "<=", ">="):
            raise asked.wrong(N("“{value}” is neither yes nor no"))
        turned = yes == (asked.sign == "!=")
        return lambda t: bool(get(t)) != turned

    return make


# rows


def _numeric(
    name: str, about: str, field: str, read: Callable[[Comparison], float], least: float = -inf, **more: Any
) -> QueryField:
    """A number; one below ``least`` means that it is not known, or not there."""
    get = attrgetter(field)
    known = get if least == -inf else lambda t: value if (value := get(t)) >= least else nan
    return QueryField(name, about, _compared(known, read), frozenset({field}), ">", group="number", **more)


def _date(name: str, about: str, field: str, **more: Any) -> QueryField:
    get = attrgetter(field)

    def known(t: Any) -> float:
        return value if is_date(value := get(t)) else nan

    return QueryField(name, about, _dated(known), frozenset({field}), "<", group="date", **more)


def _text(name: str, about: str, *fields: str, **more: Any) -> QueryField:
    def each(own: Any, _asked: Comparison) -> Iterable[str]:
        return (own,) if len(fields) == 1 else own

    return QueryField(name, about, _texts(each, attrgetter(*fields)), frozenset(fields), **more)


def _bool(name: str, about: str, field: str, **more: Any) -> QueryField:
    test, fields = _yes(attrgetter(field)), frozenset({field})
    return QueryField(name, about, test, fields, choices=("yes", "no"), group="yes", **more)


def _ratio(t: Any) -> float:
    return inf if t.ratio < 0 else float(t.ratio)


def _eta(t: Any) -> float:
    return inf if t.eta >= _INFINITE_ETA or t.eta < 0 else float(t.eta)


def _tags(own: str, _asked: Comparison) -> Iterable[str]:
    return each_tag(own)


def _hosts(own: tuple[str, ...], _asked: Comparison) -> Iterable[str]:
    return own


def _server(own: str, asked: Comparison) -> Iterable[str]:
    return (asked.servers.get(own, own),)


# fmt: off
_ROWS: tuple[QueryField, ...] = (
    _text("name", N("Name"), "name"),
    _numeric("size", N("Size of the files selected for download"), "size", _bytes),
    _numeric("total", N("Size of all files"), "total_size", _bytes, 0, also=("total_size",)),
    _numeric("progress", N("Progress in per cent"), "progress", _percent, also=("done",)),
    QueryField("state", N("State"), _state, frozenset({"state", "upspeed"}), choices=STATE_WORDS, also=("status",)),
    _numeric("seeds", N("Connected seeds"), "num_seeds", _number),
    _numeric("peers", N("Connected peers"), "num_leechs", _number),
    _numeric("swarm_seeds", N("Seeds that the tracker knows"), "num_complete", _number, 0),
    _numeric("swarm_peers", N("Peers that the tracker knows"), "num_incomplete", _number, 0),
    _numeric("dlspeed", N("Down speed"), "dlspeed", _bytes, also=("down",)),
    _numeric("upspeed", N("Up speed"), "upspeed", _bytes, also=("up",)),
    QueryField("eta", N("Time left"), _compared(_eta, _span), frozenset({"eta"}), "<", group="number"),
    QueryField("ratio", N("Ratio"), _compared(_ratio, _number), frozenset({"ratio"}), "<", group="number"),
    _numeric("popularity", N("Popularity"), "popularity", _number),
    _text("category", N("Category"), "category"),
    QueryField("tag", N("Tag"), _texts(_tags, attrgetter("tags")), frozenset({"tags"}), also=("tags",)),
    _date("added", N("Added, by age or date"), "added_on"),
    _date("completed", N("Completed, by age or date"), "completion_on"),
    _date("activity", N("Last activity, by age or date"), "last_activity", also=("active",)),
    _date("seen", N("Last seen complete, by age or date"), "seen_complete"),
    _date("created", N("Torrent made, by age or date"), "creation_date"),
    QueryField(
        "tracker", N("Host of a tracker"), _texts(_hosts, attrgetter("tracker_hosts")), frozenset({"tracker_hosts"})
    ),
    _numeric("trackers", N("Number of trackers"), "trackers_count", _number),
    _numeric("downloaded", N("Downloaded"), "downloaded", _bytes),
    _numeric("uploaded", N("Uploaded"), "uploaded", _bytes),
    _numeric("remaining", N("Remaining"), "amount_left", _bytes, also=("left",)),
    _numeric("wasted", N("Wasted"), "total_wasted", _bytes),
    _numeric("time_active", N("Time active"), "time_active", _span),
    _numeric("seeding_time", N("Time seeded"), "seeding_time", _span),
    _numeric("availability", N("Availability"), "availability", _number, 0, also=("copies",)),
    _numeric("dllimit", N("Down limit"), "dl_limit", _bytes, 1),
    _numeric("uplimit", N("Up limit"), "up_limit", _bytes, 1),
    _numeric("queue", N("Position in the queue"), "priority", _number, 1),
    _numeric("connections", N("Connections"), "connections_count", _number),
    _text("path", N("Folders on the server"), "save_path", "download_path", "content_path"),
    _text("hash", N("Info-hash"), "hash", "infohash_v1", "infohash_v2"),
    _text("comment", N("Comment"), "comment"),
    _text("creator", N("Program that created the torrent"), "created_by"),
    _bool("private", N("Private"), "private"),
    _bool("auto", N("Automatic torrent management"), "auto_tmm"),
    _bool("sequential", N("Sequential download"), "seq_dl"),
    _bool("first_last", N("First and last pieces first"), "f_l_piece_prio"),
    _bool("super_seeding", N("Super seeding"), "super_seeding"),
    _bool("forced", N("Force start"), "force_start"),
    _bool("metadata", N("Has metadata"), "has_metadata"),
    QueryField("server", N("Server"), _texts(_server, attrgetter("server")), frozenset({"server"})),
)
# fmt: on
FIELDS: dict[str, QueryField] = {name: row for row in _ROWS for name in (row.name, *row.also)}
