"""A window on one real server: what a person does there, and what the server says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QDialog

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.session import Session
from qbt_remote.ui.commands.command import Command, why_not
from qbt_remote.ui.commands.preview import PreviewDialog
from qbt_remote.ui.kit.dialogs import FormDialog
from tests.contract.target import STOPPED, State, Target, next_sample, until
from tests.real.scene import Sample, Tracker
from tests.ui.conftest import until as until_shown
from tests.ui.rig import Rig, Server

SEEN = (
    *("name", "state", "force_start", "category", "tags", "auto_tmm", "seq_dl", "f_l_piece_prio", "super_seeding"),
    *("dl_limit", "up_limit", "ratio_limit", "save_path", "progress", "priority", "comment", "tracker"),
)
"""Fields in which the mirror agrees with the server before a command is chosen."""
Act = Callable[["Desk", list[Sample]], Awaitable[None]]
Answer = Callable[[QDialog, "Desk", list[Sample]], None]
"""Fills a dialog in; it is accepted afterwards."""


class RealServer(Server):
    """What a window knows of a real server."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.config = ServerConfig(target.label, target.server.url, username=target.server.user, interval_s=0.1)
        self.session = Session(self.config, self.open)

    async def open(self, config: ServerConfig, _password: str | None = None) -> QbtClient:
        return QbtClient(config, self._target.secrets)


