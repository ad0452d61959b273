"""The sidebar of a rig: its entries, their counts and menus, and the list that it filters."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from qbt_remote.model.sidebar import COUNT_ROLE
from qbt_remote.ui.filtering.entry_menu import entry_menu
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.window.entry_commands import ENTRY_ROWS
from tests.ui.conftest import until
from tests.ui.rig import Rig, open_dialog

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def entry(rig: Rig, section: str, key: str | None) -> QModelIndex:
    found: QModelIndex = rig.window.sidebar.model().find(section, key)  # type: ignore[attr-defined]  # SidebarModel
    return found


def click(
    rig: Rig, section: str, key: str | None, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
) -> None:
    sidebar = rig.window.sidebar
    index = entry(rig, section, key)
    sidebar.scrollTo(index)
    QTest.mouseClick(sidebar.viewport(), button, keys, sidebar.visualRect(index).center())


def shown(rig: Rig) -> set[str]:
    return {t.name for t in rig.window.model.rows}


def count(rig: Rig, section: str, key: str | None) -> int:
    return int(entry(rig, section, key).data(COUNT_ROLE))


def tagged(rig: Rig) -> None:
    """One without a tag, one with each, one with both; in folders, with trackers, with errors."""
    world = rig.home.world
    world.add("none", save_path="/a", state="uploading", progress=1)
    world.add(
        "x", tags="x", category="films", save_path="/a/", trackers=["http://one.test/announce"], has_tracker_error=True
    )
    world.add("y", tags="y", category="films/new", save_path="/b", trackers=["http://two.test/announce"])
    world.add("both", tags="x, y", save_path="/b", has_tracker_warning=True)
    for tag in ("x", "y"):
        world.add_tag(tag)
    for category in ("films", "films/new"):
        world.add_category(category)


def entries(rig: Rig, section: str, key: str | None) -> dict[str, QAction]:
    menu = entry_menu(ENTRY_ROWS, rig.window.sidebar, rig.window.context(), section, key)
    return {a.text().replace("&", "").partition("\t")[0]: a for a in menu.actions() if a.text()}


async def asked(rig: Rig, section: str, key: str | None, choice: str) -> FormDialog:
    entries(rig, section, key)[choice].trigger()
    dialog = await until(open_dialog)
    assert isinstance(dialog, FormDialog)
    return dialog
