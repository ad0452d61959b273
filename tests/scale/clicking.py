"""The program itself, clicked on and measured from inside, in a process of its own; see ``tests.scale.click``.

Reads ``{"url": ..., "user": ..., "password": ..., "count": ..., "clicks": ..., "apart_s": ...}``, prints figures as
JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject

from tests.scale.window import Figures, Paints, Spec

LIMIT_S = 90.0


class Polls(logging.Handler):
    """Takes from the client's log what each poll took, by the server and on the way."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.took_s: list[float] = []
        self._ends: list[float] = []
        log = logging.getLogger("qbt_remote.api.connection")
        log.setLevel(logging.DEBUG)
        log.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and "sync/maindata" in record.args:
            _method, _name, _status, spent_ms, _size = record.args
            assert isinstance(spent_ms, float)
            self.took_s.append(spent_ms / 1000)
            self._ends.append(time.perf_counter())

    def left_s(self, at: float) -> float:
        """What was left of the poll that was under way then; 0 if there was none."""
        spans = zip(self._ends, self.took_s, strict=True)
        return next((end - at for end, took in spans if end - took <= at < end), 0.0)


class Seen(Paints):
    """Remembers the state of one torrent at each paint of the table."""

    target: Any = None
    state = ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        painted = self.count
        super().eventFilter(watched, event)
        if self.count > painted and self.target is not None:
            self.state = self.target.state
        return False


class Clicker:
    """A person with the running program."""

    def __init__(self, program: Any, spec: Spec) -> None:
        self.window, self.spec = program.window, spec
        self.paints = Seen()
        self.paints.watch(self.window.table)
        self.polls = Polls()

    async def until(self, done: Any, limit_s: float = LIMIT_S) -> None:
        end = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > end:
                raise SystemExit(f"not within {limit_s} s")
            await asyncio.sleep(0.002)

    async def measure(self) -> Figures:
        count, dice = self.spec["count"], random.Random(7)
        await self.until(lambda: self.paints.rows >= count, 300)
        await self.until(lambda: len(self.polls.took_s) > 3, 300)
        target = next(t for t in self.window.model.rows if t.state.startswith("stopped"))
        self.paints.target = target
        self.window.table.select_rows([target])
        await asyncio.sleep(1)
        took: list[float] = []
        clicked: list[float] = []
        for n in range(self.spec["clicks"]):
            await asyncio.sleep(2.5 + dice.random() * self.spec["apart_s"])
            clicked.append(time.perf_counter())
            took.append(await self._click("stop" if n % 2 else "start", target))
        return {
            "median_s": statistics.median(took),
            "worst_s": max(took),
            "beyond_s": max(seconds - self.polls.left_s(at) for at, seconds in zip(clicked, took, strict=True)),
            "in_poll": sum(self.polls.left_s(at) > 0 for at in clicked),
            "poll_s": statistics.median(self.polls.took_s[1:]),
        }

    async def _click(self, command: str, target: Any) -> float:
        """Click the button in the toolbar and wait for the row."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        action = self.window.actions_.action(command)
        await self.until(action.isEnabled)
        button = next(bar.widgetForAction(action) for bar in self._bars() if action in bar.actions())
        before = target.state
        began = time.perf_counter()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await self.until(lambda: self.paints.state.startswith("stopped") != before.startswith("stopped"))
        return time.perf_counter() - began

    def _bars(self) -> list[Any]:
        from PySide6.QtWidgets import QToolBar

        return list(self.window.findChildren(QToolBar))


def run(spec: Spec) -> Figures:
    """Open the program on one server and measure it."""
    import qasync
    from PySide6.QtWidgets import QApplication

    from qbt_remote.local.settings import ServerConfig, Settings
    from qbt_remote.start import command_line
    from qbt_remote.start.app import paint_first
    from qbt_remote.start.program import Program
    from qbt_remote.start.single_instance import Instance

    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        app = QApplication([])
        app.setQuitOnLastWindowClosed(False)
        login = ["--server", spec["url"], "--user", spec["user"], "--password-stdin"] if spec["user"] else []
        options = command_line.parse(["--config", folder, *login])
        open_door = ServerConfig("simulated", spec["url"], auth="none", has_headers=False)
        settings = Settings(servers=[] if login else [open_door])
        program = Program(options, Path(folder), settings, Instance(Path(folder)), spec["password"])
        program.show()
        paint_first(app, program.window)
        loop = qasync.QEventLoop(app)
        loop.set_default_executor(ThreadPoolExecutor(8))
        clicker = Clicker(program, spec)

        async def measure() -> None:
            figures.update(await clicker.measure())
            program.quit()

        async def both() -> None:
            await asyncio.gather(program.run(), measure())

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(both())
    return figures


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))), flush=True)
    os._exit(0)
