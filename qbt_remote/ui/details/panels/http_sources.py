"""The tab "HTTP sources": web servers that have the content too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.detail_columns import HTTP_SOURCE
from qbt_remote.sync.details.rows import HttpSource
from qbt_remote.translatable import N
from qbt_remote.ui.details.panels.listing import Listing, ListPanel

if TYPE_CHECKING:
    from qbt_remote.ui.details.details import Details


def _color(_source: HttpSource) -> str:
    return "stopped"


HTTP_SOURCES = Listing(
    id="http_sources",
    name=N("HTTP sources"),
    columns=HTTP_SOURCE,
    sort=("url",),
    empty=N("This torrent has no HTTP sources."),
    color=_color,
)


def panel(details: Details) -> ListPanel:
    """Make the panel."""
    made = ListPanel(HTTP_SOURCES, details)
    made.table.horizontalHeader().setStretchLastSection(True)  # the only column: an address may be long
    return made
