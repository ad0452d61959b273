"""Finds the links in any text, as people copy them: between words, in quotes, brackets and lists, wrapped by a mail.

Every link, info-hash and path of a .torrent file comes out once, in its order.  A line without any, and a piece that
looks like a link and is none, comes out as a ``Problem``; words that stand around a link in its line are left out.
Nothing here looks at the disk.

A line is searched for beginnings (``_START``); where a link ends depends on what it began with and what stands
before it (``link_ends.py``).  What a mail has wrapped is joined first (``wrapped_lines.py``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes
from urllib.request import url2pathname  # it imports all of http and email: 10 ms

from qbt_remote.api.adding.link_ends import end_of_link
from qbt_remote.api.adding.links import Link, read_link
from qbt_remote.api.adding.problem import Problem, Unusable
from qbt_remote.api.adding.starts import LIKELY, START, START_OF_LINK, TORRENT
from qbt_remote.api.adding.wrapped_lines import unwrapped


@dataclass(frozen=True, slots=True)
class Found:
    """A link in a text, and the piece of the text that it was."""

    source: str
    link: Link


_PLAIN = re.compile(
    r"(?:magnet:\?xt=urn:btih:[0-9a-fA-F]{40}(?:&(?:dn|tr|xl|ws)=(?:https?://)?(?:(?!https?:)[\w%.~+*/:-])*)*"
    r"|[0-9a-fA-F]{40})",
    re.ASCII,
)
"""Most lines of long lists: nothing in them needs a second look."""
_ENTITY = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_ESCAPES = re.compile(r"\\u0026|\\/|[\\^](?=[&?=:#])")
"""What JSON, shells and terminals put before or in the place of a character of a link."""
_LOOKS_LIKE_A_LINK = re.compile(r"magnet:\S|urn:bt|\w://[^\s/]|\b[0-9a-fA-F]{30,}\b", re.IGNORECASE)
_HAS_WORDS = re.compile(r"\w|[^\x00-\x7f]")
_TORRENT = re.compile(TORRENT, re.IGNORECASE)
_SHORT = 256 << 10
"""Characters of a text that is looked through as one."""
_MOST_LOOKED_AT = 500
"""Lines without a link, after which it is left to whoever reads all of them."""
_TWICE = re.compile(r"\]\(|\s?<|[\"']?>")
"""Between a link and the same link as its own title, in Markdown, mails and HTML."""


def found_in(text: str) -> Iterator[Found | Path | Problem]:
    """Give what is in a text; see above.  Each step takes some microseconds: take a turn between them."""
    short = len(text) <= _SHORT
    if short and not (LIKELY.search(text) or LIKELY.search("".join(text.splitlines()))):
        for line in text.splitlines():
            yield from _rest(line, whole=True)
        return
    for line in unwrapped(text, _count):
        yield from _in_line(line)


def holds_links(text: str) -> bool:
    """Whether there is anything in a text that can be added; of a long one, whether there may be."""
    return any(n == _MOST_LOOKED_AT or not isinstance(found, Problem) for n, found in enumerate(found_in(text)))


def _count(line: str) -> int:
    return sum(not isinstance(found, Problem) for found in _in_line(line))


def _in_line(line: str) -> Iterator[Found | Path | Problem]:
    if _PLAIN.fullmatch(line):
        yield _read(line)
        return
    line = cleaned(line)
    position, nothing, last = 0, True, ""
    if not LIKELY.search(line):
        yield from _rest(line, whole=True)
        return
    starts = START if _TORRENT.search(line) else START_OF_LINK
    while match := starts.search(line, position):
        start = match.start()
        between = line[position:start]
        end = end_of_link(line, match)
        piece = line[start:end]
        if not (piece == last and _TWICE.fullmatch(between)):
            yield from _rest(between)
            yield _named(piece, match)
        position, nothing, last = max(end, match.end()), False, piece
    yield from _rest(line[position:], whole=nothing)


def cleaned(line: str) -> str:
    """Give a line without what other programs put between the characters of a link."""
    line = _ESCAPES.sub(lambda found: {"\\u0026": "&", "\\/": "/"}.get(found[0], ""), line)
    while _ENTITY.search(line):
        line = _ENTITY.sub("&", line)
    return line


def _rest(words: str, *, whole: bool = False) -> Iterator[Problem]:
    """What stands beside links is named where it was meant for one, or where it is all there is."""
    words = words.strip()
    if _HAS_WORDS.search(words) and (whole or _LOOKS_LIKE_A_LINK.search(words)):
        yield Problem(words)


def _named(piece: str, match: re.Match[str]) -> Found | Path | Problem:
    if match.lastgroup == "path":
        return path_of(piece) or Problem(piece)
    if match.lastgroup == "encoded":
        piece = _decoded(piece)
        if piece.startswith(("/", "~", "file:")):
            return path_of(piece) or Problem(piece)
    return _read(piece)


def _decoded(piece: str) -> str:
    """Decode what was percent-encoded as a whole, perhaps more than once."""
    for _ in range(3):
        piece = unquote(piece)
        if re.match(r"magnet:\?\w|https?://|file:/|[~/]", piece, re.IGNORECASE):
            break
    return piece


def _read(piece: str) -> Found | Problem:
    try:
        return Found(piece, read_link(meant(piece)))
    except Unusable as e:
        return Problem(piece, e.said)


def meant(piece: str) -> str:
    """Give a link that was cut off before its beginning, or spelt by other means, as it is meant."""
    if re.match(r"magnet[:：]", piece, re.IGNORECASE):
        query = re.sub(r"^[^:：]*[:：]/*[?？&]*", "", piece)
        if "=" not in query:
            query = unquote(query)
        return "magnet:?" + re.sub(r"\s*&\s*", "&", query)
    if re.match(r"\??xt[.=]", piece, re.IGNORECASE):
        return "magnet:?" + piece.lstrip("?")
    if re.match(r"urn:", piece, re.IGNORECASE):
        return f"magnet:?xt={piece}"
    if re.fullmatch(r"1220[0-9a-fA-F]{64}", piece):
        return piece[4:]
    return piece


def path_of(piece: str) -> Path | None:
    """Give the path of this computer that a ``file:`` address or an absolute path means; None if there is none."""
    if piece[:5].lower() != "file:":
        piece = re.sub(r"\\(?=[^\w\\])", "", piece) if os.name == "posix" else piece
        try:
            return Path(piece).expanduser()
        except RuntimeError:  # there is no home folder
            return Path(piece)
    rest = piece[5:]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.lower() not in ("", "localhost"):
            return None
        rest = slash + path
    if os.name != "posix":
        return Path(url2pathname(rest))
    try:
        return Path(os.fsdecode(unquote_to_bytes(os.fsencode(rest))))
    except UnicodeEncodeError:  # half of a character, which no name can hold
        return None
