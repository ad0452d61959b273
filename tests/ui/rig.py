"""The whole window over simulated servers: real sessions, real clients, no sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

import httpx
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton, QTableWidget, QWidget

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.sync.session import Session
from qbt_remote.sync.steps import at_once
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.preview import PreviewDialog
from qbt_remote.ui.commands.shell import Hooks
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.window.commands import ROWS
from qbt_remote.ui.window.main_window import MainWindow
from tests.conftest import Run
from tests.sim.faults import Link
from tests.sim.handler import Handler
from tests.sim.transport import SimTransport
from tests.sim.world import World
from tests.ui.conftest import until
from tests.ui.queue_in_memory import queue_in_memory

W = TypeVar("W", bound=QWidget)
NAMES = ("home", "seedbox", "attic")


class Server:
    """One simulated server and what is ours of it."""

    def __init__(self, name: str, release: str) -> None:
        self.world = World(release)
        self.handler = Handler(self.world)
        self.link = Link(self.handler)
        self.config = ServerConfig(name, f"http://{name}.test:8080", username="admin", interval_s=0.05)
        self.password = "secret"
        self.session = Session(self.config, self.open)

    async def open(self, config: ServerConfig, password: str | None = None) -> QbtClient:
        transport: httpx.AsyncBaseTransport = SimTransport(self.link)
        return QbtClient(config, Secrets(password=password or self.password), transport=transport)

    def calls(self, endpoint: str) -> list[dict[str, str]]:
        return self.handler.calls(endpoint)

    def hashes(self, endpoint: str) -> list[list[str]]:
        """The hashes of every call of an endpoint."""
        return [form["hashes"].split("|") for form in self.calls(endpoint)]

    def commands(self) -> list[str]:
        """The endpoints that were called, without reading and logging in."""
        quiet = {"sync/maindata", "auth/login", "app/webapiVersion", "app/version", "app/buildInfo", "auth/logout"}
        return [name for name, _form in self.handler.log if name not in quiet]

    def torrent(self, name: str) -> Torrent:
        return next(t for t in self.session.mirror.torrents.values() if t.name == name)


class Rig:
    """A window on these servers; use it with ``async with``."""

    def __init__(self, releases: Sequence[str] = (), servers: Sequence[Server] = ()) -> None:
        """``servers`` are taken as they are, instead of simulated ones."""
        self.servers = list(servers) or [Server(*pair) for pair in zip(NAMES, releases, strict=False)]
        self.failures: list[BaseException] = []
        self.asked: list[str] = []
        """What the program around the window was asked for."""
        self.settings = Settings(servers=[server.config for server in self.servers])
        self.tasks = Tasks(lambda error, _doing: self.failures.append(error))
        hooks = Hooks(
            quit=lambda: self.asked.append("quit"),
            save=lambda: None,
            faults=lambda: 0,
            open_servers=lambda add: self.asked.append("add_server" if add else "servers"),
            edit_server=lambda server, part: self.asked.append(f"edit {self._name(server)} {part}".strip()),
            remove_server=lambda server: self.asked.append(f"remove {self._name(server)}"),
            open_client=lambda config, password: self._server(config).open(config, password),
            replace_server=self._replace,
            pause_all=lambda: self._ask("pause_all"),
            resume_all=lambda: self._ask("resume_all"),
            can_resume=lambda: True,
            hide_on_close=lambda: False,
            add_queue=queue_in_memory(lambda: self.window.feed.sessions, self.tasks),
            longest_gap=lambda: None,
        )
        self.window = MainWindow(self.settings, hooks, self.tasks, ROWS)
        at_once(self.window.furnish())
        self.window.details.set_folded(True)  # what it reads is not what a command sends

    async def _ask(self, what: str) -> None:
        self.asked.append(what)

    def _name(self, server: str) -> str:
        return next(config.name for config in self.settings.servers if config.id == server)

    def _server(self, config: ServerConfig) -> Server:
        return next(server for server in self.servers if server.config.id == config.id)

    async def _replace(self, config: ServerConfig, password: str | None) -> None:
        """What the program does: end the session and go on with another one."""
        server = self._server(config)
        self.window.feed.detach(server.session)
        await server.session.stop()
        server.config, server.password = config, password or server.password
        server.session = Session(config, server.open)
        self.window.feed.attach(server.session)
        server.session.on_changes.append(self.window.adding.observe)
        server.session.start()

    @property
    def home(self) -> Server:
        return self.servers[0]

    async def __aenter__(self) -> Self:
        for server in self.servers:
            self.window.feed.attach(server.session)
            server.session.on_changes.append(self.window.adding.observe)
            server.session.start()
        self.window.show()
        self.window.activateWindow()
        await until(lambda: all(server.session.status.phase == "online" for server in self.servers))
        await until(lambda: self.window.model.rowCount() == sum(len(s.session.mirror.torrents) for s in self.servers))
        await until(self.action("pause_all").isEnabled)  # the last turn of the first poll
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.tasks.stop()
        for server in self.servers:
            await server.session.stop()
        self.window.hide()
        self.window.deleteLater()
        await asyncio.sleep(0)

    # what a person does

    def select(self, *names: str) -> None:
        wanted = [t for server in self.servers for t in server.session.mirror.torrents.values() if t.name in names]
        assert len(wanted) >= len(names)
        self.window.table.select_rows(wanted)

    def action(self, command: str) -> QAction:
        return self.window.actions_.action(command)

    async def trigger(self, command: str) -> None:
        """Trigger a command and wait until it is done; its questions must be answered by others."""
        action = self.action(command)
        action.trigger()
        await self.done(action.iconText())

    async def done(self, doing: str) -> None:
        await asyncio.sleep(0)
        await until(lambda: doing not in self.tasks.doing)

    async def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.window.activateWindow()  # without a window manager nothing gets the focus back by itself
        await until(self.window.isActiveWindow)
        self.window.table.setFocus()
        QTest.keyClick(self.window.table, key, modifiers)

    def menu(self, title: str = "") -> QMenu:
        """Open the context menu, or one inside it, as the pointer would; nothing pops up on the screen."""
        menu = self.window.actions_.context_menu()
        menu.aboutToShow.emit()
        if not title:
            return menu
        inside = next(a.menu() for a in menu.actions() if a.text().replace("&", "") == title)
        assert isinstance(inside, QMenu)
        inside.aboutToShow.emit()
        return inside

    async def choose(self, title: str, choice: str) -> None:
        """Trigger an entry that came from a server."""
        action = next(a for a in self.menu(title).actions() if a.data() == choice)
        action.trigger()
        await self.done(choice)

    async def question(self, command: str) -> FormDialog:
        """Trigger a command and give the dialog that it opens."""
        self.action(command).trigger()
        dialog = await until(open_dialog)
        assert isinstance(dialog, FormDialog)
        return dialog

    async def answer(self, dialog: FormDialog, command: str) -> None:
        """Accept the dialog by its button and wait until the command is done."""
        assert dialog.ok.isEnabled()
        dialog.ok.click()
        await self.done(self.action(command).iconText())

    async def agree(self, command: str) -> None:
        """Accept the preview of a change and wait until it is done."""
        await self.answer(await preview(), command)

    def notice(self) -> str:
        return self.window.notices.current.text if self.window.notices.current else ""


def open_dialog() -> QDialog | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)


def part(dialog: QWidget, kind: type[W], number: int = 0) -> W:
    """The n-th visible widget of a kind in a dialog."""
    return [w for w in dialog.findChildren(kind) if w.isVisible()][number]


def fill_in(dialog: QWidget, *texts: str) -> None:
    """Replace the texts of the dialog's lines."""
    for number, text in enumerate(texts):
        line = part(dialog, QLineEdit, number)
        line.selectAll()
        QTest.keyClicks(line, text)


