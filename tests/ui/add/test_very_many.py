"""The add dialog with very many things in it, and on servers with very many categories and tags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qbt_remote.api.adding import metainfo
from qbt_remote.api.adding.given import Given, from_text
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.add.parts.entries import RESULT
from qbt_remote.ui.add.parts.known_names import MOST_OFFERED
from qbt_remote.ui.categories.tags_edit import MOST_SHOWN, TagsEdit
from tests.conftest import Run
from tests.scale.large import torrent_of_many
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


async def opened(rig: Rig, given: Given, rows: int) -> AddDialog:
    rig.window.add(given)

    def dialog() -> AddDialog | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()), None)

    shown = await until(dialog)
    assert isinstance(shown, AddDialog)
    await until(lambda: len(shown.model.entries) == rows)
    return shown


def test_hosts_of_links_are_named_as_they_come_and_what_is_there_is_found_among_thousands(run: Run) -> None:
    known = 4321
    text = "\n".join(
        [*(f"https://h{n % 7}.test/{n}.torrent" for n in range(3000)), *(f"{n:040x}" for n in range(1, 3001))]
    )

    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, from_text(text), 6000)
        assert dialog.form.link.hosts.text() == (
            "The server downloads from: h0.test, h1.test, h2.test, h3.test, h4.test and 2 more"
        )
        assert dialog.form.tabs.isTabVisible(dialog.form.tabs.indexOf(dialog.form.link))
        first = rig.home.torrent("A").hash
        there = 3000 + int(first, 16) - 1
        assert dialog.model.index(there, RESULT).data() == "Already there"

        rig.home.world.add("later", f"{known - 3000 + 1:040x}")
        await until(lambda: dialog.model.index(known, RESULT).data() == "Already there")
        rig.home.world.remove(first)
        await until(lambda: dialog.model.index(there, RESULT).data() == "")
        assert dialog.model.to_send == 6000
        dialog.reject()

    play(run, scene)


def test_of_very_many_categories_the_first_are_offered_and_any_can_be_typed(run: Run) -> None:
    def many(rig: Rig) -> None:
        for n in range(MOST_OFFERED + 10):
            rig.home.world.add_category(f"category {n}")

    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, from_text("a" * 40), 1)
        box = dialog.form.where.category

        assert box.count() == MOST_OFFERED + 1
        assert [box.itemText(row) for row in (0, 1, box.count() - 1)] == [
            "",
            "category 0",
            f"category {MOST_OFFERED - 1}",
        ]
        box.setEditText(f"category {MOST_OFFERED + 5}")
        rig.home.world.add_category("a new one")
        await until(lambda: box.itemText(1) == "a new one")
        assert (box.currentText(), box.count()) == (f"category {MOST_OFFERED + 5}", MOST_OFFERED + 1)
        dialog.reject()

    play(run, scene, before=many)


def test_the_menu_of_very_many_tags_has_the_first_and_those_that_are_chosen(qtbot: QtBot) -> None:
    edit = TagsEdit()
    qtbot.addWidget(edit)
    edit.set_known(f"tag {n}" for n in range(MOST_SHOWN + 100))
    edit.setText("tag 250, own")
    menu = edit.chooser().menu()
    assert menu is not None

    menu.aboutToShow.emit()

    texts = [action.text() for action in menu.actions()]
    assert texts == [*(f"tag {n}" for n in range(MOST_SHOWN)), "tag 250", "own", "100 more: type their names"]
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["tag 250", "own"]
    first: QAction = menu.actions()[0]
    first.trigger()
    assert edit.tags() == ("tag 0", "tag 250", "own")


@pytest.mark.parametrize("fits", [True, False])
def test_of_a_torrent_with_too_many_files_the_number_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fits: bool
) -> None:
    monkeypatch.setattr(metainfo, "MOST_FILES", 2000 if fits else 1999)
    (tmp_path / "many.torrent").write_bytes(torrent_of_many(2000))

    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, Given((tmp_path / "many.torrent",)), 1)
        shows: Callable[[], bool] = dialog.files.tree.isVisible
        note = dialog.files.note
        if fits:
            await until(shows)
        else:
            await until(lambda: "2000 files" in note.text())
            assert note.text() == "It has 2000 files, more than can be listed here. All of them are added."
            assert not shows()
        assert dialog.model.size == 32_000
        dialog.reject()

    play(run, scene)
