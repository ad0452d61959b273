"""Servers with more categories, tags or trackers than a sidebar can list."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest

from qbt_remote.model.sidebar import COUNT_ROLE
from qbt_remote.sync.filtering.filters import only
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import click, count, shown
from tests.ui.rig import Rig, play

MOST = 100


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qbt_remote.ui.filtering.feed.MOST_ENTRIES", MOST)


def rows(rig: Rig, section: str) -> list[QModelIndex]:
    model: Any = rig.window.sidebar.model()
    title = model.title(section)
    return [model.index(row, 0, title) for row in range(model.rowCount(title))]


async def filled(rig: Rig) -> None:
    """Wait until all sections have their entries, and these their counts."""
    await until(lambda: all(len(rows(rig, section)) > MOST for section in ("category", "tag", "tracker")))
    await until(lambda: count(rig, "category", "category 9") == count(rig, "tag", "tag 9") == 1)


def many(rig: Rig) -> None:
    world = rig.home.world
    for n in range(MOST + 50):
        world.add_category(f"category {n}")
        world.add_tag(f"tag {n}")
        world.add(f"t {n}", category=f"category {n}", tags=f"tag {n}", trackers=[f"http://host{n}.test/announce"])


@pytest.mark.parametrize(
    ("section", "name"), [("category", "category {}"), ("tag", "tag {}"), ("tracker", "host{}.test")]
)
def test_a_section_lists_the_first_of_very_many_entries_and_says_how_many_there_are(
    run: Run, section: str, name: str
) -> None:
    async def scene(rig: Rig) -> None:
        await filled(rig)
        *listed, note = rows(rig, section)

        assert [index.data() for index in listed[-MOST:]] == [name.format(n) for n in range(MOST)]
        assert {index.data(COUNT_ROLE) for index in listed[-MOST:]} == {1}
        assert note.data() == "50 more: type a name above the list"
        assert note.data(COUNT_ROLE) is None
        assert not note.flags() & Qt.ItemFlag.ItemIsSelectable

    play(run, scene, before=many)


def test_what_is_picked_beyond_them_has_an_entry_and_is_counted(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await filled(rig)
        sidebar = rig.window.sidebar

        sidebar.set_picks({"category": only("category 149")})
        await until(lambda: shown(rig) == {"t 149"})
        await until(lambda: count(rig, "category", "category 149") == 1)
        assert rows(rig, "category")[-1].data() == "49 more: type a name above the list"

        click(rig, "category", None)
        await until(lambda: len(shown(rig)) == MOST + 50)

    play(run, scene, before=many)


def test_a_click_on_how_many_more_there_are_changes_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await filled(rig)
        sidebar, note = rig.window.sidebar, rows(rig, "tag")[-1]
        sidebar.scrollTo(note)
        picks = sidebar.picks()

        QTest.mouseClick(sidebar.viewport(), Qt.MouseButton.LeftButton, pos=sidebar.visualRect(note).center())

        assert sidebar.picks() == picks
        assert len(shown(rig)) == MOST + 50

    play(run, scene, before=many)


def test_one_entry_less_than_that_is_listed_like_any_other(run: Run) -> None:
    def exactly(rig: Rig) -> None:
        for n in range(MOST):
            rig.home.world.add_category(f"category {n}")

    async def scene(rig: Rig) -> None:
        await until(lambda: len(rows(rig, "category")) == MOST + 2)
        rig.home.world.add_category("one more")
        await until(lambda: len(rows(rig, "category")) == MOST + 3)
        rig.home.world.remove_category("one more")
        await until(lambda: len(rows(rig, "category")) == MOST + 2)

    play(run, scene, before=exactly)
