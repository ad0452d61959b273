"""The first seconds of the program, or of a bare window, seen from inside.

Reads ``{"url": ..., "seconds": ...}``, without an address for a bare window, and prints figures as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.scale.instruments import Gap, Heart

Spec = dict[str, Any]
Figures = dict[str, float]
TOLD = 5
"""So many of the longest gaps are told with their times."""


class Recording(Heart):
    """Keeps when each gap ended, in ms since it began to beat."""

    def __init__(self) -> None:
        self.gaps: list[tuple[float, float, float]] = []
        super().__init__()
        self._began = self._last[0]

    def _beat(self) -> None:
        super()._beat()
        gap, self._longest = self._longest, Gap(0, 0)
        self.gaps.append((gap.ms, gap.cpu_ms, (self._last[0] - self._began) * 1000))

    def found(self) -> Figures:
        """The longest gap, and those longest ones with their times."""
        self._beat()
        figures = {"gap_ms": max(gap[0] for gap in self.gaps), "gap_ms_cpu": max(gap[1] for gap in self.gaps)}
        for n, (ms, cpu_ms, at_ms) in enumerate(sorted(self.gaps, reverse=True)[:TOLD]):
            figures |= {f"{n}_ms": ms, f"{n}_ms_cpu": cpu_ms, f"{n}_at_ms": at_ms}
        return figures


def bare(spec: Spec) -> Figures:
    """What cannot be beaten: a window with an empty table, and the timer."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QStandardItemModel
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    from qbt_remote.start.app import paint_first

    app = QApplication([])
    window, table = QMainWindow(), QTableView()
    table.setModel(QStandardItemModel(0, 15))
    window.setCentralWidget(table)
    window.resize(1280, 800)
    window.show()
    paint_first(app, window)
    heart = Recording()
    QTimer.singleShot(spec["seconds"] * 1000, app.quit)
    app.exec()
    return heart.found()


def program(spec: Spec) -> Figures:
    """The program itself, from its first paint on."""
    from qbt_remote.local.settings import ServerConfig, Settings
    from qbt_remote.start import command_line
    from qbt_remote.start.app import Application, import_loop, paint_first
    from qbt_remote.start.program import Program
    from qbt_remote.start.single_instance import Instance

    with tempfile.TemporaryDirectory() as folder:
        app = Application([])
        app.setQuitOnLastWindowClosed(False)
        settings = Settings(servers=[ServerConfig("server", spec["url"], auth="none", has_headers=False)])
        options = command_line.parse(["--config", folder])
        made = Program(options, Path(folder), settings, Instance(Path(folder)), "")
        made.show()
        paint_first(app, made.window)
        heart = Recording()
        polls: list[float] = []
        found: Figures = {}

        import_loop(app)
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        import qasync

        loop = qasync.QEventLoop(app)
        loop.set_default_executor(ThreadPoolExecutor(8))

        async def measure() -> None:
            end = time.perf_counter() + spec["seconds"]
            while not made.window.feed.sessions:
                await asyncio.sleep(0.002)
            (session,) = made.window.feed.sessions.values()
            session.on_changes.append(lambda _session, changes: polls.append(time.perf_counter()))
            await asyncio.sleep(end - time.perf_counter())
            found.update(heart.found(), rows=made.window.model.rowCount())
            if len(polls) > 1:
                found["list_to_delta_s"] = polls[1] - polls[0]
            heart.stop()
            made.quit()

        async def both() -> None:
            await asyncio.gather(made.run(), measure())

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(both())
    return found


def main() -> None:
    gc.disable()  # as the program does until its window stands
    spec = json.load(sys.stdin)
    print(json.dumps(program(spec) if spec.get("url") else bare(spec)), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
