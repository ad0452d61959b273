"""The parser for JSON that is none: half of a surrogate pair becomes U+FFFD, and what is no number None."""

from __future__ import annotations

import json
import math
import re
from typing import Any

Json = Any

_SURROGATE = re.compile("[\ud800-\udfff]")


class Garbled(Exception):
    """Not JSON, cut short, nested too deeply, or not an answer of sync/maindata."""


def forgiving(text: bytes) -> Json:
    """Decode with the parser that takes more; raises Garbled, RecursionError."""
    try:
        value = json.loads(
            text.decode("utf-8", "replace"),
            strict=False,
            parse_int=lambda digits: int(digits) if len(digits) <= 20 else None,
            parse_float=lambda digits: number if math.isfinite(number := float(digits)) else None,
            parse_constant=lambda _name: None,
        )
    except ValueError as error:
        raise Garbled(str(error)) from error
    return _mended(value)


def _mended(value: Json) -> Json:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value