def mnemonic(text: str) -> str:
    """The letter after a single "&"."""
    rest = text.replace("&&", "")
    return rest[rest.index("&") + 1].lower() if "&" in rest else ""


def retry(rig: Rig) -> QPushButton:
    """The button of the notice that tries again what was not done."""
    return rig.window.notices.findChildren(QPushButton)[0]


def cells(dialog: PreviewDialog) -> list[list[str]]:
    """The rows of a preview, as text."""
    model = part(dialog, QTableWidget).model()
    columns = range(model.columnCount())
    return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


async def preview() -> PreviewDialog:
    """Wait until the preview of a change is there."""
    dialog = await until(lambda: open_dialog() if isinstance(open_dialog(), PreviewDialog) else None)
    assert isinstance(dialog, PreviewDialog)
    return dialog


Scene = Callable[[Rig], Coroutine[Any, Any, None]]


def three_torrents(rig: Rig) -> None:
    """A runs, B is stopped, C seeds; each server has its own."""
    for server, mark in zip(rig.servers, ("", "2", "3"), strict=False):
        world = server.world
        world.add("A" + mark, state="downloading", progress=0.5, priority=1, magnet_uri="magnet:?a", comment="hello")
        world.add("B" + mark, state="stoppedDL", progress=0.2, priority=2)
        world.add("C" + mark, state="uploading", progress=1)
        world.add_category("linux")
        world.add_tag("big")
        world.add_tag("old")


def hash_of(server: Server, *names: str) -> list[str]:
    return [server.torrent(name).hash for name in names]


def play(run: Run, scene: Scene, *releases: str, before: Callable[[Rig], None] = three_torrents) -> None:
    """Run a scene in a window over servers of these releases; ``before`` fills their worlds."""

    async def whole() -> None:
        rig = Rig(releases or ("5.3.0",))
        before(rig)
        async with rig:
            await scene(rig)
        assert rig.failures == []

    run(whole())
