"""What the add dialog remembers from one time to the next, as plain JSON inside ``Settings.add``.

Never remembered: a new name and the choice of files, which are one torrent's; "skip hash check", which
would make the server believe in files that are not there; and a cookie, which is a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
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


def remembers(memory: Mapping[str, Any]) -> bool:
    """Whether the choices of the last time are offered again."""
    return memory.get("remember") is not False


def remember(memory: dict[str, Any], options: AddOptions, server_id: str) -> None:
    """Keep the choices, if that is wanted, the server, and its save paths, the newest first."""
    memory["server"] = server_id
    if remembers(memory):
        kept = {name: value for name, value in asdict(options).items() if name not in _FORGOTTEN}
        memory["options"] = kept | {"tags": list(options.tags)}
    for path in (options.download_path, options.save_path):
        if path:
            remember_path(memory, path, server_id)


def set_remembers(memory: dict[str, Any], *, wanted: bool) -> None:
    """Offer the choices of the last time again, or forget them."""
    memory["remember"] = wanted
    if not wanted:
        memory.pop("options", None)


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
