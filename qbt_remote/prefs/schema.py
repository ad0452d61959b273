"""The format of ``resources/prefs/*.toml``: every preference as one record.

Pages first, then the preferences; the order of the file is the order shown.  The loader is strict:
what is not listed here is refused with a sentence that names the record, since a misspelt attribute
would otherwise be a setting that silently loses its range or its warning.

``[[page]]``: ``id``, ``title``, ``icon`` (of ``resources/icons``).

``[[pref]]``: ``key`` (the name on the wire), ``page``, ``group``, ``label``, ``help`` and ``kind`` are
required; the rest are the fields of ``Pref``.  Values (``low``, ``high``, ``off``, ``default``, those of
``choices``) are wire values; what is shown is wire / ``scale``.  ``enabled_by`` is "key", "!key",
"key=value|value" or "key!=value|value", or a list of those that must all hold.

Which preferences a server has is told by its answer, never by a version here.  Which keys an older
server wants together is data of ``api/older_calls.py``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from qbt_remote.local.paths import resource
from qbt_remote.translatable import N

Json = Any

OTHER = "other"
"""Id of the page of what the schema lacks."""


class SchemaError(ValueError):
    """A record is not as it must be; the text names it."""


class _Unknown:
    """A default that is not known: it differs from machine to machine, or is drawn at random."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: str
    icon: str


@dataclass(frozen=True, slots=True)
class Choice:
    value: bool | int | str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A row is on while ``key``'s value, as text, is one of ``values`` (``negated``: is none of them)."""

    key: str
    values: frozenset[str] = frozenset({"true"})
    negated: bool = False

    def holds(self, value: Json) -> bool:
        return (as_text(value) in self.values) is not self.negated


@dataclass(frozen=True, slots=True, kw_only=True)
class Pref:
    """One preference: what it is called, what it may be, and what changing it means."""

    key: str
    page: str
    group: str
    label: str
    help: str
    kind: str
    unit: str = ""
    scale: int = 1
    """Shown = wire / scale."""
    low: int | float | None = None
    high: int | float | None = None
    off: int | float | None = None
    """The value that means unlimited, disabled or automatic; it may lie outside ``low`` .. ``high``."""
    off_label: str = ""
    choices: tuple[Choice, ...] = ()
    """Values of several JSON types: only those of the type that the server answers are offered."""
    choices_from: str = ""
    """Which list is asked for instead; see CHOICES_FROM."""
    separator: str = "\n"
    folder: bool = False
    minutes: str = ""
    """Of a time: the key with its minutes."""
    enabled_by: tuple[Condition, ...] = ()
    default: Json = UNKNOWN
    min_length: int = 0
    forbidden: str = ""
    write_only: bool = False
    read_only: bool = False
    read_only_before: str = ""
    """A release; on older servers the value can be read only."""
    may_lock_out: bool = False
    runs_program: bool = False
    needs_restart: bool = False
    host_specific: bool = False
    moves: str = ""
    """What of the server's address it changes; see MOVES."""

    @property
    def secret(self) -> bool:
        return self.kind == "secret"

    @property
    def personal(self) -> bool:
        """Not to be carried to another server unless it is asked for."""
        return self.host_specific or self.secret or self.read_only


@dataclass(frozen=True, slots=True)
class Schema:
    pages: tuple[Page, ...]
    prefs: Mapping[str, Pref]


KINDS: dict[str, Callable[[Json], bool]] = {
    "bool": lambda v: isinstance(v, bool),
    "int": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "float": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "text": lambda v: isinstance(v, str) and "\n" not in v,
    "secret": lambda v: isinstance(v, str),
    "lines": lambda v: isinstance(v, str),
    "path": lambda v: isinstance(v, str) and "\n" not in v,
    "choice": lambda v: isinstance(v, bool | int | str),
    "time": lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v < 24,
    "part": lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v < 60,
    "folders": lambda v: isinstance(v, dict) and all(_is_target(target) for target in v.values()),
    "maps": lambda v: isinstance(v, list) and all(_is_map(entry) for entry in v),
    "json": lambda v: True,
}
"""Every kind, and whether a value can be shown by its widget."""
CHOICES_FROM = ("interfaces", "addresses", "languages")
MOVES = ("", "port", "address", "https")
_ONLY_FOR = {
    "unit": ("int", "float"),
    "scale": ("int",),
    "low": ("int", "float"),
    "high": ("int", "float"),
    "off": ("int", "float"),
    "off_label": ("int", "float"),
    "choices": ("choice",),
    "choices_from": ("choice",),
    "separator": ("lines",),
    "folder": ("path",),
    "minutes": ("time",),
    "min_length": ("text", "secret"),
    "forbidden": ("text",),
}


