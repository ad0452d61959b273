"""What a server calls its files, and what this computer does with it: paths, programs, names that a shell would run."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from qbt_remote.api.path_map import Escapes, to_local
from qbt_remote.ui.torrents.open_here import reveal
from tests.conftest import Run
from tests.faults.plugin import Row
from tests.ui.conftest import until
from tests.ui.rig import Rig, play

BAD = ["..", "../x", "a/../../x", "a/./b", "a/..", "x\0y", "a/\0"]


@pytest.mark.parametrize("remote", ["/data", "C:\\data"])
@pytest.mark.parametrize("bad", BAD)
def test_a11_what_would_lead_out_is_refused(tmp_path: Path, remote: str, bad: str) -> None:
    separator = "\\" if remote.startswith("C:") else "/"

    with pytest.raises(Escapes):
        to_local(remote + separator + bad.replace("/", separator), "s", maps(tmp_path, remote))


def test_a11_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "out").symlink_to(tmp_path)

    with pytest.raises(Escapes):
        to_local("/data/out/x", "s", maps(tmp_path / "root"))


def maps(local: Path, remote: str = "/data") -> list[dict[str, str]]:
    return [{"server": "", "remote": remote, "local": str(local)}]


PROGRAMS = [
    *("x.desktop", "x.exe", "x.lnk", "x.bat", "x.ps1", "x.hta", "x.scr", "x.url", "x.sh", "x.jar", "x.app", "x.py"),
    *("film.mkv.exe", "film.exe.", "film.exe ", "film\u202e4pm.exe", "film.mp4"),
]
NAMES = ["-rf", "--help", '"; touch x', "%PATH%", "$(touch x)", "`touch x`", "a b", "*", "~", "\n", "'", "|true", "ü"]


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of the desktop's own, which adds its arguments as a line to the file that is given."""
    folder, told = tmp_path / "bin", tmp_path / "told"
    folder.mkdir()
    script = folder / "xdg-open"
    script.write_text(
        f"#!{sys.executable} -I\nimport json, os, sys\nline = json.dumps(sys.argv[1:])\n"
        f"with open({str(told)!r}, 'a') as file:\n    file.write(line + chr(10))\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return told


def told_by(opener: Path) -> list[list[str]]:
    return [json.loads(line) for line in opener.read_text().splitlines()] if opener.exists() else []


def test_a12_a_program_is_shown_in_its_folder_and_never_opened(
    run: Run, row: Row, tmp_path: Path, opener: Path
) -> None:
    share = tmp_path / "share"
    for name in PROGRAMS:
        (share / name).parent.mkdir(exist_ok=True)
        (share / name).write_text("#!/bin/sh\ntouch " + str(tmp_path / "ran"))
        (share / name).chmod(stat.S_IRWXU)

    async def scene(rig: Rig) -> None:
        rig.settings.path_maps = [{"server": "", "remote": "/downloads", "local": str(share)}]
        for n, name in enumerate(PROGRAMS, 1):
            rig.window.table.clearSelection()
            rig.select(name)
            await rig.trigger("open_folder")
            rig.window.table.activated.emit(rig.window.table.currentIndex())
            await until(lambda n=n: len(told_by(opener)) == n)  # type: ignore[misc]  # the number of this turn

    def worlds(rig: Rig) -> None:
        for name in PROGRAMS:
            rig.home.world.add(name, save_path="/downloads")

    play(run, scene, before=worlds)
    row.figure("kinds of programs", len(PROGRAMS))
    assert told_by(opener) == [[str(share)]] * len(PROGRAMS)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a13_a_name_is_one_argument_whatever_it_looks_like(run: Run, tmp_path: Path, opener: Path, name: str) -> None:
    folder = tmp_path / "share" / name
    folder.mkdir(parents=True)

    assert reveal(folder / "x")
    run(until(lambda: told_by(opener)))

    assert told_by(opener) == [[str(folder)]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "share", "told"], "nothing was run"
