"""What is polled for the details of one torrent, and what becomes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import BadReply, QbtError, Rejected
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.poll import MOST_ROWS, WHATS, DetailPoll
from qbt_remote.sync.details.rows import File, Peer, Properties, Rows, Tracker
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.real.scene import Tracker as RealTracker
from tests.real.servers import GENERATIONS, Server
from tests.real.swarm import join
from tests.sim.details import Details, peer
from tests.sim.faults import DROPPED, FAILED, Fault, Link
from tests.sim.handler import Reply
from tests.sim.transport import SimTransport
from tests.sim.world import World
from tests.sync.clock import SkippingLoop


@pytest.fixture
def quick() -> Iterator[Run]:
    """Run a coroutine on a loop that waits for no time; nothing may be left running."""
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        yield runner.run
        assert not asyncio.all_tasks(runner.get_loop())


async def until(condition: Callable[[], Any], limit_s: float = 60.0) -> Any:
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while not (value := condition()):
        assert loop.time() < end, f"not within {limit_s} s"
        await asyncio.sleep(0.01)
    return value


class Told:
    """Makes polls and keeps what they tell."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changes: list[Changes] = []
        self.errors: list[QbtError] = []

    @asynccontextmanager
    async def following(self, torrent_hash: str, what: str) -> AsyncIterator[DetailPoll]:
        poll = DetailPoll(
            self.session,
            self.session.mirror.torrents[torrent_hash],
            what,
            on_changes=lambda _poll, changes: self.changes.append(changes),
            on_error=lambda _poll, error: self.errors.append(error),
        )
        task = asyncio.get_running_loop().create_task(poll.run())
        try:
            yield poll
        finally:
            poll.stop()
            await asyncio.wait([task])

    async def answers(self, more: int = 1) -> Changes:
        """Wait for so many further answers and give the last."""
        known = len(self.changes)
        await until(lambda: len(self.changes) >= known + more)
        return self.changes[-1]


@asynccontextmanager
async def simulated() -> AsyncIterator[tuple[Details, Link, Told, list[str]]]:
    """A session on a simulated server with two torrents, and their hashes."""
    handler = Details(World("5.3.0"))
    link = Link(handler)
    hashes = [handler.world.add(name) for name in ("one", "two")]

    async def open_client(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password="secret"), transport=SimTransport(link))

    session = Session(ServerConfig("home", "http://home.test", username="admin"), open_client)
    session.start()
    await until(lambda: session.status.phase == "online")
    try:
        yield handler, link, Told(session), hashes
    finally:
        await session.stop()


def rids(handler: Details) -> list[tuple[str, str]]:
    return [(form["hash"], form["rid"]) for form in handler.calls("sync/torrentPeers")]


def test_only_what_is_followed_is_asked_for_every_two_seconds(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, _two)):
            began = asyncio.get_running_loop().time()
            async with told.following(one, "trackers"):
                await told.answers(5)
            took_s = asyncio.get_running_loop().time() - began
            asked = len(handler.calls("torrents/trackers"))
            await asyncio.sleep(20)

            assert asked == 5 == len(handler.calls("torrents/trackers")), "nothing after the stop"
            assert took_s == pytest.approx(8, abs=0.5)
            for row in WHATS.values():
                if row.endpoint != "torrents/trackers":
                    assert not handler.calls(row.endpoint)

    quick(story())


def test_a_poke_asks_at_once(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (_handler, _link, told, (one, _two)), told.following(one, "content") as poll:
            await told.answers()
            began = asyncio.get_running_loop().time()
            poll.poke()
            await told.answers()

            assert asyncio.get_running_loop().time() - began < 0.5

    quick(story())


def test_peers_follow_their_differences(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, _two)):
            peers = handler.peers[one] = {"10.0.0.1:1": peer(), "10.0.0.2:2": peer(ip="10.0.0.2", port=2)}
            async with told.following(one, "peers") as poll:
                await told.answers()
                first = poll.rows.by_key["10.0.0.1:1"]
                peers["10.0.0.1:1"]["dl_speed"] = 77
                del peers["10.0.0.2:2"]
                peers["10.0.0.3:3"] = peer(ip="10.0.0.3", port=3)
                changes = await told.answers(2)
                changes = next(c for c in told.changes[1:] if c.changed)

            assert changes.changed == [first]
            assert first.dl_speed == 77 and first.client == "Simulated 1.0"
            assert changes.fields == {"dl_speed"}
            assert (len(changes.added), len(changes.removed)) == (1, 1)
            assert list(poll.rows.by_key) == ["10.0.0.1:1", "10.0.0.3:3"]
            assert [rid for _hash, rid in rids(handler)] == ["0", "1", "2"]

    quick(story())


