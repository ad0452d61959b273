"""The tab "HTTP sources": web servers that have the content too."""

from __future__ import annotations

from qbt_remote.model.detail_columns import HTTP_SOURCE
from qbt_remote.sync.detail_rows import HttpSource
from qbt_remote.ui.panels.listing import Listing
from qbt_remote.words import N


def _url(source: HttpSource) -> str:
    return source.url


def _color(_source: HttpSource) -> str:
    return "stopped"


HTTP_SOURCES = Listing(
    name=N("HTTP sources"),
    columns=HTTP_SOURCE,
    sort=("url",),
    empty=N("This torrent has no HTTP sources."),
    copy=N("&Copy web seed URL"),
    copied=_url,
    color=_color,
)
