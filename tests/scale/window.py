"""Drives the program itself, in a process of its own, and measures it from inside.

Reads ``{"do": "load" | "switch" | "idle", "urls": [...], "count": ...}`` and prints figures as JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.scale.instruments import Gap, Heart, over_polls, resident_mb

Figures = dict[str, float]
Spec = dict[str, Any]
SETTLES_S = 0.12
"""What a poll or a click leaves for later turns of the loop is done by then."""


class Loud(logging.Logger):
    """Keeps httpcore's log of its steps on: the client turns it down, since it shows addresses."""

    def setLevel(self, level: int | str) -> None:
        super().setLevel(logging.DEBUG if self.name == "httpcore.http11" else level)


class LastByte(logging.Handler):
    """Notes when the client had read the end of an answer."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.at = 0.0
        logging.setLoggerClass(Loud)
        log = logging.getLogger("httpcore.http11")
        logging.setLoggerClass(logging.Logger)
        log.setLevel(logging.DEBUG)
        log.propagate = False
        log.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith("receive_response_body.complete"):
            self.at = time.time()


class Rig:
    """The running program with a heart in it."""

    def __init__(self, program: Any, spec: Spec) -> None:
        self.program, self.spec = program, spec
        self.main = program.window
        self.heart = Heart()
        self.last_byte = LastByte()

    @property
    def sessions(self) -> list[Any]:
        return list(self.main.live.sessions.values())

    async def until(self, done: Callable[[], bool], limit_s: float = 60.0) -> None:
        end = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > end:
                raise SystemExit(f"not within {limit_s} s")
            await asyncio.sleep(0)

    async def complete(self) -> None:
        """Wait for the whole list, painted."""
        count = self.spec["count"] * len(self.spec["urls"])
        while self.main.model.rowCount() < count:
            await asyncio.sleep(0.002)
        self.main.table.viewport().repaint()

    def sort_by(self, column: str, *, down: bool = False) -> None:
        from PySide6.QtCore import Qt

        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.main.table.sortByColumn(self.main.model.column(column), order)

    async def churn(self, share: float) -> None:
        url = f"{self.spec['urls'][0]}/sim/churn?share={share}"
        await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())

    async def timed(self, act: Callable[[], object], done: Callable[[], bool]) -> Gap:
        """The time from an input to its effect painted, or the longest gap after it if that is longer."""
        await asyncio.sleep(SETTLES_S)
        self.heart.take()
        began, cpu = time.perf_counter(), time.thread_time()
        act()
        await self.until(done)
        self.main.table.viewport().repaint()
        self.main.sidebar.viewport().repaint()
        took = Gap((time.perf_counter() - began) * 1000, (time.thread_time() - cpu) * 1000)
        await asyncio.sleep(SETTLES_S)
        return longest([took, self.heart.take()])


def longest(gaps: list[Gap]) -> Gap:
    return Gap(max(gap.ms for gap in gaps), max(gap.cpu_ms for gap in gaps))


def named(name: str, gap: Gap) -> Figures:
    return {name: gap.ms, f"{name}_cpu": gap.cpu_ms}


async def load(rig: Rig) -> Figures:
    began = rig.spec["began"]
    await asyncio.sleep(0)
    rig.heart.take()
    await rig.complete()
    complete = time.time()
    figures = {
        "start_to_list_s": complete - began,
        "last_byte_to_list_s": complete - rig.last_byte.at,
    }
    await asyncio.sleep(SETTLES_S)
    figures |= named("gap_loading_ms", rig.heart.take())
    figures["loaded_mb"] = resident_mb()
    for share in rig.spec["shares"]:
        found = await polls(rig, share)
        for name, value in found.items():
            whole = name.removesuffix("_cpu")
            figures[f"{whole}_at_{share}{name.removeprefix(whole)}"] = value
    await rig.churn(0)
    figures |= await inputs(rig)
    figures["resident_mb"] = resident_mb()
    return figures


async def polls(rig: Rig, share: float) -> Figures:
    """Poll while a part of the torrents changes, sorted by a column that does."""
    rig.sort_by("dlspeed", down=True)
    await rig.churn(share)
    (session,) = rig.sessions
    told: list[float] = []
    session.on_changes.append(lambda *_: told.append(time.perf_counter()))
    idle = time.process_time()
    await asyncio.sleep(0.5)
    beating = (time.process_time() - idle) / 0.5
    rig.heart.take()
    worst: list[Gap] = []
    used, began = time.process_time(), time.perf_counter()
    for n in range(rig.spec["polls"]):
        session.poke()
        while len(told) <= n:
            await asyncio.sleep(0.005)
        await asyncio.sleep(SETTLES_S)
        worst.append(rig.heart.take())
    used, took = time.process_time() - used, time.perf_counter() - began
    session.on_changes.pop()
    return over_polls(worst) | {"cpu_ms": (used - beating * took) / len(worst) * 1000}


async def inputs(rig: Rig) -> Figures:
    """Click a header, type into the filter, select all, pick a category."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    main = rig.main
    header, box, model = main.table.horizontalHeader(), main.filter_box, main.model

    async def click() -> Gap:
        """On the second column in view and on the third: each time another order."""
        found: list[Gap] = []
        for place in (1, 2):
            section = header.logicalIndex(place)
            where = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
            first = model.rows[0], model.rows[-1]
            found.append(
                await rig.timed(
                    lambda where=where: QTest.mouseClick(  # type: ignore[misc]  # mypy cannot infer a lambda's default
                        header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where
                    ),
                    lambda first=first: (model.rows[0], model.rows[-1]) != first,  # type: ignore[misc]  # the same
                )
            )
        return longest(found)

    async def type_key(letter: str) -> Gap:
        rows = model.rowCount()
        return await rig.timed(lambda: QTest.keyClicks(box, letter), lambda: model.rowCount() != rows)

    async def typing() -> Gap:
        """Two keys, the first of which keeps most rows, and the box emptied."""
        found = [await type_key(key) for key in ("2", "0")]
        found.append(await rig.timed(box.clear, lambda: model.rowCount() == rig.spec["count"]))
        return longest(found)

    async def select() -> Gap:
        took = await rig.timed(main.select_all, lambda: len(main.table.selected_rows()) == model.rowCount())
        main.table.clearSelection()
        return took

    async def pick() -> Gap:
        names = [name for name in next(iter(rig.sessions)).mirror.categories if "/" in name]
        rows = model.rowCount()
        took = await rig.timed(lambda: main.sidebar.pick("category", names[3]), lambda: model.rowCount() != rows)
        back = await rig.timed(lambda: main.sidebar.pick("category", None), lambda: model.rowCount() == rows)
        return longest([took, back])

    repeats = rig.spec["repeats"]
    figures: Figures = {}
    for name, measure in (("sort", click), ("filter", typing), ("select_all", select), ("category", pick)):
        figures |= named(f"{name}_ms", await median(measure, repeats))
    return figures