def test_another_torrent_gets_none_of_the_peers_of_the_one_before(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, two)):
            handler.peers[one] = {"10.0.0.1:1": peer()}
            handler.peers[two] = {"10.0.0.2:2": peer(ip="10.0.0.2")}
            seen = []
            for torrent_hash in (one, two, one):
                async with told.following(torrent_hash, "peers") as poll:
                    await told.answers()
                    seen.append(list(poll.rows.by_key))

            assert seen == [["10.0.0.1:1"], ["10.0.0.2:2"], ["10.0.0.1:1"]]
            assert rids(handler) == [(one, "0"), (two, "0"), (one, "0")]

    quick(story())


def test_two_that_look_at_different_peers_never_mix_them(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, two)):
            handler.peers[one] = {"10.0.0.1:1": peer()}
            handler.peers[two] = {"10.0.0.2:2": peer(ip="10.0.0.2")}
            other = Told(told.session)
            async with told.following(one, "peers") as here, other.following(two, "peers") as there:
                await told.answers(4)
                await other.answers(4)

            assert list(here.rows.by_key) == ["10.0.0.1:1"]
            assert list(there.rows.by_key) == ["10.0.0.2:2"]

    quick(story())


@pytest.mark.parametrize("fault", [DROPPED, FAILED], ids=["dropped", "failed"])
def test_after_a_lost_answer_all_peers_are_asked_for(quick: Run, fault: Fault) -> None:
    async def story() -> None:
        async with simulated() as (handler, link, told, (one, _two)), told.following(one, "peers"):
            await told.answers(2)
            link.plan("sync/torrentPeers", fault)
            await told.answers(2)

            assert len(told.errors) == 1
            *_before, after_it, then = [rid for _hash, rid in rids(handler)]
            assert after_it == "0" and then != "0"

    quick(story())


def test_a_difference_to_peers_that_are_not_known_is_followed_by_everything(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, link, told, (one, _two)):
            handler.peers[one] = {"10.0.0.1:1": peer()}
            async with told.following(one, "peers") as poll:
                await told.answers()
                partial = Reply(200, b'{"rid": 9, "peers": {"10.9.9.9:9": {"dl_speed": 1}}}')
                link.plan("sync/torrentPeers", Fault(executed=False, reply=partial))
                await told.answers()

            assert list(poll.rows.by_key) == ["10.0.0.1:1"]
            assert [rid for _hash, rid in rids(handler)] == ["0", "0"], "the planned answer never reached the handler"
            assert not told.errors

    quick(story())


def test_passing_over_many_torrents_asks_for_none_of_them(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, two)):
            passed = DetailPoll(
                told.session,
                told.session.mirror.torrents[one],
                "peers",
                on_changes=lambda _poll, changes: told.changes.append(changes),
                on_error=lambda _poll, error: told.errors.append(error),
            )
            task = asyncio.get_running_loop().create_task(passed.run(0.15))
            await asyncio.sleep(0.1)
            passed.stop()
            await asyncio.wait([task])
            async with told.following(two, "peers"):
                await told.answers()

            assert rids(handler) == [(two, "0")]

    quick(story())


def test_a_torrent_that_is_gone_is_refused_with_404_and_asked_for_ever_more_rarely(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, _two)), told.following(one, "general"):
            await told.answers()
            handler.world.remove(one)
            await until(lambda: told.errors)
            began = asyncio.get_running_loop().time()
            await until(lambda: len(told.errors) == 3)

            assert isinstance(told.errors[0], Rejected)
            assert told.errors[0].status == 404
            assert asyncio.get_running_loop().time() - began == pytest.approx(4 + 8, abs=0.5)

    quick(story())


def rows_of(poll: DetailPoll) -> list[Any]:
    return list(poll.rows.all if isinstance(poll.rows, Files) else poll.rows.by_key.values())


@pytest.mark.parametrize(("what", "endpoint"), [("content", "torrents/files"), ("general", "torrents/properties")])
def test_an_answer_of_another_shape_is_an_error_and_the_rows_stay(quick: Run, what: str, endpoint: str) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, _two)):
            handler.told["torrents/files"][one] = [{"index": 0, "name": "a", "size": 1}]
            async with told.following(one, what) as poll:
                await told.answers()
                rows = rows_of(poll)
                handler.told[endpoint][one] = "neither a list nor an object"
                await until(lambda: told.errors)

            assert isinstance(told.errors[0], BadReply)
            assert rows_of(poll) == rows != []

    quick(story())


def test_values_of_a_wrong_type_count_as_not_sent() -> None:
    rows = Rows(File)

    rows.become({"0": {"name": "a", "size": "many", "priority": 6, "availability": None, "new": True}})

    (file,) = rows.by_key.values()
    assert (file.name, file.size, file.priority, file.availability) == ("a", 0, 6, None)
    assert rows.sent == {"name", "size", "priority"}


def test_trackers_with_the_same_address_are_two_rows(quick: Run) -> None:
    async def story() -> None:
        async with simulated() as (handler, _link, told, (one, _two)):
            twice = {"url": "http://a.test/announce", "status": 2, "tier": 0}
            handler.told["torrents/trackers"][one] = [twice, twice | {"tier": 1}]
            async with told.following(one, "trackers") as poll:
                await told.answers()

            assert [row.tier for row in poll.rows.by_key.values()] == [0, 1]

    quick(story())


