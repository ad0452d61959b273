"""Sort keys for names: natural ("file 2" before "file 10") and case-insensitive."""

from __future__ import annotations

import re

_DIGITS = re.compile("[0-9]+")
_LONGEST = 0xD000  # below the surrogates, which may not be in a string that is ever encoded


def natural(name: str) -> str:
    """Give a text that sorts as people expect the name to; not for showing."""
    return _DIGITS.sub(_number, name.casefold())


def _number(match: re.Match[str]) -> str:
    """Put the length before the digits, so that longer numbers come after shorter ones."""
    digits = match.group().lstrip("0") or "0"
    return f"0{chr(0x21 + min(len(digits), _LONGEST))}{digits}"
