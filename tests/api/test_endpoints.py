"""The version table: every call, at every version where its spelling changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbt_remote.api.endpoints import ENDPOINTS, FEATURES, PARAMS, STATES, has, needs, param, spell
from qbt_remote.api.errors import Rejected, Unsupported
from qbt_remote.api.versions import RELEASES, App, Version

SNAPSHOT = Path(__file__).with_name("dialects.txt")

# releases that share an API number with the one before but behave differently
TWINS = [((2, 2, 0), (4, 1, 8)), ((2, 7, 0), (4, 3, 3)), ((2, 11, 2), (5, 0, 4))]

VERSIONS = sorted(
    [Version(api, app, "") for api, app in [*RELEASES, *TWINS]], key=lambda version: (version.api, version.app)
)
NEWEST = VERSIONS[-1]


def at(api: str, app: str = "") -> Version:
    return Version.read(api, app)


def example(endpoint: str, version: Version) -> dict[str, object]:
    """Give a value for each parameter that the version can be told."""
    given: dict[str, object] = {}
    for name in (word.rstrip("!") for word in ENDPOINTS[endpoint].params.split()):
        rule = param(endpoint, name)
        if (version.reached(rule.since) or rule.was) and not (rule.until and version.reached(rule.until)):
            given[name] = "stopped" if rule.values else "Original" if rule.was_values else "x"
    return given


def spelling(endpoint: str, version: Version) -> str:
    try:
        spelled = spell(endpoint, example(endpoint, version), version)
    except Unsupported:
        return "-"
    return f"{spelled.method} {spelled.name} {' '.join(spelled.form)}".strip()


def dialects() -> str:
    """Write each call's spellings, one line for each version where it changes."""
    lines = []
    for endpoint, row in sorted(ENDPOINTS.items()):
        before = ""
        for version in VERSIONS:
            now = spelling(endpoint, version)
            if now != before:
                release = ".".join(map(str, version.app))
                lines.append(f"{endpoint} {row.resend} {release}: {now}")
            before = now
    return "\n".join(lines) + "\n"


def test_every_call_of_api_2_0_to_2_16_is_in_the_table() -> None:
    names = set(ENDPOINTS) | {row.was for row in ENDPOINTS.values() if row.was}

    assert len(names) == 133


def test_every_call_has_a_resend_class_that_fits_its_method() -> None:
    reads = {name for name, row in ENDPOINTS.items() if row.resend == "R"}

    assert {row.resend for row in ENDPOINTS.values()} == {"R", "I", "V", "N"}
    assert reads == {name for name, row in ENDPOINTS.items() if row.method == "GET"} | {"torrents/parseMetadata"}
    assert {name for name, row in ENDPOINTS.items() if row.stateful} == {"sync/maindata", "sync/torrentPeers"}


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_what_does_more_the_second_time_is_never_sent_again(name: str) -> None:
    words = ("/toggle", "increase", "decrease", "shutdown", "recheck", "reannounce", "/installPlugin", "setPreferences")

    if any(word in name for word in words) or name in ("torrents/delete", "search/start", "auth/login"):
        assert ENDPOINTS[name].resend == "N"


def test_spellings_are_those_that_were_reviewed() -> None:
    """After a wanted change: python -m tests.api.test_endpoints."""
    assert dialects() == SNAPSHOT.read_text()


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_a_call_is_supported_exactly_from_the_release_that_is_named(name: str) -> None:
    for version in VERSIONS:
        row = ENDPOINTS[name]
        supported = spelling(name, version) != "-"

        assert supported == (has(name, version) and version.reached(row.since))
        if not supported and row.until is None:
            assert tuple(map(int, needs(name).split("."))) > version.app or ENDPOINTS[name].older


def test_every_special_parameter_is_one_of_its_call() -> None:
    for endpoint, rules in PARAMS.items():
        names = {word.rstrip("!") for word in ENDPOINTS[endpoint].params.split()}
        assert rules.keys() <= names, endpoint


def test_every_feature_has_a_release() -> None:
    for feature in FEATURES:
        assert has(feature, NEWEST)
        assert needs(feature)


@pytest.mark.parametrize(
    ("feature", "release"),
    [
        ("torrents/setComment", "5.2"),
        ("torrents/renameFolder", "4.3.3"),
        ("torrents/count", "4.6.1"),
        ("torrents/add:tags", "4.3.2"),
        ("rss/refreshItem", "4.1.8"),
        ("api_key", "5.2"),
        ("app/getFreeSpaceAtPath", "5.3"),
        ("transfer/setSpeedLimitsMode", "4.1"),
        ("torrents/stop", "4.1"),
    ],
)
def test_people_are_told_the_release_that_they_need(feature: str, release: str) -> None:
    assert needs(feature) == release


