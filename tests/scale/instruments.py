"""What is measured with: a heartbeat, memory, a display of our own whose pixels can be seen."""

from __future__ import annotations

import json
import math
import mmap
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

BEAT_MS = 4
WIDTH, HEIGHT = 1280, 800
_LOOK_EVERY_S = 0.001


@dataclass(frozen=True, slots=True)
class Gap:
    """The longest pauses of a stretch of time, in ms: by the clock, and by the CPU that our thread used.

    The second is the same on a machine that is busy with other things; what is waited for is not in it.
    """

    ms: float
    cpu_ms: float


class Heart:
    """Beats every 4 ms on Qt's loop; the longest pause between two beats is the loop's longest gap."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._longest = Gap(0, 0)
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        now = time.perf_counter(), time.thread_time()
        gap = Gap((now[0] - self._last[0]) * 1000, (now[1] - self._last[1]) * 1000)
        self._longest = Gap(max(self._longest.ms, gap.ms), max(self._longest.cpu_ms, gap.cpu_ms))
        self._last = now

    def take(self) -> Gap:
        """Give the longest pause since the last call, with the one that is under way."""
        self._beat()
        taken, self._longest = self._longest, Gap(0, 0)
        return taken

    def stop(self) -> None:
        self._timer.stop()


def over_polls(gaps: list[Gap]) -> dict[str, float]:
    """The longest gap of each poll: over all of them the 99th percentile, the longest and the median."""
    by_clock, by_cpu = [gap.ms for gap in gaps], [gap.cpu_ms for gap in gaps]
    return {
        "gap_p99_ms": statistics.quantiles(by_clock, n=100, method="inclusive")[98],
        "gap_p99_ms_cpu": statistics.quantiles(by_cpu, n=100, method="inclusive")[98],
        "gap_max_ms": max(by_clock),
        "gap_max_ms_cpu": max(by_cpu),
        "gap_median_ms": statistics.median(by_clock),
        "gap_median_ms_cpu": statistics.median(by_cpu),
    }


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Display:
    """An X server without a window manager; where no window has painted it is black."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._folder = tempfile.TemporaryDirectory()
        reading, writing = os.pipe()
        size = f"{width}x{height}x24"
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-fbdir", self._folder.name, "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.name = ":" + told.readline().strip()
        # no session bus: a keyring or a tray of this machine would be measured, too
        bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._folder.name}/none"}
        self.env = os.environ | bus | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "PYTHONHASHSEED": "0"}
        # compiled once, as what is installed is; the folder of the sources stays as it is
        self.env["PYTHONPYCACHEPREFIX"] = self._folder.name
        self.env["XDG_CACHE_HOME"] = self._folder.name
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        with (Path(self._folder.name) / "Xvfb_screen0").open("rb") as pixels:
            self._pixels = mmap.mmap(pixels.fileno(), 0, prot=mmap.PROT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pixels.close()
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def is_painted(self) -> bool:
        """Has a window painted across the middle of the screen?"""
        middle = len(self._pixels) - HEIGHT // 2 * WIDTH * 4
        return any(self._pixels[middle : middle + WIDTH * 4])

    def first_paint(self, command: list[str], limit_s: float = 20.0) -> float:
        """Start a program, wait for its pixels, end it, and give the seconds from start to pixels."""
        self._until_black()
        began = time.perf_counter()
        with subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
            while not self.is_painted():
                if program.poll() is not None or time.perf_counter() - began > limit_s:
                    raise SystemExit(f"{' '.join(command)} painted nothing")
                time.sleep(_LOOK_EVERY_S)
            took = time.perf_counter() - began
            program.terminate()
        self._until_black()
        return took

    def _until_black(self) -> None:
        """Wait until nothing is left of the program before; its last pixels may still come after its end."""
        black, end = 0, time.monotonic() + 20
        while black < 3:
            black = 0 if self.is_painted() else black + 1
            if time.monotonic() > end:
                raise SystemExit("a window stays on the display")
            time.sleep(0.01)


class Sim:
    """Simulated servers in a process of their own."""

    def __init__(
        self,
        count: int,
        *,
        servers: int = 1,
        categories: int = 12,
        tags: int = 20,
        files: int = 0,
        release: str = "5.3.0",
        slow: bool = False,
    ) -> None:
        given = {"count": count, "servers": servers, "categories": categories, "tags": tags, "files": files}
        options = [word for name, value in (given | {"release": release}).items() for word in (f"--{name}", str(value))]
        options += ["--slow"] * slow
        command = [sys.executable, "-m", "tests.sim", *options]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.urls: list[str] = json.loads(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()


_AS_THE_PROGRAM = """
import runpy, sys
from qbt_remote.__main__ import import_qt
import_qt()
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


def child(module: str, spec: dict[str, Any], env: dict[str, str], limit_s: float = 300.0) -> dict[str, Any]:
    """Run a module of ours in a process of its own and give the figures it prints last.

    All but the floors import PySide as the program does.
    """
    how = ["-m"] if module == "floors" else ["-c", _AS_THE_PROGRAM]
    command = [sys.executable, *how, f"tests.scale.{module}"]
    given = json.dumps(spec | {"began": time.time()})
    done = subprocess.run(command, input=given, env=env, capture_output=True, text=True, timeout=limit_s, check=False)
    if done.returncode:
        raise SystemExit(f"{module} {spec} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    figures = dict(json.loads(done.stdout.splitlines()[-1]))
    return {key: value if math.isfinite(value) else None for key, value in figures.items()}
