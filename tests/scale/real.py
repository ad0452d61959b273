"""Measure the window against a real server: ``python -m tests.scale.real [--count N] [--json FILE]``.

A qbittorrent-nox 5.3.0 gets N small torrents; then the program itself is started on it, in a process of its own
and on a display of its own, and a 4 ms heartbeat (a precise timer of Qt's) tells how long the event loop was not
free.  Times are printed, never asserted: this machine is not the next one.  Starts and floors: ``tests.scale.bench``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.scale.instruments import Display, Heart, resident_mb

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient
    from tests.real.servers import Server

BATCH = 500
POLLS = 20
RUNS = 3


async def fill(server: Server, count: int) -> None:
    """Put ``count`` stopped torrents on the server."""
    from qbt_remote.api.client import QbtClient
    from qbt_remote.local.settings import Secrets, ServerConfig
    from tests.real.scene import tiny

    config = ServerConfig("bench", server.url, username=server.user)
    client = QbtClient(config, Secrets(password=server.password))
    await client.connect()
    for start in range(0, count, BATCH):
        batch = range(start, min(start + BATCH, count))
        files = [(f"{n}.torrent", tiny(n).torrent) for n in batch]
        await client.post("torrents/add", files=files, stopped=True, deadline_s=120)
    while await _there(client) < count:
        await asyncio.sleep(0.1)
    await client.close()


async def _there(client: QbtClient) -> int:
    if client.has("torrents/count"):
        return int(await client.get_text("torrents/count"))
    return len(await client.get("torrents/info"))


def child(arguments: list[str], env: dict[str, str], given: str = "") -> dict[str, Any]:
    """Run this file in a process of its own and give the figures it prints last."""
    command = [sys.executable, "-m", "tests.scale.real", *arguments, "--began", repr(time.time())]
    done = subprocess.run(command, input=given, env=env, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def window(began: float, url: str, user: str, count: int) -> dict[str, Any]:
    """Start the program on the server and measure it until its list is complete, and some polls more."""
    from qbt_remote.__main__ import import_qt

    import_qt()
    from PySide6.QtWidgets import QApplication

    from qbt_remote.local.settings import Settings
    from qbt_remote.start import command_line
    from qbt_remote.start.app import paint_first
    from qbt_remote.start.program import Program
    from qbt_remote.start.single_instance import Instance

    with tempfile.TemporaryDirectory() as folder:
        options = command_line.parse(["--config", folder, "--server", url, "--user", user, "--password-stdin"])
        app = QApplication([])
        app.setQuitOnLastWindowClosed(False)
        program = Program(
            options, Path(folder), Settings(), Instance(Path(folder)), command_line.read_password(sys.stdin)
        )
        program.show()
        paint_first(app, program.window)
        import qasync

        loop = qasync.QEventLoop(app)
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
    main = program.window
    polls: list[float] = []
    while main.model.rowCount() < count:  # which is painted in the same step
        await asyncio.sleep(0.002)
    complete = time.time() - began
    loading = heart.take()
    session = next(iter(main.feed.sessions.values()))
    session.on_changes.append(lambda *_: polls.append(time.perf_counter()))
    while len(polls) < POLLS:
        session.poke()
        await asyncio.sleep(0.2)
    idle = heart.take()
    return {
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
    parser.add_argument("--window", nargs=2, metavar=("URL", "USER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.window:
        print(json.dumps(window(options.began, options.window[0], options.window[1], options.count)))
        return
    from tests.real.servers import Server

    with Display() as display, Server("5.3.0") as server:
        start = time.monotonic()
        asyncio.run(fill(server, options.count))
        filled = time.monotonic() - start
        arguments = ["--window", server.url, server.user, "--count", str(options.count)]
        runs = medians([child(arguments, display.env, server.password + "\n") for _ in range(RUNS)])
        print(
            f"qBittorrent {server.version}, {options.count} torrents (filled in {filled:.1f} s), median of {RUNS} runs"
        )
    print(f"  complete first list                {runs['complete_list_s']:8.2f} s")
    print(f"  longest gap while loading          {runs['longest_gap_loading_ms']:8.1f} ms  (goal 50)")
    print(f"  longest gap over {POLLS} polls          {runs['longest_gap_polling_ms']:8.1f} ms")
    print(f"  resident memory                    {runs['resident_mb']:8.0f} MB")
    if options.json:
        options.json.write_text(json.dumps({"window": runs, "count": options.count}, indent=2) + "\n")


if __name__ == "__main__":
    main()
