"""The bytes of ``sync/maindata`` as they arrive, made into a Delta without holding up the event loop.

A full answer of 100,000 torrents is 150 MB of JSON.  It is cut into windows of about 256 KB where one
torrent ends and the next begins, and each is decoded into typed objects while the rest still
arrives, with a turn of the loop in between.  Decoding the whole at its end would stop the window for
a third of a second, and keep twice the memory.

Where to cut is found by a regular expression, since parsing would take as long as decoding.  In valid JSON the
pattern cannot lie inside a text, because a quote there is preceded by a backslash; where it fits elsewhere (a category
whose name looks like a hash) the piece does not decode by itself, and then all that is left is decoded as one.

The lists of each tracker's torrents (4 MB of hashes) follow the torrents and are cut between two hashes in the same
way.

A piece that does not decode as it should is decoded again by ``api/tolerant_json.py``, and a value of a
wrong type, NaN or out of range is unknown: its field gets the default of ``Torrent``, in a delta too,
since what it was before it certainly is not any more.  Nothing else is lost.

States, fields and shapes of older servers become those of the newest.  The two can be told apart by their form, so the
version is not needed.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from typing import Any, TypedDict, get_type_hints

import msgspec

from qbt_remote.api import tolerant_json
from qbt_remote.api.endpoints import FIELDS
from qbt_remote.api.errors import EMPTY, UNREADABLE, BadReply
from qbt_remote.sync.delta import Delta
from qbt_remote.sync.steps import Steps, Turn, in_turns
from qbt_remote.sync.tidy import tidy, tidy_partial
from qbt_remote.sync.torrent import Int, Torrent

Json = Any
Partial = dict[str, Json]
Rows = dict[str, Torrent | Partial]

WINDOW = 256 * 1024
LARGEST_REST = 8 * 2**20
"""Of an answer that cannot be cut: decoding more in one piece would hold the window up."""
_OURS = ("server", "hash", "tracker_hosts")
_HINTS = get_type_hints(Torrent, include_extras=True)
_TYPES = {name: hint for name, hint in _HINTS.items() if name not in _OURS}
_PARTIAL: Any = TypedDict("_PARTIAL", _TYPES, total=False)  # type: ignore[misc]  # made from Torrent's own list

LARGEST_TAKEN = 256 * 2**20
_ROW_BYTES, _HASH_BYTES = 1024, 100
"""The memory that an answer may become; a torrent takes this much of it, and a tracker's hash, however short."""

_START = re.compile(rb'"torrents":\{(?=")')
_CUT = re.compile(rb'\},(?="[0-9a-f]{40}":\{)')
_LISTS = re.compile(rb'\}\},"trackers":\{(?=")')
_CUT_LIST = re.compile(rb',(?="[0-9a-f]{40}")')
_TRIES = 8
_NAMES = {"rid", "full_update", "server_state"}
for _name in ("torrents", "categories", "tags", "trackers"):
    _NAMES |= {_name, f"{_name}_removed"}
"""What an answer may hold; another program's JSON holds none of it."""

_whole_rows: Any = msgspec.json.Decoder(dict[str, Torrent])
_partial_rows: Any = msgspec.json.Decoder(dict[str, _PARTIAL])
_lists = msgspec.json.Decoder(dict[str, list[str]])
_anything = msgspec.json.Decoder()
_UNUSABLE = (msgspec.ValidationError, OverflowError)
_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(Torrent)}
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


