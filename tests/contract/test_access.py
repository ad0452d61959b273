"""Getting in, and the ways of being refused, on every server: one clear kind of failure each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import AuthFailed, QbtError, Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.session import Session
from tests.conftest import Run
from tests.contract.target import Target, until
from tests.real.proxy import Fault, Proxy
from tests.real.scene import tiny
from tests.real.servers import GENERATIONS, Server, web_key

LOGIN = "/api/v2/auth/login"


async def _refused(config: ServerConfig, secrets: Secrets) -> AuthFailed:
    client = QbtClient(config, secrets)
    try:
        with pytest.raises(AuthFailed) as refused:
            await client.connect()
    finally:
        await client.close()
    return refused.value


async def _version(config: ServerConfig, secrets: Secrets) -> str:
    client = QbtClient(config, secrets)
    try:
        await client.connect()
        return await client.get_text("app/version")
    finally:
        await client.close()


def test_wrong_password_is_refused_after_one_try(run: Run, target: Target) -> None:
    async def case() -> None:
        async with Proxy(target.server.port) as proxy:
            refused = await _refused(replace(target.config, url=proxy.url), Secrets(password="wrong"))
            logins = [request.path for request in proxy.requests].count(LOGIN)

        assert (refused.kind, logins) == ("password", 1)
        assert target.config.name in str(refused)
        assert "wrong" not in repr(refused)

    run(case())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_banned_address_is_told_from_a_wrong_password(run: Run, generation: str) -> None:
    async def case() -> None:
        right = Secrets(password=server.password)
        config = ServerConfig(name="banning", url=server.url, username=server.user)
        earlier = QbtClient(config, right)
        await earlier.connect()

        kinds = [(await _refused(config, Secrets(password="wrong"))).kind for _ in range(6)]
        kinds.append((await _refused(config, right)).kind)

        assert kinds == ["password"] * 5 + ["banned"] * 2
        assert await earlier.get_text("app/version") == f"v{server.version}", "a session that was there goes on"
        await earlier.close()

    with Server(generation, settings={web_key(generation, "MaxAuthenticationFailCount"): "5"}) as server:
        run(case())


def test_host_header_refusal_is_told_from_a_wrong_password(run: Run, target: Target) -> None:
    async def case() -> None:
        async with Proxy(target.server.port, rewrite_host=False) as tunnel:
            through = replace(target.config, url=tunnel.url)
            refused = await _refused(through, target.secrets)
            assert LOGIN not in [request.path for request in tunnel.requests], "no try is used up"

            let_in = await _version(replace(through, host_header=f"127.0.0.1:{target.server.port}"), target.secrets)

        assert refused.kind == "host"
        assert let_in == f"v{target.version}"

    run(case())


def test_api_key_lets_in_where_there_are_keys(run: Run, target: Target) -> None:
    config = replace(target.config, username="", auth="api_key")
    key = target.server.api_key

    if key:
        assert run(_version(config, Secrets(api_key=key))) == f"v{target.version}"
    wrong = run(_refused(config, Secrets(api_key="qbt_" + "0" * 28)))

    assert wrong.kind in ("password", "session")


def test_basic_login_of_a_proxy_in_front_is_given_to_the_proxy(run: Run, target: Target) -> None:
    async def case() -> None:
        secrets = replace(target.secrets, basic_password="keeper")
        async with Proxy(target.server.port, gate="gate:keeper") as proxy:
            config = replace(target.config, url=proxy.url, basic_username="gate")

            assert await _version(config, secrets) == f"v{target.version}"
            refused = await _refused(config, replace(secrets, basic_password="wrong"))

        assert refused.kind == "proxy"

    run(case())


def test_proxy_that_hands_its_basic_login_on_is_named_where_that_bars_the_way(run: Run, target: Target) -> None:
    async def case() -> None:
        secrets = replace(target.secrets, basic_password="keeper")
        async with Proxy(target.server.port, gate="gate:keeper", keep_gate=False) as proxy:
            config = replace(target.config, url=proxy.url, basic_username="gate")
            if target.server.api_key:  # from 5.2 on the server reads it as its own
                assert (await _refused(config, secrets)).kind == "proxy"
            else:
                assert await _version(config, secrets) == f"v{target.version}"

    run(case())


def test_server_below_a_path_of_a_proxy_is_reached(run: Run, target: Target) -> None:
    async def case() -> None:
        async with Proxy(target.server.port, under="/behind/qbt") as proxy:
            assert await _version(replace(target.config, url=proxy.url), target.secrets) == f"v{target.version}"
            assert all(request.path.startswith("/behind/qbt/api/v2/") for request in proxy.requests)

    run(case())


def test_session_that_is_gone_is_made_anew_without_a_word(run: Run, target: Target) -> None:
    async def case() -> None:
        async with Proxy(target.server.port) as proxy:
            client = QbtClient(replace(target.config, url=proxy.url), target.secrets)
            await client.connect()
            await client.post("auth/logout")

            versions = [await client.get_text("app/version") for _ in range(2)]
            logins = [request.path for request in proxy.requests].count(LOGIN)
            await client.close()

        assert versions == [f"v{target.version}"] * 2
        assert logins == 2

    run(case())


@pytest.mark.parametrize("fault", [Fault("lose"), Fault("cut", 1000), Fault("reset", 1000)], ids=lambda f: f.kind)
def test_answer_that_does_not_come_whole_is_no_answer(run: Run, target: Target, fault: Fault) -> None:
    async def case() -> None:
        async with Proxy(target.server.port) as proxy:
            client = QbtClient(replace(target.config, url=proxy.url), target.secrets)
            await client.connect()
            proxy.fault = lambda request: fault if "preferences" in request.path else None

            with pytest.raises((Unreachable, QbtError)):
                await client.get("app/preferences")
            proxy.fault = lambda request: None
            assert (await client.get("app/preferences"))["dht"] is False
            await client.close()

    run(case())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_open_door_needs_no_login_whatever_is_set(run: Run, generation: str) -> None:
    async def case() -> None:
        async with Proxy(server.port) as proxy:
            config = ServerConfig(name="open", url=proxy.url, username="nobody")
            for secrets, auth in (
                (Secrets(), "password"),
                (Secrets(password="wrong"), "password"),
                (Secrets(password=server.password), "password"),
                (Secrets(api_key="qbt_" + "0" * 28), "api_key"),
                (Secrets(), "none"),
            ):
                assert await _version(replace(config, auth=auth), secrets) == f"v{server.version}"
            assert await _version(replace(config, rejected=True), Secrets(password="wrong")) == f"v{server.version}"
            assert LOGIN not in [request.path for request in proxy.requests]

    with Server(generation, settings={web_key(generation, "LocalHostAuth"): "false"}) as server:
        run(case())


@pytest.mark.parametrize("polled", [False, True], ids=["a call finds out", "a poll finds out"])
def test_server_that_is_replaced_by_a_newer_one_behind_an_open_door_is_spoken_to_in_its_words(
    run: Run, polled: bool
) -> None:
    sample = tiny(1)

    async def opened(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets())

    async def case() -> None:
        session = Session(ServerConfig(name="door", url=server.url, interval_s=0.1 if polled else 60), opened)
        session.start()
        try:
            await until(lambda: online(session), bool)
            client = session.client
            assert client is not None
            await client.send("torrents/add", files=[("torrents", sample.torrent)])
            await until(lambda: client.get("torrents/info"), bool)

            server.replace_by("5.1.0")
            assert client.version.app_text != f"v{server.version}"
            if polled:
                await until(lambda: online(session), lambda _online: client.version.app_text == f"v{server.version}")
            await client.post("torrents/stop", hashes=sample.hash)

            assert client.version.app_text == f"v{server.version}"
            await until(
                lambda: client.get("torrents/info"), lambda rows: [row["state"] for row in rows] == ["stoppedDL"]
            )
        finally:
            await session.stop()

    async def online(session: Session) -> bool:
        return session.status.phase == "online"

    with Server("4.5.2", settings={web_key("4.5.2", "LocalHostAuth"): "false"}) as server:
        run(case())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_door_that_closes_is_opened_by_the_login_that_is_set(run: Run, generation: str) -> None:
    async def case() -> None:
        async with Proxy(server.port) as proxy:
            client = QbtClient(ServerConfig(name="door", url=proxy.url, username=server.user), right)
            stranger = QbtClient(ServerConfig(name="door", url=proxy.url, username=server.user), Secrets())
            for one in (client, stranger):
                await one.connect()
                assert one.let_in
            await client.post("app/setPreferences", json={"bypass_local_auth": False})
            for one in (client, stranger):
                await one.post("auth/logout")  # a session that an open door gave goes on

            assert await client.get_text("app/version") == f"v{server.version}"
            assert not client.let_in
            with pytest.raises(AuthFailed, match="No password is known") as refused:
                await stranger.get_text("app/version")
            assert (refused.value.kind, refused.value.final) == ("missing", False)
            await client.post("app/setPreferences", json={"bypass_local_auth": True})
            assert await stranger.get_text("app/version") == f"v{server.version}", "open again"

            assert [request.path for request in proxy.requests].count(LOGIN) == 1
            await client.close()
            await stranger.close()

    with Server(generation, settings={web_key(generation, "LocalHostAuth"): "false"}) as server:
        right = Secrets(password=server.password)
        run(case())


def test_own_headers_of_a_server_tell_it_from_a_proxy(run: Run, target: Target) -> None:
    """Host header refusals are named as such only where the server itself spoke."""

    async def case() -> None:
        async with Proxy(target.server.port, rewrite_host=False) as tunnel:
            refused = await _refused(replace(target.config, url=tunnel.url), target.secrets)
            assert "(Host header validation)" in str(refused)

    run(case())