async def median(measure: Callable[[], Awaitable[Gap]], repeats: int) -> Gap:
    found = [await measure() for _ in range(repeats)]
    return Gap(statistics.median(gap.ms for gap in found), statistics.median(gap.cpu_ms for gap in found))


async def switch(rig: Rig) -> Figures:
    """Go from one server to the other and back."""
    await rig.complete()
    await asyncio.sleep(0.5)
    one, other = (session.config.id for session in rig.sessions)
    model, each = rig.main.model, rig.spec["count"]
    rig.main.sidebar.pick("server", one)

    async def there_and_back() -> Gap:
        found: list[Gap] = []
        for server in (other, one):
            found.append(
                await rig.timed(
                    lambda server=server: rig.main.sidebar.pick("server", server),  # type: ignore[misc]  # as above
                    lambda server=server: model.rowCount() == each and model.rows[0].server == server,  # type: ignore[misc]
                )
            )
        return longest(found)

    return named("switch_ms", await median(there_and_back, rig.spec["repeats"]))


async def idle(rig: Rig) -> Figures:
    """CPU while nothing changes: the window shown, then hidden."""
    await rig.complete()
    rig.heart.stop()
    await asyncio.sleep(3)

    async def used() -> float:
        before, began = time.process_time(), time.perf_counter()
        await asyncio.sleep(rig.spec["seconds"])
        return (time.process_time() - before) / (time.perf_counter() - began) * 100

    shown = await used()
    rig.main.hide_window()
    await asyncio.sleep(1)
    return {"idle_shown_percent": shown, "idle_hidden_percent": await used(), "resident_mb": resident_mb()}


def run(spec: Spec) -> Figures:
    import qasync
    from PySide6.QtWidgets import QApplication

    from qbt_remote import cli
    from qbt_remote.instance import Instance
    from qbt_remote.program import Program
    from qbt_remote.settings import ServerConfig, Settings

    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        app = QApplication([])
        app.setQuitOnLastWindowClosed(False)
        servers = [ServerConfig(f"server {n}", url, auth="none") for n, url in enumerate(spec["urls"])]
        options = cli.parse(["--config", folder])
        program = Program(options, Path(folder), Settings(servers=servers), Instance(Path(folder)), "")
        loop = qasync.QEventLoop(app)
        loop.set_default_executor(ThreadPoolExecutor(8))
        rig = Rig(program, spec)

        async def measure() -> None:
            figures.update(await {"load": load, "switch": switch, "idle": idle}[spec["do"]](rig))
            program.quit()

        async def both() -> None:
            await asyncio.gather(program.run(), measure())

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(both())
    return figures


def main() -> None:
    print(json.dumps(run(json.load(sys.stdin))), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
