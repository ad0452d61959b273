"""The whole program with its folder on a disk of 256 KiB that becomes full: python -m tests.faults.full_disk FOLDER.

To be run by ``unshare -Urm``, so that a disk can be mounted.  Prints what was seen, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from qbt_remote.api.adding.given import Given
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.saving import Saving
from qbt_remote.ui.add.add_dialog import AddDialog
from tests.ui.conftest import until
from tests.ui.whole_program import running


def fill(disk: Path) -> Path:
    """Write until nothing more fits, and give the file that holds it."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file:
        for size in (4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filling


def both(disk: Path) -> list[bytes]:
    """The settings file and the last good one."""
    return [(disk / name).read_bytes() for name in ("settings.json", "settings.json.bak")]


def left_over(disk: Path) -> list[str]:
    """Halves of a settings file."""
    return [path.name for path in disk.glob(".settings*")]


async def scene(disk: Path) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    settings = Settings(servers=[ServerConfig("home", "http://127.0.0.1:9", auth="none", id="home")])
    settings.save(disk / "settings.json")
    settings = Settings.load(disk / "settings.json")
    async with running(disk, settings=settings) as program:
        window = program.window
        await until(lambda: "home" in window.feed.sessions)
        program.save()
        await until(lambda: "Save the settings" not in window.tasks.doing)
        before = both(disk)
        filling = fill(disk)
        settings.theme = "dark"
        program.save()
        notice = await until(lambda: window.notices.current)
        seen["said"] = notice.text
        seen["button"] = [b.text() for b in window.notices.findChildren(QPushButton) if b.text()]
        seen["old file"] = both(disk) == before
        seen["left over"] = left_over(disk)
        window.add(Given((f"magnet:?xt=urn:btih:{'a' * 40}",)), ask=False)
        dialog = await until(lambda: next(iter(window.findChildren(AddDialog)), None))
        seen["add"] = await until(lambda: [w.text() for w in dialog.findChildren(QLabel) if "full" in w.text()])
        dialog.reject()
        filling.unlink()
        await until(lambda: Settings.load(disk / "settings.json").theme == "dark")
        seen["saved again"] = True
        seen["faults"] = program.faults.count
    at_the_end = Settings.load(disk / "settings.json")
    seen["at the end"] = [at_the_end.theme, [server.name for server in at_the_end.servers]]
    return seen


def main() -> None:
    disk = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "none", str(disk)], check=True)
    assert Saving.__init__.__kwdefaults__ is not None
    Saving.__init__.__kwdefaults__["again_s"] = 0.2  # instead of every 30 s
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        print(json.dumps(runner.run(scene(disk))), flush=True)


if __name__ == "__main__":
    main()
