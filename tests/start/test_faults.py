"""Errors of our own are logged, counted and told once, and nothing ends by them."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal

from qbt_remote.start.faults import MANY, Faults


class Bell(QObject):
    rung = Signal()


@pytest.fixture
def told() -> Iterator[list[str]]:
    hooks = sys.excepthook, threading.excepthook
    yield []
    sys.excepthook, threading.excepthook = hooks


def broken() -> None:
    raise KeyError("ours")


def test_what_a_slot_raises_is_logged_and_told_once_and_counted(
    told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    faults = Faults(told.append)
    faults.watch()
    bell = Bell()
    bell.rung.connect(broken)
    heard: list[int] = []
    bell.rung.connect(lambda: heard.append(1))

    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            bell.rung.emit()

    assert (faults.count, len(heard)) == (3, 3)
    assert told == ["A fault in qbt-remote; the log has the details."]
    assert "KeyError: 'ours'" in caplog.text
    assert caplog.text.count("Traceback") == 1


def test_what_fails_again_and_again_does_not_fill_the_log_and_a_new_start_is_advised(
    told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    faults = Faults(told.append)
    faults.watch()
    bell = Bell()
    bell.rung.connect(broken)

    with caplog.at_level(logging.ERROR):
        for _ in range(MANY):
            bell.rung.emit()

    assert faults.count == MANY
    assert len(told) == 2
    assert "start it again" in told[1]
    assert len(caplog.records) == 4  # at 1, 2, 4 and 8


def test_what_threads_and_the_loop_raise_is_told_too(told: list[str]) -> None:
    faults = Faults(told.append)
    faults.watch()

    async def story() -> None:
        loop = asyncio.get_running_loop()
        faults.watch_loop(loop)
        loop.call_soon(broken)
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
        while faults.count < 2:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(story(), 20))

    assert len(told) == 2


def test_a_teller_that_raises_itself_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults(lambda _text: broken())

    faults.add(ValueError("first"), "Stop")

    assert "could not be told" in caplog.text
