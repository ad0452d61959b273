"""Items, options and what was given, as the JSON that the queue's file keeps, and back."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.api.adding.given import FromFile, Given
from qbt_remote.api.adding.items import Item
from qbt_remote.api.adding.problem import Problem
from qbt_remote.local import small_files as files_of_ours
from qbt_remote.local.add_queue import GivenRow, QueueRow
from qbt_remote.translatable import Said

_MOST_SMALL_FILES, _MOST_SMALL_BYTES = 100, 32 << 20
_USUAL = AddOptions()
_OPTIONS = tuple(field.name for field in fields(AddOptions))
_OF_ITEM = ("source", "link", "hash", "name", "hashes", "v2_only", "doubt", "size", "files", "private")


def row_of(item: AddItem, options: AddOptions, server: str, server_name: str) -> QueueRow:
    """Make the row of an item that is to be added to a server."""
    values = {name: getattr(item, name, None) for name in _OF_ITEM}
    kept = {name: value for name, value in values.items() if value}
    return QueueRow(server, server_name, json.dumps(kept), options_text(options), item.torrent)


def options_text(options: AddOptions) -> str:
    """Write what differs from the usual."""
    given = {name: getattr(options, name) for name in _OPTIONS}  # asdict copies each value: 0.5 s for 10,000 rows
    return json.dumps({name: value for name, value in given.items() if value != getattr(_USUAL, name)})


def item_of(row: QueueRow, torrent: bytes | None) -> Item:
    """Make the item of a row anew; ``torrent`` is what the file keeps of it."""
    kept = json.loads(row.item)
    kept["hashes"] = tuple(kept.get("hashes", ()))
    return Item(**({"source": "", "link": "", "hash": "", "name": "", "torrent": torrent} | kept))


def is_fetched(row: QueueRow) -> bool:
    """Whether it is a link of which only the server will know what is behind it."""
    kept = json.loads(row.item)
    return bool(kept.get("link")) and not (kept.get("hash") or kept.get("hashes"))


def options_of(row: QueueRow) -> AddOptions:
    """Read the options of a row; those of a newer program are left out."""
    return _options(json.loads(row.options))


def _options(kept: Mapping[str, Any]) -> AddOptions:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items() if name in _OPTIONS
    }
    return AddOptions(**values)


@dataclass(frozen=True, slots=True)
class Offer:
    """What was given, and what was said of it: for which server, how, and whether to ask."""

    given: Given
    options: AddOptions | None = None
    server: str | None = ""
    """An id, "" for the one that is shown, None where the user is to choose."""
    ask: bool = True


def offer_text(offer: Offer) -> str:
    """Write an offer; the bytes of its files are kept apart."""
    things = [_thing_text(thing) for thing in offer.given.things]
    kept: dict[str, Any] = {"things": things, "server": offer.server, "ask": offer.ask}
    if offer.options is not None:
        kept["options"] = json.loads(options_text(offer.options))
    return json.dumps(kept)


def small_files(given: Given) -> dict[str, bytes]:
    """Read the files of what was given, by their paths, where they are few and small.  Blocks."""
    paths = [thing for thing in given.things if isinstance(thing, Path)]
    read: dict[str, bytes] = {thing.source: thing.data for thing in given.things if isinstance(thing, FromFile)}
    left = _MOST_SMALL_BYTES
    for path in paths if len(paths) <= _MOST_SMALL_FILES else ():
        with contextlib.suppress(OSError, ValueError):  # whoever reads it in earnest says what is wrong with it
            data = files_of_ours.read(path, at_most=left)
            read[str(path)] = data
            left -= len(data)
    return read


def offer_of(row: GivenRow) -> Offer:
    """Read an offer again.  A file that has gone meanwhile is taken from what was kept of it."""
    kept = json.loads(row.what)
    things = tuple(_thing(kind, text, row.files) for kind, text in kept["things"])
    options = _options(kept["options"]) if "options" in kept else None
    return Offer(Given(things), options, kept["server"], bool(kept["ask"]))


def _thing_text(thing: Path | str | Problem | FromFile) -> tuple[str, str]:
    if isinstance(thing, Path):
        return "path", str(thing)
    if isinstance(thing, FromFile):
        return "path", thing.source
    if isinstance(thing, Problem):
        return "problem", json.dumps([thing.source, thing.reason])
    return "text", thing


def _thing(kind: str, text: str, files: Mapping[str, bytes]) -> Path | str | Problem | FromFile:
    if kind == "text":
        return text
    if kind == "problem":
        source, reason = json.loads(text)
        return Problem(source, Said("{reason}", reason=reason))
    return FromFile(text, files[text]) if text in files else Path(text)
