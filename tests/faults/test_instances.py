"""Many starts, owners that are killed or hang, and two windows' worth of work over one session."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.api.adding.given import FromFile
from qbt_remote.local.add_queue import NAME, QueueFile
from qbt_remote.local.paths import config_dir
from qbt_remote.sync.adding.kept import offer_of
from qbt_remote.ui.preferences.preferences_dialog import open_preferences
from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Proxy
from tests.real.scene import tiny
from tests.start.started import Start, owner
from tests.ui.conftest import until
from tests.ui.whole_program import received

AT_ONCE = 20
"""More processes than that only wait for the two cores."""


def test_f44_of_many_racing_starts_one_runs_and_gets_what_the_others_had(
    row: Row, start: Start, tmp_path: Path
) -> None:
    starts, delivered = row.count(20, 200), 0
    for batch in range(starts // AT_ONCE):
        racing = [start(str(n), config=tmp_path / f"config {batch}") for n in range(AT_ONCE)]
        for each in racing:
            each.go()
        said = [each.line() for each in racing]

        assert sorted(said) == ["delivered"] * (AT_ONCE - 1) + ["owner"]
        running = racing[said.index("owner")]
        messages = [running.message() for _ in range(AT_ONCE - 1)]
        others = {str(n) for n in range(AT_ONCE) if said[n] != "owner"}
        assert {message["items"][0] for message in messages} == others
        assert messages[0]["options"] == {"a": 1}
        delivered += len(messages)
        for each in racing:
            each.end()
    row.figure("delivered", f"{delivered} of {starts - starts // AT_ONCE}")


def test_f45_a_killed_owner_is_replaced_and_the_new_one_is_reached(start: Start) -> None:
    for _ in range(3):
        first = owner(start)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    second = owner(start)
    third = start("to the second")
    third.go()
    assert third.line() == "delivered"
    assert second.message()["items"] == ["to the second"]


def test_f45_an_owner_that_hangs_holds_the_second_start_only_for_a_while(start: Start) -> None:
    first = owner(start)
    first.process.send_signal(signal.SIGSTOP)
    second = start()
    second.go()
    assert second.line() == "lost"


def test_f45_what_an_owner_that_hangs_did_not_take_is_kept(start: Start, tmp_path: Path) -> None:
    first = owner(start, config=config_dir(tmp_path / "D"))
    first.process.send_signal(signal.SIGSTOP)
    torrent = tmp_path / "from a browser.torrent"
    torrent.write_bytes(tiny(1).torrent)
    items = [f"magnet:?xt=urn:btih:{n:040x}&dn={'x' * 200}" for n in range(2500)]

    more = [str(torrent), "--category", "films", "--skip-dialog"]
    command = [sys.executable, "-m", "qbt_remote", "--config", str(tmp_path / "D"), *items, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.stderr.startswith("qbt-remote runs already, but it does not answer. The items are kept")
    assert done.returncode == 0
    torrent.unlink()
    with closing(QueueFile(tmp_path / "D" / NAME)) as file:
        file.open()
        (kept,) = map(offer_of, file.given())
    assert kept.given.things == (*items, FromFile(str(torrent), tiny(1).torrent))
    assert (kept.options, kept.ask) == (AddOptions(category="films"), False)


@pytest.mark.real
def test_f46_all_windows_of_a_server_share_one_session_and_one_stream_of_polls(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        async with Proxy(real_server("5.1.0").port) as proxy:
            async with (
                program_on(tmp_path, real_server("5.1.0"), proxy.url) as program,
                row.watch(program.window, faults=lambda: program.faults.count),
            ):
                (session,) = program.window.feed.sessions.values()
                for _ in range(3):  # starts that only want to see the window
                    assert await received(program, {"options": {}, "items": []})
                dialog = await open_preferences(program.window.shell, session)
                program.window.actions_.action("log").trigger()
                before = len(proxy.requests)
                await until(lambda: sum("sync/maindata" in r.path for r in proxy.requests[before:]) > 4)
                dialog.reject()
                assert len(program.window.feed.sessions) == 1
            polls = [r for r in proxy.requests if "sync/maindata" in r.path]
            lines = [line for r in proxy.requests for line in r.head.lower().split(b"\r\n")]
            sids = {line for line in lines if line.startswith(b"cookie")}
            logins = sum(r.path.endswith("auth/login") for r in proxy.requests)
            rids = [int(r.path.partition("rid=")[2].partition("&")[0]) for r in polls]
            row.figure("logins", logins)
            row.figure("sessions", len(sids))
            assert (logins, len(sids)) == (1, 1)
            assert rids == sorted(set(rids)), "each answer was applied before the next poll"

    run(scene())
