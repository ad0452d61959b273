"""What was given is there after a kill, an end, an outage: the whole program and a real server."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from PySide6.QtWidgets import QWidget

from qbt_remote.local.add_queue import NAME, QueueFile
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.program import Program
from qbt_remote.ui.add.add_dialog import AddDialog
from tests.conftest import Run
from tests.real.scene import tiny
from tests.real.servers import Server, free_port
from tests.real.swarm import client_of
from tests.ui.conftest import until as ui_until
from tests.ui.whole_program import running

pytestmark = pytest.mark.real
LIMIT_S = 60.0
MAGNETS = [f"magnet:?xt=urn:btih:{n:040x}&dn=kept{n}" for n in range(1, 51)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.3.0") as started:
        yield started


@contextmanager
def window(folder: Path, url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The program on its own configuration, killed in the end."""
    command = [sys.executable, "-m", "qbt_remote", "--config", str(folder), "--server", url, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def environment() -> dict[str, str]:
    return os.environ | {"NO_PROXY": "*", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def hand_over(folder: Path, url: str, *arguments: str) -> None:
    """A second start: acknowledged once it has ended with 0."""
    command = [sys.executable, "-m", "qbt_remote", "--config", str(folder), "--server", url, *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def rows(folder: Path) -> list[tuple[str, str]]:
    """The state of each row, and of each thing that nobody has decided about."""
    path = folder / NAME
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        try:
            found = [*base.execute("SELECT state, server_name FROM item")]
            return found + [("given", what) for (what,) in base.execute("SELECT what FROM given")]
        except sqlite3.OperationalError:  # it is just being made
            return []


def states(folder: Path) -> set[str]:
    return {state for state, _more in rows(folder)}


def address(server: Server) -> str:
    return server.url.replace("://", f"://{server.user}:{quote(server.password, safe='')}@")


async def listed(server: Server) -> set[str]:
    async with client_of(server) as client:
        return {row["hash"] for row in await client.get("torrents/info")}


def test_what_a_second_start_handed_over_is_asked_about_after_a_kill_until_it_is_decided(
    run: Run, server: Server, tmp_path: Path
) -> None:
    url, folder, sample = address(server), tmp_path / "c", tiny(900)
    torrent = tmp_path / "from a browser.torrent"
    torrent.write_bytes(sample.torrent)
    with window(folder, url) as first:
        until((folder / NAME).exists)
        hand_over(folder, url, str(torrent))
        first.send_signal(signal.SIGKILL)
        first.wait()
    torrent.unlink()
    assert states(folder) == {"given"}

    async def asked(program: Program) -> AddDialog:
        return cast(AddDialog, await ui_until(lambda: child(program.window, AddDialog)))

    async def end_without_an_answer() -> None:
        async with running(folder, "--server", url) as program:
            dialog = await asked(program)
            await ui_until(lambda: [entry.name for entry in dialog.model.entries] == [sample.name])
        dialog.hide()  # the process would end, and the dialog with it

    async def add() -> None:
        async with running(folder, "--server", url) as program:
            dialog = await asked(program)
            await ui_until(dialog.add_button.isEnabled)
            dialog.add_all()
            await ui_until(lambda: states(folder) == {"done"})

    run(end_without_an_answer())
    assert states(folder) == {"given"}, "the end of the program is no Cancel"
    run(add())
    assert sample.hash in run(listed(server))


def child(window: QWidget, kind: type[QWidget]) -> QWidget | None:
    return next((each for each in window.findChildren(kind) if each.isVisible()), None)


def test_what_is_unsent_when_the_program_ends_is_sent_by_the_next_one(run: Run, server: Server, tmp_path: Path) -> None:
    folder, port = tmp_path / "c", free_port()
    away = f"http://{server.user}:{quote(server.password, safe='')}@127.0.0.1:{port}"
    with window(folder, away, "--skip-dialog", *MAGNETS) as first:
        until(lambda: [state for state, _name in rows(folder)] == ["queued"] * len(MAGNETS))
        first.send_signal(signal.SIGTERM)
        assert first.wait(LIMIT_S) == 0
    assert [state for state, _name in rows(folder)] == ["queued"] * len(MAGNETS)

    with closing(QueueFile(folder / NAME)) as file:  # the same server at the address where it is now
        file.open()
        kept = file.rows()
        Settings(servers=[ServerConfig("nas", server.url, username=server.user, id=kept[0].server)]).save(
            folder / "settings.json"
        )
    with window(folder, address(server)):
        until(lambda: states(folder) == {"done"})
    assert {f"{n:040x}" for n in range(1, 51)} <= run(listed(server))


def test_without_a_window_what_cannot_be_sent_is_queued_and_the_window_sends_it(
    run: Run, server: Server, tmp_path: Path
) -> None:
    folder, sample = tmp_path / "c", tiny(901)
    torrent = tmp_path / "a.torrent"
    torrent.write_bytes(sample.torrent)
    config = ServerConfig("nas", f"http://127.0.0.1:{free_port()}", username=server.user)
    Settings(servers=[config]).save(folder / "settings.json")
    command = [sys.executable, "-m", "qbt_remote", "--config", str(folder), "--add-only", "--queue", str(torrent)]

    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=LIMIT_S, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, f"queued: {sample.name}")
    assert rows(folder) == [("queued", "nas")]
    Settings(servers=[ServerConfig("nas", server.url, username=server.user, id=config.id)]).save(
        folder / "settings.json"
    )
    with window(folder, address(server)):
        until(lambda: states(folder) == {"done"})
    assert sample.hash in run(listed(server))


def test_queueing_for_a_server_that_is_not_saved_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qbt_remote", "--config", str(tmp_path), "--server", "http://127.0.0.1:1"]
    done = subprocess.run([*command, "--add-only", "--queue", MAGNETS[0]], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "--queue needs a server that is saved" in done.stderr
    assert not (tmp_path / NAME).exists()