def test_stop_is_pause_before_5_0() -> None:
    old, new = at("2.9.3"), at("2.11.2")

    assert spell("torrents/stop", {"hashes": ["a", "b"]}, old).path == "/api/v2/torrents/pause"
    assert spell("torrents/stop", {"hashes": ["a", "b"]}, new).form == {"hashes": "a|b"}
    assert spell("torrents/start", {"hashes": "all"}, old).name == "torrents/resume"


def test_a_save_path_is_a_location_before_4_4() -> None:
    given = {"id": ["a", "b"], "path": "/srv"}

    old, new = (spell("torrents/setSavePath", given, at(api)) for api in ("2.8.3", "2.8.4"))

    assert (old.name, old.form) == ("torrents/setLocation", {"hashes": "a|b", "location": "/srv"})
    assert (new.name, new.form) == ("torrents/setSavePath", {"id": "a|b", "path": "/srv"})


@pytest.mark.parametrize(("api", "sent"), [("2.9.3", "paused"), ("2.11", "stopped")])
def test_filters_are_told_in_the_words_of_the_server(api: str, sent: str) -> None:
    assert spell("torrents/info", {"filter": "stopped"}, at(api)).form == {"filter": sent}


def test_a_filter_that_the_server_lacks_is_not_sent_since_it_would_match_all() -> None:
    with pytest.raises(Unsupported) as raised:
        spell("torrents/info", {"filter": "moving"}, at("2.8.5"))

    assert raised.value.needs == "4.5"


@pytest.mark.parametrize(
    ("api", "extra"),
    [
        ("2.8.19", set()),
        ("2.9.2", {"inactiveSeedingTimeLimit"}),
        ("2.15.1", {"inactiveSeedingTimeLimit", "shareLimitAction"}),
        ("2.16.2", {"inactiveSeedingTimeLimit", "shareLimitAction", "shareLimitsMode"}),
    ],
)
def test_share_limits_carry_all_that_the_version_requires(api: str, extra: set[str]) -> None:
    form = spell("torrents/setShareLimits", {"hashes": "a", "ratioLimit": 2.5, "seedingTimeLimit": -2}, at(api)).form

    assert form.keys() == {"hashes", "ratioLimit", "seedingTimeLimit"} | extra
    assert form["ratioLimit"] == "2.5"


def test_a_share_limit_that_the_server_lacks_is_said_and_not_dropped() -> None:
    given = {"hashes": "a", "ratioLimit": 1, "seedingTimeLimit": -2, "shareLimitAction": "Remove"}

    with pytest.raises(Unsupported, match=r"5\.2"):
        spell("torrents/setShareLimits", given, at("2.11.4"))


@pytest.mark.parametrize(("layout", "folder"), [("Original", "true"), ("Subfolder", "true"), ("NoSubfolder", "false")])
def test_the_content_layout_was_a_folder_switch_before_4_3_2(layout: str, folder: str) -> None:
    assert spell("torrents/add", {"contentLayout": layout}, at("2.6.1")).form == {"root_folder": folder}
    assert spell("torrents/add", {"contentLayout": layout}, at("2.7")).form == {"contentLayout": layout}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: ".".join(map(str, version.app)))
def test_adding_stopped_is_said_in_both_words_to_every_server(version: Version) -> None:
    form = spell("torrents/add", {"stopped": True, "seedMode": False}, version).form

    assert form == {"stopped": "true", "paused": "true", "seedMode": "false", "skip_checking": "false"}


def test_editing_a_tracker_names_the_old_address_in_both_words() -> None:
    form = spell("torrents/editTracker", {"hash": "a", "url": "http://o", "newUrl": "http://n"}, at("2.11.4")).form

    assert form == {"hash": "a", "url": "http://o", "origUrl": "http://o", "newUrl": "http://n"}


@pytest.mark.parametrize(("app", "urls"), [("v5.0.3", "http://t/a%20b"), ("v5.0.4", "http%3A%2F%2Ft%2Fa%2520b")])
def test_trackers_to_remove_are_encoded_once_more_from_5_0_4_although_the_api_number_is_the_same(
    app: str, urls: str
) -> None:
    assert (
        spell("torrents/removeTrackers", {"hash": "a", "urls": ["http://t/a%20b"]}, at("2.11.2", app)).form["urls"]
        == urls
    )


@pytest.mark.parametrize(("app", "known"), [("v4.3.2", False), ("v4.3.3", True)])
def test_folders_are_renamed_from_4_3_3_although_the_api_number_is_the_same(app: str, known: bool) -> None:
    version = at("2.7.0", app)

    assert has("torrents/renameFolder", version) is known
    assert has("rename_folder", version) is known


