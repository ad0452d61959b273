"""The order of names, the same wherever they are listed: as a reader of the user's language expects it.

"file 2" stands before "file 10".  Upper and lower case are one, and so are letters with and without marks where the
language takes them for one: "é" stands with "e", but "å" after "z" in Swedish.

``QCollator`` knows the languages.  Its own keys are nothing to sort tables by: they cannot be told equal, and to sort
100,000 of them takes 40 times as long as of texts (measured).  So it is asked once how the letters go, and the key of a
name is a text in which each letter is replaced by its place.  What that gives away is what a language does with pairs
of letters, as "ch" in Czech.  Chinese characters go by their code points.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cmp_to_key, lru_cache
from itertools import chain, islice
from operator import add
from typing import Any, TypeVar

from PySide6.QtCore import QCollator, QLocale, Qt

from qbt_remote.model.keys import KeyOfMany
from qbt_remote.sync.steps import Steps, at_once

T = TypeVar("T")
_ASKED = (
    (0x20, 0x7E),
    (0xA1, 0x24F),  # Latin
    (0x3AC, 0x3CE),  # Greek
    (0x430, 0x45F),  # Cyrillic
    (0x490, 0x491),
    (0x5D0, 0x5EA),  # Hebrew
    (0x621, 0x63A),  # Arabic, and the letters that Persian adds
    (0x641, 0x64A),
    *((c, c) for c in (0x67E, 0x686, 0x698, 0x6A9, 0x6AF, 0x6CC)),
    (0x1E00, 0x1EFF),  # Latin with several marks
    (0x3041, 0x3096),  # Japanese syllables
    (0x30A1, 0x30FA),
)
"""What QCollator is asked for the order of."""
_SOFT_HYPHEN = "\u00ad"
_NUMBER = re.compile(r"(\d+)")
_LENGTHS, _LONGEST = 0xE000, 0x1800
"""The length of a number is written as a character: up to 254 itself, so that keys take one byte for a letter."""
_KEPT = 1 << 17
_GAP = "\xff"
"""Stands between names whose keys are made together; no place of a letter in ``_Plain``."""
_FEW = 200
"""New names among many that are put into their places one by one."""
_SLICE = 500
"""Names whose keys are made before other work gets its turn: 1 ms."""


def name_key(name: str) -> str:
    """Give a text that sorts as the name does; not for showing.  Names that are equal to a reader have the same."""
    folded = name.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
    letters, parts = _letters(), _NUMBER.split(folded)
    parts[::2] = [part.translate(letters) for part in parts[::2]]
    parts[1::2] = map(_number, parts[1::2])
    return "".join(parts)


def name_keys(names: Sequence[str]) -> list[str]:
    """Give the ``name_key`` of each of these names: 100,000 plain ones take 0.2 s, one by one they would 1.2 s."""
    plain = _plain()
    if plain is None or not all(name.isascii() and name.isprintable() for name in names):
        fast = [name for name in names if plain and name.isascii() and name.isprintable()]
        made = dict(zip(fast, name_keys(fast), strict=True)) if fast else {}
        return [made[name] if name in made else name_key(name) for name in names]
    return plain.keys(names) if names else []


class NameOf(KeyOfMany):
    """The sort key of rows by a name: made once for each name, of which there may be 100,000."""

    def __init__(self, get: Callable[[Any], str]) -> None:
        self._get = get

    def __call__(self, row: Any) -> str:
        (key,) = self.of((row,))
        return key

    def of(self, rows: Sequence[Any]) -> Iterable[str]:
        names, kept = list(map(self._get, rows)), _kept()
        try:
            return list(map(kept.__getitem__, names))
        except KeyError:
            missing = list(set(names).difference(kept))
        if len(kept) + len(missing) > _KEPT:
            kept.clear()
            missing = list(set(names))
        kept.update(zip(missing, name_keys(missing), strict=True))
        return map(kept.__getitem__, names)


@lru_cache(4096)
def word_key(word: str) -> str:
    """Do what ``name_key`` does, for words that many rows share."""
    return name_key(word)


def path_key(path: str) -> tuple[str, ...]:
    """Give what sorts "a/b" right after "a", before "a b": for categories and folders."""
    return tuple(map(word_key, path.split("/")))


def in_order(names: Iterable[str]) -> list[str]:
    """Sort names; those that are equal to a reader are in the order of their code points."""
    return at_once(ordering(names, word_key))


def paths_in_order(paths: Iterable[str]) -> list[str]:
    """Sort categories or folders, each right before those inside it."""
    return at_once(ordering(paths))


def ordering(names: Iterable[str], key: Callable[[str], Any] = path_key) -> Steps[list[str]]:
    """Do what ``paths_in_order`` does in steps, or with ``word_key`` what ``in_order`` does: for thousands of names.

    What has been sorted once in this way is sorted again in a tenth of the time: all of it, a part, or with a few more.
    """
    wanted = set(names)
    if len(wanted) > _SLICE:
        for known in _sorted_before(key):
            yield False
            new = wanted.difference(known)
            if len(new) <= _FEW:
                ordered = yield from _ordered_again(known, wanted)
                for name in new:
                    insort(ordered, name, key=lambda name: (key(name), name))
                if new:
                    _sorted_before(key).appendleft(dict.fromkeys(ordered))
                return ordered
    runs: list[Iterator[tuple[Any, str]]] = []
    unsorted = iter(wanted)
    while part := list(islice(unsorted, _SLICE)):
        runs.append(_taken(sorted(((key(name), name) for name in part), reverse=True)))
        yield False
    merged = heapq.merge(*runs)
    ordered = []
    while part := [name for _key, name in islice(merged, _SLICE)]:
        ordered += part
        yield False
    if len(ordered) > _SLICE:
        _sorted_before(key).appendleft(dict.fromkeys(ordered))
    return ordered


def _taken(items: list[T]) -> Iterator[T]:
    """Give a list from its end on and let each item go: 100,000 at once take 30 ms."""
    while items:
        yield items.pop()


def _ordered_again(known: Iterable[str], wanted: set[str]) -> Steps[list[str]]:
    """Give those of the names that are known in their order."""
    ordered: list[str] = []
    names = iter(known)
    while part := list(islice(names, 10 * _SLICE)):
        ordered += [name for name in part if name in wanted]
        yield False
    return ordered


def use_locale() -> None:
    """Forget how the letters go in the language that was the user's before."""
    for cached in (_letters, _plain, _kept, _sorted_before, word_key):
        cached.cache_clear()


