"""The bytes of ``sync/maindata`` as they arrive, made into a Delta without holding up the event loop.

A full answer of 100,000 torrents is 150 MB of JSON.  It is cut into windows of about 256 KB where one
torrent ends and the next begins, and each is decoded into typed objects while the rest still
arrives, with a turn of the loop in between.  Decoding the whole at its end would stop the window for
a third of a second, and keep twice the memory.

Where to cut is found by a regular expression, since parsing would take as long as decoding.  In valid JSON the
pattern cannot lie inside a text, because a quote there is preceded by a backslash; where it fits elsewhere (a category
whose name looks like a hash) the piece does not decode by itself, and then all that is left is decoded as one.

The lists of each tracker's torrents (4 MB of hashes) follow the torrents and are cut between two hashes, or between two
trackers, in the same way.  What comes before the torrents, as 50,000 categories, is decoded entry by entry.

A piece that does not decode as it should is decoded again by ``api/json/tolerant_json.py``, and a value of a
wrong type, NaN or out of range is unknown: its field gets the default of ``Torrent``, in a delta too,
since what it was before it certainly is not any more.  Nothing else is lost.

States, fields and shapes of older servers become those of the newest, from which they differ in form.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from typing import Any, TypedDict, get_type_hints

import msgspec

from qbt_remote.api.errors import EMPTY, UNREADABLE, BadReply
from qbt_remote.api.json import tolerant_json
from qbt_remote.api.json.in_pieces import decoding
from qbt_remote.sync.delta import Delta, Desync, emptying
from qbt_remote.sync.polls.maindata_parts import categories_of, delta_of, lists_of_trackers, object_of
from qbt_remote.sync.steps import Steps, Turn, in_turns
from qbt_remote.sync.tidy import tidy, tidy_partial
from qbt_remote.sync.torrent import Int, Torrent

Json = Any
Partial = dict[str, Json]
Rows = dict[str, Torrent | Partial]

WINDOW = 256 * 1024
LARGEST_REST, MOST_PARTS = 16 * 2**20, 600_000
"""Of what cannot be cut, and of what comes before the torrents, as 65,000 categories: bytes, and entries of objects
and lists, each of which may take 70 bytes and be sent in three."""
_OURS = ("server", "hash", "tracker_hosts")
_HINTS = get_type_hints(Torrent, include_extras=True)
_TYPES = {name: hint for name, hint in _HINTS.items() if name not in _OURS}
_PARTIAL: Any = TypedDict("_PARTIAL", _TYPES, total=False)  # type: ignore[misc]  # made from Torrent's own list

LARGEST_EXCESS = 64 * 2**20  # the memory that an answer may take beyond its own size
_ROW_BYTES, _CHANGE_BYTES, _FIELD_BYTES, _HASH_BYTES, _URL_BYTES = 1024, 300, 45, 100, 300
"""What is taken, however short the text: by a torrent; the changes of one, and each of them; a hash; a tracker."""

_START = re.compile(rb'"torrents":\{(?=")')
_CUT = re.compile(rb'\},(?="[0-9a-f]{40}":\{)')
_LISTS = re.compile(rb'\}\},"trackers":\{(?=")')
_CUT_LIST = re.compile(rb',(?="[0-9a-f]{40}")|(?<=\]),(?="[^"\\]*":\[)')
_TRIES, _STEP, _MANY, _SMALLEST = 8, 500, 1000, 16 * 1024
_NAMES = {"rid", "full_update", "server_state"}
for _name in ("torrents", "categories", "tags", "trackers"):
    _NAMES |= {_name, f"{_name}_removed"}
"""What an answer may hold; another program's JSON holds none of it."""

_whole_rows: Any = msgspec.json.Decoder(dict[str, Torrent])
_partial_rows: Any = msgspec.json.Decoder(dict[str, _PARTIAL])
_lists = msgspec.json.Decoder(dict[str, list[str]])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_UNUSABLE = (msgspec.ValidationError, OverflowError)
_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(Torrent)}
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


async def maindata(
    chunks: AsyncIterable[bytes],
    server: str,
    *,
    window: int = WINDOW,
    told: Callable[[int], None] = lambda _torrents: None,
    knows: Callable[[str], bool] | None = None,
) -> Delta:
    """Decode one answer; raises BadReply if it is not whole or none, Desync if it changes what nobody ``knows``.

    ``told`` hears now and then how many torrents of it have been read.
    """
    reader, turn, empty = _DeltaReader(window, told, knows), Turn(), True
    try:
        async for chunk in chunks:
            empty = empty and not chunk.strip()
            for _window in reader.feed(chunk):
                await turn.over()
            await turn.over()
        return await in_turns(reader.finish())
    except tolerant_json.NotJson as error:
        why = str(error)[:200]
    finally:
        await in_turns(reader.clear())  # an error that is kept keeps this frame, but no longer its 100,000 rows
    raise BadReply(EMPTY if empty else UNREADABLE, server=server, detail=why)


