"""Joins the lines into which a mail or a terminal has broken a link.

A paragraph whose lines are all of one width, of which one begins amid something, was broken as a whole.  Elsewhere
a line is joined to the one before it if that ends in a link, this one does not begin another one, and something speaks
for it: a field that begins here or was cut, a hash that is not whole, a bracket that is still open; or where the line
has a width at which programs wrap, and the two hold no less when they are joined.  Words are not joined to a link
otherwise: they would change its name without a word.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from qbt_remote.api.adding.starts import HASH, KEY, LINK, START, TORRENT

Count = Callable[[str], int]

INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\ufeff"))
INVISIBLE |= dict.fromkeys(range(0x2066, 0x206A))
_INVISIBLE = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
_LINK = re.compile(
    rf"{LINK}|https?:\\/|magnet%(?:25)*3A|https?%(?:25)*3A|xt(?:\.\d*)?=urn:|urn:bt[im]h:", re.IGNORECASE
)
_QUOTED = re.compile(r"^[>|][>|\s]*")
_LAST_WORD = re.compile(r"[^\s<>\"“”«»‹›`]+$")
_WORD = re.compile(r"[^\s<>\"“”«»‹›`]+")
_BEGINS = re.compile(rf"(?:[^\w/~%?]*(?:\d{{1,6}}[^\w/~%?]+)?)(?:{START.pattern})", re.IGNORECASE)
_BEGINS_LINK = re.compile(rf"[^\w/~%?]*(?:\d{{1,6}}[^\w/~%?]+)?(?:{LINK})", re.IGNORECASE)
_SURE = re.compile(rf"magnet:\?|https?://|{HASH}", re.IGNORECASE)
_NEXT_LINK = re.compile(rf"\s(?={_SURE.pattern})", re.IGNORECASE)
_GOES_ON = re.compile(r"&|%[0-9A-F]|[=?]\w", re.IGNORECASE)
_HAS_FIELDS = re.compile(rf"&(?:amp;)?{KEY}|%[0-9A-F]{{2}}", re.IGNORECASE)
_CUT_SHORT = re.compile(
    r"(?:[&=?]|%[0-9A-F]?|&[a-z]{1,2}|xt(?:\.\d*)?=u(?:r|rn:?|rn:b|rn:bt|rn:bt[im]h?:?)?|\b(?:magnet|https?):/?)$",
    re.IGNORECASE,
)
_WANTS_MORE = re.compile(r"(?:xt|tr|ws|as|xs)(?:\.\d*)?=(?:u(?:rn?)?)?$|\burn:(?:bt?[im]?h?)?$|:/?$", re.IGNORECASE)
"""Ends after which even the beginning of a link is the rest of another one."""
_CUT_HASH = re.compile(r"(?:^|\W|(?<=3A))([0-9a-z]+)$", re.IGNORECASE)
_WHOLE_HASH = re.compile(r"(?:1220)?[0-9a-f]{64}|[0-9a-f]{40}|[a-z2-7]{32}", re.IGNORECASE)
_TORRENT = re.compile(TORRENT, re.IGNORECASE)
_CLOSING = {"<": ">", '"': '"', "(": ")", "[": "]", "“": "”", "«": "»", "‹": "›", "`": "`", "'": "'"}
_CUT_AT = frozenset("&=%?:/")
_PROSE = re.compile(r"[A-Za-z’']+[.,:;!?]?\s+\S")
_WIDTHS = frozenset((60, 64, 65, 66, 68, 70, *range(72, 81)))
_NARROWEST, _MOST_LINES, _LONGEST, _SPLIT = 40, 2000, 64 << 10, 64 << 10


def unwrapped(text: str, count: Count) -> Iterator[str]:
    """Give the lines of a text without white space around them and without empty ones.

    ``count`` tells how many things that can be added are in a line.
    """
    for blank, group in itertools.groupby(_lines(text), key=lambda line: not line.strip()):
        if blank:
            continue
        lines = ((line.translate(INVISIBLE) if _INVISIBLE.search(line) else line, len(line)) for line in group)
        first = list(itertools.islice(lines, _MOST_LINES + 1))
        if len(first) > _MOST_LINES:
            yield from _joined(itertools.chain(first, lines), count)
        else:
            yield from _paragraph([line for line, _length in first], [length for _line, length in first], count)


def _lines(text: str) -> Iterator[str]:
    """Split a text into its lines bit by bit, and a line of more than 64 KiB where another link begins."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _SPLIT) + 1 or len(text)
        for line in text[start:end].splitlines():
            begin = 0
            while len(line) - begin > _SPLIT and (found := _NEXT_LINK.search(line, begin + _SPLIT)):
                yield line[begin : found.start()]
                begin = found.end()
            yield line[begin:]
        start = end


