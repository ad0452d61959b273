"""Where a server's folders are reachable from this computer, as through a network share.

A path of a server is untrusted: joined to a folder here, "../x", an absolute path, a drive or a NUL
would lead out of it.  Whatever is not below the mapped folder, also after links were followed, is
refused (never trimmed to fit).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qbt_remote.api.folders import below

Json = Any

RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices; learn.microsoft.com, "Naming Files, Paths, and Namespaces"."""


class Escapes(ValueError):
    """The path does not stay below the folder that it is mapped to."""


def to_local(path: str, server: str, maps: Sequence[Mapping[str, Json]]) -> Path | None:
    """Give where a path of the server (by its id) lies here; None if no map covers it.

    The longest mapped folder counts; a map whose ``server`` is "" is for all of them.  Raises Escapes.
    """
    best: tuple[Path, list[str]] | None = None
    for entry in maps:
        if entry.get("server", "") not in ("", server) or not entry.get("remote") or not entry.get("local"):
            continue
        inside = below(path, entry["remote"])
        if inside is not None and (best is None or len(inside) < len(best[1])):
            best = (Path(entry["local"]), inside)
    return None if best is None else _joined(*best)


def _joined(root: Path, parts: Sequence[str]) -> Path:
    for part in parts:
        if part in (".", "..") or "\0" in part or "/" in part or _bad_here(part):
            raise Escapes(part)
    path = root.joinpath(*parts)
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    if real != real_root and not real.startswith(real_root.rstrip(os.sep) + os.sep):
        raise Escapes(str(path))
    return path


def _bad_here(part: str) -> bool:
    """Whether this system would read more than a name in it: separators, drives, streams."""
    if os.name != "nt":
        return False
    return bool(re.search(r'[\\:<>"|?*]', part)) or part.endswith((" ", ".")) or bool(RESERVED.fullmatch(part))
