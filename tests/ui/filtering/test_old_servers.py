"""What servers before 4.2 lack has no place in the window."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex

from qbt_remote.sync.filtering.filters import only
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


def tags_hidden(rig: Rig) -> bool:
    sidebar = rig.window.sidebar
    return sidebar.isRowHidden(sidebar.model().title("tag").row(), QModelIndex())  # type: ignore[attr-defined]  # ours


def column_hidden(rig: Rig, column: str) -> bool:
    rig.window.table.resize(3000, 300)  # there is space for all
    return rig.window.table.isColumnHidden(rig.window.model.column(column))


def test_a_server_without_tags_has_no_section_and_no_column_for_them(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(lambda: tags_hidden(rig))
        assert column_hidden(rig, "tags") and not column_hidden(rig, "category")

    play(run, scene, "4.1.7")


def test_a_server_with_tags_has_both(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert not tags_hidden(rig) and not column_hidden(rig, "tags")

    play(run, scene, "4.4.1")


def test_of_several_servers_those_shown_decide(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        old, new = (server.session for server in rig.servers)
        assert not tags_hidden(rig)

        rig.window.sidebar.pick("server", old.config.id)
        await until(lambda: tags_hidden(rig))
        rig.window.sidebar.pick("server", new.config.id)
        await until(lambda: not tags_hidden(rig))

        assert not column_hidden(rig, "tags")

    play(run, scene, "4.1.7", "5.3.0")


def test_a_picked_tag_can_be_taken_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        old = rig.home.session.config.id

        rig.window.sidebar.set_picks({"tag": only("big"), "server": only(old)})

        assert not tags_hidden(rig)
        rig.window.sidebar.pick("tag", None)
        await until(lambda: tags_hidden(rig))

    play(run, scene, "4.1.7", "5.3.0")
