"""Finds a torrent by any of its hashes: a hybrid is listed by its v2 hash, and may be given by its v1 hash."""

from __future__ import annotations

from collections.abc import Iterable

from qbt_remote.sync.mirror import Mirror


class Hybrids:
    """Remembers which v1 hashes the hybrids of a mirror have, as of its last answer.

    To look through 100,000 torrents takes 10 ms, so it is done at most once for each answer.
    """

    def __init__(self) -> None:
        self._of: tuple[Mirror | None, int] = (None, 0)
        self._ids: dict[str, str] = {}

    def find(self, mirror: Mirror, hashes: Iterable[str]) -> str:
        """Give the id of the torrent that has one of these hashes, "" if there is none."""
        hashes = tuple(hashes)
        listed = next((h for h in hashes if h in mirror.torrents), "")
        if listed or not hashes:
            return listed
        if self._of != (mirror, mirror.applied):
            self._of = (mirror, mirror.applied)
            self._ids = {t.infohash_v1: t.hash for t in mirror.torrents.values() if t.infohash_v2 and t.infohash_v1}
        return next((self._ids[h] for h in hashes if h in self._ids), "")
