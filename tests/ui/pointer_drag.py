"""Drags with the pointer, out of another program (``drag_source.py``)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QWidget

from tests.ui.conftest import until


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
        await until(lambda: said(out, "ready"))
        yield out
    finally:
        process.terminate()
        await until(lambda: process.poll() is not None)


async def drag(target: QWidget, out: Path) -> str:
    """Drag with the pointer from the other program to the middle of the target; gives what came of it."""
    x, y = said(out, "ready")
    end = target.mapToGlobal(target.rect().center())
    await xdotool("mousemove", x, y, "mousedown", "1")
    for step in range(1, 9):
        await xdotool(
            "mousemove", str(int(x) + (end.x() - int(x)) * step // 8), str(int(y) + (end.y() - int(y)) * step // 8)
        )
        await asyncio.sleep(0.05)
    await xdotool("mousemove", str(end.x() + 2), str(end.y() + 2))
    await asyncio.sleep(0.2)
    await xdotool("mouseup", "1")
    (result,) = await until(lambda: said(out, "dropped"))
    return str(result)
