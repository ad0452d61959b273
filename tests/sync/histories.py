"""Random histories of a world, and the comparison of a mirror with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from qbt_remote.api.endpoints import STATES
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.polls.tracker_lists import hosts_of
from tests.sim.world import World

Op = tuple[Any, ...]

DIALECTS = {"merges": "4.5.2", "overwrites": "5.1.0", "sends again": "5.3.0"}

_hashes = st.integers(0, 4).map(lambda n: f"{n + 10:040x}")
_names = st.sampled_from(["", "a", "b", "a/c", 'quote " },"', "Ünï"])
_urls = st.lists(st.sampled_from(["http://t1.test/a", "udp://t2.test:80", "http://t1.test/b", ""]), unique=True)
_fields = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["one", "One 2", "one 10", '},"' + "a" * 40 + '":{', "\\"]),
        "state": st.sampled_from(["stoppedDL", "stoppedUP", "uploading", "stalledDL", "metaDL"]),
        "dlspeed": st.integers(0, 3),
        "upspeed": st.integers(0, 1),
        "up_limit": st.integers(0, 3),
        "ratio": st.sampled_from([-1, 0, 0.5, 2]),
        "category": _names,
        "private": st.sampled_from([None, True, False]),
        "seq_dl": st.booleans(),
    },
)

CHANGES = st.one_of(
    st.tuples(st.just("add"), _hashes, _fields, _urls),
    st.tuples(st.just("set"), _hashes, _fields),
    st.tuples(st.just("set"), _hashes, _fields),
    st.tuples(st.just("remove"), _hashes),
    st.tuples(st.just("trackers"), _hashes, _urls),
    st.tuples(st.just("tag"), _hashes, st.lists(st.sampled_from("xyz"), max_size=2)),
    st.tuples(st.just("remove_tag"), st.sampled_from("xyz")),
    st.tuples(st.just("category"), _names, _names),
    st.tuples(st.just("remove_category"), _names),
    st.tuples(st.just("server"), st.sampled_from(["dl_rate_limit", "dht_nodes"]), st.integers(0, 3)),
)

FATES = ("applied", "lost", "restarted")


def histories(fates: tuple[str, ...] = FATES) -> st.SearchStrategy[list[Op]]:
    """Give lists of changes to a world and of polls with a fate."""
    polls = st.tuples(st.just("poll"), st.sampled_from(fates))
    return st.lists(st.one_of(CHANGES, polls), max_size=40)


def play(world: World, op: Op) -> None:
    """Let one change happen."""
    kind, *values = op
    _PLAYED[kind](world, *values)


def _add(world: World, torrent_hash: str, fields: dict[str, Any], urls: list[str]) -> None:
    if torrent_hash not in world.torrents:
        world.add(**{"name": "new", "torrent_hash": torrent_hash, "trackers": _real(urls), **fields})


def _tag(world: World, torrent_hash: str, tags: list[str]) -> None:
    world.tag(torrent_hash, tags)


def _trackers(world: World, torrent_hash: str, urls: list[str]) -> None:
    if torrent_hash in world.torrents:
        world.set_trackers(torrent_hash, _real(urls))


def _real(urls: list[str]) -> list[str]:
    return [url for url in urls if url]


_PLAYED: dict[str, Callable[..., None]] = {
    "add": _add,
    "set": lambda world, torrent_hash, fields: world.set(torrent_hash, **fields),
    "remove": lambda world, torrent_hash: world.remove(torrent_hash),
    "trackers": _trackers,
    "tag": _tag,
    "remove_tag": lambda world, tag: world.remove_tag(tag),
    "category": lambda world, name, path: world.add_category(name, path),
    "remove_category": lambda world, name: world.remove_category(name),
    "server": lambda world, name, value: world.set_server(**{name: value}),
}


def truth(world: World) -> dict[str, Any]:
    """Give what a mirror should hold."""
    urls: dict[str, set[str]] = {h: set() for h in world.torrents}
    for url, hashes in world.trackers.items():
        for torrent_hash in hashes:
            urls[torrent_hash].add(url)
    sends_trackers = world.api >= (2, 6, 0)
    torrents = {}
    for torrent_hash, row in world.torrents.items():
        known = urls[torrent_hash] if sends_trackers else {row["tracker"]}
        ours = {"state": STATES.get(row["state"], row["state"]), "tracker_hosts": hosts_of(tuple(known))}
        torrents[torrent_hash] = row | ours
    return {
        "torrents": torrents,
        "categories": world.categories,
        "tags": set(world.tags) if world.api >= (2, 3, 0) else set(),
        "trackers": {url: set(h) for url, h in world.trackers.items()} if sends_trackers else {},
        "server": world.server,
    }


def seen(mirror: Mirror, world: World) -> dict[str, Any]:
    """Give what a mirror holds, of the fields that the world has."""
    names = (*world.fields, "tracker_hosts")
    return {
        "torrents": {h: {name: getattr(t, name) for name in names} for h, t in mirror.torrents.items()},
        "categories": mirror.categories,
        "tags": mirror.tags,
        "trackers": {url: set(hashes) for url, hashes in mirror.trackers.items()},
        "server": mirror.server,
    }
