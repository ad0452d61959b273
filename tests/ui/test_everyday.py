"""The day's work counted in actions, by mouse and by keys, beside qBittorrent's own window: never more than there."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QToolButton,
    QWidget,
)

from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.add.links_dialog import LinksDialog
from qbt_remote.ui.admin.speed_limits import SpeedLimitsDialog
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog
from qbt_remote.ui.torrents.remove_dialog import RemoveDialog
from qbt_remote.ui.torrents.trackers_dialog import BECOMES, TrackersDialog
from tests.conftest import Run
from tests.real.scene import tiny
from tests.ui.conftest import until
from tests.ui.everyday import ALT, CTRL, RIGHT, SHIFT, Person, plain
from tests.ui.rig import Rig, play, three_torrents

Key = Qt.Key
D = TypeVar("D", bound=QDialog)
MAGNET = f"magnet:?xt=urn:btih:{7:040x}&dn=Voyage"
OLD, NEW = "http://one.test/announce", "http://two.test/announce"
Do = Callable[[Rig, Person, Path], Awaitable[None]]


class Counted(NamedTuple):
    """What it takes in qBittorrent's own window, and how that was counted in its source (5.2, src/gui)."""

    mouse: int
    keys: int
    by_mouse: str
    by_keys: str


# Every menu, click, key and typed text is 1.  Where it takes "Tab" an unknown number of times it is counted once.
QBITTORRENT = {
    "magnet from the clipboard": Counted(
        3,
        2,
        "Add torrent link in the toolbar (downloadfromurldialog.cpp fills it in), Download, OK",
        "Ctrl+V (MainWindow::keyPressEvent), Return in the add dialog",
    ),
    "two files with a category": Counted(
        10,
        9,
        "Add torrent file, a file, Ctrl+click, Open; for each of the two dialogs: drop-down, category, OK",
        "Ctrl+O, both names, Return; for each: Tab to the category (it has no mnemonic), its name, Return",
    ),
    "find and remove with files": Counted(
        6,
        7,
        "filter box, text, row, Remove in the toolbar, Also remove the content files, Remove",
        "Ctrl+F, text, Tab to the list, Down, Shift+Del, Tab from Cancel (deletionconfirmationdialog.cpp), Return",
    ),
    "change a tracker": Counted(
        5,
        7,
        "right-click, Edit trackers…, all of the text, the new one, OK; or row, tab, double-click, text, OK",
        "Down, Menu, K, Ctrl+A, the new one, Tab to OK, Return",
    ),
    "a global limit": Counted(
        4,
        5,
        "speed in the status bar, the number (a slider is first in speedlimitdialog.ui), text, OK",
        "Alt+O, Down to the page Speed, Tab to the number, text, Return",
    ),
    "bulk category": Counted(
        5,
        5,
        "first row, Shift+click on the last, right-click, Category, its name",
        "Ctrl+A, Menu, G, Up (names have no mnemonics), Return",
    ),
    "one preference": Counted(
        4,
        5,
        "Options in the toolbar, page, box, OK",
        "Alt+O, Down to the page, Tab to the box, Space, Return",
    ),
}


def button(rig: Rig, command: str) -> QWidget:
    """A command's button in the toolbar."""
    made = rig.window.tools.widgetForAction(rig.action(command))
    assert isinstance(made, QToolButton)
    return made


async def shown(kind: type[D]) -> D:
    """Wait for a dialog of a kind, in front."""

    def found() -> Any:
        return next(
            (w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible() and w.isActiveWindow()),
            None,
        )

    dialog = await until(found)
    assert isinstance(dialog, kind)
    return dialog


async def ready(dialog: AddDialog, count: int = 1) -> AddDialog:
    """It has read what was given, and takes Return."""
    await until(lambda: dialog.model.rowCount() == count and dialog.add_button.isEnabled())
    await until(dialog.add_button.isDefault)
    return dialog


# magnet from the clipboard


async def magnet_by_mouse(rig: Rig, person: Person, _folder: Path) -> None:
    QGuiApplication.clipboard().setText(MAGNET)
    await person.click(button(rig, "add_links"))
    links = await shown(LinksDialog)
    await person.click(links.proceed)
    await person.click((await ready(await shown(AddDialog))).add_button)
    await until(lambda: rig.home.calls("torrents/add"))


async def magnet_by_keys(rig: Rig, person: Person, _folder: Path) -> None:
    QGuiApplication.clipboard().setText(MAGNET)
    person.press(Key.Key_V, CTRL)
    await ready(await shown(AddDialog))
    person.press(Key.Key_Return)
    await until(lambda: rig.home.calls("torrents/add"))


# two files with a category


