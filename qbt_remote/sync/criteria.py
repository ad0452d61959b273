"""By what torrents are told apart in the sidebar, and counted: one row for each criterion.

A criterion takes a value from a torrent and says for which keys the value stands.  The same row makes
the filter and the counts, so a count is the number that its filter accepts.  Values repeat: what is
found for one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from qbt_remote.api.folders import key, plain
from qbt_remote.sync import states
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent

Test = Callable[["Torrent"], bool]


class StatusFilter(NamedTuple):
    """One entry of the sidebar's status list, with the fields that its test reads."""

    id: str
    label: str
    icon: str
    test: Test
    fields: frozenset[str]


def _by_state(id: str, label: str, icon: str, accepts: Callable[[str], bool]) -> StatusFilter:
    return StatusFilter(id, label, icon, lambda t: accepts(t.state), frozenset({"state"}))


_ACTIVITY = frozenset({"state", "upspeed"})

# order and words of the desktop's sidebar
STATUS_FILTERS: tuple[StatusFilter, ...] = (
    _by_state("downloading", N("Downloading"), "downloading", states.is_downloading),
    _by_state("seeding", N("Seeding"), "seeding", states.is_seeding),
    _by_state("completed", N("Completed"), "completed", states.is_completed),
    _by_state("running", N("Running"), "running", lambda s: not states.is_stopped(s)),
    _by_state("stopped", N("Stopped"), "stopped", states.is_stopped),
    StatusFilter("active", N("Active"), "active", states.is_active, _ACTIVITY),
    StatusFilter("inactive", N("Inactive"), "inactive", lambda t: not states.is_active(t), _ACTIVITY),
    _by_state("stalled", N("Stalled"), "stalled", states.is_stalled),
    _by_state("stalled_uploading", N("Stalled uploading"), "stalled-up", lambda s: s == "stalledUP"),
    _by_state("stalled_downloading", N("Stalled downloading"), "stalled-down", lambda s: s == "stalledDL"),
    _by_state("checking", N("Checking"), "checking", states.is_checking),
    _by_state("moving", N("Moving"), "moving", states.is_moving),
    _by_state("errored", N("Errored"), "error", states.is_errored),
)
STATUS_BY_ID = {row.id: row for row in STATUS_FILTERS}

TRACKER_FLAGS: dict[str, tuple[str, str]] = {
    "has_tracker_error": (N("Tracker error"), "error"),
    "has_other_announce_error": (N("Other error"), "error"),
    "has_tracker_warning": (N("Warning"), "warning"),
}
"""What servers from 5.2 on tell of the announces: the field is the key, as no tracker is called like it."""


class Criterion(NamedTuple):
    """``value`` is what of a torrent matters, ``keys`` what such a value counts for; "" is for none."""

    id: str
    fields: frozenset[str]
    value: Callable[[Any], Any]
    keys: Callable[[Any], tuple[str, ...]]

    def before(self, t: Torrent, old: Mapping[str, Any]) -> Any:
        """Give the value that a torrent had; see ``Changes.before``."""
        return self.value(Before(t, old))


class Before:
    """A torrent as it was before a change, for reading."""

    __slots__ = ("_now", "_old")

    def __init__(self, now: Torrent, old: Mapping[str, Any]) -> None:
        self._now, self._old = now, old

    def __getattr__(self, name: str) -> Any:
        old = self._old
        return old[name] if name in old else getattr(self._now, name)


def kind(t: Any) -> tuple[str, bool]:
    """What the status filters look at: the state, and of a stalled download whether it uploads."""
    state = t.state
    return state, state == "stalledDL" and t.upspeed > 0


@lru_cache(maxsize=256)
def statuses(kind: tuple[str, bool]) -> tuple[str, ...]:
    """The status filters that accept a torrent of this kind."""
    from qbt_remote.sync.torrent import Torrent  # late: it costs the start 10 ms

    example = Torrent(state=kind[0], upspeed=int(kind[1]))
    return tuple(row.id for row in STATUS_FILTERS if row.test(example))


@lru_cache(maxsize=4096)
def and_above(category: str) -> tuple[str, ...]:
    """A category and all that it is in."""
    found, cut = [category], category.find("/", 1)
    while cut > 0:
        found.append(category[:cut])
        cut = category.find("/", cut + 1)
    return tuple(found)


@lru_cache(maxsize=4096)
def each_tag(tags: str) -> tuple[str, ...]:
    """The tags, each once; the server joins them by ", " and no tag holds a comma."""
    return tuple(dict.fromkeys(tag for part in tags.split(",") if (tag := part.strip()))) or ("",)


def tags_of(t: Torrent) -> list[str]:
    return list(each_tag(t.tags)) if t.tags else []


@lru_cache(maxsize=4096)
def _trackers(value: tuple[tuple[str, ...], bool, bool, bool]) -> tuple[str, ...]:
    hosts, *flags = value
    return (*(hosts or ("",)), *(key for key, flag in zip(TRACKER_FLAGS, flags, strict=True) if flag))


@lru_cache(maxsize=4096)
def _folder(path: str) -> tuple[str, ...]:
    """One folder has one key, however it is spelled; it is shown as the first one spelled it."""
    place = key(path)
    _SPELLINGS.setdefault(place, plain(path))
    return (place,)


_SPELLINGS: dict[str, str] = {}


def spelled(place: str) -> str:
    """Give a folder as it is to be shown."""
    return _SPELLINGS.get(place, place)


def _itself(server: str) -> tuple[str, ...]:
    return (server,)


_TRACKER_FIELDS = ("tracker_hosts", *TRACKER_FLAGS)

CRITERIA: dict[str, Criterion] = {
    row.id: row
    for row in (
        Criterion("status", _ACTIVITY, kind, statuses),
        Criterion("category", frozenset({"category"}), attrgetter("category"), and_above),
        Criterion("tag", frozenset({"tags"}), attrgetter("tags"), each_tag),
        Criterion("tracker", frozenset(_TRACKER_FIELDS), attrgetter(*_TRACKER_FIELDS), _trackers),
        Criterion("path", frozenset({"save_path"}), attrgetter("save_path"), _folder),
        Criterion("server", frozenset({"server"}), attrgetter("server"), _itself),
    )
}


def fields_of(criterion: str, keys: Iterable[str]) -> frozenset[str]:
    """Give the fields that decide about these keys."""
    if criterion == "status":
        return frozenset[str]().union(*(STATUS_BY_ID[key].fields for key in keys if key in STATUS_BY_ID))
    if criterion == "tracker":
        return frozenset(key if key in TRACKER_FLAGS else "tracker_hosts" for key in keys)
    return CRITERIA[criterion].fields
