"""Fixtures for tests of the window: one qasync loop for the session, on the application of pytest-qt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from qbt_remote.ui.kit import row_table
from tests.conftest import Run

Until = Callable[..., Any]


@pytest.fixture(autouse=True)
def keys_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test presses keys sooner after a dialog than a person, and means them."""
    monkeypatch.setattr(row_table, "STRAY_S", 0.0)


@pytest.fixture(scope="session")
def qt_loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    qapp.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def run(qt_loop: qasync.QEventLoop) -> Iterator[Run]:
    """Run a coroutine to its end while Qt's events go on; nothing may be left running after the test.

    Inside the coroutine wait with ``until``, never with ``qtbot.wait*`` (a nested loop hangs there).
    """
    errors: list[dict[str, Any]] = []
    qt_loop.set_exception_handler(lambda _loop, context: errors.append(context))
    yield qt_loop.run_until_complete
    left = asyncio.all_tasks(qt_loop)
    for task in left:
        task.cancel()
    if left:
        qt_loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    assert not errors, errors
    assert not left, left


async def until(condition: Callable[[], Any], limit_s: float = 10.0) -> Any:
    """Wait until the condition holds and give its value; fail after ``limit_s`` seconds."""
    end = time.monotonic() + limit_s
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {limit_s} s: {condition}"
        await asyncio.sleep(0.005)
    return value
