"""What the windows about a whole server call: cookies, the API key, facts, a test email."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from qbt_remote.api.client import QbtClient
from tests.contract.operations.table import operation
from tests.contract.target import Case
from tests.real.servers import Server

COOKIE = {"name": "uid", "domain": "tracker.test", "path": "/", "value": "a=1; é", "expirationDate": 2_000_000_000}


@asynccontextmanager
async def spare(case: Case) -> AsyncIterator[QbtClient]:
    """A server of its own: its key must not be that of the others."""
    with Server(case.target.label) as server:
        config = type(case.target.config)(name="spare", url=server.url, username=server.user)
        client = QbtClient(config, case.target.secrets)
        await client.connect()
        yield client
        await client.close()


@operation("app/buildInfo")
async def build_info_names_the_libraries(case: Case) -> None:
    assert {"qt", "libtorrent", "boost", "openssl", "bitness"} <= set(await case.client.get("app/buildInfo"))


@operation("app/processInfo")
async def process_info_says_since_when_it_runs(case: Case) -> None:
    started = (await case.client.get("app/processInfo"))["launch_time"]

    assert time.time() - 3600 < started <= time.time() + 5


@operation("app/cookies")
async def there_are_no_cookies_at_first(case: Case) -> None:
    assert await case.client.get("app/cookies") == []


@operation("app/setCookies")
async def set_cookies_replaces_them_and_one_without_a_date_is_minus_one(case: Case) -> None:
    lasting = COOKIE | {"value": "1"}
    passing = {key: value for key, value in lasting.items() if key != "expirationDate"} | {"name": "session"}
    await case.client.post("app/setCookies", cookies=[COOKIE])

    async with case.only():
        await case.client.post("app/setCookies", cookies=[lasting, passing])
        kept = await case.client.get("app/cookies")

    assert sorted(kept, key=str) == sorted([lasting, passing | {"expirationDate": -1}], key=str)
    await case.client.post("app/setCookies", cookies=[])


@operation("app/rotateAPIKey")
async def rotate_gives_a_new_key(case: Case) -> None:
    if not case.client.has("app/rotateAPIKey"):
        await case.client.post("app/rotateAPIKey")
    async with spare(case) as client:
        first = (await client.get("app/preferences"))["web_ui_api_key"]
        second = (await client.post("app/rotateAPIKey"))["apiKey"]

        assert second.startswith("qbt_")
        assert second != first
        assert (await client.get("app/preferences"))["web_ui_api_key"] == second


@operation("app/deleteAPIKey")
async def delete_leaves_no_key(case: Case) -> None:
    if not case.client.has("app/deleteAPIKey"):
        await case.client.post("app/deleteAPIKey")
    async with spare(case) as client:
        await client.post("app/deleteAPIKey")

        assert (await client.get("app/preferences"))["web_ui_api_key"] == ""


@operation("app/sendTestEmail")
async def a_test_email_is_taken_whatever_comes_of_it(case: Case) -> None:
    async with case.only():
        await case.client.post("app/sendTestEmail")
