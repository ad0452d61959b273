"""The columns and facts of the details: what they write, and in which order they bring rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from qbt_remote.model.columns import Column
from qbt_remote.model.details.columns import (
    FIRST,
    HTTP_SOURCE,
    INFORMATION,
    LONG,
    PEER,
    PEER_FLAGS,
    TRANSFER,
    Fact,
    flags_explained,
    tracker_columns,
    tracker_state,
)
from qbt_remote.sync.details.rows import HttpSource, Peer, Properties, Tracker, TrackerEndpoint

NOW = 1_800_000_000
TRACKER = tracker_columns(lambda when: when - NOW)
TABLES: dict[str, tuple[tuple[Column, ...], Any]] = {
    "tracker": (TRACKER, Tracker),
    "peer": (PEER, Peer),
    "http_source": (HTTP_SOURCE, HttpSource),
}
every_table = pytest.mark.parametrize(("columns", "kind"), TABLES.values(), ids=TABLES)
FACTS = (*FIRST, *TRANSFER, *INFORMATION, *LONG)
every_fact = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)


def written(columns: tuple[Column, ...], id: str, row: Any) -> str:
    column = next(c for c in columns if c.id == id)
    return column.text(column.value(row))


def ordered(columns: tuple[Column, ...], id: str, rows: list[Any], *, down: bool = False) -> list[Any]:
    column = next(c for c in columns if c.id == id)
    return sorted(rows, key=column.sort_down if down else column.sort, reverse=down)


@every_table
def test_every_column_reads_known_fields_and_writes_what_was_never_sent(columns: tuple[Column, ...], kind: Any) -> None:
    assert [id for id, n in Counter(c.id for c in columns).items() if n > 1] == []
    for column in columns:
        assert column.fields & set(kind.__struct_fields__), column.id
        assert isinstance(column.text(column.value(kind())), str)
        assert column.sort(kind()) == column.sort(kind())
        column.sort_down(kind())


@every_fact
def test_every_fact_writes_what_was_never_sent(fact: Fact) -> None:
    assert fact.id in Properties.__struct_fields__
    assert fact.text(Properties())


def test_everything_that_is_told_of_a_torrent_a_tracker_or_a_peer_is_shown() -> None:
    bars = {"progress", "availability", "piece_states", "piece_availability"}
    facts = {field for fact in FACTS for field in (fact.id, *fact.fields)}
    assert set(Properties.__struct_fields__) == facts | bars

    for columns, kind in TABLES.values():
        placed = {"of", "place", "index", "piece_range"}  # tell which row it is, and which pieces it lies in
        shown = {field for column in columns for field in column.fields}
        assert set(kind.__struct_fields__) - placed <= shown, kind


def test_facts_are_written_as_the_desktop_does() -> None:
    p = Properties(
        time_elapsed=7200,
        seeding_time=3600,
        nb_connections=2,
        nb_connections_limit=99,
        total_downloaded=2048,
        total_downloaded_session=1024,
        seeds=1,
        seeds_total=5,
        dl_speed=3072,
        dl_speed_avg=1024,
        up_speed_avg=-4_000,
        pieces_num=91,
        piece_size=65536,
        pieces_have=17,
        private=True,
        comment="a\nb\u202e",
    )
    said = {fact.id: fact.text(p) for fact in FACTS}

    assert said["time_elapsed"] == "2h 0m (seeded for 1h 0m)"
    assert said["nb_connections"] == "2 (99 max)"
    assert said["total_downloaded"] == "2.0 KiB (1.0 KiB this session)"
    assert said["seeds"] == "1 (5 total)" and said["peers"] == "0"
    assert said["dl_speed"] == "3.0 KiB/s (1.0 KiB/s avg.)"
    assert said["up_speed"] == "0 B/s", "4.1.4 to 4.6 send nonsense below zero"
    assert said["pieces_num"] == "91 × 64.0 KiB (have 17)"
    assert said["private"] == "Yes" and said["last_seen"] == "Never" and said["completion_date"] == "–"
    assert said["comment"] == "a\nb[U+202E]"


def test_how_it_stands_with_a_tracker_is_said_in_words() -> None:
    states = [tracker_state(Tracker(status=status))[0] for status in (0, 1, 2, 4, 5, 6, 77)]

    assert states == [
        "Disabled",
        "Not contacted yet",
        "Working",
        "Not working",
        "Tracker error",
        "Unreachable",
        "Unknown",
    ]
    assert tracker_state(Tracker(status=1, updating=True))[0] == "Updating"


def test_a_tracker_tells_when_it_is_asked_again_and_by_which_protocols() -> None:
    tracker = Tracker(
        next_announce=NOW + 90,
        min_announce=NOW - 5,
        endpoints=[TrackerEndpoint(bt_version=2), TrackerEndpoint(bt_version=1)],
    )

    assert written(TRACKER, "next_announce", tracker) == "1m"
    assert written(TRACKER, "min_announce", tracker) == "0"
    assert written(TRACKER, "bt_version", tracker) == "v1, v2"


@pytest.mark.parametrize("column", [column.id for column in TRACKER])
@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
def test_dht_pex_and_lsd_stay_above_the_trackers(column: str, down: bool) -> None:
    built_in = [Tracker(url=f"** [{name}] **", tier=-1, num_peers=n) for n, name in enumerate(("DHT", "PeX", "LSD"))]
    trackers = [Tracker(url="http://b", tier=0, num_peers=7), Tracker(url="", tier=1, num_peers=-1)]

    assert ordered(TRACKER, column, [*trackers, *built_in], down=down)[:3] == built_in


def test_each_flag_of_a_peer_is_explained_on_its_line() -> None:
    lines = flags_explained(Peer(flags=" ".join([*PEER_FLAGS, "~"]))).split("\n")

    assert [line[0] for line in lines] == list(PEER_FLAGS), "one that is not known is passed over"


def test_addresses_are_in_natural_order() -> None:
    peers = [Peer(ip="10.0.0.10"), Peer(i2p_dest="zzz.b32.i2p"), Peer(ip="10.0.0.9")]

    assert [written(PEER, "ip", p) for p in ordered(PEER, "ip", peers)] == ["10.0.0.9", "10.0.0.10", "zzz.b32.i2p"]
