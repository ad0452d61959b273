"""Large answers in JSON, decoded entry by entry so that the window goes on in between.

msgspec takes 10 ms for each MB, and a server may have 50,000 categories or a log of 100,000 lines.  So what is large
is first cut into its entries, of which nothing is made yet: 8 MB of categories take 38 ms then, and 1 ms at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from typing import Any, TypeVar

import msgspec

from qbt_remote.api.json import tolerant_json

Json = Any
T = TypeVar("T")

LARGE = 64 * 2**10
"""Bytes; what is smaller is decoded as one."""
MOST_ENTRIES = 2_000_000
"""An object or list of more is decoded as one: to cut it would take 64 bytes for each."""
_DEEPEST, _EVERY, _TURN_S = 4, 256, 0.005
_COUNTED = 2**20
WINDOW, _BETWEEN, _TRIES = 256 * 2**10, b'},{"', 8

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[Any])
_BAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decoding(text: bytes, most: int | None = None) -> Generator[bool, None, Json]:
    """Do what ``tolerant_json.decode`` does, in steps: what is in a large object or list one after the other.

    Raises NotJson also where there are more than ``most`` entries in all.
    """
    entries = 0
    for start in range(0, len(text) if len(text) >= LARGE else 0, _COUNTED):
        entries += text.count(b",", start, start + _COUNTED)
        yield False
        if most is not None and entries > most:
            raise tolerant_json.NotJson("more than any server has")
    if entries > MOST_ENTRIES:
        return tolerant_json.decode(text)
    value = yield from _cut(text, _DEEPEST)
    return value


def _cut(text: bytes, depth: int) -> Generator[bool, None, Json]:
    if len(text) < LARGE or not depth:
        return tolerant_json.decode(text)
    yield False
    if text[:LARGE].lstrip()[:1] == b"[":
        listed = yield from _windows(text)
        return tolerant_json.decode(text) if listed is None else listed
    try:
        entries = _object.decode(text)
    except _BAD:
        return tolerant_json.decode(text)
    values: dict[str, Json] = {}
    for n, key in enumerate(list(entries)):
        entry = bytes(entries.pop(key))  # let go of one by one: all at once take 30 ms for 100,000
        values[key] = (yield from _cut(entry, depth - 1)) if len(entry) >= LARGE else tolerant_json.decode(entry)
        if not n % _EVERY:
            yield False
    return values


def _windows(text: bytes) -> Generator[bool, None, list[Json] | None]:
    """Decode a list of objects a window at a time; None if it cannot be cut.

    ``},{"`` is in no text, since a quote there has a backslash before it; it may be in a list within an object.
    """
    start, end = text.index(b"[") + 1, text.rfind(b"]")
    if text[end + 1 :].strip():
        return None
    values: list[Json] = []
    while start < end:
        stop, part = end, None
        for _try in range(_TRIES):
            cut = text.find(_BETWEEN, max(start + WINDOW, stop if stop < end else 0), end)
            stop = end if cut < 0 else cut + 1
            part = _decoded(text[start:stop])
            yield False
            if part is not None or cut < 0:
                break
        if part is None:
            return None
        values += part
        start = stop + 1
    return values


def _decoded(entries: bytes) -> list[Json] | None:
    try:
        return _list.decode(b"[%b]" % entries)
    except _BAD:
        return None


async def in_turns(steps: Generator[bool, None, T]) -> T:
    """Take all steps, with a turn of the loop every 5 ms, and give what they come to."""
    began = time.perf_counter()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if time.perf_counter() - began > _TURN_S:
            await asyncio.sleep(0)
            began = time.perf_counter()
