"""What the queue sends, when, and what becomes of it: with simulated servers, and a loop that waits for no time."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.api.adding.given import Given
from qbt_remote.api.adding.items import Item, from_link
from qbt_remote.api.client import QbtClient
from qbt_remote.local.add_queue import NAME, QueueFile, QueueRow
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.adding import sender
from qbt_remote.sync.adding.kept import Offer, options_of
from qbt_remote.sync.adding.queue import AddQueue, CannotQueue
from qbt_remote.sync.session import Session
from tests.real.scene import tiny
from tests.sim.faults import DROPPED, LOST, PROXY_PAGE, Fault, Link
from tests.sim.handler import Handler, Reply
from tests.sim.transport import SimTransport
from tests.sim.world import World
from tests.sync.clock import SkippingLoop

Run = Callable[[Coroutine[Any, Any, Any]], Any]
OPTIONS = AddOptions(category="films", tags=("one",), stopped=True)
REFUSAL = Reply(415, b"not a torrent", {})


@pytest.fixture
def run() -> Iterator[Run]:
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        yield runner.run


class Nas:
    """A simulated server and its session, which is started by ``appear``."""

    def __init__(self, release: str = "5.3.0") -> None:
        self.handler = Handler(World(release))
        self.link = Link(self.handler)
        self.config = ServerConfig("nas", "http://nas.test", username="admin", id="nas")
        self.session = Session(self.config, self._open)
        self.away = False
        self.link.always = lambda request: DROPPED if self.away else None

    async def _open(self, config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password="secret"), transport=SimTransport(self.link))

    def hashes(self) -> set[str]:
        return set(self.handler.world.torrents)

    def posts(self) -> int:
        return len(self.handler.calls("torrents/add"))


class Desk:
    """A queue over servers, as the program has it."""

    def __init__(self, path: Path | None, *servers: Nas) -> None:
        self.sessions = {nas.config.id: nas.session for nas in servers}
        self.tasks: set[asyncio.Task[None]] = set()
        self.queue = AddQueue(QueueFile(path), self.sessions, self._spawn)
        self.errors: list[BaseException] = []

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.errors.append(error)

    async def put(self, *items: AddItem, options: AddOptions = OPTIONS) -> list[QueueRow]:
        return await self.queue.put("nas", "NAS", [(item, options) for item in items])

    async def stop(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for session in self.sessions.values():
            await session.stop()
        await self.queue.rows.do(self.queue.rows.file.close)


@asynccontextmanager
async def desk(path: Path | None, *servers: Nas, online: bool = True) -> AsyncIterator[Desk]:
    made = Desk(path, *servers)
    await made.queue.open()
    made._spawn(made.queue.work())
    try:
        if online:
            for nas in servers:
                await appear(nas)
        yield made
    finally:
        await made.stop()


async def appear(nas: Nas) -> None:
    nas.session.start()
    await until(lambda: nas.session.status.phase == "online")


async def until(condition: Callable[[], Any]) -> None:
    for _turn in range(20_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def file(number: int) -> AddItem:
    sample = tiny(number)
    return AddItem(f"/tmp/{number}.torrent", sample.torrent, "", sample.hash, sample.name, (sample.hash,))


def magnet(number: int) -> Item:
    item = from_link(f"magnet:?xt=urn:btih:{number:040x}&dn=m{number}")
    assert isinstance(item, Item)
    return item


def in_the_file(folder: Path) -> list[QueueRow]:
    """Read the rows as another process does."""
    other = QueueFile(folder / NAME)
    other.open()
    try:
        return other.rows()
    finally:
        other.close()


def states(rows: list[QueueRow]) -> list[tuple[str, Any]]:
    return [(row.state, row.told.get("outcome")) for row in rows]


def all_said(rows: list[QueueRow]) -> bool:
    return all(row.state in ("done", "failed") for row in rows)


def test_what_is_put_in_is_sent_with_its_options(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made:
            rows = await made.put(file(1), magnet(2))
            await until(lambda: all_said(rows))

            assert states(rows) == [("done", "added")] * 2
            assert nas.hashes() == {file(1).hash, magnet(2).hash}
            assert {call["category"] for call in nas.handler.calls("torrents/add")} == {"films"}

    run(main())


def test_what_is_given_while_the_server_is_away_is_sent_when_it_is_there(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas, online=False) as made:
            rows = await made.put(file(1), magnet(2))
            await asyncio.sleep(60)
            assert states(rows) == [("queued", None)] * 2
            assert nas.posts() == 0

            await appear(nas)
            await until(lambda: all_said(rows))
            assert states(rows) == [("done", "added")] * 2

    run(main())


def test_a_server_that_goes_away_in_between_gets_the_rest_when_it_is_back(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made:
            nas.away = True
            rows = await made.put(*map(magnet, range(1, 80)))
            await asyncio.sleep(300)
            assert {row.state for row in rows} == {"queued"}

            nas.away = False
            await until(lambda: all_said(rows))
            assert set(states(rows)) == {("done", "added")}
            assert len(nas.hashes()) == 79

    run(main())


def test_what_waits_is_sent_by_the_next_start(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas, online=False) as made:
            await made.put(file(1), magnet(2))

        later = Nas()
        async with desk(tmp_path / NAME, later) as made:
            await until(lambda: len(made.queue.rows.all) == 2)
            rows = list(made.queue.rows.all.values())
            await until(lambda: all_said(rows))
            assert states(rows) == [("done", "added")] * 2
            assert later.hashes() == {file(1).hash, magnet(2).hash}
            assert later.handler.calls("torrents/add")[1]["category"] == "films"

    run(main())


def test_what_was_under_way_at_the_end_is_looked_for_and_not_sent_twice(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas, online=False) as made:
            rows = await made.put(file(1), magnet(2))
            for row in rows:
                made.queue.rows.set(row, "sending")
            await made.queue.rows.save(rows)

        later = Nas()
        async with desk(None, later) as first:
            done = await first.put(file(1))
            await until(lambda: all_said(done))
        later.session = Session(later.config, later._open)
        async with desk(tmp_path / NAME, later) as made:
            await until(lambda: made.queue.rows.all and all_said(list(made.queue.rows.all.values())))
            assert states(list(made.queue.rows.all.values())) == [("done", "added")] * 2
            assert later.posts() == 2  # one by each desk

    run(main())


def test_a_link_that_was_under_way_at_the_end_is_never_sent_again_by_itself(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        link = from_link("http://tracker.test/a.torrent?token=1")
        assert isinstance(link, Item)
        nas = Nas()
        async with desk(tmp_path / NAME, nas, online=False) as made:
            (row,) = await made.put(link)
            made.queue.rows.set(row, "sending")
            await made.queue.rows.save([row])

        later = Nas()
        async with desk(tmp_path / NAME, later) as made:
            await until(lambda: made.queue.rows.all)
            (row,) = made.queue.rows.all.values()
            await until(lambda: row.state == "verifying")
            row.changed -= 3600  # by the clock of the wall, which is not skipped
            await until(lambda: row.state == "failed")
            assert (row.told["outcome"], row.told["reason"]) == ("unknown", sender.UNSURE)
            assert later.posts() == 0

            await made.queue.retry([row.id])
            await until(lambda: later.posts() == 1)

    run(main())


def test_an_answer_that_is_lost_doubles_nothing(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made:
            nas.link.plan("torrents/add", LOST)
            rows = await made.put(magnet(1), magnet(2))
            await until(lambda: all_said(rows))

            assert states(rows) == [("done", "added")] * 2
            assert len(nas.hashes()) == 2

    run(main())


def test_what_the_server_refuses_fails_with_the_reason_and_takes_no_others_with_it(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made:
            nas.link.plan("torrents/add", Fault(reply=REFUSAL, executed=False))
            rows = await made.put(magnet(1), magnet(2), magnet(3))
            await until(lambda: all_said(rows))

            assert states(rows) == [("failed", "refused"), ("done", "added"), ("done", "added")]
            assert "not a torrent" in rows[0].told["reason"]
            assert made.queue.failed() == rows[:1]
            await asyncio.sleep(3600)
            assert states(rows)[0] == ("failed", "refused"), "it is not tried again by itself"
            assert nas.hashes() == {magnet(2).hash, magnet(3).hash}

    run(main())


def test_a_row_that_the_server_fails_over_goes_behind_the_others_and_ends(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        bad = magnet(1)
        async with desk(tmp_path / NAME, nas) as made:

            def fails(request: Any) -> Fault | None:
                is_bad = request.endpoint == "torrents/add" and bad.hash.encode() in request.body
                return PROXY_PAGE if is_bad else None

            nas.link.always = fails
            rows = await made.put(bad, magnet(2), magnet(3))
            await until(lambda: all_said(rows))

            assert states(rows)[1:] == [("done", "added")] * 2
            assert rows[0].state == "failed"
            assert rows[0].changed >= max(row.changed for row in rows[1:])

    run(main())


def test_a_fault_of_ours_over_one_row_is_told_and_leaves_the_others(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas, online=False) as made:
            rows = await made.put(magnet(1), magnet(2))
            rows[0].options = '{"tags": 5}'  # what no version of ours has written
            await appear(nas)
            await until(lambda: all_said(rows))

            assert rows[0].state == "failed"
            assert states(rows)[1] == ("done", "added")
            assert len(made.errors) == 1

    run(main())


def test_what_is_there_already_is_said_so(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made:
            first = await made.put(magnet(1))
            await until(lambda: all_said(first))
            again = await made.put(magnet(1))
            await until(lambda: all_said(again))

            assert states(again) == [("done", "present")]

    run(main())


def test_what_is_taken_away_in_time_is_not_sent(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas, online=False) as made:
            rows = await made.put(magnet(1), magnet(2))
            assert await made.queue.remove([rows[0].id]) == [rows[0].id]
            await appear(nas)
            await until(lambda: rows[1].state == "done")

            assert nas.hashes() == {magnet(2).hash}
            assert [row.id for row in await made.queue.rows.do(made.queue.rows.file.rows)] == [rows[1].id]

    run(main())


def test_a_row_can_go_to_another_server_and_with_other_options(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas, other = Nas(), Nas()
        other.config = ServerConfig("other", "http://other.test", username="admin", id="other")
        other.session = Session(other.config, other._open)
        async with desk(tmp_path / NAME, nas, other, online=False) as made:
            await appear(other)
            rows = await made.put(magnet(1))
            await made.queue.change({rows[0].id: AddOptions(category="music")})
            await made.queue.retry([rows[0].id], server="other", name="Other")
            await until(lambda: all_said(rows))

            assert (rows[0].server, rows[0].server_name) == ("other", "Other")
            assert other.handler.calls("torrents/add")[0]["category"] == "music"
            assert nas.posts() == 0

    run(main())


def test_many_rows_are_tried_again_in_parts_and_all_of_them_written_down(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with desk(tmp_path / NAME) as made:  # its server is not there
            rows = await made.put(*map(magnet, range(1, 1201)))
            made.queue.rows.set_all(rows, "failed")
            parts: list[int] = []
            made.queue.rows.on_change.append(lambda changed: parts.append(len(changed)))

            await made.queue.retry([row.id for row in rows])
            assert parts == [500, 500, 200]
            assert {row.state for row in in_the_file(tmp_path)} == {"queued"}

            del parts[:]
            await made.queue.change({row.id: AddOptions(category="films") for row in rows})
            assert parts == [500, 500, 200]
            assert {options_of(row).category for row in in_the_file(tmp_path)} == {"films"}

    run(main())


def test_a_disk_that_fails_keeps_what_was_given_with_the_giver(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made:
            kept = await made.put(magnet(9))
            await until(lambda: all_said(kept))
            with closing(sqlite3.connect(tmp_path / NAME)) as base:
                base.execute("DROP TABLE item")
            with pytest.raises(CannotQueue, match="no such table"):
                await made.put(*map(magnet, range(1, 60)))

            assert list(made.queue.rows.all.values()) == kept
            assert nas.posts() == 1

    run(main())


def test_where_no_file_can_be_had_it_works_and_says_that_nothing_is_kept(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "file").touch()
        nas = Nas()
        async with desk(tmp_path / "file" / NAME, nas) as made:
            rows = await made.put(magnet(1))
            await until(lambda: all_said(rows))

            assert states(rows) == [("done", "added")]
            assert made.queue.why_not_kept

    run(main())


def test_what_another_process_puts_in_is_sent_too(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made, desk(tmp_path / NAME) as other:
            await other.put(magnet(1))
            await until(lambda: nas.hashes())
            await until(lambda: all_said(list(made.queue.rows.all.values())))

            assert states(list(made.queue.rows.all.values())) == [("done", "added")]

    run(main())


def test_what_another_process_puts_in_before_our_own_is_not_passed_over(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        nas = Nas()
        async with desk(tmp_path / NAME, nas) as made, desk(tmp_path / NAME) as other:
            await asyncio.sleep(1)
            await other.put(magnet(1))
            await made.put(magnet(2))
            await until(lambda: len(nas.hashes()) == 2)

    run(main())


def test_what_nobody_has_decided_about_is_there_at_the_next_start_once(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "a.torrent"
        path.write_bytes(tiny(1).torrent)
        given = Given((path, "magnet:?xt=urn:btih:" + "a" * 40, tmp_path / "missing"))
        offer = Offer(given, OPTIONS, None, ask=False)
        heard: list[Any] = []
        async with desk(tmp_path / NAME) as made:
            made.queue.on_offers.append(heard.extend)
            kept = await made.queue.offer(offer)
            gone = await made.queue.offer(Offer(Given(("http://x.test/a.torrent",))))
            await made.queue.settle([gone])
            await asyncio.sleep(60)
            assert heard == [], "it is in a dialog here"

        path.unlink()
        async with desk(tmp_path / NAME) as made:
            made.queue.on_offers.append(heard.extend)
            await until(lambda: heard)
            await asyncio.sleep(60)
            ((number, found),) = heard
            assert number == kept
            assert (found.options, found.server, found.ask) == (OPTIONS, None, False)
            first, *others = found.given.things
            assert (first.source, first.data) == (str(path), tiny(1).torrent)
            assert tuple(others) == given.things[1:]

    run(main())


def test_no_secret_of_a_link_is_in_the_log(run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        nas = Nas()
        link = from_link("http://tracker.test/a.torrent?passkey=canary-1")
        assert isinstance(link, Item)
        async with desk(tmp_path / NAME, nas) as made:
            nas.link.plan("torrents/add", PROXY_PAGE)
            (row,) = await made.put(link, options=AddOptions(cookie="uid=canary-2"))
            await until(lambda: row.told.get("outcome"))

    with caplog.at_level(logging.DEBUG, "qbt_remote"):
        run(main())
    assert "canary" not in caplog.text


def test_rows_read_back_have_all_that_they_were_given(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        options = AddOptions(
            category="c", tags=("a", "b"), save_path="/s", stopped=False, ratio_limit=1.5, file_priorities=(0, 1)
        )
        async with desk(tmp_path / NAME) as made:
            (row,) = await made.put(file(3), options=options)
            item = await made.queue.rows.item(row)

            assert (item.source, item.torrent, item.hash, item.name, item.hashes) == (
                file(3).source,
                file(3).torrent,
                file(3).hash,
                file(3).name,
                file(3).hashes,
            )
            assert options_of(row) == options
            assert "torrent" not in json.loads(row.item)

    run(main())
