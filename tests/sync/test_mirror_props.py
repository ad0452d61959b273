"""Whatever happens, and whatever is lost: after the next applied poll the mirror is the world."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from copy import deepcopy
from typing import Any

import msgspec
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.decode import maindata
from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.filtering.counts import Counts, tally
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from tests.sim.faults import LOST, RESTART, Fault, Link, cut_quietly
from tests.sim.handler import Handler, Reply, Request
from tests.sim.protocol import sync_for
from tests.sim.transport import SimTransport
from tests.sim.world import World
from tests.sync.histories import DIALECTS, Op, histories, play, seen, truth

ONE = "1" * 40
OURS = {"server", "hash", "tracker_hosts"}
DEFAULTS = {f.name: f.default for f in msgspec.structs.fields(Torrent) if f.name not in OURS}
quick = settings(max_examples=400, deadline=None)


class Poller:
    """Polls as Session does, one step at a time; ``keeps_rid`` is the mistake that most clients make."""

    def __init__(self, release: str, *, keeps_rid: bool = False) -> None:
        self.world = World(release)
        self.mirror = Mirror("sim")
        self.counts = Counts()
        self._sync = sync_for(self.world)
        self._rid: Any = 0
        self._keeps_rid = keeps_rid

    def diverges(self, history: list[Op]) -> bool:
        """Play a history; True if after any applied poll the mirror is not the world."""
        for op in (*history, ("poll", "applied")):
            if op[0] != "poll":
                play(self.world, op)
            elif self._poll(op[1]) and seen(self.mirror, self.world) != truth(self.world):
                return True
        return False

    def _poll(self, fate: str) -> bool:
        """Give True if an answer was applied."""
        if fate == "restarted":
            self._sync = sync_for(self.world)
        rid, self._rid = self._rid, self._rid if self._keeps_rid else 0
        body = json.dumps(self._sync.answer(rid), ensure_ascii=False, separators=(",", ":")).encode()
        if fate == "lost":
            return False
        delta = at_once(maindata(pieces(body), "sim"))
        before = snapshot(self.mirror)
        try:
            changes = self.mirror.apply(delta)
        except Desync:
            assert snapshot(self.mirror) == before, "half of an answer was applied"
            self._rid = 0
            return False
        self._rid = delta.rid
        assert_exact(before, changes, self.mirror)
        self.counts.apply(changes)
        assert self.counts == tally(self.mirror.torrents.values())
        return True


def at_once(coroutine: Coroutine[Any, Any, Delta]) -> Delta:
    """Run a coroutine that waits for nothing, without the cost of a loop."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as end:
            delta: Delta = end.value
            return delta


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body


def snapshot(mirror: Mirror) -> dict[Any, dict[str, Any]]:
    """Give each torrent object with what it holds."""
    return {t: {f: getattr(t, f) for f in t.__struct_fields__} for t in mirror.torrents.values()}


def assert_exact(before: dict[Any, dict[str, Any]], changes: Changes, mirror: Mirror) -> None:
    """The changes say what became different, all of it and nothing else."""
    after = snapshot(mirror)
    assert set(changes.added) == after.keys() - before.keys()
    assert set(changes.removed) == before.keys() - after.keys()
    kept = after.keys() & before.keys()
    assert {t for t in kept if after[t] != before[t]} == set(changes.changed)
    assert len(changes.changed) == len(set(changes.changed))
    fields = {f for t in kept for f in after[t] if after[t][f] != before[t][f]}
    assert fields == changes.fields
    assert changes.before.keys() == set(changes.changed)
    for t, old in changes.before.items():
        assert old == {f: before[t][f] for f in after[t] if after[t][f] != before[t][f]}
    assert {(t, before[t]["state"]) for t in kept if after[t]["state"] != before[t]["state"]} == set(changes.states)


@pytest.mark.parametrize("release", [*DIALECTS.values(), "4.2.5"], ids=[*DIALECTS, "has no trackers"])
@quick
@given(history=histories())
def test_after_an_applied_poll_the_mirror_is_the_world(release: str, history: list[Op]) -> None:
    assert not Poller(release).diverges(history)


def test_without_the_rid_rule_an_overwriting_server_loses_changes() -> None:
    history = find(
        histories(("applied", "lost")),
        lambda history: Poller(DIALECTS["overwrites"], keeps_rid=True).diverges(history),
        settings=settings(max_examples=5000, deadline=None, database=None, derandomize=True),
    )

    assert ("poll", "lost") in history
    assert not Poller(DIALECTS["overwrites"]).diverges(history)


@pytest.mark.parametrize("dialect", ["merges", "sends again"])
def test_without_the_rid_rule_the_other_servers_lose_nothing(dialect: str) -> None:
    with pytest.raises(NoSuchExample):
        find(
            histories(("applied", "lost")),
            lambda history: Poller(DIALECTS[dialect], keeps_rid=True).diverges(history),
            settings=settings(max_examples=150, deadline=None, database=None, derandomize=True),
        )


UNUSABLE: dict[type, tuple[str, ...]] = {
    int: ("null", "18446744073709474000", "1.8e19", "1e400", "NaN", '"text"', "1.5", "[1]", "{}", "true", "9" * 400),
    float: ("null", "1e400", "-Infinity", "NaN", '"0.5"', "[1.0]", '{"ratio":1}', "false", "9" * 400),
    str: ("null", "5", "1.5", "true", '["films"]', '{"name":"x"}'),
    bool: ("null", "1", "0.0", '"true"', "[true]", "{}"),
}
USABLE = {int: 77, float: 0.25, str: "before", bool: True}
_KINDS = {name: type(default) for name, default in DEFAULTS.items() if default is not None}


