"""The tab "Peers"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.detail_columns import PEER
from qbt_remote.sync.detail_rows import Peer
from qbt_remote.ui.panels.listing import Listing, ListPanel
from qbt_remote.words import N

if TYPE_CHECKING:
    from qbt_remote.ui.details import Details


def _color(peer: Peer) -> str:
    return "seeding" if peer.progress >= 1 else "downloading"


PEERS = Listing(
    id="peers",
    name=N("Peers"),
    columns=PEER,
    sort=("ip", "port"),
    empty=N("No peers are connected."),
    color=_color,
)


def panel(details: Details) -> ListPanel:
    """Make the panel."""
    return ListPanel(PEERS, details)
