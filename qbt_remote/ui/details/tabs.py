"""The table of the details' tabs: bar, keys, menu and panels are made from it."""

from __future__ import annotations

from typing import NamedTuple

from qbt_remote.translatable import N


class Tab(NamedTuple):
    """One tab; its id is also the module in details/panels that makes its panel, and what is polled."""

    id: str
    text: str
    """With the mnemonic that it has in the menu."""
    tip: str
    icon: str
    key: str
    polled: bool = True
    """False: the panel needs no answers of its own, nor a torrent."""


TABS: tuple[Tab, ...] = (
    Tab("general", N("&General"), N("Show the torrent's progress, transfer and facts"), "info", "Alt+G"),
    Tab("trackers", N("Tra&ckers"), N("Show the torrent's trackers"), "tracker", "Alt+C"),
    Tab("peers", N("Pee&rs"), N("Show the torrent's connected peers"), "peers", "Alt+R"),
    Tab("http_sources", N("&HTTP sources"), N("Show the web servers that have the torrent's content"), "http", "Alt+B"),
    Tab("content", N("C&ontent"), N("Show the torrent's files"), "content", "Alt+Z"),
    Tab("pieces", N("&Pieces"), N("Show which pieces have been downloaded"), "pieces", "Alt+X"),
    Tab("speed", N("&Speed"), N("Show the speeds over time"), "speed", "Alt+D", polled=False),
)
