"""What the window counts while polls and the user's picks cross."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QEvent, QObject, Qt

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.filtering.counts import tally
from qbt_remote.sync.filtering.filters import only
from qbt_remote.sync.session import Session
from qbt_remote.ui.table.table_view import TableView
from tests.conftest import Run
from tests.sim.faults import FORBIDDEN, LOST, RESTART
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
        await until(lambda: rig.window.feed.torrents == 4)

        shown = tally(home.mirror.torrents.values()).by["status"]
        model = sidebar.model()
        counts = {key: model.find("status", key).data(Qt.ItemDataRole.UserRole) for key in ("downloading", "running")}  # type: ignore[attr-defined]  # SidebarModel
        assert counts == {key: shown[key] for key in counts}

    play(run, scene, "5.3.0", "4.5.2")


@pytest.mark.parametrize("step", range(5))
def test_lists_that_are_being_filled_give_way_to_what_is_picked_meanwhile(run: Run, step: int) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = (server.session for server in rig.servers)
        sidebar, model = rig.window.sidebar, rig.window.sidebar.model()
        rig.servers[1].world.add_category("theirs")
        await until(lambda: model.find("category", "theirs").isValid())  # type: ignore[attr-defined]  # SidebarModel
        (fill,) = (told for told in seedbox.on_changes if getattr(told, "__name__", "") == "_change_lists")

        filling = iter(fill(seedbox, Changes(full=True, number=seedbox.mirror.applied)) or ())
        for _ in range(step):
            next(filling, None)
        sidebar.set_picks({"server": only(home.config.id), "category": only("nowhere")})
        list(filling)

        assert not model.find("category", "theirs").isValid()  # type: ignore[attr-defined]  # as above
        assert sidebar.pick_of("category") == only("nowhere")
        assert model.find("category", "nowhere").isValid()  # type: ignore[attr-defined]  # as above

    play(run, scene, "5.3.0", "4.5.2")


def test_selection_and_current_row_outlive_a_full_update_and_a_reconnect(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("B", "C")
        chosen, current = rig.window.table.selected_rows(), rig.window.table.current_row()
        full: list[bool] = []
        rig.home.session.on_changes.append(lambda _session, changes: full.append(changes.full))
        for n, fault in enumerate((LOST, RESTART, FORBIDDEN), 1):
            full.clear()
            rig.home.link.plan("sync/maindata", fault)
            rig.home.world.set(rig.home.torrent("A").hash, dlspeed=n)
            await until(lambda: any(full))

            assert rig.window.table.selected_rows() == chosen
            assert rig.window.table.current_row() is current
        rig.home.session.on_changes.pop()

    play(run, scene)


class Painted(QObject):
    """Counts how often a table with rows is painted."""

    def __init__(self, table: TableView) -> None:
        super().__init__(table)
        self.times, self._table = 0, table
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint and self._table.model().rowCount() > 0
        return False


def sixty_torrents(rig: Rig) -> None:
    for n in range(60):
        rig.home.world.add(f"t{n}")


def test_the_first_list_of_a_server_is_painted_no_more_often_than_it_changes(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        feed, server = rig.window.feed, rig.home
        feed.detach(server.session)
        await server.session.stop()
        await until(lambda: rig.window.empty_page is not None)
        painted, lists = Painted(rig.window.table), list[Changes]()

        server.session = Session(server.config, server.open)
        feed.attach(server.session)
        server.session.on_changes.append(lambda _session, changes: lists.append(changes))
        server.session.start()
        await until(lambda: lists)
        await asyncio.sleep(0)

        assert 0 < painted.times <= 2  # as it comes into view, and when the columns of its server are known

    play(run, scene, before=sixty_torrents)
