"""Fixtures for all tests: how a coroutine is run where no Qt is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a coroutine to its end on a plain asyncio loop; nothing may be left running after the test."""
    errors: list[dict[str, Any]] = []
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_exception_handler(lambda _loop, context: errors.append(context))
        yield runner.run
        left = asyncio.all_tasks(loop)
    assert not errors, errors
    assert not left, left
