"""Servers that are silent, frozen or gone, and others that answer in their place."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from qbt_remote.api import connection
from qbt_remote.api.errors import Unreachable
from qbt_remote.start.program import Program
from qbt_remote.sync.polls import sleep
from qbt_remote.sync.polls.pace import Pace
from qbt_remote.sync.trouble import trouble
from tests.api.wire_server import Request as Wired
from tests.api.wire_server import wire_server
from tests.conftest import Run
from tests.faults.place import QUICK, SAMPLES, RealServer, program_on
from tests.faults.plugin import Row
from tests.faults.talk import is_poll, is_sequential, logins, polls, session_of
from tests.faults.watch import seconds_until
from tests.real.proxy import Fault, Proxy, Refusal, never
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.whole_program import running

pytestmark = pytest.mark.real
PATIENCE_S = 0.5


def shown(program: Program) -> str:
    """What the status bar says of the servers."""
    return str(program.window.status.servers.state.whole)


def test_f02_a_frozen_server_gets_one_request_at_a_time_and_no_command_twice(
    run: Run, row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen for a minute with the usual patience of 10 s in the long run, else for as long as two polls of 0.5 s."""
    if not row.long:
        monkeypatch.setattr(Pace, "patience_s", lambda _pace, *, whole: PATIENCE_S)
    times = row.count(1, 100)

    async def scene(server: Server) -> None:
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url, select=1) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            (chosen,) = program.window.table.selected_rows()
            for number in range(1, times + 1):
                server.freeze()
                try:
                    with pytest.raises(Unreachable) as told:
                        await session.client.post(  # type: ignore[union-attr]
                            "torrents/toggleSequentialDownload", hashes=[chosen.hash], deadline_s=0.3
                        )
                    assert told.value.sent
                finally:
                    server.thaw()
                await until(is_sequential(chosen, bool(number % 2)))
            server.freeze()
            try:
                before = len(proxy.requests)
                session.retry_now()
                row.figure("told after", f"{await seconds_until(lambda: session.status.phase == 'waiting'):.1f} s")
                assert "did not answer in time" in str(session.status.error)
                await until(lambda: len(polls(proxy, before)) > 1, 30)
                if row.long:
                    await asyncio.sleep(60)
                waiting = [r for r in proxy.requests[before:] if is_poll(r)]
                row.figure("polls meanwhile", len(waiting))
            finally:
                server.thaw()
            session.retry_now()
            row.figure("back after", f"{await seconds_until(lambda: session.status.phase == 'online'):.1f} s")
            toggles = [r for r in proxy.requests if "toggleSequential" in r.path]
            row.figure("toggled", f"{len(toggles)} of {times}")
            assert len(toggles) == times
            assert chosen.seq_dl is bool(times % 2)
            assert "0" in polls(proxy, before), "what was lost is asked for again whole"

    with Server("5.1.0", settings=QUICK) as server:
        run(scene(server))


@contextmanager
def swallowing(port: int) -> Iterator[None]:
    """Let nobody connect to a port and nobody hear so: its queue is full, further packets are dropped."""
    with socket.socket() as full:
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind(("127.0.0.1", port))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        yield
        for each in waiting:
            each.close()


