"""A command shows soon however long the polls take: its torrents are asked for by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.polls.looks import SHOWS_WITHIN_S
from qbt_remote.sync.session import Session
from tests.sim.faults import FAILED, RESTART, late
from tests.sim.handler import Request
from tests.sim.slow import SlowLink
from tests.sync.test_session import Run, Scene, clock, run, until

__all__ = ["run"]

POLL_S = 4.0


def slow_polls(request: Request) -> Any:
    return late(POLL_S) if request.endpoint == "sync/maindata" else None


class Old(Scene):
    """A server that takes as long as one of that release did, and answers one request after another."""

    def __init__(self, release: str, count: int) -> None:
        super().__init__(release)
        self.world.fill(count)
        self.link = SlowLink(self.handler)


async def slow(scene: Scene) -> Scene:
    """Wait until the session knows that polls are slow, and pauses between two."""
    scene.link.always = slow_polls
    await scene.online()
    await scene.polls(1)
    return scene


async def shown_after(scene: Scene, torrent_hash: str, **fields: Any) -> float:
    began, torrents = clock(), scene.session.mirror.torrents
    await until(lambda: all(getattr(torrents[torrent_hash], name) == value for name, value in fields.items()), 60)
    return clock() - began


def reads(scene: Scene) -> list[int]:
    """How many torrents each call asked for."""
    return [form["hashes"].count("|") + 1 for form in scene.handler.calls("torrents/info")]


@pytest.mark.parametrize("release", ["4.1.7", "4.4.1", "5.3.0"])
def test_a_command_shows_at_once_between_two_slow_polls(run: Run, release: str) -> None:
    async def story() -> None:
        async with Scene(release) as scene:
            made = scene.world.add("one")
            await slow(scene)
            polls = len(scene.handler.at)

            await scene.session.post("torrents/stop", hashes=[made])
            took = await shown_after(scene, made, state="stoppedDL")

            assert took < 0.5
            assert len(scene.handler.at) == polls, "no poll stood in its way"
            assert reads(scene) == [1]

    run(story())


@pytest.mark.parametrize("release", ["4.1.7", "4.4.1", "5.1.0", "5.3.0"])
def test_a_command_shows_while_a_slow_poll_is_under_way(run: Run, release: str) -> None:
    async def story() -> None:
        async with Scene(release) as scene:
            made = scene.world.add("one", state="stalledDL")
            await slow(scene)
            await until(lambda: scene.transports[0].in_flight == 1)
            states: list[str] = []
            scene.session.on_changes.append(lambda s, _changes: states.append(s.mirror.torrents[made].state))

            await scene.session.post("torrents/stop", hashes=[made])
            took = await shown_after(scene, made, state="stoppedDL")
            assert scene.transports[0].in_flight == 1, "the poll is not given up"
            await scene.polls(2)

            assert took < 0.5
            assert set(states) == {"stoppedDL"}, "the answer that was made before does not undo it"

    run(story())


def test_what_is_published_late_is_asked_for_until_it_shows(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            asyncio.get_running_loop().call_later(1.2, partial(scene.world.set, made, up_limit=5))

            scene.session.poke([made])
            took = await shown_after(scene, made, up_limit=5)

            assert 1.2 <= took <= 1.4
            assert 6 <= len(reads(scene)) <= 13

    run(story())


def test_what_never_shows_is_asked_for_two_seconds(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)

            scene.session.poke([made])
            await asyncio.sleep(SHOWS_WITHIN_S + 1)
            asked = len(reads(scene))
            await asyncio.sleep(60)

            assert 10 <= asked <= 20
            assert len(reads(scene)) == asked

    run(story())


def test_a_poll_stands_back_until_the_command_shows(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            due = scene.handler.at[-1] + POLL_S + 10.0
            await asyncio.sleep(due - 0.1 - clock())
            began, polls = clock(), len(scene.handler.at)

            scene.session.poke([made])
            await until(lambda: len(scene.handler.at) > polls, 20)

            assert began + SHOWS_WITHIN_S <= scene.handler.at[-1] <= began + SHOWS_WITHIN_S + 1

    run(story())


@pytest.mark.parametrize("under_way", [False, True])
def test_a_torrent_that_was_removed_goes_and_one_that_was_added_comes(run: Run, under_way: bool) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            if under_way:
                await until(lambda: scene.transports[0].in_flight == 1)
            torrents, new, told = scene.session.mirror.torrents, "e" * 40, []  # type: ignore[var-annotated]
            scene.session.on_changes.append(lambda _session, changes: told.append(changes))

            await scene.session.post("torrents/delete", hashes=[made], deleteFiles=False)
            scene.world.add("two", new)
            scene.session.poke([new])
            await until(lambda: made not in torrents and new in torrents, 1.0)
            await scene.polls(3)

            assert list(torrents) == [new]
            assert [t.hash for changes in told for t in changes.removed] == [made]
            assert [t.hash for changes in told for t in changes.added] == [new]
            assert scene.handler.polls.count("0") == 1, "nothing was out of step"

    run(story())


def test_thousands_are_asked_for_in_parts_each_once(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            hashes = [scene.world.add(str(n)) for n in range(2_050)]
            await slow(scene)
            told: list[Changes] = []
            scene.session.on_changes.append(lambda _session, changes: told.append(changes))

            await scene.session.post("torrents/stop", hashes=hashes)
            await until(lambda: all(t.state == "stoppedDL" for t in scene.session.mirror.torrents.values()), 5)

            assert sum(reads(scene)) == 2_050 and max(reads(scene)) == 200
            assert sum(len(changes.changed) for changes in told) == 2_050
            await scene.polls(2)
            assert not told[-1].changed and sum(reads(scene)) == 2_050

    run(story())


def test_where_polls_are_quick_nothing_else_is_asked_for(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await scene.online()
            await scene.polls(1)

            await scene.session.post("torrents/stop", hashes=[made])
            await shown_after(scene, made, state="stoppedDL")
            await asyncio.sleep(5)

            assert not reads(scene)

    run(story())


def test_where_torrents_cannot_be_asked_for_the_polls_go_on(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            scene.link.always = lambda request: FAILED if request.endpoint == "torrents/info" else slow_polls(request)

            await scene.session.post("torrents/stop", hashes=[made])
            took = await shown_after(scene, made, state="stoppedDL")

            assert took < POLL_S + 0.5
            assert scene.session.status.phase == "online"

    run(story())


def test_stop_ends_a_look_under_way(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            scene.link.plan("torrents/info", late(20))
            scene.session.poke([made])
            await until(lambda: scene.handler.calls("torrents/info"))
            began = clock()

            await scene.session.stop()

            assert clock() - began < 2

    run(story())


def test_a_listener_that_raises_does_not_end_a_look(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            reported: list[BaseException] = []
            scene.session.on_fault = lambda _session, error: reported.append(error)
            scene.session.on_changes.append(lambda _session, _changes: [][1])

            await scene.session.post("torrents/stop", hashes=[made])
            await until(lambda: reported, 2)

            assert isinstance(reported[0], IndexError)
            assert scene.session.status.phase == "online"

    run(story())


# what the servers before 4.5 take


@pytest.mark.parametrize(("release", "count"), [("4.1.7", 2_500), ("4.1.7", 5_000), ("4.4.1", 10_000)])
def test_an_old_server_with_a_long_list_shows_a_command_soon(run: Run, release: str, count: int) -> None:
    async def story() -> None:
        async with Old(release, count) as scene:
            await scene.online()
            await scene.polls(3)
            target = list(scene.world.torrents)[-1]
            for limit in (1_000, 2_000, 3_000):
                polling = scene.transports[0].in_flight
                left = 8.0 if polling else 0.0

                await scene.session.post("torrents/setUploadLimit", hashes=[target], limit=limit)
                assert await shown_after(scene, target, up_limit=limit) < left + 1.5
                await asyncio.sleep(1.3)

            assert reads(scene), "they were asked for"
            assert sum(reads(scene)) <= 10

    run(story())


@pytest.mark.parametrize(("count", "whole"), [(100, False), (1_000, True), (2_500, True), (5_000, True)])
def test_before_4_2_the_whole_list_is_asked_for_where_it_is_the_cheaper(run: Run, count: int, whole: bool) -> None:
    async def story() -> None:
        async with Old("4.1.7", count) as scene:
            await scene.online()
            await scene.polls(4)

            assert scene.handler.polls[:2] == ["0", "1"], "a delta is measured"
            assert all((rid == "0") == whole for rid in scene.handler.polls[2:])

    run(story())


def test_from_4_2_on_only_changes_are_asked_for(run: Run) -> None:
    async def story() -> None:
        async with Old("4.4.1", 10_000) as scene:
            await scene.online()
            await scene.polls(3)

            assert scene.handler.polls.count("0") == 1

    run(story())


def test_a_torrent_that_finishes_is_seen_to_where_whole_lists_are_asked_for(run: Run) -> None:
    async def story() -> None:
        async with Old("4.1.7", 2_500) as scene:
            await scene.online()
            await scene.polls(2)
            first = next(iter(scene.world.torrents))
            scene.world.set(first, state="uploading", progress=1)

            await until(lambda: scene.session.mirror.torrents[first].state == "uploading", 30)

            assert scene.handler.polls[-1] == "0"
            assert not scene.changes[-1].full
            assert [(t.hash, before) for t, before in scene.changes[-1].states] == [(first, "downloading")]

    run(story())


def test_a_whole_list_that_comes_unasked_is_told_as_one(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            await (await scene.online()).polls(1)
            scene.link.plan("sync/maindata", RESTART)

            await scene.polls(2)

            assert [changes.full for changes in scene.changes[-3:]].count(True) == 1
            assert scene.handler.polls.count("0") == 1

    run(story())


def test_the_first_delta_comes_after_the_usual_interval_however_long_the_first_list_took(run: Run) -> None:
    async def story() -> None:
        async with Scene(interval_s=1.5) as scene:
            scene.link.plan("sync/maindata", late(6.0))
            await scene.online()

            at = await scene.polls(1)

            assert at[0] - scene.handler.at[0] == pytest.approx(6.0 + 1.5, abs=0.1)

    run(story())


def test_a_delta_that_takes_longer_than_the_usual_limit_gets_through(run: Run) -> None:
    async def story() -> None:
        async with Scene("4.4.1") as scene:
            await scene.online()
            scene.link.always = lambda request: (
                late(15.0) if request.endpoint == "sync/maindata" and "rid=0" not in request.target else None
            )

            await scene.polls(3)

            assert [rid for rid, after in pairwise(scene.handler.polls) if after == "0"] == ["1"], "one was given up"
            assert scene.session.status.phase == "online"

    run(story())


def test_one_answer_at_a_time_is_applied_and_told_of(run: Run) -> None:
    async def story() -> None:
        async with Scene() as scene:
            made = scene.world.add("one")
            await slow(scene)
            inside: list[int] = []
            most: list[int] = []

            def busy(_session: Session, _changes: Changes) -> Generator[bool, None, None]:
                inside.append(1)
                most.append(len(inside))
                for _turn in range(50):
                    yield True
                inside.pop()

            scene.session.on_changes.append(busy)
            await until(lambda: scene.transports[0].in_flight == 1)
            for limit in range(1, 40):
                await scene.session.post("torrents/setUploadLimit", hashes=[made], limit=limit)
                await asyncio.sleep(0.15)

            assert len(most) > 10 and max(most) == 1

    run(story())
