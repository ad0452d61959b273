"""Which torrent, on which server: the one way in which questions, lists and errors name what they are about.

A server is named where several are open; one whose name another has as well is told apart by its address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.ui.kit.plain_text import clean

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

Sessions = Mapping[str, "Session"]
"""All that are open, by the server's id."""
_LONGEST_NAME, _LONGEST_ADDRESS = 80, 80


def server_text(session: Session, among: Iterable[Session]) -> str:
    """Name a server, so that it cannot be taken for another of these."""
    name = name_of(session)
    if all(other is session or name_of(other) != name for other in among):
        return name
    return tr("{name} ({address})", name=name, address=clean(session.config.url, _LONGEST_ADDRESS))


def servers_text(some: Iterable[Session], sessions: Sessions) -> str:
    """Name the servers that something is about, or give "" where there is no other than the one."""
    return ", ".join(server_text(s, sessions.values()) for s in some) if len(sessions) > 1 else ""


def torrent_text(t: Torrent, sessions: Sessions, longest: int = _LONGEST_NAME) -> str:
    """Name a torrent, and its server if there are several."""
    name, session = clean(t.name, longest), sessions.get(t.server)
    if session is None or len(sessions) < 2:
        return name
    return tr("{name} ({server})", name=name, server=server_text(session, sessions.values()))


def torrents_text(torrents: Sequence[Torrent], sessions: Sessions) -> str:
    """Name the torrent that something is about, or say how many there are; with their servers if there are several."""
    if len(torrents) == 1:
        return torrent_text(torrents[0], sessions)
    known = {t.server for t in torrents}
    servers = servers_text((s for id, s in sessions.items() if id in known), sessions)
    if not torrents or not servers:
        return tr_n(len(torrents), "", "{n} torrents") if torrents else ""
    return tr_n(len(torrents), "", "{n} torrents ({servers})", servers=servers)
