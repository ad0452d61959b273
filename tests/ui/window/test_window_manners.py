"""The window says where it stands: whose list it shows, how old that is, what is under way, where keys go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from tests.conftest import Run
from tests.sim.faults import DROPPED, late
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


def said(rig: Rig) -> str:
    shown = rig.window.status.servers
    return "   ".join(filter(None, (shown.doing.accessibleName(), shown.state.whole)))


def test_title_names_the_only_server_that_is_shown(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(lambda: rig.window.windowTitle() == "qbt-remote")
        rig.window.sidebar.pick("server", rig.home.config.id)
        assert rig.window.windowTitle() == "home"
        rig.window.sidebar.pick("server", None)
        assert rig.window.windowTitle() == "qbt-remote"

    play(run, scene, "5.1.0", "5.1.0")


def test_window_fits_on_the_screen(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        room = rig.window.screen().availableSize()
        assert rig.window.frameGeometry().height() <= room.height()
        assert rig.window.frameGeometry().width() <= room.width()

    play(run, scene)


def test_command_that_takes_long_is_named_until_it_has_ended(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        rig.home.link.plan("torrents/stop", late(1.0))
        rig.action("stop").trigger()
        await until(lambda: said(rig).startswith("Stop…   home: connected"))
        await until(lambda: said(rig) == "home: connected")
        assert len(rig.home.calls("torrents/stop")) == 1

    play(run, scene)


def test_list_of_a_server_that_is_away_says_from_when_it_is(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(lambda: said(rig) == "home: connected")
        rig.home.link.always = lambda _request: DROPPED
        await until(lambda: rig.home.session.status.phase == "waiting")
        await until(lambda: "; the list is as of " in said(rig))

    play(run, scene)


@pytest.mark.parametrize("torrents", [True, False])
def test_keys_go_to_the_list_or_to_the_first_button_in_its_place(run: Run, torrents: bool) -> None:
    async def scene(rig: Rig) -> None:
        await until(rig.window.isActiveWindow)
        if torrents:
            await until(rig.window.table.hasFocus)
            return
        await until(lambda: rig.window.empty_page and rig.window.empty_page.title == "No torrents")
        await until(lambda: isinstance(rig.window.focusWidget(), QPushButton))
        assert rig.window.focusWidget().objectName() == "add_files"
        rig.home.world.add("new")
        await until(rig.window.table.hasFocus)
        QTest.keyClicks(rig.window.table, "n")
        current = rig.window.table.current_row()
        assert current is not None and current.name == "new"

    if torrents:
        play(run, scene)
    else:
        play(run, scene, before=lambda _rig: None)


def test_escape_empties_the_filter_box_and_goes_back_to_the_list(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await until(rig.window.isActiveWindow)
        rig.action("focus_filter").trigger()
        await until(rig.window.filter_box.hasFocus)
        QTest.keyClicks(rig.window.filter_box, "B")
        await until(lambda: [t.name for t in rig.window.model.rows] == ["B"])
        QTest.keyClick(rig.window.filter_box, Qt.Key.Key_Escape)
        assert rig.window.filter_box.text() == ""
        await until(rig.window.table.hasFocus)
        await until(lambda: len(rig.window.model.rows) == 3)

    play(run, scene)


def test_sidebar_is_not_where_keys_go_after_the_start(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.feed.detach(rig.home.session)  # as before the first server: a page stands there
        await until(rig.window.isActiveWindow)
        assert rig.window.focusWidget() is not rig.window.sidebar
        rig.window.feed.attach(rig.home.session)
        await until(rig.window.table.hasFocus)

    play(run, scene)


def test_icon_of_a_selected_row_stands_out_from_the_selection(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        table = rig.window.table
        rig.select("A")
        wanted = table.palette().highlightedText().color()

        def stands_out() -> bool:
            box = table.visualRect(table.currentIndex().siblingAtColumn(rig.window.model.column("name")))
            picture = table.viewport().grab(box.adjusted(0, 0, -box.width() + 24, 0)).toImage()
            places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
            return any(picture.pixelColor(x, y) == wanted for x, y in places)

        await until(stands_out)

    play(run, scene)


def test_tab_comes_to_a_notice_before_it_comes_to_the_list(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.notices.show_error("the first fault")
        for tab in ("peers", "trackers", "content"):
            rig.window.details.panel(tab)
        rig.window.notices.show_error("a fault", retry=lambda: None, details="more")
        bar, between = rig.window.notices, []
        each: QWidget | None = bar.findChildren(QAbstractButton)[0]
        while each is not None and each is not rig.window.table:
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and not bar.isAncestorOf(each):
                between.append(each)
            each = each.nextInFocusChain()
        assert not between

    play(run, scene)
