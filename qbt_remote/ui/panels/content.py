"""The tab "Content": the files, folder by folder."""

from __future__ import annotations

from qbt_remote.model.detail_columns import FILE
from qbt_remote.sync.detail_rows import File
from qbt_remote.ui.panels.listing import Listing
from qbt_remote.words import N


def _path(file: File) -> str:
    return file.name


def _color(file: File) -> str:
    if not file.priority:
        return "stopped"
    return "seeding" if file.progress >= 1 else "downloading"


CONTENT = Listing(
    name=N("Content"),
    columns=FILE,
    sort=("folder", "name"),
    empty=N("The files are not known before the metadata have arrived."),
    copy=N("&Copy path"),
    copied=_path,
    color=_color,
)
