"""Answers that are lost, cut or reset: nothing is applied in part, nothing is done twice."""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.conftest import Run
from tests.faults.place import QUICK, SAMPLES, RealServer, program_on
from tests.faults.plugin import Row
from tests.faults.talk import is_poll, is_sequential, logins, polls, session_of
from tests.faults.watch import seconds_until
from tests.real.proxy import Fault, Proxy, Request, never
from tests.real.servers import GENERATIONS, Server
from tests.ui.conftest import until
from tests.ui.whole_program import client_of, fill

pytestmark = pytest.mark.real


def unpacked(head: bytes, body: bytes) -> bytes:
    return gzip.decompress(body) if b"gzip" in head.lower() else body


def test_f01_a_server_killed_in_the_middle_of_an_answer_comes_back_with_the_rows_there(
    run: Run, row: Row, tmp_path: Path
) -> None:
    async def scene(server: Server) -> None:
        def dies(request: Request) -> Fault | None:
            if not is_poll(request) or not server.running:
                return None
            server.kill()
            return Fault("cut", 5)

        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            proxy.fault = dies
            await until(lambda: session.status.phase == "waiting")
            assert session.status.retry_at, "when it is tried again is known"
            proxy.fault, before = never, len(proxy.requests)
            server.launch()
            await asyncio.to_thread(server.wait_until_ready)
            row.figure("back after", f"{await seconds_until(lambda: session.status.phase == 'online'):.1f} s")
            assert polls(proxy, before)[0] == "0"
            assert logins(proxy) == 2, "the session ended with the server"

    with Server("5.1.0", settings=QUICK) as server:
        run(scene(server))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0], ids=["in the head", "in the body", "before the last byte"])
