"""The tools for real servers do what the tests rely on."""

from __future__ import annotations

import asyncio
import urllib.request
from pathlib import Path

import libtorrent as lt
import pytest

from tests.conftest import Run
from tests.real.apt import AptError
from tests.real.fetch import SOURCES, choose, upstream
from tests.real.proxy import Fault, Proxy, Request
from tests.real.scene import Tracker, make, tiny


def test_upstream_version_is_told_from_debians_decorations() -> None:
    assert upstream("4.5.2-3+deb12u1") == "4.5.2"
    assert upstream("1:5.3.0+dfsg-1~bpo13+1") == "5.3.0"


def test_known_version_is_preferred_to_a_newer_one() -> None:
    source = SOURCES["5.3.0"]

    assert choose(["5.4.1-1", source.known], source, at_least=(5, 3, 0)) == source.known


def test_newest_version_of_the_generation_replaces_one_that_is_gone() -> None:
    assert choose(["5.4.1-1~bpo13+1", "5.1.0-2"], SOURCES["5.3.0"], at_least=(5, 3, 0)) == "5.4.1-1~bpo13+1"
    assert choose(["4.5.5-1", "4.5.3-1"], SOURCES["4.5.2"], at_least=(4, 5, 2)) == "4.5.5-1"


def test_another_generation_is_no_replacement() -> None:
    with pytest.raises(AptError, match=r"4\.6\.0-1"):
        choose(["4.6.0-1"], SOURCES["4.5.2"], at_least=(4, 5, 2))


@pytest.mark.parametrize(("kind", "v1", "v2"), [("v1", 40, 0), ("hybrid", 40, 64), ("v2", 0, 64)])
def test_samples_have_the_hashes_of_their_kind(tmp_path: Path, kind: str, v1: int, v2: int) -> None:
    sample = make(tmp_path, "folder", {"a": 40_000, "b/c": 10}, kind=kind)

    assert (len(sample.v1), len(sample.v2)) == (v1, v2)
    assert len(sample.hash) == 40


def test_tiny_torrents_are_valid_and_differ() -> None:
    info = lt.torrent_info(tiny(7).torrent)

    assert (info.name(), str(info.info_hash()), info.num_pieces()) == ("tiny 00007.dat", tiny(7).hash, 1)
    assert tiny(7).hash != tiny(8).hash


def test_tracker_tells_peers_of_each_other_and_refuses_where_asked() -> None:
    with Tracker() as tracker:
        query = "?info_hash=%01%FF34567890123456789a&port={}&left=0"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def ask(url: str) -> bytes:
            with direct.open(url) as answer:
                return bytes(answer.read())

        first = ask(tracker.url + query.format(1000))
        second = ask(tracker.url + query.format(2000))
        refused = ask(tracker.failing_url + query.format(1))

    assert b"5:peers0:" in first
    assert b"8:completei2e" in second and b"5:peers6:\x7f\x00\x00\x01\x03\xe8" in second
    assert b"failure reason" in refused


BODY = b"0123456789"


async def _talk_through(fault: Fault | None) -> tuple[bytes | type[OSError], Request]:
    """One request through a proxy with this fault to a server that answers BODY: what came back, what was seen."""

    async def inner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 \r\nContent-Length: 10\r\n\r\n" + BODY)
        await reader.read()
        writer.close()

    seen: list[bytes] = []
    server = await asyncio.start_server(inner, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Proxy(port, under="/qbt", fault=lambda _request: fault) as proxy:
        outer = int(proxy.url.removesuffix("/qbt").rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", outer)
        writer.write(b"GET /qbt/api HTTP/1.1\r\nHost: elsewhere\r\n\r\n")
        writer.write_eof()
        try:
            got: bytes | type[OSError] = await reader.read()
        except ConnectionResetError as error:
            got = type(error)
        writer.close()
        assert seen == [f"GET /api HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()]
        return got, proxy.requests[0]


@pytest.mark.parametrize(
    ("fault", "end"),
    [(None, BODY), (Fault("lose"), b""), (Fault("cut", 4), b"\r\n0123"), (Fault("delay", 0.01), BODY)],
)
def test_proxy_does_to_an_answer_what_it_is_told(run: Run, fault: Fault | None, end: bytes) -> None:
    got, request = run(_talk_through(fault))

    assert got.endswith(end) and bool(got) == bool(end)
    assert (request.method, request.path) == ("GET", "/qbt/api")


def test_proxy_resets_a_connection(run: Run) -> None:
    assert run(_talk_through(Fault("reset")))[0] is ConnectionResetError
