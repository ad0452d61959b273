"""How one value of the settings file is read: what is of another type or out of bounds is a ValueError."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S = 0.5, 3600.0


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def an_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ValueError
    return [an_object(entry) for entry in value]


def line(value: Any) -> str:
    if any(c < " " or c == "\x7f" for c in text(value)):
        raise ValueError
    return str(value)


def server_id(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text(value)):
        raise ValueError
    return str(value)


def auth(value: Any) -> str:
    if value not in ("password", "api_key", "none"):
        raise ValueError
    return str(value)


def interval(value: Any) -> float:
    return min(max(number(value), SHORTEST_INTERVAL_S), LONGEST_INTERVAL_S)


def url(value: Any) -> str:
    parts = urlsplit(line(value))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or "@" in parts.netloc:
        raise ValueError
    return str(value)


KINDS: dict[str, Callable[[Any], Any]] = {
    "str": text,
    "bool": boolean,
    "float": number,
    "int": whole,
    "dict[str, Any]": an_object,
    "list[dict[str, Any]]": objects,
}
"""By the annotation of the field."""
