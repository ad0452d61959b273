"""Tells torrents that somebody removed here from those that vanish by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qbt_remote.sync.changes import Changes

_MANY, _SHARE = 10, 0.3


class Removals:
    """What is removed from one server, by whom."""

    def __init__(self) -> None:
        self._ours: set[str] = set()

    def expect(self, hashes: Iterable[str]) -> None:
        """These are to be removed by a command of ours."""
        self._ours.update(hashes)

    def vanished(self, changes: Changes, left: Mapping[str, object]) -> int:
        """Give how many are gone in a full update that no command of ours removed; 0 unless they are many, or all.

        ``left``: those that are there by now.  What is removed while we look on comes in a delta, and is no news.
        """
        gone = {t.hash for t in changes.removed}
        others = len(gone - self._ours)
        self._ours -= gone
        if not changes.full:
            return 0
        self._ours.intersection_update(left)  # some were seen to go by a look at them alone
        before = len(left) + len(gone) - len(changes.added)
        return others if others == before or (others >= _MANY and others >= _SHARE * before) else 0
