"""What the window counts while polls and the user's picks cross."""

from __future__ import annotations

from PySide6.QtCore import Qt

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.counts import tally
from qbt_remote.sync.session import Session
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


def test_a_pick_between_a_poll_and_its_counting_counts_nothing_twice(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        sidebar, home = rig.window.sidebar, rig.home.session
        picked: list[str] = []

        def pick(_session: Session, changes: Changes) -> None:
            if changes.added and not picked:
                picked.append("home")
                sidebar.pick("server", home.config.id)

        home.on_changes.insert(0, pick)  # before the window's own listeners have their turns
        rig.home.world.add("new")
        await until(lambda: picked and rig.window.model.rowCount() == 4)
        await until(lambda: rig.window.live.torrents == 4)

        shown = tally(home.mirror.torrents.values()).by["status"]
        model = sidebar.model()
        counts = {key: model.find("status", key).data(Qt.ItemDataRole.UserRole) for key in ("downloading", "running")}  # type: ignore[attr-defined]  # SidebarModel
        assert counts == {key: shown[key] for key in counts}

    play(run, scene, "5.3.0", "4.5.2")
