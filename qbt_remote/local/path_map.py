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

Json = Any

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices; learn.microsoft.com, "Naming Files, Paths, and Namespaces"."""


class Escapes(ValueError):
    """The path does not stay below the folder that it is mapped to."""


def to_local(path: str, server: str, maps: Sequence[Mapping[str, Json]]) -> Path | None:
    """Give where a path of the server (by its id) lies here; None if no map covers it.

    The longest mapped folder counts; a map whose ``server`` is "" is for all of them.  Raises Escapes.
    """
    best: tuple[int, Path, list[str]] | None = None
    for entry in maps:
        if entry.get("server", "") not in ("", server) or not entry.get("remote") or not entry.get("local"):
            continue
        root = _parts(entry["remote"])
        below = _below(path, root, windows=_is_windows(entry["remote"]))
        if below is not None and (best is None or len(root) > best[0]):
            best = (len(root), Path(entry["local"]), below)
    return None if best is None else _joined(best[1], best[2])


def _is_windows(path: str) -> bool:
    return bool(_DRIVE.match(path))


def _parts(path: str) -> list[str]:
    """Split a server's path; a Windows one at both separators."""
    parts = re.split(r"[\\/]" if _is_windows(path) else "/", path)
    return [part for part in parts if part]


def _below(path: str, root: list[str], *, windows: bool) -> list[str] | None:
    """Give the parts of the path below the root, None if it lies elsewhere."""
    if _is_windows(path) is not windows or (not windows and not path.startswith("/")):
        return None
    parts = _parts(path)
    head = parts[: len(root)]
    same = [p.casefold() for p in head] == [p.casefold() for p in root] if windows else head == root
    return parts[len(root) :] if same else None


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
