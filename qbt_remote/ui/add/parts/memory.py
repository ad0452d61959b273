"""What the add dialog remembers from one time to the next, as plain JSON inside ``Settings.add``.

Never remembered: a new name and the choice of files, which are one torrent's; "skip hash check", which
would make the server believe in files that are not there; and a cookie, which is a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.ui.folders.places import remember_path

_FORGOTTEN = ("rename", "skip_checking", "cookie", "file_priorities", "file_sizes")


def remembered(memory: Mapping[str, Any]) -> AddOptions:
    """Give the choices of the last time; whatever has not the right type is left at its default."""
    stored = memory.get("options")
    if not isinstance(stored, dict):
        return AddOptions()
    default = AddOptions()
    good: dict[str, Any] = {}
    for field in fields(AddOptions):
        value, usual = stored.get(field.name), getattr(default, field.name)
        if field.name == "tags" and isinstance(value, list):
            good["tags"] = tuple(tag for tag in value if isinstance(tag, str))
        elif field.name not in ("tags", *_FORGOTTEN) and type(value) is (bool if usual is None else type(usual)):
            good[field.name] = value
    return AddOptions(**good)


def with_last(memory: Mapping[str, Any], now: AddOptions) -> AddOptions:
    """Give the choices of the last time, with what is never remembered as it is now."""
    return replace(remembered(memory), **{name: getattr(now, name) for name in _FORGOTTEN})


def remembers(memory: Mapping[str, Any]) -> bool:
    """Whether the dialog begins with the choices of the last time; that is to be asked for."""
    return memory.get("remember") is True


def begins_with(memory: Mapping[str, Any], *, skips: bool) -> AddOptions:
    """Give what an addition begins with; ``skips``: the dialog is not shown, and its last choices are taken."""
    return remembered(memory) if skips or remembers(memory) else AddOptions()


def remember(memory: dict[str, Any], options: AddOptions, server_id: str, *, asked: bool) -> None:
    """Keep the server, its save paths, the newest first, and the choices, if somebody was asked for them."""
    memory["server"] = server_id
    if asked:
        kept = {name: value for name, value in asdict(options).items() if name not in _FORGOTTEN}
        memory["options"] = kept | {"tags": list(options.tags)}
    for path in (options.download_path, options.save_path):
        if path:
            remember_path(memory, path, server_id)


def set_remembers(memory: dict[str, Any], *, wanted: bool) -> None:
    """Begin with the choices of the last time from now on, or with the usual ones."""
    memory["remember"] = wanted


def forget(memory: dict[str, Any]) -> None:
    """Begin anew: no choices and no default categories."""
    for name in ("options", "category"):
        memory.pop(name, None)


def default_category(memory: Mapping[str, Any], server_id: str) -> str:
    """The category that the dialog begins with on a server, "" for none of its own."""
    by_server = memory.get("category")
    name = by_server.get(server_id) if isinstance(by_server, dict) else None
    return name if isinstance(name, str) else ""


def set_default_category(memory: dict[str, Any], name: str, server_id: str) -> None:
    by_server = memory.get("category")
    if not isinstance(by_server, dict):
        by_server = memory["category"] = {}
    by_server[server_id] = name


def beyond_the_usual(options: AddOptions | None) -> dict[str, Any]:
    """Give what options say that is not their default."""
    usual = AddOptions()
    names = AddOptions.__dataclass_fields__
    return {n: getattr(options, n) for n in names if getattr(options, n) != getattr(usual, n)} if options else {}
