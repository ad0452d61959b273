"""One server, kept in step: connect, poll, wait after failures, carry out commands.

The rule that keeps the mirror right: the ``rid`` of an answer is sent with the next poll only if that
answer was applied.  After anything else everything is asked for again (rid 0), since from 4.6 to
5.2.3 the server has then already forgotten the changes of the answer that was lost.  There is one
poll at a time, and one that is under way is never cancelled to send another sooner.  What is read of single
torrents besides (after a command, where polls are slow) is not part of that: see sync/polls/ahead.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qbt_remote.api.errors import AuthFailed, QbtError, Unreachable, forget_frames
from qbt_remote.api.login import BANNED
from qbt_remote.local import garbage
from qbt_remote.local.requests import Requests
from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.batches import batches, hash_in, name_of_hashes
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.decode import maindata
from qbt_remote.sync.delta import Desync
from qbt_remote.sync.details.peers import PeerStream
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.polls.line import OpenClient, ServerLine
from qbt_remote.sync.polls.looks import Awaited, Expected, Looks
from qbt_remote.sync.polls.outage import Outage
from qbt_remote.sync.polls.pace import Pace
from qbt_remote.sync.polls.reading import Reading
from qbt_remote.sync.polls.removals import Removals
from qbt_remote.sync.polls.status import Status
from qbt_remote.sync.states import is_session_paused
from qbt_remote.sync.steps import Steps, in_turns
from qbt_remote.translatable import N, Said

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Json = Any
Listener = Callable[["Session", "Changes"], Steps[None] | None]
"""Told of each poll; it may do its work in steps."""

log = logging.getLogger(__name__)

UNSEEN_INTERVAL_S = 10.0
FAULT = N("A fault in qbt-remote kept what {server} sent from being shown. It is asked again; the log has the details.")
_SILENT_RETRY_S = 2.0
_CANCEL_S = 1.0
_LOOK_S = 10.0
"""While nothing is tried: so soon it is noticed that the next try is due earlier."""


def _now() -> float:
    return asyncio.get_running_loop().time()


class Session:
    """Polls one server from ``start`` to ``stop``.  Listeners (``on_…``) are called directly, in the loop's thread."""

    def __init__(self, config: ServerConfig, open_client: OpenClient) -> None:
        """``open_client`` makes a client without connecting it; it may read the vault and raise QbtError."""
        self.config = config
        self.mirror = Mirror(config.id)
        self.peers = PeerStream(self.get)
        self.status = Status()
        self.requests = Requests()
        self.locked = Said()
        """Why the password could not be read from where it is kept, if so; set by whoever opens clients."""
        self.stopped_by_pause = False
        """Torrents are stopped since this program paused the server, which has no session pause; see pausing.py."""
        self.for_this_run = False
        """Whether it is there by the command line, which can say more of it."""
        self.on_changes: list[Listener] = []
        self.on_status: list[Callable[[Session], None]] = []
        """Called when the phase, the error or the time of the next try has changed, not after each poll."""
        self.on_fault: Callable[[Session, BaseException], None] | None = None
        """Told of an error of ours, after which polling goes on; without it, the loop's exception handler is."""
        self._line = ServerLine(config, open_client, lambda: self.requests)
        self._replaced = False  # another version may answer by now
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._rid: int | str = 0
        self.pace = Pace()
        self._reading = Reading(self.mirror, self._online, self._tell)
        self._looks = Looks(self.mirror, self._look, self._is_slow, self._report_end)
        self.outage = Outage(config)
        self._removals = Removals()
        self._awaited = Awaited()
        self._looked_at = True

    @property
    def client(self) -> QbtClient | None:
        """The connected client, or None while the server is not online."""
        return self._line.client if self.status.phase == "online" else None

    @property
    def paused(self) -> bool:
        """All of the server is paused, by whomever, or stopped by pausing."""
        return is_session_paused(self.mirror.server) or self.stopped_by_pause

    def lacks(self, feature: str) -> bool:
        """Whether the server is known to be too old for a feature of api/endpoints.py."""
        return self._line.lacks(feature)

    @property
    def looked_at(self) -> bool:
        """Whether anybody sees this server's torrents; if not it is polled more rarely."""
        return self._looked_at

    @looked_at.setter
    def looked_at(self, looked_at: bool) -> None:
        if looked_at and not self._looked_at:
            self.poke()
        self._looked_at = looked_at

    # life

    def start(self) -> None:
        """Begin, unless it has begun.  A login that was refused before is not sent again, but an open door is seen."""
        if self._task is not None:
            return
        self._wake.clear()
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"session {self.config.id}")
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """End within two seconds; what is in the mirror stays."""
        tasks, task, self._task = self._looks.stop(), self._task, None
        if task is not None:
            task.remove_done_callback(self._ended)
            task.cancel()
            tasks.add(task)
        if tasks:
            await asyncio.wait(tasks, timeout=_CANCEL_S)
        await self._line.drop()
        garbage.after_failed_poll()
        self._set(Status("offline", since=self.status.since))

    def retry_now(self) -> None:
        """Try at once, with fresh credentials if they were refused; the user asked for it."""
        if self.status.phase == "refused" or self._task is None:
            self.config.rejected = False
            self.start()
        else:
            self._wake.set()

    async def resume(self) -> None:
        """Go on after the computer has slept: at once, and over new connections, since the old ones may be dead."""
        error = self.status.error
        if isinstance(error, AuthFailed) and error.kind == "banned" and (left := self.outage.ban.left_s):
            self._set(replace(self.status, retry_at=_now() + left))  # less than before
            return
        self.outage.woke(_now())
        await self._line.hang_up()
        self._wake.set()

    def poke(self, hashes: Iterable[str] = ()) -> None:
        """Poll now, and again in short steps until one of the torrents changed, appeared or went, or 2 s passed.

        Where polls are slow: read the torrents instead.  Without hashes: poll now, once.
        """
        self._expect(Expected(self.mirror, hashes))

    def _expect(self, expected: Expected) -> None:
        if self.status.phase != "online":
            return
        self._looks.follow(expected.hashes)
        if expected.hashes and self._is_slow():
            return
        self._awaited.add(expected, _now())
        self._wake.set()

    # commands

    async def get(self, endpoint: str, /, **params: Any) -> Json:
        """Read something; raises QbtError."""
        answer = await self._online().get(endpoint, **params)
        if endpoint == "app/preferences":
            self.outage.ban.learn(answer)
        return answer

    async def post(
        self, endpoint: str, /, *, hashes: Sequence[str] = (), go_on: Callable[[int], bool] | None = None, **form: Any
    ) -> Json:
        """Do something, to these torrents (or to ``hash``) if given; then poll until it shows.  Raises QbtError.

        Many torrents go in several requests, since some servers do nothing else while they carry one out.
        Gives the last answer.  If one of them fails, those before it have been carried out.  ``go_on`` is
        told after each request how many torrents are done, and keeps the next one back by False.
        """
        self._online()
        expected = Expected(self.mirror, hashes or hash_in(form))
        if endpoint == "torrents/delete":
            self._removals.expect(hashes)
        elif endpoint == "app/shutdown":
            self.outage.told_to_end(_now())
        done, reply = 0, None
        try:
            if not hashes:
                return await self._online().post(endpoint, **form)
            for batch in batches(endpoint, hashes):
                reply = await self._online().post(endpoint, **(form | {name_of_hashes(endpoint): batch}))
                if self._is_slow():
                    self._looks.follow(batch)
                done += len(batch)
                if go_on is not None and not go_on(done):
                    break
            return reply
        finally:
            self._expect(expected)

    def _online(self) -> QbtClient:
        client = self.client
        if client is None:
            raise Unreachable(N("{server} is not connected."), server=self.config.name)
        return client

    # the loop

    async def _run(self) -> None:
        self.outage.reset()
        self._rid = 0
        self._set(Status("connecting", since=self.status.since))
        if left := self.outage.ban.left_s:  # it began in an earlier run
            await self._wait(AuthFailed(BANNED, kind="banned", server=self.config.name), left)
        while True:
            try:
                await self._keep_in_step()
            except QbtError as error:
                if isinstance(error, AuthFailed) and error.needs_the_user(worked=self.status.since > 0):
                    await self._refuse(error)
                    return
                if isinstance(error, Unreachable) and self.outage.was_lost_asleep():
                    continue
                await self._wait(error, self.outage.next_delay_s(_now(), error))
            except Desync as error:
                log.info("%s: %s; asking for everything", self.config.name, error)
                forget_frames(error)
                garbage.after_failed_poll()
                await self._pause(self.outage.after_desync_s(_now()))
            except Exception as error:  # noqa: BLE001  # ours: one answer that we cannot take does not end the updates
                self._report(error)
                fault = QbtError(FAULT, server=self.config.name)
                await self._wait(fault, self.outage.next_delay_s(_now(), fault))

    async def _keep_in_step(self) -> None:
        """Connect if need be, then poll until something fails."""
        client = await self._line.connect()
        while True:
            self._wake.clear()  # whatever is asked for from now on, the coming poll may be too early for
            await self._poll_or_retry(client)
            await self._pause(self._interval())
            if self._is_slow():
                await self._looks.over()

    async def _poll_or_retry(self, client: QbtClient) -> None:
        """Poll; one drop of a good connection is made good without a word."""
        began = _now()
        try:
            await self._poll(client)
        except Unreachable:
            if self.outage.failures or self.status.phase != "online" or _now() - began > _SILENT_RETRY_S:
                raise
            log.debug("%s: poll lost, asking for everything", self.config.name)
            await self._poll(client)

    async def _poll(self, client: QbtClient) -> None:
        chosen = self._rid != 0 and self._is_whole_cheaper()
        whole = chosen or not self._rid
        rid, self._rid = 0 if whole else self._rid, 0  # until this answer has been applied
        asked, answered = _now(), False
        self.pace.begin(asked)
        try:
            async with client.stream(
                "sync/maindata", rid=rid, first_byte_s=self.pace.patience_s(whole=whole)
            ) as chunks:
                delta = await maindata(chunks, self.config.name, told=self.pace.read, knows=self._reading.knows)
            answered = True
        finally:
            self.pace.end(_now(), whole=whole, answered=answered)
            self._replaced |= not answered
        if self._replaced or (delta.full and rid):  # it has been away, or knows nothing of our last poll
            await client.look_again()
            self._replaced = False
        async with self._reading.applying:
            changes = await self._reading.take(delta, asked)
            changes.full &= not chosen  # a list in place of a delta: what it changed was seen to happen
            changes.vanished = self._removals.vanished(changes, self.mirror.torrents)
            self._rid = delta.rid
            self.outage.over(_now())
            self.requests.whole += delta.full
            came_online = self.status.phase != "online"
            self.status = Status("online", since=time.time())
            await self._tell(changes)
        self.pace.shown(_now(), whole=whole)
        if came_online:
            self._set(self.status)
        await self._reading.read_again(asked)

    async def _look(self, hashes: Sequence[str]) -> None:
        try:
            await self._reading.read(hashes)
        except QbtError:
            self._wake.set()  # polls have to show it
            raise

    def _is_whole_cheaper(self) -> bool:
        """Whether the whole list is asked for instead of what changed in it."""
        return self._line.lacks("cheap_deltas") and self.pace.whole_is_cheaper()

    def _is_slow(self) -> bool:
        """Whether a poll takes long, and torrents can be asked for by themselves."""
        slow = self.pace.is_slow(_now(), whole=self._is_whole_cheaper())
        return slow and self.client is not None and self.client.has("torrents/info:hashes")

    async def _tell(self, changes: Changes) -> None:
        """Call each listener in its own turn of the loop, and let it take more than one if it wants."""
        self._looks.observe(changes)
        for told in tuple(self.on_changes):
            await asyncio.sleep(0)
            if told in self.on_changes:
                try:
                    if steps := told(self, changes):
                        await in_turns(steps)
                except Exception as error:  # noqa: BLE001  # one listener ends neither the polling nor the others
                    self._report(error)

    # time

    def _interval(self) -> float:
        """Give the seconds until the next poll."""
        step = self._awaited.step_s(_now())
        if step is not None:
            return max(step, self.pace.last_s)
        interval = max(self.config.interval_s, self.pace.pause_s(whole=self._is_whole_cheaper()))
        return interval if self._looked_at else max(interval, UNSEEN_INTERVAL_S)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not once something asks for an early poll."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _wait(self, error: QbtError, seconds: float) -> None:
        level = logging.DEBUG if self.outage.failures > 1 else logging.INFO
        log.log(level, "%s: %s; next try in %.1f s", self.config.name, error, seconds)
        self._awaited.clear()
        self._wake.clear()
        self._set(Status("waiting", error, _now() + seconds, self.status.since))
        garbage.after_failed_poll()
        while self.status.retry_at and (left := self.status.retry_at - _now()) > 0 and not self._wake.is_set():
            await self._pause(min(left, _LOOK_S))
        if isinstance(error, AuthFailed) and error.kind in ("missing", "banned"):
            await self._line.drop()  # a password may be known by now, or the ban be over

    # ends

    async def _refuse(self, error: AuthFailed) -> None:
        log.info("%s: %s", self.config.name, error)
        if error.kind == "password":
            self.config.rejected = True
        await self._line.drop()
        self._task = None
        self._set(Status("refused", error, since=self.status.since))

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Report an error that ended the polling all the same; it can be started again."""
        self._report_end(task)
        if not task.cancelled() and task.exception() is not None:
            self._looks.stop()
            self._task = None
            self._set(replace(self.status, phase="offline", retry_at=None))

    def _report_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)

    def _report(self, error: BaseException) -> None:
        if self.on_fault is not None:
            self.on_fault(self, error)
            return
        context = {"message": "an error of ours in a session", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)

    def _set(self, status: Status) -> None:
        if status.error is not None:
            forget_frames(status.error)
            self.requests.count_outage(status.error)
        self.status = status
        for told in tuple(self.on_status):
            try:
                told(self)
            except Exception as error:  # noqa: BLE001  # as in _tell
                self._report(error)
