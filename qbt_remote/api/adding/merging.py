"""What a torrent that is on a server already lacks of what was given anew: its trackers.

Private torrents keep their own: a foreign tracker would tell strangers of them.  As in the desktop
window, what a server does not have is added and nothing is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Json = Any
PRIVATE = N("it is private and keeps its trackers")
NONE_NEW = N("it has all these trackers")
_PSEUDO = "** ["  # DHT, PeX and LSD stand first in the list of trackers


@dataclass(frozen=True, slots=True)
class Lack:
    """Trackers that the torrent on the server has not; ``reason`` says why there are none to add."""

    hash: str
    trackers: tuple[str, ...] = ()
    reason: str = ""


async def lacking(client: QbtClient, torrent_hash: str, trackers: Sequence[str], *, private: bool | None) -> Lack:
    """Find what the torrent lacks of these trackers.  Raises QbtError.

    ``private`` is what the .torrent file says, which holds for both as the hash is the same; None of a magnet.
    """
    wanted = dict.fromkeys(url.strip() for url in trackers if url.strip() and "\n" not in url)
    if not wanted:
        return Lack(torrent_hash, reason=NONE_NEW)
    rows = [row for row in await client.get("torrents/trackers", hash=torrent_hash) if isinstance(row, dict)]
    own = addresses(rows)
    new = tuple(url for url in wanted if url not in own)
    if not new:
        return Lack(torrent_hash, reason=NONE_NEW)
    if private is None:
        private = await _is_private(client, torrent_hash, rows)
    if private:
        return Lack(torrent_hash, reason=PRIVATE)
    return Lack(torrent_hash, new)


def addresses(rows: Iterable[Json]) -> list[str]:
    """Give the addresses in an answer of torrents/trackers, without DHT, PeX and LSD."""
    urls = (str(row.get("url", "")) for row in rows if isinstance(row, dict))
    return [url for url in urls if not url.startswith(_PSEUDO)]


async def merge(client: QbtClient, lack: Lack) -> None:
    """Add the trackers.  Raises QbtError."""
    await client.post("torrents/addTrackers", hash=lack.hash, urls=list(lack.trackers))


async def _is_private(client: QbtClient, torrent_hash: str, rows: Sequence[dict[str, Json]]) -> bool:
    """Whether the torrent is private, or may be.

    Told since 4.5.1 (is_private, from 5.0 on private).  Before, DHT, PeX and LSD are all switched off
    for a private torrent, which they can also be for all.
    """
    properties = await client.get("torrents/properties", hash=torrent_hash)
    for name in ("private", "is_private"):
        if isinstance(told := properties.get(name), bool):
            return told
    pseudo = [row.get("status") for row in rows if str(row.get("url", "")).startswith(_PSEUDO)]
    return bool(pseudo) and not any(pseudo)
