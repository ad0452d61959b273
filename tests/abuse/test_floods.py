"""A web page that hands over a thousand magnets."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.api.adding.given import from_text
from qbt_remote.ui.add.add_dialog import AddDialog
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


def the_dialog() -> AddDialog | None:
    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()]
    return shown[0] if shown else None


def test_a28_a_thousand_magnets_fired_one_by_one_meet_one_dialog(run: Run) -> None:
    """As a web page does it; each comes with the options of a command line that says nothing."""

    async def scene(rig: Rig) -> None:
        for n in range(1000):
            rig.window.add(from_text(f"magnet:?xt=urn:btih:{n + 1:040x}"), AddOptions())
        dialog = await until(the_dialog, 20)
        await until(lambda: dialog.model.rowCount() == 1000)
        await asyncio.sleep(0)

        assert sum(isinstance(w, AddDialog) and w.isVisible() for w in QApplication.topLevelWidgets()) == 1
        assert not dialog.add_button.isDefault()
        assert rig.home.calls("torrents/add") == []
        dialog.reject()

    play(run, scene)


def test_a28_a_flood_is_asked_about_even_without_the_dialog(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.skip_add_dialog = True
        for n in range(100):
            rig.window.add(from_text(f"magnet:?xt=urn:btih:{n + 1:040x}"), AddOptions())

        dialog = await until(the_dialog, 20)
        await until(lambda: dialog.model.rowCount() == 100 and not rig.window.tasks.doing.count("Read torrent files"))

        assert len(rig.home.calls("torrents/add")) <= 20
        dialog.reject()

    play(run, scene)
