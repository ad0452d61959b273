"""The columns of a file tree; they read nodes of ``file_nodes``.  Words and order of the desktop window."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from qbt_remote.model import text
from qbt_remote.model.columns import CENTER, RIGHT, Column
from qbt_remote.model.files.nodes import MIXED, Node
from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N

PRIORITY_NAMES: dict[int, str] = {
    0: N("Do not download"),
    1: N("Normal"),
    6: N("High"),
    7: N("Maximum"),
    MIXED: N("Mixed"),
}


def _priority(priority: int) -> str:
    return tr(PRIORITY_NAMES[priority])


def _priorities() -> list[str]:
    return [tr(name) for name in PRIORITY_NAMES.values()]


def _path(node: Node) -> str:
    return node.path


def _number(id: str, title: str, write: Callable[[Any], str], **more: Any) -> Column:
    return Column(id, title, write, align=RIGHT, width=90, shown=True, faint=lambda value: value <= 0, **more)


FILE: tuple[Column, ...] = (
    Column("name", N("Name"), sort=attrgetter("rank"), width=340, fills=True, least=180, shown=True, cell_tip=_path),
    _number("size", N("Total Size"), text.size),
    Column("progress", N("Progress"), text.percent, align=CENTER, width=95, shown=True, paint="progress"),
    Column(
        "priority",
        N("Download Priority"),
        _priority,
        width=130,
        usual=_priorities,
        shown=True,
        faint=lambda priority: not priority,
    ),
    _number("remaining", N("Remaining"), text.size),
    _number(
        "availability",
        N("Availability"),
        text.availability,
        tip=N("Distributed copies among the connected peers"),
    ),
)
