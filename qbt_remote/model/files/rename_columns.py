"""The columns of a list of renames: what is now, what it becomes, and what stands against it."""

from __future__ import annotations

from qbt_remote.model.columns import Column
from qbt_remote.model.files.batch_rename import Planned
from qbt_remote.model.names import name_key
from qbt_remote.translatable import N


def _old_name(row: Planned) -> str:
    return row.old.rpartition("/")[2]


def _new_name(row: Planned) -> str:
    return row.new.rpartition("/")[2]


def _old(row: Planned) -> str:
    return row.old


def _new(row: Planned) -> str:
    return row.new


def _by_old(row: Planned) -> str:
    return name_key(row.old)


def _nothing(_row: Planned) -> int:
    return 0


_PROBLEM = Column("why_not", N("Problem"), width=330, fills=True, least=200, shown=True, state_color=True)
NAMES: tuple[Column, ...] = (
    Column("old", N("Name"), value=_old_name, sort=_by_old, width=240, shown=True, cell_tip=_old),
    Column("new", N("Becomes"), value=_new_name, width=240, shown=True, cell_tip=_new),
    _PROBLEM,
)
"""For files that stay in their folders."""


PATHS: tuple[Column, ...] = (
    Column("old", N("Path"), width=380, shown=True, sort=_nothing),
    Column("new", N("Becomes"), width=380, fills=True, shown=True),
)
"""For files and folders that go elsewhere, in the order of the changes."""
