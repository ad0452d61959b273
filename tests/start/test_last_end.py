"""How the program ended is said at its next start: once, and only if nobody asked for it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from qbt_remote.local import last_end
from qbt_remote.local.log import CRASH_FILE
from qbt_remote.ui.diagnostics.report_dialog import ReportDialog
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.whole_program import running

CRASHED = "qbt-remote crashed the last time."
KILLED = "qbt-remote did not end properly the last time: it was killed, or there was no memory left."
STARTS_WITHIN_S = 60


def started(folder: Path, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
    """Start the program and wait until it says that it runs."""
    command = [sys.executable, "-m", "qbt_remote", "--config", str(folder), *arguments]
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"} | env
    process = subprocess.Popen(command, env=env, cwd=folder, preexec_fn=_hear_hangups)
    end = time.monotonic() + STARTS_WITHIN_S
    while not (folder / "running").exists():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


def _hear_hangups() -> None:
    """Also where the tests themselves were started to outlive their terminal."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def ended_by(number: signal.Signals, folder: Path) -> None:
    with started(folder) as process:
        process.send_signal(number)
        process.wait(STARTS_WITHIN_S)


async def told(folder: Path, *arguments: str) -> str:
    """What the window says when it has begun to look at its servers."""
    async with running(folder, *arguments) as program:
        await until(lambda: "Count the seconds" in program.window.tasks.doing)
        notice = program.window.notices.current
        return notice.text if notice else ""


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_told_once_with_its_report(qapp: object, run: Run, tmp_path: Path, number: signal.Signals) -> None:
    ended_by(number, tmp_path)

    async def story() -> None:
        async with running(tmp_path) as program:
            window = program.window
            await until(lambda: window.notices.current is not None)
            assert (window.notices.current.text, window.notices.current.level) == (CRASHED, "warning")
            window.notices.findChildren(QPushButton)[0].click()
            dialog = await until(lambda: next(iter(window.findChildren(ReportDialog)), None))
            text = dialog.text.toPlainText()
            assert "Fatal Python error: " in text
            assert "qbt_remote/start/app.py:" in text
            assert str(tmp_path) not in text and str(Path.home()) not in text
            dialog.reject()
        assert await told(tmp_path) == ""

    run(story())
    assert (tmp_path / "log" / CRASH_FILE).stat().st_mode & 0o777 == 0o600


def test_an_end_without_a_word_is_told_apart(qapp: object, run: Run, tmp_path: Path) -> None:
    ended_by(signal.SIGKILL, tmp_path)
    assert (tmp_path / "running").stat().st_mode & 0o777 == 0o600

    async def story() -> None:
        assert await told(tmp_path) == KILLED
        assert await told(tmp_path) == ""

    run(story())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_end_that_was_asked_for_is_no_bad_one(
    qapp: object, run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    with started(tmp_path) as process:
        process.send_signal(number)
        assert process.wait(STARTS_WITHIN_S) == 0

    assert not (tmp_path / "running").exists()
    assert run(told(tmp_path)) == ""


def test_the_end_of_a_session_is_no_bad_one_whatever_it_takes_away_first(
    qapp: object, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    ended_by(signal.SIGKILL, tmp_path)
    monkeypatch.setenv("XDG_SESSION_ID", "c2")

    assert run(told(tmp_path)) == ""


def test_a_picture_that_is_taken_leaves_and_tells_nothing(qapp: object, run: Run, tmp_path: Path) -> None:
    last_end.begin(tmp_path, tmp_path / "log", tmp_path)
    marked = (tmp_path / "running").read_text()

    assert run(told(tmp_path, "--screenshot", str(tmp_path / "picture.png"))) == ""

    assert (tmp_path / "running").read_text() == marked
    assert run(told(tmp_path)) == KILLED


def test_of_another_configuration_nothing_is_told(qapp: object, run: Run, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    last_end.begin(there, there / "log", there)

    assert run(told(here)) == ""
    assert run(told(there)) == KILLED


def test_configurations_that_keep_their_state_in_one_folder_are_told_apart(tmp_path: Path) -> None:
    for config in ("a", "b\udcff"):
        assert last_end.begin(tmp_path, tmp_path / "log", tmp_path / config) is None
    assert last_end.begin(tmp_path, tmp_path / "log", tmp_path / "b\udcff") is not None


@pytest.mark.parametrize("folder", [Path("/proc/qbt-remote"), Path("/sys/kernel")])
def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    assert last_end.begin(folder, folder / "log", folder) is None
    last_end.clean_end(folder)


def test_what_cannot_be_emptied_is_not_told_again_and_again(tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.write_text("Fatal Python error: Aborted")
    (tmp_path / "running").mkdir()
    (tmp_path / CRASH_FILE).symlink_to(other)

    assert last_end.begin(tmp_path, tmp_path, tmp_path) is None
    assert other.read_text() == "Fatal Python error: Aborted"


def test_of_what_was_written_only_the_known_is_told(tmp_path: Path) -> None:
    (tmp_path / CRASH_FILE).write_text(
        "Fatal Python error: Segmentation fault\n\n"
        "Thread 0x00007f3a2b7fe6c0 (most recent call first):\n"
        '  File "/home/CANARY/python3.11/threading.py", line 324 in wait\n\n'
        "Current thread 0x00007f3a4c1f9740 (most recent call first):\n"
        '  File "/home/CANARY/.venv/lib/python3.11/site-packages/qasync/__init__.py", line 408 in run_forever\n'
        '  File "/home/CANARY/src/qbt_remote/start/app.py", line 146 in _loop\n'
        '  File "C:\\Users\\CANARY\\qbt_remote\\__main__.py", line 30 in <module>\n\n'
        "CANARY\nExtension modules: CANARY (total: 1)\n"
    )
    (tmp_path / "qbt-remote.log").write_text(
        "2026-11-30 22:00:00.123+0000 INFO qbt_remote.sync.session: CANARY: not reached\nCANARY\n"
    )

    ended = last_end.begin(tmp_path, tmp_path, tmp_path)

    assert ended is not None
    assert ended.crashed
    assert "CANARY" not in "".join((*ended.stacks, *ended.log))
    assert "  qasync/__init__.py:408 in run_forever" in ended.stacks
    assert "  qbt_remote/start/app.py:146 in _loop" in ended.stacks
    assert "  threading.py:324 in wait" in ended.stacks
    assert ended.log == ("2026-11-30 22:00:00 INFO qbt_remote.sync.session",)


def test_no_core_is_dumped(tmp_path: Path) -> None:
    def allow() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    script = (
        "import resource; from qbt_remote.__main__ import main\n"
        "main(['--config', 'x', '--add-only', '--server', 'http://127.0.0.1:1', 'magnet:?xt=urn:btih:' + '1' * 40])\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, preexec_fn=allow, capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines()[-1:] == ["0"], done.stderr