def load(path: Path) -> Schema:
    """Read a file; raises SchemaError for what is not right in it, OSError if it is not there."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SchemaError(f"{path.name}: {error}") from error
    return read(found)


@cache
def of_servers() -> Schema:
    """The preferences of qBittorrent."""
    return load(resource("prefs/server.toml"))


@cache
def of_program() -> Schema:
    """Our own options; their keys are attributes of Settings."""
    return load(resource("prefs/app.toml"))


def read(found: Mapping[str, Json]) -> Schema:
    """Make the schema of a parsed file."""
    if extra := set(found) - {"page", "pref"}:
        raise SchemaError(f"unknown table {', '.join(sorted(extra))}")
    pages = tuple(_page(number, record) for number, record in enumerate(found.get("page", []), 1))
    prefs: dict[str, Pref] = {}
    for number, record in enumerate(found.get("pref", []), 1):
        pref = _pref(number, record)
        if pref.key in prefs:
            raise SchemaError(f"{pref.key}: the key stands there twice")
        prefs[pref.key] = pref
    ids = [page.id for page in pages]
    if len(set(ids)) < len(ids) or OTHER in ids:
        raise SchemaError(f"page ids must differ and not be “{OTHER}”")
    for pref in prefs.values():
        _check(pref, prefs, ids)
    return Schema(pages, prefs)


def unknown_pref(key: str, value: Json) -> Pref:
    """Make the record of a key that the schema lacks: its widget follows from the JSON type."""
    return Pref(
        key=key,
        page=OTHER,
        group=N("Not known to this version of qbt-remote"),
        label=key,
        help=N("A setting that qbt-remote does not know yet; it is shown as the server sends it."),
        kind="secret" if re.search("passw|secret|token|api_?key", key, re.IGNORECASE) else kind_of(value),
    )


def kind_of(value: Json) -> str:
    """Give the kind that shows any value of this JSON type."""
    if isinstance(value, str):
        return "lines" if "\n" in value else "text"
    return {bool: "bool", int: "int", float: "float"}.get(type(value), "json")


def as_text(value: Json) -> str:
    """Write a value as ``enabled_by`` does."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _page(number: int, record: Mapping[str, Json]) -> Page:
    if set(record) != {"id", "title", "icon"} or not all(isinstance(v, str) and v for v in record.values()):
        raise SchemaError(f"page {number}: it must have id, title and icon")
    return Page(**record)


def _pref(number: int, record: Mapping[str, Json]) -> Pref:
    name = str(record.get("key") or f"preference {number}")
    if extra := set(record) - _ATTRIBUTES.keys():
        raise SchemaError(f"{name}: unknown attribute {', '.join(sorted(extra))}")
    if missing := {key for key, needed in _ATTRIBUTES.items() if needed} - {k for k, v in record.items() if v != ""}:
        raise SchemaError(f"{name}: {', '.join(sorted(missing))} is missing")
    given = dict(record)
    for attribute, value in record.items():
        if not _TYPES.get(attribute, lambda _value: True)(value):
            raise SchemaError(f"{name}: {attribute} = {value!r} is of the wrong type")
    if given["kind"] not in KINDS:
        raise SchemaError(f"{name}: there is no kind {given['kind']}")
    if "choices" in given:
        given["choices"] = tuple(_choice(name, choice) for choice in given["choices"])
    if "enabled_by" in given:
        texts = given["enabled_by"]
        given["enabled_by"] = tuple(_condition(name, t) for t in ([texts] if isinstance(texts, str) else texts))
    return Pref(**given)


