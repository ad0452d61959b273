"""Folders that cannot be written cost what would be kept in them, not the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qbt_remote.local import small_files
from qbt_remote.local.settings import Settings
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.whole_program import running

NO_FOLDER, NOT_WRITABLE = Path("/proc/qbt-remote"), Path("/sys/kernel")
"""What root may not make or write, either."""


@pytest.mark.parametrize("folder", [NO_FOLDER, NOT_WRITABLE, Path("a file/below")], ids=["none", "read-only", "a file"])
def test_the_window_opens_and_says_that_settings_are_not_saved(
    qapp: object, run: Run, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "a file").write_text("")

    async def story() -> None:
        async with running(tmp_path / folder, settings=Settings()) as program:
            await until(lambda: program.window.notices.current is not None)
            assert program.window.notices.current.text.startswith("The settings are not saved: ")

    run(story())


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_STATE_HOME"])
def test_the_process_starts_without_a_folder_of_its_own(tmp_path: Path, variable: str) -> None:
    env = os.environ | {variable: str(NO_FOLDER), "XDG_CACHE_HOME": str(tmp_path)}
    command = [
        sys.executable,
        "-m",
        "qbt_remote",
        "--add-only",
        "--server",
        "http://127.0.0.1:1",
        "magnet:?xt=urn:btih:" + "1" * 40,
    ]

    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    assert "Traceback" not in done.stderr
    assert "server not reached" in done.stdout


def test_what_a_killed_process_left_is_removed_by_the_next_that_writes(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    left, other = tmp_path / f".settings.json.{process.pid}.new", tmp_path / f".settings.json.{os.getppid()}.new"
    left.write_text("half")
    other.write_text("being written")

    small_files.replace(tmp_path / "settings.json", b"{}")

    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "settings.json"]
