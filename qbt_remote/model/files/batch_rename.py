"""New names for many files by a rule, with everything that stands against them, before anything is sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qbt_remote.model.files.names import why_not_name
from qbt_remote.model.i18n import tr
from qbt_remote.sync.query.expressions import TooSlow, for_replacing, replaced
from qbt_remote.sync.steps import Steps

Part = Literal["stem", "extension", "whole"]
Case = Literal["same", "lower", "upper", "title"]

NUMBER = "{n}"
"""Stands in the replacement for the number of the file."""
_SLICE = 500
_CASES: Mapping[Case, Callable[[str], str]] = {
    "same": str,
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How a name is made from another one.

    ``find`` empty stands for the whole of the part, if there is something to replace it by.  A regular
    expression may have groups, which ``replace`` names as ``\\1``.
    """

    find: str = ""
    replace: str = ""
    regex: bool = False
    match_case: bool = False
    part: Part = "stem"
    case: Case = "same"
    first_number: int = 1

    @property
    def changes(self) -> bool:
        """Whether it does anything at all."""
        return bool(self.find or self.replace) or self.case != "same"

    def why_not(self) -> str:
        """Say what is wrong with the regular expression or its replacement, or ""."""
        try:
            pattern = self.pattern()
            if pattern is not None and self.regex:
                pattern.sub(self.replace, "")  # looks at the groups, though nothing matches
        except TooSlow:
            return too_slow()
        except (re.error, IndexError) as error:
            return tr("The regular expression cannot be used: {why}.", why=str(error))
        return ""

    def pattern(self) -> re.Pattern[str] | None:
        """Give what is looked for, None for the whole part.  Raises re.error and TooSlow."""
        if not self.find:
            return None
        flags = re.NOFLAG if self.match_case else re.IGNORECASE
        return for_replacing(self.find, flags) if self.regex else re.compile(re.escape(self.find), flags)


def too_slow() -> str:
    return tr("This expression could take forever; use fewer repeats.")


@dataclass(frozen=True, slots=True)
class Planned:
    """One file: where it is, where it would be, and why it cannot be there."""

    index: int
    old: str
    new: str
    why_not: str = ""


def plan(files: Sequence[tuple[int, str]], rule: Rule, others: Iterable[str], *, windows: bool) -> Steps[list[Planned]]:
    """Give what the rule makes of these files (index, path), in steps; files whose name stays are left out.

    ``others`` are all paths of the torrent, files and folders.  Files are numbered in the order given.
    Raises TooSlow if the expression takes long with one of the names.
    """
    make = _maker(rule, len(files))
    moved: list[tuple[int, str, str]] = []
    reasons: list[str] = []
    for n, (index, path) in enumerate(files):
        above, _, name = path.rpartition("/")
        new = make(name, n)
        if new != name:
            moved.append((index, path, f"{above}/{new}" if above else new))
            reasons.append(why_not_name(new, windows=windows))
        if rule.regex or not n % _SLICE:
            yield False
    same = str.casefold if windows else str  # to which there are no two files of one name in other letters
    staying = set(map(same, others)) - {same(old) for _index, old, _new in moved}
    yield False
    wanted = Counter(same(new) for _index, _old, new in moved)
    planned: list[Planned] = []
    for n, (index, old, new) in enumerate(moved):
        why = reasons[n]
        if not why and wanted[same(new)] > 1:
            why = tr("Several files would get this name")
        if not why and same(new) in staying:
            why = tr("Something with this name already exists")
        planned.append(Planned(index, old, new, why))
        if not n % _SLICE:
            yield False
    return planned


def in_order(planned: Sequence[Planned]) -> list[Planned]:
    """Put renames into an order in which no name is taken when it is needed.

    Files that swap their names are led round by a third one.
    """
    by_old = {one.old: one for one in planned}
    done: set[str] = set()
    order: list[Planned] = []
    for one in planned:
        chain: list[Planned] = []
        at: Planned | None = one
        while at is not None and at.old not in done:
            done.add(at.old)
            chain.append(at)
            at = by_old.get(at.new)
        if chain and at is not None and at is chain[0] and len(chain) > 1:
            aside = _aside(at.old, by_old)
            order.append(Planned(at.index, at.old, aside))
            order += reversed(chain[1:])
            order.append(Planned(at.index, aside, at.new))
        else:
            order += reversed(chain)
    return order


def _aside(path: str, taken: Mapping[str, object]) -> str:
    name = f"{path}.renaming"
    while name in taken:
        name += "_"
    return name


def _maker(rule: Rule, count: int) -> Callable[[str, int], str]:
    """Give what makes a new name from an old one and its place."""
    pattern, recase = rule.pattern(), _CASES[rule.case]
    digits = len(str(rule.first_number + count - 1))

    def changed(text: str, number: str) -> str:
        by = rule.replace.replace(NUMBER, number)
        return recase(by or text) if pattern is None else recase(_replaced(pattern, by, text, regex=rule.regex))

    def make(name: str, place: int) -> str:
        number = str(rule.first_number + place).zfill(digits)
        if rule.part == "whole":
            return changed(name, number)
        stem, dot, extension = name.rpartition(".")
        if not stem:  # no extension, or nothing but one
            stem, dot, extension = name, "", ""
        if rule.part == "stem":
            return f"{changed(stem, number)}{dot}{extension}"
        return f"{stem}{dot}{changed(extension, number)}" if extension else name

    return make


def _replaced(pattern: re.Pattern[str], by: str, text: str, *, regex: bool) -> str:
    end = -1

    def replacement(match: re.Match[str]) -> str:
        nonlocal end
        if match.start() == match.end() == end:
            return ""  # ".*" matches once more behind everything, which nobody means
        end = match.end()
        return match.expand(by) if regex else by

    return replaced(pattern, replacement, text) if regex else pattern.sub(replacement, text)
