"""Parses large .torrent files in another process, since the parser keeps the interpreter's lock.

A file is handed over bit by bit: to pickle 60 MB keeps the lock for a tenth of a second, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from qbt_remote.api.adding.problem import Unusable
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
_STEP = 2**20

_taken = bytearray()
"""In the other process: what has come of the file."""


class Apart:
    """One other process, started when it is first needed; ``close`` ends it."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def parse(self, parse: Callable[[bytes], T], data: bytes) -> T:
        """Give what ``parse`` makes of a file; one at a time.  Raises what it raises, and Unusable where it crashes."""
        # in a thread: what is imported, and the start of a process, take 50 ms
        self._pool = pool = self._pool or await asyncio.to_thread(_started)
        from concurrent.futures.process import BrokenProcessPool

        loop = asyncio.get_running_loop()
        try:
            for start in range(0, len(data), _STEP):
                await loop.run_in_executor(pool, _take, data[start : start + _STEP], start == 0)
            return await loop.run_in_executor(pool, _parsed, parse)
        except BrokenProcessPool as e:
            self._pool = None
            raise Unusable(N("This file cannot be parsed.")) from e

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)  # waiting for its end would block the loop


def _started() -> ProcessPoolExecutor:
    # imported here: rarely needed, and not before the first paint
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    pool.submit(_take, b"", True)  # starts the process
    return pool


def _take(part: bytes, first: bool) -> None:
    if first:
        _taken.clear()
    _taken.extend(part)


def _parsed(parse: Callable[[bytes], T]) -> T:
    data = bytes(_taken)
    _taken.clear()
    return parse(data)
