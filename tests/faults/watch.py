"""What is looked at while a fault is there: the loop's gaps, memory, dialogs in the way, and what must stay."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from qbt_remote.ui.window.main_window import MainWindow
from tests.scale.instruments import Heart, resident_mb

Figure = Callable[..., None]
LOOK_MS = 20


class Watch:
    """Looks on from ``async with`` to its end, then asserts that nothing modal came up and that nothing raised.

    With a window it asserts, too, that its rows were always there (``rows_stay``), and that selection and place of
    the list are what they were (``selection_stays``).  The longest gap (of the CPU time of this thread) and the
    memory are figures, not asserted.
    """

    def __init__(
        self,
        figure: Figure,
        window: MainWindow | None = None,
        *,
        faults: Callable[[], int] = lambda: 0,
        rows_stay: bool = True,
        selection_stays: bool = True,
        asked: tuple[str, ...] = (),
    ) -> None:
        """``faults``: how many errors of its own the program has counted.

        ``asked``: classes of dialogs that may come up, since the user does what asks a question.
        """
        self._figure = figure
        self._window = window
        self._faults = faults
        self._rows_stay = rows_stay
        self._selection_stays = selection_stays
        self._asked = asked
        self.modal: list[str] = []
        self.raised: list[BaseException] = []
        self.fewest = sys.maxsize
        self._looking = QTimer()
        self._looking.timeout.connect(self.look)

    def look(self) -> None:
        """Take down what is in the way now, and how many rows there are."""
        modal = QApplication.activeModalWidget()
        if modal is not None and (name := type(modal).__name__) not in (*self.modal, *self._asked):
            self.modal.append(name)
        if self._window is not None:
            self.fewest = min(self.fewest, self._window.model.rowCount())

    async def __aenter__(self) -> Self:
        self._hook, sys.excepthook = sys.excepthook, self._noted
        self._before_mb = resident_mb()
        self._state = self._kept()
        self.look()
        self._rows = self.fewest
        self._looking.start(LOOK_MS)
        self._heart = Heart()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        gap = self._heart.take()
        self._heart.stop()
        self._looking.stop()
        self.look()
        sys.excepthook = self._hook
        gc.collect()
        self._figure("gap", f"{gap.cpu_ms:.0f} ms")
        self._figure("memory", f"{resident_mb() - self._before_mb:+.0f} MB")
        if error is not None:
            return
        assert not self.modal, f"in the way: {self.modal}"
        assert not self.raised, self.raised
        assert self._faults() == 0, "the program counted faults of its own"
        if self._window is not None:
            assert not self._rows_stay or self.fewest == self._rows, f"{self.fewest} of {self._rows} rows were left"
            assert not self._selection_stays or self._kept() == self._state

    def _noted(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        self.raised.append(error)
        self._hook(kind, error, at)

    def _kept(self) -> Any:
        if self._window is None:
            return None
        table = self._window.table
        return sorted(row.hash for row in table.selected_rows()), table.verticalScrollBar().value()


async def seconds_until(condition: Callable[[], Any], limit_s: float = 30.0) -> float:
    """Wait until the condition holds and give the seconds that it took; fail after ``limit_s``."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < limit_s, f"not within {limit_s} s: {condition}"
        await asyncio.sleep(0.005)
    return time.monotonic() - began
