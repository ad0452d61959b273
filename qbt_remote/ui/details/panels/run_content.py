"""What the commands of the tab "Content" do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qbt_remote.model.files.tree_model import Rename
from qbt_remote.model.i18n import tr
from qbt_remote.ui.details.panel_command import PanelContext
from qbt_remote.ui.files.send_renames import send_renames

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.details.panels.content import ContentPanel

Run = Callable[[PanelContext], Coroutine[Any, Any, object]]

BATCH = 10_000
"""Files in one call: their numbers are some 80 KB."""
_SHOWS_AFTER_S = 0.4
"""A server has renamed a file somewhat later than it answers."""


async def set_priorities(p: PanelContext, wanted: Mapping[int, Sequence[int]]) -> None:
    """Set the priority of the files with these indexes."""

    async def send(session: Session) -> None:
        for priority, indexes in wanted.items():
            for start in range(0, len(indexes), BATCH):
                part = list(indexes[start : start + BATCH])
                await session.post("torrents/filePrio", hash=p.torrent.hash, id=part, priority=priority)

    await p.ctx.on([p.session], send)
    p.panel.details.poke()


async def rename(p: PanelContext, wanted: Rename) -> bool:
    """Give a file or folder another path, and ask for the files again when the server has done it."""
    import asyncio

    endpoint = "torrents/renameFolder" if wanted.folder else "torrents/renameFile"
    done = await p.post(endpoint, hash=p.torrent.hash, oldPath=wanted.old, newPath=wanted.new)
    await asyncio.sleep(_SHOWS_AFTER_S)
    p.panel.details.poke()
    return done


async def batch_rename(p: PanelContext) -> None:
    """Give the selected files, else all that are shown, new names by a rule."""
    from qbt_remote.model.files.batch_rename import in_order
    from qbt_remote.ui.files.batch_rename_dialog import BatchRenameDialog

    panel = _panel(p)
    model = panel.model
    paths = model.paths()
    files = [(leaf.index, paths[leaf.index]) for leaf in model.files_in_order(p.rows or [model.tree.root])]
    others = [*paths.values(), *(folder.path for folder in model.tree.folders[1:])]
    dialog = BatchRenameDialog(p.ctx.dialogs.parent, files, others, windows=model.windows, in_turns=panel.in_turns)
    if await p.ctx.dialogs.ask(dialog):
        await send_renames(
            p.ctx, p.session, p.torrent, [Rename(one.old, one.new, folder=False) for one in in_order(dialog.planned)]
        )


def can_rename(p: PanelContext) -> str:
    return "" if _panel(p).model.tree.leaves else tr("The files are not known yet")


def _panel(p: PanelContext) -> ContentPanel:
    from qbt_remote.ui.details.panels.content import ContentPanel

    assert isinstance(p.panel, ContentPanel)
    return p.panel
