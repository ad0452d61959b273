"""Reads the JSON of servers, which now and then is not JSON, so that one bad value does not cost a whole answer.

qBittorrent writes names, paths and rules as it got them, and other programs gave them to it.  What comes, and
what becomes of it:

- half of a surrogate pair (``"\\ud800"``; seen in RSS rules and in preferences): U+FFFD, in names of keys too
- bytes that are not UTF-8: U+FFFD
- line breaks, tabs and other control characters bare inside a text: kept
- ``NaN``, ``Infinity``, ``1e400``, and whole numbers of more digits than Python reads: None
- a byte order mark in front: passed over
- a key twice in one object, which JSON allows: the last one counts

What is cut short, nested too deeply or something else altogether is refused.

Nearly all answers are good, so msgspec goes first; it refuses all of the above but the last, and only then does
Python's slower parser read the answer again.  Files of this computer are not read in this way: damage there is
reported, not repaired.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

Json = Any

_HALF = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """Cut short, nested too deeply, or no JSON at all."""


class TooDeep(NotJson):
    """Nested more deeply than any answer of qBittorrent."""


def decode(text: bytes) -> Json:
    """Decode an answer; raises NotJson."""
    try:
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return _decoded_again(text.decode("utf-8", "replace").lstrip("\ufeff"))
    except RecursionError:
        raise TooDeep("nested too deeply") from None


def _decoded_again(text: str) -> Json:
    try:
        value = json.loads(text, strict=False, parse_int=_whole, parse_float=_finite, parse_constant=lambda _name: None)
    except ValueError as error:
        raise NotJson(str(error)) from error
    return _without_halves(value)


def _whole(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:  # Python reads 4,300 digits
        return None


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _without_halves(value: Json) -> Json:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_without_halves(key): _without_halves(item) for key, item in value.items()}
    return value
