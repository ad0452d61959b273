"""Magnets are read as the four servers read them: what they list was expected, what they refuse is refused here.

Every magnet is sent as it is written, and then as it is sent by us.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterator

import pytest

from qbt_remote.api.adding.links import Link, parse_link, read_link
from qbt_remote.api.adding.problem import Unusable
from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import QbtError
from tests.conftest import Run
from tests.real.servers import GENERATIONS, Server, one_of_each
from tests.real.swarm import client_of

pytestmark = pytest.mark.real


def base32(v1: str) -> str:
    return base64.b32encode(bytes.fromhex(v1)).decode()


BT, BM = "urn:btih:", "urn:btmh:1220"

MAGNETS: dict[str, Callable[[str, str, str, str], str]] = {
    # a and b are v1 hashes, m and n are v2 hashes
    "one topic": lambda a, b, m, n: f"magnet:?xt={BT}{a}",
    "of two the last counts": lambda a, b, m, n: f"magnet:?xt={BT}{a}&xt={BT}{b}",
    "numbered": lambda a, b, m, n: f"magnet:?xt.1={BT}{a}",
    "numbered, two": lambda a, b, m, n: f"magnet:?xt.1={BT}{a}&xt.2={BT}{b}",
    "numbered backwards": lambda a, b, m, n: f"magnet:?xt.2={BT}{b}&xt.1={BT}{a}",
    "plain and numbered": lambda a, b, m, n: f"magnet:?xt={BT}{a}&xt.1={BT}{b}",
    "numbered and plain": lambda a, b, m, n: f"magnet:?xt.1={BT}{a}&xt={BT}{b}",
    "numbered by a word": lambda a, b, m, n: f"magnet:?xt.one={BT}{a}",
    "good and bad": lambda a, b, m, n: f"magnet:?xt={BT}{a}&xt={BT}zz",
    "bad and good": lambda a, b, m, n: f"magnet:?xt={BT}zz&xt={BT}{a}",
    "another network after it": lambda a, b, m, n: f"magnet:?xt={BT}{a}&xt=urn:sha1:{base32(b)}",
    "another network before it": lambda a, b, m, n: f"magnet:?xt=urn:ed2k:{'1' * 32}&xt={BT}{a}",
    "only another network": lambda a, b, m, n: f"magnet:?xt=urn:sha1:{base32(a)}",
    "an empty topic": lambda a, b, m, n: f"magnet:?xt=&xt={BT}{a}&xt=",
    "capital digits": lambda a, b, m, n: f"magnet:?xt={BT}{a.upper()}",
    "capital scheme": lambda a, b, m, n: f"MAGNET:?xt={BT}{a}",
    "capital key": lambda a, b, m, n: f"magnet:?XT={BT}{a}&DN=x",
    "capital urn": lambda a, b, m, n: f"magnet:?xt=URN:btih:{a}",
    "capital btih": lambda a, b, m, n: f"magnet:?xt=urn:BTIH:{a}",
    "capital btmh": lambda a, b, m, n: f"magnet:?xt=urn:BTMH:1220{m}",
    "base32": lambda a, b, m, n: f"magnet:?xt={BT}{base32(a)}",
    "small base32": lambda a, b, m, n: f"magnet:?xt={BT}{base32(a).lower()}",
    "base32 with a 1": lambda a, b, m, n: f"magnet:?xt={BT}1{base32(a)[1:]}",
    "base32 with a 0": lambda a, b, m, n: f"magnet:?xt={BT}0{base32(a)[1:]}",
    "base32 with an 8": lambda a, b, m, n: f"magnet:?xt={BT}8{base32(a)[1:]}",
    "base32 with padding": lambda a, b, m, n: f"magnet:?xt={BT}{base32(a)[:-1]}=",
    "encoded colons": lambda a, b, m, n: f"magnet:?xt=urn%3Abtih%3a{a}",
    "encoded digits": lambda a, b, m, n: f"magnet:?xt={BT}" + "".join(f"%{ord(c):02x}" for c in a),
    "v2": lambda a, b, m, n: f"magnet:?xt={BM}{m}",
    "v2, capital digits": lambda a, b, m, n: f"magnet:?xt={BM}{m.upper()}",
    "v2, two": lambda a, b, m, n: f"magnet:?xt={BM}{m}&xt={BM}{n}",
    "v1 and v2": lambda a, b, m, n: f"magnet:?xt={BT}{a}&xt={BM}{m}",
    "v2 and v1": lambda a, b, m, n: f"magnet:?xt={BM}{m}&xt={BT}{a}",
    "v1 and a bad v2": lambda a, b, m, n: f"magnet:?xt={BT}{a}&xt={BM}zz",
    "v2 and a bad v1": lambda a, b, m, n: f"magnet:?xt={BM}{m}&xt={BT}zz",
    "v2 of another function": lambda a, b, m, n: f"magnet:?xt=urn:btmh:1114{a}",
    "v2 too short": lambda a, b, m, n: f"magnet:?xt={BM}{m[:-1]}",
    "v2 as v1": lambda a, b, m, n: f"magnet:?xt={BT}{m}",
    "too short": lambda a, b, m, n: f"magnet:?xt={BT}{a[:-1]}",
    "too long": lambda a, b, m, n: f"magnet:?xt={BT}{a}0",
    "other letters": lambda a, b, m, n: f"magnet:?xt={BT}{'g' * 40}",
    "zeros": lambda a, b, m, n: f"magnet:?xt={BT}{'0' * 40}",
    "zeros in base32": lambda a, b, m, n: f"magnet:?xt={BT}{'a' * 32}",
    "v2 of zeros": lambda a, b, m, n: f"magnet:?xt={BM}{'0' * 64}",
    "a space after it": lambda a, b, m, n: f"magnet:?xt={BT}{a}%20&dn=x",
    "a plus after it": lambda a, b, m, n: f"magnet:?xt={BT}{a}+&dn=x",
    "a fragment": lambda a, b, m, n: f"magnet:?xt={BT}{a}#x",
    "a semicolon": lambda a, b, m, n: f"magnet:?xt={BT}{a};dn=x",
    "bad escapes in the hash": lambda a, b, m, n: f"magnet:?xt={BT}{a}%zz",
    "name first": lambda a, b, m, n: f"magnet:?dn=x&xt={BT}{a}",
    "bad escapes in the name": lambda a, b, m, n: f"magnet:?dn=%zz%&xt={BT}{a}",
    "bytes in the name": lambda a, b, m, n: f"magnet:?xt={BT}{a}&dn=%ff%fe",
    "question marks in the name": lambda a, b, m, n: f"magnet:?dn=a?b#c&xt={BT}{a}",
    "empty fields": lambda a, b, m, n: f"magnet:?&&xt={BT}{a}&&",
    "a field without a value": lambda a, b, m, n: f"magnet:?foo&xt={BT}{a}",
    "no question mark": lambda a, b, m, n: f"magnet:xt={BT}{a}",
    "slashes": lambda a, b, m, n: f"magnet://?xt={BT}{a}",
}
LENIENT = {("4.2.5", "v1 and a bad v2")}
"""4.2.5 does not know that topic, so it cannot see that it is bad; all others refuse the link for it."""


def written(name: str) -> str:
    def digest(part: str) -> str:
        return hashlib.sha256(f"{name} {part}".encode()).hexdigest()

    return MAGNETS[name](digest("a")[:40], digest("b")[:40], digest("m"), digest("n"))


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with one_of_each() as made:
        yield made


async def taken(client: QbtClient, links: dict[str, str]) -> dict[str, set[str]]:
    """Send the links one by one and give the ids that are listed then, by the names of the links that were taken."""
    answered: list[str] = []
    for name, link in links.items():
        try:
            counts = await client.post("torrents/add", urls=link, stopped=True)
        except QbtError:
            continue
        if counts["success_count"]:
            answered.append(name)
    rows: list[dict[str, str]] = []
    for _ in range(40):
        before, rows = len(rows), await client.get("torrents/info")
        if rows and len(rows) == before:
            break
        await asyncio.sleep(0.4)
    ids = [{row["hash"], row.get("infohash_v1") or row["hash"]} for row in rows]
    await client.post("torrents/delete", hashes=[row["hash"] for row in rows], deleteFiles=True)
    while await client.get("torrents/info"):
        await asyncio.sleep(0.05)
    return {name: next((i for i in ids if i & _may_be(links[name])), set()) for name in answered}


def _may_be(link: str) -> set[str]:
    """All hashes that stand in a link, in whatever place."""
    parts = [part.partition("=")[2] for part in link.partition("?")[2].split("&")]
    read = (parse_link(f"magnet:?xt={part}") or parse_link(part.rpartition(":")[2]) for part in parts)
    return {i for found in read if isinstance(found, Link) for i in found.hashes}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_magnet_is_read_as_the_server_reads_it(run: Run, servers: dict[str, Server], generation: str) -> None:
    raw = {name: written(name) for name in MAGNETS}
    read = {name: link for name, text in raw.items() if (link := parse_link(text))}

    async def scene() -> tuple[dict[str, set[str]], dict[str, set[str]], bool]:
        async with client_of(servers[generation]) as client:
            as_written = await taken(client, raw)
            as_sent = await taken(client, {name: link.url for name, link in read.items()})
            return as_written, as_sent, client.has("hybrid")

    as_written, as_sent, knows_v2 = run(scene())

    for name in MAGNETS:
        ids = as_written.get(name, set())
        if name not in read:
            assert not ids or (generation, name) in LENIENT, f"{name}: refused here, taken by the server"
            continue
        link = read[name]
        if not knows_v2 and link.v2_only:
            assert not ids and not as_sent.get(name), name
            continue
        assert set(link.hashes) >= as_sent[name] > set(), f"{name}: sent as {link.url}"
        assert not ids or ids == as_sent[name], f"{name}: the server takes {ids} for what we call {link.hashes}"


@pytest.mark.parametrize("name", MAGNETS)
def test_what_is_refused_here_has_a_reason_that_names_it(name: str) -> None:
    text = written(name)

    if parse_link(text) is None:
        with pytest.raises(Unusable) as caught:
            read_link(text)
        assert str(caught.value).endswith(".")
