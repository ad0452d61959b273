"""Sessions and logins that end: one login where that helps, and none where it cannot."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import keyring
import pytest

from qbt_remote.local.settings import Settings
from qbt_remote.start.program import Program
from qbt_remote.sync.session import Session
from qbt_remote.sync.trouble import trouble
from tests.conftest import Run
from tests.faults.place import QUICK, RealServer, program_on
from tests.faults.plugin import Row
from tests.faults.talk import cookie, end_session, is_poll, logins, polls, session_of
from tests.faults.test_keyring import Kept, button, phases, saved
from tests.faults.watch import seconds_until
from tests.real.proxy import Proxy, Request, as_it_is
from tests.real.servers import GENERATIONS, Server
from tests.ui.conftest import until
from tests.ui.whole_program import client_of, running

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("generation", "noticed_by"),
    [
        ("4.2.5", ("a poll", "a toggle")),
        ("4.5.2", ("a command", "all at once")),
        ("5.1.0", ("a read", "a toggle")),
        ("5.3.0", ("a poll", "all at once")),
    ],
    ids=GENERATIONS,
)
def test_f15_a_session_that_has_ended_costs_one_login_whatever_notices_it(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str, noticed_by: tuple[str, ...]
) -> None:
    phases: list[str] = []

    async def scene() -> None:
        server = real_server(generation)
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url, select=1) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            session.on_status.append(lambda told: phases.append(told.status.phase))
            (chosen,) = program.window.table.selected_rows()

            async def poll() -> None:
                before = len(proxy.requests)
                session.retry_now()
                await until(lambda: len(polls(proxy, before)) > 1)

            def toggle() -> Awaitable[Any]:
                return session.post("torrents/toggleSequentialDownload", hashes=[chosen.hash])

            ways: dict[str, Callable[[], Awaitable[Any]]] = {
                "a poll": poll,
                "a command": lambda: session.post("torrents/setUploadLimit", hashes=[chosen.hash], limit=4096),
                "a toggle": toggle,
                "a read": lambda: session.get("torrents/properties", hash=chosen.hash),
                "all at once": lambda: asyncio.gather(poll(), toggle(), session.get("app/preferences")),
            }
            cost = []
            for way in noticed_by:
                before = logins(proxy)
                end_session(server, cookie(proxy))
                await ways[way]()
                cost.append(logins(proxy) - before)
            row.figure("logins", cost)
            assert cost == [1, 1]
            toggled = sum(way in ("a toggle", "all at once") for way in noticed_by)
            await until(lambda: chosen.seq_dl == toggled % 2)
            assert ("a command" not in noticed_by) or chosen.up_limit == 4096
            assert set(phases) <= {"online"}, "nobody is told"
            session.on_status.clear()

    run(scene())


def log_in_elsewhere(server: Server, times: int) -> None:
    """As so many other programs do; from 5.3 on a server keeps 15 sessions."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(times):
        form = f"username={server.user}&password={server.password}".encode()
        direct.open(f"{server.url}/api/v2/auth/login", form, timeout=5).close()


def poked(session: Session) -> Session:
    session.poke()
    return session


def test_f16_a_server_that_ends_session_after_session_is_not_asked_more_than_three_times_a_minute(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    """First by twenty logins of others, then each time as soon as a poll was answered."""

    def evict(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if is_poll(request) and b" 200 " in head[:16]:
            end_session(server_of[0], cookie(proxy_of[0]))
        return head, body

    server_of: list[Server] = []
    proxy_of: list[Proxy] = []

    async def scene() -> None:
        server = real_server("5.3.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            server_of.append(server)
            proxy_of.append(proxy)
            session = session_of(program)
            sid = cookie(proxy)
            await session.stop()  # so that ours is the one that nobody has used for longest
            session.start()
            await until(lambda: session.status.phase == "online")
            before = logins(proxy)
            await asyncio.to_thread(log_in_elsewhere, server, 20)
            session.retry_now()
            await until(lambda: cookie(proxy) != sid and session.status.phase == "online")
            proxy.edit = evict
            await until(lambda: poked(session).status.phase == "waiting")
            asked = logins(proxy) - before
            row.figure("logins", asked)
            assert asked <= 3
            assert session.status.retry_at
            left = session.status.retry_at - asyncio.get_running_loop().time()
            row.figure("next try in", f"{left:.0f} s")
            assert left > 20, "slowly"
            shown = program.window.status.servers.state
            assert "next try in" in shown.whole
            assert "keeps ending the session" in " ".join(shown.toolTip().split())
            assert logins(proxy) - before == asked
            proxy.edit = as_it_is

    run(scene())


def test_f17_a_password_that_was_changed_is_tried_once_and_asked_for_also_after_a_restart(
    run: Run, row: Row, tmp_path: Path
) -> None:
    async def changed(server: Server, sid: str) -> None:
        async with client_of(server) as other:
            await other.post("app/setPreferences", json={"web_ui_password": "quite-another-1"})
        with suppress(urllib.error.HTTPError):  # it ended with the password
            end_session(server, sid)

    def asks(program: Program) -> bool:
        return button(program, "enter_password") is not None

    async def scene(server: Server) -> None:
        keyring.set_keyring(Kept(nas=server.password))
        async with Proxy(server.port) as proxy:
            settings = Settings(servers=[saved(proxy.url, server.user)])
            async with (
                running(tmp_path, settings=settings) as program,
                row.watch(program.window, faults=lambda: program.faults.count),
            ):
                await until(lambda: phases(program) == ["online"])
                session = session_of(program)
                before = logins(proxy)
                await changed(server, cookie(proxy))
                session.retry_now()
                row.figure("asked for after", f"{await seconds_until(lambda: asks(program)):.1f} s")
                assert trouble(session) == "password"
                await session.resume()
                await asyncio.sleep(0.2)
                assert logins(proxy) - before == 1
            again, loaded = logins(proxy), Settings.load(tmp_path / "settings.json")
            async with running(tmp_path, settings=loaded) as program:
                await until(lambda: asks(program))
                assert trouble(session_of(program)) == "password"
            row.figure("tries", f"{logins(proxy) - before}, after a restart {logins(proxy) - again}")
            assert logins(proxy) == again

    with Server("5.3.0", settings=QUICK) as server:
        run(scene(server))
