"""Drives the program itself, in a process of its own, and measures it from inside.

Reads ``{"do": "load" | "switch" | "content" | "idle", "urls": [...], "count": ...}`` and prints figures as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractItemView

from tests.scale.instruments import Gap, Heart, over_polls, resident_mb

Figures = dict[str, float]
Spec = dict[str, Any]
VIEW = "one category by size"
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


class Paints(QObject):
    """Counts how often a table was painted, and with how many rows; both change as painting begins."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.rows = 0
        self._table: QAbstractItemView | None = None

    def watch(self, table: QAbstractItemView) -> None:
        if self._table is not None:
            self._table.viewport().removeEventFilter(self)
        self._table = table
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._table is not None:
            self.count += 1
            self.rows = self._table.model().rowCount()
        return False


@dataclass(frozen=True, slots=True)
class Taken:
    """What one input took: the longest gap of the loop, of that the CPU, and the time until it was to be seen."""

    ms: float
    cpu_ms: float
    latency_ms: float


class Rig:
    """The running program with a heart in it."""

    def __init__(self, program: Any, spec: Spec) -> None:
        self.program, self.spec = program, spec
        self.main = program.window
        self.heart = Heart()
        self.last_byte = LastByte()
        self.paints = Paints()
        self.paints.watch(self.main.table)

    @property
    def sessions(self) -> list[Any]:
        return list(self.main.feed.sessions.values())

    async def until(self, done: Callable[[], bool], limit_s: float = 60.0) -> None:
        end = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > end:
                raise SystemExit(f"not within {limit_s} s")
            await asyncio.sleep(0)

    async def complete(self) -> None:
        """Wait until the whole list has been painted."""
        count = self.spec["count"] * len(self.spec["urls"])
        while self.paints.rows < count:
            await asyncio.sleep(0.002)

    def sort_by(self, column: str, *, down: bool = False) -> None:
        from PySide6.QtCore import Qt

        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.main.table.sortByColumn(self.main.model.column(column), order)

    async def churn(self, share: float) -> None:
        host, port = self.spec["urls"][0].removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /sim/churn?share={share} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
        await reader.readuntil(b"Ok.")
        writer.close()
        await writer.wait_closed()

    async def timed(self, act: Callable[[], object], done: Callable[[], bool]) -> Taken:
        """Do an input in a turn of its own, and see what comes of it until all is quiet."""
        await asyncio.sleep(SETTLES_S)
        paints = self.paints.count
        self.heart.take()
        began = time.perf_counter()
        act()
        await self.until(lambda: done() and self.paints.count > paints)
        latency = (time.perf_counter() - began) * 1000
        await asyncio.sleep(SETTLES_S)
        gap = self.heart.take()
        return Taken(gap.ms, gap.cpu_ms, latency)


def of_each(choose: Callable[[list[float]], float], taken: list[Taken]) -> Taken:
    columns = zip(*((one.ms, one.cpu_ms, one.latency_ms) for one in taken), strict=True)
    return Taken(*(choose(list(column)) for column in columns))


def longest(*taken: Taken) -> Taken:
    return of_each(max, list(taken))


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
    gap = rig.heart.take()
    figures |= {"gap_loading_ms": gap.ms, "gap_loading_ms_cpu": gap.cpu_ms}
    figures["loaded_mb"] = resident_mb()
    for share in rig.spec["shares"]:
        found = await polls(rig, share)
        for name, value in found.items():
            whole = name.removesuffix("_cpu")
            figures[f"{whole}_at_{share}{name.removeprefix(whole)}"] = value
    figures["resident_mb"] = resident_mb()
    await rig.churn(0)
    return figures | await inputs(rig)


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

    async def click() -> Taken:
        """On the second column in view and on the third: each time another order."""
        found: list[Taken] = []
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
        return longest(*found)

    async def type_key(letter: str) -> Taken:
        rows = model.rowCount()
        return await rig.timed(lambda: QTest.keyClicks(box, letter), lambda: model.rowCount() != rows)

    async def typing() -> Taken:
        """Two keys, the first of which keeps most rows, and the box emptied."""
        found = [await type_key(key) for key in ("2", "0")]
        found.append(await rig.timed(box.clear, lambda: model.rowCount() == rig.spec["count"]))
        return longest(*found)

    async def select() -> Taken:
        took = await rig.timed(main.table.selectAll, lambda: len(main.table.selected_rows()) == model.rowCount())
        main.table.clearSelection()
        return took

    async def pick() -> Taken:
        names = [name for name in next(iter(rig.sessions)).mirror.categories if "/" in name]
        rows = model.rowCount()
        took = await rig.timed(lambda: main.sidebar.pick("category", names[3]), lambda: model.rowCount() != rows)
        back = await rig.timed(lambda: main.sidebar.pick("category", None), lambda: model.rowCount() == rows)
        return longest(took, back)

    async def view() -> Taken:
        """To a saved view of one category, sorted otherwise, and back to all torrents."""
        if VIEW not in main.views.names:
            main.sidebar.pick("category", next(c for c in next(iter(rig.sessions)).mirror.categories if "/" in c))
            rig.sort_by("size", down=True)
            main.views.save(VIEW)
            main.views.show(None)
        rows = model.rowCount()
        took = await rig.timed(lambda: main.views.show(VIEW), lambda: model.rowCount() != rows)
        back = await rig.timed(lambda: main.views.show(None), lambda: model.rowCount() == rows)
        return longest(took, back)

    repeats = rig.spec["repeats"]
    figures: Figures = {}
    for name, measure in (
        ("sort", click),
        ("filter", typing),
        ("select_all", select),
        ("category", pick),
        ("view", view),
    ):
        figures |= await median(name, measure, repeats)
    return figures


