"""What a session does about what it knows the cause of: sleep, a ban, a shutdown from here, torrents that are gone."""

from __future__ import annotations

import asyncio
import time

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import AuthFailed, Unreachable
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.sync.fleet import Fleet
from qbt_remote.sync.polls.sleep import Sleep, slept_s
from qbt_remote.sync.session import Session
from qbt_remote.sync.trouble import trouble
from tests.sim.faults import DROPPED, Fault, late
from tests.sim.handler import Reply, Request
from tests.sync.test_session import Run, Scene, Timed, clock, run, until

__all__ = ["run"]

BANNED = Fault(executed=False, reply=Reply(403, b"banned"))
HANGS = late(5000.0)


def left_s(session: Session) -> float:
    """The time until the next try."""
    assert session.status.retry_at is not None
    return session.status.retry_at - clock()


# sleep


class Computer:
    """Its clock of sleep, as CLOCK_BOOTTIME less CLOCK_MONOTONIC."""

    slept_s = 5000.0

    def __call__(self) -> float:
        return self.slept_s


def test_only_a_sleep_of_more_than_two_seconds_is_one_and_is_told_once() -> None:
    computer = Computer()
    sleep = Sleep(computer)

    told = []
    for more in (0.0, 2.0, 0.5, 0.0, 3600.0, 1.0):
        computer.slept_s += more
        told.append(sleep.has_been())

    assert told == [False, False, True, False, True, False]


def test_this_computer_tells_how_long_it_slept_or_nothing() -> None:
    assert slept_s() == pytest.approx(slept_s(), abs=1.0)
    assert not Sleep().has_been()


def test_after_a_sleep_every_session_of_the_fleet_goes_on_at_once(run: Run) -> None:
    async def story() -> None:
        computer = Computer()
        scenes = [Scene(), Scene()]
        for scene in scenes:
            scene.config.interval_s = 600.0

        async def nobody(_config: ServerConfig) -> QbtClient:
            raise AssertionError

        fleet = Fleet(Settings(), nobody, on_start=lambda _session: None, on_stop=lambda _session: None)
        async with scenes[0], scenes[1]:
            for scene in scenes:
                fleet.sessions[scene.config.id] = (await scene.online()).session
            following = asyncio.get_running_loop().create_task(fleet.follow(Sleep(computer)))
            await asyncio.sleep(30)
            assert [len(scene.handler.at) for scene in scenes] == [1, 1]

            computer.slept_s += 7200
            await asyncio.sleep(2)

            assert [len(scene.handler.at) for scene in scenes] == [2, 2]
            following.cancel()

    run(story())


