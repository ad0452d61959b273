"""The first frame is whole: sidebar, toolbar and status bar are painted before the event loop begins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.scale.instruments import Display

SCRIPT = """
import os, sys
from pathlib import Path

from PySide6.QtCore import QRect

from qbt_remote.start import app
from qbt_remote.start import command_line
from qbt_remote.start.single_instance import Instance
from qbt_remote.start.program import Program
from qbt_remote.local.settings import Settings

config = Path(sys.argv[1])
application = app.Application(sys.argv[:1])
window = Program(command_line.parse([]), config, Settings.load(config / "settings.json"), Instance(config), "").window
window.show()
app.paint_first(application, window)
seen = window.screen().grabWindow(window.winId()).toImage()
seen.save(sys.argv[2])
for name, part in {"sidebar": window.sidebar, "toolbar": window.tools, "status bar": window.status}.items():
    box = QRect(part.mapTo(window, part.rect().topLeft()), part.size())
    same = seen.copy(box) == part.grab().toImage().convertToFormat(seen.format())
    colours = {seen.pixel(box.x() + x, box.y() + y) for x in range(0, box.width(), 2) for y in range(box.height())}
    print(f"{name}: {'whole' if same else 'not whole'}, {len(colours)} colours")
sys.stdout.flush()
os._exit(0)
"""


def test_the_first_frame_is_whole(tmp_path: Path) -> None:
    picture = tmp_path / "seen.png"
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(picture)]

    with Display() as display:  # with a window manager all is exposed, and so painted, once more
        done = subprocess.run(command, env=display.env, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    said = done.stdout.splitlines()

    assert [line.split(",")[0] for line in said] == ["sidebar: whole", "toolbar: whole", "status bar: whole"]
    assert all(int(line.split()[-2]) > 10 for line in said), said
