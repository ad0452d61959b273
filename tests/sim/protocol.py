"""How each generation answers ``sync/maindata``: three dialects, told apart by what a lost answer costs.

Measured on real servers, and read in src/webui/api/synccontroller.cpp: up to 4.5 the answer is the
difference to what was accepted last, so nothing is ever lost.  4.6 to 5.2.3 keeps a buffer of what was
not accepted, but overwrites a torrent's entry in it, and server_state, by the newest difference: what
was in a lost answer is lost for good if the same rid is asked again.  5.3 adds to the buffer instead.
"""

from __future__ import annotations

from typing import Any, Protocol

from tests.sim.world import Touched, World

Json = Any
Rows = dict[str, dict[str, Json]]

_LAST_RID = 1_000_000
_LISTS = ("torrents_removed", "categories_removed", "tags_removed", "trackers_removed", "tags")


class Sync(Protocol):
    """The sync state of one Web API session."""

    def answer(self, rid: int) -> dict[str, Json]: ...


def sync_for(world: World) -> Sync:
    """Make the state of a new session, in the dialect of the world's release."""
    if world.api < (2, 9, 2):
        return Merged(world)
    return Buffered(world, overwrites=world.api < (2, 16, 0))


class Merged:
    """Up to 4.5: always the difference to the data that was accepted last.  rid 0 begins to count anew."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._accepted: tuple[int, dict[str, Json]] = (0, {})
        self._sent: tuple[int, dict[str, Json]] = (0, {})

    def answer(self, rid: int) -> dict[str, Json]:
        now = _all(self._world)
        last = 0
        answer: dict[str, Json] | None = None
        if rid > 0:
            last = self._sent[0]
            if last == rid:
                self._accepted = self._sent
            if self._accepted[0] == rid:
                answer = _difference(self._accepted[1], now)
        if answer is None:
            self._accepted = (0, {})
            answer = now | {"full_update": True} | ({"tags": list(now["tags"])} if "tags" in now else {})
        last = last % _LAST_RID + 1
        self._sent = (last, now)
        return _ordered(answer | {"rid": last})


class Buffered:
    """From 4.6 on: a snapshot of what was sent last, and a buffer of what was sent but not accepted."""

    def __init__(self, world: World, *, overwrites: bool) -> None:
        self._world, self._overwrites = world, overwrites
        self._touched = Touched()
        world.watchers.append(self._touched)
        self._snapshot: dict[str, Json] = {}
        self._buffer = _empty()
        self._sent = self._accepted = 0

    def answer(self, rid: int) -> dict[str, Json]:
        answer: dict[str, Json] | None = None
        if rid > 0 and self._sent > 0:
            if rid == self._sent:
                self._accepted, self._buffer = rid, _empty()
            if rid == self._accepted:
                self._collect()
                answer = {key: value for key, value in self._buffer.items() if value}
        if answer is None:
            self._accepted, self._buffer = 0, _empty()
            self._snapshot = _all(self._world)
            self._touched.torrents.clear()
            self._touched.trackers.clear()
            answer = {key: value for key, value in self._snapshot.items() if value} | {"full_update": True}
        self._sent = self._sent % _LAST_RID + 1
        answer = {key: list(value) if key in _LISTS else value for key, value in answer.items()}
        return _ordered(answer | {"rid": self._sent})

    def _collect(self) -> None:
        """Put what has changed since the snapshot into the buffer; then it is the snapshot."""
        world = self._world
        torrents = {h: world.torrents[h] for h in self._touched.torrents if h in world.torrents}
        self._rows("torrents", torrents, self._touched.torrents - torrents.keys())
        gone = self._snapshot["categories"].keys() - world.categories.keys()
        self._rows("categories", world.categories, gone)
        self._tags()
        self._trackers()
        state = _changed(self._snapshot["server_state"], world.server)
        if self._overwrites:
            self._buffer["server_state"] = state
        else:
            self._buffer["server_state"] |= state
        self._snapshot["server_state"] = dict(world.server)
        self._touched.torrents.clear()
        self._touched.trackers.clear()

    def _rows(self, name: str, rows: Rows, gone: set[str]) -> None:
        known, buffer, removed = self._snapshot[name], self._buffer[name], self._buffer[name + "_removed"]
        for key in gone:
            if known.pop(key, None) is not None:
                buffer.pop(key, None)
                removed[key] = None
        for key, row in rows.items():
            before = known.get(key)
            patch = row if before is None else _changed(before, row)
            if not patch:
                continue
            if before is None:
                removed.pop(key, None)
            if self._overwrites or before is None:
                buffer[key] = dict(patch)
            else:
                buffer[key] = buffer.get(key, {}) | patch
            known[key] = row if name == "torrents" else dict(row)

    def _tags(self) -> None:
        before, after = self._snapshot["tags"], self._world.tags
        for tag in after.keys() - before.keys():
            self._buffer["tags"][tag] = None
            self._buffer["tags_removed"].pop(tag, None)
        for tag in before.keys() - after.keys():
            self._buffer["tags"].pop(tag, None)
            self._buffer["tags_removed"][tag] = None
        self._snapshot["tags"] = dict(after)

    def _trackers(self) -> None:
        for url in self._touched.trackers:
            if url in self._world.trackers:
                self._snapshot["trackers"][url] = self._buffer["trackers"][url] = list(self._world.trackers[url])
                self._buffer["trackers_removed"].pop(url, None)
            elif self._snapshot["trackers"].pop(url, None) is not None:
                self._buffer["trackers"].pop(url, None)
                self._buffer["trackers_removed"][url] = None


def _empty() -> dict[str, Any]:
    names = ("torrents", "categories", "trackers", "server_state", *_LISTS)
    return {name: {} for name in names}


def _all(world: World) -> dict[str, Json]:
    """Give a copy of everything this release sends; the world replaces a torrent's row, it never writes to it."""
    everything: dict[str, Json] = {
        "categories": {name: dict(row) for name, row in world.categories.items()},
        "server_state": dict(world.server),
        "torrents": dict(world.torrents),
    }
    if world.api >= (2, 3, 0):
        everything["tags"] = dict(world.tags)
    if world.api >= (2, 6, 0):
        everything["trackers"] = {url: list(hashes) for url, hashes in world.trackers.items()}
    return everything


def _changed(before: dict[str, Json], after: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in after.items() if key not in before or before[key] != value}


def _difference(before: dict[str, Json], after: dict[str, Json]) -> dict[str, Json]:
    answer: dict[str, Json] = {"server_state": _changed(before["server_state"], after["server_state"])}
    for name in ("torrents", "categories"):
        rows = {key: _changed(before[name].get(key, {}), row) for key, row in after[name].items()}
        answer[name] = {key: row for key, row in rows.items() if row}
    answer["tags"] = [tag for tag in after.get("tags", ()) if tag not in before["tags"]]
    answer["trackers"] = _changed(before.get("trackers", {}), after.get("trackers", {}))
    for name in ("torrents", "categories", "tags", "trackers"):
        answer[name + "_removed"] = [key for key in before.get(name, ()) if key not in after.get(name, ())]
    return {key: value for key, value in answer.items() if value}


def _ordered(answer: dict[str, Json]) -> dict[str, Json]:
    return {key: answer[key] for key in sorted(answer)}