def test_f05_a_host_that_swallows_all_is_given_up_and_tried_again_by_itself_and_at_a_click(
    run: Run, row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not row.long:
        monkeypatch.setattr(connection, "CONNECT_S", PATIENCE_S)

    async def scene(server: Server) -> None:
        login = ["--server", server.url, "--user", server.user, "--password-stdin"]
        hole = ExitStack()
        hole.enter_context(swallowing(server.port))
        async with (
            running(tmp_path, *login, password=server.password) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = await until(lambda: next(iter(program.window.feed.sessions.values()), None))
            took = await seconds_until(lambda: session.status.phase == "waiting", 12)
            row.figure("given up after", f"{took:.1f} s, of {connection.CONNECT_S:.1f}")
            assert trouble(session) == "offline"
            first = session.status.retry_at
            assert "offline, next try in" in shown(program)
            await until(lambda: (session.status.retry_at or 0) > first, 20)
            second = session.status.retry_at
            mend = program.window.status.servers.mend
            assert mend.isVisible()
            mend.click()
            await until(lambda: (session.status.retry_at or 0) > second)
            hole.close()
            server.launch()
            await asyncio.to_thread(server.wait_until_ready)
            row.figure("back after", f"{await seconds_until(lambda: session.status.phase == 'online'):.1f} s")

    server = Server("5.1.0")
    try:
        run(scene(server))
    finally:
        server.remove()


def test_f06_a_connection_that_died_while_the_computer_slept_is_left_at_once(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hole swallows what is under way; the clock says that the computer slept for two hours."""
    slept = [0.0]
    assert sleep.Sleep.__init__.__defaults__
    monkeypatch.setattr(sleep.Sleep.__init__, "__defaults__", (lambda: slept[0],))

    async def scene() -> None:
        server = real_server("5.3.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            before = len(proxy.requests)
            proxy.fault = lambda request: Fault("lose", 600)
            session.retry_now()
            await until(lambda: proxy.faults)
            assert len(proxy.requests) == before + 1, "one poll is under way, and nothing will come of it"
            proxy.fault, before = never, len(proxy.requests)
            slept[0] += 7200
            took = await seconds_until(lambda: len(polls(proxy, before)) > 1, 8)  # a poll is given 10 s to begin
            row.figure("back after", f"{took:.1f} s")
            assert polls(proxy, before)[0] == "0", "what it would have said is lost"
            assert session.status.phase == "online"
            assert proxy.faults == 1

    run(scene())


PAGE = b"<html><h1>%d SECRETS OF NGINX</h1><img src=file:///x></html>"


def page(status: int, kind: bytes = b"text/html", body: bytes = b"") -> bytes:
    body = body or PAGE % status
    return b"HTTP/1.1 %d What\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body)) + body


@pytest.mark.parametrize("status", [502, 503, 504])
def test_f08_the_page_of_a_proxy_whose_server_is_away_is_told_by_its_number(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, status: int
) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url, select=1) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session, window = session_of(program), program.window
            proxy.refusal = Refusal(page(status))
            window.actions_.action("sequential").trigger()
            notice = await until(lambda: window.notices.current)
            session.retry_now()
            await until(lambda: session.status.phase == "waiting")
            for text in (notice.text, shown(program), str(session.status.error)):
                assert "SECRETS" not in text and "<" not in text
            assert str(status) in str(session.status.error)
            assert str(status) in notice.text
            toggles = [sent for sent in proxy.refused if b"toggleSequential" in sent]
            assert len(toggles) == 1, "it is not known whether the server has carried it out"
            proxy.refusal, before = None, len(proxy.requests)
            row.figure("back after", f"{await seconds_until(lambda: session.status.phase == 'online'):.1f} s")
            assert polls(proxy, before)[0] == "0"
            assert logins(proxy) == 1

    run(scene())


ELSE = {
    "a portal": page(200),
    "a portal that says it is text": page(200, b"text/plain"),
    "another program": page(200, b"application/json", b'{"status": "ok"}'),
    "a text": page(200, b"text/plain", b"Ok."),
}


@pytest.mark.parametrize("kind", ELSE)
def test_f09_what_is_not_qbittorrent_gets_no_password(run: Run, row: Row, tmp_path: Path, kind: str) -> None:
    async def other(_request: Wired, writer: asyncio.StreamWriter) -> None:
        writer.write(ELSE[kind])
        await writer.drain()

    async def scene() -> None:
        async with wire_server(other) as server:
            url = f"http://127.0.0.1:{server.port}"
            login = ["--server", url, "--user", "tester", "--password-stdin"]
            async with (
                running(tmp_path, *login, password="a-test-password-1") as program,
                row.watch(program.window, faults=lambda: program.faults.count),
            ):
                session = await until(lambda: next(iter(program.window.feed.sessions.values()), None))
                await until(lambda: session.status.phase == "waiting")
                assert trouble(session) == "not_qbittorrent"
                assert "SECRETS" not in shown(program)
                session.retry_now()
                before = len(server.requests)
                await until(lambda: len(server.requests) > before)
            said = [r for r in server.requests if b"a-test-password-1" in r.body or "tester" in r.line]
            row.figure("bytes of credentials", sum(len(r.body) for r in said))
            assert not said
            assert not any(name.startswith("auth/") for name in server.names)
            assert not any({"authorization", "cookie"} & {k.lower() for k in r.headers} for r in server.requests)

    run(scene())


@pytest.mark.parametrize("kind", ["a portal", "a text"])
def test_f09_what_steps_in_for_a_while_gets_no_password_either(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, kind: str
) -> None:
    async def scene() -> None:
        server = real_server("5.3.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            proxy.refusal = Refusal(ELSE[kind])
            session.retry_now()
            await until(lambda: session.status.phase == "waiting")
            asked = len(proxy.refused)
            session.retry_now()
            await until(lambda: len(proxy.refused) > asked)
            assert not any(server.password.encode() in sent or b"auth/login" in sent for sent in proxy.refused)
            proxy.refusal = None
            await until(lambda: session.status.phase == "online")
            assert len(session.mirror.torrents) == len(SAMPLES)

    run(scene())