def _paragraph(lines: list[str], lengths: list[int], count: Count) -> Iterator[str]:
    """``lengths`` are those that the lines had with what cannot be seen in them."""
    if len(lines) == 1:
        yield lines[0].strip()
        return
    if all(line.lstrip().startswith(">") for line in lines):
        lines = [_QUOTED.sub("", line.lstrip(), count=1) for line in lines]
    if _of_one_width(lines, lengths):
        yield "".join(lines).strip()
        return
    yield from _joined(zip(lines, lengths, strict=True), count)


def _joined(lines: Iterable[tuple[str, int]], count: Count) -> Iterator[str]:
    """Join what belongs together, line by line; each comes with its length."""
    lines = iter(lines)
    before, length = next(lines)
    line, width = before.strip(), 0
    for raw, own_length in lines:
        own = raw.strip()
        if before.startswith(">"):
            own = _QUOTED.sub("", own)
        amid = length in _WIDTHS and not before[-1:].isspace()
        if (
            own
            and len(line) <= _LONGEST
            and (_joins(line, own, length, width) or (amid and _is_better(line, own, count)))
        ):
            line, length, width = line + own, own_length, width or length
        else:
            yield line
            line, length, width = raw.strip(), own_length, 0
        before = raw
    yield line


def _of_one_width(lines: list[str], lengths: list[int]) -> bool:
    width = lengths[0]
    return (
        (4 if width not in _WIDTHS else 3) <= len(lines)
        and width >= _NARROWEST
        and lengths[-1] <= width
        and lengths.count(width) >= len(lengths) - 1
        and not all(_BEGINS.match(line) for line in lines[1:])
        and any(_LINK.search(line) for line in lines)
    )


def _joins(line: str, own: str, length: int, width: int) -> bool:
    """Whether ``own`` is what was broken off the line before it, by what stands in them."""
    if line[-1] not in _CUT_AT and _SURE.match(own) and (own[0] in "mMhH" or _WHOLE_HASH.fullmatch(line)):
        return False  # as in most long lists
    last, word = _LAST_WORD.search(line), _WORD.match(own)
    if last is None or word is None:
        return False
    if _is_rest_of_hash(last[0], word[0]):
        return True
    link = _LINK.search(last[0])
    if link is None:
        return False
    if own[0] in _CLOSING:
        return False
    if _CUT_SHORT.search(last[0]) and (_WANTS_MORE.search(last[0]) or not _BEGINS.match(own)):
        return not own.lower().startswith("magnet:")
    if _BEGINS.match(own):
        return False
    if _GOES_ON.match(own) or _closes(line[: last.start() + link.start()], own):
        return True
    if re.search(r"\w", own[word.end() :]):
        return False  # more than the rest of a link stands here
    return length == width or bool(length >= _NARROWEST and _HAS_FIELDS.search(own))


def _is_rest_of_hash(last: str, word: str) -> bool:
    begun, rest = _CUT_HASH.search(last), re.match(r"[0-9a-z]+", word, re.IGNORECASE)
    if begun is None or rest is None or len(begun[1]) < 4 or _WHOLE_HASH.fullmatch(begun[1]):
        return False
    in_magnet = re.search(r"bt[im]h(?::|%3A)$", last[: begun.start(1)], re.IGNORECASE)
    return bool(_WHOLE_HASH.fullmatch(begun[1] + rest[0])) and (bool(in_magnet) or len(begun[1]) > 16)


def _closes(before: str, own: str) -> bool:
    """Whether what was opened before the link is closed in this line."""
    return bool(before) and _CLOSING.get(before[-1], "\n") in own


def _is_better(line: str, own: str, count: Count) -> bool:
    """Whether a line of a usual width and the next one hold more when they are joined, or no less and no prose."""
    if len(line) > _LONGEST or own[0] in _CLOSING or _TORRENT.search(line[-9:]) or _BEGINS_LINK.match(own):
        return False
    joined = count(line + own)
    if not joined:
        return False
    apart = count(line) + count(own)
    return joined > apart or (joined == apart > 0 and not _PROSE.match(own))
