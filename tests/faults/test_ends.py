"""Ends: of the program with work under way, by its own errors, by a crash; and of a server by our order."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from qbt_remote.local.add_queue import NAME
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.program import Program
from qbt_remote.sync.trouble import trouble
from qbt_remote.ui.diagnostics.report import report
from qbt_remote.ui.kit.dialogs import ConfirmDialog
from tests.conftest import Run
from tests.faults.place import QUICK, RealServer, program_on
from tests.faults.plugin import Row
from tests.faults.watch import seconds_until
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.hand import modal
from tests.ui.whole_program import running

LIMIT_S = 60
MAGNETS = [f"magnet:?xt=urn:btih:{n:040x}&dn=kept{n}" for n in range(1, 21)]
HANGING = """
import socket, threading, sys
socket.getaddrinfo = lambda *_args, **_more: threading.Event().wait()
from qbt_remote.__main__ import end, main
end(main(sys.argv[1:]))
"""


def queued(folder: Path) -> int:
    """How many rows of the queue wait, as another process sees it; 0 while something is still to be decided."""
    if not (folder / NAME).exists():
        return 0
    with closing(sqlite3.connect(f"file:{folder / NAME}?mode=ro", uri=True)) as base:
        try:
            (count,) = base.execute("SELECT count(*) FROM item WHERE state = 'queued'").fetchone()
            (undecided,) = base.execute("SELECT count(*) FROM given").fetchone()
        except sqlite3.OperationalError:  # it is just being made
            return 0
    return 0 if undecided else int(count)


@contextmanager
def with_work(folder: Path, *how: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program with twenty magnets that wait for a server that is away."""
    Settings(servers=[ServerConfig("nas", "http://nas.invalid:8080", auth="none", id="nas")]).save(
        folder / "settings.json"
    )
    command = [sys.executable, *how, "--config", str(folder), "--skip-dialog", *MAGNETS]
    env = os.environ | {"NO_PROXY": "*", "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        try:
            end = time.monotonic() + LIMIT_S
            while queued(folder) < len(MAGNETS):
                assert time.monotonic() < end and process.poll() is None
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


def test_f56_an_end_with_adds_that_wait_and_a_resolver_that_hangs_keeps_them(row: Row, tmp_path: Path) -> None:
    with with_work(tmp_path, "-c", HANGING) as process:
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0
        row.figure("resolver hung", f"{time.monotonic() - began:.1f} s")
    assert queued(tmp_path) == len(MAGNETS)


@pytest.mark.real
def test_f56_an_end_with_a_command_under_way_does_not_wait_for_the_server(run: Run, row: Row, tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        async with program_on(tmp_path, server) as program:
            server.freeze()
            program.window.actions_.action("start").trigger()
            await until(lambda: "Start" in program.window.tasks.doing)
            began = time.monotonic()
        row.figure("server frozen", f"{time.monotonic() - began:.1f} s")
        assert program.window.tasks.doing == []
        server.thaw()

    with Server("5.1.0", settings=QUICK) as server:
        run(scene(server))


class Broken(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        raise KeyError("painting")


@pytest.mark.real
def test_f58_errors_of_our_own_are_told_and_counted_and_polls_go_on(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    def broken(*_args: object) -> None:
        raise ValueError("a slot")

    async def task() -> None:
        raise LookupError("a task")

    async def scene() -> None:
        async with (
            program_on(tmp_path, real_server("5.3.0")) as program,
            row.watch(program.window),
        ):
            hooks = sys.excepthook, threading.excepthook
            program.faults.watch()
            try:
                await break_all(program)
            finally:
                sys.excepthook, threading.excepthook = hooks
            row.figure("told of", program.faults.count)

    async def break_all(program: Program) -> None:
        window = program.window
        (session,) = window.feed.sessions.values()
        timers = [QTimer(window, singleShot=True, interval=0) for _ in range(50)]
        for timer in timers:
            timer.timeout.connect(broken)
            timer.start()
        await until(lambda: program.faults.count == 50)
        assert window.notices.current and "start it again" in window.notices.current.text
        painted = Broken(window)
        painted.resize(10, 10)
        painted.show()
        await until(lambda: program.faults.count > 50)
        painted.deleteLater()
        window.tasks.spawn(task(), "Broken")
        session.on_changes.append(broken)
        at = program.faults.count
        await until(lambda: program.faults.count > at + 2)
        session.on_changes.remove(broken)
        since = session.status.since
        await until(lambda: session.status.phase == "online" and session.status.since > since, 20)
        assert f"{program.faults.count}" in report(
            window.feed.sessions.values(), faults=window.hooks.faults(), queued={}, gap=None
        )

    run(scene())


@pytest.mark.parametrize(("number", "said"), [(signal.SIGSEGV, "crashed"), (signal.SIGKILL, "was killed")])
def test_f59_a_crash_loses_nothing_and_is_told_at_the_next_start(
    run: Run, row: Row, tmp_path: Path, number: signal.Signals, said: str
) -> None:
    with with_work(tmp_path, "-m", "qbt_remote") as process:
        before = (tmp_path / "settings.json").read_bytes()
        process.send_signal(number)
        process.wait(LIMIT_S)

    async def scene() -> None:
        settings = Settings.load(tmp_path / "settings.json")
        async with running(tmp_path, settings=settings) as program:
            notice = await until(lambda: program.window.notices.current)
            assert said in notice.text
            kept = program.window.hooks.add_queue().rows.all
            await until(lambda: len(kept) == len(MAGNETS))
            row.figure("lost", len(MAGNETS) - len(kept))

    assert (tmp_path / "settings.json").read_bytes() == before
    run(scene())
    assert queued(tmp_path) == len(MAGNETS)


@pytest.mark.real
def test_f60_a_server_that_we_shut_down_is_left_alone_and_found_again(run: Run, row: Row, tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        async with (
            program_on(tmp_path, server) as program,
            row.watch(program.window, faults=lambda: program.faults.count, asked=("ConfirmDialog",)),
        ):
            (session,) = program.window.feed.sessions.values()
            program.window.actions_.action("shut_down").trigger()
            question = await modal(ConfirmDialog)
            question.ok.click()
            await until(lambda: not server.running, 20)
            await until(lambda: trouble(session) == "shut_down", 20)
            assert session.status.retry_at
            left = session.status.retry_at - asyncio.get_running_loop().time()
            row.figure("next try in", f"{left:.0f} s")
            assert left > 20
            assert "stopped by you" in program.window.status.servers.state.whole
            server.start()
            mend = program.window.status.servers.mend
            assert mend.isVisible()
            mend.click()
            took = await seconds_until(lambda: session.status.phase == "online")
            row.figure("back after", f"{took:.1f} s")

    with Server("5.3.0", settings=QUICK) as server:
        run(scene(server))
