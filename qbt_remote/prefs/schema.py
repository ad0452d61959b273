"""The format of ``resources/prefs/*.toml``: every preference as one record.

Pages first, then the preferences; the order of the file is the order shown.  msgspec makes the records,
and refuses what is not listed here, since a misspelt attribute would otherwise be a setting that silently
loses its range or its warning; the error names the record and the attribute.

``[[page]]``: ``id``, ``title``, ``icon`` (of ``resources/icons``).

``[[pref]]``: ``key`` (the name on the wire), ``page``, ``group``, ``label``, ``help`` and ``kind`` are
required; the rest are the fields of ``Pref``.  Values (``low``, ``high``, ``off``, ``default``, those of
``choices``) are wire values; what is shown is wire / ``scale``.  ``enabled_by`` is "key", "!key",
"key=value|value" or "key!=value|value", or a list of those that must all hold.

Which preferences a server has is told by its answer, never by a version here.  Which keys an older
server wants together is data of ``api/older/calls.py``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from qbt_remote.local.paths import resource
from qbt_remote.translatable import N

Json = Any
Text = Annotated[str, Meta(min_length=1)]
Record = TypeVar("Record", bound=Struct)

OTHER = "other"
"""Id of the page of what the schema lacks."""


class SchemaError(ValueError):
    """A record is not as it must be; the text names it."""


UNKNOWN = msgspec.UNSET
"""A default that is not known: it differs from machine to machine, or is drawn at random."""


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    id: Text
    title: Text
    icon: Text


class PrefChoice(Struct, frozen=True, forbid_unknown_fields=True):
    value: bool | int | str
    label: Text


class Condition(Struct, frozen=True):
    """A row is on while ``key``'s value, as text, is one of ``values`` (``negated``: is none of them)."""

    key: str
    values: frozenset[str] = frozenset({"true"})
    negated: bool = False

    def holds(self, value: Json) -> bool:
        return (as_text(value) in self.values) is not self.negated


class Pref(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One preference: what it is called, what it may be, and what changing it means."""

    key: Text
    page: Text
    group: Text
    label: Text
    help: Text
    kind: Text
    """One of KINDS."""
    unit: str = ""
    scale: Annotated[int, Meta(ge=1)] = 1
    """Shown = wire / scale."""
    low: int | float | None = None
    high: int | float | None = None
    off: int | float | None = None
    """The value that means unlimited, disabled or automatic; it may lie outside ``low`` .. ``high``."""
    off_label: str = ""
    choices: tuple[PrefChoice, ...] = ()
    """Values of several JSON types: only those of the type that the server answers are offered."""
    choices_from: Literal["", "interfaces", "addresses", "languages"] = ""
    """Which list is asked for instead."""
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
    read_only_before: Annotated[str, Meta(pattern=r"^(\d+\.\d+\.\d+)?$")] = ""
    """A release; on older servers the value can be read only."""
    may_lock_out: bool = False
    runs_program: bool = False
    needs_restart: bool = False
    host_specific: bool = False
    moves: Literal["", "port", "address", "https"] = ""
    """What of the server's address it changes."""

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
    pages = tuple(_made(Page, f"page {number}", record) for number, record in enumerate(found.get("page", []), 1))
    prefs: dict[str, Pref] = {}
    for number, record in enumerate(found.get("pref", []), 1):
        pref = _pref(str(record.get("key") or f"preference {number}"), record)
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


def _made(kind: type[Record], name: str, record: Mapping[str, Json]) -> Record:
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError as error:
        raise SchemaError(f"{name}: {error}") from None


def _pref(name: str, record: Mapping[str, Json]) -> Pref:
    conditions = record.get("enabled_by", [])
    texts = conditions if isinstance(conditions, list) else [conditions]
    pref = _made(Pref, name, {**record, "enabled_by": [_condition(name, text) for text in texts]})
    if pref.kind not in KINDS:
        raise SchemaError(f"{name}: there is no kind {pref.kind}")
    for attribute, kinds in _ONLY_FOR.items():
        if attribute in record and pref.kind not in kinds:
            raise SchemaError(f"{name}: {attribute} is not for the kind {pref.kind}")
    return pref


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
    if pref.kind == "choice" and bool(pref.choices) == bool(pref.choices_from):
        raise wrong("a choice has either choices or choices_from")
    if len({(type(c.value), c.value) for c in pref.choices}) < len(pref.choices):
        raise wrong("two choices have the same value")
    if (pref.off is None) is not (pref.off_label == ""):
        raise wrong("off and off_label go together")
    if pref.scale > 1 and not pref.unit:
        raise wrong("scale needs a unit")
    if pref.low is not None and pref.high is not None and pref.low > pref.high:
        raise wrong("low is above high")
    if pref.kind == "time" and (pref.minutes not in prefs or prefs[pref.minutes].kind != "part"):
        raise wrong("minutes must name a preference of the kind part")
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
