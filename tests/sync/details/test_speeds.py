"""The history of speeds: what it keeps, for how long, and where it is broken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.speeds import MOST_TORRENTS, PERIODS_S, History, Speeds

START = 1_800_000_000.0


class Clock:
    now = START

    def __call__(self) -> float:
        return self.now


class Heard:
    """What a session is to those who listen to it: its mirror, its status, its lists."""

    def __init__(self, name: str) -> None:
        self.config = SimpleNamespace(id=name, interval_s=1.5)
        self.mirror = SimpleNamespace(torrents={}, transfer=SimpleNamespace(speeds=(0, 0)))
        self.status = SimpleNamespace(phase="online")
        self.on_changes: list[Any] = []
        self.on_status: list[Any] = []

    def poll(self, down: int, up: int) -> None:
        self.status.phase = "online"
        self.mirror.transfer.speeds = down, up
        for told in self.on_changes:
            told(self, Changes())

    def lose(self) -> None:
        self.status.phase = "waiting"
        for told in self.on_status:
            told(self)

    def add(self, name: str, **fields: int) -> Any:
        torrent = SimpleNamespace(server=self.config.id, hash=name, dlspeed=0, upspeed=0)
        vars(torrent).update(fields)
        self.mirror.torrents[name] = torrent
        return torrent


def attached(*names: str) -> tuple[Speeds, Clock, list[Heard]]:
    clock = Clock()
    speeds, sessions = Speeds(clock), [Heard(name) for name in names]
    for session in sessions:
        speeds.attach(session)  # type: ignore[arg-type]  # as much of a session as it reads
    return speeds, clock, sessions


def last(history: History) -> list[float]:
    return list(history.last or ())


@pytest.mark.parametrize("period_s", PERIODS_S)
def test_a_day_of_samples_fills_each_period_without_a_gap_and_within_its_bounds(period_s: int) -> None:
    history = History()
    for n in range(0, 90_000, 10):
        history.add(START + n, 1000 + n % 7, 10)

    (stretch,) = history.stretches(period_s, START + 89_990)

    assert stretch[0][0] >= START + 89_990 - period_s - 300
    assert stretch[-1][0] - stretch[0][0] >= period_s - 310 or period_s <= 60
    assert len(stretch) <= 302 and stretch == sorted(stretch)
    assert all(1000 <= down < 1007 and up == 10 for _when, down, up in stretch)


def test_a_slot_holds_the_mean_of_its_samples() -> None:
    history = History()
    for n, speed in enumerate((0, 100, 200)):
        history.add(START + n, speed, 2 * speed)

    ((point,),) = history.stretches(1800, START + 3)

    assert point[1:] == (100, 200)


def test_what_is_older_than_the_period_is_not_shown_and_not_kept_for_ever() -> None:
    history = History()
    history.add(START, 5, 5)

    assert history.stretches(86_400, START + 86_000)
    assert history.stretches(86_400, START + 200_000) == []


def test_a_line_is_broken_where_nothing_was_heard_or_the_server_was_lost() -> None:
    speeds, clock, (home,) = attached("home")
    for seconds, down in ((0, 1), (2, 2), (60, 3), (61, 4)):
        clock.now = START + seconds
        home.poll(down, 0)
    home.lose()
    assert speeds.of_server("home").last is None
    clock.now = START + 65
    home.poll(5, 0)

    downs = [[point[1] for point in stretch] for stretch in speeds.of_server("home").stretches(300, clock.now)]

    assert downs == [[1, 2], [3, 4], [5]]


def test_all_servers_together_are_the_sum_of_those_that_are_heard() -> None:
    speeds, clock, (home, attic) = attached("home", "attic")
    home.poll(100, 1)
    attic.poll(50, 2)
    assert last(speeds.all) == [150, 3]

    attic.lose()
    clock.now += 2
    home.poll(100, 1)
    assert last(speeds.all) == [100, 1]

    home.lose()
    assert last(speeds.all) == []


def test_a_torrent_is_followed_from_when_it_is_shown_until_it_goes() -> None:
    speeds, clock, (home,) = attached("home")
    one = home.add("one", dlspeed=7, upspeed=8)
    home.poll(0, 0)
    assert speeds.of_torrent(one).stretches(60, clock.now) == []

    speeds.follow(one)
    clock.now += 2
    home.poll(0, 0)
    assert last(speeds.of_torrent(one)) == [7, 8]

    del home.mirror.torrents["one"]
    home.poll(0, 0)
    assert last(speeds.of_torrent(one)) == []


def test_only_the_torrents_that_were_shown_last_are_kept() -> None:
    speeds, _clock, (home,) = attached("home")
    torrents = [home.add(f"t{n}", dlspeed=1) for n in range(MOST_TORRENTS + 1)]
    for torrent in [*torrents[:MOST_TORRENTS], torrents[0], torrents[-1]]:
        speeds.follow(torrent)
    home.poll(1, 1)
    kept = [torrent for torrent in torrents if speeds.of_torrent(torrent).last is not None]
    assert len(kept) == MOST_TORRENTS and torrents[0] in kept and torrents[1] not in kept


def test_the_history_of_a_server_goes_on_when_it_comes_back_with_other_settings() -> None:
    speeds, clock, (home,) = attached("home")
    home.poll(1, 1)

    speeds.detach(home)  # type: ignore[arg-type]
    assert home.on_changes == [] and home.on_status == [] and last(speeds.all) == []
    again = Heard("home")
    speeds.attach(again)  # type: ignore[arg-type]
    clock.now += 2
    again.poll(2, 2)

    downs = [[point[1] for point in stretch] for stretch in speeds.of_server("home").stretches(60, clock.now)]
    assert downs == [[1], [2]]


def test_everybody_who_shows_speeds_is_told_of_each_sample() -> None:
    speeds, _clock, (home,) = attached("home")
    told: list[int] = []
    speeds.on_sample.append(lambda: told.append(1))

    home.poll(1, 1)
    home.lose()

    assert len(told) == 2
