"""The tab "Peers"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qbt_remote.model.details.columns import PEER
from qbt_remote.sync.details.rows import Peer
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panels.listing import Listing, ListPanel


def _color(peer: Peer) -> str:
    return "seeding" if peer.progress >= 1 else "downloading"


PEERS = Listing(
    name=N("Peers"),
    columns=PEER,
    sort=("ip", "port"),
    last=("ip", "port", "i2p_dest"),
    empty=N("No peers are connected."),
    color=_color,
)


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> ListPanel:
    """Make the panel."""
    return ListPanel(PEERS, in_view, commands)
