"""What is added while a server refuses, is away, or leaves it in doubt: each thing once, and each with its result."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qbt_remote.api.adding.given import Given, from_text
from qbt_remote.start.program import Program
from qbt_remote.ui.add.add_dialog import AddDialog
from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Fault, Proxy, Refusal, Request
from tests.real.scene import tiny
from tests.real.servers import GENERATIONS, Server
from tests.scale.queued import run as played
from tests.ui.conftest import until
from tests.ui.whole_program import client_of, rows

pytestmark = pytest.mark.real
TOO_LARGE = b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/html\r\n"
PAGE = b"<html><h1>413 nginx</h1></html>"
GARBAGE = b"d4:infod6:lengthi1e4:name1:x12:piece lengthi16384e6:pieces3:abcee"
MAGNET = "magnet:?xt=urn:btih:{:040x}&dn=thing{}"


def adds(proxy: Proxy) -> list[Request]:
    return [request for request in proxy.requests if request.path.endswith("torrents/add")]


def results(program: Program) -> dict[str, tuple[str, str, str]]:
    """By its source: state, outcome and reason of what stands in the queue."""
    kept = program.window.hooks.add_queue().rows.all.values()
    return {row.item: (row.state, row.told.get("outcome", ""), str(row.told.get("reason", ""))) for row in kept}


def all_said(program: Program, count: int) -> bool:
    found = results(program)
    return len(found) == count and all(state in ("done", "failed") for state, _outcome, _reason in found.values())


async def there(server: Server) -> Counter[str]:
    async with client_of(server) as client:
        return Counter(row["hash"] for row in await client.get("torrents/info"))


def written(folder: Path, numbers: range) -> list[Path]:
    files = [folder / f"{n}.torrent" for n in numbers]
    for n, file in zip(numbers, files, strict=True):
        file.write_bytes(tiny(n).torrent)
    return files


async def further_polls(proxy: Proxy) -> None:
    before = len(proxy.requests)
    await until(lambda: sum("maindata" in request.path for request in proxy.requests[before:]) > 1)


@pytest.mark.parametrize("generation", ["4.5.2", "5.3.0"])
def test_f52_each_of_what_a_server_or_its_proxy_refuses_has_its_result_and_the_others_go_on(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    """413 by a proxy for one of them; what is there already (409, or "Fails."); what is no torrent (415)."""

    def edit(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if request.path.endswith("torrents/add") and tiny(101).torrent in request.body:
            return TOO_LARGE + b"Content-Length: %d\r\n\r\n" % len(PAGE), PAGE
        return head, body

    async def scene() -> None:
        server = real_server(generation)
        garbage = tmp_path / "garbage.torrent"
        garbage.write_bytes(GARBAGE)
        files = written(tmp_path, range(100, 104))
        async with Proxy(server.port) as proxy:
            proxy.edit = edit
            async with (
                program_on(tmp_path / "c", server, proxy.url) as program,
                row.watch(program.window, faults=lambda: program.faults.count, selection_stays=False),
            ):
                (present, *_rest) = rows(program)
                magnet = next(tiny(n).magnet for n in range(8) if tiny(n).name == present)
                program.window.add(Given((*files, garbage, magnet)), ask=False)
                await until(lambda: all_said(program, 6), 20)
                found = [(state, outcome) for state, outcome, _reason in results(program).values()]
                assert found == [
                    ("done", "added"),
                    ("failed", "refused"),
                    ("done", "added"),
                    ("done", "added"),
                    ("failed", "refused"),
                    ("done", "present"),
                ]
                reasons = [reason for _state, outcome, reason in results(program).values() if outcome == "refused"]
                assert "too large" in reasons[0] and "nginx" not in reasons[0]
                assert reasons[1] == "incorrect number of piece hashes in torrent file"
                row.figure("without a result", 0)
                dialog = await until(lambda: next(iter(program.window.findChildren(AddDialog)), None))
                await until(dialog.isVisible)  # it tells what was refused
                dialog.reject()
                await until(lambda: not program.window.findChildren(AddDialog))

    run(scene())


@pytest.mark.parametrize("generation", ["4.5.2", "5.3.0"])
def test_f53_over_kills_and_outages_nothing_is_lost_and_nothing_twice(row: Row, generation: str) -> None:
    outcome = played(generation, items=row.count(40, 1000), seconds=row.count(5, 60), crashes=row.long)

    row.figure("lost", outcome.lost)
    row.figure("twice", outcome.twice)
    row.figure("kills", outcome.kills)
    assert outcome.kills > 0  # as many as the machine does meanwhile
    assert outcome.is_right, outcome


@pytest.mark.parametrize("generation", GENERATIONS)
def test_f54_an_add_whose_answer_is_lost_is_looked_for_and_not_sent_again(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    async def scene() -> None:
        server, files = real_server(generation), written(tmp_path, range(200, 203))
        async with Proxy(server.port) as proxy:
            proxy.fault = lambda request: Fault("lose") if request.path.endswith("torrents/add") else None
            async with (
                program_on(tmp_path / "c", server, proxy.url) as program,
                row.watch(program.window, faults=lambda: program.faults.count, selection_stays=False),
            ):
                program.window.add(Given((*files, MAGNET.format(254, 254))), ask=False)
                await until(lambda: all_said(program, 4), 30)
                assert {result[:2] for result in results(program).values()} == {("done", "added")}
            found = await there(server)
            row.figure("posts for 4", len(adds(proxy)))
            assert len(adds(proxy)) == 4
            assert len(found) == 12 and set(found.values()) == {1}

    run(scene())


def test_f55_what_is_refused_later_stays_with_its_reason_and_is_not_sent_again(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server = real_server("5.3.0")
        garbage = tmp_path / "garbage.torrent"
        garbage.write_bytes(GARBAGE)
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path / "c", server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count, selection_stays=False),
        ):
            (session,) = program.window.feed.sessions.values()
            proxy.refusal = Refusal()
            await until(lambda: session.status.phase == "waiting", 20)
            program.window.add(Given((garbage, *written(tmp_path, range(300, 301)))), ask=False)
            await until(lambda: [r[0] for r in results(program).values()] == ["queued", "queued"])
            for _again in range(2):
                proxy.refusal = None
                session.retry_now()
                await until(lambda: all_said(program, 2), 20)
                await further_polls(proxy)
                proxy.refusal = Refusal()
                await until(lambda: session.status.phase == "waiting", 20)
            (bad, good) = results(program).values()
            assert bad == ("failed", "refused", "incorrect number of piece hashes in torrent file")
            assert good[:2] == ("done", "added")
            row.figure("posts", len(adds(proxy)))
            assert len(adds(proxy)) == 2, "each once"

    run(scene())


def test_f57_thousands_of_files_and_lines_are_read_in_slices(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        def all_listed(dialog: AddDialog) -> bool:
            seen.append(len(dialog.model.entries))
            return seen[-1] == count

        count, seen = row.count(300, 10_000), list[int]()
        files = written(tmp_path, range(1000, 1000 + count))
        links = "\n".join(MAGNET.format(n, n) for n in range(1, count * 10))
        async with program_on(tmp_path / "c", real_server("5.3.0")) as program:
            async with row.watch(program.window, faults=lambda: program.faults.count, asked=("AddDialog",)):
                program.window.add(Given((*files,)))
                dialog = await until(lambda: next(iter(program.window.findChildren(AddDialog)), None))
                await until(lambda: all_listed(dialog), 120)
                program.window.add(from_text(links))
                await until(lambda: len(dialog.model.entries) > count, 120)
                dialog.reject()
            row.figure("slices", len(set(seen)))
            assert 0 < sorted(set(seen))[1] < count, "the window goes on in between"
            assert program.window.model.rowCount() == 8

    run(scene())
