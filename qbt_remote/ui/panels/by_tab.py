"""Which panel belongs to which tab of the details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QWidget

from qbt_remote.ui.panels.content import CONTENT
from qbt_remote.ui.panels.general import GeneralPanel
from qbt_remote.ui.panels.http_sources import HTTP_SOURCES
from qbt_remote.ui.panels.listing import ListPanel
from qbt_remote.ui.panels.peers import PEERS
from qbt_remote.ui.panels.trackers import TRACKERS

Panel = GeneralPanel | ListPanel

PANELS: Mapping[str, Callable[[QWidget], Panel]] = {
    "general": GeneralPanel,
    "trackers": partial(ListPanel, TRACKERS),
    "peers": partial(ListPanel, PEERS),
    "http_sources": partial(ListPanel, HTTP_SOURCES),
    "content": partial(ListPanel, CONTENT),
}
