"""Exporting .torrent files, and the comments of torrents."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qbt_remote.api.errors import QbtError
from qbt_remote.local.path_map import RESERVED
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.translatable import N
from qbt_remote.ui.commands.agree import Change, agreed
from qbt_remote.ui.commands.context import Context, GoOn, client_of
from qbt_remote.ui.kit.plain_text import clean

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

LONGEST_NAME_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class NotWritten(QbtError):
    """A file could not be written here; ``detail`` is the system's reason."""


async def export(ctx: Context) -> None:
    """Ask for a folder and write a .torrent file for each selected torrent into it."""
    change = Change(tr("Export"), lambda t: "", ".torrent", lambda t: False, _no_metadata)
    torrents = await agreed(ctx, change)
    if not torrents:
        return
    folder = await ctx.dialogs.ask_local_folder(tr("Export .torrent files to"), ctx.settings.window, "export_folder")
    if folder is None:
        return
    written: list[Path] = []

    async def call(session: Session, t: Torrent) -> None:
        data = await client_of(session).get_bytes("torrents/export", hash=t.hash)
        written.append(write_new(folder, file_name(t.name), data))

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


def file_name(name: str) -> str:
    """Make a file name of a torrent's name that is safe on every system: no folder, no device, not hidden."""
    made = _FORBIDDEN.sub("_", name).strip().lstrip(".").rstrip(". ")
    made = made.encode("utf-8", "replace")[:LONGEST_NAME_BYTES].decode("utf-8", "ignore").rstrip(". ")
    if not made or RESERVED.fullmatch(made):
        made = f"_{made}"
    return f"{made}.torrent"


def write_new(folder: Path, name: str, data: bytes) -> Path:
    """Write a file that is not there yet; where it is, under the next free name.  Raises NotWritten."""
    stem = name.removesuffix(".torrent")
    for number in range(1, 10_000):
        path = folder / (name if number == 1 else f"{stem} ({number}).torrent")
        made = False
        try:
            with path.open("xb") as file:
                made = True
                file.write(data)
        except FileExistsError:
            continue
        except OSError as error:
            if made:  # there was no room for all of it
                path.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise NotWritten(N("{file} cannot be written: {reason}"), file=clean(name, 120), reason=reason) from error
        return path
    raise NotWritten(N("{file} cannot be written: {reason}"), file=clean(name, 120), reason=os.strerror(17))


async def set_comment(ctx: Context) -> None:
    from qbt_remote.ui.torrents.comment_dialog import ask_comment

    values = ctx.values("comment")
    comment = await ask_comment(ctx.dialogs, next(iter(values)) if len(values) == 1 else None)
    if comment is None:
        return
    change = Change(tr("Comment"), lambda t: t.comment, comment, lambda t: t.comment == comment)
    torrents = await agreed(ctx, change)

    async def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
        await session.post("torrents/setComment", hashes=[t.hash for t in todo], comment=comment, go_on=go_on)

    if torrents:
        await ctx.in_batches(ctx.by_session(torrents), call)
