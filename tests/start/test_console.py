"""The script runs nothing of its caller's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qbt_remote.console import own_path

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("where", ["PYTHONPATH", "current folder"])
def test_modules_of_the_caller_are_not_run(tmp_path: Path, where: str) -> None:
    canary = tmp_path / "run"
    for name in ("argparse", "logging", "msgspec"):
        (tmp_path / f"{name}.py").write_text(f"open({str(canary)!r}, 'w')")
    env = dict(os.environ) | ({"PYTHONPATH": str(tmp_path)} if where == "PYTHONPATH" else {})
    script = f"import sys; sys.path.append({str(ROOT)!r}); from qbt_remote.console import main; main()"

    said = subprocess.run(
        [sys.executable, "-c", script, "--version"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )

    assert said.stdout.startswith("qbt-remote ")
    assert not canary.exists()


def test_where_the_program_itself_is_stays_though_it_is_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert own_path(["", "/usr/lib/python3"], "/home/me/lib", str(ROOT / "qbt_remote/console.py")) == [
        "",
        "/usr/lib/python3",
    ]
