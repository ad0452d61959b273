"""What the walk goes through: the window over two real servers that have something to show everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.api.adding.given import Given
from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.local.vault import Vault
from qbt_remote.sync.session import Session
from qbt_remote.sync.steps import at_once
from qbt_remote.ui.commands.shell import Hooks
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.servers.servers_dialog import ServersDialog
from qbt_remote.ui.window.commands import ROWS
from qbt_remote.ui.window.main_window import MainWindow
from tests.real.scene import Tracker, make, tiny
from tests.real.servers import Server, start_together
from tests.real.swarm import client_of, join
from tests.ui.conftest import until
from tests.ui.queue_in_memory import queue_in_memory

RELEASES = ("5.3.0", "4.2.5")
NAMES = ("home", "old nas")
HOSTILE = "<b>bold</b> \u202egnp.exe & " + "a very long name " * 30


class Stage:
    """The window and what it works on; ``failures`` are errors of ours."""

    def __init__(self) -> None:
        self.servers = [Server(release) for release in RELEASES]
        self.seeder = Server("5.1.0")
        self.failures: list[BaseException] = []
        self.tasks = Tasks(lambda error, _doing: self.failures.append(error))
        self.sessions: list[Session] = []
        self.window: MainWindow

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Stage]:
        start_together([*self.servers, self.seeder])
        try:
            with Tracker() as tracker:
                await self._fill(tracker)
                self._show()
                await until(lambda: all(s.status.phase == "online" for s in self.sessions), 30)
                yield self
                await self.tasks.stop()
                for session in self.sessions:
                    await session.stop()
                self.window.hide()
        finally:
            for server in (*self.servers, self.seeder):
                server.remove()

    def _show(self) -> None:
        configs = [
            ServerConfig(name, server.url, username=server.user)
            for name, server in zip(NAMES, self.servers, strict=True)
        ]
        passwords = {c.id: server.password for c, server in zip(configs, self.servers, strict=True)}

        async def client(config: ServerConfig, password: str | None = None) -> QbtClient:
            return QbtClient(config, Secrets(password=password or passwords[config.id]))

        async def replaced(config: ServerConfig, password: str | None) -> None:
            self.failures.append(AssertionError(f"{config.name} was moved"))

        async def nothing() -> None:
            pass

        hooks = Hooks(
            quit=lambda: None,
            save=lambda: None,
            faults=lambda: 0,
            open_servers=self._open_servers,
            edit_server=lambda _server, _part: None,
            remove_server=lambda _server: None,
            open_client=client,
            replace_server=replaced,
            pause_all=nothing,
            resume_all=nothing,
            can_resume=lambda: False,
            hide_on_close=lambda: False,
            add_queue=queue_in_memory(lambda: self.window.feed.sessions, self.tasks),
            longest_gap=lambda: None,
        )
        self.window = MainWindow(Settings(servers=configs), hooks, self.tasks, ROWS)
        at_once(self.window.furnish())
        for config in configs:
            session = Session(config, client)
            self.sessions.append(session)
            self.window.feed.attach(session)
            session.start()
        self.window.show()
        self.window.activateWindow()
        self.tasks.spawn(self._queue_up(configs[0]), "Put something into the queue")

    async def _queue_up(self, home: ServerConfig) -> None:
        """Let something wait for a server that is gone, and something be refused."""
        queue = self.window.shell.hooks.add_queue()
        links = [f"magnet:?xt=urn:btih:{n:040x}&dn=Voyage%20{n}" for n in range(200, 204)]
        magnets = [
            AddItem(link, None, link, link[20:60], f"Voyage {n}", (link[20:60],)) for n, link in enumerate(links)
        ]
        bad = AddItem("ftp://example.org/a", None, "ftp://example.org/a", f"{210:040x}", HOSTILE)
        await queue.put("gone", "attic", [(item, AddOptions()) for item in magnets])
        refused = await queue.put(home.id, home.name, [(bad, AddOptions())])
        queue.watched.update(row.id for row in refused)  # no notice of it in each picture

    def to_add(self) -> Iterator[tuple[str, Given]]:
        """Give what an add dialog is shown with."""
        folder = self.seeder.profile / "given"
        folder.mkdir()
        many = make(folder, "Signals", {f"season {s}/part {n:02}.mkv": 30_000 for s in (1, 2) for n in range(9)})
        files = []
        for sample in (many, *(tiny(n) for n in range(500, 512))):
            files.append(folder / f"{sample.name}.torrent")
            files[-1].write_bytes(sample.torrent)
        (folder / "broken.torrent").write_bytes(b"<html>")
        magnet = f"magnet:?xt=urn:btih:{99:040x}&dn=Voyage&tr=http%3A%2F%2F192.168.0.1%2Fannounce"
        yield "one file", Given((files[0],))
        yield "magnet", Given((magnet,))
        yield "many", Given((*files, folder / "broken.torrent", magnet))

    def _open_servers(self, add: bool) -> None:
        dialog = ServersDialog(self.window.settings, Vault(), self.tasks, QbtClient, self.window)
        if add:
            dialog.add()
        else:
            dialog.open()

    async def _fill(self, tracker: Tracker) -> None:
        new, old = self.servers
        content = self.seeder.save_path
        many = {f"disc {d}/{n:02} part.bin": 400_000 + 10_000 * n for d in (1, 2) for n in range(12)}
        shared = make(
            content,
            "Northern Lights",
            many,
            trackers=[tracker.url, tracker.failing_url],
            web_seeds=["http://127.0.0.1:9/files/"],
            comment="What it is: https://example.org",
        )
        known = await join(shared, content, seeder=self.seeder, leecher=new, limit_bytes_per_s=150_000)
        for number, server in enumerate((new, old)):
            whole = make(server.save_path, f"Harbour archive {number}", {"a.bin": 200_000, "b/c.txt": 2000})
            hostile = tiny(number, tracker=tracker.failing_url)
            async with client_of(server) as client:
                for category in ("linux/debian", "unused"):
                    await client.post("torrents/createCategory", category=category, savePath="")
                await client.post("torrents/createTags", tags=["forgotten"])
                if server is new:
                    await client.post("torrents/setCategory", hashes=[known], category="linux/debian")
                add: dict[str, Any] = {"category": "linux/debian", "stopped": True}
                await client.post("torrents/add", files=[("0.torrent", whole.torrent)], seedMode=True, **add)
                await client.post("torrents/add", files=[("0.torrent", hostile.torrent)], stopped=False)
                await client.post("torrents/add", urls=["magnet:?xt=urn:btih:" + f"{number + 7:040x}"], stopped=False)
                for _ in range(100):
                    rows = await client.get("torrents/info")
                    if len(rows) >= 3 and hostile.hash in {row["hash"] for row in rows}:
                        break
                    await asyncio.sleep(0.05)
                await client.post("torrents/addTags", hashes=[rows[0]["hash"]], tags=["iso", "keep"])
                await client.post("torrents/rename", hash=hostile.hash, name=HOSTILE)
