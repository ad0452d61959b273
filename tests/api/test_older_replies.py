"""Answers of older servers in the newest shape."""

from __future__ import annotations

from typing import Any

import pytest

from qbt_remote.api.older.replies import modern
from qbt_remote.api.versions import Version

OLD = Version.read("2.0", "v4.1.0")
NEW = Version.read("2.16.2", "v5.3.0")


def test_renamed_states_come_under_their_newest_name() -> None:
    torrents = [{"state": "pausedDL"}, {"state": "pausedUP"}, {"state": "stalledDL"}, {}]

    assert [t["state"] for t in modern("torrents/info", torrents, OLD)] == ["stoppedDL", "stoppedUP", "stalledDL", ""]


def test_categories_of_4_4_0_are_read() -> None:
    body = {"films": {"name": "films", "save_path": "/f"}, "odd": None}

    assert modern("torrents/categories", body, Version.read("2.8.4", "v4.4.0")) == {
        "films": {"name": "films", "savePath": "/f"},
        "odd": None,
    }


@pytest.mark.parametrize(
    ("row", "status", "updating", "tier"),
    [
        ({"status": "Working"}, 2, False, -1),
        ({"status": "Funktioniert"}, 1, False, -1),
        ({"status": 3, "tier": 0}, 1, True, 0),
        ({"status": 4, "tier": ""}, 4, False, -1),
        ({"status": 2, "tier": 1, "updating": True}, 2, True, 1),
    ],
)
def test_trackers_have_a_number_as_status(row: dict[str, Any], status: int, updating: bool, tier: int) -> None:
    (tracker,) = modern("torrents/trackers", [row], OLD)

    assert (tracker["status"], tracker["updating"], tracker["tier"]) == (status, updating, tier)


def test_files_without_an_index_get_their_position() -> None:
    assert [f["index"] for f in modern("torrents/files", [{"name": "a"}, {"name": "b"}], OLD)] == [0, 1]
    assert modern("torrents/files", [{"name": "a", "index": 7}], NEW)[0]["index"] == 7


def test_normal_priority_has_one_number() -> None:
    files = [{"name": "a", "priority": priority} for priority in (0, 1, 4, 6, 7)]

    assert [f["priority"] for f in modern("torrents/files", files, NEW)] == [0, 1, 1, 6, 7]


def test_native_separators_of_windows_servers_become_slashes_where_the_version_sends_them() -> None:
    names = [{"name": "top\\a"}, {"name": "top\\b"}]

    assert modern("torrents/files", [dict(n) for n in names], OLD)[0]["name"] == "top/a"
    assert modern("torrents/files", [dict(n) for n in names], Version.read("2.8.18", "v4.5.0"))[1]["name"] == "top/b"
    assert modern("torrents/files", [dict(n) for n in names], NEW)[0]["name"] == "top\\a"


@pytest.mark.parametrize(("text", "added", "failed"), [("Ok.", 1, 0), ("Fails.", 0, 1), ("", 0, 1)])
def test_adding_is_answered_in_counts(text: str, added: int, failed: int) -> None:
    counts = modern("torrents/add", text, OLD)

    assert (counts["success_count"], counts["failure_count"]) == (added, failed)


def test_counts_of_newer_servers_pass_unchanged() -> None:
    body = {"success_count": 0, "failure_count": 0, "pending_count": 1, "added_torrent_ids": []}

    assert modern("torrents/add", body, NEW) is body


def test_plugin_categories_are_objects() -> None:
    body = [{"name": "x", "supportedCategories": ["movies", {"id": "tv", "name": "TV"}]}]

    assert modern("search/plugins", body, OLD)[0]["supportedCategories"] == [
        {"id": "movies", "name": "movies"},
        {"id": "tv", "name": "TV"},
    ]


def test_log_times_are_seconds_and_texts_plain() -> None:
    entry = {"timestamp": 1_600_000_000_500, "message": "a &amp; b"}

    assert modern("log/main", [dict(entry)], OLD) == [{"timestamp": 1_600_000_000, "message": "a & b"}]
    assert modern("log/main", [{"timestamp": 1_600_000_000, "message": "a &amp; b"}], NEW)[0]["message"] == "a &amp; b"


def test_creator_times_are_seconds() -> None:
    task = {"timeAdded": "Mon Nov 23 11:07:30 2026", "timeStarted": "lundi", "timeFinished": 5}

    assert modern("torrentcreator/status", [task], OLD) == [
        {"timeAdded": 1795432050, "timeStarted": 0, "timeFinished": 5}
    ]


@pytest.mark.parametrize("endpoint", ["torrents/info", "torrents/files", "torrents/trackers", "torrents/categories"])
def test_an_answer_of_unknown_shape_is_left_alone(endpoint: str) -> None:
    assert modern(endpoint, "odd", OLD) == "odd"
    assert modern(endpoint, None, NEW) is None
