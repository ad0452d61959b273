"""What was read of single torrents between two polls, and how the polls after it catch up.

A poll can take many seconds; ``torrents/info`` of a few torrents takes milliseconds.  But a delta is
the difference to what the server believes we have been told by ``sync/maindata``, and of
``torrents/info`` it knows nothing.  A field that was read and then went back is in no delta.  So of
whatever is shown otherwise than ``sync/maindata`` said, that is kept here: the fields' values, a
torrent that was found gone, or that nothing was said of one that was found.

* An answer that was asked for after the reading is newer.  What it mentions is true; a whole list
  mentions everything.
* One that was asked for before may have been made before.  What it says is noted, not shown.
* What no newer answer mentions within two seconds (a change is published up to 1.2 s late) is read
  again, and either is as ``sync/maindata`` said, or stays noted.  Figures that change by themselves are
  not worth that: they are as it said.

So nothing of it can stay wrong, and the rid rule of the session is not touched: it speaks of polls only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import VOLATILE, Torrent

Json = Any
Partial = dict[str, Json]

SETTLES_S = 2.0
_LONGEST_WAIT_S = 60.0
_STEP = 200
_OURS = ("server", "hash", "tracker_hosts")
_FIELDS = tuple(name for name in Torrent.__struct_fields__ if name not in _OURS)


@dataclass(slots=True)
class _Noted:
    """What ``sync/maindata`` said of a torrent that is shown otherwise."""

    read_at: float
    fields: Partial = field(default_factory=dict)
    hidden: Torrent | None = None
    """It was found gone: what it was."""
    unsaid: bool = False
    """It was found, and nothing was said of it."""
    wait_s: float = SETTLES_S


class Ahead:
    """Goes between the answers of one server and its mirror.  Times are the loop's."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._noted: dict[str, _Noted] = {}
        self._polled = float("-inf")

    def __len__(self) -> int:
        """How many torrents are shown otherwise than ``sync/maindata`` said."""
        return len(self._noted)

    def __contains__(self, torrent_hash: str) -> bool:
        return torrent_hash in self._noted

    def read(self, hashes: Sequence[str], rows: Mapping[str, Partial], at: float) -> Delta:
        """Make a delta for the mirror of what was read of these torrents.  ``at`` is when the answer was there."""
        delta = Delta()
        if at < self._polled:  # what came since is newer
            return delta
        for torrent_hash in hashes:
            known, row = self._mirror.torrents.get(torrent_hash), rows.get(torrent_hash)
            noted = self._noted.pop(torrent_hash, None) or _Noted(at)
            noted.read_at = at
            if row is None:
                self._lost(delta, torrent_hash, known, noted)
            elif known is None:
                self._found(delta, torrent_hash, row, noted)
            else:
                self._changed(delta, known, row, noted)
        return delta

    def due(self, asked: float) -> list[str]:
        """Give what the poll asked for then should have mentioned and did not; each is due later and later."""
        due = [h for h, noted in self._noted.items() if asked >= noted.read_at + noted.wait_s]
        for torrent_hash in due:
            noted = self._noted[torrent_hash]
            noted.wait_s = min(2 * noted.wait_s, _LONGEST_WAIT_S)
        return due

    def polled(self, delta: Delta, asked: float) -> Steps[None]:
        """Bring an answer of ``sync/maindata`` to what the mirror is to show, in steps; ``asked`` is when it was
        sent for.

        Raises Desync.  If the answer is not applied then, a whole one has to follow.
        """
        removed = frozenset(() if delta.full else delta.torrents_removed)
        for n, (torrent_hash, noted) in enumerate(list(self._noted.items())):
            if not n % _STEP:
                yield False
            newer = asked > noted.read_at
            if torrent_hash in removed or (delta.full and newer):
                del self._noted[torrent_hash]
            elif delta.full:
                self._older_list(delta, torrent_hash, noted)
            elif newer:
                self._newer(delta, torrent_hash, noted, settled=asked >= noted.read_at + SETTLES_S)
            elif torrent_hash in delta.torrents:
                self._older(delta, torrent_hash, noted)
        self._polled = max(self._polled, asked)

    # what was read

    def _lost(self, delta: Delta, torrent_hash: str, known: Torrent | None, noted: _Noted) -> None:
        if known is not None:
            delta.torrents_removed.append(torrent_hash)
            if noted.unsaid:
                return
            noted.hidden, noted.fields = _with(msgspec.structs.replace(known), noted.fields), {}
        if noted.hidden is not None:
            self._noted[torrent_hash] = noted

    def _found(self, delta: Delta, torrent_hash: str, row: Partial, noted: _Noted) -> None:
        if "name" not in row:
            return
        was, noted.hidden = noted.hidden, None
        if was is None:
            delta.torrents[torrent_hash] = row
            noted.unsaid = True
        else:
            noted.fields = {name: getattr(was, name) for name, value in row.items() if getattr(was, name) != value}
            delta.torrents[torrent_hash] = _with(was, row)
        self._note(torrent_hash, noted)

    def _changed(self, delta: Delta, known: Torrent, row: Partial, noted: _Noted) -> None:
        delta.torrents[known.hash] = row
        if not noted.unsaid:
            for name, value in row.items():
                said = noted.fields.pop(name) if name in noted.fields else getattr(known, name)
                if said != value:
                    noted.fields[name] = said
        self._note(known.hash, noted)

    def _note(self, torrent_hash: str, noted: _Noted) -> None:
        """Keep it while there is something to keep."""
        if noted.fields or noted.unsaid or noted.hidden is not None:
            self._noted[torrent_hash] = noted
        else:
            self._noted.pop(torrent_hash, None)

    # what was polled

    def _newer(self, delta: Delta, torrent_hash: str, noted: _Noted, *, settled: bool) -> None:
        """What it mentions is true."""
        sent = _partial(delta, torrent_hash)
        if noted.hidden is not None:
            if sent is not None:
                delta.torrents[torrent_hash] = _with(noted.hidden, sent)
                noted.hidden = None
        elif noted.unsaid:
            noted.unsaid = sent is None
            if sent is not None:
                _said_in_full(torrent_hash, sent)
        else:
            for name in list(noted.fields):
                if sent is not None and name in sent:
                    del noted.fields[name]
                elif settled and name in VOLATILE:
                    sent = {} if sent is None else sent
                    delta.torrents[torrent_hash] = sent
                    sent[name] = noted.fields.pop(name)
        self._note(torrent_hash, noted)

    def _older(self, delta: Delta, torrent_hash: str, noted: _Noted) -> None:
        """What it mentions was said, but what was read afterwards is shown."""
        sent, known = _partial(delta, torrent_hash), self._mirror.torrents.get(torrent_hash)
        assert sent is not None
        if noted.hidden is not None:
            noted.hidden = _with(noted.hidden, sent)
            del delta.torrents[torrent_hash]
        elif known is not None:
            names = set(sent) if noted.unsaid else sent.keys() & noted.fields.keys()
            if noted.unsaid:
                _said_in_full(torrent_hash, sent)
            noted.unsaid = False
            noted.fields |= {name: sent.pop(name) for name in names}
            noted.fields = {name: said for name, said in noted.fields.items() if said != getattr(known, name)}
        self._note(torrent_hash, noted)

    def _older_list(self, delta: Delta, torrent_hash: str, noted: _Noted) -> None:
        sent, known = delta.torrents.get(torrent_hash), self._mirror.torrents.get(torrent_hash)
        assert sent is None or isinstance(sent, Torrent)
        if noted.hidden is not None:
            noted.hidden = sent
            delta.torrents.pop(torrent_hash, None)
        elif known is not None and sent is None:
            delta.torrents[torrent_hash] = msgspec.structs.replace(known)
            noted.fields, noted.unsaid = {}, True
        elif known is not None and sent is not None:
            names = _FIELDS if noted.unsaid else tuple(noted.fields)
            said = {name: getattr(sent, name) for name in names}
            noted.fields = {name: value for name, value in said.items() if value != getattr(known, name)}
            noted.unsaid = False
            _with(sent, {name: getattr(known, name) for name in noted.fields})
        self._note(torrent_hash, noted)


def _partial(delta: Delta, torrent_hash: str) -> Partial | None:
    sent = delta.torrents.get(torrent_hash)
    assert not isinstance(sent, Torrent)
    return sent


def _said_in_full(torrent_hash: str, sent: Partial) -> None:
    """What the server tells of for the first time it tells in full, whatever we have read."""
    if "name" not in sent:
        raise Desync(f"changes of an unknown torrent {torrent_hash[:40]}")


def _with(t: Torrent, fields: Mapping[str, Json]) -> Torrent:
    """Set these fields of a torrent that no mirror has."""
    for name, value in fields.items():
        setattr(t, name, value)
    return t
