"""Sends the queue's rows of one server, one after the other, as long as the server is there.

Of an answer that was lost the torrent's info-hash tells what came of it.  A row that fails because of the server goes
behind the others and is tried again after a while, which grows; one that the server refuses is done with, with the
reason.  Links that the server fetches are followed up until its list or its log tells.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.add import AddItem, AddResult, fitting
from qbt_remote.api.errors import AuthFailed, QbtError
from qbt_remote.local.add_queue import QueueRow
from qbt_remote.sync.adding import fetching
from qbt_remote.sync.adding.kept import is_fetched, item_of, options_of
from qbt_remote.sync.adding.queue_rows import QueueRows
from qbt_remote.sync.polls.backoff import Backoff
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient
    from qbt_remote.sync.session import Session

MOST_TRIES, MOST_TRIES_UNSENT = 3, 20
"""Of a row whose answer is lost, and of one that does not get to a server which answers polls."""
NEVER_SAID = N("the server never said what came of it")
UNSURE = N("the program ended while this link was sent; it is not known whether the server took it")
GONE = N("its torrent file can no longer be read from the queue")
FAULT = N("a fault in qbt-remote kept it from being added; the log has the details")
_POKE_S = 1.0
_LOOK_S = 5.0
_FOLLOWED_S = 3600.0
_FOLLOWED_SILENT_S = 600.0
_FOLLOWED_UNSURE_S = 30.0


class Sender:
    """Works until nothing is left to send or the server is away."""

    def __init__(self, rows: QueueRows, sessions: Mapping[str, Session], server: str) -> None:
        self._rows, self._sessions, self._server = rows, sessions, server
        self._woken = asyncio.Event()
        self._backoff = Backoff()
        self._poked = 0.0

    def wake(self) -> None:
        """There is more to send, or the server may be there again."""
        self._woken.set()

    async def run(self) -> None:
        while (session := self._online()) is not None:
            self._woken.clear()
            if rows := self._rows.next_rows(self._server):
                await self._send(session, rows)
            elif following := [row for row in self._rows.pending(self._server) if row.state == "verifying"]:
                await self._follow(session, following)
                await self._wait(_LOOK_S)
            else:
                return

    def _online(self) -> Session | None:
        session = self._sessions.get(self._server)
        return session if session is not None and session.client is not None else None

    async def _send(self, session: Session, rows: Sequence[QueueRow]) -> None:
        """Send a group; it is written down as being sent before, and what became of it after."""
        if is_fetched(rows[0]) and not rows[0].told.get("sent") and session.client is not None:
            before = await fetching.look(session.client)
            self._rows.set(rows[0], "queued", before=before.as_json() if before else None)
        for row in rows:
            self._rows.set(row, "sending")
        await self._rows.save(rows)
        delay = 0.0
        try:
            for row in rows:
                if row.state != "sending" or row.id not in self._rows.all:
                    continue  # taken back meanwhile
                if session.client is None or delay:
                    self._rows.set(row, "queued")
                    continue
                delay = self._take(session, row, await self._one(session.client, row))
        finally:
            await self._rows.save(rows)
        self._poke(session, [], last=True)
        if delay:
            await self._wait(delay)

    async def _one(self, client: QbtClient, row: QueueRow) -> AddResult:
        self._rows.under_way.add(row.id)
        self._rows.tell([row])
        try:
            return await self._sent(client, row)
        except Exception:  # one bad row takes no others with it
            self._rows.set(row, "failed", AddResult(item_of(row, None), "unknown", FAULT))
            raise
        finally:
            self._rows.under_way.discard(row.id)

    async def _sent(self, client: QbtClient, row: QueueRow) -> AddResult:
        try:
            item = await self._rows.item(row)
        except OSError:
            return AddResult(item_of(row, None), "refused", GONE)
        if item.torrent is None and not item.link:
            return AddResult(item, "refused", GONE)
        if is_fetched(row) and row.told.get("sent"):
            return AddResult(item, "fetching", UNSURE)
        kept = row.told.get("before")
        return await fetching.add_and_see(
            client,
            item,
            fitting(client, options_of(row)),
            told=lambda now: self._rows.set(row, "verifying", now),
            given_up=lambda: row.id in self._rows.hurried,
            before=fetching.BeforeSending.from_json(kept) if kept else None,
        )

    def _take(self, session: Session, row: QueueRow, result: AddResult) -> float:
        """Put down what came of a row; give the time to wait before the next is sent, 0 where all is well."""
        tries = int(row.told.get("tries", 0)) + 1
        if result.outcome in ("added", "present"):
            if result.outcome == "present" and row.told.get("sent"):
                result = replace(result, outcome="added")
            self._done(session, row, result)
            return 0.0
        if result.outcome == "fetching" or (result.outcome == "unknown" and is_fetched(row)):
            self._rows.set(row, "verifying", replace(result, outcome="fetching"), sent=True)
            return 0.0
        again = result.outcome == "unreachable" or isinstance(result.error, AuthFailed)
        if again and tries < MOST_TRIES_UNSENT:
            self._rows.set(row, "queued", result, tries=tries)
            return self._pause(result.error)
        if result.outcome == "unknown" and tries < MOST_TRIES:
            self._rows.set(row, "queued", result, tries=tries, sent=True)
            return self._pause(result.error)
        self._rows.set(row, "failed", result)
        return 0.0

    def _done(self, session: Session, row: QueueRow, result: AddResult) -> None:
        self._backoff.reset()
        self._rows.set(row, "done", result)
        if found := result.found or result.item.hash:
            self._poke(session, [found])

    def _pause(self, error: QbtError | None) -> float:
        delay = self._backoff.next_delay_s(asyncio.get_running_loop().time())
        return max(delay, error.wait_s if error else 0.0)

    def _poke(self, session: Session, hashes: Sequence[str], *, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self._poked > _POKE_S:
            session.poke(hashes)
            self._poked = now

    async def _wait(self, delay_s: float) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _follow(self, session: Session, rows: Sequence[QueueRow]) -> None:
        """Look what came of links that the server fetches; what is never known is said in the end."""
        for row in rows:
            client = session.client
            if client is None:
                return
            kept, item = row.told.get("before"), item_of(row, None)
            try:
                found = await self._outcome(client, item, kept) if kept else None
            except QbtError:
                return
            if found is not None and found.outcome in ("added", "present"):
                self._done(session, row, found)
            elif found is not None:
                self._rows.set(row, "failed", found)
            elif time.time() > row.changed + self._patience(client, row):
                unsure = row.told.get("reason") == UNSURE
                self._rows.set(row, "failed", AddResult(item, "unknown", UNSURE if unsure else NEVER_SAID))
            else:
                continue
            await self._rows.save([row])

    async def _outcome(self, client: QbtClient, item: AddItem, kept: Any) -> AddResult | None:
        known = {str(row.told.get("found")) for row in self._rows.all.values()}
        before = fetching.BeforeSending.from_json(kept)
        return await fetching.outcome(client, AddResult(item, "fetching"), before, known)

    def _patience(self, client: QbtClient, row: QueueRow) -> float:
        if row.told.get("reason") == UNSURE:
            return _FOLLOWED_UNSURE_S
        return _FOLLOWED_S if client.version.api >= fetching.SAYS_WHY else _FOLLOWED_SILENT_S
