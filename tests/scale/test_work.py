"""What a poll costs grows with what changed and what is seen, never with how many torrents there are.

Work is counted, not timed: see ``tests.scale.work``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from qbt_remote.sync.delta import Delta
from qbt_remote.sync.filtering.filters import Filter, only
from qbt_remote.sync.polls.ahead import Ahead
from qbt_remote.sync.query.language import parse
from qbt_remote.sync.torrent import Torrent
from tests.scale.work import CHANGED, SEEN, Stage, Work, states, traffic

FEW, MANY = 1_000, 20_000

Prepare = Callable[[Stage], None]
Make = Callable[[Stage], Delta]
Change = Callable[[Torrent, random.Random], dict[str, Any]]


def nothing(stage: Stage) -> None:
    """Leave the window as it is."""


def filter_by_text(stage: Stage) -> None:
    assert stage.feed.set_query(parse("series 1"))


def costs(count: int, make: Make, prepare: Prepare = nothing, *, sort: str = "name", categories: int = 4) -> Work:
    stage = Stage(count, sort=sort, categories=categories)
    prepare(stage)
    work = stage.work(lambda: make(stage))
    assert stage.is_right()
    stage.close()
    return work


def assert_alike(few: Work, many: Work, *, moved: int = 0) -> None:
    """Twenty times the torrents, and the same work: what chance does to it is within these bounds.

    ``moved`` rows may get another place: each copies two blocks of the order, and a few rows are but a few blocks.
    """
    assert many.touches <= 2 * few.touches + 20 * CHANGED, (few, many)
    assert many.kilobytes <= 2 * few.kilobytes + max(64, 2 * moved), (few, many)
    assert many.cells <= few.cells + 40, (few, many)
    assert many.signals <= few.signals + 2, (few, many)


def read_between(stage: Stage) -> Delta:
    """What torrents/info says of those that a command was for."""
    rows = {h: dict(row) for h, row in stage.changed(states).torrents.items() if isinstance(row, dict)}
    return Ahead(stage.session.mirror).read(list(rows), rows, 1.0)


# by what a poll brings: the change, what was done to the window before, and the column sorted by
POLLS: dict[str, tuple[Make, Prepare, str]] = {
    "nothing": (lambda stage: Delta(rid=2), nothing, "name"),
    "traffic": (lambda stage: stage.changed(traffic), nothing, "name"),
    "traffic, sorted by speed": (lambda stage: stage.changed(traffic), nothing, "dlspeed"),
    "traffic, sorted by speed, all selected": (lambda stage: stage.changed(traffic), Stage.select_all, "dlspeed"),
    "states": (lambda stage: stage.changed(states), nothing, "name"),
    "states, sorted by them": (lambda stage: stage.changed(states), nothing, "state"),
    "states while one of them is picked": (
        lambda stage: stage.changed(states),
        lambda stage: stage.sidebar.pick("status", "seeding"),
        "name",
    ),
    "5 come and 5 go": (lambda stage: stage.came_and_went(5), nothing, "name"),
    "40 come and 40 go": (lambda stage: stage.came_and_went(40), nothing, "name"),
    "traffic while all are selected": (lambda stage: stage.changed(traffic), Stage.select_all, "name"),
    "states while a view counts them": (
        lambda stage: stage.changed(states),
        lambda stage: stage.feed.set_views({"v": Filter({"status": only("seeding")}, parse("series"))}),
        "name",
    ),
    "5 come and 5 go while a view counts": (
        lambda stage: stage.came_and_went(5),
        lambda stage: stage.feed.set_views({"v": Filter({"status": only("seeding")}, parse("series"))}),
        "name",
    ),
    "torrents read between two polls": (read_between, nothing, "name"),
    "traffic while a text filters": (
        lambda stage: stage.changed(traffic),
        filter_by_text,
        "name",
    ),
}


@pytest.mark.parametrize("poll", POLLS)
def test_a_poll_costs_the_same_however_many_torrents_there_are(qapp: QApplication, poll: str) -> None:
    make, prepare, sort = POLLS[poll]

    few, many = (costs(count, make, prepare, sort=sort) for count in (FEW, MANY))

    assert_alike(few, many, moved=CHANGED if sort != "name" else 0)


def in_view(stage: Stage) -> tuple[int, int]:
    """How many rows and columns can be seen, even in part."""
    view = stage.view
    rows = view.viewport().height() // view.rowHeight(0) + 2
    return rows, sum(not view.isColumnHidden(i) for i in range(stage.model.columnCount()))


@pytest.mark.parametrize("sort", ["name", "dlspeed"])
def test_a_poll_writes_only_the_cells_in_view(qapp: QApplication, sort: str) -> None:
    stage = Stage(MANY, sort=sort)
    rows, columns = in_view(stage)

    work = stage.work(lambda: stage.changed(traffic))

    stage.close()
    assert 0 < work.cells <= rows * columns


def test_of_the_rows_in_view_only_those_that_changed_are_written(qapp: QApplication) -> None:
    stage = Stage(MANY)
    rows, columns = in_view(stage)

    work = stage.work(lambda: stage.changed(traffic))

    stage.close()
    # by chance a changed row more, and the neighbour of each that a pixel reaches into
    assert SEEN * columns // 2 < work.cells <= (SEEN + 3) * columns < rows * columns


def test_a_poll_that_changed_nothing_is_told_to_nobody(qapp: QApplication) -> None:
    work = costs(MANY, lambda stage: Delta(rid=2))

    assert (work.touches, work.cells, work.signals) == (0, 0, 0)


def test_a_busy_poll_tells_the_views_once(qapp: QApplication) -> None:
    assert costs(MANY, lambda stage: stage.changed(traffic)).signals == 1


@pytest.mark.parametrize("change", [traffic, states])
def test_a_poll_costs_the_same_however_many_categories_there_are(qapp: QApplication, change: Change) -> None:
    few, many = (costs(FEW, lambda stage: stage.changed(change), categories=count) for count in (20, 5_000))

    assert_alike(few, many)
