"""Take the pictures: ``python -m tests.walk FOLDER [--dark] [--windows] [--points 18]``.

It prints a line for each fault and ends with 1 if there is any.

Dark needs the xcb platform and XDG_CURRENT_DESKTOP=GNOME, as ``tests/walk/test_walk.py`` sets it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from qbt_remote.ui.kit.theme import frame_boxes
from tests.walk.walk import Walk


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.walk", description="Take a picture of everything.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--points", type=float, default=0.0, help="size of the font")
    parser.add_argument("--windows", action="store_true", help="windows and dialogs only; do they fit the screen?")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    frame_boxes()
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark if given.dark else Qt.ColorScheme.Light)
    if given.points:
        font = app.font()
        font.setPointSizeF(given.points)
        app.setFont(font)
    walk = Walk(given.folder, dark=given.dark, windows_only=given.windows)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(walk.all())
    for line in walk.refused:
        print(f"not possible here: {line}")
    for line in walk.faults:
        print(line)
    print(f"{walk.taken} pictures in {given.folder}, {len(walk.faults)} faults")
    return bool(walk.faults)


if __name__ == "__main__":
    sys.exit(main())