def test_a_poll_that_hangs_on_a_dead_connection_is_given_up_after_a_sleep_without_a_word(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            await scene.online()
            scene.link.plan("sync/maindata", HANGS)
            scene.session.poke()
            await until(lambda: scene.transports[0].in_flight == 1)
            await asyncio.sleep(5)
            began = clock()

            await scene.session.resume()
            await scene.polls(1)

            assert clock() - began < 0.1
            assert scene.handler.polls[-1] == "0", "what it would have said is lost"
            assert scene.phases == ["connecting", "online"]
            assert scene.transports[0].most_in_flight == 1

    run(story())


def test_a_first_connection_that_hangs_is_given_up_after_a_sleep(run: Run) -> None:
    async def story() -> None:
        scene = Scene()
        scene.link.plan("app/webapiVersion", HANGS)
        async with scene:
            await until(lambda: not scene.link.planned["app/webapiVersion"])
            began = clock()

            await scene.session.resume()
            await scene.online()

            assert clock() - began < 0.1
            assert len(scene.handler.calls("auth/login")) == 1

    run(story())


def test_a_read_of_the_details_is_asked_again_and_a_command_keeps_its_time(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            made = scene.world.add("one")
            await scene.online()
            scene.link.plan("torrents/properties", HANGS)
            scene.link.plan("torrents/stop", late(8.0))
            read = asyncio.ensure_future(scene.session.get("torrents/properties", hash=made))
            command = asyncio.ensure_future(scene.session.post("torrents/stop", hashes=[made]))
            await asyncio.sleep(1)

            await scene.session.resume()

            assert "save_path" in await read
            await command
            assert len(scene.handler.calls("torrents/properties")) == 2
            assert len(scene.handler.calls("torrents/stop")) == 1

    run(story())


def test_after_a_sleep_the_wait_is_over_and_the_next_ones_are_short(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.always = lambda request: DROPPED
            await asyncio.sleep(900)
            assert scene.session.status.phase == "waiting"
            waits: list[float] = []

            def note(session: Session) -> None:
                if session.status.phase == "waiting":
                    waits.append(left_s(session))

            scene.session.on_status.append(note)
            began = clock()

            await scene.session.resume()
            await asyncio.sleep(20)

            assert len(waits) > 15 and max(waits) <= 1.2, "the network comes back within seconds"
            scene.link.always = lambda request: None
            await scene.online()
            assert clock() - began < 22

    run(story())


def test_a_refused_password_is_not_sent_once_more_after_a_sleep(run: Run) -> None:
    async def story() -> None:
        async with Scene(password="wrong") as scene:
            await until(lambda: scene.session.status.phase == "refused")

            await scene.session.resume()
            await asyncio.sleep(60)

            assert len(scene.handler.calls("auth/login")) == 1

    run(story())


# bans


async def banned(scene: Scene) -> None:
    await until(lambda: trouble(scene.session) == "banned")


def test_one_login_follows_a_ban_and_none_comes_before(run: Run) -> None:
    async def story() -> None:
        tried: list[float] = []

        def refuse(request: Request) -> Fault | None:
            if request.endpoint != "auth/login":
                return None
            tried.append(clock())
            return BANNED

        scene = Scene()
        scene.link.always = refuse
        async with scene:
            await banned(scene)
            assert left_s(scene.session) == pytest.approx(3600, abs=5)
            await asyncio.sleep(3590)
            assert len(tried) == 1
            await asyncio.sleep(3590)
            assert len(tried) == 2
            assert trouble(scene.session) == "banned"

    run(story())


def test_a_ban_is_as_long_as_the_server_says_where_that_was_read(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.world.preferences["web_ui_ban_duration"] = 120
            await scene.online()
            await scene.session.get("app/preferences")
            scene.link.plan("auth/login", BANNED)
            scene.handler.restart()

            await banned(scene)

            assert left_s(scene.session) == pytest.approx(120, abs=5)
            await scene.online()
            assert len(scene.handler.calls("auth/login")) == 2

    run(story())


def test_whatever_is_asked_during_a_ban_costs_one_login(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            made = scene.world.add("one")
            await scene.online()
            tried: list[str] = []

            def refuse(request: Request) -> Fault | None:
                if request.endpoint != "auth/login":
                    return None
                tried.append(request.endpoint)
                return BANNED

            scene.link.always = refuse
            scene.handler.restart()

            for _try in range(3):
                with pytest.raises((AuthFailed, Unreachable)):
                    await scene.session.post("torrents/stop", hashes=[made])
            await banned(scene)

            assert len(tried) == 1

    run(story())


def test_the_user_may_try_during_a_ban_and_it_is_not_longer_for_that(run: Run) -> None:
    async def story() -> None:
        scene = Scene()
        scene.link.plan("auth/login", BANNED, BANNED)
        async with scene:
            await banned(scene)
            until_then = scene.config.banned_until

            scene.session.retry_now()
            await until(lambda: not scene.link.planned["auth/login"])
            await asyncio.sleep(60)
            assert trouble(scene.session) == "banned"
            assert scene.config.banned_until == until_then

            scene.session.retry_now()  # the server has been restarted, which ends all bans
            await scene.online()
            assert scene.config.banned_until == 0

    run(story())


def test_a_ban_outlasts_the_program(run: Run) -> None:
    async def story() -> None:
        scene = Scene()
        scene.config.banned_until = time.time() + 500
        async with scene:
            await banned(scene)

            assert left_s(scene.session) == pytest.approx(500, abs=5)
            assert not scene.handler.log, "not even asked"
            await scene.online()
            assert len(scene.handler.calls("auth/login")) == 1

    run(story())


@pytest.mark.parametrize("slept_s", [600.0, 7200.0], ids=["shorter", "longer"])
def test_a_ban_goes_on_while_the_computer_sleeps(run: Run, slept_s: float) -> None:
    async def story() -> None:
        scene = Scene()
        scene.link.plan("auth/login", BANNED)
        async with scene:
            await banned(scene)
            scene.config.banned_until -= slept_s  # the time of day went on
            began = clock()

            await scene.session.resume()
            await until(lambda: scene.session.status.phase == "online", 5000)

            assert clock() - began == pytest.approx(max(0.0, 3600 - slept_s), abs=15)

    run(story())


# shutdown


def test_a_server_that_was_shut_down_from_here_is_looked_for_every_thirty_seconds(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            await scene.session.post("app/shutdown")
            asked: list[float] = []

            def gone(_request: Request) -> Fault:
                asked.append(clock())
                return DROPPED

            scene.link.always = gone
            await until(lambda: trouble(scene.session) == "shut_down")
            assert left_s(scene.session) == pytest.approx(30, abs=0.1)
            await asyncio.sleep(600)
            assert len(asked) < 25

            scene.link.always = lambda request: None
            scene.session.retry_now()
            await scene.online()
            scene.link.always = lambda request: DROPPED
            await until(lambda: scene.session.status.phase == "waiting")
            assert trouble(scene.session) == "offline", "that was another time"
            assert left_s(scene.session) < 1

    run(story())


def test_a_server_that_did_not_end_after_all_is_away_for_another_reason_later(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            await scene.session.post("app/shutdown")
            await asyncio.sleep(100)

            scene.link.always = lambda request: DROPPED
            await until(lambda: scene.session.status.phase == "waiting")

            assert trouble(scene.session) == "offline"

    run(story())


# torrents that are gone


@pytest.mark.parametrize(
    ("there", "gone", "ours", "told"),
    [
        (30, 10, 0, 10),
        (100, 29, 0, 0),
        (30, 9, 0, 0),
        (3, 3, 0, 3),
        (30, 15, 15, 0),
        (30, 20, 12, 0),
        (40, 25, 10, 15),
        (0, 0, 0, 0),
    ],
)
def test_torrents_that_vanish_from_a_full_list_are_counted_where_nobody_here_removed_them(
    run: Run, there: int, gone: int, ours: int, told: int
) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            hashes = [scene.world.add(str(n)) for n in range(there)]
            await scene.online()
            scene.link.plan("sync/maindata", DROPPED, DROPPED)
            if ours:
                await scene.session.post("torrents/delete", hashes=hashes[:ours], deleteFiles=False)
            for each in hashes[ours:gone]:
                scene.world.remove(each)
            scene.session.poke()
            await until(lambda: len(scene.session.mirror.torrents) == there - gone and len(scene.changes) > 1)

            assert sum(changes.vanished for changes in scene.changes) == told

    run(story())


def test_torrents_that_are_seen_to_go_are_no_news(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            hashes = [scene.world.add(str(n)) for n in range(30)]
            await scene.online()
            for each in hashes:
                scene.world.remove(each)

            await until(lambda: not scene.session.mirror.torrents)

            assert not any(changes.vanished for changes in scene.changes)

    run(story())


# clocks


def test_a_clock_that_is_wrong_and_a_cookie_that_has_expired_cost_no_login(run: Run) -> None:
    class Behind(Timed):
        """Lives in another time: its cookies have expired when they come."""

        def answer(self, request: Request) -> Reply:
            reply = super().answer(request)
            if "set-cookie" in reply.headers:
                reply.headers["set-cookie"] += "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
            return reply

    async def story() -> None:
        scene = Scene()
        scene.link.handler = scene.handler = Behind(scene.world)
        async with scene:
            await scene.online()
            await asyncio.sleep(7200)

            assert len(scene.handler.calls("auth/login")) == 1
            assert scene.phases == ["connecting", "online"]

    run(story())
