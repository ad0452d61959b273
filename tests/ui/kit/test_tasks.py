"""Tasks live until they end, tell how they failed, and can all be stopped."""

from __future__ import annotations

import asyncio
import gc

from qbt_remote.ui.kit.tasks import Tasks
from tests.conftest import Run


def test_a_failure_is_told_with_what_was_being_done(run: Run) -> None:
    failures: list[tuple[str, str]] = []
    tasks = Tasks(lambda error, doing: failures.append((repr(error), doing)))

    async def fail() -> None:
        raise ValueError("no")

    async def scene() -> None:
        await asyncio.wait([tasks.spawn(fail(), "Rename")])

    run(scene())
    assert failures == [("ValueError('no')", "Rename")]


def test_a_task_that_nobody_holds_is_not_collected(run: Run) -> None:
    tasks = Tasks(lambda _error, _doing: None)
    done: list[bool] = []

    async def wait_for_a_future_that_only_it_knows() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.02, future.set_result, None)
        await future
        done.append(True)

    async def scene() -> None:
        tasks.spawn(wait_for_a_future_that_only_it_knows(), "Wait")
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0.05)

    run(scene())
    assert done == [True]


def test_stop_ends_all_but_the_task_that_calls_it(run: Run) -> None:
    failures: list[BaseException] = []
    tasks = Tasks(lambda error, _doing: failures.append(error))
    ended: list[str] = []

    async def sleep_long() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ended.append("sleeper")

    async def quit_all() -> None:
        await tasks.stop()
        ended.append("quitter")

    async def scene() -> None:
        tasks.spawn(sleep_long(), "Sleep")
        await asyncio.sleep(0)
        await asyncio.wait([tasks.spawn(quit_all(), "Quit")])

    run(scene())
    assert ended == ["sleeper", "quitter"]
    assert failures == []


def test_what_begins_after_the_stop_is_ended_at_once_and_is_no_failure(run: Run) -> None:
    failures: list[BaseException] = []
    tasks = Tasks(lambda error, _doing: failures.append(error))

    async def scene() -> None:
        await tasks.stop()
        late = tasks.spawn(asyncio.sleep(60), "Keep what was chosen")
        await asyncio.wait([late], timeout=5)
        assert late.cancelled()

    run(scene())
    assert failures == [] and tasks.doing == []
