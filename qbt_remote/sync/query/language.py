"""The language of the filter box.

``debian -arm "live cd" /s\\d+e\\d+/ size>4gb (tag:linux OR ratio<1)``: all parts must hold, but of those
around an ``OR`` one is enough.  A word, a phrase and an expression look at the name; words have neither
case nor accents.  ``-`` before a part turns it round.  Of a field ``:`` asks whether it contains the
text (or is the number), ``=`` whether it is exactly so.  What is not finished yet, as ``size>``, asks for
nothing; a bracket and a quotation mark need not be closed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qbt_remote.sync.criteria import Test
from qbt_remote.sync.query.query import Part, Query, QueryError, fold
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.query.expressions import Expression

LONGEST, DEEPEST = 1000, 20
"""Signs, and brackets inside brackets."""
_FIELD = re.compile(r"([A-Za-z_]+)(<=|>=|!=|[:<>=])(?!//)")
_OR = re.compile(r"\||OR(?=[\s(])")
_END_OF_EXPRESSION = re.compile(r"(?<!\\)(?:\\\\)*/")
_END_OF_WORD = re.compile(r"\s|$")


def parse(text: str, servers: Mapping[str, str] | None = None, *, now: float | None = None) -> Query:
    """Read a text.  ``servers`` are the names by id, looked up with each torrent.

    Raises QueryError.
    """
    if len(text) > LONGEST:
        raise QueryError(LONGEST, N("this is too long"))
    reader = _TextReader(text, servers or {}, time.time() if now is None else now)
    part = reader.alternatives(0)
    return Query(text.strip(), part, frozenset(reader.read), reader.timed, tuple(reader.expressions))


class _TextReader:
    """Reads a text once from its start to its end."""

    def __init__(self, text: str, servers: Mapping[str, str], now: float) -> None:
        self.text, self.servers, self.now = text, servers, now
        self.at = 0
        self.read: set[str] = set()
        self.timed = False
        self.expressions: list[Expression] = []

    def alternatives(self, depth: int) -> Part:
        """Read up to the end, or to the bracket that closes this one."""
        if depth > DEEPEST:
            raise QueryError(self.at, N("there are too many brackets"))
        parts = [self._all(depth)]
        while sign := self._or():
            self.at += len(sign)
            parts.append(self._all(depth))
        parts = [part for part in parts if part]
        if len(parts) < 2:
            return parts[0] if parts else Part()
        return Part(tests=[lambda t: any(part.accepts(t) for part in parts)])

    def _all(self, depth: int) -> Part:
        whole = Part()
        while (c := self._skip()) and not self._or() and not (c == ")" and depth):
            whole.add(self._part(depth))
        return whole

    def _or(self) -> str:
        """Give the sign for "or" that stands here; what begins the whole text is a word."""
        match = _OR.match(self.text, self.at) if self.text[: self.at].strip() else None
        return match[0] if match else ""

    def _skip(self) -> str:
        """Go on to what comes next; give its first sign, "" at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _part(self, depth: int) -> Part:
        c, following = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        if c == "-":
            self.at += 1
            return self._part(depth).turned() if following.strip("-") and not following.isspace() else Part()
        if c == "(":
            self.at += 1
            part = self.alternatives(depth + 1)
            self.at += 1  # the bracket that closes it, or the end
            return part
        if c == '"':
            return self._word(self._quoted('"'))
        if c == "/":
            return self._expression()
        match = _FIELD.match(self.text, self.at)
        return Part(tests=self._compared(match, depth)) if match else self._word(self._bare(depth))

    def _word(self, word: str) -> Part:
        if not word:
            return Part()
        self.read.add("name")
        return Part([fold(word)])

    def _bare(self, depth: int) -> str:
        end = _END_OF_WORD.search(self.text, self.at)
        assert end is not None
        word = self.text[self.at : end.start()]
        if depth and ")" in word:
            word = word[: word.index(")")]
        self.at += len(word)
        return word

    def _quoted(self, mark: str) -> str:
        end = self.text.find(mark, self.at + 1)
        end = len(self.text) if end < 0 else end
        inside = self.text[self.at + 1 : end]
        self.at = end + 1
        return inside

    def _expression(self) -> Part:
        from qbt_remote.sync.query.expressions import Expression, TooSlow

        start = self.at
        end = _END_OF_EXPRESSION.search(self.text, start + 1)
        pattern = self.text[start + 1 : end.end() - 1 if end else len(self.text)]
        self.at = end.end() if end else len(self.text)
        if not pattern:
            return Part()
        try:
            expression = Expression(pattern)
        except TooSlow as e:
            raise QueryError(start, N("this expression could take forever; use fewer repeats")) from e
        except re.error as e:
            where = getattr(e, "pos", None) or 0
            raise QueryError(start + 1 + where, N("this expression is not valid: {why}"), why=_why(e)) from e
        self.expressions.append(expression)
        self.read.add("name")
        return Part(expressions=[expression])

    def _compared(self, match: re.Match[str], depth: int) -> list[Test]:
        from qbt_remote.sync.query.fields import FIELDS, Comparison

        start, (name, sign) = self.at, match.groups()
        self.at = match.end()
        quoted = self.text.startswith('"', self.at)
        value_at = self.at + quoted
        value = self._quoted('"') if quoted else self._bare(depth)
        row = FIELDS.get(name.lower())
        if row is None:
            raise QueryError(start, N("there is no field “{name}”; put text in quotes to find it as it is"), name=name)
        if not value and not quoted:
            return []
        asked = Comparison(sign, value, value_at, self.now, self.servers)
        test = row.test(asked)
        self.read |= asked.read or row.fields
        self.timed = self.timed or asked.timed
        return [test]


