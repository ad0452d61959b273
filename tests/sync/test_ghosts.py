"""A torrent whose id becomes another stays one torrent, whatever its server goes on to list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.details.speeds import Speeds
from qbt_remote.sync.filtering.counts import tally
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.pausing import Pausing
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent

OLD, NEW, V2, OTHER = "1" * 40, "2" * 40, "2" * 64, "3" * 40


def waiting() -> Torrent:
    return Torrent(name="pack", state="metaDL", infohash_v1=OLD, tracker="http://t/")


def real(**more: Any) -> Torrent:
    values: dict[str, Any] = {"state": "downloading", "size": 5} | more
    return Torrent(name="pack", infohash_v1=OLD, infohash_v2=V2, **values)


def fields_of(t: Torrent) -> dict[str, Any]:
    mine = ("server", "hash", "tracker_hosts")
    return {f: getattr(t, f) for f in t.__struct_fields__ if f not in mine}


@pytest.fixture
def mirror() -> Mirror:
    made = Mirror("home")
    made.apply(Delta(full=True, torrents={OLD: waiting(), OTHER: Torrent(name="other", infohash_v1=OTHER)}))
    return made


def as_delta() -> Delta:
    return Delta(torrents={NEW: fields_of(real())}, trackers={"http://u/": [NEW]})


def as_a_whole() -> Delta:
    other = Torrent(name="other", infohash_v1=OTHER)
    return Delta(full=True, torrents={OLD: waiting(), NEW: real(), OTHER: other}, trackers={"http://u/": [NEW]})


def as_before_46() -> Delta:
    return Delta(torrents={NEW: fields_of(real())}, torrents_removed=[OLD], trackers={"http://u/": [NEW]})


def with_its_last_words() -> Delta:
    return Delta(torrents={OLD: {"dlspeed": 9}, NEW: fields_of(real())}, trackers={"http://u/": [NEW]})


@pytest.mark.parametrize("answer", [as_delta, as_a_whole, as_before_46, with_its_last_words])
def test_a_torrent_with_another_id_is_the_same_torrent(mirror: Mirror, answer: Callable[[], Delta]) -> None:
    t, counts = mirror.torrents[OLD], tally(mirror.torrents.values())

    changes = mirror.apply(answer())

    assert mirror.torrents == {NEW: t, OTHER: mirror.torrents[OTHER]}
    assert (t.hash, t.state, t.size, t.dlspeed, t.tracker_hosts) == (NEW, "downloading", 5, 0, ("u",))
    assert (changes.added, changes.removed, changes.changed) == ([], [], [t])
    assert list(changes.other_ids()) == [(OLD, t)]
    assert (changes.states, changes.before[t]["state"]) == ([(t, "metaDL")], "metaDL")
    counts.apply(changes)
    assert counts == tally(mirror.torrents.values())


def test_a_first_list_has_no_ghosts() -> None:
    mirror = Mirror("home")

    changes = mirror.apply(as_a_whole())

    assert mirror.torrents.keys() == {NEW, OTHER}
    assert {t.hash for t in changes.added} == {NEW, OTHER}


@pytest.mark.parametrize("first", [as_delta, as_a_whole])
def test_what_is_told_of_a_ghost_is_told_to_nobody(mirror: Mirror, first: Callable[[], Delta]) -> None:
    mirror.apply(first())
    t = mirror.torrents[NEW]

    for answer in (Delta(torrents={OLD: {"dlspeed": 5}}), as_a_whole(), Delta(torrents_removed=[OLD])):
        changes = mirror.apply(answer)
        assert (changes.added, changes.removed, changes.changed) == ([], [], [])
        assert mirror.torrents.keys() == {NEW, OTHER}

    assert mirror.apply(Delta(torrents={NEW: {"size": 6}})).changed == [t]


def test_a_ghost_does_not_come_out_when_its_torrent_is_removed(mirror: Mirror) -> None:
    mirror.apply(as_delta())

    mirror.apply(Delta(torrents_removed=[NEW]))
    assert mirror.torrents.keys() == {OTHER}

    mirror.apply(Delta(full=True, torrents={OLD: waiting(), OTHER: Torrent(name="other", infohash_v1=OTHER)}))
    assert mirror.torrents.keys() == {OTHER}


def test_the_torrent_added_anew_by_its_old_id_is_there(mirror: Mirror) -> None:
    mirror.apply(as_delta())
    mirror.apply(Delta(torrents_removed=[NEW]))

    with pytest.raises(Desync):  # some servers tell only what is different from the ghost
        mirror.apply(Delta(torrents={OLD: {"added_on": 77}}))
    again = waiting()
    again.added_on = 77
    changes = mirror.apply(Delta(full=True, torrents={OLD: again}))

    assert changes.added == [again]
    assert mirror.apply(Delta(torrents={NEW: fields_of(real())})).changed == [again]
    assert mirror.torrents == {NEW: again}


def test_of_two_that_turn_out_to_be_one_the_old_id_goes(mirror: Mirror) -> None:
    mirror.apply(Delta(torrents={NEW: {"name": "pack", "infohash_v2": V2}}))
    ghost = mirror.torrents[OLD]

    changes = mirror.apply(Delta(torrents={NEW: {"infohash_v1": OLD}}))

    assert changes.removed == [ghost]
    assert mirror.torrents.keys() == {NEW, OTHER}


@pytest.mark.parametrize("v2", ["", V2])
def test_torrents_that_keep_their_id_are_no_ghosts(v2: str) -> None:
    mirror = Mirror("home")

    mirror.apply(Delta(full=True, torrents={OLD: Torrent(name="x", infohash_v1=OLD, infohash_v2=v2), NEW: real()}))
    mirror.apply(Delta(torrents={OTHER: {"name": "y", "infohash_v1": NEW}}))

    assert OTHER in mirror.torrents
    assert NEW in mirror.torrents


def session_of(mirror: Mirror) -> Session:
    async def never(_config: ServerConfig) -> Any:
        raise AssertionError

    session = Session(ServerConfig("home", "http://home"), never)
    session.config.id, session.mirror = "home", mirror
    return session


def changed(mirror: Mirror) -> tuple[Torrent, Changes]:
    t = mirror.torrents[OLD]
    return t, mirror.apply(as_delta())


def test_the_speeds_of_a_torrent_go_on_under_its_new_id(mirror: Mirror) -> None:
    session, speeds = session_of(mirror), Speeds()
    speeds.attach(session)
    speeds.follow(mirror.torrents[OLD])
    history = speeds.of_torrent(mirror.torrents[OLD])

    t, changes = changed(mirror)
    for told in session.on_changes:
        told(session, changes)

    assert speeds.of_torrent(t) is history


def test_what_pause_all_stopped_is_remembered_by_its_new_id(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "paused.json"
    path.write_text(f'{{"version":1,"servers":{{"home":{{"{OLD}":true}}}}}}')
    pausing = Pausing(path)

    _t, changes = changed(mirror)
    changes.states.clear()
    pausing.observe(session_of(mirror), changes)

    assert path.read_text() == f'{{"version":1,"servers":{{"home":{{"{NEW}":true}}}}}}'
