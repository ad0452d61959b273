"""The tab "Content": the files, folder by folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.detail_columns import FILE
from qbt_remote.sync.detail_rows import File
from qbt_remote.ui.panels.listing import Listing, ListPanel
from qbt_remote.words import N

if TYPE_CHECKING:
    from qbt_remote.ui.details import Details


def _color(file: File) -> str:
    if not file.priority:
        return "stopped"
    return "seeding" if file.progress >= 1 else "downloading"


CONTENT = Listing(
    id="content",
    name=N("Content"),
    columns=FILE,
    sort=("folder", "name"),
    empty=N("The files are not known before the metadata have arrived."),
    color=_color,
)


def panel(details: Details) -> ListPanel:
    """Make the panel."""
    return ListPanel(CONTENT, details)
