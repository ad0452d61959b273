"""Torrents whose id became another one, and the rows that servers keep under the old id.

A torrent is known by its v1 hash until its metadata comes; if it is a hybrid one its id is then the first 40
digits of the v2 hash (sessionimpl.cpp, 4.5 on).  Servers before 4.6 say that the old id is gone.  Later ones never
do: the old row stays as it was, "Downloading metadata", in whole answers too, and commands for it are answered
with success and do nothing.  Such a row is told by its id, which is the ``infohash_v1`` of another row that has
an ``infohash_v2``: no server can have both as torrents.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from qbt_remote.sync.delta import Delta
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent

Json = Any
Sent = Torrent | dict[str, Json]

_STEP = 2000
_OURS = ("server", "hash", "tracker_hosts")
_values = attrgetter(*(name for name in Torrent.__struct_fields__ if name not in _OURS))


@dataclass(slots=True)
class Ghost:
    """What a server tells under an id that its torrent no longer has."""

    id: str
    """That which the torrent has now."""
    row: Torrent
    """The last that was told.  Once the torrent is removed, its old id may be that of a new one: then this changes."""


Ghosts = dict[str, Ghost]
"""By the old id."""


@dataclass(slots=True)
class Ids:
    """What an answer means for ids."""

    ghosts: Ghosts = field(default_factory=dict)
    moved: dict[str, Torrent] = field(default_factory=dict)
    """By the new id, which is not known yet: the torrents that have it from now on."""


def ids_after(delta: Delta, known: Mapping[str, Torrent], ghosts: Ghosts, removed: Collection[str]) -> Steps[Ids]:
    """Find, in steps, which torrents get another id by an answer, and which rows are not to be shown after it."""
    after = Ids()
    for old, ghost in ghosts.items():
        sent = delta.torrents.get(old)
        if not _listed(old, delta, removed, ghosts):
            continue
        if _listed(ghost.id, delta, removed, known) or sent is None or not _differs(ghost.row, sent):
            after.ghosts[old] = Ghost(ghost.id, _now(ghost.row, sent))
    for n, (new, row) in enumerate(delta.torrents.items()):
        if not n % _STEP:
            yield False
        old = _v1_of_hybrid(new, row, known)
        if not old or old in after.ghosts or not (old in known or old in delta.torrents):
            continue
        before = known.get(old)
        if before is not None and new not in known:
            after.moved[new] = before
        if _listed(old, delta, removed, known):
            after.ghosts[old] = Ghost(new, _now(before, delta.torrents.get(old)))
    return after


def first_ghosts(torrents: dict[str, Torrent]) -> Steps[Ghosts]:
    """Take, in steps, the ghosts out of the first list of a server."""
    found: Ghosts = {}
    for n, (new, t) in enumerate(torrents.items()):
        if not n % _STEP:
            yield False
        if t.infohash_v2 and t.infohash_v1 != new and t.infohash_v1 in torrents:
            found[t.infohash_v1] = Ghost(new, torrents[t.infohash_v1])
    for old in found:
        del torrents[old]
    return found


def _v1_of_hybrid(torrent_hash: str, sent: Sent, known: Mapping[str, Torrent]) -> str:
    """Give the v1 hash of a hybrid torrent that goes by another id, "" for all others."""
    if isinstance(sent, Torrent):
        v1, v2 = sent.infohash_v1, sent.infohash_v2
    elif "infohash_v1" in sent or "infohash_v2" in sent:
        t = known.get(torrent_hash) or Torrent()
        v1, v2 = sent.get("infohash_v1", t.infohash_v1), sent.get("infohash_v2", t.infohash_v2)
    else:
        return ""
    return v1 if v2 and v1 != torrent_hash else ""


def _listed(torrent_hash: str, delta: Delta, removed: Collection[str], known: Collection[str]) -> bool:
    """Whether the server lists something under this id after the answer; what it was silent about counts if known."""
    if delta.full:
        return torrent_hash in delta.torrents
    return torrent_hash in delta.torrents or (torrent_hash in known and torrent_hash not in removed)


def _differs(row: Torrent, sent: Sent) -> bool:
    if isinstance(sent, Torrent):
        return bool(_values(row) != _values(sent))
    return any(getattr(row, name) != value for name, value in sent.items())


def _now(row: Torrent | None, sent: Sent | None) -> Torrent:
    if isinstance(sent, Torrent):
        return sent
    now = Torrent() if row is None else copy(row)
    for name, value in (sent or {}).items():
        setattr(now, name, value)
    return now
