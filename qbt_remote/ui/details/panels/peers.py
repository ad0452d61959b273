"""The tab "Peers"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.detail_columns import PEER
from qbt_remote.sync.details.rows import Peer
from qbt_remote.translatable import N
from qbt_remote.ui.details.panels.listing import Listing, ListPanel

if TYPE_CHECKING:
    from qbt_remote.ui.details.details import Details


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
