"""What the add dialog remembers from one time to the next, as plain JSON inside ``Settings.add``.

Never remembered: a new name, which is one torrent's, and "skip hash check", which would make the
server believe in files that are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from qbt_remote.api.add import AddOptions

MOST_PATHS = 12
_FORGOTTEN = ("rename", "skip_checking")


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


def remember(memory: dict[str, Any], options: AddOptions, server_id: str) -> None:
    """Keep the choices, the server, and its save paths, the newest first."""
    kept = {name: value for name, value in asdict(options).items() if name not in _FORGOTTEN}
    memory["options"] = kept | {"tags": list(options.tags)}
    memory["server"] = server_id
    if options.save_path:
        paths = memory.setdefault("paths", {})
        if not isinstance(paths, dict):
            paths = memory["paths"] = {}
        others = [path for path in recent_paths(memory, server_id) if path != options.save_path]
        paths[server_id] = [options.save_path, *others][:MOST_PATHS]


def recent_paths(memory: Mapping[str, Any], server_id: str) -> list[str]:
    """The save paths used on a server, the newest first."""
    paths = memory.get("paths")
    own = paths.get(server_id) if isinstance(paths, dict) else None
    return [path for path in own if isinstance(path, str)] if isinstance(own, list) else []
