"""auth/*, app/*, log/*."""

from __future__ import annotations

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import AuthFailed, Unreachable
from qbt_remote.local.settings import Secrets
from tests.contract.operations.table import operation
from tests.contract.target import Case
from tests.real.fetch import as_tuple
from tests.real.proxy import Proxy
from tests.real.servers import Server


@operation("auth/login")
async def login_lets_in_with_the_right_password_only(case: Case) -> None:
    right = QbtClient(case.target.config, case.target.secrets)
    wrong = QbtClient(case.target.config, Secrets(password="not the password"))

    await right.connect()
    with pytest.raises(AuthFailed) as refused:
        await wrong.connect()

    assert (await right.get_text("app/version")).removeprefix("v") == case.target.version
    assert refused.value.kind == "password"
    await right.close()
    await wrong.close()


@operation("auth/logout")
async def logout_ends_the_session(case: Case) -> None:
    async with Proxy(case.target.server.port) as proxy:
        config = case.target.config
        client = QbtClient(type(config)(name=config.name, url=proxy.url, username=config.username), case.target.secrets)
        await client.connect()

        await client.post("auth/logout")
        await client.get_text("app/version")  # refused, logged in anew, asked again
        logins = [request.path for request in proxy.requests].count("/api/v2/auth/login")
        await client.close()

    assert logins == 2


@operation("app/version")
async def version_is_the_one_that_was_installed(case: Case) -> None:
    assert await case.client.get_text("app/version") == f"v{case.target.version}"
    assert case.client.version.app == as_tuple(case.target.version)


@operation("app/webapiVersion")
async def web_api_version_is_known(case: Case) -> None:
    text = await case.client.get_text("app/webapiVersion")

    assert case.client.version.api[: text.count(".") + 1] == as_tuple(text)
    assert (2, 0, 0) <= case.client.version.api < (3, 0, 0)


@operation("app/defaultSavePath")
async def default_save_path_is_the_configured_one(case: Case) -> None:
    path = await case.client.get_text("app/defaultSavePath")

    assert path.rstrip("/") == str(case.target.server.save_path)


@operation("app/preferences")
async def preferences_hold_what_was_configured(case: Case) -> None:
    preferences = await case.client.get("app/preferences")

    assert preferences["web_ui_port"] == case.target.server.port
    assert preferences["dht"] is False
    assert len(preferences) > 140


@operation("app/setPreferences")
async def set_preferences_changes_the_named_keys_only(case: Case) -> None:
    before = await case.client.get("app/preferences")

    async with case.only("preferences.max_connec"):
        await case.client.post("app/setPreferences", json={"max_connec": 321})
        assert (await case.client.get("app/preferences"))["max_connec"] == 321

    await case.client.post("app/setPreferences", json={"max_connec": before["max_connec"]})


@operation("app/shutdown")
async def shutdown_ends_the_server(case: Case) -> None:
    with Server(case.target.label) as spare:
        config = type(case.target.config)(name="spare", url=spare.url, username=spare.user)
        client = QbtClient(config, case.target.secrets)
        await client.connect()

        await client.post("app/shutdown")

        assert spare.wait_for_end() == 0
        with pytest.raises(Unreachable):
            await client.get_text("app/version")
        await client.close()


@operation("log/main")
async def log_tells_what_happened_once(case: Case) -> None:
    entries = await case.client.get("log/main")
    last = entries[-1]["id"]
    sample = await case.tiny()

    newer = await case.client.get("log/main", last_known_id=last)

    assert {"id", "message", "timestamp", "type"} <= set(entries[0])
    assert all(entry["id"] > last for entry in newer)
    assert any(sample.name in entry["message"] for entry in newer)
    assert all(entry["timestamp"] < 10_000_000_000 for entry in entries), "seconds"


@operation("log/peers")
async def log_of_peers_is_a_list(case: Case) -> None:
    assert await case.client.get("log/peers", last_known_id=-1) == []
