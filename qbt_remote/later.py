"""What is imported between the first paint and the first connection, a piece in each turn of the loop.

Together it takes 150 ms.  In a thread it would take the interpreter's lock from the window, 5 ms at a
time, for longer than that; as one piece it would be one long gap.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

# in the order of need: each of the later ones finds most of what it imports already there;
# hpack and h2 are imported by httpcore wherever they are installed
_MODULES = (
    "msgspec",
    "qbt_remote.sync.pausing",
    "qbt_remote.ui.notify",
    "qbt_remote.ui.tray",
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


async def import_later() -> None:
    """Import all of it; what is missing is told by whoever needs it."""
    import asyncio

    for name in _MODULES:
        with suppress(ImportError):
            import_module(name)
        await asyncio.sleep(0)