@pytest.mark.parametrize("full", [False, True])
@quick
@given(data=st.data())
def test_a_value_that_cannot_be_used_is_never_the_one_before(full: bool, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(_KINDS)), min_size=1, max_size=8, unique=True))
    mirror = Mirror("sim")
    first = {"rid": 1, "full_update": True, "torrents": {ONE: {name: USABLE[kind] for name, kind in _KINDS.items()}}}
    mirror.apply(at_once(maindata(pieces(json.dumps(first).encode()), "sim")))
    before = snapshot(mirror)[mirror.torrents[ONE]]
    sent = ",".join(f'"{name}":{data.draw(st.sampled_from(UNUSABLE[_KINDS[name]]))}' for name in names)
    body = f'{{"rid":2,"full_update":{str(full).lower()},"torrents":{{"{ONE}":{{{sent}}}}}}}'

    changes = mirror.apply(at_once(maindata(pieces(body.encode()), "sim")))

    now = snapshot(mirror)[mirror.torrents[ONE]]
    assert {name: now[name] for name in names} == {name: DEFAULTS[name] for name in names}
    if not full:
        kept = _KINDS.keys() - names
        assert {name: now[name] for name in kept} == {name: before[name] for name in kept}
        assert changes.fields - {"tracker_hosts"} == {n for n in names if before[n] != DEFAULTS[n]}


@given(
    key=st.sampled_from(["free_space_on_disk", "dl_rate_limit", "connection_status"]),
    value=st.sampled_from(["null", "18446744073709474000", "NaN", "1e400", "[1]", '{"a":1}']),
)
def test_a_value_of_the_server_that_cannot_be_used_is_unknown(key: str, value: str) -> None:
    mirror = Mirror("sim")
    mirror.apply(Delta(full=True, server={key: 5, "queueing": True}))

    changes = mirror.apply(at_once(maindata(pieces(f'{{"server_state":{{"{key}":{value}}}}}'.encode()), "sim")))

    assert (mirror.server, changes.lists) == ({"queueing": True}, {"server"})


def test_a_category_that_cannot_be_read_has_the_default_folders() -> None:
    mirror = Mirror("sim")
    mirror.apply(Delta(full=True, categories={"films": {"name": "films", "savePath": "/old", "download_path": "/x"}}))

    mirror.apply(at_once(maindata(pieces(b'{"categories":{"films":null}}'), "sim")))

    assert mirror.categories == {"films": {"name": "films", "savePath": "", "download_path": None}}


FAULTS: dict[str, Fault | None] = {
    "applied": None,
    "lost": LOST,
    "cut": cut_quietly(0.6),
    "restarted": RESTART,
}
_LOGINS = 2
"""The client gives up a server that ends more sessions a minute."""


class Watched(Handler):
    """Remembers what the world was when it last told of it."""

    told: Any = None

    def answer(self, request: Request) -> Reply:
        if request.endpoint == "sync/maindata":
            self.told = deepcopy(truth(self.world))
        return super().answer(request)


class Driven:
    """A real session on a simulated server, polled when the history says so."""

    def __init__(self, release: str) -> None:
        self.world = World(release)
        self.handler = Watched(self.world)
        self.link = Link(self.handler)
        self.transport = SimTransport(self.link)
        config = ServerConfig("sim", "http://sim.test", username="admin", interval_s=1000)
        self.session = Session(config, self._client)
        self.session.on_changes.append(self._applied)
        self.applied = 0
        self.wrong: list[Any] = []
        self._restarts = 0

    async def _client(self, config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password="secret"), transport=self.transport)

    def _applied(self, session: Session, changes: Changes) -> None:
        self.applied += 1
        if seen(session.mirror, self.world) != self.handler.told:
            self.wrong.append((seen(session.mirror, self.world), self.handler.told))

    async def play(self, history: list[Op]) -> None:
        self.session.start()
        await self._next(0)
        for op in (*history, ("poll", "applied")):
            if op[0] != "poll":
                play(self.world, op)
                continue
            fault = FAULTS[op[1]]
            self._restarts += op[1] == "restarted"
            if fault is not None and (op[1] != "restarted" or self._restarts <= _LOGINS):
                self.link.plan("sync/maindata", fault)
            applied = self.applied
            self.session.poke()
            await self._next(applied)
        while self.handler.told != truth(self.world):
            await self._next(self.applied)
        await self.session.stop()

    async def _next(self, applied: int) -> None:
        for _turn in range(10_000):
            if self.applied > applied:
                return
            if self.session.status.phase == "waiting":
                self.session.retry_now()
            await asyncio.sleep(0)
        raise AssertionError(f"no poll was applied: {self.session.status}")


@pytest.mark.parametrize("release", DIALECTS.values(), ids=DIALECTS)
@settings(max_examples=120, deadline=None)
@given(history=histories(tuple(FAULTS)))
def test_a_session_that_loses_answers_shows_the_world(release: str, history: list[Op]) -> None:
    driven = Driven(release)

    asyncio.run(driven.play(history))

    assert not driven.wrong
    assert driven.transport.most_in_flight == 1
