"""What comes after the first paint: imports, and after each poll.

The modules are imported between the first paint and the first connection, one in each turn of the loop.
Together they take 150 ms.  In a thread it would take the interpreter's lock from the window, 5 ms at a
time, for longer than that; as one piece it would be one long gap.  What the first pick in a list takes
is imported when that list has been painted, else the pick would show 30 ms later.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from qbt_remote.local import garbage

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session

# in the order of need: each of the later ones finds most of what it imports already there;
# hpack and h2 are imported by httpcore wherever they are installed;
# tests/test_layers.py holds that none of this comes before the first paint
MODULES = (
    "msgspec",
    "qbt_remote.sync.pausing",
    "qbt_remote.ui.kit.notices",
    "qbt_remote.ui.desktop.notifier",
    "qbt_remote.ui.desktop.tray",
    "qbt_remote.ui.torrents.run",
    "qbt_remote.ui.torrents.options",
    "qbt_remote.ui.categories.menus",
    "qbt_remote.sync.query.language",
    "PySide6.QtNetwork",
    "email.parser",
    "qbt_remote.api.endpoints",
    "qbt_remote.api.login",
    "qbt_remote.sync.decode",
    "qbt_remote.sync.session",
    "sqlite3",
    "concurrent.futures.thread",
    "qbt_remote.sync.adding.queue",
    "qbt_remote.ui.queue.news",
    "qbt_remote.sync.details.speeds",
    "qbt_remote.ui.kit.dialogs",
    "qbt_remote.ui.admin.log_window",
    "qbt_remote.ui.admin.run",
    "qbt_remote.ui.window.server_commands",
    "http.client",
    "urllib.request",
    "http.cookiejar",
    "idna",
    "anyio",
    "anyio.lowlevel",
    "typing_extensions",
    "anyio._core._tasks",
    "anyio._core._sockets",
    "anyio._core._streams",
    "anyio._backends._asyncio",
    "mimetypes",
    "httpx",
    "h11",
    "socksio",
    "hpack",
    "h2.connection",
    "certifi",
    "httpcore",
    "qbt_remote.api.tls",
    "qbt_remote.api.client",
)
FOR_A_PICK = (
    "qbt_remote.sync.details.rows",
    "qbt_remote.sync.details.pieces",
    "qbt_remote.sync.details.poll",
    "qbt_remote.model.details.columns",
    "qbt_remote.ui.details.panel",
    "qbt_remote.ui.details.panels.run_download",
    "qbt_remote.ui.details.panel_commands",
    "qbt_remote.ui.details.panels.piece_bar",
    "qbt_remote.ui.details.panels.general",
)


async def import_later() -> None:
    """Import all of it; what is missing is told by whoever needs it."""
    await _import(MODULES)


async def import_for_a_pick() -> None:
    """Import what shows the first torrent that is picked, once there is a list to pick it from."""
    await _import(FOR_A_PICK)


async def _import(names: Iterable[str]) -> None:
    import asyncio

    for name in names:
        with suppress(ImportError):
            import_module(name)
        await asyncio.sleep(0)


def sweep(_session: Session, changes: Changes) -> None:
    """Collect what a poll has left behind, when all others have been told of it."""
    garbage.after_poll(number=changes.number, full=changes.full)
