"""Filters accept what they say, counts are what the filters accept, and both name what they read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.criteria import CRITERIA, STATUS_FILTERS, TRACKER_FLAGS, StatusFilter, fields_of, tags_of
from qbt_remote.sync.filtering.counts import COUNTED, tally
from qbt_remote.sync.filtering.filters import Filter, Pick, only
from qbt_remote.sync.filtering.views import View, ViewCounts, picks_as_json, picks_from_json
from qbt_remote.sync.query.language import parse
from qbt_remote.sync.states import STATES
from qbt_remote.sync.torrent import Torrent

CHOICES: dict[str, list[Any]] = {
    "server": ["home", "box"],
    "state": [*STATES, "from the future"],
    "upspeed": [0, 1],
    "category": ["", "a", "a/b", "a/b/c", "ab"],
    "tags": ["", "x", "x, y", "y,z"],
    "tracker_hosts": [(), ("t1",), ("t1", "t2")],
    "save_path": ["/a", "/a/", "/b", "C:\\a", "c:/A/"],
    "has_tracker_error": [False, True],
    "size": [1, 10],
}
_torrents = st.lists(
    st.builds(Torrent, **{name: st.sampled_from(values) for name, values in CHOICES.items()}), max_size=30
)
KEYS: dict[str, list[str]] = {
    "status": [row.id for row in STATUS_FILTERS],
    "category": ["", "a", "a/b", "ab", "none"],
    "tag": ["", "x", "y", "z"],
    "tracker": ["", "t1", "t2", *TRACKER_FLAGS],
    "path": ["/a", "/b", "C:/A"],
    "server": ["home", "box"],
}
EACH = [(section, key) for section, keys in KEYS.items() for key in keys]
_picks = st.fixed_dictionaries(
    {},
    optional={
        section: st.builds(Pick, *(st.frozensets(st.sampled_from(keys), max_size=3) for _ in range(2)), st.booleans())
        for section, keys in KEYS.items()
    },
)


@given(torrents=_torrents)
def test_every_count_is_the_number_that_its_filter_accepts(torrents: list[Torrent]) -> None:
    counts = tally(torrents)

    assert counts.total == len(torrents)
    for section, key in EACH:
        wanted = Filter({section: only(key)})
        accepted = list(filter(wanted.accepts, torrents))
        assert section == "server" or counts.by[section].get(key, 0) == len(accepted), (section, key)
        assert wanted.among(torrents) == accepted


@given(torrents=_torrents, picks=_picks)
def test_several_picks_hold_together(torrents: list[Torrent], picks: dict[str, Pick]) -> None:
    """Any or every wanted entry of a section, no unwanted one, and so in each section."""
    alone = {(s, key): set(map(id, Filter({s: only(key)}).among(torrents))) for s, key in EACH}

    def fits(t: Torrent) -> bool:
        for section, pick in picks.items():
            if any(id(t) in alone[section, key] for key in pick.unwanted):
                return False
            of = [id(t) in alone[section, key] for key in pick.wanted]
            if of and not (all(of) if pick.every else any(of)):
                return False
        return True

    wanted = Filter(picks)
    assert wanted.among(torrents) == [t for t in torrents if fits(t)]
    assert [t for t in torrents if wanted.accepts(t)] == wanted.among(torrents)


@given(torrents=_torrents, picks=_picks, data=st.data())
def test_counts_follow_changes_and_filters_name_what_they_read(
    torrents: list[Torrent], picks: dict[str, Pick], data: st.DataObject
) -> None:
    wanted = Filter(picks, parse("size>5 OR tag:x"))
    counts, views = tally(torrents), ViewCounts({"v": wanted})
    list(views.applying(Changes(added=torrents)))
    accepted = set(map(id, wanted.among(torrents)))
    changing = data.draw(st.sampled_from([name for name in CHOICES if name != "server"]))
    before: dict[Torrent, dict[str, Any]] = {}
    for t in torrents[::2]:
        before[t] = {changing: getattr(t, changing)}
        setattr(t, changing, data.draw(st.sampled_from(CHOICES[changing])))
    changes = Changes(changed=list(before), fields={changing}, before=before)

    counts.apply(changes)
    list(views.applying(changes))

    assert counts == tally(torrents)
    assert views.number == {"v": len(wanted.among(torrents))}
    if changing not in wanted.fields:
        assert set(map(id, wanted.among(torrents))) == accepted


def test_keys_that_come_and_go_are_told() -> None:
    t = Torrent(save_path="/a", state="error")
    counts = tally([t])
    counts.take_touched()
    t.save_path = "/b"

    counts.apply(Changes(changed=[t], fields={"save_path"}, before={t: {"save_path": "/a"}}))

    touched, renewed = counts.take_touched()
    assert touched["path"] == {"/a", "/b"}
    assert renewed == {"path"}


def test_counts_and_filters_name_the_fields_they_read() -> None:
    for section, key in EACH:
        fields = Filter({section: only(key)}).fields
        assert fields <= COUNTED
        assert bool(fields) == (section != "server")
        assert fields_of(section, [key]) <= CRITERIA[section].fields


def test_tags_are_taken_apart() -> None:
    assert tags_of(Torrent(tags="a, b c,d")) == ["a", "b c", "d"]
    assert tags_of(Torrent()) == []


@pytest.mark.parametrize("row", STATUS_FILTERS, ids=lambda row: row.id)
def test_a_status_is_counted_by_what_is_kept_of_a_torrent(row: StatusFilter) -> None:
    """``criteria.kind`` keeps the state and whether a stalled download uploads; a status that reads more adds to it."""
    assert row.fields <= {"state", "upspeed"}


@given(picks=_picks)
def test_picks_and_views_are_kept_as_they_are(picks: dict[str, Pick]) -> None:
    kept = {id: pick for id, pick in picks.items() if pick}
    view = View("debian size>4gb", kept, {"sort": []})

    assert picks_from_json(picks_as_json(picks)) == kept
    assert View.from_json(view.as_json()) == view


@pytest.mark.parametrize(
    "bad", [None, 5, [], {"status": 5}, {"status": {"wanted": 5}}, {"nonsense": {"wanted": ["a"]}}]
)
def test_a_settings_file_edited_by_hand_picks_nothing_wrong(bad: Any) -> None:
    assert picks_from_json(bad) == {}
    assert View.from_json({"text": 7, "picks": bad, "table": bad if isinstance(bad, list) else 5}) == View()
