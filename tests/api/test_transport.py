"""What only a real connection shows: cuts, silence, slowness, keep-alive, proxies."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import struct
import time
from collections.abc import Awaitable, Callable

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import BadReply, QbtError, Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.api.wire_server import Handler, Request, WireServer, answer, qbittorrent, wire_server
from tests.conftest import Run

Scene = Callable[[QbtClient, WireServer], Awaitable[None]]


def client_at(port: int, **config: str) -> QbtClient:
    settings = {"name": "home", "url": f"http://127.0.0.1:{port}", "username": "me"} | config
    return QbtClient(ServerConfig(**settings), Secrets(password="right"))  # type: ignore[arg-type]  # only texts


def play(run: Run, handler: Handler, scene: Scene) -> WireServer:
    """Run a scene between a connected client and a server whose preferences call is ``handler``'s."""

    async def whole() -> WireServer:
        async with wire_server(qbittorrent("app/preferences", handler)) as server:
            client = client_at(server.port)
            try:
                await client.connect()
                await scene(client, server)
            finally:
                await client.close()
        return server

    return run(whole())


async def reset(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer half, then reset the connection."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def test_one_connection_serves_many_requests(run: Run) -> None:
    async def prefs(_request: Request, writer: asyncio.StreamWriter) -> None:
        await answer(writer, b"{}")

    async def scene(client: QbtClient, _server: WireServer) -> None:
        for _ in range(5):
            await client.get("app/preferences")

    server = play(run, prefs, scene)

    assert server.connections == 1
    assert {request.headers["host"] for request in server.requests} == {f"127.0.0.1:{server.port}"}


def test_after_hanging_up_the_login_stays_and_the_connections_are_new(run: Run) -> None:
    async def prefs(_request: Request, writer: asyncio.StreamWriter) -> None:
        await answer(writer, b"{}")

    async def scene(client: QbtClient, _server: WireServer) -> None:
        await client.get("app/preferences")
        await client.hang_up()
        await client.get("app/preferences")

    server = play(run, prefs, scene)

    used = [request.connection for request in server.requests if "app/preferences" in request.line]
    assert used == [1, 2]
    assert server.names.count("auth/login") == 1
    assert server.requests[-1].headers["cookie"] == "SID=1"


def test_a_read_over_a_dead_connection_is_asked_over_another_after_hanging_up(run: Run) -> None:
    asked = asyncio.Event()

    async def dead(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.connection > 1:
            await answer(writer, b'{"dht": true}')
            return
        asked.set()
        await asyncio.sleep(60)

    async def scene(client: QbtClient, _server: WireServer) -> None:
        reading = asyncio.ensure_future(client.get("app/preferences"))
        await asked.wait()
        await client.hang_up()
        assert await reading == {"dht": True}

    assert play(run, dead, scene).connections == 2


def test_a_stream_over_a_dead_connection_is_given_up_by_hanging_up(run: Run) -> None:
    async def story() -> None:
        asked = asyncio.Event()

        async def dead(_request: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            await writer.drain()
            asked.set()
            await asyncio.sleep(60)

        async with wire_server(qbittorrent("sync/maindata", dead)) as server:
            client = client_at(server.port)
            await client.connect()

            async def read() -> None:
                async with client.stream("sync/maindata", rid=0) as chunks:
                    async for _chunk in chunks:
                        pass

            reading = asyncio.ensure_future(read())
            await asked.wait()
            await client.hang_up()
            with pytest.raises(Unreachable, match="was lost"):
                await reading
            await client.close()

    run(story())


def test_a_command_under_way_survives_hanging_up(run: Run) -> None:
    async def story() -> None:
        asked, go = asyncio.Event(), asyncio.Event()

        async def slow(_request: Request, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await go.wait()
            await answer(writer, b"")

        async with wire_server(qbittorrent("torrents/recheck", slow)) as server:
            client = client_at(server.port)
            await client.connect()
            command = asyncio.ensure_future(client.post("torrents/recheck", hashes=["a"]))
            await asked.wait()
            await client.hang_up()
            await client.get("app/defaultSavePath")  # over another connection
            go.set()
            await command
            assert server.names.count("torrents/recheck") == 1
            assert server.connections == 2
            await client.close()

    run(story())


def test_a_read_that_is_reset_half_way_is_asked_once_more(run: Run) -> None:
    tries = 0

    async def flaky(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await reset(request, writer)
            return
        await answer(writer, b'{"dht": true}')

    async def scene(client: QbtClient, _server: WireServer) -> None:
        assert await client.get("app/preferences") == {"dht": True}

    play(run, flaky, scene)

    assert tries == 2


def test_a_read_that_is_reset_twice_is_given_up(run: Run) -> None:
    async def scene(client: QbtClient, _server: WireServer) -> None:
        with pytest.raises(Unreachable, match="connection to home was lost"):
            await client.get("app/preferences")

    assert play(run, reset, scene).names.count("app/preferences") == 2


def test_a_command_whose_answer_is_lost_is_not_sent_again_and_says_that_it_may_have_run(run: Run) -> None:
    async def scene() -> list[str]:
        async with wire_server(qbittorrent("torrents/delete", reset)) as server:
            client = client_at(server.port)
            await client.connect()
            with pytest.raises(Unreachable) as raised:
                await client.post("torrents/delete", hashes=["a"], deleteFiles=False)
            assert raised.value.sent
            await client.close()
            return server.names

    assert run(scene()).count("torrents/delete") == 1


@pytest.mark.parametrize("length", [0, 1, 30])
def test_a_body_without_a_length_that_is_cut_is_a_bad_reply(run: Run, length: int) -> None:
    async def cut(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + (b'{"name": "' + b"x" * 40)[:length])
        writer.close()

    async def scene(client: QbtClient, _server: WireServer) -> None:
        with pytest.raises(BadReply):
            await client.get("app/preferences")

    play(run, cut, scene)


def test_a_packed_answer_is_unpacked(run: Run) -> None:
    async def packed(request: Request, writer: asyncio.StreamWriter) -> None:
        assert request.headers["accept-encoding"] == "gzip"
        await answer(writer, gzip.compress(b'{"a": "' + b"x" * 2**20 + b'"}'), extra="Content-Encoding: gzip\r\n")

    async def scene(client: QbtClient, _server: WireServer) -> None:
        assert len((await client.get("app/preferences"))["a"]) == 2**20

    play(run, packed, scene)


def test_a_silent_server_is_given_up_at_the_deadline(run: Run) -> None:
    async def silent(_request: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def scene(client: QbtClient, _server: WireServer) -> None:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="in time") as raised:
            await client.get("app/preferences", deadline_s=0.2)
        assert raised.value.sent
        assert time.monotonic() - begun < 2

    assert play(run, silent, scene).names.count("app/preferences") == 1


def test_a_trickle_is_given_up_at_the_deadline_too(run: Run) -> None:
    async def trickle(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def scene(client: QbtClient, _server: WireServer) -> None:
        with pytest.raises(Unreachable, match="in time"):
            await client.get("app/preferences", deadline_s=0.3)

    play(run, trickle, scene)


def test_a_stream_that_does_not_begin_is_given_up(run: Run) -> None:
    async def silent(_request: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def scene(client: QbtClient, _server: WireServer) -> None:
        with pytest.raises(Unreachable, match="in time"):
            async with client.stream("app/preferences", first_byte_s=0.2):
                raise AssertionError("nothing came")

    play(run, silent, scene)


def test_a_stream_that_is_left_half_read_does_not_disturb_the_next_call(run: Run) -> None:
    async def long(_request: Request, writer: asyncio.StreamWriter) -> None:
        await answer(writer, b'{"all":[' + b"1," * 500_000 + b"1]}")

    async def scene(client: QbtClient, _server: WireServer) -> None:
        async with client.stream("app/preferences") as pieces:
            assert await anext(pieces)
        assert len((await client.get("app/preferences"))["all"]) == 500_001

    play(run, long, scene)


def test_a_cancelled_call_leaves_the_client_usable(run: Run) -> None:
    async def prefs(_request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await answer(writer, b"{}")

    async def scene(client: QbtClient, _server: WireServer) -> None:
        task = asyncio.ensure_future(client.get("app/preferences"))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await client.get("app/preferences") == {}

    play(run, prefs, scene)


def test_head_noise_is_a_lost_connection_and_no_crash(run: Run) -> None:
    async def noise(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xff not http\r\n\r\n")
        await writer.drain()
        writer.close()

    async def scene(client: QbtClient, _server: WireServer) -> None:
        with pytest.raises(Unreachable):
            await client.get("app/preferences")

    play(run, noise, scene)


def failing(run: Run, **config: str) -> QbtError:
    async def scene() -> QbtError:
        client = client_at(1, **config)
        with pytest.raises(QbtError) as raised:
            await client.connect()
        await client.close()
        return raised.value

    error = run(scene())
    assert isinstance(error, QbtError)
    return error


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"url": "http://127.0.0.1:1"}, "nothing listens"),
        ({"url": "http://no-such-name.invalid"}, "cannot be resolved"),
        ({"url": "https://127.0.0.1:1"}, "nothing listens"),
        ({"url": "http://127.0.0.1:1", "proxy": "http://127.0.0.1:1"}, "nothing listens"),
        ({"url": "http://127.0.0.1:1", "proxy": "gopher://127.0.0.1:1"}, "proxy or certificate"),
        ({"url": "https://127.0.0.1:1", "certificate": "no pem"}, "proxy or certificate"),
        ({"url": "http://[::::]"}, "address of home"),
    ],
)
def test_a_connection_that_cannot_be_made_says_why(run: Run, config: dict[str, str], words: str) -> None:
    error = failing(run, **config)

    assert isinstance(error, Unreachable)
    assert words in str(error)
    assert not error.sent


def test_a_proxy_of_the_settings_is_used(run: Run) -> None:
    async def scene() -> list[str]:
        async with wire_server(qbittorrent("", refuse)) as proxy:
            client = client_at(1, url="http://far.example:8080", proxy=f"http://127.0.0.1:{proxy.port}")
            await client.connect()
            await client.close()
            return [request.line.split()[1] for request in proxy.requests]

    assert run(scene())[0] == "http://far.example:8080/api/v2/app/webapiVersion"


def test_a_socks_proxy_of_the_settings_is_used(run: Run) -> None:
    async def scene() -> tuple[bytes, list[str]]:
        asked = b""
        async with wire_server(qbittorrent("", refuse)) as server:

            async def socks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                nonlocal asked
                await reader.readexactly(3)
                writer.write(b"\x05\x00")
                head = await reader.readexactly(5)
                asked = await reader.readexactly(head[4] + 2)
                writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01")
                there_reader, there_writer = await asyncio.open_connection("127.0.0.1", server.port)
                await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer))

            proxy = await asyncio.start_server(socks, "127.0.0.1", 0)
            port = proxy.sockets[0].getsockname()[1]
            client = client_at(1, url="http://far.example:8080", proxy=f"socks5://127.0.0.1:{port}")
            await client.connect()
            await client.close()
            proxy.close()
            await proxy.wait_closed()
            await asyncio.sleep(0.05)  # the pump sees the end of the connection
            return asked, server.names

    asked, names = run(scene())

    assert asked == b"far.example" + (8080).to_bytes(2, "big")
    assert "auth/login" in names


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def refuse(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


def test_ipv6_addresses_work(run: Run) -> None:
    if not socket.has_ipv6:
        raise AssertionError("this machine has no IPv6")

    async def scene() -> str:
        handler = qbittorrent("", refuse)
        seen: list[str] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            from tests.api.wire_server import read_request

            while (request := await read_request(reader, 1)) is not None:
                seen.append(request.headers["host"])
                await handler(request, writer)
            writer.close()

        server = await asyncio.start_server(serve, "::1", 0)
        port = server.sockets[0].getsockname()[1]
        client = client_at(port, url=f"http://[::1]:{port}")
        await client.connect()
        await client.close()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)
        return seen[0].replace(str(port), "PORT")

    assert run(scene()) == "[::1]:PORT"


def test_the_http_library_stays_quiet(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def prefs(_request: Request, writer: asyncio.StreamWriter) -> None:
        await answer(writer, b"{}")

    async def scene(client: QbtClient, _server: WireServer) -> None:
        await client.get("app/preferences")

    play(run, prefs, scene)

    assert not [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]


def test_a_custom_header_that_cannot_be_sent_says_so(run: Run) -> None:
    async def scene() -> QbtError:
        async with wire_server(qbittorrent("", refuse)) as server:
            config = ServerConfig("home", f"http://127.0.0.1:{server.port}", username="me")
            client = QbtClient(config, Secrets(password="right", headers={"X-Token": "a\r\nb"}))
            with pytest.raises(Unreachable) as raised:
                await client.connect()
            await client.close()
            return raised.value

    assert "custom headers" in str(run(scene()))
