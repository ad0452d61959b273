"""What is picked in the sidebar is said above the list, wherever it is scrolled to, and can be undone there."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton

from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play, three_torrents


def two_and_a_server(rig: Rig) -> None:
    three_torrents(rig)
    rig.home.world.add("D", state="downloading", category="linux", tags="big, old")


def test_the_line_says_what_is_picked_and_clears_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        line, sidebar = rig.window.filter_line, rig.window.sidebar
        assert not line.isVisible()
        rig.window.filter_box.setText("d")
        assert not line.isVisible(), "the filter box says it"
        sidebar.pick("status", "downloading")
        sidebar.toggle("status", "completed")
        sidebar.toggle("category", "linux", unwanted=True)
        sidebar.toggle("tag", "big")
        sidebar.toggle("tag", "")
        sidebar.set_every("tag", True)
        assert line.isVisible()
        assert line.text.accessibleName() == (
            "Filtered by Status: Completed or Downloading; Categories: not linux; Tags: Untagged and big; text: d"
        )
        next(iter(line.findChildren(QToolButton))).click()
        assert not line.isVisible()
        assert (rig.window.filter_box.text(), sidebar.picks()) == ("", {})
        await until(lambda: rig.window.model.rowCount() == 4)

    play(run, scene, before=two_and_a_server)


def test_the_line_names_servers_as_the_user_does(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.sidebar.pick("server", rig.servers[1].config.id)
        assert rig.window.filter_line.text.accessibleName() == "Filtered by Servers: seedbox"

    play(run, scene, "5.3.0", "4.2.5")