async def maindata(
    chunks: AsyncIterable[bytes],
    server: str,
    *,
    window: int = WINDOW,
    told: Callable[[int], None] = lambda _torrents: None,
) -> Delta:
    """Decode one answer; raises BadReply, naming the server, if it is not whole or not the Web API's.

    ``told`` hears now and then how many torrents of it have been read.
    """
    reader, turn, empty = _DeltaReader(window, told), Turn(), True
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
    """Takes the answer in pieces.  ``_head`` is what came before the torrents, ``_rest`` what is not decoded yet."""

    def __init__(self, window: int, told: Callable[[int], None]) -> None:
        self._window, self._told = window, told
        self._rest = bytearray()
        self._head: dict[str, Json] | None = None
        self._full = False
        self._searched = 0
        self._tries = 0
        self._whole = False
        """Cutting did not work out: the rest is decoded as one when all is there."""
        self._rows: Rows = {}
        self._sent: set[str] = set()
        self._trackers: dict[str, list[str]] = {}
        self._taken = 0
        self._before: bytes | None = None
        """What has to stand before ``_rest`` to make it JSON, once the trackers have begun."""

    def clear(self) -> Steps[None]:
        """Let go of what was read and not handed over, in steps: to free 250,000 rows takes 100 ms."""
        self._rest, self._trackers = bytearray(), {}
        rows, self._rows = self._rows, {}
        while rows:
            for _row in range(min(len(rows), 1000)):
                rows.popitem()
            yield False

    def feed(self, chunk: bytes) -> Steps[None]:
        """Take the next piece; yields after each window that was decoded."""
        self._rest += chunk
        yield from self._windows()
        if len(self._rest) > LARGEST_REST:
            raise tolerant_json.NotJson("no torrents in it for too long")

    def _windows(self) -> Steps[None]:
        if len(self._rest) < self._window or (self._head is None and not self._find_start()):
            return
        if self._before is None:
            searched = self._searched
            while not self._whole and (cut := self._next_cut()):
                if not self._take(b"{" + self._rest[:cut] + b"}"):
                    self._whole = True
                    return
                del self._rest[: cut + 1]  # with the comma
                self._searched = searched = 0
                yield False
            self._find_lists(searched)
        while self._before is not None and not self._whole and self._take_lists():
            yield False

    def _find_lists(self, searched: int) -> None:
        """Decode the last torrents if the lists of trackers follow them."""
        found = None if self._whole else _LISTS.search(self._rest, max(0, searched - 64))
        if found is None:
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
        try:
            lists = _lists.decode(self._before.removeprefix(b'{"trackers":') + self._rest[: found.start()] + b"]}")
        except _UNREADABLE:
            self._whole = True
            return False
        self._add_lists(lists)
        self._before = b'{"trackers":{' + msgspec.json.encode(next(reversed(lists))) + b":["
        del self._rest[: found.end()]
        self._searched = 0
        return True

    def _add_lists(self, lists: Mapping[str, list[str]]) -> None:
        for url, hashes in lists.items():
            self._weigh(len(hashes) * _HASH_BYTES)
            self._trackers.setdefault(url, []).extend(hashes)

    def _find_start(self) -> bool:
        """Split the head off at the outermost "torrents"; a category may have that name, too."""
        while not self._whole and (found := _START.search(self._rest, self._searched)):
            self._searched = found.end()
            try:
                head = _anything.decode(self._rest[: found.end()] + b"}}")
            except _UNREADABLE:
                self._tries += 1
                self._whole = self._tries == _TRIES
                continue
            self._head, self._full, self._searched = head, head.get("full_update") is True, 0
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
                self._add(self._checked(tolerant_json.decode(text)))
            except tolerant_json.NotJson:
                return False
            return True
        if self._full:  # which fields the server sends is seen in the first torrent of each window
            first = _CUT.search(text)
            example = text if first is None else text[: first.start() + 1] + b"}"
            self._sent.update(*_partial_rows.decode(example).values())
        else:
            self._sent.update(*rows.values())  # type: ignore[arg-type]  # dicts in a delta
        self._add(rows)
        return True

    def _checked(self, rows: Mapping[str, Json]) -> Rows:
        """Bring what each torrent has to the right types."""
        kept = {h: _typed(row) for h, row in rows.items() if isinstance(row, dict)}
        self._sent.update(*kept.values())
        return {h: Torrent(**row) for h, row in kept.items()} if self._full else {**kept}

    def _weigh(self, taken: int) -> None:
        self._taken += taken
        if self._taken > LARGEST_TAKEN:
            raise tolerant_json.NotJson("more than any server has")

    def _add(self, rows: Rows) -> None:
        self._weigh(len(rows) * _ROW_BYTES)
        for torrent_hash, row in rows.items():
            if isinstance(row, Torrent):
                tidy(row, torrent_hash)
            else:
                tidy_partial(row)
        self._rows.update(rows)
        self._told(len(self._rows))

    def finish(self) -> Steps[Delta]:
        """Decode what is left and give the whole, in steps."""
        text = (b"" if self._head is None else self._before or b'{"torrents":{') + self._rest
        self._rest.clear()
        tail = tolerant_json.decode(text)
        yield False
        if not isinstance(tail, dict):
            raise tolerant_json.NotJson("not an object")
        if self._head is None and not _NAMES & tail.keys():
            raise tolerant_json.NotJson("nothing of sync/maindata in it")
        last = list(_object(tail.pop("torrents", None)).items())
        if self._before:
            self._add_lists(_trackers(tail.get("trackers")))
            tail["trackers"] = self._trackers
        answer = (self._head or {}) | tail
        full = answer.get("full_update") is True
        if full and not self._full:  # it said so only behind the torrents
            self._rows = {h: _whole(row, h) for h, row in self._rows.items()}
        self._full = full
        for start in range(0, len(last), 100):
            self._add(self._checked(dict(last[start : start + 100])))
            yield False
        rows, self._rows = self._rows, {}
        return _delta(answer, full=full, rows=rows, sent=self._sent)


def _delta(answer: Mapping[str, Json], *, full: bool, rows: Rows, sent: set[str]) -> Delta:
    rid = answer.get("rid")
    return Delta(
        rid=rid if isinstance(rid, (int, str)) and not isinstance(rid, bool) else 0,
        full=full,
        torrents=rows,
        torrents_removed=_texts(answer.get("torrents_removed")),
        categories=_categories(answer.get("categories"), full=full),
        categories_removed=_texts(answer.get("categories_removed")),
        tags=_texts(answer.get("tags")),
        tags_removed=_texts(answer.get("tags_removed")),
        trackers=_trackers(answer.get("trackers")),
        trackers_removed=_texts(answer.get("trackers_removed")),
        server={n: v if _sane(v) else None for n, v in _object(answer.get("server_state")).items()},
        sent=sent,
    )


def _categories(sent: Json, *, full: bool) -> dict[str, dict[str, Json]]:
    """Give categories by name; before 2.1.0 they are a list of names."""
    if isinstance(sent, list):
        return {name: {"name": name, "savePath": ""} for name in _texts(sent)}
    given: dict[str, Json] = {"savePath": ""} if full else {}
    return {name: given | _category(row) | {"name": name} for name, row in _object(sent).items()}


def _category(sent: Json) -> dict[str, Json]:
    """Give what is known of a category; a path that is none is the default one."""
    if not isinstance(sent, dict):
        return {"savePath": "", "download_path": None}
    names, fields = FIELDS["category"], _object(sent)
    row = {names.get(name, name): value for name, value in fields.items()}
    if not isinstance(row.get("savePath", ""), str):
        row["savePath"] = ""
    if not isinstance(row.get("download_path"), str | bool | None):
        row["download_path"] = None
    return row


def _trackers(sent: Json) -> dict[str, list[str]]:
    try:
        return msgspec.convert(sent or {}, dict[str, list[str]])
    except msgspec.ValidationError:
        return {url: _texts(hashes) for url, hashes in _object(sent).items()}


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _sane(value: Json) -> bool:
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**63)


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