def test_f03_a_reset_costs_one_more_read_and_no_word(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, share: float
) -> None:
    sizes: dict[int, int] = {}

    def measure(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        sizes[request.number] = len(head) + int((len(body) - 1) * share) if share else len(head) // 2
        return head, body

    def once(request: Request) -> Fault | None:
        if not is_poll(request) or at:
            return None
        at.append(request.number)
        return Fault("reset", sizes[request.number])

    at: list[int] = []
    phases: list[str] = []

    async def scene() -> None:
        server = real_server("5.1.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            session.on_status.append(lambda told: phases.append(told.status.phase))
            proxy.edit, proxy.fault = measure, once
            session.retry_now()
            await until(lambda: at)
            row.figure("read again after", f"{await seconds_until(lambda: len(polls(proxy, at[0])) > 0):.2f} s")
            await until(lambda: len(polls(proxy, at[0])) > 1)
            session.on_status.clear()
            assert proxy.requests[at[0]].path.endswith("maindata?rid=0"), "the very next request"
            assert polls(proxy, at[0])[1] != "0"
            assert set(phases) <= {"online"}, "nobody is told"

    run(scene())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_f04_a_command_whose_answer_is_lost_is_carried_out_once_and_told(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    """A toggle, which a second time would undo, by the command; then many of them straight through the session."""

    def lost(request: Request) -> Fault | None:
        return Fault("lose") if "toggleSequentialDownload" in request.path else None

    times = row.count(4, 250)

    async def scene() -> None:
        server = real_server(generation)
        async with (
            Proxy(server.port, fault=lost) as proxy,
            program_on(tmp_path, server, proxy.url, select=1) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session, window = session_of(program), program.window
            (chosen,) = window.table.selected_rows()
            window.actions_.action("sequential").trigger()
            notice = await until(lambda: window.notices.current)
            assert "before its answer was complete" in notice.text, notice.text
            for number in range(1, times + 1):
                await until(is_sequential(chosen, bool(number % 2)))
                with pytest.raises(Unreachable) as told:
                    await session.post("torrents/toggleSequentialDownload", hashes=[chosen.hash])
                assert told.value.sent, "it may have been carried out"
            toggled = [r for r in proxy.requests if "toggleSequentialDownload" in r.path]
            row.figure("sent twice", f"{len(toggled) - times - 1} of {times + 1}")
            assert len(toggled) == times + 1
            await until(lambda: chosen.seq_dl == (times + 1) % 2)

    run(scene())


def test_f07_no_command_goes_over_a_connection_that_the_server_may_be_closing(
    run: Run, row: Row, real_server: RealServer
) -> None:
    """Servers close what is idle for 7 s; each toggle comes from a client of its own, after a pause of its own.

    The proxy keeps its side open, so that a command over an old connection is lost for certain.
    """
    count = row.count(8, 200)
    longest_s = row.count(0, 4)

    async def toggle(client: QbtClient, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        try:
            await client.post("torrents/toggleSequentialDownload", hashes=[SAMPLES[0].hash])
        except Unreachable as error:
            in_doubt.append(str(error))

    in_doubt: list[str] = []

    async def scene() -> None:
        server = real_server("5.3.0")
        await fill(server, SAMPLES[:1])
        async with Proxy(server.port) as proxy:
            config = ServerConfig("test", proxy.url, username=server.user)
            clients = [QbtClient(config, Secrets(password=server.password)) for _ in range(count)]
            for client in clients:
                await client.connect()
            before = proxy.connections
            pauses = [5.5 + longest_s * number / count for number in range(count)]
            await asyncio.gather(*map(toggle, clients, pauses))
            row.figure("in doubt", f"{len(in_doubt)} of {count}")
            row.figure("over new connections", proxy.connections - before)
            assert not in_doubt
            assert proxy.connections - before == count
            assert len([r for r in proxy.requests if "toggleSequential" in r.path]) == count
            for client in clients:
                await client.close()

    run(scene())


@pytest.mark.parametrize("kind", ["short", "without a length"])
def test_f10_an_answer_cut_anywhere_is_thrown_away_whole_and_all_is_asked_for(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, kind: str
) -> None:
    """On 5.1, which has forgotten by then what it said: 20 places, in answers that change all torrents."""
    state = {"limit": 0, "cut": 0}

    def edit(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        cut_now.clear()
        changed = re.search(rb'"up_limit":%d\b' % (state["limit"] * 1024), unpacked(head, body))
        if is_poll(request) and state["cut"] < state["limit"] and changed:
            state["cut"] += 1
            cut_now.append(request.number)
            body = body[: len(body) * state["cut"] // 20 - (state["cut"] == 20)]
            if kind != "short":
                head = re.sub(rb"(?i)\r\ncontent-length: \d+", b"", head)
        return head, body

    cut_now: list[int] = []
    applied: list[int] = []

    async def scene() -> None:
        server = real_server("5.1.0")
        hashes = [sample.hash for sample in SAMPLES]
        async with (
            Proxy(server.port) as proxy,
            client_of(server) as other,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            session.on_changes.append(lambda *_: applied.append(1))
            torrents = session.mirror.torrents
            await until(lambda: applied)
            proxy.edit, proxy.fault = edit, lambda request: Fault("cut", 10**9) if cut_now else None
            began, before = len(proxy.requests), len(applied)
            for place in range(1, 21):
                state["limit"] = place
                await other.post("torrents/setUploadLimit", hashes=hashes, limit=place * 1024)
                while any(torrents[hash_].up_limit != place * 1024 for hash_ in hashes):
                    session.retry_now()
                    await asyncio.sleep(0.02)
            asked = polls(proxy, began)
            proxy.edit, proxy.fault = (lambda _request, head, body: (head, body)), never
            row.figure("applied in part", max(0, len(applied) - before - len(asked) + state["cut"]))
            assert state["cut"] == 20
            assert len(applied) - before <= len(asked) - 20, "what was cut is not told to anybody"
            assert asked.count("0") >= 20
            await until(lambda: all(torrents[hash_].up_limit == 20 * 1024 for hash_ in hashes))
            assert session.status.phase == "online"

    run(scene())
