"""Calls: what is sent, what is given, what is repeated and what is not."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.endpoints import ENDPOINTS
from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Rejected, Unreachable, Unsupported
from tests.api.scripted import Reply, Scripted, client_of, form_of
from tests.conftest import Run


def connected(run: Run, server: Scripted) -> QbtClient:
    client = client_of(server)
    run(client.connect())
    server.requests.clear()
    return client


def scripted(api: str = "2.11.4", app: str = "v5.1.0", **answers: Reply | list[Reply]) -> Scripted:
    server = Scripted(api, app)
    server.answers = {name.replace("__", "/"): answer for name, answer in answers.items()}
    return server


def test_a_sub_path_comes_before_every_call(run: Run) -> None:
    server = Scripted()

    run(client_of(server, url="https://host/qbt").connect())

    assert {str(request.url) for request in server.requests} == {
        f"https://host/qbt/api/v2/{name}" for name in ("app/webapiVersion", "auth/login", "app/version")
    }


def test_answers_come_in_the_newest_shape(run: Run) -> None:
    client = connected(run, scripted(torrents__info=httpx.Response(200, json=[{"state": "pausedUP"}])))

    assert run(client.get("torrents/info")) == [{"state": "stoppedUP"}]


@pytest.mark.parametrize(
    ("endpoint", "body", "value"),
    [
        ("transfer/downloadLimit", "1024", 1024),
        ("app/version", "v5.1.0", "v5.1.0"),
        ("app/defaultSavePath", "/down loads", "/down loads"),
        ("app/preferences", '{"dht": true}', {"dht": True}),
    ],
)
def test_a_read_gives_what_the_call_answers(run: Run, endpoint: str, body: str, value: object) -> None:
    server = Scripted()
    server.answers[endpoint] = httpx.Response(200, text=body)

    assert run(connected(run, server).get(endpoint)) == value


def test_text_and_bytes_can_be_asked_for(run: Run) -> None:
    server = scripted(
        app__webapiVersion=httpx.Response(200, text="2.11"), torrents__export=httpx.Response(200, content=b"d4:\xff")
    )
    client = connected(run, server)

    assert run(client.get_text("app/webapiVersion")) == "2.11"
    assert run(client.get_bytes("torrents/export", hash="a")) == b"d4:\xff"


def test_a_web_page_is_no_file(run: Run) -> None:
    server = scripted(torrents__export=httpx.Response(200, html="<html>"))

    with pytest.raises(BadReply):
        run(connected(run, server).get_bytes("torrents/export", hash="a"))


def test_commands_are_sent_in_the_dialect_of_the_server(run: Run) -> None:
    server = scripted("2.9.3", "v4.6.7", torrents__pause=httpx.Response(200))

    assert run(connected(run, server).post("torrents/stop", hashes=["a", "b"])) == ""

    (request,) = server.requests
    assert (request.method, form_of(request)) == ("POST", {"hashes": "a|b"})
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_command_without_parameters_says_that_its_body_is_empty(run: Run) -> None:
    server = scripted(transfer__toggleSpeedLimitsMode=httpx.Response(200))

    run(connected(run, server).post("transfer/toggleSpeedLimitsMode"))

    assert server.requests[0].headers["content-length"] == "0"


def test_a_command_gives_json_where_the_server_answers_json(run: Run) -> None:
    server = scripted(torrents__addPeers=httpx.Response(200, json={"a": {"added": 1, "failed": 0}}))

    assert run(connected(run, server).post("torrents/addPeers", hashes=["a"], peers=["1.2.3.4:5"]))["a"]["added"] == 1


def test_what_is_too_new_is_not_sent(run: Run) -> None:
    server = Scripted()

    with pytest.raises(Unsupported, match=r"needs qBittorrent 5\.2"):
        run(connected(run, server).post("torrents/setComment", hashes=["a"], comment="x"))

    assert not server.requests


def test_a_refusal_carries_the_servers_words(run: Run) -> None:
    server = scripted(torrents__rename=httpx.Response(409, text="Incorrect torrent name"))

    with pytest.raises(Rejected) as raised:
        run(connected(run, server).post("torrents/rename", hash="a", name=""))

    assert (raised.value.status, raised.value.detail) == (409, "Incorrect torrent name")


def test_a_folder_that_cannot_be_written_is_not_taken_for_a_lost_session(run: Run) -> None:
    server = scripted("2.8.2", "v4.3.9", torrents__setLocation=httpx.Response(403, text="Cannot write to directory"))

    with pytest.raises(Rejected, match="may not write") as raised:
        run(connected(run, server).post("torrents/setLocation", hashes=["a"], location="/root"))

    assert raised.value.detail == "Cannot write to directory"
    assert server.logins == 1


def test_a_403_that_stays_after_a_fresh_login_is_given_up(run: Run) -> None:
    server = scripted()

    def forgets(_request: httpx.Request) -> httpx.Response:
        server.sessions.clear()
        return httpx.Response(403)

    server.answers["torrents/info"] = forgets

    with pytest.raises(AuthFailed, match="although the login succeeded") as raised:
        run(connected(run, server).get("torrents/info"))

    assert raised.value.kind == "session"
    assert server.logins == 2


LOST = httpx.ReadError("reset")


@pytest.mark.parametrize("endpoint", [name for name in sorted(ENDPOINTS) if not name.startswith("auth/")])
def test_only_stateless_reads_are_asked_again_after_a_dropped_connection(run: Run, endpoint: str) -> None:
    """Every call of the table, by its resend class."""
    row = ENDPOINTS[endpoint]
    server = Scripted("2.16.2", "v5.3.0") if row.until is None else Scripted("2.5.1", "v4.2.5")
    client = connected(run, server)
    server.answers[endpoint] = LOST
    form: dict[str, Any] = {word.rstrip("!"): "1" for word in row.params.split() if word.endswith("!")}

    async def call() -> None:
        with pytest.raises(Unreachable) as raised:
            await client.send(endpoint, **form)
        assert raised.value.sent

    run(call())

    assert len(server.requests) == (2 if row.resend == "R" and not row.stateful else 1)


def test_a_read_that_was_dropped_once_succeeds(run: Run) -> None:
    server = scripted(torrents__info=[LOST, httpx.Response(200, json=[])])

    assert run(connected(run, server).get("torrents/info")) == []


def test_a_request_that_was_never_written_says_so(run: Run) -> None:
    server = scripted(torrents__delete=httpx.ConnectError("refused"))

    with pytest.raises(Unreachable) as raised:
        run(connected(run, server).post("torrents/delete", hashes=["a"], deleteFiles=False))

    assert not raised.value.sent
    assert len(server.requests) == 1


def test_commands_go_out_one_after_another(run: Run) -> None:
    running = 0
    most = 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        if request.url.path.endswith("recheck"):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            return httpx.Response(200)
        return server(request)

    server = Scripted()
    client = client_of(slow)

    async def scene() -> None:
        await client.connect()
        await asyncio.gather(*(client.post("torrents/recheck", hashes=["a"]) for _ in range(5)))

    run(scene())

    assert most == 1


def test_a_large_answer_is_streamed(run: Run) -> None:
    client = connected(run, scripted(sync__maindata=httpx.Response(200, content=b'{"rid":1}' * 1000)))

    async def read() -> bytes:
        async with client.stream("sync/maindata", rid=0) as pieces:
            return b"".join([piece async for piece in pieces])

    assert run(read()) == b'{"rid":1}' * 1000


def test_a_stream_finds_its_session_again(run: Run) -> None:
    server = scripted(sync__maindata=httpx.Response(200, content=b"{}"))
    client = connected(run, server)
    server.sessions.clear()

    async def read() -> bytes:
        async with client.stream("sync/maindata", rid=7) as pieces:
            return b"".join([piece async for piece in pieces])

    assert run(read()) == b"{}"
    assert server.logins == 2


def test_an_error_of_the_reader_passes_through_a_stream(run: Run) -> None:
    client = connected(run, scripted(sync__maindata=httpx.Response(200, content=b"{}")))

    async def read() -> None:
        async with client.stream("sync/maindata", rid=0) as pieces:
            async for _piece in pieces:
                raise TimeoutError("the reader's own")

    with pytest.raises(TimeoutError, match="own"):
        run(read())


@pytest.mark.parametrize("body", [b'{"a":', b"<html>", b"Ok.", b"", b"[]", b"3"])
def test_an_answer_that_is_not_json_is_a_bad_reply(run: Run, body: bytes) -> None:
    server = scripted(app__preferences=httpx.Response(200, content=body))

    with pytest.raises(BadReply):
        run(connected(run, server).get("app/preferences"))


def test_a_web_page_is_no_answer_to_a_command(run: Run) -> None:
    server = scripted(torrents__stop=httpx.Response(200, html="<html>portal</html>"))

    with pytest.raises(BadReply):
        run(connected(run, server).post("torrents/stop", hashes=["a"]))


def test_closing_does_not_mind_a_server_that_is_gone(run: Run) -> None:
    server = scripted(auth__logout=httpx.ConnectError("gone"))

    run(connected(run, server).close())

    assert len(server.requests) == 1


def test_every_error_names_the_server_and_is_a_sentence(run: Run) -> None:
    for status in (302, 400, 401, 404, 405, 409, 413, 415, 500, 502):
        server = scripted(torrents__info=httpx.Response(status, headers={"Location": "http://x/"}))
        client = connected(run, server)
        with pytest.raises(QbtError) as raised:
            run(client.get("torrents/info"))
        assert "home" in str(raised.value)
        assert str(raised.value).endswith(".")
