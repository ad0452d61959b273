"""Regular expressions of the user that cannot hold the window up, whatever the expression and the names.

Python's ``re`` tries every way in which an expression can fit and cannot be stopped.  So the number of
ways is worked out first, for names of the greatest length that is looked at; an expression with too
many is refused.  What is left takes a tenth of a second for the worst of names at most; should there
be many such names, it is given up.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import comb, inf
from re import _constants as op  # type: ignore[attr-defined]  # not in the stubs; the parser's own names
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent

LONGEST_EXPRESSION = 200
LENGTHS = (512, 160)
"""How much of a name is looked at: all, as a rule; less of it if that keeps the number of ways low."""
MOST_WAYS = 5e7
"""At 3 ns each."""
FREE_S, BUDGET_S = 5e-6, 0.25
"""What a name may take without being noted, and what those that take longer may take together in a second."""
_FIRST_LENGTH, _LONG_S = 16, 0.004
"""Of what is searched for the first time before something is replaced, and what that may take."""


class TooSlow(ValueError):
    """The expression has too many ways to fit."""


def checked(pattern: str, flags: re.RegexFlag = re.IGNORECASE, *, longest: int = LENGTHS[0]) -> re.Pattern[str]:
    """Compile an expression for texts of this length at most; raises re.error, and TooSlow for too many ways."""
    if len(pattern) > LONGEST_EXPRESSION:
        raise TooSlow
    try:
        compiled = re.compile(pattern, flags)
        tree = parser.parse(pattern, flags)
    except (OverflowError, RecursionError) as error:
        raise re.error(str(error)) from error
    if _most(tree, longest) > MOST_WAYS:
        raise TooSlow
    return compiled


def for_replacing(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Compile an expression for ``replaced``; raises as ``checked``.

    Real rules for names have half a dozen repeats.  For what these might cost with a long name they are not refused.
    """
    return checked(pattern, flags, longest=_FIRST_LENGTH)


def replaced(pattern: re.Pattern[str], by: str | Callable[[re.Match[str]], str], text: str) -> str:
    """Replace all that the expression fits.  Raises TooSlow before a text takes long.

    Ever longer beginnings of the text are searched first.  Where one takes long, the whole is not tried.
    """
    length = _FIRST_LENGTH
    while length < len(text):
        beginning = text[:length]
        if _took_s(pattern, beginning) > _LONG_S and _took_s(pattern, beginning) > _LONG_S:  # garbage may be collected
            raise TooSlow
        length += length // 2
    return pattern.sub(by, text)


def _took_s(pattern: re.Pattern[str], text: str) -> float:
    began = time.thread_time()
    for _match in pattern.finditer(text):
        pass
    return time.thread_time() - began


class Expression:
    """Says whether an expression, case apart, is somewhere in a text.  Raises re.error and TooSlow when made."""

    def __init__(self, pattern: str) -> None:
        try:
            self._length, compiled = LENGTHS[0], checked(pattern)
        except TooSlow:
            self._length, compiled = LENGTHS[1], checked(pattern, longest=LENGTHS[1])
        self._search = compiled.search
        self._since = self._spent = 0.0
        self.given_up = False
        """It took too long and fits nothing any more."""

    def fits(self, text: str) -> bool:
        began = time.perf_counter()
        found = not self.given_up and self._search(text[: self._length]) is not None
        self._note(time.perf_counter() - began)
        return found

    def among(self, rows: list[Torrent]) -> list[Torrent]:
        """Give those whose names it fits."""
        search, length, clock = self._search, self._length, time.perf_counter
        found: list[Torrent] = []
        before = clock()
        for t in rows:
            if search(t.name[:length]):
                found.append(t)
            now = clock()
            if now - before > FREE_S:
                self._note(now - before)
                if self.given_up:
                    return []
            before = now
        return found

    def _note(self, took_s: float) -> None:
        """Add up what is more than a name may take."""
        if took_s > FREE_S:
            now = time.perf_counter()
            if now - self._since > 1:
                self._since, self._spent = now, 0.0
            self._spent += took_s
            self.given_up = self.given_up or self._spent > BUDGET_S


def _most(tree: Any, length: int) -> float:
    """Bound the number of ways to fit a text of this length, from any start in it."""
    ways, free = _ways(tree, length)
    try:
        return ways * comb(length + free + 1, free + 1) if ways < inf else inf
    except OverflowError:
        return inf


def _ways(tree: Any, length: int) -> tuple[float, int]:
    """Give the ways to fit, and how many repeats share the length of the text among them."""
    ways, free = 1.0, 0
    for code, argument in tree:
        own, more = 1.0, 0
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, repeated = argument
            own, more = _repeated(least, most, repeated, length)
        elif code is op.BRANCH:
            each = [_ways(branch, length) for branch in argument[1]]
            own, more = sum(part for part, _ in each), max(part for _, part in each)
        elif code is op.SUBPATTERN:
            own, more = _ways(argument[3], length)
        elif code is op.ATOMIC_GROUP:
            own, more = _ways(argument, length)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            own, more = _ways(argument[1], length)
        elif code is op.GROUPREF_EXISTS:
            own = inf
        ways, free = ways * own, free + more
    return ways, free


def _repeated(least: int, most: Any, tree: Any, length: int) -> tuple[float, int]:
    ways, free = _ways(tree, length)
    endless = most is op.MAXREPEAT or most >= length
    if ways == 1 and not free:
        return (1.0, 1) if endless else (most - least + 1.0, 0)
    if endless:
        return inf, 0
    try:
        return sum(max(ways, 2.0) ** times for times in range(least, most + 1)), free * most
    except OverflowError:
        return inf, 0
