"""What a process that was killed while it wrote has left does not stay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from qbt_remote.local import small_files


def test_what_a_killed_process_left_is_removed_by_the_next_that_writes(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    left, other = tmp_path / f".settings.json.{process.pid}.new", tmp_path / f".settings.json.{os.getppid()}.new"
    left.write_text("half")
    other.write_text("being written")

    small_files.replace(tmp_path / "settings.json", b"{}")

    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "settings.json"]
