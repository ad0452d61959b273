"""Polls what one tab shows of one torrent, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from qbt_remote.api.errors import QbtError
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.pieces import HAVE
from qbt_remote.sync.details.rows import File, HttpSource, Peer, Properties, Rows, Tracker
from qbt_remote.sync.session import Session
from qbt_remote.sync.steps import Steps, Turn, in_turns
from qbt_remote.sync.torrent import Torrent

Json = Any
Keyed = Mapping[str, Mapping[str, Json]]

INTERVAL_S = 2.0
LONGEST_S = 10.0
MOST_PIECES = 10_000_000
"""More than any torrent has: a server that tells more is not believed."""
MOST_ROWS = 10_000
"""The same of trackers, peers and web seeds; the others are left out."""


@dataclass(frozen=True)
class What:
    """One kind of list: where it comes from, what its rows are, and how an answer is keyed."""

    endpoint: str
    kind: type[msgspec.Struct]
    keyed: Callable[[Json, Torrent], Keyed]
    pieces: bool = False
    """The state of each piece is asked for, too."""


def _whole(body: Json, t: Torrent) -> Keyed:
    """One row; what older servers do not tell here comes from the torrent's own line."""
    v1 = body.get("infohash_v1", t.infohash_v1 or t.hash)  # before 4.4 the torrent's id is its v1 hash
    known = {
        "progress": t.progress,
        "availability": t.availability,
        "private": body.get("is_private"),
        "infohash_v1": v1,
        "name": t.name,
        "hash": t.hash,
    }
    return {"": known | {name: value for name, value in body.items() if value is not None or name == "private"}}


def _by(field: str, body: Json, _t: Torrent) -> Keyed:
    """Rows by this field; a second one with the same value is told apart by its place."""
    rows: dict[str, Mapping[str, Json]] = {}
    for place, row in enumerate(body[:MOST_ROWS]):
        if isinstance(row, dict):
            key = str(row.get(field))
            rows[f"{key}\n{place}" if key in rows else key] = row
    return rows


def _trackers(body: Json, t: Torrent) -> Keyed:
    """The endpoints of a tracker (5.2+) are rows of their own behind it."""
    rows: dict[str, Mapping[str, Json]] = {}
    for place, (key, tracker) in enumerate(_by("url", body, t).items()):
        if len(rows) >= MOST_ROWS:
            break
        rows[key] = {**tracker, "place": place}
        endpoints = tracker.get("endpoints")
        for n, endpoint in enumerate(endpoints if isinstance(endpoints, list) else ()):
            if isinstance(endpoint, dict) and len(rows) < MOST_ROWS:
                own = f"{key}\n{endpoint.get('name')}\n{endpoint.get('bt_version')}"
                rows[own] = {**endpoint, "url": endpoint.get("name"), "of": key, "place": n}
    return rows


def _peers(body: Json, _t: Torrent) -> Keyed:
    peers: Keyed = body
    return peers if len(peers) <= MOST_ROWS else dict(islice(peers.items(), MOST_ROWS))


def _files(body: Json, _t: Torrent) -> Json:
    return body


PEERS = "sync/torrentPeers"
FILES = "torrents/files"
WHATS: dict[str, What] = {
    "general": What("torrents/properties", Properties, _whole, pieces=True),
    "pieces": What("torrents/properties", Properties, _whole, pieces=True),
    "trackers": What("torrents/trackers", Tracker, _trackers),
    "peers": What(PEERS, Peer, _peers),
    "http_sources": What("torrents/webseeds", HttpSource, partial(_by, "url")),
    "content": What(FILES, File, _files),
}


