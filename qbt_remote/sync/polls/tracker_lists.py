"""The lists of each tracker's torrents, turned into the trackers and hosts of each torrent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent

Json = Any
Urls = dict[str, tuple[str, ...]]
"""By hash: the URLs of its trackers."""

_STEP, _MANY = 1000, 2000
_IN_MAGNET = re.compile(r"[?&]tr=([^&]+)")


@lru_cache(maxsize=4096)
def hosts_of(urls: tuple[str, ...]) -> tuple[str, ...]:
    """Give the hosts of tracker URLs, sorted, each once; a text without a host stands for itself."""
    return tuple(sorted({host for url in urls if (host := _host(url))}))


def own_hosts(tracker: str, magnet: str) -> tuple[str, ...]:
    """Give the hosts that a torrent itself tells of, where the server sends no lists of trackers (before 4.3).

    ``tracker`` is only the one that works, if one does; the magnet link has them all (proven on 4.2.5).
    """
    return _hosts_in(tuple(_IN_MAGNET.findall(magnet))) or hosts_of((tracker,))


@lru_cache(maxsize=4096)
def _hosts_in(quoted: tuple[str, ...]) -> tuple[str, ...]:
    return hosts_of(tuple(map(unquote, quoted)))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def set_hosts(trackers: Mapping[str, list[str]], torrents: Mapping[str, Torrent]) -> Steps[None]:
    """Set the tracker hosts of torrents that have none yet; hashes become the same objects as in ``urls_by_hash``."""
    if len(trackers) > _MANY:  # one torrent may have all of them: to join 10,000 hosts one by one takes seconds
        urls: Urls = {}
        yield from urls_by_hash(trackers, torrents, urls)
        for torrent_hash, own in urls.items():
            if t := torrents.get(torrent_hash):
                t.tracker_hosts = hosts_of(own)
            yield False
        return
    for url, hashes in trackers.items():
        joined = _Joined(_host(url))
        for start in range(0, len(hashes), _MANY):
            for place, torrent_hash in enumerate(hashes[start : start + _MANY], start):
                if t := torrents.get(torrent_hash):
                    t.tracker_hosts = joined[t.tracker_hosts]
                    hashes[place] = t.hash or torrent_hash
            yield False


class _Joined(dict[tuple[str, ...], tuple[str, ...]]):
    """Hosts with one more, by the hosts without it."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self._host = host

    def __missing__(self, hosts: tuple[str, ...]) -> tuple[str, ...]:
        self[hosts] = joined = tuple(sorted({*hosts, self._host} - {""}))
        return joined


def urls_by_hash(
    trackers: Mapping[str, list[str]], torrents: Mapping[str, Torrent | dict[str, Json]], urls: Urls
) -> Steps[None]:
    """Turn URL to hashes into hash to URLs; torrents with the same trackers share one tuple.

    A torrent's hash becomes the same object everywhere, which saves 100 bytes of each.
    """
    found: dict[str, list[str]] = {}
    n = 0
    for url, hashes in trackers.items():
        for place, torrent_hash in enumerate(hashes):
            n += 1
            if not n % _STEP:
                yield False
            if isinstance(known := torrents.get(torrent_hash), Torrent):
                torrent_hash = hashes[place] = known.hash or torrent_hash
            own = found.setdefault(torrent_hash, [])
            if not own or own[-1] != url:
                own.append(url)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for torrent_hash, own in found.items():
        n += 1
        if not n % _STEP:
            yield False
        key = tuple(sorted(own))
        urls[torrent_hash] = shared.setdefault(key, key)
    yield False
