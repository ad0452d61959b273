"""The script runs nothing of its caller's."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbt_remote.console import own_path

ROOT = Path(__file__).parents[2]


def test_where_the_program_itself_is_stays_though_it_is_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert own_path(["", "/usr/lib/python3"], "/home/me/lib", str(ROOT / "qbt_remote/console.py")) == [
        "",
        "/usr/lib/python3",
    ]
