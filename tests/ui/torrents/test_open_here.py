"""Through the path maps a torrent's folder is shown here and its path copied; nothing is ever opened."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication

from tests.conftest import Run
from tests.ui.rig import Rig, play


def three(rig: Rig) -> None:
    for name in ("film", "..", "elsewhere"):
        rig.home.world.add(name, save_path="/other" if name == "elsewhere" else "/downloads")


def test_local_paths_are_copied_and_what_would_lead_out_is_not(run: Run, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.path_maps = [{"server": "", "remote": "/downloads", "local": str(tmp_path)}]
        rig.window.table.selectAll()
        await rig.trigger("copy_local_path")
        assert QGuiApplication.clipboard().text() == str(tmp_path / "film")
        assert "no mapped folder holds" in rig.notice() and "1 more" in rig.notice()

    play(run, scene, before=three)


def test_without_a_map_it_is_said(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("film")
        await rig.trigger("open_folder")
        assert "No folder of a server is mapped to this computer" in rig.notice()

    play(run, scene, before=three)
