"""What a 401 or 403 to a session that worked means, what may be sent again, and who gets no password."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Rejected, ServerFault
from qbt_remote.local.settings import Secrets
from tests.api.scripted import POLICY, Scripted, client_of, form_of, in_turns
from tests.conftest import Run

Answer = Callable[[], httpx.Response]
PAGE = "<html>no</html>"

# what a proxy, or what stands in the server's place, answers to everything: kind of error, its words
REFUSALS: dict[str, tuple[Answer, type[QbtError], str]] = {
    "401": (lambda: httpx.Response(401, text="Unauthorized"), AuthFailed, "before any login (status 401)"),
    "401 HTML": (lambda: httpx.Response(401, html=PAGE), AuthFailed, "before any login (status 401)"),
    "401 of a host": (
        lambda: httpx.Response(401, text="Unauthorized", headers={"Content-Security-Policy": POLICY}),
        AuthFailed,
        "does not accept the host name “box:8080” (Host header validation)",
    ),
    "401 Basic": (
        lambda: httpx.Response(401, html=PAGE, headers={"WWW-Authenticate": 'Basic realm="x"'}),
        AuthFailed,
        "asks for its own user name and password (HTTP Basic)",
    ),
    "401 Digest": (
        lambda: httpx.Response(401, html=PAGE, headers={"WWW-Authenticate": "Digest realm=x"}),
        AuthFailed,
        "asks for a login of the kind “Digest”",
    ),
    "403": (lambda: httpx.Response(403, text="Forbidden"), AuthFailed, "A proxy in front of home refuses the request"),
    "403 empty": (lambda: httpx.Response(403), AuthFailed, "A proxy in front of home refuses the request (status 403)"),
    "403 HTML": (lambda: httpx.Response(403, html=PAGE), AuthFailed, "A proxy in front of home refuses the request"),
    "404": (lambda: httpx.Response(404, text="404 page not found"), BadReply, "Nothing is found at the address"),
    "404 HTML": (lambda: httpx.Response(404, html=PAGE), BadReply, "Nothing is found at the address of home"),
    "407": (lambda: httpx.Response(407), AuthFailed, "asks for a login (status 407): enter its user name"),
    "418 HTML": (lambda: httpx.Response(418, html=PAGE), BadReply, "A web page with status 418 came instead"),
    "429": (lambda: httpx.Response(429, text="Slow down"), ServerFault, "is limiting requests (status 429)"),
    "500": (lambda: httpx.Response(500, text="oops"), ServerFault, "home failed (status 500)"),
    "502": (
        lambda: httpx.Response(502, html=PAGE),
        ServerFault,
        "The proxy in front of home cannot reach qBittorrent (status 502)",
    ),
    "503": (
        lambda: httpx.Response(503, html=PAGE),
        ServerFault,
        "The proxy in front of home cannot reach qBittorrent (status 503)",
    ),
    "504": (
        lambda: httpx.Response(504, html=PAGE),
        ServerFault,
        "The proxy in front of home cannot reach qBittorrent (status 504)",
    ),
    "521 HTML": (
        lambda: httpx.Response(521, html=PAGE),
        ServerFault,
        "The proxy in front of home cannot reach qBittorrent (status 521)",
    ),
    "302": (
        lambda: httpx.Response(302, headers={"Location": "https://login.example/?rd=x"}),
        BadReply,
        "redirects to https://login.example/, which was not followed",
    ),
    "portal": (lambda: httpx.Response(200, html=PAGE), BadReply, "A web page came instead of an answer from home"),
}
MAINDATA = '{"rid": 1, "full_update": true}'


class Barred:
    """A scripted server behind what can refuse everything; ``to_others`` are the requests that never reached it."""

    def __init__(self, api: str = "2.11.4", app: str = "v5.1.0") -> None:
        self.server = Scripted(api, app)
        self.server.answers = {
            "torrents/info": httpx.Response(200, json=[]),
            "torrents/stop": httpx.Response(200),
            "torrents/toggleSequentialDownload": httpx.Response(200),
            "sync/maindata": httpx.Response(200, text=MAINDATA, headers={"Content-Type": "application/json"}),
        }
        self.refuse: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
        self.to_others: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.refuse(request)
        if answer is None:
            return self.server(request)
        self.to_others.append(request)
        return answer

    def secrets_to_others(self) -> list[httpx.Request]:
        return [r for r in self.to_others if b"password" in r.content or "authorization" in r.headers]


async def polled(client: QbtClient) -> bytes:
    async with client.stream("sync/maindata", rid=7) as pieces:
        return b"".join([piece async for piece in pieces])


async def read(client: QbtClient) -> object:
    return await client.get("torrents/info")


async def toggle(client: QbtClient) -> object:
    return await client.post("torrents/toggleSequentialDownload", hashes=["a"])


@pytest.mark.parametrize("call", [polled, read, toggle], ids=["poll", "read", "toggle"])
@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.parametrize("lost", [False, True], ids=["session kept", "session lost"])
def test_a_refusal_that_is_not_about_the_password_is_named_and_passes(
    run: Run, kind: str, call: Callable[[QbtClient], Any], lost: bool
) -> None:
    make, error, words = REFUSALS[kind]
    barred = Barred()
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        if lost:
            barred.server.sessions.clear()
        barred.refuse = lambda request: make()
        for _ in range(5):
            with pytest.raises(QbtError) as raised:
                await call(client)
            if not (kind == "404" and call is not polled):  # so says qBittorrent, too, of an unknown torrent
                assert type(raised.value) is error
                assert words in str(raised.value)
            assert not getattr(raised.value, "final", False)
        barred.refuse = lambda request: None
        await call(client)

    run(scene())

    assert barred.server.logins == (2 if lost else 1)
    assert not barred.secrets_to_others()


@pytest.mark.parametrize("kind", ["401", "403", "403 HTML"])
def test_one_refused_call_of_a_session_that_holds_is_sent_again_if_that_does_no_harm(run: Run, kind: str) -> None:
    barred = Barred()
    client = client_of(barred)
    refused: list[str] = []

    def once(request: httpx.Request) -> httpx.Response | None:
        name = request.url.path
        if "webapiVersion" in name or name in refused:
            return None
        refused.append(name)
        return REFUSALS[kind][0]()

    async def scene() -> None:
        await client.connect()
        barred.refuse = once
        assert await client.get("torrents/info") == []
        await client.post("torrents/stop", hashes=["a"])
        with pytest.raises(AuthFailed):  # the answer may be refused instead of the request
            await toggle(client)
        with pytest.raises(AuthFailed):  # its answer may have been lost on the way
            await polled(client)
        assert await polled(client) == MAINDATA.encode()

    run(scene())

    assert barred.server.logins == 1
    assert not barred.server.called("torrents/toggleSequentialDownload")


def test_a_refusal_that_ends_while_it_is_looked_into_costs_no_login(run: Run) -> None:
    barred = Barred()
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        for answers in (2, 3, 4):
            left = iter(range(answers))

            def refuse(_request: httpx.Request, left: Iterator[int] = left) -> httpx.Response | None:
                return None if next(left, None) is None else REFUSALS["401 HTML"][0]()

            barred.refuse = refuse
            for _ in range(answers):
                with suppress(AuthFailed):
                    await polled(client)
            assert await polled(client) == MAINDATA.encode()

    run(scene())

    assert barred.server.logins == 1


def test_a_proxy_that_asks_for_basic_from_now_on_gets_it(run: Run) -> None:
    server = Scripted()
    server.answers["torrents/info"] = httpx.Response(200, json=[])
    client = client_of(server, Secrets(password="right", basic_password="keeper"), basic_username="gate")

    async def scene() -> None:
        await client.connect()
        server.basic = "gate:keeper"
        assert await client.get("torrents/info") == []
        server.basic = "gate:changed"
        with pytest.raises(AuthFailed, match="refused the user name or password for HTTP Basic") as raised:
            await client.get("torrents/info")
        assert raised.value.final
        asked = len(server.requests)
        with pytest.raises(AuthFailed):
            await client.get("torrents/info")
        assert len(server.requests) - asked == 1, "no password again"

    run(scene())


@pytest.mark.parametrize("lost", [False, True], ids=["session kept", "session lost"])
@pytest.mark.parametrize("kind", ["401", "401 HTML", "401 Digest", "403", "403 HTML", "502", "portal"])
def test_a_refusal_of_a_proxy_whose_basic_login_worked_passes_too(run: Run, kind: str, lost: bool) -> None:
    barred = Barred("2.16.2", "v5.3.0")
    barred.server.basic = "gate:keeper"
    client = client_of(barred, Secrets(password="right", basic_password="keeper"), basic_username="gate")

    async def scene() -> None:
        await client.connect()
        if lost:
            barred.server.sessions.clear()
        barred.refuse = lambda request: REFUSALS[kind][0]()
        for _ in range(3):
            with pytest.raises(QbtError) as raised:
                await polled(client)
            assert not getattr(raised.value, "final", False), str(raised.value)
        barred.refuse = lambda request: None
        await polled(client)

    run(scene())

    assert barred.server.logins == (2 if lost else 1)


def test_a_toggle_is_sent_again_where_qbittorrent_itself_missed_the_session(run: Run) -> None:
    barred = Barred()
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        barred.server.sessions.clear()
        await toggle(client)

    run(scene())

    assert [barred.server.logins, len(barred.server.called("torrents/toggleSequentialDownload"))] == [2, 2]


def test_a_call_that_is_refused_for_good_while_the_session_holds_costs_no_login(run: Run) -> None:
    barred = Barred()
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        barred.server.answers["torrents/info"] = httpx.Response(403, text="Blocked by rule 7")
        with pytest.raises(AuthFailed, match="although the login holds") as raised:
            await client.get("torrents/info")
        assert (raised.value.kind, raised.value.detail) == ("proxy", "Blocked by rule 7")

    run(scene())

    assert barred.server.logins == 1


def test_a_slow_login_is_not_given_up_half_way_and_sent_again(run: Run) -> None:
    barred = Barred()

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("auth/login"):
            await asyncio.sleep(0.3)
        return barred(request)

    client = client_of(slow)

    async def scene() -> None:
        await client.connect()
        barred.server.sessions.clear()
        assert await client.get("torrents/info", deadline_s=0.2) == []

    run(scene())

    assert barred.server.logins == 2


def test_a_renewal_that_fails_counts_for_all_who_wait_for_it(run: Run) -> None:
    barred = Barred()
    client = client_of(in_turns(barred))
    probes: list[httpx.Request] = []

    def login_fails(request: httpx.Request) -> httpx.Response | None:
        if "cookie" not in request.headers and "webapiVersion" in request.url.path:
            probes.append(request)
        return httpx.Response(502, html=PAGE) if request.url.path.endswith("auth/login") else None

    async def scene() -> None:
        await client.connect()
        barred.server.sessions.clear()
        barred.refuse = login_fails
        results = await asyncio.gather(*(client.get("torrents/info") for _ in range(5)), return_exceptions=True)
        assert [type(result) for result in results] == [ServerFault] * 5

    run(scene())

    assert len(probes) == len(barred.to_others) == 1


def test_a_password_leaves_at_most_three_times_a_minute_whatever_becomes_of_it(run: Run) -> None:
    barred = Barred()
    client = client_of(barred)
    barred.refuse = lambda r: httpx.Response(502, html=PAGE) if r.url.path.endswith("auth/login") else None

    async def scene() -> None:
        for _ in range(3):
            with pytest.raises(ServerFault):
                await client.connect()
        for _ in range(5):
            with pytest.raises(AuthFailed, match="is in a minute") as raised:
                await client.connect()
            assert raised.value.wait_s == 60

    run(scene())

    assert len(barred.secrets_to_others()) == 3


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_that_a_proxy_refuses_is_no_wrong_password_and_no_ban(run: Run, status: int) -> None:
    barred = Barred("2.16.2", "v5.3.0")
    client = client_of(barred)

    def from_the_login_on(request: httpx.Request) -> httpx.Response | None:
        begun = request.url.path.endswith("auth/login") or barred.to_others
        return httpx.Response(status, text="no") if begun else None

    async def scene() -> None:
        barred.refuse = from_the_login_on
        with pytest.raises(AuthFailed) as raised:
            await client.connect()
        assert not raised.value.final
        assert f"(status {status})" in str(raised.value)
        barred.refuse = lambda request: None
        await client.connect()

    run(scene())

    assert len(barred.secrets_to_others()) == 1


def test_a_server_that_does_not_sign_its_answers_is_known_by_a_path_that_it_does_not_have(run: Run) -> None:
    server = Scripted()
    server.own_headers = {}

    run(client_of(server).connect())

    assert [r.url.path.rpartition("/")[2] for r in server.requests[:3]] == ["webapiVersion", "qbt-remote", "login"]


def test_a_folder_that_cannot_be_written_is_said_at_once(run: Run) -> None:
    barred = Barred("2.8.2", "v4.3.9")
    barred.server.answers["torrents/setLocation"] = httpx.Response(403, text="Cannot write to directory")
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        with pytest.raises(Rejected, match="may not write"):
            await client.post("torrents/setLocation", hashes=["a"], location="/root")

    run(scene())

    assert len(barred.server.called("torrents/setLocation")) == 1


@pytest.mark.parametrize(
    ("secrets", "config"),
    [
        (Secrets(), {}),
        (Secrets(password="wrong"), {}),
        (Secrets(password="right"), {}),
        (Secrets(api_key="qbt_bad"), {"auth": "api_key"}),
        (Secrets(), {"auth": "none"}),
        (Secrets(password="right", basic_password="x"), {"basic_username": "gate"}),
    ],
    ids=["no password", "a wrong one", "the right one", "a wrong key", "none", "HTTP Basic"],
)
def test_an_open_door_needs_no_login_whatever_is_set(run: Run, secrets: Secrets, config: dict[str, str]) -> None:
    server = Scripted("2.16.2", "v5.3.0")
    server.open_door = True
    client = client_of(server, secrets, **config)

    run(client.connect())

    assert client.let_in
    assert server.logins == 0
    assert not any("authorization" in request.headers for request in server.requests)


def test_the_session_of_an_open_door_is_kept(run: Run) -> None:
    server = Scripted()
    server.open_door = True

    def gives_sessions(request: httpx.Request) -> httpx.Response:
        response = server(request)
        if "cookie" not in request.headers:  # each such request opens another one
            response.headers["Set-Cookie"] = "SID=of-the-probe"
        return response

    run(client_of(gives_sessions).connect())

    assert {r.headers.get("cookie") for r in server.requests[1:]} == {"SID=of-the-probe"}


def test_a_door_that_closes_is_opened_by_the_login_that_is_set(run: Run) -> None:
    barred = Barred()
    barred.server.open_door = True
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        barred.server.open_door = False
        assert await client.get("torrents/info") == []

    run(scene())

    assert not client.let_in
    assert [form_of(r)["username"] for r in barred.server.called("auth/login")] == ["me"]


def test_a_login_that_was_refused_before_is_not_sent_again(run: Run) -> None:
    server = Scripted()
    client = client_of(server)
    client.server.rejected = True

    with pytest.raises(AuthFailed) as raised:
        run(client.connect())

    assert (raised.value.kind, raised.value.final, server.logins) == ("password", True, 0)


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [
        ("7", 7),
        ("0", 0),
        ("99999999999999", 600),
        ("", 0),
        ("soon", 0),
        ("-3", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 9999999 07:28:00 GMT", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_asked_for_is_known(run: Run, status: int, said: str, wait_s: float) -> None:
    def busy(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"Retry-After": said})

    with pytest.raises(ServerFault) as raised:
        run(client_of(busy).connect())

    assert raised.value.wait_s == wait_s


def test_a_wait_may_be_given_as_a_date(run: Run) -> None:
    at = email.utils.formatdate(time.time() + 100, usegmt=True)

    with pytest.raises(ServerFault) as raised:
        run(client_of(lambda _request: httpx.Response(503, headers={"Retry-After": at})).connect())

    assert raised.value.wait_s == pytest.approx(100, abs=30)


def test_an_empty_answer_is_called_empty(run: Run) -> None:
    barred = Barred()
    client = client_of(barred)

    async def scene() -> None:
        await client.connect()
        barred.refuse = lambda request: httpx.Response(200)
        with pytest.raises(BadReply, match="empty answer"):
            await client.get("torrents/info")
        with pytest.raises(BadReply, match="empty answer"):
            await client.connect()

    run(scene())
