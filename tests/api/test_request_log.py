"""Each request is put down with its figures, however it ends; nothing that it is about is."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

import httpx
import pytest

from qbt_remote.api.errors import QbtError
from qbt_remote.local.log import Kept, Ring
from qbt_remote.local.requests import MOST_REQUESTS, Request, Requests
from tests.api.scripted import Scripted, client_of, in_turns
from tests.conftest import Run

HASH = "0123456789abcdef0123456789abcdef01234567"


async def requests_of(server: Scripted, *calls: tuple[str, dict[str, Any]]) -> list[Request]:
    client = client_of(in_turns(server))
    await client.connect()
    there = client.requests.kept.total
    for endpoint, params in calls:
        with suppress(QbtError):
            await client.get(endpoint, **params)
    await client.close()
    return client.requests.kept.since(there)


def test_a_request_is_put_down_with_its_path_status_and_sizes(run: Run) -> None:
    server = Scripted()
    server.answers["torrents/properties"] = httpx.Response(200, json={"comment": "x" * 100})

    read, logout = run(requests_of(server, ("torrents/properties", {"hash": HASH})))

    assert (read.method, read.name, read.status, read.attempt) == ("GET", "torrents/properties", 200, 1)
    assert (read.sent, read.received, read.failure) == (0, len(b'{"comment":""}') + 100, "")
    assert (logout.method, logout.name) == ("POST", "auth/logout")


def test_logins_are_counted_and_nothing_of_them_is_kept(run: Run) -> None:
    client = client_of(in_turns(Scripted()))

    run(client.connect())

    login = next(r for r in client.requests.kept.since() if r.name == "auth/login")
    assert login.sent == len("username=me&password=right")
    assert client.requests.asked["auth/login"] == 1
    assert "right" not in repr(client.requests.kept.since())


def test_what_is_sent_again_says_so(run: Run) -> None:
    server = Scripted()
    lost = httpx.ReadError("gone")
    server.answers["torrents/info"] = [lost, httpx.Response(200, json=[])]

    first, second, _logout = run(requests_of(server, ("torrents/info", {})))

    assert [(r.attempt, r.status, r.failure) for r in (first, second)] == [(1, 0, "ReadError"), (2, 200, "")]


def test_a_session_that_was_lost_shows_as_a_second_attempt(run: Run) -> None:
    server = Scripted()
    server.answers["torrents/info"] = httpx.Response(200, json=[])

    async def story() -> list[Request]:
        client = client_of(in_turns(server))
        await client.connect()
        server.sessions.clear()
        await client.get("torrents/info")
        return [r for r in client.requests.kept.since() if r.name == "torrents/info"]

    assert [(r.attempt, r.status) for r in run(story())] == [(1, 403), (2, 200)]


def test_a_body_that_breaks_off_is_put_down_with_what_came(run: Run) -> None:
    class Cut(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]  # of httpx
            yield b"[" * 10
            raise httpx.ReadError("cut")

    server = Scripted()
    server.answers["torrents/info"] = [httpx.Response(200, stream=Cut()), httpx.Response(200, json=[])]

    cut = run(requests_of(server, ("torrents/info", {})))[0]

    assert (cut.status, cut.received, cut.failure) == (200, 10, "ReadError")


def test_a_request_that_is_too_late_is_put_down(run: Run) -> None:
    async def story() -> Request:
        client = client_of(in_turns(Scripted()))
        await client.connect()
        with pytest.raises(QbtError):
            await client.get("app/version", deadline_s=0)
        return client.requests.kept.since()[-1]

    assert run(story()).failure == "CancelledError"


def test_no_more_than_the_newest_are_kept() -> None:
    requests = Requests()
    for n in range(MOST_REQUESTS + 5):
        with requests.following("GET", "app/version", n, 1):
            pass

    assert [r.sent for r in requests.kept.since()] == list(range(5, MOST_REQUESTS + 5))
    assert requests.asked["app/version"] == MOST_REQUESTS + 5
    assert len(requests.kept.since(MOST_REQUESTS + 3)) == 2


def test_what_came_since_is_given_even_where_some_of_it_has_gone() -> None:
    kept: Kept[int] = Kept(3)
    for n in range(10):
        kept.add(n)

    assert [kept.since(), kept.since(2), kept.since(9), kept.since(10)] == [[7, 8, 9], [7, 8, 9], [9], []]


def test_in_the_file_requests_are_lines_at_debug_level_and_in_memory_they_are_not(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    ring = Ring()
    logging.getLogger().addHandler(ring)
    server = Scripted()
    server.answers["torrents/info"] = httpx.Response(200, json=[])
    try:
        with caplog.at_level(logging.DEBUG):
            run(requests_of(server, ("torrents/info", {"hashes": HASH})))
    finally:
        logging.getLogger().removeHandler(ring)

    (line,) = [record.getMessage() for record in caplog.records if "torrents/info" in record.getMessage()]
    assert line.startswith("GET torrents/info 200 ")
    assert HASH not in caplog.text
    assert not [entry for entry in ring.entries.since() if "torrents/info" in entry.message]
