"""Details of which there is very much: it is taken in by steps, and bounded."""

from __future__ import annotations

from typing import Any

import pytest

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details import files as files_of
from qbt_remote.sync.details import server_log
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.poll import DetailPoll
from qbt_remote.sync.details.rows import Peer, Rows
from qbt_remote.sync.details.server_log import MAIN, ServerLog
from qbt_remote.sync.steps import Steps
from tests.conftest import Run
from tests.sim.details import peer
from tests.sim.files import files
from tests.sync.details.test_poll import quick, simulated

__all__ = ["quick"]


def test_thousands_of_rows_are_compared_in_steps() -> None:
    rows = Rows(Peer)
    wanted = {f"10.0.{n // 256}.{n % 256}:1": peer() for n in range(5000)}

    assert sum(1 for _step in rows.becoming(wanted)) == 25
    assert len(rows.by_key) == 5000
    wanted["10.0.0.9:1"] = peer(dl_speed=7)
    assert len(rows.become(wanted).changed) == 1
    assert rows.by_key["10.0.0.9:1"].dl_speed == 7


def test_what_shows_an_answer_in_steps_is_stopped_with_the_poll(quick: Run) -> None:
    shown: list[int] = []

    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, _two)):
            handler.told["torrents/trackers"][one] = [{"url": "http://t.test/a", "tier": 0, "status": 2}]

            def show(poll: DetailPoll, _changes: Changes) -> Steps[None]:
                for n in range(5):
                    shown.append(n)
                    if n == 2:
                        poll.stop()
                    yield True

            torrent = told.session.mirror.torrents[one]
            poll = DetailPoll(told.session, torrent, "trackers", on_changes=show, on_error=lambda _poll, _error: None)
            await poll.run()

    quick(story())

    assert shown == [0, 1, 2]


@pytest.mark.parametrize("count", [1000, 1001, 6000])
def test_of_very_many_files_the_first_are_given_and_the_others_counted(
    quick: Run, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(files_of, "MOST_FILES", 1000)

    async def story() -> tuple[Files, list[str]]:
        async with simulated() as (handler, _link, told, (one, _two)):
            names = [f"folder/{n} {'x' * 600}" for n in range(count)]
            handler.told["torrents/files"][one] = files(*names)
            async with told.following(one, "content") as poll:
                await told.answers()
                first = poll.rows.all  # type: ignore[attr-defined]  # Files
                await told.answers()
                assert isinstance(poll.rows, Files)
                assert poll.rows.all is first  # the same answer is not read again
                return poll.rows, names

    rows, names = quick(story())

    assert [file.name for file in rows.all] == names[:1000]
    assert rows.more == count - 1000


def test_of_a_very_long_log_the_newest_lines_are_taken_and_then_what_comes(
    quick: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_log, "MOST_KEPT", 100)

    async def story() -> None:
        async with simulated() as (handler, _link, told, _hashes):
            log = ServerLog(MAIN)
            for n in range(1000):
                handler.world.say(f"line {n}")
            entries, anew = await log.news(told.session)
            assert (texts(entries[-100:]), anew) == ([f"line {n}" for n in range(900, 1000)], False)
            assert len(entries) <= 101

            for n in range(1000, 1300):
                handler.world.say(f"line {n}")
            entries, anew = await log.news(told.session)
            assert (texts(entries), anew) == ([f"line {n}" for n in range(1200, 1300)], False)

    quick(story())


def texts(entries: list[Any]) -> list[str]:
    return [entry.text for entry in entries]