async def median(name: str, measure: Callable[[], Awaitable[Taken]], repeats: int) -> Figures:
    taken = of_each(statistics.median, [await measure() for _ in range(repeats)])
    return {f"{name}_ms": taken.ms, f"{name}_ms_cpu": taken.cpu_ms, f"{name}_latency_ms": taken.latency_ms}


async def switch(rig: Rig) -> Figures:
    """Go from one server to the other and back."""
    await rig.complete()
    await asyncio.sleep(0.5)
    one, other = (session.config.id for session in rig.sessions)
    model, each = rig.main.model, rig.spec["count"]
    rig.main.sidebar.pick("server", one)

    async def there_and_back() -> Taken:
        found: list[Taken] = []
        for server in (other, one):
            found.append(
                await rig.timed(
                    lambda server=server: rig.main.sidebar.pick("server", server),  # type: ignore[misc]  # as above
                    lambda server=server: model.rowCount() == each and model.rows[0].server == server,  # type: ignore[misc]
                )
            )
        return longest(*found)

    return await median("switch", there_and_back, rig.spec["repeats"])


async def content(rig: Rig) -> Figures:
    """Pick a torrent of very many files, use its tree, then poll it."""
    await rig.complete()
    main = rig.main
    main.details.show_tab("content")
    await asyncio.sleep(0.5)
    panel = main.details.panel("content")
    table, model = panel.tree.table, panel.model
    rig.paints.watch(table)
    opened = await rig.timed(lambda: main.table.select_rows([main.model.rows[0]]), lambda: model.rowCount() > 0)
    figures = {"first_paint_s": opened.latency_ms / 1000, "opening_ms": opened.ms, "opening_ms_cpu": opened.cpu_ms}

    async def page_down() -> Taken:
        """Twenty pages, one in each turn."""
        found: list[Taken] = []
        bar = table.verticalScrollBar()
        for _page in range(20):
            found.append(await rig.timed(lambda: bar.setValue(bar.value() + bar.pageStep()), lambda: True))
        return longest(*found)

    descending = table.horizontalHeader().sortIndicatorOrder().DescendingOrder
    acts: tuple[tuple[str, Callable[[], Awaitable[Taken]]], ...] = (
        ("expand", lambda: rig.timed(lambda: model.expand_all(True), lambda: model.rowCount() > 100_000)),
        ("scroll", page_down),
        ("sort", lambda: rig.timed(lambda: table.sortByColumn(1, descending), lambda: True)),
        ("filter", lambda: rig.timed(lambda: panel.tree.box.setText("99"), lambda: model.rowCount() < 100_000)),
        ("unfilter", lambda: rig.timed(panel.tree.box.clear, lambda: model.rowCount() > 100_000)),
    )
    for name, act in acts:
        taken = await act()
        figures |= {f"{name}_ms": taken.ms, f"{name}_ms_cpu": taken.cpu_ms}
    told: list[float] = []
    model.changed.connect(lambda: told.append(time.perf_counter()))
    worst: list[Gap] = []
    used = time.process_time()
    for n in range(rig.spec["polls"]):
        rig.heart.take()
        main.details.poke()
        await rig.until(lambda n=n: len(told) > n)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        await asyncio.sleep(SETTLES_S)
        worst.append(rig.heart.take())
    figures["cpu_ms"] = (time.process_time() - used) / len(worst) * 1000
    return figures | over_polls(worst) | {"resident_mb": resident_mb()}


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
    return play(spec, {"load": load, "switch": switch, "content": content, "idle": idle}[spec["do"]])


def play(spec: Spec, scene: Callable[[Rig], Awaitable[Figures]]) -> Figures:
    """Run the program with servers at ``spec["urls"]``, and give the figures of a scene in it."""
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
        servers = [
            ServerConfig(f"server {n}", url, auth="none", has_headers=False) for n, url in enumerate(spec["urls"])
        ]
        options = command_line.parse(["--config", folder])
        program = Program(options, Path(folder), Settings(servers=servers), Instance(Path(folder)), "")
        program.show()
        paint_first(app, program.window)
        loop = qasync.QEventLoop(app)
        loop.set_default_executor(ThreadPoolExecutor(8))
        rig = Rig(program, spec)

        async def measure() -> None:
            figures.update(await scene(rig))
            program.quit()

        async def both() -> None:
            await asyncio.gather(program.run(), measure())

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(both())
    return figures


def main() -> None:
    gc.disable()  # as the program does until its window stands
    print(json.dumps(run(json.load(sys.stdin))), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
