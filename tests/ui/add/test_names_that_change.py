"""Categories and tags that come and go on the server while the add dialog is open."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.conftest import Run
from tests.ui.add.test_add_in_full import links, magnet, opened
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


def test_a_category_made_meanwhile_appears_and_one_that_is_chosen_is_said_to_be_gone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        where, world = dialog.form.where, rig.home.world
        category, note = where.category, where.known.note

        def offered() -> list[str]:
            return [category.itemText(row) for row in range(category.count())]

        await until(lambda: offered() == ["", "linux"])
        category.setFocus()
        QTest.keyClicks(category, "li")
        world.add_category("films", "/srv/films")
        await until(lambda: offered() == ["", "films", "linux"])
        assert category.currentText().startswith("li"), "what is being typed stays"

        category.setEditText("films")
        world.remove_category("linux")
        await until(lambda: offered() == ["", "films"])
        assert not note.isVisible()

        world.remove_category("films")
        await until(note.isVisible)
        assert note.text() == "The category “films” was removed on the server; it will be created again."
        assert (offered(), category.currentText()) == ([""], "films")

        category.setEditText("of my own")
        assert not note.isVisible(), "one that never was there is not gone"
        dialog.reject()

    play(run, scene)


def test_what_one_torrent_has_of_its_own_stays_when_the_names_change(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet(0), magnet(1)))
        dialog.view.selectRow(1)
        dialog.own.for_selected.setChecked(True)

        rig.home.world.add_category("films")
        await until(lambda: dialog.form.where.category.count() == 3)

        assert [entry.own for entry in dialog.model.entries] == [{}, {}]
        dialog.reject()

    play(run, scene)


def test_tags_come_into_the_menu_and_those_that_are_chosen_stay(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        where, world = dialog.form.where, rig.home.world
        QTest.keyClicks(where.tags, "big, mine")

        world.add_tag("new")
        world.remove_tag("big")
        await until(where.known.note.isVisible)
        assert where.known.note.text() == "The tag “big” was removed on the server; it will be created again."

        menu = where.tags.findChild(QMenu)
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        assert [action.data() for action in menu.actions()] == ["new", "old", "big", "mine"]
        assert where.tags.tags() == ("big", "mine")
        dialog.reject()

    play(run, scene)