class DetailPoll:
    """Follows one thing of one torrent from ``run`` to ``stop``; for another torrent or tab make another.

    ``on_changes`` is told of every answer, also of one without a difference, and may do its work in steps;
    ``on_error`` is told of every failure.  Neither goes on after ``stop``.
    """

    def __init__(
        self,
        session: Session,
        torrent: Torrent,
        what: str,
        *,
        on_changes: Callable[[DetailPoll, Changes], Steps[None] | None],
        on_error: Callable[[DetailPoll, QbtError], None],
    ) -> None:
        self.session, self.torrent, self.what = session, torrent, what
        self._row = WHATS[what]
        self.rows = Files() if self._row.endpoint == FILES else Rows(self._row.kind)
        self.answered = False
        """Whether there was an answer at all."""
        self._on_changes, self._on_error = on_changes, on_error
        self.paused = False
        """Nothing is asked while it is."""
        self._pieces: dict[str, Json] = {}
        self._wake = asyncio.Event()
        self._stopped = False
        self._asking: asyncio.Task[Any] | None = None

    async def run(self, wait_s: float = 0.0) -> None:
        """Ask, after ``wait_s``, and then every two seconds until ``stop``."""
        await self._pause(wait_s)
        failures = 0
        while not self._stopped:
            began = time.monotonic()
            self._wake.clear()
            if self.paused:
                await self._wake.wait()
                continue
            try:
                body = await self._answer()
                await self._tell(body)
                if self._row.pieces and not self._stopped:
                    self._pieces = await self._answer_pieces(body)
                    await self._tell(body)
                failures = 0
            except QbtError as error:
                failures += self.session.client is not None  # not being connected costs nothing
                if not self._stopped:
                    self._on_error(self, error)
            interval_s = min(INTERVAL_S * 2.0 ** min(failures, 5), LONGEST_S)
            await self._pause(max(interval_s, 3 * (time.monotonic() - began)))

    def poke(self) -> None:
        """Ask at once."""
        self._wake.set()

    def stop(self) -> None:
        """Tell nothing from now on and end; a request for peers comes to its end first, see PeerStream."""
        self._stopped = True
        self._wake.set()
        if self._asking is not None and self._row.endpoint != PEERS:
            self._asking.cancel()

    async def _answer(self) -> Json:
        if self._row.endpoint == PEERS:
            return await self._asked(self.session.peers.of(self.torrent.hash, lambda: not self._stopped))
        if isinstance(self.rows, Files):
            return await self._asked(self.rows.read(self.session, self.torrent.hash))
        return await self._asked(self.session.get(self._row.endpoint, hash=self.torrent.hash))

    async def _answer_pieces(self, facts: Mapping[str, Json]) -> dict[str, Json]:
        """Of a whole torrent all is known without asking."""
        count = facts.get("pieces_num")
        if not isinstance(count, int) or not 0 < count <= MOST_PIECES:
            return {}
        if facts.get("pieces_have") == count:
            return {"piece_states": bytes((HAVE,)) * count}
        told: dict[str, Json] = await self._asked(self._ask_pieces())
        return told

    async def _ask_pieces(self) -> dict[str, Json]:
        session, known = self.session, {"hash": self.torrent.hash}
        states = await session.get("torrents/pieceStates", **known)
        client = session.client
        counts: Json = ()
        if client is not None and client.has("torrents/pieceAvailability"):
            counts = await session.get("torrents/pieceAvailability", **known)
        try:
            return {"piece_states": bytes(states), "piece_availability": tuple(map(int, counts))}
        except (TypeError, ValueError):
            return {}

    async def _asked(self, answer: Coroutine[Any, Any, Json]) -> Json:
        self._asking = asyncio.current_task()
        try:
            return await answer
        finally:
            self._asking = None

    async def _tell(self, body: Json) -> None:
        if self._stopped:
            return
        keyed = self._row.keyed(body, self.torrent)
        if self._pieces:
            keyed = {key: {**row, **self._pieces} for key, row in keyed.items()}
        await self._show(await in_turns(self.rows.becoming(keyed)))

    async def _show(self, changes: Changes) -> None:
        if self._stopped:
            return
        self.answered = True
        turn, steps = Turn(), iter(self._on_changes(self, changes) or ())
        while not self._stopped and (wants_a_turn := next(steps, None)) is not None:
            await turn.over(now=wants_a_turn)

    async def _pause(self, seconds: float) -> None:
        if self._stopped or seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
