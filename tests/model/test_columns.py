"""The column table, every row of it."""

import random
from typing import Any

import pytest
from PySide6.QtCore import QLocale

from qbt_remote.model import text
from qbt_remote.model.columns import RIGHT, TORRENT, Column, torrent_columns
from qbt_remote.sync.states import STATES
from qbt_remote.sync.torrent import Torrent

BY_ID = {column.id: column for column in TORRENT}
EVERY_COLUMN = pytest.mark.parametrize("column", TORRENT, ids=lambda column: column.id)


@pytest.fixture(autouse=True)
def plain_locale() -> None:
    text.use_locale(QLocale.c())


def written(column_id: str, **fields: Any) -> str:
    column = BY_ID[column_id]
    return column.text(column.value(Torrent(**fields)))


def order(column: Column, rows: list[Torrent], *, down: bool = False) -> list[Torrent]:
    return sorted(rows, key=column.sort_down if down else column.sort, reverse=down)


def test_the_desktops_38_columns_and_the_server() -> None:
    assert len(TORRENT) >= 39
    assert len(BY_ID) == len({column.title for column in TORRENT}) == len(TORRENT)
    assert [c.id for c in TORRENT if c.shown] == [
        "priority",
        "name",
        "server",
        "size",
        "progress",
        "state",
        "num_seeds",
        "num_leechs",
        "dlspeed",
        "upspeed",
        "eta",
        "ratio",
        "category",
        "tags",
        "added_on",
        "availability",
    ]


@EVERY_COLUMN
def test_a_new_torrent_can_be_written_sorted_and_judged(column: Column) -> None:
    rows = [Torrent(), Torrent(name="b", category="x", private=True, added_on=1_700_000_000)]

    for row in rows:
        value = column.value(row)
        assert isinstance(column.text(value), str)
        if column.faint:
            assert isinstance(column.faint(value), bool)
    assert len(order(column, rows)) == len(order(column, rows, down=True)) == 2


@EVERY_COLUMN
def test_each_field_of_a_column_is_a_field_of_a_torrent(column: Column) -> None:
    assert column.fields <= set(Torrent.__struct_fields__)


@pytest.mark.parametrize(
    ("column", "missing", "present"),
    [
        ("eta", {"eta": 8_640_000}, {"eta": 10}),
        ("added_on", {"added_on": 0}, {"added_on": 1_700_000_000}),
        ("completion_on", {"completion_on": -1}, {"completion_on": 1_700_000_000}),
        ("availability", {"availability": -1.0}, {"availability": 2.0}),
        ("priority", {"priority": 0}, {"priority": 7}),
        ("max_ratio", {"max_ratio": -1.0}, {"max_ratio": 1.0}),
        ("dl_limit", {"dl_limit": 0}, {"dl_limit": 5}),
        ("category", {"category": ""}, {"category": "zebra"}),
        ("private", {"private": None}, {"private": False}),
    ],
)
def test_rows_without_a_value_are_last_upwards_and_downwards(
    column: str, missing: dict[str, Any], present: dict[str, Any]
) -> None:
    nothing, something = Torrent(**missing), Torrent(**present)

    assert order(BY_ID[column], [nothing, something])[-1] is nothing
    if column != "private":
        assert order(BY_ID[column], [nothing, something], down=True)[-1] is nothing


def test_names_are_sorted_by_their_key() -> None:
    rows = [Torrent(name=f"n{i}") for i in range(12)]
    random.Random(1).shuffle(rows)

    assert [row.name for row in order(BY_ID["name"], rows)] == [f"n{i}" for i in range(12)]


def test_seeds_are_sorted_by_connected_and_then_by_known() -> None:
    rows = [Torrent(num_seeds=1, num_complete=9), Torrent(num_seeds=1, num_complete=2), Torrent(num_seeds=0)]

    assert order(BY_ID["num_seeds"], rows) == [rows[2], rows[1], rows[0]]


