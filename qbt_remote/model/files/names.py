"""Which names files inside a torrent may get: servers would carry out what leads out of it.

From 4.5.2 on "../x" as a new path moves the file out of the torrent's folder, on any server a drive
letter does on Windows; an empty name is accepted by some and lost.
"""

from __future__ import annotations

import re
import unicodedata

from qbt_remote.model.i18n import tr

_DRIVE = re.compile("[A-Za-z]:")
_NOT_ON_WINDOWS = '<>:"|?*'


def why_not_path(path: str, *, windows: bool) -> str:
    """Say why a file inside a torrent cannot get this path (with "/"), or ""."""
    if not path.strip():
        return tr("A file needs a name.")
    if path.startswith("/") or _DRIVE.match(path) or path.startswith("\\\\"):
        return tr("A path inside a torrent cannot begin with a drive or at the root of a disk.")
    if windows and "\\" in path:
        return tr("On Windows, a name cannot contain “\\”; folders are separated by “/”.")
    parts = path.replace("\\", "/").split("/")
    if any(part.strip() in (".", "..") for part in parts):
        return tr("A path with “.” or “..” as a folder could lead out of the torrent.")
    if any(not part.strip() for part in parts):
        return tr("The name of a file or folder cannot be empty.")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in path):
        return tr("A name cannot contain control characters.")
    if windows and (bad := next((c for c in path if c in _NOT_ON_WINDOWS), "")):
        return tr("On Windows, a name cannot contain “{character}”.", character=bad)
    return ""


def why_not_name(name: str, *, windows: bool) -> str:
    """Say the same of a single name."""
    if "/" in name:
        return tr("A name cannot contain “/”.")
    return why_not_path(name, windows=windows)
