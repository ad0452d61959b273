"""Torrents read between the polls: whatever is on its way meanwhile, in the end the mirror is the world."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbt_remote.sync.decode import maindata, one_row
from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.filtering.counts import Counts, tally
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.polls.ahead import SETTLES_S, Ahead
from qbt_remote.sync.torrent import VOLATILE
from tests.sim.protocol import sync_for
from tests.sim.world import World
from tests.sync.histories import CHANGES, Op, play, seen, truth
from tests.sync.test_mirror_props import assert_exact, at_once, pieces, snapshot

RELEASES = {"whole before": "4.1.7", "merges": "4.4.1", "overwrites": "5.1.0", "sends again": "5.3.0"}
HASHES = [f"{n + 10:040x}" for n in range(5)]
ONE = HASHES[0]
STEP_S = 0.5


class Reader:
    """Polls and reads one world, one step of half a second at a time; an answer may be on its way for long.

    ``straight`` is the mistake to avoid: what is read goes into the mirror as if it were a delta.
    """

    def __init__(self, release: str, *, straight: bool = False) -> None:
        self.world = World(release)
        self.mirror = Mirror("sim")
        self.ahead = Ahead(self.mirror)
        self.counts = Counts()
        self.now = 100.0
        self._straight = straight
        self._sync = sync_for(self.world)
        self._rid: Any = 0
        self._under_way: tuple[bytes, float] | None = None
        self.poll()

    def diverges(self, history: list[Op]) -> bool:
        """Play a history, let everything settle, and tell whether the mirror is not the world."""
        for op in history:
            self.now += STEP_S
            self.do(*op)
        self.settle()
        return seen(self.mirror, self.world) != truth(self.world)

    def do(self, kind: str, *values: Any) -> None:
        if kind == "read":
            self.read(values[0])
        elif kind == "ask":
            self.ask()
        elif kind == "answer":
            self.answer(lost=values[0])
        elif kind == "poll":
            self.poll()
        elif kind == "quiet":
            self._quiet(*values)
        else:
            play(self.world, (kind, *values))

    def settle(self) -> None:
        """The polls go on, and all that changed is published."""
        for torrent_hash in self.world.torrents:
            self.world.set(torrent_hash)
        for _poll in range(2):
            self.now += SETTLES_S + STEP_S
            self.poll()

    def poll(self) -> None:
        self.ask()
        self.now += STEP_S
        self.answer(lost=False)

    def ask(self) -> None:
        """Send for a poll; the server makes its answer at once."""
        if self._under_way is None:
            rid, self._rid = self._rid, 0
            body = json.dumps(self._sync.answer(rid), ensure_ascii=False, separators=(",", ":")).encode()
            self._under_way = body, self.now

    def answer(self, *, lost: bool) -> None:
        """The answer arrives, or does not."""
        if self._under_way is None:
            return
        (body, asked), self._under_way = self._under_way, None
        if lost:
            return
        delta = at_once(maindata(pieces(body), "sim"))
        rid = delta.rid
        try:
            if not self._straight:
                for _step in self.ahead.polled(delta, asked):
                    pass
            self._apply(delta)
        except Desync:
            return
        self._rid = rid
        self.read(self.ahead.due(asked))

    def answer_is_lost(self) -> None:
        self.ask()
        self.answer(lost=True)

    def read(self, hashes: list[str]) -> None:
        """Ask for torrents, and take the answer in, half a second later."""
        rows = {h: one_row(dict(self.world.torrents[h])) for h in hashes if h in self.world.torrents}
        self.now += STEP_S
        if self._straight:
            gone = [h for h in hashes if h not in rows]
            self._apply(Delta(torrents={**rows}, torrents_removed=gone))
        else:
            self._apply(self.ahead.read(hashes, rows, self.now))

    def _apply(self, delta: Delta) -> None:
        before = snapshot(self.mirror)
        changes = self.mirror.apply(delta)
        assert_exact(before, changes, self.mirror)
        self.counts.apply(changes)
        assert self.counts == tally(self.mirror.torrents.values())

    def _quiet(self, torrent_hash: str, fields: dict[str, Any]) -> None:
        """A change that is published later: ``torrents/info`` has it, ``sync/maindata`` not yet."""
        row = self.world.torrents.get(torrent_hash)
        if row is not None:
            if "state" in fields:
                fields = fields | {"state": self.world.state(fields["state"])}
            self.world.torrents[torrent_hash] = row | {k: v for k, v in fields.items() if k in row}


_some = st.lists(st.sampled_from(HASHES), unique=True, min_size=1)
_quiet = st.fixed_dictionaries(
    {}, optional={"state": st.sampled_from(["stoppedDL", "uploading"]), "up_limit": st.integers(0, 2)}
)
_steps = st.one_of(
    CHANGES,
    CHANGES,
    st.tuples(st.just("read"), _some),
    st.tuples(st.just("ask")),
    st.tuples(st.just("answer"), st.sampled_from([False, False, False, True])),
    st.tuples(st.just("poll")),
    st.tuples(st.just("quiet"), st.sampled_from(HASHES), _quiet),
)
_histories = st.lists(_steps, max_size=40)
quick = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
@quick
@given(history=_histories)
def test_in_the_end_the_mirror_is_the_world(release: str, history: list[Op]) -> None:
    reader = Reader(release)

    assert not reader.diverges(history)
    assert len(reader.ahead) == 0


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_what_is_read_and_taken_for_a_delta_would_stay_wrong_for_ever(release: str) -> None:
    there_and_back: list[Op] = [
        *(("add", ONE, {"up_limit": 0}, []), ("poll",)),
        *(("set", ONE, {"up_limit": 1}), ("read", [ONE]), ("set", ONE, {"up_limit": 0})),
    ]

    assert Reader(release, straight=True).diverges(there_and_back)
    assert not Reader(release).diverges(there_and_back)


def reader(release: str = "5.1.0", **fields: Any) -> Reader:
    """A server with one torrent, which the mirror has."""
    made = Reader(release)
    usual: dict[str, Any] = {"state": "stalledUP", "progress": 1, "up_limit": 0}
    made.world.add("one", ONE, **(usual | fields))
    made.poll()
    return made


def shown(reader: Reader, name: str = "state") -> Any:
    t = reader.mirror.torrents.get(ONE)
    return None if t is None else getattr(t, name)


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_an_answer_made_before_the_command_does_not_undo_what_was_read_after_it(release: str) -> None:
    r = reader(release)
    r.world.set(ONE, state="uploading")
    r.ask()
    r.world.set(ONE, state="stoppedUP")

    r.read([ONE])
    assert shown(r) == "stoppedUP"
    r.answer(lost=False)

    assert shown(r) == "stoppedUP"
    r.poll()
    assert (shown(r), len(r.ahead)) == ("stoppedUP", 0)


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_what_went_back_before_the_next_poll_is_found_by_reading_again(release: str) -> None:
    r = reader(release)
    r.world.set(ONE, state="checkingUP")
    r.read([ONE])
    r.world.set(ONE, state="stalledUP")

    r.poll()
    assert shown(r) == "checkingUP", "no delta can tell"
    r.now += SETTLES_S
    r.poll()

    assert (shown(r), len(r.ahead)) == ("stalledUP", 0)


def test_a_change_that_is_published_late_does_not_flicker() -> None:
    r = reader()
    r.do("quiet", ONE, {"up_limit": 2})
    r.read([ONE])
    states = [shown(r, "up_limit")]

    for _poll in range(4):
        r.poll()
        states.append(shown(r, "up_limit"))
    assert states == [2] * 5 and len(r.ahead) == 1
    r.world.set(ONE)
    r.poll()

    assert (shown(r, "up_limit"), len(r.ahead)) == (2, 0)


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_a_torrent_found_gone_is_not_brought_back_by_an_older_answer(release: str) -> None:
    r = reader(release)
    r.world.set(ONE, dlspeed=5)
    r.ask()
    r.world.remove(ONE)

    r.read([ONE])
    assert shown(r) is None
    r.answer(lost=False)

    assert shown(r) is None
    r.poll()
    assert (shown(r), len(r.ahead)) == (None, 0)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_a_torrent_found_new_stays_through_an_older_answer(release: str, lost: bool) -> None:
    r = Reader(release)
    r.ask()
    r.world.add("one", ONE, state="stalledDL")

    r.read([ONE])
    assert shown(r) == "stalledDL"
    r.answer(lost=lost)

    assert shown(r) == "stalledDL"
    r.poll()
    assert (shown(r), len(r.ahead)) == ("stalledDL", 0)


def test_a_torrent_that_came_and_went_between_two_polls_leaves_no_ghost() -> None:
    r = Reader("5.1.0")
    r.world.add("one", ONE)
    r.read([ONE])
    r.world.remove(ONE)

    r.now += SETTLES_S
    r.poll()

    assert (shown(r), len(r.ahead)) == (None, 0)


def test_changes_of_a_torrent_that_was_only_read_are_a_reason_to_ask_for_everything() -> None:
    r = Reader("5.1.0")
    r.world.add("one", ONE)
    r.read([ONE])
    delta = Delta(rid=2, torrents={ONE: {"dlspeed": 1}})

    with pytest.raises(Desync):
        list(r.ahead.polled(delta, r.now + 1))


def test_an_older_whole_list_shows_what_was_read_after_it() -> None:
    r = reader()
    r.answer_is_lost()
    r.ask()
    r.world.set(ONE, state="stoppedUP", dl_limit=7)
    r.read([ONE])

    r.answer(lost=False)
    assert (shown(r), shown(r, "dl_limit")) == ("stoppedUP", 7)
    r.world.set(ONE, state="stalledUP", dl_limit=0)
    r.now += SETTLES_S
    r.poll()

    assert (shown(r), shown(r, "dl_limit"), len(r.ahead)) == ("stalledUP", 0, 0)


def test_figures_that_change_by_themselves_are_as_the_polls_say() -> None:
    r = reader(dlspeed=5)
    r.world.set(ONE, dlspeed=9)
    r.read([ONE])
    r.world.set(ONE, dlspeed=5)
    assert {"dlspeed"} <= VOLATILE

    r.now += SETTLES_S
    r.ask()
    delta = at_once(maindata(pieces(b'{"rid":3}'), "sim"))
    list(r.ahead.polled(delta, r.now))

    assert delta.torrents == {ONE: {"dlspeed": 5}} and not r.ahead.due(r.now + 100)


def test_what_was_read_before_a_newer_answer_came_is_passed_over() -> None:
    r = reader()
    list(r.ahead.polled(Delta(rid=9), 500.0))

    delta = r.ahead.read([ONE], {ONE: {"state": "stoppedUP"}}, 499.0)

    assert not delta.torrents and len(r.ahead) == 0