def test_words_are_sorted_whatever_their_case() -> None:
    rows = [Torrent(category="b"), Torrent(category="A"), Torrent(category="C")]

    assert [row.category for row in order(BY_ID["category"], rows)] == ["A", "b", "C"]


def test_every_state_has_its_own_place_and_an_unknown_one_is_shown_as_it_is() -> None:
    rows = [Torrent(state=state) for state in ("brandNew", *STATES)]

    assert [row.state for row in order(BY_ID["state"], rows)] == [*STATES, "brandNew"]
    assert written("state", state="brandNew") == "brandNew"
    assert written("state", state="stoppedUP") == "Completed"


def test_what_cells_say() -> None:
    assert written("priority", priority=3) == "3"
    assert written("priority", priority=0) == "*"
    assert written("num_seeds", num_seeds=5, num_complete=12) == "5 (12)"
    assert written("time_active", time_active=3_900, seeding_time=60) == "1h 5m (seeded for 1m)"
    assert written("time_active", time_active=3_900) == "1h 5m"
    assert written("infohash_v1", infohash_v1="") == "N/A"
    assert written("private", private=None) == "N/A"
    assert written("max_ratio", max_ratio=-1.0) == "∞"
    assert written("name", name="a\nb") == "a b"
    assert written("size", size=0, total_size=-1) == written("total_size", total_size=-1) == "Unknown"
    assert written("size", size=0, total_size=2048) == "0 B", "no file is selected"
    assert written("size", size=2048) == "2.0 KiB"


def test_a_screen_reader_hears_the_whole_torrent() -> None:
    t = Torrent(name="film", state="downloading", progress=0.5, dlspeed=2048)

    spoken = BY_ID["name"].spoken
    assert spoken is not None
    assert spoken(t) == "film, Downloading, 50.0%, down 2.0 KiB/s, up 0 B/s"


def test_servers_are_shown_by_the_name_they_have_now() -> None:
    names = {"a": "home"}
    server = next(column for column in torrent_columns(names) if column.id == "server")
    here, there = Torrent(server="a"), Torrent(server="b")
    assert [server.text(server.value(t)) for t in (here, there)] == ["home", "b"]

    names["a"] = "cellar"

    assert server.text(server.value(here)) == "cellar"
    assert order(server, [here, there]) == [there, here]


def test_numbers_end_at_the_right_and_start_with_the_largest() -> None:
    numbers = {column.id for column in TORRENT if column.number}

    assert {"size", "dlspeed", "added_on", "ratio", "availability", "priority"} <= numbers
    assert all(column.align == RIGHT for column in TORRENT if column.number)
    assert not {"name", "category", "state"} & numbers


def test_every_field_that_a_server_sends_has_a_column_or_a_reason() -> None:
    elsewhere = {
        "hash": "copied, and searched by hash:",
        "magnet_uri": "copied",
        "tracker_hosts": "made by the mirror; in the sidebar",
        "max_seeding_time": "what applies now, the torrent's own or the global one; in the details",
        "max_inactive_seeding_time": "as above",
    }
    shown = frozenset[str]().union(*(column.fields for column in TORRENT))

    assert set(Torrent.__struct_fields__) - shown - elsewhere.keys() <= {"num_complete", "num_incomplete"}


def test_what_the_cells_of_the_further_columns_say() -> None:
    assert written("ratio_limit", ratio_limit=-2.0) == written("share_limit_action", share_limit_action="Default")
    assert written("ratio_limit", ratio_limit=-1.0) == "∞"
    assert written("seeding_time_limit", seeding_time_limit=90) == "1h 30m"
    assert written("share_limit_action", share_limit_action="RemoveWithContent") == "Remove torrent and its content"
    assert written("share_limits_mode", share_limits_mode="MatchSome") == "MatchSome"
    assert written("pieces_have", pieces_have=3, pieces_num=62) == "3 (62)"
    assert written("auto_tmm", auto_tmm=True) == "Yes"
