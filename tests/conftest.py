"""Fixtures for all tests: how a coroutine is run where no Qt is needed."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from tests.ui.fake_desktop import Desktop

pytest_plugins = ["tests.faults.plugin"]


def pytest_configure() -> None:
    """Say in a sentence what Qt would say by ending the interpreter."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("QT_QPA_PLATFORM")):
        raise pytest.UsageError("no display: use sh packaging/test.sh [quick] [what you would give to pytest]")


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


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """A session bus of our own with a tray and a notification daemon on it; no other desktop is touched."""
    started = Desktop()
    started.appear()
    yield started
    started.close()


@pytest.fixture(scope="session")
def qapp_args(desktop: Desktop) -> list[str]:
    """Start the desktop before pytest-qt makes the QApplication, which looks for the tray only then."""
    return [sys.argv[0]]
