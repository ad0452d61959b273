"""How a session lives: when it polls, what it does after failures, how commands go out."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import AuthFailed, BadReply, Rejected, ServerFault, Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.session import Session
from tests.scale.instruments import resident_mb
from tests.sim.crowd import make
from tests.sim.faults import (
    DROPPED,
    FAILED,
    LOST,
    PORTAL,
    PROXY_PAGE,
    RESTART,
    WRONG_JSON,
    Fault,
    Link,
    cut,
    cut_quietly,
    late,
)
from tests.sim.handler import Handler, Reply, Request
from tests.sim.transport import SimTransport
from tests.sim.world import World
from tests.sync.clock import SkippingLoop

Run = Callable[[Coroutine[Any, Any, Any]], Any]

RIGHT = "secret"


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a coroutine on a loop that waits for no time; nothing may be left running."""
    errors: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        loop = runner.get_loop()
        loop.set_exception_handler(lambda _loop, context: errors.append(context))
        yield runner.run
        left = asyncio.all_tasks(loop)
    assert not errors, errors
    assert not left, left


class Timed(Handler):
    """Notes when each poll came in."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.at: list[float] = []

    def answer(self, request: Request) -> Reply:
        if request.endpoint == "sync/maindata":
            self.at.append(asyncio.get_running_loop().time())
        return super().answer(request)


class Scene:
    """A session, the simulated server it is of, and what it told."""

    def __init__(self, release: str = "5.3.0", *, password: str = RIGHT, interval_s: float = 1.5) -> None:
        self.world = World(release)
        self.handler = Timed(self.world)
        self.link = Link(self.handler)
        self.transports: list[SimTransport] = []
        self.password = password
        self.config = ServerConfig("home", "http://home.test", username="admin", interval_s=interval_s)
        self.session = Session(self.config, self._client)
        self.changes: list[Changes] = []
        self.phases: list[str] = []
        self.session.on_changes.append(lambda _session, changes: self.changes.append(changes))
        self.session.on_status.append(lambda session: self.phases.append(session.status.phase))

    async def _client(self, config: ServerConfig) -> QbtClient:
        self.transports.append(SimTransport(self.link))
        return QbtClient(config, Secrets(password=self.password), transport=self.transports[-1])

    async def __aenter__(self) -> Scene:
        self.session.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.session.stop()
        assert all(transport.most_in_flight <= 1 for transport in self.transports)

    async def online(self) -> Scene:
        await until(lambda: self.session.status.phase == "online")
        return self

    async def polls(self, more: int) -> list[float]:
        """Wait for so many polls to be applied, and give the times at which they came in."""
        known, applied = len(self.handler.at), len(self.changes)
        await until(lambda: len(self.changes) >= applied + more)
        return self.handler.at[known : known + more]


async def until(condition: Callable[[], Any], limit_s: float = 1000.0) -> None:
    """Wait until the condition holds; the limit is of the skipping clock."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while not condition():
        assert loop.time() < end, f"not within {limit_s} s"
        await asyncio.sleep(0.01)


def clock() -> float:
    return asyncio.get_running_loop().time()


