"""What the random histories do not pin down: identity, derived fields, order, refusals."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.mirror import Mirror, merged
from qbt_remote.sync.polls.tracker_lists import hosts_of
from qbt_remote.sync.torrent import Torrent

A, B = "a" * 40, "b" * 40


@pytest.fixture
def mirror() -> Mirror:
    made = Mirror("home")
    made.apply(Delta(rid=1, full=True, torrents={A: Torrent(name="File 10"), B: Torrent(name="file 9")}))
    return made


def test_a_torrent_knows_its_server_and_its_hash(mirror: Mirror) -> None:
    t = mirror.torrents[A]

    assert (t.server, t.hash) == ("home", A)


def test_a_full_update_keeps_the_objects_of_torrents_that_stay(mirror: Mirror) -> None:
    known = mirror.torrents[A]

    changes = mirror.apply(Delta(full=True, torrents={A: Torrent(name="File 10", state="error")}))

    assert mirror.torrents == {A: known}
    assert known.state == "error"
    assert (changes.full, changes.fields, changes.states) == (True, {"state"}, [(known, "")])


def test_a_full_update_that_says_nothing_new_changes_nothing(mirror: Mirror) -> None:
    changes = mirror.apply(Delta(full=True, torrents={A: Torrent(name="File 10"), B: Torrent(name="file 9")}))

    assert not (changes.added or changes.removed or changes.changed or changes.fields or changes.lists)


def test_a_removed_torrent_that_comes_again_is_another_object(mirror: Mirror) -> None:
    known = mirror.torrents[A]

    changes = mirror.apply(Delta(torrents={A: {"name": "new"}}, torrents_removed=[A, A]))

    assert changes.removed == [known]
    assert changes.added == [mirror.torrents[A]]
    assert mirror.torrents[A] is not known


@pytest.mark.parametrize("removed", [[], [A]])
def test_a_part_of_an_unknown_torrent_changes_nothing_at_all(mirror: Mirror, removed: list[str]) -> None:
    unknown = A if removed else "c" * 40
    delta = Delta(torrents={B: {"name": "changed"}, unknown: {"dlspeed": 1}}, torrents_removed=removed, tags=["t"])

    with pytest.raises(Desync):
        mirror.apply(delta)

    assert mirror.torrents.keys() == {A, B}
    assert mirror.torrents[B].name == "file 9"
    assert mirror.tags == set()


def test_work_given_up_halfway_changes_nothing(mirror: Mirror) -> None:
    steps = mirror.applying(Delta(torrents={A: {"name": "changed"}}))
    next(steps)
    steps.close()

    assert mirror.torrents[A].name == "File 10"


def test_tracker_hosts_follow_the_lists_of_trackers(mirror: Mirror) -> None:
    a, b = mirror.torrents[A], mirror.torrents[B]

    first = mirror.apply(Delta(trackers={"http://t1.test:80/x?passkey=1": [A, B], "udp://T2.test:6969": [A]}))
    second = mirror.apply(Delta(trackers={"http://t1.test:80/x?passkey=1": [B]}))
    third = mirror.apply(Delta(trackers_removed=["http://t1.test:80/x?passkey=1"]))

    assert (set(first.changed), first.fields, first.lists) == ({a, b}, {"tracker_hosts"}, {"trackers"})
    assert second.changed == [a]
    assert third.changed == [b]
    assert (a.tracker_hosts, b.tracker_hosts) == (("t2.test",), ())


FAILING = (
    "magnet:?xt=urn:btih:1&dn=x&tr=udp%3a%2f%2fone.test%3a6969&tr=http%3A%2F%2Ftwo.test%2Fa&ws=http%3a%2f%2fseed.test"
)


@pytest.mark.parametrize("full", [True, False])
def test_where_no_lists_are_sent_a_torrent_whose_trackers_fail_has_them_still(full: bool) -> None:
    mirror = Mirror("old")
    first = {A: Torrent(name="fails", magnet_uri=FAILING), B: Torrent(name="has none", magnet_uri="magnet:?xt=1")}
    mirror.apply(Delta(rid=1, full=True, torrents={**first} if full else {}))
    if not full:
        sent = {h: {"name": t.name, "magnet_uri": t.magnet_uri} for h, t in first.items()}
        mirror.apply(Delta(rid=2, torrents={**sent}))

    assert mirror.torrents[A].tracker_hosts == ("one.test", "two.test")
    assert mirror.torrents[B].tracker_hosts == ()
    mirror.apply(Delta(torrents={B: {"magnet_uri": "magnet:?xt=1&tr=http%3a%2f%2fnew.test"}, A: {"magnet_uri": ""}}))
    assert (mirror.torrents[A].tracker_hosts, mirror.torrents[B].tracker_hosts) == ((), ("new.test",))


def test_where_lists_are_sent_the_magnet_link_tells_nothing() -> None:
    mirror = Mirror("new")
    torrents = {A: Torrent(name="a", magnet_uri=FAILING), B: Torrent(name="b", tracker="http://b.test")}

    mirror.apply(Delta(rid=1, full=True, torrents={**torrents}, trackers={"http://b.test": [B]}))

    assert mirror.torrents[A].tracker_hosts == ()


def test_where_no_lists_are_sent_the_working_tracker_tells_the_host(mirror: Mirror) -> None:
    mirror.apply(Delta(torrents={A: {"tracker": "https://old.test/announce"}}))

    assert mirror.torrents[A].tracker_hosts == ("old.test",)
    mirror.apply(Delta(torrents={A: {"tracker": ""}}))
    assert mirror.torrents[A].tracker_hosts == ()


def test_trackers_of_torrents_that_are_gone_harm_nothing(mirror: Mirror) -> None:
    for full in (False, True):
        changes = mirror.apply(Delta(full=full, trackers={"http://t/": [B, "c" * 40]}, torrents_removed=[A, B]))

        assert changes.changed == []
        assert mirror.torrents == {}


def test_the_trackers_of_many_torrents_are_told_apart() -> None:
    hashes = [f"{n:040x}" for n in range(5000)]
    mirror = Mirror("home")
    trackers = {"http://all.test/": [*hashes, hashes[0]], "http://even.test/": hashes[::2]}

    mirror.apply(Delta(full=True, torrents={h: Torrent(name=h) for h in hashes}, trackers=trackers))

    assert mirror.torrents[hashes[0]].tracker_hosts == mirror.torrents[hashes[4998]].tracker_hosts
    assert mirror.torrents[hashes[0]].tracker_hosts == ("all.test", "even.test")
    assert mirror.torrents[hashes[1]].tracker_hosts == ("all.test",)


def test_a_torrent_with_thousands_of_trackers_takes_no_memory_for_each_number_of_them() -> None:
    mirror = Mirror("home")
    urls = [f"http://t{n}.test/announce" for n in range(3000)]
    a, b = Torrent(name="a", hash=A), Torrent(name="b", hash=B)
    answers = [
        Delta(full=True, torrents={A: a, B: b}, trackers={url: [A] for url in urls}),
        Delta(trackers={urls[0]: [A, B]}),
    ]

    tracemalloc.start()
    for answer in answers:
        mirror.apply(answer)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert mirror.torrents[A].tracker_hosts == tuple(sorted(f"t{n}.test" for n in range(3000)))
    assert mirror.torrents[B].tracker_hosts == ("t0.test",)
    assert most < 5 * 2**20  # a tuple for each number of trackers would be 36 MB


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://[2001:db8::1]:80/a", "2001:db8::1"),
        ("udp://tracker.test:80", "tracker.test"),
        ("http://[broken", "http://[broken"),
        ("not a url", "not a url"),
        ("", None),
    ],
)
def test_every_tracker_has_something_to_stand_for_it(url: str, host: str | None) -> None:
    assert hosts_of((url,)) == ((host,) if host else ())


def test_the_fields_that_were_ever_sent_are_known(mirror: Mirror) -> None:
    mirror.apply(Delta(sent={"name"}))
    mirror.apply(Delta(sent={"comment"}))

    assert mirror.sent == {"name", "comment"}


def test_tags_of_a_delta_are_added_and_those_of_a_full_update_are_all(mirror: Mirror) -> None:
    mirror.apply(Delta(tags=["a", "b"]))
    mirror.apply(Delta(tags=["c"], tags_removed=["a"]))
    assert mirror.tags == {"b", "c"}

    assert mirror.apply(Delta(full=True, tags=["d"])).lists == {"tags"}
    assert mirror.tags == {"d"}


def test_rows_by_key_are_removed_first_then_patched() -> None:
    peers: dict[str, dict[str, Any]] = {"1.1.1.1:1": {"client": "x", "up_speed": 1}, "2.2.2.2:2": {"client": "y"}}

    after = merged(peers, {"1.1.1.1:1": {"up_speed": 2}, "2.2.2.2:2": {"client": "z"}}, ["2.2.2.2:2"], full=False)

    assert after == {"1.1.1.1:1": {"client": "x", "up_speed": 2}, "2.2.2.2:2": {"client": "z"}}
    assert peers["1.1.1.1:1"]["up_speed"] == 1
    assert merged(peers, {"3": {}}, [], full=True) == {"3": {}}
