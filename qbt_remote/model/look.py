"""What the theme knows of a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Row = Any


class Look(NamedTuple):
    """What the theme knows of a row; made anew by the view when the palette changes."""

    icon: Callable[[Row], object]
    """A QIcon."""
    stale_icon: Callable[[Row], object]
    """The same for a row whose server is not heard."""
    color: Callable[[Row], object]
    """The QColor of the row's state."""
    faint: object
    """The QColor of values that say nothing."""
    stale: object
    """The QColor of rows whose server is not heard."""
