"""What the window's first frame leaves to its second, some 20 ms later: icons and the entries of the sidebar.

Their room is kept, so nothing moves.  To read and draw them takes 20 ms of the start; 5 of these are
QStyle, which PySide makes with all of its enumerations when it is first named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_is_painted = False


@contextmanager
def first_frame() -> Iterator[None]:
    """Paint so within; what was painted is then to be painted again."""
    global _is_painted
    _is_painted = True
    try:
        yield
    finally:
        _is_painted = False


def in_first_frame() -> bool:
    return _is_painted
