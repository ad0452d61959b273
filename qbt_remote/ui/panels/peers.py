"""The tab "Peers"."""

from __future__ import annotations

from qbt_remote.model.detail_columns import PEER
from qbt_remote.sync.detail_rows import Peer
from qbt_remote.ui.panels.listing import Listing
from qbt_remote.words import N


def _address(peer: Peer) -> str:
    """What the server takes back for a peer: IPv6 in brackets, an I2P destination as it is."""
    if not peer.ip:
        return peer.i2p_dest
    return f"[{peer.ip}]:{peer.port}" if ":" in peer.ip else f"{peer.ip}:{peer.port}"


def _color(peer: Peer) -> str:
    return "seeding" if peer.progress >= 1 else "downloading"


PEERS = Listing(
    name=N("Peers"),
    columns=PEER,
    sort=("ip", "port"),
    empty=N("No peers are connected."),
    copy=N("&Copy IP:port"),
    copied=_address,
    color=_color,
)
