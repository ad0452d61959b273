"""What the tab "Content" asks of the server: priorities, and new paths."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qbt_remote.model.files.tree_model import Rename
from qbt_remote.ui.details.panel_context import PanelContext

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

BATCH = 10_000
"""Files in one call: their numbers are some 80 KB."""
_SHOWS_AFTER_S = 0.4
"""A server has renamed a file somewhat later than it answers."""


async def set_priorities(p: PanelContext[object], wanted: Mapping[int, Sequence[int]]) -> None:
    """Set the priority of the files with these indexes."""

    async def send(session: Session) -> None:
        for priority, indexes in wanted.items():
            for start in range(0, len(indexes), BATCH):
                part = list(indexes[start : start + BATCH])
                await session.post("torrents/filePrio", hash=p.torrent.hash, id=part, priority=priority)

    await p.on([p.session], send)
    p.poke()


async def rename(p: PanelContext[object], wanted: Rename) -> bool:
    """Give a file or folder another path, and ask for the files again when the server has done it."""
    endpoint = "torrents/renameFolder" if wanted.folder else "torrents/renameFile"
    done = await p.send(endpoint, hash=p.torrent.hash, about=wanted.old, oldPath=wanted.old, newPath=wanted.new)
    await asyncio.sleep(_SHOWS_AFTER_S)
    p.poke()
    return done
