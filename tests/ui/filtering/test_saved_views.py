"""Saved views: what they keep, how they are chosen, and that their counts are right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from qbt_remote.model.sidebar import COUNT_ROLE, Entry
from qbt_remote.sync.filtering.filters import Filter, only
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.window.commands import ROWS
from qbt_remote.ui.window.main_window import MainWindow
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import asked, click, count, entries, entry, shown, tagged
from tests.ui.rig import Rig, fill_in, open_dialog, part, play

CTRL = Qt.KeyboardModifier.ControlModifier


async def saved(rig: Rig, name: str) -> None:
    dialog = await rig.question("save_view")
    fill_in(dialog, name)
    await rig.answer(dialog, "save_view")


def views(rig: Rig) -> list[str | None]:
    return rig.window.views.names


def marked(rig: Rig, name: str | None) -> bool:
    return rig.window.sidebar.selectionModel().isSelected(entry(rig, "view", name))


def columns(rig: Rig) -> set[str]:
    table = rig.window.table
    table.resize(3000, 300)  # there is space for all
    return {c.id for i, c in enumerate(rig.window.model.columns) if not table.isColumnHidden(i)}


def hide(rig: Rig, column: str) -> None:
    rig.window.table.resize(3000, 300)  # else it may be hidden for want of space
    menu = rig.window.table.horizontalHeader().menu  # type: ignore[attr-defined]  # ours
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.data() == column).trigger()
    menu.aboutToHide.emit()


def test_a_view_keeps_filter_sorting_and_columns_and_a_key_brings_them_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "tag", "x")
        rig.window.filter_box.setText("both")
        hide(rig, "ratio")
        rig.window.table.sortByColumn(rig.window.model.column("size"), Qt.SortOrder.DescendingOrder)
        await saved(rig, "Mine")
        assert views(rig) == [None, "Mine"]
        assert marked(rig, "Mine")
        assert count(rig, "view", "Mine") == 1

        await rig.key(Qt.Key.Key_1, CTRL)
        await until(lambda: len(shown(rig)) == 4)
        assert rig.window.filter_box.text() == ""
        assert rig.window.sidebar.picks() == {}
        assert marked(rig, None)

        await rig.key(Qt.Key.Key_2, CTRL)
        await until(lambda: shown(rig) == {"both"})
        assert rig.window.filter_box.text() == "both"
        assert rig.window.sidebar.picks() == {"tag": only("x")}
        assert "ratio" not in columns(rig)
        assert rig.window.table.save_state()["sort"][0] == ["size", "descending"]

    play(run, scene, before=tagged)


def test_columns_of_a_view_are_kept_as_they_are_left_but_its_filter_only_on_demand(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "tag", "x")
        await saved(rig, "Mine")
        hide(rig, "ratio")
        click(rig, "tag", "y")
        assert not marked(rig, "Mine")
        click(rig, "view", None)
        assert "ratio" in columns(rig)

        hide(rig, "eta")
        click(rig, "view", "Mine")
        assert shown(rig) == {"x", "both"}
        assert "eta" in columns(rig)
        assert "ratio" not in columns(rig)

        click(rig, "tag", "y")
        entries(rig, "view", "Mine")["Update"].trigger()
        await until(lambda: count(rig, "view", "Mine") == 2 and marked(rig, "Mine"))
        click(rig, "view", None)
        assert "ratio" in columns(rig)
        click(rig, "view", "Mine")
        assert shown(rig) == {"y", "both"}

    play(run, scene, before=tagged)


def test_a_view_is_renamed_and_removed_by_its_menu(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "tag", "x")
        await saved(rig, "one")
        await saved(rig, "two")
        dialog = await asked(rig, "view", "one", "Rename…")
        assert part(dialog, QLineEdit).text() == "one"
        fill_in(dialog, "two")
        assert not dialog.ok.isEnabled()
        fill_in(dialog, "first")
        dialog.ok.click()
        await until(lambda: views(rig) == [None, "first", "two"])

        dialog = await asked(rig, "view", "two", "Remove…")
        dialog.ok.click()
        await until(lambda: views(rig) == [None, "first"])
        assert shown(rig) == {"x", "both"}
        assert list(rig.settings.views) == ["first"]

    play(run, scene, before=tagged)


def test_counts_of_views_follow_every_change(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.filter_box.setText("tag:x (state:seeding OR ratio>2)")
        await saved(rig, "busy")
        rig.window.filter_line.clear()
        world = rig.home.world
        assert count(rig, "view", "busy") == 0
        world.set(rig.home.torrent("x").hash, state="uploading")
        await until(lambda: count(rig, "view", "busy") == 1)
        world.set(rig.home.torrent("both").hash, ratio=3)
        await until(lambda: count(rig, "view", "busy") == 2)
        world.add("more", tags="x", ratio=4)
        await until(lambda: count(rig, "view", "busy") == 3)
        world.remove(rig.home.torrent("x").hash)
        await until(lambda: count(rig, "view", "busy") == 2)
        assert int(entry(rig, "view", None).data(COUNT_ROLE)) == 4

    play(run, scene, before=tagged)


def test_a_poll_while_a_view_is_counted_is_counted_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        waiting: list[Iterator[bool | None]] = []
        feed = rig.window.feed
        feed.in_turns = waiting.append
        feed.set_views({"x": Filter({"tag": only("x")})})
        rig.window.sidebar.fill("view", [Entry("x", "x")])
        (steps,) = waiting
        next(steps)
        rig.home.world.add("more", tags="x")
        await until(lambda: len(shown(rig)) == 5)
        await until(lambda: count(rig, "server", rig.home.config.id) == 5)
        for _step in steps:
            pass
        assert count(rig, "view", "x") == 3
        rig.home.world.set(rig.home.torrent("more").hash, tags="")
        await until(lambda: count(rig, "view", "x") == 2)

    play(run, scene, before=tagged)


def test_views_and_the_one_that_is_shown_are_there_after_a_restart(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        click(rig, "tag", "x")
        rig.window.filter_box.setText("both")
        hide(rig, "ratio")
        await saved(rig, "Mine")
        rig.window.remember()

        again = MainWindow(rig.settings, rig.window.hooks, rig.tasks, ROWS)
        again.views.restore()
        assert again.views.names == [None, "Mine"]
        assert again.filter_box.text() == "both"
        assert again.sidebar.picks() == {"tag": only("x")}
        assert again.table.isColumnHidden(again.model.column("ratio"))
        again.deleteLater()

    play(run, scene, before=tagged)


def test_a_view_of_a_server_that_is_gone_shows_the_others(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        attic = rig.servers[1]
        click(rig, "server", attic.config.id)
        await saved(rig, "attic only")
        rig.window.feed.detach(attic.session)
        rig.window.views.show("attic only")
        assert shown(rig) == {"A", "B", "C"}
        rig.window.feed.attach(attic.session)
        rig.window.views.show("attic only")
        assert shown(rig) == {"A2", "B2", "C2"}

    play(run, scene, "5.3.0", "5.1.0")


def test_the_button_in_the_box_saves_once_there_is_a_filter(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        save = rig.window.filter_box.actions()[-1]
        assert not save.isVisible()
        rig.window.filter_box.setText("both")
        assert save.isVisible()
        save.trigger()
        dialog = await until(open_dialog)
        assert isinstance(dialog, FormDialog)
        fill_in(dialog, " ")
        assert not dialog.ok.isEnabled()
        dialog.reject()
        await rig.done(rig.action("save_view").iconText())

    play(run, scene, before=tagged)


# the box itself


def test_what_is_not_understood_is_said_and_changes_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        box = rig.window.filter_box
        box.setText("tag:x")
        assert shown(rig) == {"x", "both"}
        QTest.keyClicks(box, " size>4xb")
        assert shown(rig) == {"x", "both"}
        assert box.problem.text() == "At character 12: “4xb” is not a size, such as 700mb or 4gb"
        assert box.accessibleDescription() == box.problem.text()
        assert box.problem.isVisible() and box.problem.wordWrap()
        assert "is not a size" in box.toolTip()
        assert box.palette().base() != rig.window.palette().base(), "the box is marked"
        rig.action("save_view").trigger()
        assert "has an error" in rig.notice()

        box.setText("/.*a.*a.*a.*a.*b/")
        assert "forever" in box.problem.text()
        box.setText("y")
        assert not box.problem.isVisible()
        assert box.palette().base() == rig.window.palette().base()
        assert shown(rig) == {"y"}

    play(run, scene, before=tagged)


def test_an_expression_that_turns_out_slow_is_given_up(run: Run) -> None:
    def slow(rig: Rig) -> None:
        for n in range(30):
            rig.home.world.add(f"{n:02d}" + "a" * 300)

    async def scene(rig: Rig) -> None:
        box = rig.window.filter_box
        box.setText("1")
        some = len(shown(rig))
        box.setText("/.*a.*a.*b$/")
        assert "too long" in box.problem.text()
        assert len(shown(rig)) == some

    play(run, scene, before=slow)


def test_values_are_completed_from_what_the_servers_have(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        box = rig.window.filter_box
        rig.window.activateWindow()
        box.take_keys()
        QTest.keyClicks(box, "ca")
        popup = await until(lambda: box.popup)
        QTest.keyClick(popup, Qt.Key.Key_Down)
        QTest.keyClick(popup, Qt.Key.Key_Return)
        assert box.text() == "category:"
        QTest.keyClicks(popup, "new")
        QTest.keyClick(popup, Qt.Key.Key_Down)
        QTest.keyClick(popup, Qt.Key.Key_Return)
        assert box.text() == "category:films/new "
        assert shown(rig) == {"y"}

    play(run, scene, before=tagged)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sta", ["state:"]),
        ("stat", ["state:"]),
        ("statu", ["status:"]),
        ("status:sta", ["stalled", "stalled_uploading", "stalled_downloading"]),
        ("-category:fi", ["films", "films/new"]),
        ("(tag:", ["x", "y", "y z"]),
        ("tracker:t.", ["t.test"]),
        ("server:", ["home"]),
        ("private:", ["yes", "no"]),
        ("a private:y", ["yes"]),
    ],
)
def test_names_of_fields_and_the_values_that_there_are_complete_while_typing(
    run: Run, typed: str, offered: list[str]
) -> None:
    def before(rig: Rig) -> None:
        tagged(rig)
        rig.home.world.add("with a tracker", tags="y z", trackers=["http://t.test/announce"])

    async def scene(rig: Rig) -> None:
        box = rig.window.filter_box
        rig.window.activateWindow()
        await until(lambda: rig.window.sidebar.model().find("tracker", "t.test").isValid())  # type: ignore[attr-defined]
        box.take_keys()
        QTest.keyClicks(box, typed)
        popup = await until(lambda: box.popup)
        assert popup.isVisible()
        found = [str(popup.model().index(row, 0).data()) for row in range(popup.model().rowCount())]
        assert [each.strip('"') for each in found] == offered

    play(run, scene, before=before)
