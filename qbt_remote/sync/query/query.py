"""What the filter box asks for, once its text was read, and how text is compared without case and accents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from qbt_remote.sync.criteria import Test
from qbt_remote.translatable import SaidError

if TYPE_CHECKING:
    from qbt_remote.sync.query.expressions import Expression
    from qbt_remote.sync.torrent import Torrent

_RANGES = ((0xE0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))
"""Latin and Greek letters, with and without accents."""


class QueryError(SaidError, ValueError):
    """Where, counted from 0, and why a text is not understood."""

    def __init__(self, at: int, template: str, **parts: object) -> None:
        super().__init__(template, **parts)
        self.at = at


@cache
def _accented() -> re.Pattern[str]:
    """Made with the first name that is not ASCII: 1 ms of the start."""
    return re.compile("[\u00e0-\u024f\u0300-\u036f\u0390\u03ac-\u03b0\u03ca-\u03ce\u0451\u1e00-\u1fff]")


def fold(text: str) -> str:
    """Give the text without case, and without the accents of Latin and Greek letters and of "ё"."""
    text = text.casefold()
    return text if text.isascii() or not _accented().search(text) else _unaccented(text)


@lru_cache(maxsize=131_072)
def _unaccented(text: str) -> str:
    return normalize("NFC", text).translate(_letters())


@cache
def _letters() -> dict[int, str | None]:
    """What stands for each accented letter; a mark by itself is left out."""
    letters = {c: normalize("NFD", chr(c))[0] for start, end in _RANGES for c in range(start, end + 1)}
    bare: dict[int, str | None] = {c: letter for c, letter in letters.items() if letter != chr(c)}
    bare.update((ord(c), letter) for c, letter in zip("łøđıё", "lodiе", strict=True))
    return bare | dict.fromkeys(range(0x300, 0x370))


@dataclass(slots=True, eq=False, repr=False)
class Part:
    """What must hold together: of the name, and tests of anything else."""

    words: list[str] = field(default_factory=list)
    """Folded; all must be in the name."""
    unwanted: list[str] = field(default_factory=list)
    """Folded; none may be in the name."""
    expressions: list[Expression] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.words or self.unwanted or self.expressions or self.tests)

    def add(self, other: Part) -> None:
        self.words += other.words
        self.unwanted += other.unwanted
        self.expressions += other.expressions
        self.tests += other.tests

    def accepts(self, t: Torrent) -> bool:
        if self.words or self.unwanted:
            name = fold(t.name)
            if not all(word in name for word in self.words) or any(word in name for word in self.unwanted):
                return False
        return all(each.fits(t.name) for each in self.expressions) and all(test(t) for test in self.tests)

    def among(self, rows: list[Torrent]) -> list[Torrent]:
        """Give those that are accepted, at a fraction of the cost of ``accepts``."""
        for word in self.words:
            rows = [t for t in rows if word in (n.casefold() if (n := t.name).isascii() else fold(n))]
        for word in self.unwanted:
            rows = [t for t in rows if word not in (n.casefold() if (n := t.name).isascii() else fold(n))]
        for test in self.tests:
            rows = list(filter(test, rows))
        for expression in self.expressions:
            rows = expression.among(rows)
        return rows

    def turned(self) -> Part:
        """Give what holds where this does not; of nothing, nothing."""
        if self.words and len(self.words) == 1 and not (self.unwanted or self.expressions or self.tests):
            return Part(unwanted=self.words)
        return Part(tests=[lambda t: not self.accepts(t)]) if self else self


@dataclass(frozen=True)
class Query:
    """A text that was understood.  Two of the same text are the same."""

    text: str = ""
    part: Part = field(default_factory=Part, compare=False)
    fields: frozenset[str] = field(default=frozenset(), compare=False)
    """The Torrent fields that the answer depends on."""
    timed: bool = field(default=False, compare=False)
    """The answer depends on how long ago something was, as of when the text was read."""
    expressions: tuple[Expression, ...] = field(default=(), compare=False)
    """All that are somewhere in it."""

    @property
    def given_up(self) -> bool:
        """Whether an expression in it has taken too long."""
        return any(expression.given_up for expression in self.expressions)


EVERYTHING = Query()
