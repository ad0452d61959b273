"""The tab "HTTP sources": web servers that have the content too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qbt_remote.model.details.columns import HTTP_SOURCE
from qbt_remote.sync.details.rows import HttpSource
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panels.listing import Listing, ListPanel


def _color(_source: HttpSource) -> str:
    return "stopped"


HTTP_SOURCES = Listing(
    name=N("HTTP sources"),
    columns=HTTP_SOURCE,
    sort=("url",),
    last=("url",),
    empty=N("This torrent has no HTTP sources."),
    color=_color,
)


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> ListPanel:
    """Make the panel."""
    made = ListPanel(HTTP_SOURCES, in_view, commands)
    made.table.horizontalHeader().setStretchLastSection(True)  # the only column: an address may be long
    return made
