"""Measure the program at every size: ``python -m tests.scale.bench [--quick] [--json FILE]``.

Simulated servers answer from a process of their own; the program runs in another, on a display of its
own, 1280 x 800.  Beside each figure stands its floor, measured in the same run.  Times are printed,
never asserted: this machine is not the next one.  ``tests.scale.real`` measures against a real server.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.scale import report
from tests.scale.instruments import Display, Sim, child

Figures = dict[str, Any]
SHARES = [0.01, 0.1]


@dataclass(frozen=True, slots=True)
class Case:
    """One size of server."""

    name: str
    count: int
    categories: int = 12
    tags: int = 20


CASES = (
    Case("1,000", 1_000),
    Case("10,000", 10_000),
    Case("20,000 x 10,000 categories", 20_000, 10_000, 2_000),
    Case("100,000", 100_000),
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long is measured."""

    starts: int
    polls: int
    repeats: int
    idle_s: int
    growth: tuple[int, ...]


FULL = Effort(starts=15, polls=60, repeats=5, idle_s=30, growth=(1_000, 10_000, 100_000, 1_000_000))
QUICK_PARTS = ("start", "1,000", "10,000", "content", "preferences", "idle", "growth")
QUICK = Effort(starts=3, polls=10, repeats=3, idle_s=3, growth=(1_000, 10_000))


class Bench:
    """Runs the parts, prints their lines as they come, and keeps the figures."""

    def __init__(self, display: Display, effort: Effort) -> None:
        self.display, self.effort = display, effort
        self.figures: Figures = {}

    def parts(self) -> dict[str, Callable[[], None]]:
        """By name, in the order of a full run."""
        cases = {case.name.split()[0]: partial(self.case, case) for case in CASES}
        more = {"preferences": self.preferences, "idle": self.all_idle, "growth": self.growth}
        return {"start": self.start, **cases, "content": self.content, **more}

    def warm(self) -> None:
        """Let all modules be compiled, as those of what is installed are."""
        with Sim(10) as sim:
            child("window", {"do": "idle", "urls": sim.urls, "count": 10, "seconds": 0.1}, self.display.env)

    def start(self) -> None:
        """The first painted window, and that of an empty one, in turns."""
        floors, own = [], []
        with tempfile.TemporaryDirectory() as folder:
            for _run in range(1 + self.effort.starts):  # the first compiles what is left
                floors.append(self.display.first_paint([sys.executable, "-m", "tests.scale.empty_window"]))
                own.append(self.display.first_paint([sys.executable, "-m", "qbt_remote", "--config", folder]))
        found = {"floor_s": statistics.median(floors[1:]), "first_paint_s": statistics.median(own[1:])}
        self._keep("start", found, [report.start(found["floor_s"], found["first_paint_s"])])

    def case(self, case: Case) -> None:
        """One size: floors, then the program, then two servers that share the torrents."""
        lists: dict[str, Any] = {"categories": case.categories, "tags": case.tags}
        spec: Figures = {"shares": SHARES, "polls": self.effort.polls, "repeats": self.effort.repeats}
        with Sim(case.count, **lists) as sim:
            floors = child("floors", {"url": sim.urls[0], "shares": SHARES}, self.display.env)
        with Sim(case.count, **lists) as sim:
            found = child("window", spec | {"do": "load", "urls": sim.urls, "count": case.count}, self.display.env)
        half = case.count // 2
        with Sim(half, servers=2, **lists) as sim:
            found |= child("window", spec | {"do": "switch", "urls": sim.urls, "count": half}, self.display.env)
        self._keep(case.name, {"program": found, "floors": floors}, report.case(case.name, found, floors))

    def content(self) -> None:
        """A torrent of 100,000 files in the tab "Content"."""
        with Sim(10, files=100_000) as sim:
            spec = {"do": "content", "urls": sim.urls, "count": 10, "polls": self.effort.polls}
            found = child("window", spec, self.display.env)
        self._keep("content", found, report.content(found))

    def preferences(self) -> None:
        """The window of 241 preferences: opened, and searched."""
        found = child("preferences", {}, self.display.env)
        self._keep("preferences", found, report.preferences(found))

    def all_idle(self) -> None:
        self.idle("1,000 unchanged", 1)
        self.idle("20 servers of 1,000 unchanged", 20)

    def idle(self, name: str, servers: int) -> None:
        with Sim(1_000, servers=servers) as sim:
            spec = {"do": "idle", "urls": sim.urls, "count": 1_000, "seconds": self.effort.idle_s}
            found = child("window", spec, self.display.env)
        self._keep(f"idle, {name}", found, report.idle(name, found))

    def growth(self) -> None:
        found = child("growth", {"counts": self.effort.growth}, self.display.env, limit_s=900)
        self._keep("growth", found, report.growth(found))

    def _keep(self, name: str, found: Figures, lines: list[str]) -> None:
        self.figures[name] = found
        print("\n".join(lines), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale.bench", description="Measure the program.")
    parser.add_argument("--quick", action="store_true", help="less than 90 seconds: 1,000 and 10,000 torrents")
    parser.add_argument(
        "--only", choices=["start", *(c.name.split()[0] for c in CASES), "content", "preferences", "idle", "growth"]
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    given = parser.parse_args()
    with Display() as display:
        bench = Bench(display, QUICK if given.quick else FULL)
        bench.warm()
        for name, part in bench.parts().items():
            if name == given.only or (given.only is None and (not given.quick or name in QUICK_PARTS)):
                part()
    if given.json:
        given.json.write_text(json.dumps(bench.figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
