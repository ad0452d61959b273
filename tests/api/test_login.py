"""Getting in: what is sent before we know who is there, and what each refusal is called."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest

from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Redirected, ServerFault, Unsupported
from qbt_remote.local.settings import Secrets
from tests.api.scripted import Scripted, basic_header, client_of, form_of, in_turns
from tests.conftest import Run


def refusal(run: Run, server: object, **config: object) -> QbtError:
    """Connect to a server that refuses, and give the error."""
    client = client_of(server, **config)  # type: ignore[arg-type]

    async def connect() -> QbtError:
        with pytest.raises(QbtError) as raised:
            await client.connect()
        await client.close()
        return raised.value

    error = run(connect())
    assert isinstance(error, QbtError)
    return error


@pytest.mark.parametrize(
    ("api", "app", "cookie"),
    [
        ("2.5.1", "v4.2.5", "SID"),
        ("2.8.19", "v4.5.2", "SID"),
        ("2.11.4", "v5.1.0", "my-own_name"),
        ("2.16.2", "v5.3.0", "QBT_SID_8080"),
    ],
)
def test_a_password_gets_us_in_on_every_generation_with_whatever_cookie(
    run: Run, api: str, app: str, cookie: str
) -> None:
    server = Scripted(api, app, cookie=cookie)
    client = client_of(server)

    run(client.connect())

    assert client.version.app_text == app
    assert server.logins == 1
    assert server.requests[-1].headers["cookie"] == f"{cookie}={server.sessions[0]}"
    run(client.close())
    assert len(server.called("auth/logout")) == 1


def test_nothing_secret_is_sent_before_qbittorrent_has_answered(run: Run) -> None:
    server = Scripted()
    client = client_of(server, Secrets(password="right", headers={"X-Token": "t"}), basic_username="gate")

    run(client.connect())

    first, login = server.requests[:2]
    assert (first.method, first.url.path, first.content) == ("GET", "/api/v2/app/webapiVersion", b"")
    assert not {"authorization", "cookie", "x-token"} & set(first.headers)
    assert form_of(login) == {"username": "me", "password": "right"}
    assert login.headers["x-token"] == "t"
    assert "authorization" not in login.headers, "nobody asked for HTTP Basic, and 5.2 would count it as a login"


def test_no_origin_or_referer_is_ever_sent(run: Run) -> None:
    server = Scripted()

    run(client_of(server).connect())

    for request in server.requests:
        assert not {"origin", "referer", "sec-fetch-site"} & set(request.headers)
        assert request.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("api", ["2.11.4", "2.16.2"])
def test_a_wrong_password_is_tried_once(run: Run, api: str) -> None:
    server = Scripted(api)

    error = refusal(run, server, secrets=Secrets(password="wrong"))

    assert isinstance(error, AuthFailed)
    assert error.kind == "password"
    assert server.logins == 1
    assert "wrong" not in str(error)


def test_a_banned_address_is_told_from_a_wrong_password(run: Run) -> None:
    server = Scripted()
    server.banned = True

    error = refusal(run, server)

    assert isinstance(error, AuthFailed)
    assert error.kind == "banned"
    assert "one hour" in str(error)


def test_a_refused_host_header_is_told_from_a_wrong_password_without_trying_one(run: Run) -> None:
    asked: list[str] = []

    def strict(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(401, text="Unauthorized")

    error = refusal(run, strict, host_header="wrong.example")

    assert isinstance(error, AuthFailed)
    assert error.kind == "host"
    assert "“wrong.example”" in str(error)
    assert set(asked) == {"/api/v2/app/webapiVersion"}


def test_the_host_header_can_be_set(run: Run) -> None:
    server = Scripted()

    run(client_of(server, host_header="nas:8080").connect())

    assert {request.headers["host"] for request in server.requests} == {"nas:8080"}


def test_the_host_header_has_no_ipv6_zone(run: Run) -> None:
    server = Scripted()

    run(client_of(server, url="http://[fe80::1%eth0]:8080").connect())

    assert server.requests[0].headers["host"] == "[fe80::1]:8080"


def test_http_basic_is_sent_once_a_proxy_asks_for_it(run: Run) -> None:
    server = Scripted()
    server.basic = "gate:keeper"
    client = client_of(server, Secrets(password="right", basic_password="keeper"), basic_username="gate")

    run(client.connect())

    assert "authorization" not in server.requests[0].headers
    assert {r.headers["authorization"] for r in server.requests[1:]} == {basic_header("gate:keeper")}


@pytest.mark.parametrize(("user", "words"), [("", "asks for its own"), ("gate", "refused the user name or password")])
def test_a_proxy_that_keeps_us_out_is_named(run: Run, user: str, words: str) -> None:
    server = Scripted()
    server.basic = "gate:keeper"

    error = refusal(run, server, secrets=Secrets(password="right", basic_password="bad"), basic_username=user)

    assert isinstance(error, AuthFailed)
    assert error.kind == "proxy"
    assert words in str(error)
    assert server.logins == 0


def test_a_proxy_that_passes_its_basic_login_on_to_5_2_is_explained(run: Run) -> None:
    def leaky(request: httpx.Request) -> httpx.Response:
        if "authorization" in request.headers:
            return httpx.Response(401, text="Unauthorized")
        return httpx.Response(401, headers={"WWW-Authenticate": "Basic realm=x"})

    error = refusal(run, leaky, secrets=Secrets(basic_password="x"), basic_username="gate")

    assert isinstance(error, AuthFailed)
    assert error.kind == "proxy"
    assert "proxy_set_header Authorization" in str(error)


def test_a_login_of_another_kind_is_never_answered(run: Run) -> None:
    asked: list[httpx.Request] = []

    def kerberos(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401, headers={"WWW-Authenticate": "Negotiate"})

    error = refusal(run, kerberos, basic_username="gate")

    assert isinstance(error, AuthFailed)
    assert "“Negotiate”" in str(error)
    assert not any("authorization" in request.headers for request in asked)


def test_custom_headers_open_the_door_of_a_proxy(run: Run) -> None:
    inner = Scripted()

    def gate(request: httpx.Request) -> httpx.Response:
        if request.headers.get("cf-token") == "t" and "gate=1" in request.headers.get("cookie", ""):
            return inner(request)
        return httpx.Response(302, headers={"Location": "https://login.example/x?token=q"})

    client = client_of(
        gate,
        Secrets(password="right", headers={"CF-Token": "t", "cookie": "gate=1", "Host": "evil", "X-Ä": "ü"}),
        url="https://box:8080",
    )

    run(client.connect())

    assert {request.headers["host"] for request in inner.requests} == {"box:8080"}
    assert inner.requests[-1].headers["cookie"] == f"gate=1; SID={inner.sessions[0]}"


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        (httpx.Response(302, headers={"Location": "http://portal.example/"}), False),
        (httpx.Response(200, html="<html>Sign in to the hotel's network</html>"), False),
        (httpx.Response(404, text="nothing"), False),
        (httpx.Response(403, html="<html>Forbidden</html>"), True),
    ],
    ids=["redirect", "page", "nothing", "refusal"],
)
def test_custom_headers_go_to_no_page_that_comes_without_a_certificate(
    run: Run, answer: httpx.Response, sent: bool
) -> None:
    tokens: list[str | None] = []

    def portal(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers.get("x-token"))
        return answer

    refusal(run, portal, secrets=Secrets(password="right", headers={"X-Token": "t"}))

    assert ("t" in tokens) is sent


def test_a_redirect_is_named_and_not_followed(run: Run) -> None:
    asked: list[str] = []

    def moved(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(301, headers={"Location": "https://box:8443/api/v2/app/webapiVersion"})

    error = refusal(run, moved)

    assert isinstance(error, Redirected)
    assert error.address == "https://box:8443"
    assert "redirects to https://box:8443." in str(error)
    assert asked == ["http://box:8080/api/v2/app/webapiVersion"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_called_so(run: Run, status: int) -> None:
    target = "https://elsewhere.example/qbt/api/v2/app/webapiVersion"

    error = refusal(run, lambda _request: httpx.Response(status, headers={"Location": target}))

    assert isinstance(error, Redirected)
    assert error.address == "https://elsewhere.example/qbt"
    assert "to another host: https://elsewhere.example/qbt." in str(error)


@pytest.mark.parametrize(
    ("status", "target"),
    [(303, "https://box/api/v2/app/webapiVersion"), (302, "https://login.example/?next=x"), (304, "")],
)
def test_what_leads_to_no_server_is_no_address_to_use(run: Run, status: int, target: str) -> None:
    error = refusal(run, lambda _request: httpx.Response(status, headers={"Location": target}))

    assert type(error) is BadReply
    assert "which was not followed" in str(error)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_secret_is_sent_to_where_a_redirect_leads(run: Run, scheme: str) -> None:
    asked: list[httpx.Request] = []

    def moved(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(307, headers={"Location": "https://other.example/api/v2/app/webapiVersion"})

    secrets = Secrets(password="right", basic_password="keeper", headers={"X-Token": "t"})
    refusal(run, moved, secrets=secrets, url=f"{scheme}://box:8080", basic_username="gate")

    assert {(request.url.host, request.method) for request in asked} == {("box", "GET")}
    assert not any(b"right" in request.content or "authorization" in request.headers for request in asked)


@pytest.mark.parametrize(
    ("user", "password", "open_door", "default"),
    [
        ("admin", "adminadmin", False, True),
        ("admin", "adminadmin", True, False),
        ("admin", "other", False, False),
        ("me", "adminadmin", False, False),
    ],
)
def test_a_server_that_takes_the_login_that_everybody_knows_is_noticed(
    run: Run, user: str, password: str, open_door: bool, default: bool
) -> None:
    server = Scripted("2.8.19", "v4.5.2")
    server.password, server.open_door = password, open_door
    client = client_of(server, Secrets(password=password), username=user)
    assert not client.has_default_login, "nobody has tried it"

    run(client.connect())

    assert client.has_default_login is default


def test_the_login_that_everybody_knows_is_never_tried_by_us(run: Run) -> None:
    server = Scripted("2.8.19", "v4.5.2")
    server.password = "adminadmin"

    for secrets in (Secrets(), Secrets(password="wrong")):
        refusal(run, server, secrets=secrets, username="admin")

    assert [form_of(request)["password"] for request in server.called("auth/login")] == ["wrong"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(200, html="<html>router</html>"), BadReply),
        (httpx.Response(200, text="hello"), BadReply),
        (httpx.Response(200, json={"a": 1}), BadReply),
        (httpx.Response(404, html="<html>no</html>"), BadReply),
        (httpx.Response(405, text=""), BadReply),
        (httpx.Response(404, text="404 page not found"), BadReply),
        (httpx.Response(403, text="Forbidden"), AuthFailed),
        (httpx.Response(401, text="Unauthorized"), AuthFailed),
        (httpx.Response(407), AuthFailed),
        (httpx.Response(429), ServerFault),
        (httpx.Response(200, text=""), BadReply),
        (httpx.Response(403, html="<html>cloud</html>"), AuthFailed),
        (httpx.Response(502, html="<html>bad gateway</html>"), ServerFault),
        (httpx.Response(500, text="oops"), ServerFault),
    ],
)
def test_what_is_not_qbittorrent_gets_no_password(run: Run, answer: httpx.Response, kind: type[Exception]) -> None:
    asked: list[httpx.Request] = []

    def other(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    error = refusal(run, other)

    assert type(error) is kind
    assert "home" in str(error)
    assert {request.method for request in asked} == {"GET"}
    assert not any({"cookie", "authorization"} & set(request.headers) for request in asked)


def test_a_server_before_4_1_is_known_by_what_it_had_instead(run: Run) -> None:
    def old(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="20") if request.url.path == "/version/api" else httpx.Response(404)

    assert "older than qBittorrent 4.1" in str(refusal(run, old))


@pytest.mark.parametrize(("api", "kind"), [("1.27.3", Unsupported), ("2.0", None), ("2.99.1", None)])
def test_only_servers_older_than_api_2_are_refused(run: Run, api: str, kind: type[Exception] | None) -> None:
    if kind is not None:
        assert "older than qBittorrent 4.1" in str(refusal(run, Scripted(api)))
        return
    client = client_of(Scripted(api, "v9.9.9"))

    run(client.connect())

    assert client.has("torrents/stop")


def test_an_api_key_is_sent_as_bearer_and_never_logged_out(run: Run) -> None:
    server = Scripted("2.15.1", "v5.2.0")
    client = client_of(server, Secrets(api_key="qbt_key"), auth="api_key")

    run(client.connect())
    run(client.close())

    assert server.requests[-1].headers["authorization"] == "Bearer qbt_key"
    assert not server.called("auth/logout")
    assert server.logins == 0


@pytest.mark.parametrize("api", ["2.11.4", "2.15.1"])
def test_a_refused_api_key_says_so(run: Run, api: str) -> None:
    error = refusal(run, Scripted(api), secrets=Secrets(api_key="qbt_bad"), auth="api_key")

    assert isinstance(error, AuthFailed)
    assert error.kind == "password"
    assert "API key" in str(error)


def test_an_api_key_and_http_basic_cannot_be_together(run: Run) -> None:
    server = Scripted("2.15.1")
    server.basic = "gate:x"

    error = refusal(
        run, server, secrets=Secrets(api_key="qbt_key", basic_password="x"), auth="api_key", basic_username="gate"
    )

    assert isinstance(error, AuthFailed)
    assert "so an API key cannot be used" in str(error)


def test_a_server_that_lets_us_in_needs_no_login(run: Run) -> None:
    server = Scripted()
    server.open_door = True
    client = client_of(server, auth="none")

    run(client.connect())

    assert server.logins == 0


def test_a_server_that_wants_a_login_says_so(run: Run) -> None:
    error = refusal(run, Scripted(), auth="none")

    assert isinstance(error, AuthFailed)
    assert "requires a login" in str(error)


def test_a_login_whose_session_does_not_hold_is_found_out(run: Run) -> None:
    server = Scripted()

    def forgetful(request: httpx.Request) -> httpx.Response:
        response = server(request)
        server.sessions.clear()
        return response

    error = refusal(run, forgetful)

    assert isinstance(error, AuthFailed)
    assert error.kind == "session"


@pytest.mark.parametrize(
    ("status", "html", "kind"),
    [(200, True, BadReply), (403, True, AuthFailed), (302, False, BadReply), (503, True, ServerFault)],
)
def test_a_proxy_that_answers_the_login_itself_is_found_out(
    run: Run, status: int, html: bool, kind: type[Exception]
) -> None:
    server = Scripted()

    def proxy(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("auth/login"):
            return httpx.Response(status, html="<html>") if html else httpx.Response(status)
        return server(request)

    assert type(refusal(run, proxy)) is kind


def test_a_lost_session_is_renewed_once_for_all_who_miss_it(run: Run) -> None:
    server = Scripted()
    server.answers["torrents/info"] = httpx.Response(200, json=[])
    client = client_of(in_turns(server))

    async def scene() -> None:
        await client.connect()
        server.sessions.clear()
        assert await asyncio.gather(*(client.get("torrents/info") for _ in range(5))) == [[]] * 5

    run(scene())

    assert server.logins == 2


def test_a_password_changed_on_the_server_is_tried_once_by_all_requests_together(run: Run) -> None:
    server = Scripted()
    client = client_of(in_turns(server))

    async def scene() -> None:
        await client.connect()
        server.sessions.clear()
        server.password = "changed"
        results = await asyncio.gather(*(client.get("torrents/info") for _ in range(5)), return_exceptions=True)
        assert all(isinstance(result, AuthFailed) and result.kind == "password" for result in results)
        with pytest.raises(AuthFailed):
            await client.get("torrents/info")

    run(scene())

    assert server.logins == 2


def test_a_server_that_drops_session_after_session_is_not_asked_more_than_three_times_a_minute(run: Run) -> None:
    server = Scripted()
    server.answers["torrents/info"] = httpx.Response(200, json=[])
    client = client_of(server)

    async def scene() -> None:
        await client.connect()
        for _ in range(3):
            server.sessions.clear()
            await client.get("torrents/info")
        server.sessions.clear()
        with pytest.raises(AuthFailed, match="keeps ending the session"):
            await client.get("torrents/info")

    run(scene())

    assert server.logins == 4


def test_a_server_upgraded_in_between_is_spoken_to_in_its_new_dialect(run: Run) -> None:
    server = Scripted("2.8.19", "v4.5.2")
    server.answers |= {"torrents/pause": httpx.Response(200), "torrents/stop": httpx.Response(200)}
    client = client_of(server)

    async def scene() -> None:
        await client.connect()
        await client.post("torrents/stop", hashes=["a"])
        server.api, server.app, server.cookie = "2.16.2", "v5.3.0", "QBT_SID_1"
        server.sessions.clear()
        await client.post("torrents/stop", hashes=["a"])

    run(scene())

    assert len(server.called("torrents/stop")) == 1
    assert client.version.app_text == "v5.3.0"


def test_a_refreshed_cookie_is_taken_from_any_answer(run: Run) -> None:
    server = Scripted()

    def info(_request: httpx.Request) -> httpx.Response:
        server.sessions.append("fresh=")
        return httpx.Response(200, json=[], headers={"Set-Cookie": "SID=fresh=; expires=Thu, 01-Jan-1970 00:00:00 GMT"})

    server.answers["torrents/info"] = info
    client = client_of(server)

    async def scene() -> None:
        await client.connect()
        await client.get("torrents/info")
        await client.get("torrents/info")

    run(scene())

    assert server.requests[-1].headers["cookie"] == "SID=fresh="


def test_no_log_line_holds_a_secret(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = Scripted()
    server.answers["torrents/info"] = httpx.Response(200, json=[])
    secrets = Secrets(password="right", headers={"X-Token": "canary-token"})
    client = client_of(server, secrets, url="http://box:8080", username="canary-user")

    async def scene() -> None:
        await client.connect()
        await client.get("torrents/info", category="canary category")
        await client.close()

    run(scene())

    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "POST torrents/info 200" in text
    for secret in ("right", "canary", server.sessions[0]):
        assert secret not in text
    assert "canary-token" not in repr(secrets)


def test_an_empty_password_is_not_tried_since_it_would_count_as_a_wrong_one(run: Run) -> None:
    server = Scripted()

    error = refusal(run, server, secrets=Secrets())

    assert isinstance(error, AuthFailed)
    assert (error.kind, error.final) == ("missing", False)
    assert server.logins == 0


def test_an_empty_api_key_is_not_tried_and_not_called_refused(run: Run) -> None:
    server = Scripted("2.15.1")

    error = refusal(run, server, secrets=Secrets(), auth="api_key")

    assert isinstance(error, AuthFailed)
    assert (error.kind, error.final) == ("missing", False)
    assert all("authorization" not in request.headers for request in server.requests)


def test_an_unknown_password_of_a_proxy_is_missing_and_not_refused(run: Run) -> None:
    server = Scripted()
    server.basic = "gate:keeper"

    error = refusal(run, server, secrets=Secrets(), basic_username="gate")

    assert isinstance(error, AuthFailed)
    assert (error.kind, error.final) == ("missing", False)
    assert "for the proxy in front" in str(error)


def test_a_server_that_let_us_in_and_no_longer_does_asks_for_a_login(run: Run) -> None:
    server = Scripted()
    server.open_door = True
    client = client_of(server, auth="none")

    async def scene() -> None:
        await client.connect()
        server.open_door = False
        with pytest.raises(AuthFailed, match="requires a login"):
            await client.get("torrents/info")

    run(scene())

    assert server.logins == 0


@pytest.mark.parametrize(
    ("proof", "kind"), [(httpx.Response(200, text="hello"), BadReply), (httpx.Response(500), ServerFault)]
)
def test_a_login_is_proved_by_a_version_number(run: Run, proof: httpx.Response, kind: type[Exception]) -> None:
    server = Scripted()
    server.answers["app/webapiVersion"] = proof

    assert type(refusal(run, server)) is kind


def test_a_server_that_hides_its_release_is_taken_by_its_api_number(run: Run) -> None:
    server = Scripted("2.8.19")
    server.answers["app/version"] = httpx.Response(404)
    client = client_of(server)

    run(client.connect())

    assert client.version.app == (4, 5, 1)