# real servers

QUICK = {"BitTorrent/Session/RefreshInterval": "100"}


@pytest.fixture(scope="module")
def seeder() -> Iterator[Server]:
    with Server("5.1.0") as started:
        yield started


@pytest.fixture(scope="module")
def tracker() -> Iterator[RealTracker]:
    with RealTracker() as started:
        yield started


@asynccontextmanager
async def online(server: Server, torrent_hash: str) -> AsyncIterator[Told]:
    async def open_client(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password=server.password))

    session = Session(ServerConfig("real", server.url, username=server.user), open_client)
    session.start()
    try:
        await until(lambda: torrent_hash in session.mirror.torrents)
        yield Told(session)
    finally:
        await session.stop()


async def first(told: Told, torrent_hash: str, what: str) -> list[Any]:
    """Follow one thing until it has rows."""
    async with told.following(torrent_hash, what) as poll:
        await until(lambda: rows_of(poll))
        return rows_of(poll)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_generation_tells_all_five_things(
    run: Run, tmp_path: Path, seeder: Server, tracker: RealTracker, generation: str
) -> None:
    sizes = {"docs/manual 10.pdf": 600_000, "docs/manual 9.pdf": 500_000, "read me.txt": 300}
    sample: Sample = make(
        tmp_path,
        f"all of {generation}",
        sizes,
        trackers=(tracker.failing_url,),
        web_seeds=("http://127.0.0.1:9/seed/",),
        comment="<b>two</b>\nlines",
    )

    async def story() -> None:
        known = await join(sample, tmp_path, seeder=seeder, leecher=leecher, limit_bytes_per_s=20_000)
        async with online(leecher, known) as told:
            (facts,) = await first(told, known, "general")
            trackers = [row for row in await first(told, known, "trackers") if not row.of]
            (source,) = await first(told, known, "http_sources")
            files = await first(told, known, "content")
            (sender,) = await first(told, known, "peers")

            assert isinstance(facts, Properties) and facts.comment == "<b>two</b>\nlines"
            assert facts.infohash_v1 == sample.v1 and facts.total_size == sum(sizes.values())
            assert facts.pieces_num == 68 and facts.piece_size == 16_384
            assert isinstance(trackers[0], Tracker) and [t.built_in for t in trackers] == [True, True, True, False]
            assert trackers[3].url == tracker.failing_url and trackers[3].tier == 0
            assert source.url == "http://127.0.0.1:9/seed/"
            assert {f.name: f.size for f in files} == {f"{sample.name}/{path}": size for path, size in sizes.items()}
            assert [f.index for f in files] == [0, 1, 2] and {f.priority for f in files} == {1}
            assert isinstance(sender, Peer) and (sender.ip, sender.port) == ("127.0.0.1", seeder.bt_port)
            assert sender.client == "qBittorrent/5.1.0" and sender.progress == 1.0
            assert not told.errors

    with Server(generation, settings=QUICK) as leecher:
        run(story())


def test_the_peers_of_the_torrent_before_never_appear_on_a_real_server(
    run: Run, tmp_path: Path, seeder: Server
) -> None:
    samples = [make(tmp_path, f"with a peer {n}", {"a.bin": 800_000}) for n in (1, 2)]

    async def story() -> None:
        known = [await join(s, tmp_path, seeder=seeder, leecher=leecher, limit_bytes_per_s=15_000) for s in samples]
        async with online(leecher, known[1]) as told:
            for n in range(12):
                async with told.following(known[n % 2], "peers") as poll:
                    await told.answers()
                    poll.poke()
                    await told.answers()
                    (row,) = poll.rows.by_key.values()
                    assert not row.files or row.files.startswith(samples[n % 2].name)
            assert not told.errors

    with Server("4.5.2", settings=QUICK) as leecher:
        run(story())


def test_a_share_that_no_file_can_have_counts_as_not_sent() -> None:
    rows = Rows(File)
    rows.become({"0": {"name": "a", "size": 2**62, "progress": 1e300, "availability": -1e300}})

    (file,) = rows.by_key.values()
    assert (file.size, file.progress, file.availability) == (2**62, 0.0, -1.0)


@pytest.mark.parametrize("tab", ["trackers", "peers", "http_sources"])
def test_no_more_rows_are_taken_than_any_torrent_has(tab: str) -> None:
    one = {"url": "http://t.test/a", "endpoints": [{"name": str(n)} for n in range(MOST_ROWS)]}
    rows = {str(n): {"url": f"http://t{n}.test/a"} for n in range(MOST_ROWS + 1)}
    body = rows if tab == "peers" else [one, *rows.values()]

    assert len(WHATS[tab].keyed(body, Torrent())) == MOST_ROWS
