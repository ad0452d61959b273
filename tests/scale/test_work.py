"""What a poll costs grows with what changed and what is seen, never with how many torrents there are.

Work is counted, not timed: see ``tests.scale.work``.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from qbt_remote.sync.delta import Delta
from tests.scale.work import CHANGED, Stage, Work, traffic

FEW, MANY = 1_000, 20_000
ROLES = 6
"""Of each cell: text, icon, alignment, colour, font, check mark."""

Prepare = Callable[[Stage], None]
Make = Callable[[Stage], Delta]


def nothing(stage: Stage) -> None:
    """Leave the window as it is."""


def costs(count: int, make: Make, prepare: Prepare = nothing, *, sort: str = "name", categories: int = 4) -> Work:
    stage = Stage(count, sort=sort, categories=categories)
    prepare(stage)
    work = stage.work(lambda: make(stage))
    stage.close()
    return work


def assert_alike(few: Work, many: Work) -> None:
    """Twenty times the torrents, and the same work: what chance does to it is within these bounds."""
    assert many.touches <= 2 * few.touches + 20 * CHANGED, (few, many)
    assert many.kilobytes <= 2 * few.kilobytes + 64, (few, many)
    assert many.data_calls <= few.data_calls + 10 * ROLES, (few, many)
    assert many.signals <= few.signals + 2, (few, many)


# by what a poll brings: the change, what was done to the window before, and the column sorted by
POLLS: dict[str, tuple[Make, Prepare, str]] = {
    "nothing": (lambda stage: Delta(rid=2), nothing, "name"),
    "traffic": (lambda stage: stage.changed(traffic), nothing, "name"),
    "traffic, sorted by speed": (lambda stage: stage.changed(traffic), nothing, "dlspeed"),
    "traffic while all are selected": (lambda stage: stage.changed(traffic), Stage.select_all, "name"),
    "traffic while a text filters": (
        lambda stage: stage.changed(traffic),
        lambda stage: stage.live.set_text("series 1"),
        "name",
    ),
}


@pytest.mark.parametrize("poll", POLLS)
def test_a_poll_costs_the_same_however_many_torrents_there_are(qapp: QApplication, poll: str) -> None:
    make, prepare, sort = POLLS[poll]

    assert_alike(costs(FEW, make, prepare, sort=sort), costs(MANY, make, prepare, sort=sort))


def test_a_poll_asks_only_for_the_cells_in_view(qapp: QApplication) -> None:
    stage = Stage(MANY)
    view, model = stage.view, stage.model
    rows = view.viewport().height() // view.rowHeight(0) + 2
    columns = sum(not view.isColumnHidden(i) for i in range(model.columnCount()))

    work = stage.work(lambda: stage.changed(traffic))

    stage.close()
    assert 0 < work.data_calls <= rows * columns * (ROLES + 1)


def test_a_poll_that_changed_nothing_is_told_to_nobody(qapp: QApplication) -> None:
    work = costs(MANY, lambda stage: Delta(rid=2))

    assert (work.touches, work.data_calls, work.signals) == (0, 0, 0)


def test_a_busy_poll_tells_the_views_once(qapp: QApplication) -> None:
    assert costs(MANY, lambda stage: stage.changed(traffic)).signals == 1
