"""Measure the window against a real server: ``python -m tests.scale.real [--count N] [--json FILE]``.

A qbittorrent-nox 5.3.0 gets N small torrents; then the program itself is started on it, in a process
of its own, and a 4 ms heartbeat (a precise timer of Qt's) tells how long the event loop was not free.
Beside each start stands its floor, measured in the same run: a PySide6 window with an empty table.
Times are printed, never asserted: this machine is not the next one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.real.scene import tiny
from tests.real.servers import Server
from tests.scale.instruments import Heart, resident_mb

BATCH = 500
POLLS = 20
RUNS = 3


async def fill(server: Server, count: int) -> None:
    """Put ``count`` stopped torrents on the server."""
    from qbt_remote.api.client import QbtClient
    from qbt_remote.settings import Secrets, ServerConfig

    config = ServerConfig("bench", server.url, username=server.user)
    client = QbtClient(config, Secrets(password=server.password))
    await client.connect()
    for start in range(0, count, BATCH):
        batch = range(start, min(start + BATCH, count))
        files = [(f"{n}.torrent", tiny(n).torrent) for n in batch]
        await client.post("torrents/add", files=files, stopped=True, deadline_s=120)
    while int(await client.get_text("torrents/count")) < count:
        await asyncio.sleep(0.1)
    await client.close()


def child(arguments: list[str], env: dict[str, str], given: str = "") -> dict[str, Any]:
    """Run this file in a process of its own and give the figures it prints last."""
    command = [sys.executable, "-m", "tests.scale.real", *arguments, "--began", repr(time.time())]
    done = subprocess.run(command, input=given, env=env, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def floor(began: float) -> dict[str, Any]:
    """Start an empty PySide6 window and say how long that took."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QStandardItemModel
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    app = QApplication([])
    window = QMainWindow()
    table = QTableView()
    table.setModel(QStandardItemModel(0, 15))
    window.setCentralWidget(table)
    window.resize(1280, 800)
    window.show()
    painted: list[float] = []
    QTimer.singleShot(0, lambda: painted.append(time.time()))
    QTimer.singleShot(0, app.quit)
    app.exec()
    return {"first_paint_s": painted[0] - began}


def window(began: float, url: str, user: str, count: int) -> dict[str, Any]:
    """Start the program on the server and measure it until its list is complete, and some polls more."""
    import qasync
    from PySide6.QtWidgets import QApplication

    from qbt_remote import cli
    from qbt_remote.instance import Instance
    from qbt_remote.program import Program
    from qbt_remote.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        options = cli.parse(["--config", folder, "--server", url, "--user", user, "--password-stdin"])
        app = QApplication([])
        app.setQuitOnLastWindowClosed(False)
        loop = qasync.QEventLoop(app)
        program = Program(options, Path(folder), Settings(), Instance(Path(folder)), cli.read_password(sys.stdin))
        figures: dict[str, Any] = {}

        async def measure() -> None:
            figures.update(await _measure(program, began, count))
            program.quit()

        async def both() -> None:
            await asyncio.gather(program.run(), measure())

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(both())
    return figures


async def _measure(program: Any, began: float, count: int) -> dict[str, Any]:
    heart = Heart()
    await asyncio.sleep(0)
    first_paint = time.time() - began
    main = program.window
    polls: list[float] = []
    while main.model.rowCount() < count:
        await asyncio.sleep(0.002)
    main.table.viewport().repaint()
    complete = time.time() - began
    loading = heart.take()
    session = next(iter(main.live.sessions.values()))
    session.on_changes.append(lambda *_: polls.append(time.perf_counter()))
    while len(polls) < POLLS:
        session.poke()
        await asyncio.sleep(0.2)
    idle = heart.take()
    return {
        "first_paint_s": first_paint,
        "complete_list_s": complete,
        "longest_gap_loading_ms": loading.ms,
        "longest_gap_polling_ms": idle.ms,
        "resident_mb": resident_mb(),
    }


def medians(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--window", nargs=2, metavar=("URL", "USER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        print(json.dumps(floor(options.began)))
        return
    if options.window:
        print(json.dumps(window(options.began, options.window[0], options.window[1], options.count)))
        return
    env = dict(os.environ)
    floors = medians([child(["--floor"], env) for _ in range(RUNS)])
    with Server("5.3.0") as server:
        start = time.monotonic()
        asyncio.run(fill(server, options.count))
        filled = time.monotonic() - start
        arguments = ["--window", server.url, server.user, "--count", str(options.count)]
        runs = medians([child(arguments, env, server.password + "\n") for _ in range(RUNS)])
        print(
            f"qBittorrent {server.version}, {options.count} torrents (filled in {filled:.1f} s), median of {RUNS} runs"
        )
    print(f"  empty PySide6 window, first paint  {floors['first_paint_s']:8.2f} s")
    ratio = runs["first_paint_s"] / floors["first_paint_s"]
    print(f"  first paint                        {runs['first_paint_s']:8.2f} s   ({ratio:.2f} x the empty window)")
    print(f"  complete first list                {runs['complete_list_s']:8.2f} s")
    print(f"  longest gap while loading          {runs['longest_gap_loading_ms']:8.1f} ms  (goal 50)")
    print(f"  longest gap over {POLLS} polls          {runs['longest_gap_polling_ms']:8.1f} ms")
    print(f"  resident memory                    {runs['resident_mb']:8.0f} MB")
    if options.json:
        options.json.write_text(json.dumps({"floor": floors, "window": runs, "count": options.count}, indent=2) + "\n")


if __name__ == "__main__":
    main()
