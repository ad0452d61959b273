"""When Python looks for garbage: between polls, never in one, and never at the rows of long lists.

Python's own collections come in the middle of whatever makes objects, and look at everything that is there: at 100,000
torrents that took up to 49 ms, three frames in which nothing moved.  So they are put off until the window stands, and
from then on a poll is followed by a small one, in a turn of the loop of its own.  What lives as long as its server does
is set aside with ``keep`` and not looked at again; it goes as usual when the last reference to it goes.
"""

from __future__ import annotations

import gc
import itertools
import sys
from contextlib import suppress

_ALL_EVERY = 200
_BACK_EVERY = 20
"""Polls between two collections that look at everything, which takes 20 ms, and until freed memory is given back."""
_ALL_EVERY_FAILED = 10
"""Failed polls between two such collections: what each leaves has lived too long for a small one, up to 0.2 MB."""
_failed = itertools.count(1)


def put_off() -> None:
    """Collect nothing: what is imported and made at the start is none, and to look at it costs 10 ms."""
    gc.disable()


def collect_between_polls() -> None:
    """From now on leave it to ``after_poll``, but for what is new: 20,000 objects take 5 ms, 200,000 take 70."""
    gc.enable()
    gc.set_threshold(20_000, 10_000, 10_000)
    keep()


def keep() -> None:
    """Do not look again at what is there now."""
    gc.freeze()


def after_poll(*, number: int, full: bool) -> None:
    """Collect what the poll of this number has left; the rows of a full one stay."""
    if full:
        keep()
    else:
        gc.collect(1 if number % _ALL_EVERY else 2)
    if full or not number % _BACK_EVERY:
        _give_back()


def after_failed_poll() -> None:
    """Give back what was read of an answer that could not be used: as much as a whole list, time and again.

    Not a collection of everything each time: that would take longer than the try.
    """
    gc.collect(1 if next(_failed) % _ALL_EVERY_FAILED else 2)
    _give_back()


def _give_back() -> None:
    """Give freed memory back to the system: glibc would keep 8 MB of what 100,000 torrents took (1 ms)."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
