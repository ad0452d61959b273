"""Long work in steps, between which the window goes on: one type, one meaning, two ways to take them.

Everything runs in one thread.  Sorting 100,000 rows, decoding 200 MB or laying out a tree of 100,000 files as one
piece would hold the window up for a tenth of a second and more.  So such work is a generator: it does a millisecond
or two of work, yields, and goes on when it is asked to.

What it yields says how much it needs a pause:

* ``False``: "here I could pause".  The runner goes on at once until its share of a turn (``TURN_S``) is used
  up, and only then lets the loop do other work.  Work may yield as often as it likes.
* ``True``: "pause here".  Something has just been shown, or the next step is long by itself: the loop gets a turn in
  any case.

What it returns is its result.  Whoever calls a generator from another says ``yield from``.  A generator must be right
however long it rests between two steps: rows may have come and gone, and somebody may have begun the same work anew.
``in_turns`` takes the steps in a coroutine, ``at_once`` where the result is needed now, as for short lists;
``ui.kit.tasks.Tasks.in_turns`` starts a task that does the former.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[bool, None, T]

TURN_S = 0.005
"""How long work goes on before the loop gets a turn; the last step may run over."""


class Turn:
    """Lets other work go on when this one has taken its share of time: for loops that are coroutines themselves."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    async def over(self, *, now: object = False) -> None:
        """Give the loop a turn if this one has used its share of time; with ``now``, in any case."""
        import asyncio

        if now or time.perf_counter() - self._began > TURN_S:
            await asyncio.sleep(0)
            self._began = time.perf_counter()


async def in_turns(steps: Steps[T]) -> T:
    """Take all steps, letting the loop do other work in between, and give what they come to."""
    turn = Turn()
    while True:
        try:
            wants_a_turn = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await turn.over(now=wants_a_turn)


def at_once(steps: Steps[T]) -> T:
    """Take all steps now and give what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
