"""The sections of the sidebar: the servers first if there are several, then as the user orders and hides them."""

from __future__ import annotations

import json

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from qbt_remote.model.sidebar import Entry, SidebarModel
from qbt_remote.sync.filtering.filters import Pick, only
from qbt_remote.ui.filtering.sidebar import Sidebar
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import click, entry, tagged
from tests.ui.rig import Rig, mnemonic, play

NATIVE = ["view", "status", "category", "tag", "tracker", "path"]


def heading(rig: Rig, section: str) -> QPoint:
    sidebar = rig.window.sidebar
    title = entry(rig, section, None).parent()
    sidebar.scrollTo(title)
    return sidebar.visualRect(title).center()


async def menu_at(rig: Rig, where: QPoint) -> QMenu:
    """Click with the right button there."""
    view = rig.window.sidebar.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(reason, where, view.mapToGlobal(where)))
    menu = await until(QApplication.activePopupWidget)
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> dict[str, QAction]:
    return {a.text().replace("&", ""): a for a in menu.actions() if a.text()}


async def choose(rig: Rig, section: str, text: str) -> None:
    menu = await menu_at(rig, heading(rig, section))
    action = texts(menu)[text]
    assert action.isEnabled()
    action.trigger()
    menu.close()


def test_servers_are_first_if_there_are_several(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert rig.window.sidebar.sections() == ["server", *NATIVE]
        rig.window.feed.detach(rig.servers[1].session)
        assert rig.window.sidebar.sections() == [*NATIVE, "server"]
        rig.window.feed.attach(rig.servers[1].session)
        assert rig.window.sidebar.sections() == ["server", *NATIVE]

    play(run, scene, "5.3.0", "5.1.0")


def test_a_heading_has_a_menu_about_its_section(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        own = {"category": ["New category…", "Remove unused…"], "tag": ["New tags…", "Remove unused…"], "status": []}
        own |= {"server": ["Add a server…", "Servers…"], "view": ["Save view…"], "path": [], "tracker": []}
        for section, commands in own.items():
            menu = await menu_at(rig, heading(rig, section))
            found = list(texts(menu))
            assert found[: len(commands)] == commands
            assert found[len(commands) : len(commands) + 2] == ["Move up", "Move down"]
            assert found[-2].startswith("Hide “") and found[-1] == "Sections"
            letters = [letter for action in menu.actions() if (letter := mnemonic(action.text()))]
            assert sorted(set(letters)) == sorted(letters), section
            menu.close()

    play(run, scene, "5.3.0", "5.1.0")


def test_sections_are_moved_hidden_shown_again_and_remembered(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        sidebar, kept = rig.window.sidebar, rig.settings.sidebar
        rig.window.sidebar.setExpanded(entry(rig, "tag", None).parent(), False)
        await choose(rig, "tracker", "Move up")
        await choose(rig, "view", "Move down")
        assert sidebar.sections() == ["status", "view", "category", "tracker", "tag", "path", "server"]
        assert kept["order"] == sidebar.sections()
        assert not sidebar.isExpanded(entry(rig, "tag", None).parent())
        assert sidebar.isExpanded(entry(rig, "tracker", None).parent())

        click(rig, "tag", None)
        sidebar.pick("tag", "big")
        await choose(rig, "tag", "Hide “Tags”")
        assert "tag" not in sidebar.sections() and kept["hidden"] == ["tag"]
        assert sidebar.picks() == {}  # nobody would see what filters
        await choose(rig, "path", "Move up")
        assert sidebar.sections() == ["status", "view", "category", "path", "tracker", "server"]

        sidebar.set_picks({"tag": only("big")})  # as a saved view does
        assert "tag" in sidebar.sections()
        sidebar.set_picks({})
        assert "tag" not in sidebar.sections()

        rig.action("section_tag").trigger()
        await until(lambda: "tag" in sidebar.sections())
        menu = await menu_at(rig, heading(rig, "path"))
        inside = texts(menu)["Sections"].menu()
        assert isinstance(inside, QMenu)
        texts(inside)["Default order"].trigger()
        menu.close()
        assert sidebar.sections() == [*NATIVE, "server"]
        assert sidebar.pick_of("tag") == Pick()

    play(run, scene, "5.3.0")


def test_entries_are_picked_where_they_stand_after_a_move(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        sidebar = rig.window.sidebar
        await choose(rig, "tag", "Move up")
        click(rig, "tag", "big")
        assert sidebar.picks() == {"tag": only("big")}
        sidebar.setFocus()
        QTest.keyClick(sidebar, Qt.Key.Key_Down)
        assert sidebar.picks() == {"tag": only("old")}

    play(run, scene, "5.3.0")


def test_what_is_folded_is_remembered(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        sidebar = rig.window.sidebar
        sidebar.collapse(entry(rig, "status", None).parent())
        sidebar.expand(entry(rig, "path", None).parent())
        sidebar.expand(entry(rig, "category", "films"))
        rig.window.remember()
        remembered = json.loads(json.dumps(rig.settings.sidebar))

        again = Sidebar()
        again.folds.restore(remembered["folds"])
        model = again.model()
        assert isinstance(model, SidebarModel)
        assert not again.isExpanded(model.title("status")) and again.isExpanded(model.title("path"))
        again.fill("category", [Entry("films", "films"), Entry("films/new", "new"), Entry("music", "music")])
        assert again.isExpanded(model.find("category", "films"))
        again.collapse(model.find("category", "films"))
        again.folds.restore({"sections": {"status": "?", "path": 1}, "unfolded": [["category"], 3, ["tag", None]]})
        assert not again.isExpanded(model.find("category", "films")) and again.isExpanded(model.title("path"))
        again.folds.restore({"sections": 1, "unfolded": None})

    play(run, scene, before=tagged)


def test_the_menu_of_sections_stays_open(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        menu = await menu_at(rig, heading(rig, "status"))
        inside = texts(menu)["Sections"].menu()
        assert isinstance(inside, QMenu)
        inside.popup(QPoint(20, 20))
        await until(inside.isVisible)
        for name in ("Tags", "Trackers"):
            QTest.mouseClick(inside, Qt.MouseButton.LeftButton, pos=inside.actionGeometry(texts(inside)[name]).center())
        assert inside.isVisible()
        assert [texts(inside)[name].isChecked() for name in ("Tags", "Trackers", "Views")] == [False, False, True]
        assert {"tag", "tracker"}.isdisjoint(rig.window.sidebar.sections())
        inside.close()
        menu.close()

    play(run, scene)
