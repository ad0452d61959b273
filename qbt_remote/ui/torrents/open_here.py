"""What the path maps make possible: where a torrent lies on this computer.

A folder is shown in the file manager; no file is ever opened, since what a server offers could be a program.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QProcess
from PySide6.QtGui import QGuiApplication

from qbt_remote.api.path_map import Escapes, to_local
from qbt_remote.model.i18n import tr
from qbt_remote.sync.steps import Turn
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.kit.plain_text import clean

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent

MOST_OPENED = 5


def mapped(ctx: Context) -> str:
    """Say why nothing can be found here, or ""; the folders themselves are looked at only when it is asked for."""
    return "" if ctx.settings.path_maps else tr("No folder of a server is mapped to this computer")


async def copy_local_path(ctx: Context) -> None:
    paths = await _local_paths(ctx)
    if paths:
        QGuiApplication.clipboard().setText("\n".join(map(str, paths)))


async def open_folder(ctx: Context) -> None:
    """Show the folders that the torrents lie in, a few at most."""
    for path in (await _local_paths(ctx, MOST_OPENED))[:MOST_OPENED]:
        if not path.parent.is_dir():  # nobody asks for it but the user, one folder at a time
            ctx.notices.show_warning(tr("“{doing}”: {path} is not there", doing=ctx.doing, path=clean(str(path), 300)))
        elif not reveal(path):
            ctx.notices.show_warning(tr("“{doing}”: no file manager was found", doing=ctx.doing))


def reveal(path: Path) -> bool:
    """Show a file or folder in its folder; False if there is nothing to show it with."""
    if sys.platform == "win32":
        command = ("explorer", ["/select,", str(path)])
    elif sys.platform == "darwin":
        command = ("open", ["-R", str(path)])
    else:
        command = ("xdg-open", [str(path.parent)])
    return bool(QProcess.startDetached(*command)[0])


async def _local_paths(ctx: Context, most: int | None = None) -> list[Path]:
    """Give where the torrents lie here, each place once; says what could not be found."""
    turn, paths = Turn(), dict[Path, None]()
    failed: list[Torrent] = []
    for t in ctx.torrents:
        await turn.over()
        try:
            path = _local_path(ctx, t)
        except Escapes:
            path = None
        if path is None:
            failed.append(t)
            continue
        paths[path] = None
        if most is not None and len(paths) == most:
            break
    if failed:
        first = torrent_text(failed[0], ctx.sessions)
        if len(failed) > 1:
            first = tr("{name} and {n} more", name=first, n=len(failed) - 1)
        why = tr("“{doing}”: no mapped folder holds {name}", doing=ctx.doing, name=first)
        ctx.notices.show_warning(why, details="\n".join(torrent_text(t, ctx.sessions, 200) for t in failed[:200]))
    return list(paths)


def _local_path(ctx: Context, t: Torrent) -> Path | None:
    return to_local(t.content_path or t.save_path, t.server, ctx.settings.path_maps)
