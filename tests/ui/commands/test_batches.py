"""A command on very many torrents goes in batches: it shows how far it is, and can be ended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from qbt_remote.ui.kit.progress import ProgressBox
from tests.conftest import Run
from tests.sim.faults import DROPPED, LOST, Fault, late
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.rig import Rig, play, retry

SLOW = late(0.7)


def very_many(rig: Rig) -> None:
    rig.settings.preview_above = 10_000
    for number in range(1100):
        rig.home.world.add(f"T{number}", state="downloading", progress=0.5)


def box(rig: Rig) -> ProgressBox | None:
    return next((b for b in rig.window.status.findChildren(ProgressBox) if b.isVisible()), None)


def sizes(rig: Rig, endpoint: str) -> list[int]:
    return [len(hashes) for hashes in rig.home.hashes(endpoint)]


def test_a_long_command_shows_how_far_it_is_and_ends_when_told(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.appearance.show_status_bar(False)
        rig.window.table.selectAll()
        rig.home.link.plan("torrents/stop", SLOW, SLOW)
        rig.action("stop").trigger()
        shown = await until(lambda: box(rig))
        assert rig.window.status.isVisible()
        assert shown.progress.text() == "Stop: 0 of 1100"
        await until(lambda: shown.progress.text() == "Stop: 500 of 1100")
        cancel = shown.findChildren(QToolButton)[0]
        cancel.setFocus()
        QTest.keyClick(cancel, Qt.Key.Key_Space)
        assert shown.progress.text() == "Stop: stopping after 500 of 1100"
        await rig.done("Stop")
        assert rig.notice() == "“Stop” was ended after 1000 of 1100 torrents"
        assert sizes(rig, "torrents/stop") == [500, 500]
        assert box(rig) is None and not rig.window.status.isVisible()

    play(run, scene, before=very_many)


def test_a_failure_in_the_middle_says_what_was_done_and_retry_goes_on_from_there(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.table.selectAll()
        rig.home.link.plan("torrents/toggleSequentialDownload", Fault(good=True), Fault(reply=Reply(409, b"not now")))
        await rig.trigger("sequential")
        assert rig.notice() == ("home: “Download in sequential order” failed after 500 of 1100 torrents: not now")
        assert not retry(rig).isVisible()

    play(run, scene, before=very_many)


def test_what_may_have_been_carried_out_is_not_offered_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.table.selectAll()
        rig.home.link.plan("torrents/stop", Fault(good=True), LOST)
        await rig.trigger("stop")
        assert "failed after 500 of 1100 torrents" in rig.notice()
        assert not retry(rig).isVisible()

    play(run, scene, before=very_many)


def test_retry_goes_on_where_nothing_was_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.table.selectAll()
        # longer than it takes, on a busy machine, until a poll has found the server away
        rig.home.link.plan("torrents/toggleSequentialDownload", late(2.5))
        rig.action("sequential").trigger()
        await until(lambda: rig.home.calls("torrents/toggleSequentialDownload"))
        rig.home.link.always = lambda _request: DROPPED
        await until(lambda: rig.home.session.status.phase == "waiting")
        await rig.done("Download in sequential order")
        assert "failed after 500 of 1100 torrents" in rig.notice()
        rig.home.link.always = lambda _request: None
        rig.home.session.retry_now()
        await until(lambda: rig.home.session.status.phase == "online")
        retry(rig).click()
        await until(lambda: all(row["seq_dl"] for row in rig.home.world.torrents.values()))
        assert sizes(rig, "torrents/toggleSequentialDownload") == [500, 500, 100]

    play(run, scene, before=very_many)