def _why(error: Exception) -> str:
    return str(getattr(error, "msg", "") or error)


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand in the place of ``text[start:end]``."""

    start: int
    end: int
    choices: list[str]


MOST_CHOICES = 50
_SHORTEST = 2
"""Letters of a field's name: one begins too many words that are not meant as a field."""
_BEGUN = re.compile(r"-?\(*-?(?:([A-Za-z_]+)(?:<=|>=|!=|[:=<>]))?(\"[^\"]*|\S*)$")


def completion(text: str, cursor: int, known: Callable[[str], Iterable[str]]) -> Completion | None:
    """Say how the word before the cursor may go on: a field's name, or a value of it that is ``known``."""
    from qbt_remote.sync.query.fields import FIELDS

    begun = _word_before(text[:cursor])
    match = _BEGUN.match(begun)
    if match is None:
        return None
    name, value = match.groups()
    start = cursor - len(value)
    if name is None:
        typed = value.lower()
        found = {
            row.name: name for name, row in reversed(FIELDS.items()) if name.startswith(typed)
        }  # its own name first
        names = sorted(found.values()) if len(typed) >= _SHORTEST else []
        choices = [f"{n}{FIELDS[n].sign}" for n in names]
    else:
        row = FIELDS.get(name.lower())
        wanted = fold(value.lstrip('"'))
        values = row.choices or known(row.name) if row else ()
        fits = (each for each in values if wanted in fold(each) and wanted != fold(each))
        choices = [quoted(each) for each, _n in zip(fits, range(MOST_CHOICES), strict=False)]
    return Completion(start, cursor, choices) if choices else None


def _word_before(text: str) -> str:
    """Give what has been typed of the last word, or of the phrase that is open."""
    if text.count('"') % 2:
        start = text.rindex('"')
        while start and not text[start - 1].isspace():
            start -= 1
        return text[start:]
    return re.split(r"\s", text)[-1]


def quoted(value: str) -> str:
    """Give a value as it stands behind a field's sign."""
    return f'"{value}"' if not value or re.search(r"[\s()]", value) else value