async def files_by_mouse(rig: Rig, person: Person, folder: Path) -> None:
    rig.settings.window.folders["add"] = str(folder)
    await person.click(button(rig, "add_files"))
    files = await shown(QFileDialog)
    names = files.findChild(QLineEdit)
    assert names is not None
    view = next(
        v for v in files.findChildren(QAbstractItemView) if v.objectName() in ("treeView", "listView") and v.isVisible()
    )
    await until(lambda: view.model().rowCount(view.rootIndex()) == 2)
    await person.click_row(view, "a.torrent")
    await until(lambda: "a.torrent" in names.text())
    await person.click_row(view, "b.torrent", modifiers=CTRL)
    await until(lambda: "a.torrent" in names.text() and "b.torrent" in names.text())
    await person.click(next(b for b in files.findChildren(QPushButton) if "Open" in b.text()))
    dialog = await ready(await shown(AddDialog), 2)
    await person.pick(dialog.form.where.category, "linux")
    await person.click(dialog.add_button)
    await both_in_linux(rig)


async def files_by_keys(rig: Rig, person: Person, folder: Path) -> None:
    person.press(Key.Key_O, CTRL)
    await shown(QFileDialog)
    person.type(" ".join(f'"{folder / name}"' for name in ("a.torrent", "b.torrent")))
    person.press(Key.Key_Return)
    await ready(await shown(AddDialog), 2)
    person.press(Key.Key_G, ALT)
    person.type("linux")
    person.press(Key.Key_Return)
    await both_in_linux(rig)


async def both_in_linux(rig: Rig) -> None:
    def done() -> bool:
        return [t.category for t in rig.home.session.mirror.torrents.values()].count("linux") == 2

    await until(done)


# find and remove with files


async def removal_by_mouse(rig: Rig, person: Person, _folder: Path) -> None:
    await person.click(rig.window.filter_box)
    person.type("B")
    await person.click_row(rig.window.table, "B", rig.window.model.column("name"))
    await person.click(button(rig, "remove"))
    question = await shown(RemoveDialog)
    await person.click(next(b for b in question.findChildren(QCheckBox) if "files" in b.text()), QPoint(8, 8))
    await person.click(question.ok)
    await removed(rig)


async def removal_by_keys(rig: Rig, person: Person, _folder: Path) -> None:
    person.press(Key.Key_F, CTRL)
    person.type("B")
    person.press(Key.Key_Return)
    person.press(Key.Key_Delete, SHIFT)
    question = await shown(RemoveDialog)
    assert question.cancel.hasFocus(), "as in qBittorrent"
    person.press(Key.Key_Tab, SHIFT)
    assert question.ok.hasFocus()
    person.press(Key.Key_Return)
    await removed(rig)


async def removed(rig: Rig) -> None:
    b = next(t.hash for t in rig.home.session.mirror.torrents.values() if t.name == "B")
    await until(lambda: rig.home.calls("torrents/delete"))
    assert rig.home.calls("torrents/delete") == [{"hashes": b, "deleteFiles": "true"}]


# change a tracker


async def tracker_by_mouse(rig: Rig, person: Person, _folder: Path) -> None:
    await person.click_row(rig.window.table, "A", rig.window.model.column("name"), RIGHT)
    await person.choose("Edit trackers…")
    dialog = await shown(TrackersDialog)
    table = dialog.findChild(QTableWidget)
    assert table is not None
    await person.click_row(table, OLD, BECOMES, double=True)
    person.type(NEW)
    await person.click(dialog.ok)
    await changed(rig)


async def tracker_by_keys(rig: Rig, person: Person, _folder: Path) -> None:
    person.press(Key.Key_Down)
    person.press(Key.Key_T, ALT)
    person.press(Key.Key_K)
    table = (await shown(TrackersDialog)).findChild(QTableWidget)
    assert table is not None
    person.type(NEW)
    person.press(Key.Key_Return)
    await until(table.hasFocus)  # the line is closed in a later turn
    person.press(Key.Key_Return)
    await changed(rig)


async def changed(rig: Rig) -> None:
    await until(lambda: NEW in rig.home.world.trackers and OLD not in rig.home.world.trackers)


# a global limit


async def limit_by_mouse(rig: Rig, person: Person, _folder: Path) -> None:
    speed = next(b for b in rig.window.status.findChildren(QToolButton) if b.accessibleName().startswith("Download sp"))
    await person.click(speed)
    await shown(SpeedLimitsDialog)
    person.type("500")
    person.press(Key.Key_Return)
    await until(lambda: sent(rig))
    assert list(sent(rig)[0].values()) == [500 * 1024]


async def limit_by_keys(rig: Rig, person: Person, _folder: Path) -> None:
    person.press(Key.Key_L, ALT)
    person.press(Key.Key_L)
    await shown(SpeedLimitsDialog)
    person.type("500")
    person.press(Key.Key_Return)
    await until(lambda: sent(rig))
    assert list(sent(rig)[0].values()) == [500 * 1024]


def sent(rig: Rig) -> list[dict[str, Any]]:
    return [json.loads(form["json"]) for form in rig.home.calls("app/setPreferences")]


# bulk category


