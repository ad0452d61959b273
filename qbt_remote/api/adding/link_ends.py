"""Where a link that begins in a line ends."""

from __future__ import annotations

import re
from collections import Counter

from qbt_remote.api.adding.starts import HASH, KEY, PATH, START, TORRENT

_NEXT = re.compile(
    rf"(?<![=/:?&])(?<!%3D)(?<!%2F)(?<!%3A)(?<!%26)(?:https?://|magnet[:：]/{{0,2}}[?？])"
    rf"|(?<=[,;|，；、])\s*(?:{HASH}|{PATH})",
    re.IGNORECASE,
)
"""The beginning of another link, which may be glued to the one before."""
_NEXT_MAGNET = re.compile(rf"{_NEXT.pattern}|magnet[:：]/{{0,2}}[?？]", re.IGNORECASE)
_NEVER_IN = re.compile(r"[<>\"“”„«»‹›`\x00-\x08\x0e-\x1f\x7f\\]|…$|\[/\w+\]")
_FIELD = re.compile(rf"\s*&\s*{KEY}", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_TORRENT = re.compile(TORRENT, re.IGNORECASE)
_ENCODED_END = re.compile(r"[^\w%.~/!*'()+-]", re.ASCII)
_PAIRS = dict(zip(")]}）】」》』", "([{（【「《『", strict=True))
_OPENING = frozenset(_PAIRS.values())
_BRACKETS = frozenset("()[]{}（）【】「」《》『』")
_ALWAYS_AFTER = ",;|，；、。"
_IN_PROSE_AFTER = ".!?:…"
_EMPHASIS = "*_~"


def end_of_link(line: str, match: re.Match[str]) -> int:
    """Give the end of what begins at a match of ``START``."""
    kind, start = match.lastgroup, match.start()
    if kind in ("path", "hash"):
        return match.end()
    text = match[0].lower()
    if kind == "encoded" and text.startswith(("%", "f")):
        torrent = _TORRENT.search(line, match.end())
        end = torrent.end() if torrent else len(line)
    elif kind == "encoded":
        again = re.compile(re.escape(text[:9]), re.IGNORECASE).search(line, match.end())
        after = _ENCODED_END.search(line, match.end(), again.start() if again else len(line))
        end = after.start() if after else again.start() if again else len(line)
    else:
        is_magnet = not text.startswith("http")
        following = (_NEXT_MAGNET if is_magnet else _NEXT).search(line, match.end())
        end = following.start() if following else len(line)
        never = _NEVER_IN.search(line, match.end(), end)
        end = never.start() if never else end
        end = _before_space(line, match, end, is_magnet=is_magnet)
    before = line[start - 1] if start else ""
    chunk = _without_closing(line[start:end], before)
    in_prose = start > 0 or start + len(chunk) < len(line)
    return start + len(_without_points(chunk, before, in_prose=in_prose))


def _before_space(line: str, match: re.Match[str], end: int, *, is_magnet: bool) -> int:
    """A space ends a link, but not one that goes on after it: names are often copied with their spaces."""
    position = match.end()
    while space := _SPACE.search(line, position, end):
        here = space.start()
        field = _FIELD.search(line, here, end) if is_magnet else None
        if field is None:
            return end if _ends_with_a_name(line, match, here, end, is_magnet=is_magnet) else here
        if field.start() > here and not _in_name(line[match.start() : here]):
            return here
        position = field.end()
    return end


def _in_name(so_far: str) -> bool:
    return bool(re.search(r"[?&](?:dn|kt)(?:\.\d*)?=[^&]*$", so_far, re.IGNORECASE))


def _ends_with_a_name(line: str, match: re.Match[str], here: int, end: int, *, is_magnet: bool) -> bool:
    """Whether the rest of the line is the rest of a name: nothing else is in the line."""
    if match.start() or end < len(line) or START.search(line, here):
        return False
    if is_magnet:
        return _in_name(line[:here])
    return not line[:here].lower().endswith(".torrent") and line.lower().rstrip().endswith(".torrent")


def _without_closing(chunk: str, before: str) -> str:
    """Cut at the bracket or quote that closes what was opened before the link."""
    if before == "'":
        closing = re.search(r"'(?!\w)", chunk)
        chunk = chunk[: closing.start()] if closing else chunk
    if _BRACKETS.isdisjoint(chunk):
        return chunk
    opened = Counter[str]()
    for i, character in enumerate(chunk):
        if character in _OPENING:
            opened[character] += 1
        elif character in _PAIRS:
            if opened[_PAIRS[character]]:
                opened[_PAIRS[character]] -= 1
            elif not _FIELD.search(chunk, i):
                return chunk[:i]
    return chunk


def _without_points(chunk: str, before: str, *, in_prose: bool) -> str:
    points = _ALWAYS_AFTER + (_IN_PROSE_AFTER if in_prose else "")
    if before and before in _EMPHASIS:
        points += before
    return chunk.rstrip().rstrip(points).rstrip()
