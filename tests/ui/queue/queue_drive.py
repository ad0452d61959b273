"""What a person does with the window of the add queue, and what is seen of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.local.add_queue import QueueRow
from qbt_remote.model.adding.queue_table import TITLES
from qbt_remote.sync.adding.queue import AddQueue
from qbt_remote.ui.queue.queue_window import QueueWindow
from tests.sim.faults import DROPPED
from tests.ui.conftest import until
from tests.ui.rig import Rig, Server

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


def hash_of(n: int) -> str:
    """The info-hash of a thing; the torrents of the simulated servers count from 1."""
    return f"{0xABC000 + n:040x}"


def good(n: int) -> AddItem:
    """A magnet that servers take."""
    link = f"magnet:?xt=urn:btih:{hash_of(n)}&dn=thing%20{n}"
    return AddItem(link, None, link, hash_of(n), f"thing {n}", (hash_of(n),))


def bad(n: int) -> AddItem:
    """A link that is refused here already."""
    return AddItem(f"ftp://host/{n}", None, f"ftp://host/{n}", hash_of(n), f"bad {n}")


def queue_of(rig: Rig) -> AddQueue:
    return rig.window.shell.hooks.add_queue()


async def put(
    rig: Rig, *items: AddItem, server: Server | None = None, options: AddOptions | None = None
) -> list[QueueRow]:
    """Put items into the queue for a server."""
    config = (server or rig.home).config
    return await queue_of(rig).put(config.id, config.name, [(item, options or AddOptions()) for item in items])


async def put_away(server: Server) -> None:
    """Let a server be out of reach."""
    server.link.always = lambda _request: DROPPED
    await until(lambda: server.session.client is None)


def come_back(server: Server) -> None:
    server.link.always = lambda _request: None
    server.session.retry_now()


async def opened(rig: Rig) -> QueueWindow:
    """Open the window by its command."""
    await rig.trigger("add_queue")
    return shown()


def shown() -> QueueWindow:
    (window,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, QueueWindow) and w.isVisible())
    return window


def lines(window: QueueWindow) -> list[list[str]]:
    """The table's texts but for the time."""
    model = window.model
    return [
        [str(model.index(place, column).data()) for column in range(len(TITLES) - 1)]
        for place in range(model.rowCount())
    ]


def results(window: QueueWindow) -> list[str]:
    return [line[2] for line in lines(window)]


def select(window: QueueWindow, places: Sequence[int]) -> None:
    window.select([window.model.row(place).id for place in places])


async def press(window: QueueWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key on the table."""
    window.activateWindow()
    await until(window.isActiveWindow)
    window.table.setFocus()
    QTest.keyClick(window.table, key, modifiers)


def said(window: QueueWindow) -> str:
    """What the bar of the window says."""
    return window.bar.current.text if window.bar.current else ""
