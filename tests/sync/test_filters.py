"""Filters accept what they say, counts are what the filters accept, and both name what they read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbt_remote.sync.counts import COUNTED, tally
from qbt_remote.sync.filters import STATUS_FILTERS, Filter, StatusFilter, tags_of
from qbt_remote.sync.states import STATES
from qbt_remote.sync.torrent import Torrent

_torrents = st.lists(
    st.builds(
        Torrent,
        server=st.sampled_from(["home", "box"]),
        state=st.sampled_from([*STATES, "from the future"]),
        upspeed=st.integers(0, 1),
        category=st.sampled_from(["", "a", "a/b", "a/b/c", "ab"]),
        tags=st.sampled_from(["", "x", "x, y", "y,z"]),
        tracker_hosts=st.sampled_from([(), ("t1",), ("t1", "t2")]),
    ),
    max_size=30,
)

CRITERIA: list[tuple[str, dict[str, Any]]] = [("status", {"status": row.id}) for row in STATUS_FILTERS] + [
    *(("category", {"category": c}) for c in ["", "a", "a/b", "ab", "none"]),
    *(("tag", {"tag": tag}) for tag in ["", "x", "y", "z"]),
    *(("tracker", {"tracker": host}) for host in ["", "t1", "t2"]),
    *(("server", {"servers": frozenset({server})}) for server in ["home", "box"]),
]


@given(torrents=_torrents)
def test_every_count_is_the_number_that_its_filter_accepts(torrents: list[Torrent]) -> None:
    counts = tally(torrents)

    for kind, criterion in CRITERIA:
        (wanted,) = criterion.values()
        key = next(iter(wanted)) if kind == "server" else wanted
        accepted = list(filter(Filter(**criterion).accepts, torrents))
        assert getattr(counts, kind).get(key, 0) == len(accepted), criterion
        assert Filter(**criterion).among(torrents) == accepted


@pytest.mark.parametrize(("kind", "criterion"), CRITERIA)
def test_counts_and_filters_name_the_fields_they_read(kind: str, criterion: dict[str, Any]) -> None:
    fields = Filter(**criterion).fields

    assert fields <= COUNTED
    assert bool(fields) == (kind != "server" and criterion != {"status": "all"})


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", True),
        ("  ", True),
        ("debian", True),
        ("ISO debian", True),
        ("deb 13.1", True),
        ("ubuntu", False),
        ("-iso", False),
        ("debian -arm", True),
        ("-", True),
        ("STRASSE", True),
    ],
)
def test_words_of_the_name(text: str, accepted: bool) -> None:
    assert Filter(text=text).accepts(Torrent(name="Debian-13.1.ISO straße")) == accepted


def test_all_criteria_hold_together() -> None:
    wanted = Filter(status="seeding", category="a", tag="x", tracker="t1", text="one", servers=frozenset({"home"}))
    right = {"server": "home", "name": "one", "state": "uploading", "category": "a/b", "tags": "x, y"}
    right["tracker_hosts"] = ("t1",)  # type: ignore[assignment]  # a tuple among texts

    assert wanted.accepts(Torrent(**right))  # type: ignore[arg-type]  # as above
    for name, other in [("server", "box"), ("name", "two"), ("state", "error"), ("category", "ab"), ("tags", "xy")]:
        assert not wanted.accepts(Torrent(**(right | {name: other})))  # type: ignore[arg-type]  # as above
    assert wanted.fields == {"state", "category", "tags", "tracker_hosts", "name"}


def test_an_unknown_status_shows_all() -> None:
    assert Filter(status="from an old settings file").accepts(Torrent())


def test_tags_are_taken_apart() -> None:
    assert tags_of(Torrent(tags="a, b c,d")) == ["a", "b c", "d"]
    assert tags_of(Torrent()) == []


@pytest.mark.parametrize("row", STATUS_FILTERS, ids=lambda row: row.id)
def test_a_status_is_counted_by_what_the_counts_keep_of_a_torrent(row: StatusFilter) -> None:
    """``counts._kind`` keeps the state and whether a stalled download uploads; a status that reads more adds to it."""
    assert row.fields <= {"state", "upspeed"}
