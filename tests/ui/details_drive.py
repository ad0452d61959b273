"""The details below the list: a simulated server to show, what is read of them, and what a person does to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel

from qbt_remote.local.settings import Settings
from qbt_remote.start.program import Program
from qbt_remote.ui.details.panels.content import ContentPanel
from qbt_remote.ui.details.panels.general import GeneralPanel
from qbt_remote.ui.details.panels.listing import ListPanel
from qbt_remote.ui.kit.dialogs import FormDialog
from tests.sim.details import Details as DetailHandler
from tests.sim.faults import Link
from tests.sim.server import SimServer
from tests.sim.world import World
from tests.ui.conftest import until
from tests.ui.rig import open_dialog
from tests.ui.whole_program import rows, running


@asynccontextmanager
async def simulated(
    folder: Path, *names: str, settings: Settings | None = None, release: str = "5.1.0", opened: bool = True
) -> AsyncIterator[Any]:
    """The program on a simulated server with these torrents: program, handler, link, and hashes.

    ``opened``: the details are, as a fresh start does not have them; settings say it themselves.
    """
    handler = DetailHandler(World(release))
    link = Link(handler)
    hashes = [handler.world.add(name) for name in names]
    for h, name in zip(hashes, names, strict=True):
        handler.told["torrents/properties"][h] = {"comment": f"about {name}", "total_size": 2048, "pieces_num": 2}
        handler.told["torrents/trackers"][h] = [
            {"url": "** [DHT] **", "status": 2, "tier": -1},
            {"url": f"http://{name}.test/b", "status": 4, "tier": 1, "msg": "<b>no</b>"},
            {"url": f"http://{name}.test/a", "status": 3, "tier": 0},
        ]
    async with SimServer(link) as server:
        given = ["--server", server.url, "--user", "admin", "--password-stdin"]
        async with running(folder, *given, password="secret", settings=settings) as program:
            await until(lambda: len(rows(program)) == len(names))
            if opened and settings is None:
                program.window.details.set_folded(False)
            yield program, handler, link, hashes


async def pick(program: Program, *names: str) -> None:
    table = program.window.table
    table.select_rows([t for t in program.window.model.rows if t.name in names])
    while program.window.details.in_view.torrent is not table.selected_row():
        await asyncio.sleep(0)  # not longer: what is asked of it here may be so only until the server has answered


def general(program: Program) -> GeneralPanel:
    panel = program.window.details.panel("general")
    assert isinstance(panel, GeneralPanel)
    return panel


def content(program: Program) -> ContentPanel:
    panel = program.window.details.panel("content")
    assert isinstance(panel, ContentPanel)
    return panel


def listing(program: Program, tab: str) -> ListPanel:
    panel = program.window.details.panel(tab)
    assert isinstance(panel, ListPanel)
    return panel


def column(program: Program, tab: str, id: str) -> list[str]:
    model = listing(program, tab).model
    return [str(model.index(i, model.column(id)).data()) for i in range(model.rowCount())]


def says(panel: ListPanel, words: str) -> bool:
    return any(label.text() == words and label.isVisible() for label in panel.findChildren(QLabel))


def select(program: Program, tab: str, *urls: str) -> None:
    panel = listing(program, tab)
    panel.table.select_rows([row for row in panel.model.rows if getattr(row, "url", "").startswith(urls)])


async def dialog() -> FormDialog:
    asked = await until(open_dialog)
    assert isinstance(asked, FormDialog)
    return asked


def why(program: Program, tab: str, command: str) -> str:
    """The reason why a command cannot be done; "" if it can."""
    action = listing(program, tab).actions_
    action.refresh()
    made = action.action(command)
    return "" if made.isEnabled() else made.toolTip().rpartition("\n")[2]


async def noticed(program: Program, words: str) -> None:
    await until(lambda: program.window.notices.current is not None and words in program.window.notices.current.text)
