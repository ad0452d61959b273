"""What the commands of the tab "Content" do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.details.panel_context import PanelContext

if TYPE_CHECKING:
    from qbt_remote.ui.details.panels.content import ContentPanel


async def batch_rename(p: PanelContext[ContentPanel]) -> None:
    """Give the selected files, else all that are shown, new names by a rule."""
    from qbt_remote.model.files.batch_rename import in_order
    from qbt_remote.model.files.tree_model import Rename
    from qbt_remote.ui.files.batch_rename_dialog import BatchRenameDialog
    from qbt_remote.ui.files.send_renames import send_renames

    model = p.panel.model
    paths = model.paths()
    files = [(leaf.index, paths[leaf.index]) for leaf in model.files_in_order(p.rows or [model.tree.root])]
    others = [*paths.values(), *(folder.path for folder in model.tree.folders[1:])]
    dialog = BatchRenameDialog(p.dialogs.parent, files, others, windows=model.windows, in_turns=p.panel.in_turns)
    if await p.dialogs.ask(dialog):
        await send_renames(
            p, p.session, p.torrent, [Rename(one.old, one.new, folder=False) for one in in_order(dialog.planned)]
        )


def can_rename(p: PanelContext[ContentPanel]) -> str:
    return "" if p.panel.model.tree.leaves else tr("The files are not known yet")
