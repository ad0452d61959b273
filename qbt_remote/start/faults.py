"""Errors of our own, wherever they come up: all are logged and counted, each kind is told once, and we go on.

PySide hands what a slot or an event handler raises to ``sys.excepthook``, the event loop what a task raises to its
exception handler, and a thread to ``threading.excepthook``.  All end here.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qbt_remote.model.i18n import tr

if TYPE_CHECKING:
    import asyncio

LOG = logging.getLogger(__name__)
MANY, MANY_WITHIN_S = 10, 60.0


class Faults:
    """``tell`` shows a sentence to the user."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.count = 0
        self._kinds: Counter[tuple[str, str, int]] = Counter()
        self._at: deque[float] = deque(maxlen=MANY)
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self) -> None:
        """Take what slots, event handlers and threads raise from now on."""
        sys.excepthook = self._raised
        threading.excepthook = self._raised_in_thread

    def watch_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take what the loop's tasks and callbacks raise, too."""
        self._loop = loop
        loop.set_exception_handler(self._raised_in_loop)

    def add(self, error: BaseException, doing: str = "") -> None:
        """Log an error, count it, and tell of it if it is the first of its kind; ``doing`` is in the user's words."""
        self.count += 1
        kind = _kind(error)
        self._kinds[kind] += 1
        times = self._kinds[kind]
        if times == 1:
            LOG.error("%s", doing or "a fault", exc_info=error)
            text = tr("a fault in qbt-remote; the log has the details.")
            self._say(tr("{doing}: {what}", doing=doing, what=text) if doing else text[:1].upper() + text[1:])
        elif times & (times - 1) == 0:  # what is painted again and again would fill the log
            LOG.error("%s: %s, %d times by now", doing or "a fault", type(error).__name__, times)
        self._at.append(time.monotonic())
        if len(self._at) == MANY and self._at[-1] - self._at[0] < MANY_WITHIN_S:
            self._at.clear()
            self._say(tr("qbt-remote has had {n} faults so far. Better start it again.", n=self.count))

    def _say(self, text: str) -> None:
        try:
            self._tell(text)
        except Exception:  # it is what tells that fails: the log has to do
            LOG.exception("could not be told: %s", text)

    def _raised(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        if isinstance(error, Exception):
            self.add(error)
        else:
            sys.__excepthook__(kind, error, at)

    def _raised_in_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self.add(error)
        else:
            LOG.warning("%s", context.get("message"))

    def _raised_in_thread(self, raised: threading.ExceptHookArgs) -> None:
        error = raised.exc_value
        if isinstance(error, Exception) and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.add, error)


def _kind(error: BaseException) -> tuple[str, str, int]:
    """Tell errors apart by their type and the line that raised them."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return (type(error).__name__, at.tb_frame.f_code.co_filename if at else "", at.tb_lineno if at else 0)
