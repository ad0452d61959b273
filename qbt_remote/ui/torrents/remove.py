"""Removing torrents, with or without their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.sharing import sharing
from qbt_remote.sync.steps import in_turns
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.kit.dialogs import Ask
from qbt_remote.ui.torrents.remove_dialog import RemoveDialog
from qbt_remote.ui.torrents.run import names

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.torrents.remove_dialog import Removal


async def remove(ctx: Context) -> None:
    if ctx.settings.confirm_remove:
        await ask_and_remove(ctx)
    else:
        await ctx.post("torrents/delete", deleteFiles=False)


async def ask_and_remove(ctx: Context) -> None:
    shared, others = await shared_files(ctx)
    answer = await _ask(ctx, others, ctx.settings.always_delete_files)
    if answer is not None:
        await _remove(ctx, answer, shared, others)


async def remove_with_files(ctx: Context) -> None:
    shared, others = await shared_files(ctx)
    answer = await _ask(ctx, others, True)
    if answer is not None:
        await _remove(ctx, answer, shared, others)


async def shared_files(ctx: Context) -> tuple[set[Torrent], list[Torrent]]:
    """Give those of the selection that share files with torrents outside it, and the latter."""
    shared: set[Torrent] = set()
    others: list[Torrent] = []
    for session, torrents in ctx.by_session().items():
        mine, theirs = await in_turns(sharing(torrents, list(session.mirror.torrents.values())))
        shared |= mine
        others += theirs
    return shared, others


async def _ask(ctx: Context, others: list[Torrent], with_files: bool) -> Removal | None:
    n, size = len(ctx.torrents), text.size(sum(max(t.size, 0) for t in ctx.torrents))
    ask = Ask(
        tr_n(n, "Remove torrent", "Remove torrents"),
        tr_n(n, "Remove this torrent ({size})?", "Remove these {n} torrents ({size})?", size=size),
        tr("Remove"),
        details=names(ctx),
        check=(tr_n(n, "Also delete the files", "Also delete their files"), with_files),
        ok_checked=tr("Remove and delete files"),
        careful=with_files,
        named=True,
    )
    dialog = RemoveDialog(ctx.dialogs.parent, ask, names(ctx, others), always=ctx.settings.always_delete_files)
    if not await ctx.dialogs.ask(dialog):
        return None
    ctx.settings.always_delete_files = dialog.always.isChecked()
    return dialog.answer()


async def _remove(ctx: Context, answer: Removal, shared: set[Torrent], others: list[Torrent]) -> None:
    """Where files are shared and the others stay, the torrents go and these files are kept."""
    torrents = list(ctx.torrents)
    if answer.others:
        await ctx.post("torrents/delete", torrents=[*torrents, *others], deleteFiles=True)
        return
    kept = [t for t in torrents if t in shared] if answer.files else []
    rest = [t for t in torrents if t not in shared] if kept else torrents
    if kept and not await ctx.post("torrents/delete", torrents=kept, deleteFiles=False):
        return
    if rest:
        await ctx.post("torrents/delete", torrents=rest, deleteFiles=answer.files)
