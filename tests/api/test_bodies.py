"""How long a body may take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from qbt_remote.api.bodies import SHORT, Body
from qbt_remote.api.errors import BadReply
from tests.conftest import Run


async def coming(pieces: int, size: int, every_s: float) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        await asyncio.sleep(every_s)
        yield bytes(size)


async def read(raw: AsyncIterator[bytes], patience_s: float) -> int:
    body = Body("home", {}, raw)
    async with asyncio.timeout(60) as timer:
        pieces = body.paced(timer, patience_s=patience_s)
        try:
            async for _piece in pieces:
                pass
        finally:
            await pieces.aclose()
    return body.size


def test_a_body_that_keeps_coming_may_take_longer_than_the_patience(run: Run) -> None:
    assert run(read(coming(16, 1024, 0.03), 0.2)) == 16 * 1024


@pytest.mark.parametrize("size", [0, 1])
def test_a_body_that_only_trickles_is_given_up(run: Run, size: int) -> None:
    with pytest.raises(TimeoutError):
        run(read(coming(1000, size, 0.01), 0.2))


def test_a_body_that_stops_is_given_up(run: Run) -> None:
    with pytest.raises(TimeoutError):
        run(read(stopping(), 0.2))


async def stopping() -> AsyncIterator[bytes]:
    yield bytes(4096)
    await asyncio.sleep(60)


def test_of_an_endless_error_page_only_the_beginning_is_read(run: Run) -> None:
    assert len(run(Body("home", {}, coming(10**9, 4096, 0)).beginning())) == SHORT


def test_a_whole_body_is_given_up_where_it_grows_too_large() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 4096
            yield bytes(4096)

    with pytest.raises(BadReply, match="too large"):
        asyncio.run(Body("home", {}, endless()).whole(2**20))
    assert taken == 2**20 + 4096


def test_others_get_their_turn_while_a_body_comes_that_is_there_already() -> None:
    turns = 0

    async def there() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield bytes(2**20)

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def story() -> int:
        counting = asyncio.ensure_future(count())
        read = len(await Body("home", {}, there()).whole())
        counting.cancel()
        return read

    assert asyncio.run(story()) == 200 * 2**20
    assert turns > 1
