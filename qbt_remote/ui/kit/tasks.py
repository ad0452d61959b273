"""The bridge from a slot to a coroutine: every action of the user runs as a task started here."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from qbt_remote.sync.steps import Steps, in_turns

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


class Tasks:
    """Starts coroutines, keeps them alive, and reports how they failed.

    The event loop itself holds a task only weakly: one that waits on nothing but another weakly held
    object would be collected in the middle.
    """

    def __init__(self, on_error: Callable[[BaseException, str], None]) -> None:
        """``on_error`` gets the exception and what was being done, in the user's language."""
        self._on_error = on_error
        self._running: set[asyncio.Task[Any]] = set()
        self._stopped = False

    def spawn(self, coro: Coroutine[Any, Any, T], doing: str) -> asyncio.Task[T]:
        """Start a coroutine on the running loop.  ``doing`` names it in an error: "Stop", "Rename"."""
        import asyncio

        task = asyncio.get_running_loop().create_task(coro, name=doing)
        if self._stopped:  # by what closes after it: it would outlive the window
            task.cancel()
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def in_turns(self, steps: Steps[None], doing: str) -> asyncio.Task[None]:
        """Take the steps of something that would be felt, between other work."""
        return self.spawn(in_turns(steps), doing)

    @property
    def doing(self) -> list[str]:
        """What is under way, as it was given to ``spawn``."""
        return [task.get_name() for task in self._running]

    async def stop(self) -> None:
        """Cancel all that runs and wait until it has ended; the caller goes on, and nothing new begins."""
        import asyncio

        self._stopped = True
        while running := self._running - {asyncio.current_task()}:
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_error(error, task.get_name())
