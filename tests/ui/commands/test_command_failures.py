"""What cannot be done is grey and says why; what fails is said once, with the server's name and words."""

from __future__ import annotations

import re

import httpx
from PySide6.QtCore import Qt

from tests.conftest import Run
from tests.sim.faults import DROPPED, LOST, Fault, Outcome
from tests.sim.handler import Reply, Request
from tests.ui.conftest import until
from tests.ui.rig import Rig, fill_in, hash_of, play, retry

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


# what cannot be done


def test_a_server_that_is_too_old_greys_the_action_and_says_what_it_needs(run: Run) -> None:
    def old(rig: Rig) -> None:
        rig.home.world.release, rig.home.world.api = "4.1.5", (2, 2, 0)
        rig.home.world.add("A", state="downloading")

    async def scene(rig: Rig) -> None:
        rig.select("A")
        tags = next(a for a in rig.menu().actions() if a.text() == "Ta&gs")
        assert not tags.isEnabled()
        assert "Needs qBittorrent 4.2" in tags.toolTip()
        await rig.trigger("add_tags")
        assert rig.notice() == "Add: Needs qBittorrent 4.2"
        assert rig.home.commands() == []

    play(run, scene, "4.2.5", before=old)


def test_the_older_of_two_servers_is_named(run: Run) -> None:
    def old(rig: Rig) -> None:
        rig.servers[1].world.release, rig.servers[1].world.api = "4.1.5", (2, 2, 0)
        for server, name in zip(rig.servers, "AB", strict=True):
            server.world.add(name, state="downloading")

    async def scene(rig: Rig) -> None:
        rig.select("A")
        rig.menu()
        assert "Needs" not in rig.action("add_tags").toolTip()
        rig.select("A", "B")
        rig.menu("Tags")
        assert "Needs qBittorrent 4.2 on seedbox" in rig.action("add_tags").toolTip()

    play(run, scene, "5.1.0", "4.2.5", before=old)


def test_commands_are_grey_while_the_server_is_away(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        assert rig.action("stop").isEnabled()
        rig.home.link.always = lambda _request: DROPPED
        await until(lambda: rig.home.session.status.phase == "waiting")
        await until(lambda: not rig.action("stop").isEnabled())
        assert "Not connected: home" in rig.action("stop").toolTip()
        rig.menu()
        assert not rig.action("recheck").isEnabled()

    play(run, scene)


def test_a_key_that_cannot_do_anything_says_why(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.table.clearSelection()
        await rig.key(Qt.Key.Key_M, CTRL)
        await until(rig.notice)
        assert rig.notice() == "Force start: Select a torrent first"

    play(run, scene)


# failures


def test_the_servers_own_words_are_shown_with_its_name(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        rig.home.link.plan("torrents/setLocation", Fault(reply=Reply(409, b"Kein <b>Platz</b>")))
        dialog = await rig.question("set_location")
        fill_in(dialog, "/srv/new")
        await rig.answer(dialog, "set_location")
        assert rig.notice() == "home: “Set location” failed for A: /srv/new: Kein <b>Platz</b>"
        assert not retry(rig).isVisible()

    play(run, scene)


def test_each_server_gets_its_own_torrents_and_fails_for_itself(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        rig.select("A", "A2", "C2")
        seedbox.link.plan("torrents/stop", Fault(executed=False, reply=Reply(500, b"disk full")))
        await rig.trigger("stop")
        assert home.hashes("torrents/stop") == [hash_of(home, "A")]
        assert seedbox.calls("torrents/stop") == []
        assert rig.notice().startswith("seedbox: “Stop” failed")
        await until(lambda: home.torrent("A").state == "stoppedDL")

    play(run, scene, "5.3.0", "5.1.0")


def test_several_failures_are_one_notice(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "A2")
        for server in rig.servers:
            server.link.plan("torrents/recheck", Fault(reply=Reply(409, b"not now")))
        await rig.answer(await rig.question("recheck"), "recheck")
        assert rig.notice() == "“Force recheck” failed for 2 torrents on home, seedbox"
        current = rig.window.notices.current
        assert current is not None and current.details.count("not now") == 2
        assert rig.window.notices.waiting == 0

    play(run, scene, "5.3.0", "5.1.0")


def test_what_was_not_sent_can_be_tried_again_there_alone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        rig.select("A", "A2")
        seedbox.link.always = lambda _request: DROPPED
        await until(lambda: seedbox.session.status.phase == "waiting")
        await rig.trigger("stop")
        said = "seedbox: “Stop” was not sent for A2: the server could not be reached"
        assert rig.notice() == said
        current = rig.window.notices.current
        assert current is not None and current.details.endswith("seedbox is not connected.")
        seedbox.link.always = lambda _request: None
        seedbox.session.retry_now()
        await until(lambda: seedbox.session.status.phase == "online")
        assert rig.notice() == said  # it stays until it is read, and is still true
        retry(rig).click()
        await until(lambda: seedbox.torrent("A2").state == "stoppedDL")
        assert len(home.calls("torrents/stop")) == len(seedbox.calls("torrents/stop")) == 1
        assert rig.notice() == ""

    play(run, scene, "5.3.0", "5.1.0")


def test_a_toggle_whose_answer_was_lost_is_not_offered_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        rig.home.link.plan("torrents/toggleSequentialDownload", LOST)
        await rig.trigger("sequential")
        assert "Download in sequential order" in rig.notice()
        assert not retry(rig).isVisible()
        assert len(rig.home.calls("torrents/toggleSequentialDownload")) == 1

    play(run, scene)


def test_a_command_that_meets_an_outage_is_said_in_plain_words(run: Run) -> None:
    def refuse(_request: Request) -> Outcome:
        raise httpx.ConnectError("") from ConnectionRefusedError(111, "Connect call failed ('10.0.0.1', 8080)")

    async def scene(rig: Rig) -> None:
        rig.select("A", "C")
        rig.home.link.outcome = refuse  # type: ignore[assignment]  # the server's end of the wire
        await rig.trigger("stop")
        assert rig.notice() == "home: “Stop” was not sent for 2 torrents: the server could not be reached"
        current = rig.window.notices.current
        assert current is not None
        assert re.fullmatch(r"At \d\d:\d\d: home refuses the connection: .*8080\)", current.details)

    play(run, scene)
