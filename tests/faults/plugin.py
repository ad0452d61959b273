"""The fixture ``row`` of the tests of faults and abuses, and the table at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from qbt_remote.ui.window.main_window import MainWindow
from tests.faults.recorder import Result, keep, row_of, table
from tests.faults.watch import Watch

RESULTS = pytest.StashKey[dict[str, Result]]()


class Row:
    """What a test says of its row: ``figure`` adds one to the table, ``watch`` looks on meanwhile."""

    long = bool(os.environ.get("QBT_LONG"))
    """Whether this is the long run, with the full counts."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def figure(self, name: str, value: object) -> None:
        self._result.figures.append((name, str(value)))

    def count(self, short: int, long: int) -> int:
        """How often something is done: the full count only in the long run."""
        return long if self.long else short

    def watch(self, window: MainWindow | None = None, **more: Any) -> Watch:
        return Watch(self.figure, window, **more)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS] = {}


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Iterator[Row]:
    """The row that this test is about, by its name."""
    yield Row(_result(request.node))


def _result(item: pytest.Item) -> Result:
    results = item.config.stash[RESULTS]
    if item.nodeid not in results:
        case = item.name.partition("[")[2].removesuffix("]")
        results[item.nodeid] = Result(row_of(item.name), case)
    return results[item.nodeid]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    if row_of(item.name):
        result = _result(item)
        result.seconds += report.duration
        if report.when == "setup" or not report.passed or result.result == "skipped":
            result.result = report.outcome
        if report.when == "teardown":
            keep(result)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    results = list(config.stash[RESULTS].values())
    if results and not os.environ.get("QBT_ROWS"):
        for line in table(results, whole=False):
            terminalreporter.write_line(line)
