"""Which columns a server can fill: one that has no use for a field may send it all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


def filled_by(session: Session) -> set[str]:
    """Give the fields of torrents in which a server sends something that means anything."""
    idle = set[str]()
    if session.lacks("tags"):  # 4.1 sends them, and has none
        idle.add("tags")
    if session.status.phase == "online" and not session.mirror.server.get("queueing"):
        idle.add("priority")
    return session.mirror.sent - idle