@cache
def _sorted_before(_key: Callable[[str], Any]) -> deque[dict[str, None]]:
    """The names that were sorted last, where they were many, in their order."""
    return deque(maxlen=4)


@cache
def _kept() -> dict[str, str]:
    """The keys of names that were made."""
    return {}


def _number(digits: str) -> str:
    """Put the length before the digits, so that longer numbers come after shorter ones."""
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(c)) for c in digits)
    letters, digits = _letters(), digits.lstrip("0") or "0"
    return f"{letters[0x30]}{_length(len(digits))}{digits.translate(letters)}"


def _length(digits: int) -> str:
    return chr(digits if digits < ord(_GAP) else _LENGTHS + min(digits, _LONGEST))


class _Letters(dict[int, str]):
    """Table for ``str.translate``: each character to its place; what QCollator was not asked for is added as it comes.

    Such a one stands by its letter without marks if that is known, else by its code point, after all that are.
    """

    def __missing__(self, code: int) -> str:
        c = chr(code)
        if unicodedata.combining(c) or unicodedata.category(c) in ("Cc", "Cf"):
            place = self[0x20] if c.isspace() else ""
        elif c.isspace():
            place = self[0x20]
        else:
            base = ord(unicodedata.normalize("NFKD", c)[0])
            place = self[base] if base != code and base in self else c
        self[code] = place
        return place


@cache
def _letters() -> _Letters:
    """Ask QCollator: letters that differ by marks alone get the same place."""
    locale = QLocale()
    known = locale.language() != QLocale.Language.C  # which goes by code points
    collator = QCollator(locale if known else QLocale(QLocale.Language.English))
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    compare = collator.compare
    asked = (chr(code) for code in chain.from_iterable(range(first, last + 1) for first, last in _ASKED))
    letters = sorted((c for c in asked if c == c.casefold() and c != _SOFT_HYPHEN), key=cmp_to_key(compare))
    table, first, place = _Letters(), "", 0
    for c in letters:
        # what comes after decides between letters that differ by marks alone
        if not first or compare(first + "b", c + "a") < 0 or compare(c + "b", first + "a") < 0:
            first, place = c, place + 1
        table[ord(c)] = chr(place)
    return table


class _Plain:
    """Makes the keys of many names of plain ASCII: what ``name_key`` does, but in one pass over all of them."""

    def __init__(self, places: bytes) -> None:
        """``places`` are those of " " to "~", capitals as small letters."""
        self._table = bytes(0x20) + places + bytes(0x81)
        self._table = self._table[:0x0A] + _GAP.encode("latin-1") + self._table[0x0B:]
        digits = places[0x10:0x1A].decode("latin-1")
        self._numbers = re.compile(f"([{re.escape(digits)}]+)")
        self._zero = digits[0]
        self._starts = _Starts(digits[0])

    def keys(self, names: Sequence[str]) -> list[str]:
        text = "\n".join(names).encode("ascii").translate(self._table).decode("latin-1")
        parts = self._numbers.split(text)
        numbers = [digits.lstrip(self._zero) for digits in parts[1::2]]
        parts[1::2] = map(add, map(self._starts.__getitem__, map(len, numbers)), numbers)
        return "".join(parts).split(_GAP)


class _Starts(dict[int, str]):
    """What stands before a number without its zeros, by its length; of the number 0 that is all."""

    def __init__(self, zero: str) -> None:
        super().__init__({0: f"{zero}{_length(1)}{zero}"})
        self._zero = zero

    def __missing__(self, length: int) -> str:
        self[length] = start = f"{self._zero}{_length(length)}"
        return start


@cache
def _plain() -> _Plain | None:
    """Give what makes keys of plain names, None in a language in which their letters have no places of one byte."""
    letters = _letters()
    places = [letters[ord(chr(code).lower())] for code in range(0x20, 0x7F)]
    digits = places[0x10:0x1A]
    if not all(len(place) == 1 and place < _GAP for place in places) or len(set(digits)) < len(digits):
        return None
    if set(digits).intersection(places[:0x10] + places[0x1A:]):
        return None
    return _Plain("".join(places).encode("latin-1"))
