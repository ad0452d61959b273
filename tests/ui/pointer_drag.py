"""Drags with the pointer, out of another program (``drag_source.py``)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QWidget

from tests.ui.conftest import until

_MOST_MOVES = 400
_START_S = 60.0
"""A program that draws a window takes long to start beside others."""


def start(*command: str, out: Path | None = None) -> subprocess.Popen[bytes]:
    with (out or Path("/dev/null")).open("wb") as stream:
        return subprocess.Popen(command, stdout=stream)


def said(out: Path, word: str) -> list[str]:
    """What follows the word on the last line that begins with it; [] if none does."""
    lines = [line.split() for line in out.read_text().splitlines() if line.startswith(word)]
    return lines[-1][1:] if lines else []


async def xdotool(*arguments: str) -> None:
    process = start("xdotool", *arguments)
    await until(lambda: process.poll() is not None)
    assert process.returncode == 0, arguments


@asynccontextmanager
async def source_of(folder: Path, kind: str, *values: str) -> AsyncIterator[Path]:
    """Another program with something to drag; gives the file it prints to."""
    out = folder / f"{kind}.out"
    process = start(sys.executable, str(Path(__file__).with_name("drag_source.py")), kind, *values, out=out)
    try:
        await until(lambda: said(out, "ready"), _START_S)
        yield out
    finally:
        process.terminate()
        await until(lambda: process.poll() is not None)


async def drag(target: QWidget, out: Path, *, judged: Callable[[], object] | None = None) -> str:
    """Drag with the pointer from the other program to the middle of the target; gives what came of it.

    The button is let go once ``judged``: as a rule when the other program has heard what a drop would do.
    """
    x, y = await _move_until(lambda: said(out, "over") == said(out, "ready"), lambda: said(out, "ready"))
    await xdotool("mousedown", "1")
    for step in range(1, 9):
        end = target.mapToGlobal(target.rect().center())
        await xdotool("mousemove", str(x + (end.x() - x) * step // 8), str(y + (end.y() - y) * step // 8))
    await _move_until(
        judged or (lambda: said(out, "action")),
        lambda: target.mapToGlobal(target.rect().center()).toTuple(),  # type: ignore[attr-defined]  # not in the stubs
    )
    await xdotool("mouseup", "1")
    (result,) = await until(lambda: said(out, "dropped"))
    await until(lambda: said(out, "finished"))  # a program that ends earlier takes along what was dropped
    return str(result)


async def _move_until(judged: Callable[[], object], where: Callable[[], Iterable[object]]) -> tuple[int, int]:
    """Move the pointer a little about a place, which may itself move, until it has been seen there; gives the place."""
    for step in range(_MOST_MOVES):
        x, y = map(int, map(str, where()))
        await xdotool("mousemove", str(x + step % 3), str(y))
        await asyncio.sleep(0.02)
        if judged():
            return x, y
    raise AssertionError("nobody has seen the pointer")
