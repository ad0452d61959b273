"""Files that are written on this computer: safe names, and never over one that is there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from qbt_remote.api.errors import QbtError
from qbt_remote.api.path_map import RESERVED
from qbt_remote.translatable import N
from qbt_remote.ui.kit.plain_text import clean

LONGEST_NAME_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class NotWritten(QbtError):
    """A file could not be written here; ``detail`` is the system's reason."""


def file_name(name: str) -> str:
    """Make a file name of a torrent's name that is safe on every system: no folder, no device, not hidden."""
    made = _FORBIDDEN.sub("_", name).strip().lstrip(".").rstrip(". ")
    made = made.encode("utf-8", "replace")[:LONGEST_NAME_BYTES].decode("utf-8", "ignore").rstrip(". ")
    if not made or RESERVED.fullmatch(made):
        made = f"_{made}"
    return made


def write_new(folder: Path, name: str, data: bytes) -> Path:
    """Write a file that is not there yet; where it is, under the next free name.  Raises NotWritten."""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 10_000):
        path = folder / (name if number == 1 else f"{stem} ({number}){suffix}")
        made = False
        try:
            with path.open("xb") as file:
                made = True
                file.write(data)
        except FileExistsError:
            continue
        except OSError as error:
            if made:  # there was no room for all of it
                path.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise NotWritten(N("{file} cannot be written: {reason}"), file=clean(name, 120), reason=reason) from error
        return path
    raise NotWritten(N("{file} cannot be written: {reason}"), file=clean(name, 120), reason=os.strerror(17))
