"""Long work in steps, between which the event loop goes on."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from qbt_remote.sync.decode import Turn

Made = TypeVar("Made")


async def in_steps(steps: Generator[None, None, Made]) -> Made:
    """Carry steps out, with a turn of the loop where they take long, and give what they make."""
    turn = Turn()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made
        await turn.over()