def one_row(sent: dict[str, Json]) -> Partial:
    """Give what ``torrents/info`` says of one torrent as a delta would."""
    row = _typed(sent)
    tidy_partial(row)
    return row


class _DeltaReader:
    """Takes the answer in pieces; ``_head`` came before the torrents, ``_rest`` after it, and neither is decoded."""

    def __init__(self, window: int, told: Callable[[int], None], knows: Callable[[str], bool] | None) -> None:
        self._window, self._told, self._knows = window, told, knows
        self._rest = bytearray()
        self._head: bytes | None = None
        self._full = False
        self._searched = self._without_lists = 0
        """How much of ``_rest`` was searched, for the next cut, and for the lists of trackers."""
        self._tries = 0
        self._whole = False  # cutting did not work out: the rest is decoded as one when all is there
        self._rows: Rows = {}
        self._sent: set[str] = set()
        self._trackers: dict[str, list[str]] = {}
        self._excess = 0
        self._before: bytes | None = None  # what makes ``_rest`` JSON, once the trackers have begun

    def clear(self) -> Steps[None]:
        """Let go of what was read and not handed over, in steps."""
        self._rest, self._head = bytearray(), None
        rows, self._rows = self._rows, {}
        trackers, self._trackers = self._trackers, {}
        yield from emptying(rows)
        yield from emptying(trackers)

    def feed(self, chunk: bytes) -> Steps[None]:
        """Take the next piece; yields after each window that was decoded."""
        self._rest += chunk
        yield from self._windows()
        if len(self._rest) > LARGEST_REST:
            raise tolerant_json.NotJson("no torrents in it for too long")

    def _windows(self) -> Steps[None]:
        if len(self._rest) < self._window or (self._head is None and not (yield from self._find_start())):
            return
        if self._before is None:
            while not self._whole and (cut := self._next_cut()):
                if not self._take(b"{" + self._rest[:cut] + b"}"):
                    self._whole = True
                    return
                del self._rest[: cut + 1]  # with the comma
                self._searched = self._without_lists = 0
                yield False
            self._find_lists()
        while self._before is not None and not self._whole and self._take_lists():
            yield False

    def _find_lists(self) -> None:
        """Decode the last torrents if the lists of trackers follow them."""
        found = None if self._whole else _LISTS.search(self._rest, self._without_lists)
        if found is None:
            self._without_lists = max(0, len(self._rest) - 64)
            return
        self._whole = not self._take(b"{" + self._rest[: found.start() + 1] + b"}")
        if not self._whole:
            self._before, self._searched = b'{"trackers":{', 0
            del self._rest[: found.end()]

    def _take_lists(self) -> bool:
        """Decode the next window of lists; False if there is none, or it is none."""
        found = _CUT_LIST.search(self._rest, max(self._window, self._searched))
        if found is None or self._before is None:
            self._searched = max(self._window, len(self._rest) - 64)
            return False
        between_trackers = self._rest[found.start() - 1 : found.start()] == b"]"
        end = b"}" if between_trackers else b"]}"
        try:
            lists = _lists.decode(self._before.removeprefix(b'{"trackers":') + self._rest[: found.start()] + end)
        except _UNREADABLE:
            self._whole = True
            return False
        self._add_lists(lists, found.start())
        self._before = b'{"trackers":{'
        if not between_trackers:
            self._before += msgspec.json.encode(next(reversed(lists))) + b":["
        del self._rest[: found.end()]
        self._searched = 0
        return True

    def _add_lists(self, lists: Mapping[str, list[str]], size: int) -> None:
        """Take lists that were sent in so many bytes; a hash that is known already takes no memory of its own."""
        rows, unknown = self._rows, 0
        for url, hashes in lists.items():
            own = self._trackers.setdefault(url, [])
            for torrent_hash in hashes:
                row = rows.get(torrent_hash)
                if isinstance(row, Torrent):
                    own.append(row.hash)
                else:
                    own.append(torrent_hash)
                    unknown += 1
        self._weigh(unknown * _HASH_BYTES + len(lists) * _URL_BYTES - size)

    def _find_start(self) -> Steps[bool]:
        """Split the head off at the outermost "torrents"; a category may have that name, too."""
        while not self._whole and (found := _START.search(self._rest, self._searched)):
            self._searched = found.end()
            head = bytes(self._rest[: found.end()]) + b"}}"
            try:
                members = _members.decode(head)
            except _UNREADABLE:
                self._tries += 1
                self._whole = self._tries == _TRIES
                yield False
                continue
            self._head, self._searched = head, 0
            self._full = bytes(members.get("full_update", b"")) == b"true"
            del self._rest[: found.end()]
            return True
        self._searched = max(self._searched, len(self._rest) - 16)
        return False

    def _next_cut(self) -> int:
        """Give the length of the next window without the comma behind it, or 0."""
        found = _CUT.search(self._rest, max(self._window, self._searched))
        if found is None:
            self._searched = max(self._window, len(self._rest) - 64)
            return 0
        return found.start() + 1

    def _take(self, text: bytes) -> bool:
        """Decode one window of torrents; False if it is none."""
        try:
            rows: Rows = (_whole_rows if self._full else _partial_rows).decode(text)
        except _UNREADABLE:
            try:
                self._add(self._checked(tolerant_json.decode(text)), len(text))
            except tolerant_json.NotJson:
                return False
            return True
        if self._full:  # which fields the server sends is seen in the first torrent of each window
            first = _CUT.search(text)
            example = text if first is None else text[: first.start() + 1] + b"}"
            self._sent.update(*_partial_rows.decode(example).values())
        else:
            self._sent.update(*rows.values())  # type: ignore[arg-type]  # dicts in a delta
        self._add(rows, len(text))
        return True

    def _checked(self, rows: Mapping[str, Json]) -> Rows:
        """Bring what each torrent has to the right types."""
        kept = {h: _typed(row) for h, row in rows.items() if isinstance(row, dict)}
        self._sent.update(*kept.values())
        return {h: Torrent(**row) for h, row in kept.items()} if self._full else {**kept}

    def _weigh(self, excess: int) -> None:
        self._excess += max(0, excess)
        if self._excess > LARGEST_EXCESS:
            raise tolerant_json.NotJson("more than any server has")

    def _add(self, rows: Rows, size: int) -> None:
        """Take torrents that were sent in so many bytes."""
        changes = [row for row in rows.values() if isinstance(row, dict)]
        taken = len(changes) * _CHANGE_BYTES + sum(map(len, changes)) * _FIELD_BYTES
        self._weigh((len(rows) - len(changes)) * _ROW_BYTES + taken - size)
        if len(rows) > _MANY:  # short ones: fewer at once
            self._window = max(_SMALLEST, self._window // 4)
        for torrent_hash, row in rows.items():
            if isinstance(row, Torrent):
                tidy(row, torrent_hash)
            else:
                tidy_partial(row)
                if "name" not in row and self._knows and not self._knows(torrent_hash):
                    raise Desync(f"changes of an unknown torrent {torrent_hash[:40]}")
        self._rows.update(rows)
        self._told(len(self._rows))

    def finish(self) -> Steps[Delta]:
        """Decode what is left and give the whole, in steps."""
        text = (b"" if self._head is None else self._before or b'{"torrents":{') + self._rest
        self._rest.clear()
        tail = yield from _opened(text)
        if self._head is None and not _NAMES & tail.keys():
            raise tolerant_json.NotJson("nothing of sync/maindata in it")
        last = list(object_of(tail.pop("torrents", None)).items())
        if self._before:
            self._add_lists((yield from lists_of_trackers(tail.get("trackers"))), len(text))
        head: dict[str, Json] = (yield from _opened(self._head)) if self._head else {}
        answer = head | tail
        full = answer.get("full_update") is True
        if full and not self._full:  # it said so only behind the torrents
            self._rows = {h: _whole(row, h) for h, row in self._rows.items()}
        self._full = full
        for start in range(0, len(last), 100):
            self._add(self._checked(dict(last[start : start + 100])), 0)
            yield False
        categories = yield from categories_of(answer.get("categories"), full=full)
        trackers = self._trackers if self._before else (yield from lists_of_trackers(answer.get("trackers")))
        rows, self._rows, self._trackers = self._rows, {}, {}
        return delta_of(answer, full, rows, self._sent, categories, trackers)


def _opened(text: bytes) -> Steps[dict[str, Json]]:
    value = yield from decoding(text, MOST_PARTS)
    if not isinstance(value, dict):
        raise tolerant_json.NotJson("not an object")
    return value


def _whole(row: Torrent | Partial, torrent_hash: str) -> Torrent:
    """Make a torrent of what turned out to be one."""
    if isinstance(row, Torrent):
        return row
    made = Torrent(**row)
    tidy(made, torrent_hash)
    return made


def _typed(row: dict[str, Json]) -> Partial:
    """Give the known fields; one whose value cannot be used has its default."""
    try:
        typed: Partial = msgspec.convert(row, _PARTIAL)
    except _UNUSABLE:
        return dict(_fields(row))
    return typed


def _fields(row: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    for name, value in row.items():
        hint = _TYPES.get(name)
        if hint is None:
            continue
        if hint is Int and isinstance(value, float) and value.is_integer():
            value = int(value)
        try:
            yield name, msgspec.convert(value, hint)
        except _UNUSABLE:
            yield name, _DEFAULTS[name]
