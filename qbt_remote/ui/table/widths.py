"""How wide columns are until the user drags them, and which of them are left out where the space is short."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtGui import QFontMetrics

from qbt_remote.model.columns import Column
from qbt_remote.ui.table.delegates import INDENT

_SIDES = 8
"""What the style leaves at both sides of a text."""
_ICON = 22


def scaled(width: int, metrics: QFontMetrics) -> int:
    """Give what a width for a font 16 pixels high is in this font."""
    return round(width * metrics.height() / 16)


def usual_width(column: Column, metrics: QFontMetrics) -> int:
    """Give the width in which the longest usual text of a column is not cut."""
    indent = INDENT if column.indented else 0
    texts = column.usual() if column.usual is not None else ()
    return max(
        scaled(column.width, metrics),
        *(metrics.horizontalAdvance(text) + _SIDES + indent + (_ICON if column.icon else 0) for text in texts),
        0,
    )


def least_width(column: Column, metrics: QFontMetrics) -> int:
    """Give how narrow a column that fills may become."""
    return scaled(column.least or column.width, metrics)


def left_out(shown: Sequence[Column], widths: Mapping[str, int], room: int, kept: Collection[str]) -> set[str]:
    """Give the ids of the columns that do not fit: the highest ranks first, but none that is kept or has no rank."""
    free = room - sum(widths[column.id] for column in shown if not column.rank or column.id in kept)
    optional = sorted((c for c in shown if c.rank and c.id not in kept), key=lambda c: c.rank)
    out: set[str] = set()
    for column in optional:
        free -= widths[column.id]
        if free < 0:
            out.add(column.id)
    return out
