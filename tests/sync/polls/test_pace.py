"""What is made of the times that polls took: figures of real servers."""

from __future__ import annotations

import pytest

from qbt_remote.sync.polls.pace import LONGEST_PAUSE_S, Pace


def paced(*polls: tuple[str, float], answered: bool = True) -> Pace:
    pace, now = Pace(), 0.0
    for kind, seconds in polls:
        pace.begin(now)
        now += seconds
        pace.end(now, whole=kind == "whole", answered=answered)
    return pace


@pytest.mark.parametrize(("count", "delta_s", "whole_s"), [(1_000, 0.45, 0.2), (2_500, 2.1, 0.7), (5_000, 7.6, 1.7)])
def test_the_whole_list_is_asked_for_where_it_is_the_cheaper(count: int, delta_s: float, whole_s: float) -> None:
    pace = paced(("whole", whole_s), ("delta", delta_s))

    assert pace.whole_is_cheaper()
    assert pace.pause_s(whole=True) == pytest.approx(3 * whole_s)


@pytest.mark.parametrize(
    "polls",
    [
        (),
        (("whole", 1.7),),
        (("whole", 0.02), ("delta", 0.05)),
        (("whole", 3.4), ("delta", 3.3)),
        (("whole", 6.0), ("delta", 0.03)),
    ],
    ids=["nothing known", "no delta yet", "both quick", "the list is as dear", "100,000 on 5.3"],
)
def test_else_what_has_changed_is_asked_for(polls: tuple[tuple[str, float], ...]) -> None:
    assert not paced(*polls).whole_is_cheaper()


def test_one_delta_is_measured_anew_after_many_whole_lists() -> None:
    pace = paced(("delta", 7.6), *[("whole", 1.7)] * 101)

    assert not pace.whole_is_cheaper()
    pace.begin(0)
    pace.end(0.1, whole=False, answered=True)
    assert not pace.whole_is_cheaper()


def test_the_pause_follows_what_the_next_poll_costs() -> None:
    pace = paced(("whole", 2.0))

    assert pace.pause_s(whole=False) == 0
    assert paced(("whole", 2.0), ("delta", 0.5)).pause_s(whole=False) == 1.5
    assert paced(("delta", 9.0)).pause_s(whole=False) == LONGEST_PAUSE_S


def test_an_answer_that_took_long_may_take_longer_the_next_time() -> None:
    pace = paced(("delta", 8.0))

    assert (pace.patience_s(whole=False), pace.patience_s(whole=True)) == (24.0, 30.0)
    assert paced(("delta", 90.0)).patience_s(whole=False) == 100.0
    assert paced(("delta", 90.0), ("delta", 1.0)).patience_s(whole=False) == 10.0


def test_what_was_given_up_for_its_time_may_take_longer_but_says_nothing_of_the_cost() -> None:
    pace = paced(("whole", 2.0))
    pace.begin(0)
    pace.end(10.0, whole=False, answered=False)

    assert pace.patience_s(whole=False) == 30.0
    assert pace.pause_s(whole=False) == 0
    assert pace.whole_is_cheaper()


def test_a_poll_that_broke_off_at_once_says_nothing() -> None:
    pace = paced(("delta", 0.1), answered=False)

    assert pace.patience_s(whole=False) == 10.0 and not pace.is_slow(100.0, whole=False)


def test_a_poll_under_way_is_slow_once_it_takes_long() -> None:
    pace = Pace()
    pace.begin(0.0)

    assert not pace.is_slow(0.2, whole=False)
    assert pace.is_slow(0.5, whole=False)


def test_what_takes_long_to_show_stretches_the_pause_too() -> None:
    pace = Pace()
    pace.begin(0.0)
    pace.end(0.5, whole=False, answered=True)
    pace.shown(1.5, whole=False)

    assert pace.pause_s(whole=False) == 4.5