def _choice(name: str, record: Json) -> Choice:
    right = isinstance(record, dict) and set(record) == {"value", "label"}
    if not right or not isinstance(record["value"], bool | int | str) or not record["label"]:
        raise SchemaError(f"{name}: the choice {record!r} must have a value and a label")
    return Choice(record["value"], record["label"])


def _condition(name: str, text: Json) -> Condition:
    match = re.fullmatch(r"(!?)(\w+)|(\w+)(!?)=(.*)", text) if isinstance(text, str) else None
    if match is None:
        raise SchemaError(f"{name}: enabled_by = {text!r} cannot be read")
    if match[2]:
        return Condition(match[2], negated=bool(match[1]))
    return Condition(match[3], frozenset(match[5].split("|")), negated=bool(match[4]))


def _check(pref: Pref, prefs: Mapping[str, Pref], pages: Iterable[str]) -> None:
    """Raise SchemaError for what does not fit together."""

    def wrong(what: str) -> SchemaError:
        return SchemaError(f"{pref.key}: {what}")

    if pref.page not in pages:
        raise wrong(f"there is no page {pref.page}")
    for attribute, kinds in _ONLY_FOR.items():
        if getattr(pref, attribute) != _DEFAULTS[attribute] and pref.kind not in kinds:
            raise wrong(f"{attribute} is not for the kind {pref.kind}")
    if pref.kind == "choice" and bool(pref.choices) == bool(pref.choices_from):
        raise wrong("a choice has either choices or choices_from")
    if len({(type(c.value), c.value) for c in pref.choices}) < len(pref.choices):
        raise wrong("two choices have the same value")
    if pref.choices_from and pref.choices_from not in CHOICES_FROM:
        raise wrong(f"there is no list {pref.choices_from}")
    if (pref.off is None) is not (pref.off_label == ""):
        raise wrong("off and off_label go together")
    if pref.scale < 1 or (pref.scale > 1 and not pref.unit):
        raise wrong("scale is 1 or more, and needs a unit")
    if pref.low is not None and pref.high is not None and pref.low > pref.high:
        raise wrong("low is above high")
    if pref.kind == "time" and (pref.minutes not in prefs or prefs[pref.minutes].kind != "part"):
        raise wrong("minutes must name a preference of the kind part")
    if pref.moves not in MOVES:
        raise wrong(f"moves = {pref.moves}")
    if pref.read_only_before and not re.fullmatch(r"\d+\.\d+\.\d+", pref.read_only_before):
        raise wrong("read_only_before is a release like 4.6.0")
    if pref.default is not UNKNOWN and not KINDS[pref.kind](pref.default):
        raise wrong(f"the default {pref.default!r} is none of the kind {pref.kind}")
    _check_conditions(pref, prefs)


def _check_conditions(pref: Pref, prefs: Mapping[str, Pref]) -> None:
    above, seen = list(pref.enabled_by), {pref.key}
    while above:
        key = above.pop().key
        if key not in prefs:
            raise SchemaError(f"{pref.key}: enabled_by names {key}, which is not there")
        if key == pref.key:
            raise SchemaError(f"{pref.key}: enabled_by leads back to itself")
        if key not in seen:
            seen.add(key)
            above += prefs[key].enabled_by


def _is_target(value: Json) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and value in (0, 1))


def _is_map(value: Json) -> bool:
    return isinstance(value, dict) and all(isinstance(part, str) for part in value.values())


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_ATTRIBUTES = {f.name: f.default is MISSING for f in fields(Pref)}
_DEFAULTS = {f.name: f.default for f in fields(Pref) if f.default is not MISSING}
_TYPES: dict[str, Callable[[Json], bool]] = {
    **{name: lambda v: isinstance(v, str) for name, default in _DEFAULTS.items() if isinstance(default, str)},
    **{name: lambda v: isinstance(v, bool) for name, default in _DEFAULTS.items() if isinstance(default, bool)},
    **{name: lambda v: isinstance(v, str) for name, needed in _ATTRIBUTES.items() if needed},
    **dict.fromkeys(("low", "high", "off"), _is_number),
    **dict.fromkeys(("scale", "min_length"), KINDS["int"]),
    "choices": lambda v: isinstance(v, list),
    "enabled_by": lambda v: isinstance(v, str | list),
}
