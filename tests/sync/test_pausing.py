"""Pause all and resume: only what was running starts again, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import QbtError, Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.delta import Delta
from qbt_remote.sync.pausing import Pausing
from qbt_remote.sync.session import Session
from qbt_remote.sync.states import is_session_paused, is_stopped
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.in_short import state_text
from tests.conftest import Run
from tests.real.scene import tiny
from tests.real.servers import Server

QUICK = {"BitTorrent/Session/RefreshInterval": "100"}
"""Publish changes soon; the usual 1500 ms only make the tests wait."""
FORCED, RUNNING, STOPPED = (tiny(n, label="pausing") for n in range(3))


def unconnected(**states: str) -> Session:
    """A session whose server cannot be reached, but whose torrents are known: their states by hash."""

    async def open_client(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets())

    session = Session(ServerConfig("home", "http://127.0.0.1:9", id="home"), open_client)
    session.mirror.apply(Delta(full=True, torrents={h: Torrent(name=h, state=s) for h, s in states.items()}))
    return session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "paused.json"


def paused(path: Path, run: Run, **states: str) -> tuple[Pausing, Session]:
    """Both after a pause whose stop did not get through."""
    pausing, session = Pausing(path), unconnected(**states)
    with pytest.raises(Unreachable):
        run(pausing.pause(session))
    return pausing, session


def test_what_runs_is_on_disk_before_the_stop_is_sent(path: Path, run: Run) -> None:
    paused(path, run, running="uploading", stopped="stoppedDL", broken="missingFiles")

    assert Pausing(path).remembers("home")
    assert b"running" in path.read_bytes()
    assert b"stopped" not in path.read_bytes()
    assert b"broken" not in path.read_bytes()


def test_nothing_is_remembered_where_nothing_runs(path: Path, run: Run) -> None:
    pausing = Pausing(path)

    assert run(pausing.pause(unconnected(a="stoppedUP"))) == 0
    assert not pausing.remembers("home")


def test_nothing_is_stopped_that_cannot_be_remembered(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").touch()
    pausing = Pausing(tmp_path / "file" / "paused.json")

    with pytest.raises(OSError, match="file"):
        run(pausing.pause(unconnected(a="uploading")))


def test_a_resume_that_fails_can_be_repeated(path: Path, run: Run) -> None:
    pausing, session = paused(path, run, a="uploading")

    with pytest.raises(Unreachable):
        run(pausing.resume(session))

    assert pausing.remembers("home")
    assert Pausing(path).remembers("home")


def test_a_torrent_that_somebody_else_started_is_forgotten(path: Path, run: Run) -> None:
    pausing, session = paused(path, run, a="uploading")
    changes = Changes(states=[(Torrent(hash="a", state="stalledUP"), "stoppedUP")])

    pausing.observe(session, changes)

    assert not pausing.remembers("home")
    assert not Pausing(path).remembers("home")


def test_a_full_list_proves_no_start(path: Path, run: Run) -> None:
    pausing, session = paused(path, run, a="uploading")

    pausing.observe(session, Changes(full=True, states=[(Torrent(hash="a", state="stalledUP"), "stoppedUP")]))

    assert pausing.remembers("home")


@pytest.mark.parametrize("full", [True, False])
def test_a_removed_torrent_is_forgotten(path: Path, run: Run, full: bool) -> None:
    pausing, session = paused(path, run, a="uploading")

    pausing.observe(session, Changes(full=full, removed=[Torrent(hash="a")]))

    assert not pausing.remembers("home")


def test_another_server_is_not_touched(path: Path, run: Run) -> None:
    pausing, session = paused(path, run, a="uploading")
    session.config.id = "elsewhere"

    assert run(pausing.resume(session)) == 0
    assert pausing.remembers("home")


@pytest.mark.parametrize("content", [b"", b"{", b'{"servers": [1]}', b'{"servers": {"home": {"a": "yes"}}}', b"\xff"])
def test_a_damaged_file_is_kept_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    pausing = Pausing(path)

    assert not pausing.remembers("home")
    assert path.with_name("paused.json.corrupt").read_bytes() == content


@pytest.fixture(scope="module", params=["4.2.5", "5.1.0"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(request.param, settings=QUICK) as started:
        yield started


async def online(server: Server, pausing: Pausing) -> Session:
    """A session that polls, with one torrent that runs, one that is forced and one that is stopped."""

    async def open_client(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password=server.password))

    session = Session(ServerConfig("home", server.url, id="home", username=server.user), open_client)
    session.on_changes.append(pausing.observe)
    session.start()
    await sees(session, lambda: session.status.phase == "online")
    for sample in (FORCED, RUNNING, STOPPED):
        await session.post("torrents/add", files=[("a.torrent", sample.torrent)], stopped=sample is STOPPED)
    await sees(session, lambda: len(session.mirror.torrents) == 3 and stopped(session) == {STOPPED.hash})
    await session.post("torrents/setForceStart", hashes=[FORCED.hash], value=True)
    await sees(session, lambda: session.mirror.torrents[FORCED.hash].force_start)
    return session


async def sees(session: Session, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            session.poke()
            await asyncio.sleep(0.02)


def stopped(session: Session) -> set[str]:
    return {t.hash for t in session.mirror.torrents.values() if is_stopped(t.state)}


async def with_server(server: Server, path: Path, act: Callable[[Session, Pausing], object]) -> None:
    """Set the scene, act, and take the torrents away again."""
    pausing = Pausing(path)
    session = await online(server, pausing)
    try:
        await act(session, pausing)  # type: ignore[misc]  # always a coroutine function
    finally:
        await session.post("torrents/delete", hashes=[FORCED.hash, RUNNING.hash, STOPPED.hash], deleteFiles=True)
        await sees(session, lambda: not session.mirror.torrents)
        await session.stop()


@pytest.mark.real
def test_after_a_restart_what_ran_runs_again_as_it_did(server: Server, path: Path, run: Run) -> None:
    async def act(session: Session, pausing: Pausing) -> None:
        assert await pausing.pause(session) == 2
        await sees(session, lambda: len(stopped(session)) == 3)
        restarted = Pausing(path)

        assert await restarted.resume(session) == 2
        await sees(session, lambda: stopped(session) == {STOPPED.hash})

        torrents = session.mirror.torrents
        assert (torrents[FORCED.hash].force_start, torrents[RUNNING.hash].force_start) == (True, False)
        assert not restarted.remembers("home")

    run(with_server(server, path, act))


@pytest.mark.real
def test_what_the_user_starts_and_stops_meanwhile_stays_stopped(server: Server, path: Path, run: Run) -> None:
    async def act(session: Session, pausing: Pausing) -> None:
        await pausing.pause(session)
        await sees(session, lambda: len(stopped(session)) == 3)
        await session.post("torrents/start", hashes=[RUNNING.hash])
        await sees(session, lambda: RUNNING.hash not in stopped(session))
        await session.post("torrents/stop", hashes=[RUNNING.hash])
        await sees(session, lambda: RUNNING.hash in stopped(session))

        assert await pausing.resume(session) == 1
        await sees(session, lambda: stopped(session) == {RUNNING.hash, STOPPED.hash})

    run(with_server(server, path, act))


@pytest.mark.real
def test_a_pause_right_after_a_resume_stops_the_same_torrents(server: Server, path: Path, run: Run) -> None:
    async def act(session: Session, pausing: Pausing) -> None:
        await pausing.pause(session)
        await sees(session, lambda: len(stopped(session)) == 3)

        await pausing.resume(session)
        assert await pausing.pause(session) == 2
        await sees(session, lambda: len(stopped(session)) == 3)
        assert await pausing.resume(session) == 2
        await sees(session, lambda: stopped(session) == {STOPPED.hash})

    run(with_server(server, path, act))


@pytest.mark.real
def test_a_server_that_dies_at_the_stop_is_resumed_when_it_is_back(path: Path, run: Run) -> None:
    async def act(session: Session, pausing: Pausing) -> None:
        dying.kill()
        with pytest.raises(QbtError):
            await pausing.pause(session)
        dying.launch()
        await asyncio.to_thread(dying.wait_until_ready)
        await sees(session, lambda: session.status.phase == "online" and stopped(session) == {STOPPED.hash})

        assert await Pausing(path).resume(session) == 2
        await sees(session, lambda: stopped(session) == {STOPPED.hash})

    with Server("5.1.0", settings=QUICK) as dying:
        run(with_server(dying, path, act))


@pytest.mark.real
def test_a_server_that_can_be_paused_is_paused_as_a_whole(path: Path, run: Run) -> None:
    with Server("5.3.0", settings=QUICK) as newest:

        async def act(session: Session, pausing: Pausing) -> None:
            def paused() -> bool:
                return is_session_paused(session.mirror.server)

            assert not paused() and not pausing.can_resume(session)

            await pausing.pause(session)
            await sees(session, paused)
            assert stopped(session) == {STOPPED.hash}
            assert state_text(session, 0) == "connected, session paused"

            restarted = Pausing(path)
            assert restarted.can_resume(session) and not restarted.remembers("home")
            await restarted.resume(session)
            await sees(session, lambda: not paused())
            assert stopped(session) == {STOPPED.hash} and not restarted.can_resume(session)

        run(with_server(newest, path, act))