def test_a_session_connects_and_shows_everything(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await scene.online()

            assert scene.phases == ["connecting", "online"]
            assert [t.name for t in scene.session.mirror.torrents.values()] == ["one"]
            assert [t.hash for t in scene.changes[0].added] == [made]
            assert scene.session.client is not None
            assert scene.session.status.since > 0

    run(story())


def test_each_applied_rid_is_sent_with_the_next_poll(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await (await scene.online()).polls(3)

            assert scene.handler.polls == ["0", "1", "2", "3"]

    run(story())


@pytest.mark.parametrize("fault", [LOST, DROPPED, cut(0.5)], ids=["lost", "dropped", "cut"])
def test_one_drop_is_made_good_at_once_without_a_word(run: Run, fault: Fault) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.world.add("while it was lost")
            scene.link.plan("sync/maindata", fault)

            await scene.polls(1)

            assert scene.handler.polls[-1] == "0"
            assert scene.phases == ["connecting", "online"]
            assert len(scene.session.mirror.torrents) == 1

    run(story())


@pytest.mark.parametrize(
    ("fault", "error"),
    [(FAILED, ServerFault), (PROXY_PAGE, ServerFault), (PORTAL, BadReply), (WRONG_JSON, BadReply)],
    ids=["500", "502", "html", "json"],
)
def test_a_bad_answer_is_said_and_followed_by_a_full_update(run: Run, fault: Fault, error: type[Exception]) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.plan("sync/maindata", fault)

            await until(lambda: scene.session.status.phase == "waiting")
            assert isinstance(scene.session.status.error, error)
            assert "home" in str(scene.session.status.error)
            assert scene.session.client is None
            await scene.online()

            assert scene.handler.polls[-1] == "0"

    run(story())


@pytest.mark.parametrize("fault", [cut(0.99), cut_quietly(0.99)], ids=["lost", "cut short"])
def test_polls_that_fail_near_their_end_leave_nothing_behind(run: Run, fault: Fault) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.handler.world = scene.world = make(2000)
            await scene.online()
            scene.link.always = lambda request: fault if request.endpoint == "sync/maindata" else None
            known = len(scene.handler.at)
            await until(lambda: len(scene.handler.at) > known + 3)
            before = resident_mb()
            await until(lambda: len(scene.handler.at) > known + 40)

            assert resident_mb() - before < 10  # one answer becomes 3 MB

    gc.disable()
    try:
        run(story())
    finally:
        gc.enable()


def test_the_waits_grow_to_ten_seconds_and_later_to_thirty(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.always = lambda request: DROPPED
            waits: list[float] = []

            def note(session: Session) -> None:
                if session.status.phase == "waiting":
                    assert session.status.retry_at is not None
                    waits.append(session.status.retry_at - clock())

            scene.session.on_status.append(note)
            await until(lambda: sum(waits) > 800)

            for wait, plain in zip(waits, [0.5, 1, 2, 4, 8, 10, 10], strict=False):
                assert 0.8 * plain <= wait <= 1.2 * plain
            assert 8 <= waits[20] <= 12
            assert 24 <= waits[-1] <= 36
            assert len({round(wait, 3) for wait in waits[-4:]}) > 1, "no jitter"

    run(story())


def test_a_good_poll_makes_the_waits_short_again(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.plan("sync/maindata", *[DROPPED] * 6)
            await until(lambda: scene.session.status.phase == "waiting")
            await scene.online()
            scene.link.plan("sync/maindata", DROPPED, DROPPED)

            await until(lambda: scene.session.status.phase == "waiting")

            assert scene.session.status.retry_at is not None
            assert scene.session.status.retry_at - clock() <= 0.6

    run(story())


def test_the_list_stays_while_the_server_is_away(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.world.add("one")
            await scene.online()
            known = list(scene.session.mirror.torrents.values())
            seen_at = scene.session.status.since
            scene.link.always = lambda request: DROPPED

            await until(lambda: scene.session.status.phase == "waiting")

            assert list(scene.session.mirror.torrents.values()) == known
            assert scene.session.status.since >= seen_at > 0
            scene.link.always = lambda request: None
            await scene.online()
            assert list(scene.session.mirror.torrents.values()) == known

    run(story())


def test_retry_now_does_not_wait(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.plan("sync/maindata", *[DROPPED] * 8)
            await until(lambda: scene.session.status.phase == "waiting" and not scene.link.planned["sync/maindata"])
            began = clock()

            scene.session.retry_now()
            await scene.online()

            assert clock() - began < 0.1

    run(story())


def test_a_restarted_server_costs_one_login_and_nothing_else(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.plan("sync/maindata", RESTART)

            await scene.polls(2)

            assert len(scene.handler.calls("auth/login")) == 2
            assert scene.phases == ["connecting", "online"]

    run(story())


def test_another_version_behind_an_open_door_is_noticed_though_no_poll_was_lost(run: Run) -> None:
    async def story() -> None:
        async with Scene("4.5.2") as scene:
            scene.handler.lets_in = True
            await scene.online()
            client = scene.session.client
            assert client is not None
            assert client.version.app[:2] == (4, 5)

            newer = World("5.1.0")
            scene.link.handler = Timed(newer)
            scene.link.handler.lets_in = True
            await until(lambda: client.version.app[:2] == (5, 1))

            assert "waiting" not in scene.phases

    run(story())


def test_another_version_is_noticed_by_the_first_call_that_it_does_not_know(run: Run) -> None:
    async def story() -> None:
        async with Scene("4.5.2", interval_s=600) as scene:
            scene.handler.lets_in = True
            await scene.online()
            newer = World("5.1.0")
            made = newer.add("one")
            scene.link.handler = Timed(newer)
            scene.link.handler.lets_in = True

            await scene.session.post("torrents/stop", hashes=[made])

            assert newer.torrents[made]["state"].startswith("stopped")
            called = [name for name, _form in scene.link.handler.log if name.startswith("torrents/")]
            assert called == ["torrents/pause", "torrents/stop"]

    run(story())


def test_a_wrong_password_is_tried_once_and_never_by_itself_again(run: Run) -> None:
    async def story() -> None:
        async with Scene(password="wrong") as scene:
            await until(lambda: scene.session.status.phase == "refused")
            await asyncio.sleep(3600)

            error = scene.session.status.error
            assert isinstance(error, AuthFailed)
            assert error.kind == "password"
            assert scene.config.rejected
            assert len(scene.handler.calls("auth/login")) == 1
        scene.session.start()
        await until(lambda: scene.session.status.phase == "refused")
        assert "home refused the user name or password" in str(scene.session.status.error)
        assert len(scene.handler.calls("auth/login")) == 1

    run(story())


def test_a_login_that_was_refused_is_not_needed_where_the_door_is_open(run: Run) -> None:
    async def story() -> None:
        scene = Scene(password="wrong")
        scene.config.rejected = scene.handler.lets_in = True
        async with scene:
            await scene.online()

            assert not scene.handler.calls("auth/login")

    run(story())


def test_a_server_without_a_known_password_waits_for_the_user_and_is_not_called_refused(run: Run) -> None:
    async def story() -> None:
        async with Scene(password="") as scene:
            await until(lambda: scene.session.status.phase == "refused")

            assert "No password is known" in str(scene.session.status.error)
            assert not scene.config.rejected, "nothing was refused"
            scene.handler.lets_in = True
            scene.session.retry_now()
            await scene.online()

    run(story())


@pytest.mark.parametrize("auth", ["password", "none"])
def test_a_door_that_closes_for_a_while_is_found_open_again(run: Run, auth: str) -> None:
    async def story() -> None:
        scene = Scene(password="")
        scene.config.auth, scene.handler.lets_in = auth, True
        async with scene:
            await scene.online()
            scene.handler.lets_in = False
            scene.handler.restart()
            await until(lambda: scene.session.status.phase == "waiting")
            assert isinstance(scene.session.status.error, AuthFailed)
            await asyncio.sleep(300)
            assert scene.session.status.phase == "waiting"

            scene.handler.lets_in = True
            await scene.online()

            assert not scene.handler.calls("auth/login")

    run(story())


def test_a_password_that_comes_late_is_used_once_the_door_has_closed(run: Run) -> None:
    async def story() -> None:
        scene = Scene(password="")
        scene.handler.lets_in = True
        async with scene:
            await scene.online()
            scene.handler.lets_in = False
            scene.handler.restart()
            await until(lambda: scene.session.status.phase == "waiting")

            scene.password = RIGHT
            await scene.online()

            assert len(scene.handler.calls("auth/login")) == 1

    run(story())


TEXT, HTML_403 = Reply(403, b"Forbidden"), Reply(403, b"<html>no</html>", {"content-type": "text/html"})
BARE, BASIC = Reply(401), Reply(401, b"", {"www-authenticate": 'Basic realm="gate"'})


@pytest.mark.parametrize("reply", [BARE, BASIC, TEXT, HTML_403], ids=["401", "401 Basic", "403", "403 HTML"])
@pytest.mark.parametrize("lost", [False, True], ids=["session kept", "session lost"])
def test_what_a_proxy_refuses_is_asked_again_slowly_and_without_a_password(run: Run, reply: Reply, lost: bool) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            if lost:
                scene.handler.restart()
            asked: list[str] = []

            def refuse(request: Request) -> Fault:
                asked.append(request.endpoint)
                return Fault(executed=False, reply=reply)

            scene.link.always = refuse
            await until(lambda: scene.session.status.phase == "waiting")
            await asyncio.sleep(3600)
            assert 100 < asked.count("sync/maindata") < 200, "every 30 s in the end"
            assert "auth/login" not in asked

            scene.link.always = lambda request: None
            await scene.online()

            assert len(scene.handler.calls("auth/login")) == (2 if lost else 1)
            assert not scene.config.rejected

    run(story())


def test_a_proxy_that_says_how_long_to_wait_is_given_that_time(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            many = Fault(executed=False, reply=Reply(429, b"slow down", {"retry-after": "45"}))
            scene.link.plan("sync/maindata", many)

            await until(lambda: scene.session.status.phase == "waiting")

            assert scene.session.status.retry_at is not None
            assert scene.session.status.retry_at - clock() == pytest.approx(45, abs=0.1)
            assert "status 429" in str(scene.session.status.error)
            await scene.online()

    run(story())


def test_after_a_refusal_the_user_can_try_again_with_another_password(run: Run) -> None:
    async def story() -> None:
        async with Scene(password="wrong") as scene:
            await until(lambda: scene.session.status.phase == "refused")
            scene.password = RIGHT

            scene.session.retry_now()
            await scene.online()

            assert not scene.config.rejected

    run(story())


def test_a_banned_address_is_left_in_peace(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.link.plan("auth/login", Fault(executed=False, reply=Reply(403, b"banned")))
            await until(lambda: scene.session.status.phase == "waiting")
            await asyncio.sleep(3500)

            assert isinstance(scene.session.status.error, AuthFailed)
            assert scene.session.status.error.kind == "banned"
            assert len(scene.handler.calls("auth/login")) == 0
            assert not scene.config.rejected, "the password may be right"
            await scene.online()
            assert len(scene.handler.calls("auth/login")) == 1, "the ban is over after an hour"

    run(story())


def test_a_server_that_ends_sessions_all_the_time_is_asked_once_a_minute(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.link.always = lambda request: RESTART if request.endpoint == "sync/maindata" else None

            await until(lambda: scene.session.status.phase == "waiting")

            assert scene.session.status.retry_at is not None
            assert scene.session.status.retry_at - clock() == pytest.approx(60, abs=0.1)

    run(story())


def test_a_single_slow_poll_does_not_make_the_list_blind(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=1.5) as scene:
            await scene.online()
            scene.link.plan("sync/maindata", late(9.0))

            before, after = (await scene.polls(2))[-2:]

            assert after - before == pytest.approx(9.0 + 10.0, abs=0.1)

    run(story())


def test_the_interval_counts_from_the_end_of_the_last_poll(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=2.0) as scene:
            await scene.online()

            at = await scene.polls(4)

            assert all(b - a == pytest.approx(2.0, abs=0.05) for a, b in pairwise(at))

    run(story())


def test_a_slow_server_is_given_three_times_its_time(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=1.5) as scene:
            scene.link.always = lambda request: late(1.0)
            await scene.online()

            at = await scene.polls(3)

            assert all(b - a == pytest.approx(4.0, abs=0.1) for a, b in pairwise(at))

    run(story())


def test_a_server_that_nobody_looks_at_is_polled_every_ten_seconds(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.session.looked_at = False
            await scene.online()

            first, second = await scene.polls(2)
            assert second - first == pytest.approx(10, abs=0.1)
            began = clock()
            scene.session.looked_at = True
            assert (await scene.polls(1))[0] - began < 0.1

    run(story())


def test_a_poke_polls_at_once_but_never_twice_at_the_same_time(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            await scene.online()
            scene.link.plan("sync/maindata", late(5))
            scene.session.poke()
            await until(lambda: scene.transports[0].in_flight == 1)

            scene.session.poke()
            await scene.polls(2)  # the one under way may have been too early, so one more follows it

            assert scene.handler.at[-1] - scene.handler.at[-2] == pytest.approx(5, abs=0.1)
            assert scene.transports[0].most_in_flight == 1

    run(story())


def test_after_a_command_it_polls_in_short_steps_until_the_change_shows(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            made = scene.world.add("one")
            await scene.online()
            began = clock()
            asyncio.get_running_loop().call_later(0.7, lambda: scene.world.set(made, up_limit=5))

            scene.session.poke([made])
            await until(lambda: scene.session.mirror.torrents[made].up_limit == 5)
            shown_after = clock() - began
            known = len(scene.handler.at)
            await asyncio.sleep(50)

            assert 0.7 <= shown_after <= 0.9
            assert 3 <= known - 1 <= 8
            assert len(scene.handler.at) == known, "it went on polling"

    run(story())


def test_a_change_that_never_shows_is_waited_for_two_seconds(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            made = scene.world.add("one")
            await scene.online()
            began = clock()

            scene.session.poke([made])
            await asyncio.sleep(50)

            assert 10 <= len(scene.handler.at) - 1 <= 21
            assert scene.handler.at[-1] - began <= 2.5

    run(story())


def test_speeds_that_change_by_themselves_answer_no_command(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            made = scene.world.add("one", state="downloading")
            await scene.online()
            began = clock()
            loop = asyncio.get_running_loop()
            for step in range(1, 30):
                loop.call_later(step / 10, partial(scene.world.set, made, dlspeed=step, downloaded=step))
            loop.call_later(1.1, lambda: scene.world.set(made, state="stoppedDL"))

            scene.session.poke([made])
            await until(lambda: scene.session.mirror.torrents[made].state == "stoppedDL")

            assert clock() - began < 2

    run(story())


@pytest.mark.parametrize("what", ["appears", "goes"])
def test_a_target_may_appear_or_go(run: Run, what: str) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            target = "a" * 40
            if what == "goes":
                scene.world.add("x", target)
            await scene.online()

            def change() -> None:
                if what == "appears":
                    scene.world.add("x", target)
                else:
                    scene.world.remove(target)

            asyncio.get_running_loop().call_later(0.5, change)

            scene.session.poke([target])
            await until(lambda: (target in scene.session.mirror.torrents) == (what == "appears"), 2)

    run(story())


def test_a_command_is_sent_and_shown(run: Run) -> None:
    async def story() -> None:
        async with Scene("4.5.2", interval_s=100) as scene:
            made = scene.world.add("one")
            await scene.online()

            await scene.session.post("torrents/stop", hashes=[made])
            await until(lambda: scene.session.mirror.torrents[made].state == "stoppedDL", 1)

            assert scene.handler.calls("torrents/pause") == [{"hashes": made}]

    run(story())


def test_a_command_on_one_torrent_by_its_hash_is_waited_for_too(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=100) as scene:
            made = scene.world.add("one")
            await scene.online()

            await scene.session.post("torrents/rename", hash=made, name="two")
            scene.world.set(made, name="one")  # not published yet
            asyncio.get_running_loop().call_later(1.1, partial(scene.world.set, made, name="two"))

            await until(lambda: scene.session.mirror.torrents[made].name == "two", 1.6)

    run(story())


def test_many_torrents_go_in_several_requests(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            hashes = [scene.world.add(str(n)) for n in range(1201)]
            await scene.online()

            await scene.session.post("torrents/delete", hashes=hashes[:201], deleteFiles=False)
            await scene.session.post("torrents/recheck", hashes=hashes[201:])

            sent = {
                name: [len(call["hashes"].split("|")) for call in scene.handler.calls(f"torrents/{name}")]
                for name in ("delete", "recheck")
            }
            assert sent == {"delete": [100, 100, 1], "recheck": [500, 500]}
            assert len(scene.world.torrents) == 1000

    run(story())


def test_a_command_on_many_ends_between_two_requests_when_told(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            hashes = [scene.world.add(str(n)) for n in range(1201)]
            await scene.online()
            told: list[int] = []

            def go_on(done: int) -> bool:
                told.append(done)
                return done < 1000

            await scene.session.post("torrents/recheck", hashes=hashes, go_on=go_on)

            assert told == [500, 1000]
            assert [len(call["hashes"].split("|")) for call in scene.handler.calls("torrents/recheck")] == [500, 500]

    run(story())


def test_moves_in_the_queue_go_in_one_request(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            hashes = [scene.world.add(str(n), priority=n + 1) for n in range(600)]
            await scene.online()

            await scene.session.post("torrents/topPrio", hashes=hashes[50:])

            assert len(scene.handler.calls("torrents/topPrio")) == 1
            assert sorted(hashes, key=lambda h: scene.world.torrents[h]["priority"]) == hashes[50:] + hashes[:50]

    run(story())


def test_a_refused_command_raises_what_the_server_said(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()

            with pytest.raises(Rejected):
                await scene.session.post("torrents/createCategory", category="//")

    run(story())


def test_commands_and_reads_say_that_the_server_is_not_connected(run: Run) -> None:
    async def story() -> None:
        session = Scene().session

        for call in (session.post("torrents/stop", hashes=["a"]), session.get("app/preferences")):
            with pytest.raises(Unreachable, match="home is not connected") as error:
                await call
            assert not error.value.sent

    run(story())


def test_reads_go_to_the_server(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()

            assert (await scene.session.get("app/preferences"))["web_ui_port"] == 8080

    run(story())


class OutOfStep(Timed):
    """Sends changes of a torrent that it never told of, as long as it is asked for changes."""

    broken = 1

    def answer(self, request: Request) -> Reply:
        reply = super().answer(request)
        if request.endpoint == "sync/maindata" and self.broken and len(self.at) > 1:
            self.broken -= 1
            return Reply(200, b'{"rid":99,"torrents":{"%s":{"dlspeed":1}}}' % (b"f" * 40))
        return reply


@pytest.mark.parametrize(("broken", "pause_s"), [(1, 0), (2, 10)])
def test_half_a_torrent_is_never_shown_and_everything_is_asked_for(run: Run, broken: int, pause_s: float) -> None:
    async def story() -> None:
        scene = Scene()
        scene.link.handler = scene.handler = OutOfStep(scene.world)
        scene.handler.broken = broken
        async with scene:
            await scene.online()
            await scene.polls(1)

            assert scene.session.mirror.torrents == {}
            assert scene.handler.polls == ["0", "1", *["0"] * broken]
            assert scene.phases == ["connecting", "online"]
            assert scene.handler.at[-1] - scene.handler.at[1] == pytest.approx(pause_s, abs=0.1)

    run(story())


def test_stop_ends_a_poll_under_way_and_can_be_followed_by_start(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.world.add("one")
            await scene.online()
            scene.link.plan("sync/maindata", late(9))
            scene.session.poke()
            await until(lambda: scene.transports[0].in_flight == 1)
            began = clock()

            await scene.session.stop()

            assert clock() - began <= 2
            assert scene.session.status.phase == "offline"
            assert scene.session.client is None
            assert len(scene.session.mirror.torrents) == 1
            assert scene.handler.calls("auth/logout")
            scene.session.start()
            await scene.online()
            assert scene.handler.polls[-1] == "0"

    run(story())


def test_stop_does_not_wait_for_a_client_that_cannot_be_closed(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await scene.online()
            scene.transports[0].close_s = 60
            began = clock()

            await scene.session.stop()

            assert clock() - began <= 2
            assert scene.session.status.phase == "offline"

    run(story())


def test_starting_twice_makes_one_session(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            scene.session.start()
            await (await scene.online()).polls(2)

            assert scene.session.looked_at
            assert len(scene.handler.calls("auth/login")) == 1
            assert len(scene.transports) == 1

    run(story())


def test_a_listener_that_raises_ends_neither_the_polling_nor_the_others(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            reported: list[BaseException] = []
            told: list[Changes] = []

            def broken() -> None:
                raise ValueError("ours")

            scene.session.on_fault = lambda _session, error: reported.append(error)
            scene.session.on_changes.append(lambda _session, _changes: [][1])
            scene.session.on_changes.append(lambda _session, changes: told.append(changes))
            scene.session.on_status.insert(0, lambda _session: broken())

            await scene.online()
            await scene.polls(3)

            assert {type(error) for error in reported} == {IndexError, ValueError}
            assert len(told) >= 3
            assert scene.phases == ["connecting", "online"]

    run(story())


def test_an_error_of_ours_on_the_way_to_a_poll_does_not_end_the_updates(run: Run) -> None:
    async def story() -> None:
        scene = Scene()
        reported: list[BaseException] = []
        broken = 2

        async def opened(config: ServerConfig) -> QbtClient:
            nonlocal broken
            broken -= 1
            return QbtClient(config, Secrets(RIGHT), transport=SimTransport(scene.link)) if broken < 0 else [][1]

        session = Session(scene.config, opened)
        session.on_fault = lambda _session, error: reported.append(error)
        session.start()
        await until(lambda: session.status.phase == "waiting")
        assert "A fault in qbt-remote" in str(session.status.error)
        await until(lambda: session.status.phase == "online")
        await session.stop()

        assert [type(error) for error in reported] == [IndexError, IndexError]

    run(story())


def test_without_a_listener_an_error_of_ours_reaches_the_loop(run: Run) -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        ours, seen = loop.get_exception_handler(), []
        loop.set_exception_handler(lambda _loop, context: seen.append(context["exception"]))
        async with Scene() as scene:
            scene.session.on_changes.append(lambda _session, _changes: [][1])
            await until(lambda: seen)
        loop.set_exception_handler(ours)

        assert isinstance(seen[0], IndexError)

    run(story())


def test_the_log_has_no_password(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story() -> None:
        async with Scene() as scene:
            await (await scene.online()).polls(1)

    run(story())

    assert RIGHT not in caplog.text
