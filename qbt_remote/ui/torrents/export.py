"""Exporting .torrent files, and the comments of torrents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.commands.agree import agreed, ask_until
from qbt_remote.ui.commands.change import Change
from qbt_remote.ui.commands.context import Context, client_of
from qbt_remote.ui.commands.field import change_field
from qbt_remote.ui.commands.new_files import file_name, write_new
from qbt_remote.ui.kit.plain_text import clean
from qbt_remote.ui.torrents.comment_dialog import ask_comment
from qbt_remote.ui.torrents.fields import FIELDS

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent


async def export(ctx: Context) -> None:
    """Ask for a folder and write a .torrent file for each selected torrent into it."""
    change = Change(tr("Export"), lambda t: "", ".torrent", lambda t: False, _no_metadata)
    torrents = await agreed(ctx, change)
    if not torrents:
        return
    folder = await ctx.dialogs.ask_local_folder(tr("Export .torrent files to"), ctx.settings.window.folders, "export")
    if folder is None:
        return
    written: list[Path] = []

    async def call(session: Session, t: Torrent) -> None:
        data = await client_of(session).get_bytes("torrents/export", hash=t.hash)
        written.append(write_new(folder, f"{file_name(t.name)}.torrent", data))

    split = ctx.by_session(torrents)
    await ctx.one_by_one(split, call)
    if written:
        _tell(ctx, folder, written)


def _tell(ctx: Context, folder: Path, written: Sequence[Path]) -> None:
    where = clean(str(folder), 200)
    if len(written) == 1:
        ctx.notices.show_info(tr("Exported {file} to {folder}", file=clean(written[0].name, 120), folder=where))
        return
    n = len(written)
    said = tr_n(n, "", "Exported {n} .torrent files to {folder}", folder=where)
    ctx.notices.show_info(said, details="\n".join(path.name for path in written[:200]))


def _no_metadata(session: Session, t: Torrent) -> str:
    """Before 5.0 nothing tells; a torrent without metadata has no size there."""
    known = t.has_metadata if "has_metadata" in session.mirror.sent else t.size > 0
    return "" if known else tr("it has no metadata yet")


async def set_comment(ctx: Context) -> None:
    row = FIELDS["comment"]
    await ask_until(partial(ask_comment, ctx.dialogs), row.common(ctx), partial(change_field, ctx, row))