async def category_by_mouse(rig: Rig, person: Person, _folder: Path) -> None:
    name = rig.window.model.column("name")
    await person.click_row(rig.window.table, "A", name)
    await person.click_row(rig.window.table, "C", name, modifiers=SHIFT)
    await person.click_row(rig.window.table, "B", name, RIGHT)
    await person.choose("Category")
    await person.choose("linux")
    await all_in_linux(rig)


async def category_by_keys(rig: Rig, person: Person, _folder: Path) -> None:
    person.press(Key.Key_A, CTRL)
    await until(rig.action("remove").isEnabled)  # what needs a selection is so a turn later
    person.press(Key.Key_T, ALT)
    person.press(Key.Key_C)
    await until(lambda: plain(getattr(QApplication.activePopupWidget(), "title", str)()) == "Category")
    person.press(Key.Key_Up)
    person.press(Key.Key_Return)
    await all_in_linux(rig)


async def all_in_linux(rig: Rig) -> None:
    await until(lambda: {t.category for t in rig.home.session.mirror.torrents.values()} == {"linux"})


# one preference


async def preference_by_mouse(rig: Rig, person: Person, _folder: Path) -> None:
    await person.click(button(rig, "options"))
    dialog = await shown(PreferencesDialog)
    await person.click_row(dialog.form.pages, "BitTorrent")
    await until(lambda: dialog.form.page_in_view == "bittorrent")
    box = dialog.form.row("dht").input.focus
    await person.click(box, QPoint(8, box.height() // 2))
    await person.click(dialog.ok_button)
    await until(lambda: not rig.window.findChildren(PreferencesDialog))
    assert sent(rig) == [{"dht": False}]


async def preference_by_keys(rig: Rig, person: Person, _folder: Path) -> None:
    person.press(Key.Key_O, ALT)
    await shown(PreferencesDialog)
    person.type("enable dht")
    person.press(Key.Key_Down)
    person.press(Key.Key_Space)
    person.press(Key.Key_Return, CTRL)
    await until(lambda: not rig.window.findChildren(PreferencesDialog))
    assert sent(rig) == [{"dht": False}]


TASKS: dict[str, tuple[Do, Do]] = {
    "magnet from the clipboard": (magnet_by_mouse, magnet_by_keys),
    "two files with a category": (files_by_mouse, files_by_keys),
    "find and remove with files": (removal_by_mouse, removal_by_keys),
    "change a tracker": (tracker_by_mouse, tracker_by_keys),
    "a global limit": (limit_by_mouse, limit_by_keys),
    "bulk category": (category_by_mouse, category_by_keys),
    "one preference": (preference_by_mouse, preference_by_keys),
}


def before(rig: Rig) -> None:
    three_torrents(rig)
    world = rig.home.world
    world.set_trackers(next(h for h, row in world.torrents.items() if row["name"] == "A"), [OLD])
    world.preferences |= {"dht": True, "dl_limit": 0, "up_limit": 0, "alt_dl_limit": 0, "alt_up_limit": 0}


async def stand_ready(rig: Rig) -> None:
    """The list has the focus, on nothing; it is sorted by name."""
    window = rig.window
    window.table.sortByColumn(window.model.column("name"), Qt.SortOrder.AscendingOrder)
    await until(lambda: [t.name for t in window.model.rows] == ["A", "B", "C"])
    window.activateWindow()
    await until(window.isActiveWindow)
    window.table.clearSelection()
    window.table.selectionModel().clearCurrentIndex()
    window.table.setFocus()


@pytest.mark.parametrize("way", ["mouse", "keys"])
@pytest.mark.parametrize("task", TASKS)
def test_the_days_work_takes_no_more_actions_than_in_qbittorrents_own_window(
    run: Run, tmp_path: Path, record_property: Callable[[str, object], None], task: str, way: str
) -> None:
    for number, name in enumerate("ab"):
        (tmp_path / f"{name}.torrent").write_bytes(tiny(900 + number).torrent)
    person = Person()

    async def scene(rig: Rig) -> None:
        await stand_ready(rig)
        await TASKS[task][way == "keys"](rig, person, tmp_path)

    play(run, scene, before=before)

    there = QBITTORRENT[task].keys if way == "keys" else QBITTORRENT[task].mouse
    record_property("actions", f"{task}, {way}: {person.actions}, qBittorrent {there}")
    print(f"\n{task}, {way}: {person.actions}, qBittorrent {there}")
    assert person.actions <= there


def test_a_category_is_left_out_by_one_action(run: Run) -> None:
    def with_one(rig: Rig) -> None:
        before(rig)
        rig.home.world.set(next(iter(rig.home.world.torrents)), category="linux")

    async def scene(rig: Rig) -> None:
        await stand_ready(rig)
        person, sidebar = Person(), rig.window.sidebar
        index = sidebar.model().find("category", "linux")  # type: ignore[attr-defined]  # SidebarModel
        sidebar.scrollTo(index)

        await person.click(sidebar.viewport(), sidebar.visualRect(index).center(), modifiers=SHIFT)

        await until(lambda: rig.window.model.rowCount() == 2)
        assert person.actions == 1

    play(run, scene, before=with_one)