class Desk(Rig):
    """One window on one server, with a second client that sees what becomes of it."""

    clipboard = asyncio.Lock()
    """All windows have the same one; the others need no lock and wait for a moment only."""

    def __init__(self, target: Target, tracker: Tracker) -> None:
        super().__init__(servers=[RealServer(target)])
        self.settings.preview_above = 0
        self.target, self.client, self.tracker = target, target.client, tracker
        self.order: list[str] = []
        """The queue as it was before a command."""
        self.announced: dict[str, int] = {}
        """How often each torrent had been announced before a command."""
        self._pools: dict[str, list[Sample]] = {}

    @property
    def session(self) -> Session:
        return self.servers[0].session

    async def pool(self, kind: str, n: int) -> list[Sample]:
        """Give n torrents that are kept from row to row: "tiny" ones without data, or "whole" ones; all are stopped.

        One is always another than those of a larger number.
        """
        pool = self._pools.setdefault(kind, [])
        while len(pool) < 4:
            pool.append(await self.fresh(kind))
        return pool[:1] if n == 1 else pool[1 : 1 + n]

    async def fresh(self, what: str, **more: Any) -> Sample:
        sample = next_sample() if what == "tiny" else self.target.content({"a.bin": 40_000}, **more)
        await self.target.add(sample, complete=what == "whole")
        return sample

    async def rows(self, samples: Sequence[Sample]) -> list[dict[str, Any]]:
        """The torrents as torrents/info has them, in this order; those that are gone are left out."""
        rows = await self.client.get("torrents/info", hashes=[sample.hash for sample in samples])
        by_hash = {row["hash"]: row for row in rows}
        return [by_hash[sample.hash] for sample in samples if sample.hash in by_hash]

    async def post(self, endpoint: str, samples: Sequence[Sample], **form: Any) -> None:
        await self.client.post(endpoint, hashes=[sample.hash for sample in samples], **form)

    async def state(self, samples: Sequence[Sample]) -> State:
        """The server's whole state; inside torrents it looks at these and at the bystanders."""
        return await self.target.state({*(sample.hash for sample in samples), *self.target.bystanders})

    async def until_all(self, samples: Sequence[Sample], **wanted: Any) -> None:
        """Wait until fields of all these torrents have these values, or satisfy these predicates."""

        def holds(rows: list[dict[str, Any]]) -> bool:
            return len(rows) == len(samples) and all(
                want(row[name]) if callable(want) else row[name] == want
                for row in rows
                for name, want in wanted.items()
            )

        await until(lambda: self.rows(samples), holds)

    async def stopped(self, samples: Sequence[Sample]) -> None:
        """Take the force away and stop them; 4.2 ignores a stop that comes before a start is seen."""
        rows = await self.rows(samples)
        forced = [sample for sample, row in zip(samples, rows, strict=True) if row["force_start"]]
        if forced:
            await self.post("torrents/setForceStart", forced, value=False)
            await self.until_all(forced, state=lambda state: state.startswith("stalled"), force_start=False)
        running = [sample for sample, row in zip(samples, rows, strict=True) if row["state"] not in STOPPED]
        if running:
            await self.post("torrents/stop", running)
        await self.until_all(samples, state=lambda state: state in STOPPED, force_start=False)

    async def started(self, samples: Sequence[Sample]) -> None:
        await self.post("torrents/start", samples)
        await self.until_all(samples, state=lambda state: state.startswith("stalled"))

    async def in_step(self) -> None:
        """Wait until the window has the torrents, the categories and the tags as the server has them."""
        self.session.poke()

        async def differing() -> list[tuple[str, Any, Any]]:
            mirror, found = self.session.mirror, []
            rows = await self.client.get("torrents/info")
            if {row["hash"] for row in rows} != mirror.torrents.keys():
                return [("torrents", len(rows), len(mirror.torrents))]
            for row in rows:
                t = mirror.torrents[row["hash"]]
                found += [
                    (name, row[name], getattr(t, name))
                    for name in SEEN
                    if name in row and row[name] != getattr(t, name)
                ]
            categories = await self.client.get("torrents/categories")
            if categories.keys() != mirror.categories.keys():
                found.append(("categories", list(categories), list(mirror.categories)))
            if set(await self.client.get("torrents/tags")) != mirror.tags:
                found.append(("tags", "", sorted(mirror.tags)))
            return found

        await until(differing, lambda found: not found)

    def pick(self, samples: Sequence[Sample]) -> None:
        self.window.table.clearSelection()
        self.window.table.select_rows([self.session.mirror.torrents[sample.hash] for sample in samples])

    def give_up(self) -> None:
        """Close what a command that went wrong has left open."""
        for dialog in self.window.findChildren(QDialog):
            dialog.reject()
        self.window.notices.dismiss_all()

    async def clean(self) -> None:
        """Remove all torrents but the bystanders."""
        rows = await self.client.get("torrents/info")
        own = [row["hash"] for row in rows if row["hash"] not in self.target.bystanders]
        await self.client.post("torrents/delete", hashes=own, deleteFiles=True)

    def why_not(self, command: Command) -> str:
        """Say why a command cannot be chosen now, as the window does."""
        return why_not(command, self.window.context())

    async def carry_out(self, command: Command, answers: Sequence[Answer], samples: list[Sample]) -> None:
        """Choose a command by its action, answer its dialogs in turn, and agree to every preview."""
        action = self.action(command.id)
        left, answered = list(answers), set[QDialog]()
        action.trigger()
        await asyncio.sleep(0)

        def done() -> bool:
            for dialog in self.window.findChildren(QDialog):
                if dialog.isVisible() and dialog not in answered:
                    answered.add(dialog)
                    if not isinstance(dialog, PreviewDialog) and left:
                        left.pop(0)(dialog, self, samples)
                    dialog.ok.click() if isinstance(dialog, FormDialog) else dialog.accept()
            return action.iconText() not in self.tasks.doing

        await until_shown(done)
        current = self.window.notices.current
        assert current is None or current.level == "info", (command.id, current)
        assert not left, f"{command.id}: a dialog did not come"


@dataclass(frozen=True)
class Row:
    """How one command is proven: ``prepare`` makes what it needs, ``shows`` waits until the server has it.

    ``changes`` are the paths of the server's state that may differ afterwards, "{h}" being the selected
    torrents; ``disabled`` is a part of the reason on a server where the command cannot be chosen.
    ``numbers``: how many torrents it can be given.
    """

    shows: Act
    changes: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    prepare: Act | None = None
    restore: Act | None = None
    kind: str = "tiny"
    alone: bool = False
    """The torrents are made for this row and removed after it; ``more`` says how."""
    more: dict[str, Any] = field(default_factory=dict)
    numbers: tuple[int, ...] = (1, 3)
    disabled: Callable[[Desk], str] = lambda _desk: ""
