"""Paths on a server: completed while they are typed, and chosen among its folders."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from qbt_remote.ui.folders.folder_picker import FolderPicker
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.dialogs import FormDialog
from tests.conftest import Run
from tests.sim.faults import FAILED
from tests.ui.conftest import until
from tests.ui.rig import Rig, part, play, three_torrents


def disk(*folders: str) -> Callable[[Rig], None]:
    def before(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.disk.make(*folders)
        rig.home.world.set(next(iter(rig.home.world.torrents)), save_path="/srv/films")

    return before


POSIX = disk("/downloads", "/srv/films/new", "/srv/films/old", "/srv/fiction", "/srv/music", "/srv/.hidden/deep")


async def location(rig: Rig) -> tuple[FormDialog, PathEdit]:
    rig.select("A")
    dialog = await rig.question("set_location")
    return dialog, part(dialog, PathEdit)


async def picker(rig: Rig, edit: PathEdit, *, by_key: bool = False) -> FolderPicker:
    if by_key:
        edit.window().activateWindow()
        await until(edit.isActiveWindow)
        edit.edit.setFocus()
        QTest.keyClick(edit.edit, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    else:
        edit.button.click()

    def find() -> FolderPicker | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, FolderPicker) and w.isVisible()), None)

    opened = await until(find)
    assert isinstance(opened, FolderPicker)
    return opened


def offered(edit: PathEdit) -> list[str]:
    completer = edit.edit.completer()
    assert completer is not None
    model = completer.completionModel()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def current(picker: FolderPicker) -> str:
    item = picker.tree.currentItem()
    return item.text(0) if item else ""


async def shown(picker: FolderPicker, *names: str) -> None:
    """Wait until the folders with these names can be seen."""

    def seen() -> bool:
        found = [item for name in names for item in picker.tree.findItems(name, Qt.MatchFlag.MatchRecursive)]
        return len(found) >= len(names) and all(not picker.tree.visualItemRect(item).isEmpty() for item in found)

    await until(seen)


def test_what_is_typed_is_completed_from_the_servers_folders(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        edit.edit.clear()
        QTest.keyClicks(edit.edit, "/srv/fi")

        await until(lambda: offered(edit) == ["/srv/fiction", "/srv/films"])

        QTest.keyClicks(edit.edit, "l")
        assert offered(edit) == ["/srv/films"]
        assert [form["dirPath"] for form in rig.home.calls("app/getDirectoryContent")] == ["/srv"]
        dialog.reject()

    play(run, scene, before=POSIX)


def test_a_server_before_5_0_completes_with_the_paths_it_is_known_to_use(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        edit.edit.clear()
        QTest.keyClicks(edit.edit, "/s")

        await until(lambda: offered(edit) == ["/srv/films"])

        assert rig.home.calls("app/getDirectoryContent") == []
        dialog.reject()

    play(run, scene, "4.5.2", before=POSIX)


def test_down_shows_what_is_known(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.add["paths"] = {rig.home.config.id: ["/used/before"]}
        dialog, edit = await location(rig)
        edit.edit.clear()

        QTest.keyClick(edit.edit, Qt.Key.Key_Down)

        assert {"/used/before", "/srv/films"} <= set(offered(edit))
        popup = QApplication.activePopupWidget()
        assert popup is not None
        popup.close()
        dialog.reject()

    play(run, scene, before=POSIX)


def test_a_folder_is_chosen_by_keys_alone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        opened = await picker(rig, edit, by_key=True)
        await until(lambda: current(opened) == "films")

        QTest.keyClick(opened.tree, Qt.Key.Key_Right)
        await shown(opened, "new", "old")
        QTest.keyClick(opened.tree, Qt.Key.Key_Down)
        QTest.keyClick(opened.tree, Qt.Key.Key_Return)

        await until(lambda: edit.text() == "/srv/films/new")
        await rig.answer(dialog, "set_location")
        await until(lambda: [form["location"] for form in rig.home.calls("torrents/setLocation")] == ["/srv/films/new"])
        assert rig.settings.add["paths"][rig.home.config.id] == ["/srv/films/new"]

    play(run, scene, before=POSIX)


def test_folders_are_read_only_as_they_are_opened(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        opened = await picker(rig, edit)
        await until(lambda: current(opened) == "films")

        assert [form["dirPath"] for form in rig.home.calls("app/getDirectoryContent")] == ["/", "/srv", "/srv/films"]
        opened.reject()
        dialog.reject()

    play(run, scene, before=POSIX)


def test_a_folder_that_does_not_exist_is_said_and_can_be_chosen(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        edit.setText("/srv/films/not yet/there")
        opened = await picker(rig, edit)

        await until(lambda: "/srv/films/not yet does not exist" in opened.note.text())

        assert current(opened) == "films"
        opened.ok.click()
        await until(lambda: not opened.isVisible())
        assert edit.text() == "/srv/films/not yet/there"
        dialog.reject()

    play(run, scene, before=POSIX)


def test_a_hidden_folder_is_found_by_its_path(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        edit.setText("/srv/.hidden/deep")
        opened = await picker(rig, edit)

        await until(lambda: current(opened) == "deep")

        opened.reject()
        dialog.reject()

    play(run, scene, before=POSIX)


def test_the_folders_of_a_windows_server_begin_at_its_drives(run: Run) -> None:
    def windows(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.preferences["save_path"] = "D:\\Torrents"
        rig.home.world.disk.make("C:/Users/me", "D:/Torrents/new")

    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        edit.setText("D:\\Torrents")
        opened = await picker(rig, edit)
        await until(lambda: current(opened) == "Torrents")
        tops = [opened.tree.topLevelItem(row) for row in range(opened.tree.topLevelItemCount())]

        assert [item.text(0) for item in tops if item] == ["C:/", "D:/"]

        QTest.keyClick(opened.tree, Qt.Key.Key_Right)
        await shown(opened, "new")
        QTest.keyClick(opened.tree, Qt.Key.Key_Down)
        assert opened.path.text() == "D:\\Torrents\\new"
        opened.reject()
        dialog.reject()

    play(run, scene, before=windows)


def test_a_server_that_cannot_list_folders_offers_the_known_ones_and_says_why(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        opened = await picker(rig, edit)

        await until(lambda: "needs qBittorrent 5.0" in opened.note.text())

        assert not opened.tree.isVisible()
        rows = [opened.places.item(row).text() for row in range(opened.places.count())]
        assert rows == ["Torrents", "/downloads", "/srv/films"]
        QTest.mouseClick(
            opened.places.viewport(),
            Qt.MouseButton.LeftButton,
            pos=opened.places.visualItemRect(opened.places.item(1)).center(),
        )
        assert opened.path.text() == "/downloads"
        opened.reject()
        dialog.reject()

    play(run, scene, "4.5.2", before=POSIX)


def test_a_favourite_is_kept_for_its_server(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        opened = await picker(rig, edit)
        await until(lambda: current(opened) == "films")

        opened.mark.click()

        assert rig.settings.add["favourites"] == {rig.home.config.id: ["/srv/films"]}
        titles = [opened.places.item(row).text() for row in range(3)]
        assert titles == ["Default save path", "Favourites", "/srv/films"]
        opened.mark.click()
        assert rig.settings.add["favourites"] == {rig.home.config.id: []}
        opened.reject()
        dialog.reject()

    play(run, scene, before=POSIX)


def test_a_refusal_of_the_server_is_said_in_the_dialog(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog, edit = await location(rig)
        rig.home.link.plan("app/getDirectoryContent", FAILED)
        opened = await picker(rig, edit)

        await until(lambda: "home" in opened.note.text())

        opened.reject()
        dialog.reject()

    play(run, scene, before=POSIX)


def test_the_folders_of_a_category_are_completed_and_chosen_too(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("new_category")
        QTest.keyClicks(part(dialog, QLineEdit), "films")
        save, incomplete = dialog.findChildren(PathEdit)
        assert not incomplete.isEnabled()
        QTest.keyClicks(save.edit, "/srv/fil")
        await until(lambda: offered(save) == ["/srv/films"])
        save.setText("/srv/films")
        opened = await picker(rig, save)
        await until(lambda: current(opened) == "films")
        opened.reject()

        part(dialog, QComboBox).setCurrentIndex(1)
        QTest.keyClicks(incomplete.edit, "/srv/music ")
        await rig.answer(dialog, "new_category")
        await until(lambda: rig.home.torrent("A").category == "films")
        (sent,) = rig.home.calls("torrents/createCategory")
        assert (sent["savePath"], sent["downloadPath"]) == ("/srv/films", "/srv/music")

    play(run, scene, before=POSIX)
