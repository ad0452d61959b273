"""The figures of the status bar, and the button that mends what is wrong with servers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from qbt_remote.sync.pausing import Pausing
from tests.conftest import Run
from tests.sim.faults import DROPPED
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import entry
from tests.ui.rig import Rig, hash_of, play

KIB, MIB = 1024, 1024 * 1024


def speed(rig: Rig, way: str) -> QToolButton:
    found = rig.window.status.findChildren(QToolButton)
    return next(b for b in found if b.accessibleName().startswith(f"{way} speed"))


def busy(rig: Rig) -> None:
    for n, server in enumerate(rig.servers, 1):
        server.world.add(f"t{n}")
        server.world.set_server(dl_info_speed=n * MIB, dl_info_data=n * 138 * MIB, up_info_speed=0, up_info_data=KIB)
        server.world.set_server(dl_rate_limit=n * 500 * KIB, up_rate_limit=(n - 1) * KIB)


def test_speeds_are_written_as_in_qbittorrents_own_window(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(lambda: speed(rig, "Download").text() == "1.0 MiB/s [500.0 KiB/s] (138.0 MiB)")
        assert speed(rig, "Upload").text() == "0 B/s (1.0 KiB)"

    play(run, scene, before=busy)


def test_speeds_and_totals_of_several_are_summed_and_their_limits_if_all_have_one(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(lambda: speed(rig, "Download").text() == "3.0 MiB/s [1.4 MiB/s] (414.0 MiB)")
        assert speed(rig, "Upload").text() == "0 B/s (2.0 KiB)", "the first has no limit"
        tips = speed(rig, "Download").toolTip()
        assert "home: down 1.0 MiB/s [500.0 KiB/s] (138.0 MiB)" in tips
        assert "seedbox: down 2.0 MiB/s [1000.0 KiB/s] (276.0 MiB)" in tips

    play(run, scene, "5.3.0", "5.1.0", before=busy)


def test_a_server_whose_figure_reads_0_is_taken_at_its_torrents_word(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        first = rig.home.world
        first.add("moves", dlspeed=3 * MIB, upspeed=2 * KIB)
        first.add("moves too", dlspeed=MIB)
        first.set_server(dl_info_speed=0, up_info_speed=0)
        await until(lambda: speed(rig, "Download").text().startswith("4.0 MiB/s"))
        assert speed(rig, "Upload").text().startswith("2.0 KiB/s")
        assert "down 4.0 MiB/s" in speed(rig, "Download").toolTip()

        first.set_server(dl_info_speed=7 * MIB)
        await until(lambda: speed(rig, "Download").text().startswith("7.0 MiB/s"))

    play(run, scene)


def test_where_it_is_narrow_the_totals_give_way_and_are_still_said(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        button = speed(rig, "Download")
        await until(lambda: "(" in button.text())
        wide = rig.window.size()
        rig.window.resize(QSize(640, 480))
        await until(lambda: button.text() == "1.0 MiB/s [500.0 KiB/s]")
        assert button.accessibleName().endswith("(138.0 MiB)")
        rig.window.resize(wide)
        await until(lambda: "(" in button.text())

    play(run, scene, before=busy)


def test_window_opens_as_narrow_as_it_is_told_whatever_the_fields_would_take(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(lambda: speed(rig, "Download").text() == "0 B/s")  # without what gives way
        assert rig.window.width() == 700 > rig.window.minimumSizeHint().width()

    play(run, scene, before=lambda rig: rig.window.resize(700, 480))


def test_selection_comes_and_goes_without_moving_anything_else(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        def places() -> list[int]:
            shown = [label for _line, label in rig.window.status.fields()[1:]]
            return [part.x() for part in (*shown, speed(rig, "Download"), speed(rig, "Upload"))]

        before = places()
        rig.select("A")
        await until(lambda: rig.window.status.fields()[0][1].isVisible())
        assert places() == before

    play(run, scene)


def test_free_space_and_nodes_come_back_whenever_there_is_room(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        status, sidebar = rig.window.status, rig.window.sidebar

        def shown() -> list[str]:
            return [label.text().split(":")[0] for _line, label in status.fields()[2:] if label.isVisible()]

        for width in (1280, 1024):
            rig.window.resize(width, 600)
            sidebar.pick("server", None)
            rig.select("A")
            await until(lambda: shown() == ["DHT"])
            sidebar.pick("server", rig.servers[1].config.id)
            await until(lambda: shown() == ["Free", "DHT"])
            rig.select("A2")
            await until(lambda: "1 selected" in [label.text()[:10] for _line, label in status.fields()[:2]])
            assert shown() == ["Free", "DHT"], "what is selected puts nothing else away"

        for under_way, wanted in ((True, ["Free"]), (False, ["Free", "DHT"])):
            status.show_doing("A command that takes its time", under_way=under_way)
            await until(lambda: shown() == wanted)  # noqa: B023  # awaited in its turn

    play(run, scene, "5.3.0", "5.1.0")


def test_a_second_click_on_the_alternative_limits_undoes_the_first(run: Run) -> None:
    def before(rig: Rig) -> None:
        rig.home.world.set_server(dl_rate_limit=0, up_rate_limit=0)

    async def scene(rig: Rig) -> None:
        status, alternative = rig.window.status, rig.action("alt_speed")
        button = next(b for b in status.findChildren(QToolButton) if b.defaultAction() is alternative)
        where = button.mapTo(rig.window, button.rect().center())
        for on in (True, False):
            under = rig.window.childAt(where)
            assert under is button, "it has not gone from under the pointer"
            QTest.mouseClick(under, Qt.MouseButton.LeftButton)
            await until(lambda: rig.home.session.mirror.server["use_alt_speed_limits"] is on)  # noqa: B023
            rig.home.world.set_server(dl_rate_limit=on * 20 * KIB, up_rate_limit=on * 20 * KIB)
            await until(lambda: ("[20.0 KiB/s]" in speed(rig, "Upload").text()) is on)  # noqa: B023
            await asyncio.sleep(0)
        assert rig.home.calls("transfer/setSpeedLimitsMode") == [{"mode": "1"}, {"mode": "0"}]

    play(run, scene)


def test_where_there_is_room_for_one_field_what_is_selected_takes_the_place_of_the_totals(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        (_line, selected), (_other, listed) = rig.window.status.fields()[:2]
        width = 1300
        while selected not in rig.window.status.absent():
            width -= 20
            rig.window.resize(width, 600)
            await asyncio.sleep(0)
        assert listed.isVisible() and listed.text().startswith("3 torrents")
        rig.select("A", "B")
        assert listed.text().startswith("2 of 3 selected, ") and not selected.isVisible()
        rig.window.table.clearSelection()
        assert listed.text().startswith("3 torrents")

    play(run, scene)


def test_a_filtered_list_says_how_large_it_is(run: Run) -> None:
    def sized(rig: Rig) -> None:
        rig.home.world.add("A", state="downloading", size=1024**3)
        rig.home.world.add("B", state="stoppedDL", size=2 * 1024**3)

    async def scene(rig: Rig) -> None:
        listed = rig.window.status.fields()[1][1]
        await until(lambda: listed.text() == "2 torrents, 3.00 GiB")
        rig.window.filter_box.setText("A")
        await until(lambda: listed.text() == "1 of 2 torrents, 1.00 GiB")
        rig.home.world.set(hash_of(rig.home, "A")[0], size=4 * 1024**3)
        await until(lambda: listed.text() == "1 of 2 torrents, 4.00 GiB")
        rig.home.world.add("Another A", state="stoppedDL", size=1024**3)
        await until(lambda: listed.text() == "2 of 3 torrents, 5.00 GiB")

    play(run, scene, before=sized)


def test_several_servers_that_are_away_are_tried_again_by_one_click(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        status = rig.window.status.servers
        assert status.mend.accessibleName(), "a screen reader finds it while it is hidden too"
        for server in rig.servers:
            server.link.always = lambda _request: DROPPED
        await until(lambda: all(server.session.status.phase == "waiting" for server in rig.servers))
        rig.window.refresh()
        assert (status.mend.isVisible(), status.mend.text()) == (True, "Connect now (2)")
        assert "home" in status.mend.toolTip() and "seedbox" in status.mend.toolTip()

        for server in rig.servers:
            server.link.always = lambda _request: None
        status.mend.click()
        await until(lambda: all(server.session.status.phase == "online" for server in rig.servers))
        await until(lambda: not status.mend.isVisible())

    play(run, scene, "5.3.0", "5.1.0")


def test_a_server_that_was_stopped_by_pausing_is_called_paused_and_the_name_is_not_cut(
    run: Run, tmp_path: Path
) -> None:
    async def scene(rig: Rig) -> None:
        seedbox, pausing = rig.servers[1].session, Pausing(tmp_path / "paused.json")
        seedbox.on_changes.append(pausing.observe)
        state = rig.window.status.servers.state
        rig.window.resize(1024, 600)

        await pausing.pause(seedbox)
        await until(lambda: state.text() == "2 servers connected, seedbox paused")
        assert state.toolTip() == "seedbox: connected, session paused"
        names = [str(entry(rig, "server", s.config.id).data()) for s in rig.servers]
        assert names == ["home", "seedbox (paused)"]

        await pausing.resume(seedbox)
        await until(lambda: state.text() == "2 servers connected")

    play(run, scene, "5.3.0", "5.1.0")


def test_while_no_server_is_connected_nothing_can_be_resumed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert rig.action("resume_all").isEnabled()
        rig.home.link.always = lambda _request: DROPPED
        await until(lambda: rig.home.session.status.phase == "waiting")
        rig.window.actions_.refresh()
        assert not rig.action("resume_all").isEnabled()
        assert "No server is connected" in rig.action("resume_all").toolTip()

    play(run, scene)


def test_of_several_kinds_of_trouble_that_which_needs_the_user_is_mended_first(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        mend = rig.window.status.servers.mend
        await seedbox.session.stop()
        seedbox.password = "wrong"
        seedbox.session.start()
        await until(lambda: mend.text() == "Enter password")

        home.link.always = lambda _request: DROPPED
        await until(lambda: home.session.status.phase == "waiting")
        rig.window.refresh()

        assert mend.text() == mend.accessibleName() == "seedbox: Enter password"
        mend.click()
        await until(lambda: rig.asked == ["edit seedbox login"])

    play(run, scene, "5.3.0", "5.1.0")
