"""Just enough of bencoding to find the ``info`` of a .torrent file that the parser here refuses.

A server may be of another mind than libtorrent here: it has another version of it, or other limits.
"""

from __future__ import annotations

import re
from typing import Any

DEEPEST = 100
"""As deep as qBittorrent reads (base/preferences.cpp)."""
_TOKEN = re.compile(rb"i-?\d{1,30}e|(\d{1,10}):|[dle]")


class NotBencoded(ValueError):
    """These bytes are something else, or cut off."""


def skip(data: bytes, position: int) -> int:
    """Give the end of the value that begins here; raises NotBencoded."""
    depth = 0
    while True:
        match = _TOKEN.match(data, position)
        if match is None:
            raise NotBencoded
        position = match.end()
        if match[1]:
            position += int(match[1])
            if position > len(data):
                raise NotBencoded
        elif (kind := match[0][:1]) in b"dl":
            depth += 1
            if depth > DEEPEST:
                raise NotBencoded
        elif kind == b"e":
            depth -= 1
            if depth < 0:
                raise NotBencoded
        if not depth:
            return position


def slices(data: bytes, position: int = 0) -> dict[bytes, tuple[int, int]]:
    """Give where the values of a dictionary begin and end; of a key that stands there twice, the first counts."""
    if data[position : position + 1] != b"d":
        raise NotBencoded
    found: dict[bytes, tuple[int, int]] = {}
    position += 1
    while data[position : position + 1] != b"e":
        key_end = skip(data, position)
        if not data[position : position + 1].isdigit():
            raise NotBencoded
        value_end = skip(data, key_end)
        found.setdefault(data[position:key_end].partition(b":")[2], (key_end, value_end))
        position = value_end
    return found


def value(data: bytes, span: tuple[int, int] | None) -> Any:
    """Give a text or a number; None for anything else."""
    raw = data[slice(*span)] if span else b""
    if raw[:1].isdigit():
        return raw.partition(b":")[2]
    return int(raw[1:-1]) if raw[:1] == b"i" else None


def lengths(data: bytes, position: int, end: int) -> int:
    """Add up all numbers that are called "length", however deep; what has none or only zeros gives 0."""
    return sum(max(0, int(found)) for found in re.findall(rb"6:lengthi(-?\d{1,30})e", data[position:end]))
