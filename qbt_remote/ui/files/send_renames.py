"""Sends many renames one after another, shows how far it is, and lists what the server refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from qbt_remote.api.errors import QbtError, Rejected, Unreachable, Unsupported
from qbt_remote.model import text
from qbt_remote.model.files.tree_model import Rename
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import why_text
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from qbt_remote.translatable import N
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.kit.plain_text import clean
from qbt_remote.ui.kit.progress import Progress

_MOST_LISTED = 1000
_TRIES, _BETWEEN_S = 10, 0.3
"""A server carries a rename out somewhat later than it answers; a name is free only then."""


class RenameProgress(Progress):
    """Counts files."""

    cancel_tip = N("Stop here: the other files keep their names")


async def send_renames(ctx: Context, session: Session, torrent: Torrent, renames: Sequence[Rename]) -> bool:
    """Send them in this order; True if all was done.  What is refused does not keep the others back."""
    if not renames:
        return True
    progress = RenameProgress(ctx.doing, len(renames))
    refused: list[tuple[Rename, QbtError]] = []
    broken: QbtError | None = None
    ctx.shell.show_progress(progress)
    try:
        broken = await _send_all(session, torrent, renames, progress, refused)
    finally:
        ctx.shell.hide_progress(progress)
        ctx.shell.poke_details()
    if broken is not None:
        _tell_broken(ctx, torrent, broken, progress)
    elif refused:
        _tell_refused(ctx, torrent, refused, progress)
    elif progress.cut_short:
        done, total = text.count(progress.done), text.count(progress.total)
        ctx.notices.show_warning(
            tr(
                "{torrent}: “{doing}” was ended after {done} of {total} files",
                torrent=torrent_text(torrent, ctx.sessions),
                doing=ctx.doing,
                done=done,
                total=total,
            )
        )
    await asyncio.sleep(_BETWEEN_S)
    ctx.shell.poke_details()
    return broken is None and not refused and not progress.cut_short


async def _send_all(
    session: Session,
    torrent: Torrent,
    renames: Sequence[Rename],
    progress: Progress,
    refused: list[tuple[Rename, QbtError]],
) -> QbtError | None:
    """Gives the error that ended it, None if it came to its end."""
    touched: set[str] = set()
    for n, rename in enumerate(renames, 1):
        try:
            patient = any(_is_in(path, touched) for path in (rename.old, rename.new))
            await _send(session, torrent.hash, rename, patient=patient)
        except (Rejected, Unsupported) as error:
            refused.append((rename, error))
        except QbtError as error:
            return error
        touched |= {rename.old, rename.new}
        if not progress.reach(session, n):
            return None
    return None


def _is_in(path: str, touched: set[str]) -> bool:
    """Whether the path, or a folder that it is in, has just got or lost its name."""
    while path:
        if path in touched:
            return True
        path = path.rpartition("/")[0]
    return False


async def _send(session: Session, torrent_hash: str, rename: Rename, *, patient: bool) -> None:
    """Send one; ``patient``: one that was sent just before may have to take effect first."""
    endpoint = "torrents/renameFolder" if rename.folder else "torrents/renameFile"
    for tries in range(_TRIES, 0, -1):
        client = session.client
        if client is None:
            raise Unreachable(N("{server} is not connected."), server=session.config.name)
        try:
            await client.post(endpoint, hash=torrent_hash, oldPath=rename.old, newPath=rename.new)
        except Rejected:
            if not patient or tries == 1:
                raise
            await asyncio.sleep(_BETWEEN_S)
        else:
            return


def _tell_broken(ctx: Context, torrent: Torrent, error: QbtError, progress: Progress) -> None:
    why = why_text(error)
    ctx.notices.show_error(
        tr(
            "{torrent}: “{doing}” ended after {done} of {total} files: {why}",
            torrent=torrent_text(torrent, ctx.sessions),
            doing=ctx.doing,
            done=text.count(progress.done),
            total=text.count(progress.total),
            why=why,
        )
    )


def _tell_refused(
    ctx: Context, torrent: Torrent, refused: Sequence[tuple[Rename, QbtError]], progress: Progress
) -> None:
    first, error = refused[0]
    ctx.notices.show_error(
        tr(
            "{torrent}: “{doing}” was refused for {n} of {total} files, first for {name}: {why}",
            torrent=torrent_text(torrent, ctx.sessions),
            doing=ctx.doing,
            n=text.count(len(refused)),
            total=text.count(progress.total),
            name=clean(first.old.rpartition("/")[2], 80),
            why=why_text(error),
        ),
        details="\n".join(
            f"{clean(rename.old, 200)} → {clean(rename.new, 200)}: {why_text(error)}"
            for rename, error in refused[:_MOST_LISTED]
        ),
    )
