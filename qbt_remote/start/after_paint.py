"""What comes after the first paint: imports, and the collection of garbage that was put off until then.

The modules are imported between the first paint and the first connection, one in each turn of the loop.
Together they take 150 ms.  In a thread it would take the interpreter's lock from the window, 5 ms at a
time, for longer than that; as one piece it would be one long gap.  What the first pick in a list takes
is imported when that list has been painted, else the pick would show 30 ms later.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

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
    "qbt_remote.api.endpoints",
    "qbt_remote.sync.decode",
    "qbt_remote.sync.session",
    "email.parser",
    "http.client",
    "urllib.request",
    "http.cookiejar",
    "idna",
    "anyio",
    "anyio._backends._asyncio",
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
    "qbt_remote.model.detail_columns",
    "qbt_remote.ui.details.panel",
    "qbt_remote.ui.details.panels.run_download",
    "qbt_remote.ui.details.panel_commands",
    "qbt_remote.ui.details.panels.piece_bar",
    "qbt_remote.ui.details.panels.general",
)

_ALL_EVERY = 200
_BACK_EVERY = 20
"""Polls between two collections that look at everything, which takes 20 ms, and until freed memory is given back."""


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


def collect_between() -> None:
    """From now on garbage is collected by ``sweep``, but never look at what is there now: it stays.

    Python's own collections come while the lists of a poll are being worked on; each looks at all
    of their rows, which at 100,000 torrents took up to 37 ms.  The threshold is for the time without servers.
    """
    gc.enable()
    gc.set_threshold(200_000, 50, 50)
    gc.freeze()


def sweep(_session: Session, changes: Changes) -> None:
    """Collect what a poll has left, in a turn of its own; a whole list that has come stays and is not looked at."""
    if changes.full:
        gc.freeze()
    else:
        gc.collect(1 if changes.number % _ALL_EVERY else 2)
    if changes.full or not changes.number % _BACK_EVERY:
        _give_back()


def _give_back() -> None:
    """Give freed memory back to the system: glibc would keep 8 MB of what 100,000 torrents took (1 ms)."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