@pytest.mark.parametrize(
    ("endpoint", "name", "items", "joined"),
    [
        ("torrents/addTags", "tags", ["a", "b c"], "a,b c"),
        ("torrents/addTrackers", "urls", ["http://a", "", "http://b"], "http://a\n\nhttp://b"),
        ("torrents/removeCategories", "categories", ["a", "b/c"], "a\nb/c"),
        ("torrents/filePrio", "id", [0, 2], "0|2"),
    ],
)
def test_lists_are_joined_as_the_call_reads_them(endpoint: str, name: str, items: list[str], joined: str) -> None:
    given = {word.rstrip("!"): "x" for word in ENDPOINTS[endpoint].params.split()} | {name: items}

    assert spell(endpoint, given, NEWEST).form[name] == joined


def test_a_tag_with_a_comma_cannot_be_sent() -> None:
    with pytest.raises(Rejected, match="a,b"):
        spell("torrents/addTags", {"hashes": "x", "tags": ["a,b"]}, NEWEST)


def test_user_text_in_a_read_goes_by_post_where_plus_and_ampersand_survive() -> None:
    assert spell("torrents/info", {"category": "C++ & co"}, NEWEST).method == "POST"
    assert spell("torrents/info", {"limit": 5, "sort": "added_on"}, NEWEST).method == "GET"
    assert spell("torrents/files", {"hash": "ab" * 20}, NEWEST).method == "GET"


def test_values_are_written_as_the_server_reads_them() -> None:
    form = spell("app/setPreferences", {"json": {"dht": True, "save_path": "/ä"}}, NEWEST).form

    assert form == {"json": '{"dht": true, "save_path": "/ä"}'}
    assert spell("torrents/delete", {"hashes": "a", "deleteFiles": False}, NEWEST).form["deleteFiles"] == "false"


def test_a_mistyped_call_or_parameter_is_found_since_servers_ignore_it_silently() -> None:
    with pytest.raises(ValueError, match="no such call"):
        spell("torrents/pausee", {}, NEWEST)
    with pytest.raises(ValueError, match="no parameter hash"):
        spell("torrents/stop", {"hash": "a"}, NEWEST)
    with pytest.raises(ValueError, match="needs hashes"):
        spell("torrents/stop", {}, NEWEST)


def test_what_the_newest_servers_dropped_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        spell("search/categories", {}, at("2.6.0"))
    with pytest.raises(Unsupported):
        spell("torrents/add", {"cookie": "a=b"}, at("2.11.4"))
    assert not has("search/categories", NEWEST)


def test_renamed_states_end_in_their_newest_name() -> None:
    assert STATES == {"pausedDL": "stoppedDL", "pausedUP": "stoppedUP"}


@pytest.mark.parametrize(
    ("api", "app", "numbers", "release"),
    [
        ("2.0", "v4.1.0", (2, 0, 0), (4, 1, 0)),
        ("2.8.19", "v4.5.2", (2, 8, 19), (4, 5, 2)),
        ("2.16", "v5.3.0beta1", (2, 16, 0), (5, 3, 0)),
        ("2.11.4", "a build from source", (2, 11, 4), (5, 1, 0)),
        ("3.1.4", "", (3, 1, 4), (5, 3, 0)),
        ("2.8.2", "v4.3.9.11", (2, 8, 2), (4, 3, 9, 11)),
    ],
)
def test_versions_are_read_as_servers_write_them(
    api: str, app: str, numbers: tuple[int, ...], release: tuple[int, ...]
) -> None:
    version = Version.read(api, app)

    assert (version.api, version.app) == (numbers, release)


@pytest.mark.parametrize("text", ["", "two", "2", "2.8.19.1.1", "<html>", "2.99999.1"])
def test_what_is_no_version_is_refused(text: str) -> None:
    if text == "2":
        assert Version.read(text, "").api == (2, 0, 0)
        return
    with pytest.raises(ValueError, match="not an API version"):
        Version.read(text, "")


def test_numbers_are_compared_and_not_texts() -> None:
    assert at("2.8.18").reached((2, 8, 5))
    assert not at("2.9.3").reached((2, 11, 0))
    assert at("2.11.2", "v5.0.10").reached(App(5, 0, 4))


@pytest.mark.parametrize("value", ["-2", "-1"])
def test_what_an_old_server_does_anyhow_is_left_out(value: str) -> None:
    given = {"hashes": "a", "ratioLimit": 1, "seedingTimeLimit": 5, "inactiveSeedingTimeLimit": value}

    assert "inactiveSeedingTimeLimit" not in spell("torrents/setShareLimits", given, at("2.8.19")).form


def test_an_unknown_newer_version_is_used_as_the_newest_known() -> None:
    future = at("2.99.0", "v6.0.0")

    for name in ENDPOINTS:
        assert spelling(name, future) == spelling(name, NEWEST)


if __name__ == "__main__":
    SNAPSHOT.write_text(dialects())
