"""Downloads finished files of a torrent from the server to this computer, piece by piece.

A piece that is lost is asked for again; a file has its name once it is whole.  Since 5.3, which answers a
single Range; qBittorrent src/webui/api/torrentscontroller.cpp, downloadFileAction.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from qbt_remote.api.errors import BadReply, QbtError, Unreachable
from qbt_remote.model import text
from qbt_remote.model.files.nodes import Folder, Leaf, Node, leaves
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import why_text
from qbt_remote.translatable import N
from qbt_remote.ui.commands.context import client_of
from qbt_remote.ui.commands.new_files import NotWritten, file_name
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.details.panel_context import PanelContext
from qbt_remote.ui.kit.plain_text import clean
from qbt_remote.ui.kit.progress import Progress

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

PIECE = 4 * 2**20
_TRIES, _BETWEEN_S = 3, 2.0
_NOT_WHOLE = N("Only complete files can be downloaded")
_NO_RANGE = N("{server} sent another part of the file than was asked for.")


class DownloadProgress(Progress):
    """Counts bytes."""

    cancel_tip = N("Stop here: complete files are kept, the current one is discarded")

    def text(self) -> str:
        done, total = text.size(self.done), text.size(self.total)
        return tr("{doing}: {done} of {total}", doing=self.doing, done=done, total=total)


def why_not(p: PanelContext[object]) -> str:
    """A folder may have a whole file if the server has anything of it: to look at each would take too long."""
    may = any(node.sums[1] if isinstance(node, Folder) else node.progress >= 1 for node in p.rows)
    return "" if may else tr(_NOT_WHOLE)


async def download(p: PanelContext[object]) -> None:
    """Ask for a folder, and write the selected files there, in their folders inside the torrent."""
    files = _whole(p.rows)
    if not files:
        which = torrent_text(p.torrent, p.sessions)
        p.notices.show_info(tr("{torrent}: {why}", torrent=which, why=tr(_NOT_WHOLE)))
        return
    top = _common_level(p.rows)
    folder = await p.dialogs.ask_local_folder(tr("Download to"), p.settings.window.folders, "download")
    if folder is None:
        return
    progress = DownloadProgress(p.doing, sum(leaf.size for leaf in files))
    p.shell.show_progress(progress)
    written: list[Path] = []
    name = ""
    try:
        for leaf in files:
            name = leaf.name
            written.append(await _download(p, leaf, folder.joinpath(*map(file_name, leaf.names[top:-1])), progress))
            if progress.stopped:
                break
    except _Ended:
        pass
    except QbtError as error:
        why = why_text(error)
        words = {"torrent": torrent_text(p.torrent, p.sessions), "name": clean(name, 120), "why": why}
        p.notices.show_error(tr("{torrent}: “{name}” was not downloaded: {why}", **words))
    finally:
        p.shell.hide_progress(progress)
    if written:
        n, where = len(written), clean(str(folder), 200)
        said = tr_n(n, "Downloaded {n} file to {folder}", "Downloaded {n} files to {folder}", folder=where)
        p.notices.show_info(said, details="\n".join(str(path) for path in written[:200]))


class _Ended(Exception):
    """Somebody ended it in the middle of a file."""


def _whole(nodes: Sequence[Node]) -> list[Leaf]:
    found = dict.fromkeys(leaf for node in nodes for leaf in leaves(node) if leaf.found)
    return [leaf for leaf in found if leaf.progress >= 1]


def _common_level(nodes: Sequence[Node]) -> int:
    """The outermost of the selected: folders above it are not made here."""
    return min(node.level for node in nodes)


async def _download(p: PanelContext[object], leaf: Leaf, folder: Path, progress: Progress) -> Path:
    """Write one file and give its path.  Raises QbtError and _Ended, and then nothing of it is left."""
    path = _free(folder / file_name(leaf.name))
    part = path.with_name(f"{path.name}.part")
    try:
        try:
            with _made(part) as file:
                await _fill(p, leaf, file, progress)
            part.rename(path)
        except OSError as error:
            reason = error.strerror or str(error)
            shown = clean(path.name, 120)
            raise NotWritten(N("{file} cannot be written: {reason}"), file=shown, reason=reason) from error
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return path


async def _fill(p: PanelContext[object], leaf: Leaf, file: BinaryIO, progress: Progress) -> None:
    key = leaf.index
    for start in range(0, leaf.size, PIECE):
        end = min(start + PIECE, leaf.size)
        file.write(await _piece(p.session, p.torrent.hash, leaf.index, (start, end)))
        if not progress.reach(key, end) and end < leaf.size:
            raise _Ended


async def _piece(session: Session, torrent_hash: str, index: int, part: tuple[int, int]) -> bytes:
    for tries in range(_TRIES, 0, -1):
        try:
            body = await client_of(session).get_bytes("torrents/downloadFile", part=part, hash=torrent_hash, file=index)
        except Unreachable:
            if tries == 1:
                raise
            await asyncio.sleep(_BETWEEN_S)
            continue
        if len(body) != part[1] - part[0]:
            raise BadReply(_NO_RANGE, server=session.config.name)
        return body
    raise AssertionError("the last try gives or raises")


def _made(path: Path) -> BinaryIO:
    """Make a new file, and the folders that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb")


def _free(path: Path) -> Path:
    """Give the path, or the next one at which nothing is."""
    number, tried = 1, path
    while tried.exists() or tried.with_name(f"{tried.name}.part").exists():
        number += 1
        tried = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return tried
