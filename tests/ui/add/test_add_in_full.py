"""The add dialog with all its choices, over simulated servers of several releases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.api.adding.given import Given
from qbt_remote.sync.filtering.filters import only
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.add.parts.entries import RESULT
from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.sim.metadata import Metadata
from tests.ui.conftest import until
from tests.ui.rig import Rig, play, three_torrents

HASHES = [f"{n:040x}" for n in range(0xA000, 0xA100)]
GIB = 1 << 30
FILES = (("pack/a.mkv", 3 * GIB), ("pack/b.mkv", GIB), ("pack/c.txt", 9))
ONE, TWO = "http://one.test/announce", "http://two.test/announce"


def magnet(n: int = 0, *, more: str = "") -> str:
    return f"magnet:?xt=urn:btih:{HASHES[n]}&dn=Torrent%20{n}{more}"


def links(*given: str) -> Given:
    return Given(given)


async def opened(rig: Rig, given: Given, options: AddOptions | None = None) -> AddDialog:
    """Give something to the window and wait until its dialog has read it."""
    rig.window.add(given, options)
    dialog = await until(the_dialog)
    assert isinstance(dialog, AddDialog)
    count = len(list(given))
    await until(lambda: dialog.model.rowCount() >= count and dialog.add_button.isEnabled())
    return dialog


def the_dialog() -> AddDialog | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()), None)


def result(dialog: AddDialog, row: int = 0) -> str:
    return str(dialog.model.index(row, RESULT).data() or "")


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def add(rig: Rig, dialog: AddDialog) -> None:
    press(dialog.add_button)
    await rig.done("Add torrents")


def uncheck(dialog: AddDialog, name: str) -> None:
    """Take a file out, by its key in the tree."""
    table = dialog.files.tree.table
    node = next(node for node in dialog.files.model.shown if node.name == name)
    table.setCurrentIndex(dialog.files.model.index(dialog.files.model.index_of(node), 0))
    QTest.keyClick(table, Qt.Key.Key_Space)


def shows_files(dialog: AddDialog) -> Callable[[], bool]:
    return dialog.files.tree.isVisible


def priorities(rig: Rig, torrent_hash: str) -> list[int]:
    return [row["priority"] for row in rig.home.world.files[torrent_hash]]


@pytest.fixture
def pack(tmp_path: Path) -> Sample:
    sample = make(tmp_path, "pack", {"a.bin": 20_000, "b.bin": 30_000, "sub/c.bin": 10}, trackers=[ONE, TWO])
    (tmp_path / "pack.torrent").write_bytes(sample.torrent)
    return sample


# files


@pytest.mark.parametrize("release", ["4.2.5", "5.1.0", "5.3.0"])
def test_files_are_chosen_before_a_torrent_is_added(run: Run, tmp_path: Path, pack: Sample, release: str) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, Given((tmp_path / "pack.torrent",)))
        await until(shows_files(dialog))
        uncheck(dialog, "b.bin")
        assert result(dialog) == "2 of 3 files"

        await add(rig, dialog)

        assert priorities(rig, pack.hash) == [1, 0, 1]
        assert the_dialog() is None

    play(run, scene, release)


def test_the_files_of_a_magnet_are_fetched_by_the_server_and_chosen(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        note, bar = dialog.files.note, dialog.files.progress
        await until(lambda: note.text().startswith("Retrieving metadata… 0:0"))
        assert bar.isVisible()
        before = bar.place
        await until(lambda: bar.place != before)
        await until(lambda: note.text() == "Retrieving metadata… 0:01")
        rig.home.world.swarm[magnet()] = Metadata(HASHES[0], "pack", FILES)
        await until(shows_files(dialog))
        assert "4.00 GiB" in dialog.summary.text()
        uncheck(dialog, "a.mkv")
        assert dialog.summary.text() == "1 torrent, 1.00 GiB of 4.00 GiB"

        await add(rig, dialog)

        assert priorities(rig, HASHES[0]) == [0, 1, 1]

    play(run, scene)


@pytest.mark.parametrize("given", ["file", "magnet"])
def test_what_the_server_says_of_the_files_is_where_choosing_them_begins(
    run: Run, tmp_path: Path, pack: Sample, given: str
) -> None:
    """The server excludes files by their names, and says so when it reads or has fetched a torrent."""

    async def scene(rig: Rig) -> None:
        rig.home.world.excluded = ("b.*",)
        files = tuple((f"pack/{name}", 5) for name in ("a.bin", "b.bin", "sub/c.bin"))
        rig.home.world.swarm[magnet()] = Metadata(HASHES[0], "pack", files)
        dialog = await opened(rig, links(magnet()) if given == "magnet" else Given((tmp_path / "pack.torrent",)))
        await until(shows_files(dialog))
        assert dialog.files.model.priorities() == [1, 0, 1]
        await until(lambda: result(dialog) == "2 of 3 files")
        uncheck(dialog, "a.bin")
        assert result(dialog) == "1 of 3 files"

        await add(rig, dialog)

        assert priorities(rig, HASHES[0] if given == "magnet" else pack.hash) == [0, 0, 1]

    play(run, scene)


def test_what_the_server_excludes_can_be_wanted_all_the_same(run: Run, tmp_path: Path, pack: Sample) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.excluded = ("b.*",)
        dialog = await opened(rig, Given((tmp_path / "pack.torrent",)))
        await until(lambda: result(dialog) == "2 of 3 files")
        uncheck(dialog, "b.bin")
        assert result(dialog) == "3 of 3 files"

        await add(rig, dialog)

        assert rig.home.calls("torrents/add")[-1]["filePriorities"] == "1,1,1"

    play(run, scene)


@pytest.mark.parametrize(("release", "hint"), [("4.2.5", "needs qBittorrent 5.2"), ("4.5.2", "stop condition")])
def test_an_older_server_says_when_the_files_of_a_magnet_are_known(run: Run, release: str, hint: str) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))

        said = dialog.files.note.text()
        assert said.startswith("The files will be listed once the server has the metadata.")
        assert hint in said
        dialog.reject()

    play(run, scene, release)


@pytest.mark.parametrize("more", ["", "&tr=http%3A%2F%2F192.168.1.1%2Fannounce"])
def test_nothing_is_fetched_unasked_of_several_links_or_for_the_servers_own_network(run: Run, more: str) -> None:
    async def scene(rig: Rig) -> None:
        given = [magnet(0, more=more)] + ([] if more else [magnet(1)])
        rig.window.add(links(*given))
        dialog = await until(the_dialog)
        await until(lambda: dialog.model.rowCount() == len(given))
        dialog.view.selectRow(0)
        await until(dialog.files.look.isVisible)
        assert rig.home.calls("torrents/fetchMetadata") == []

        rig.home.world.swarm[given[0]] = Metadata(HASHES[0], "pack", FILES)
        press(dialog.files.look)
        await until(shows_files(dialog))
        dialog.reject()

    play(run, scene)


def test_a_refused_source_is_said_and_can_be_asked_for_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        from tests.sim.faults import FAILED

        rig.home.link.plan("torrents/fetchMetadata", FAILED)
        dialog = await opened(rig, links(magnet()))

        await until(lambda: "home" in dialog.files.note.text())
        assert dialog.files.look.isVisible()
        dialog.reject()

    play(run, scene)


def test_what_a_torrent_says_of_itself_is_shown_and_what_was_fetched_is_saved(run: Run, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.swarm[magnet()] = Metadata(HASHES[0], "pa/ck", FILES, (ONE, TWO), private=True)
        dialog = await opened(rig, links(magnet()))
        dialog.form.tabs.setCurrentWidget(dialog.info)
        await until(lambda: dialog.info.values["v1"].text() == HASHES[0])
        assert dialog.info.values["private"].text() == "Yes"
        assert dialog.info.values["trackers"].text() == f"{ONE}\n{TWO}"

        assert dialog.info.save.isVisible()
        dialog.info.save_into(str(tmp_path))
        await until(dialog.info.said.text)

        assert (tmp_path / "pa_ck.torrent").read_bytes() == b"d4:infod4:name5:pa/ckee"
        dialog.reject()

    play(run, scene)


def test_ctrl_f_finds_files(run: Run, tmp_path: Path, pack: Sample) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, Given((tmp_path / "pack.torrent",)))
        await until(shows_files(dialog))
        dialog.form.tabs.setCurrentWidget(dialog.form.limits)
        dialog.activateWindow()
        await until(dialog.isActiveWindow)
        QTest.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        await until(dialog.files.tree.box.hasFocus)
        QTest.keyClicks(dialog.files.tree.box, "c.bin")

        assert [node.name for node in dialog.files.model.shown] == ["pack", "sub", "c.bin"]
        dialog.reject()

    play(run, scene)


# choices


def test_all_choices_arrive(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        form = dialog.form
        form.how.stop_condition.setCurrentText("Files checked")
        form.how.place.setCurrentText("At the top")
        form.how.layout_choice.setCurrentText("Don't create subfolder")
        form.how.incomplete.setCurrentText("In another folder")
        form.how.incomplete_path.setText("/half")
        form.limits.upload_limit.setValue(10)
        form.limits.ratio.set_value(1.5)
        form.limits.time.set_value(60)
        form.limits.inactive.set_value(-1)
        form.limits.mode.setCurrentText("All limits are reached")
        form.limits.action.setCurrentText("Remove torrent")
        form.where.path.setText("/srv/x")

        await add(rig, dialog)

        (sent,) = rig.home.calls("torrents/add")
        assert (
            sent.items()
            >= {
                "stopCondition": "FilesChecked",
                "addToTopOfQueue": "true",
                "contentLayout": "NoSubfolder",
                "useDownloadPath": "true",
                "downloadPath": "/half",
                "upLimit": "10240",
                "ratioLimit": "1.5",
                "seedingTimeLimit": "60",
                "inactiveSeedingTimeLimit": "-1",
                "shareLimitsMode": "MatchAll",
                "shareLimitAction": "Remove",
                "savepath": "/srv/x",
                "autoTMM": "false",
            }.items()
        )
        assert rig.settings.add["paths"][rig.home.config.id] == ["/srv/x", "/half"]

    play(run, scene)


def test_a_server_greys_what_it_is_too_old_for_and_is_not_sent_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        dialog.form.tabs.setCurrentWidget(dialog.form.how)
        dialog.form.how.stop_condition.setCurrentText("Files checked")
        dialog.server.setCurrentIndex(dialog.server.findData(rig.servers[1].config.id))

        field = next(field for field in dialog.form.how.fields if field.name == "stop_condition")
        assert field.row is not None
        assert (field.row.note.text(), field.row.isEnabled()) == ("Needs qBittorrent 4.5", False)
        assert not dialog.form.how.stop_condition.isVisible()
        await add(rig, dialog)

        (sent,) = rig.servers[1].calls("torrents/add")
        assert "stopCondition" not in sent

    play(run, scene, "5.3.0", "4.2.5")


def test_the_server_is_the_sidebars_else_the_selections_else_the_last_used(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox, attic = rig.servers

        async def chosen() -> str:
            dialog = await opened(rig, links(magnet()))
            dialog.reject()
            await until(lambda: not rig.window.adding.waiting())
            return dialog.server_id()

        rig.select()
        assert await chosen() == home.config.id
        rig.settings.add["server"] = attic.config.id
        assert await chosen() == attic.config.id
        rig.select("A2")
        assert await chosen() == seedbox.config.id
        rig.window.sidebar.set_picks({"server": only(home.config.id)})
        assert await chosen() == home.config.id

    play(run, scene, "5.3.0", "5.3.0", "5.3.0")


def test_the_folder_of_an_automatic_category_is_shown(run: Run) -> None:
    def before(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.add_category("films", "/srv/films")

    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        where = dialog.form.where
        where.management.setCurrentText("Automatic, by category")
        where.category.setEditText("films")
        assert where.path.edit.placeholderText() == "By the category: /srv/films"
        assert not where.path.isEnabled()

        where.category.setEditText("linux")
        await until(lambda: where.path.edit.placeholderText() == "By the category: /downloads/linux")
        dialog.reject()

    play(run, scene, before=before)


def test_too_little_room_is_said(run: Run) -> None:
    def before(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.disk.free["/small"] = GIB
        rig.home.world.swarm[magnet()] = Metadata(HASHES[0], "pack", FILES)

    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))
        await until(shows_files(dialog))
        await until(lambda: dialog.form.where.space.text() == "Size: 4.00 GiB, 93.13 GiB free")

        dialog.form.where.path.setText("/small/and/new")
        await until(lambda: dialog.form.where.space.text() == "Does not fit: 4.00 GiB needed, 1.00 GiB free")

        uncheck(dialog, "a.mkv")
        uncheck(dialog, "c.txt")
        assert dialog.form.where.space.text() == "Size: 1.00 GiB, 1.00 GiB free"
        dialog.reject()

    play(run, scene, before=before)


def test_an_older_server_tells_only_of_the_disk_of_its_default_path(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet()))

        await until(lambda: dialog.form.where.space.text() == "93.13 GiB free at the default save path")

        assert rig.home.calls("app/getFreeSpaceAtPath") == []
        dialog.reject()

    play(run, scene, "5.1.0")


def test_a_cookie_goes_to_the_hosts_that_are_said(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.swarm["http://feed.test/x"] = Metadata(HASHES[0], "pack", FILES)
        dialog = await opened(rig, links("http://feed.test/x"))
        dialog.form.tabs.setCurrentWidget(dialog.form.link)
        assert dialog.form.link.hosts.text() == "The server downloads from: feed.test"
        QTest.keyClicks(dialog.form.link.cookie, "uid=1; pass=2")

        await add(rig, dialog)

        assert {(c["domain"], c["name"], c["value"]) for c in rig.home.world.cookies} == {
            ("feed.test", "uid", "1"),
            ("feed.test", "pass", "2"),
        }
        assert "uid" not in str(rig.settings.add)

    play(run, scene)


def test_a_default_category_is_what_the_dialog_begins_with(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet(0)))
        dialog.form.where.category.setEditText("films")
        press(dialog.form.where.default_category)
        await add(rig, dialog)

        second = await opened(rig, links(magnet(1)))
        assert second.form.where.category.currentText() == "films"
        second.form.where.category.setEditText("once")
        second.form.where.default_category.setChecked(False)
        await add(rig, second)

        third = await opened(rig, links(magnet(2)))
        assert third.form.where.category.currentText() == "films"
        third.reject()

    play(run, scene)


def test_the_choices_of_the_last_time_are_taken_only_if_wanted(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet(0)))
        assert not dialog.habits.use_last.isEnabled(), "there was no last time"
        dialog.form.where.tags.setText("a")
        dialog.form.where.category.setEditText("films")
        await add(rig, dialog)

        second = await opened(rig, links(magnet(1)))
        assert (second.form.where.tags.text(), second.form.where.category.currentText()) == ("", "")
        second.form.where.rename.setText("this one")
        press(second.habits.use_last)
        assert (second.form.where.tags.text(), second.form.where.category.currentText()) == ("a", "films")
        assert second.form.where.rename.text() == "this one", "a name is one torrent's"
        press(second.habits.reset)
        assert (second.form.where.tags.text(), second.form.where.category.currentText()) == ("", "")
        second.form.where.tags.setText("b")
        press(second.habits.remember)
        await add(rig, second)

        third = await opened(rig, links(magnet(2)))
        assert third.form.where.tags.text() == "b"
        assert third.habits.remember.isChecked()
        third.reject()

    play(run, scene)


# own choices


def test_selected_torrents_have_their_own_choices(run: Run, tmp_path: Path, pack: Sample) -> None:
    async def scene(rig: Rig) -> None:
        given = Given((tmp_path / "pack.torrent", magnet(1), magnet(2)))
        dialog = await opened(rig, given)
        where = dialog.form.where
        where.category.setEditText("linux")
        assert not where.rename.isVisible()
        dialog.view.selectRow(0)
        dialog.own.for_selected.click()
        assert where.rename.isVisible()
        where.rename.setText("Other")
        where.start.click()
        await until(shows_files(dialog))
        uncheck(dialog, "a.bin")
        dialog.view.selectRow(2)
        assert where.rename.text() == ""
        where.category.setEditText("films")
        assert result(dialog, 0) == "2 of 3 files · Different name, start"
        assert result(dialog, 2) == "Different category"
        dialog.own.for_all.click()
        assert where.category.currentText() == "linux"
        where.tags.setText("shared")

        await add(rig, dialog)

        rows = rig.home.world.torrents
        assert [(rows[h]["category"], rows[h]["name"], rows[h]["tags"]) for h in (pack.hash, *HASHES[1:3])] == [
            ("linux", "Other", "shared"),
            ("linux", "Torrent 1", "shared"),
            ("films", "Torrent 2", "shared"),
        ]
        assert [rows[h]["state"] for h in (pack.hash, HASHES[1])] == ["stoppedDL", "metaDL"]
        assert priorities(rig, pack.hash) == [0, 1, 1]
        assert rig.settings.add["options"]["category"] == "linux"

    play(run, scene)


def test_own_choices_can_be_given_up(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet(0), magnet(1)))
        dialog.view.selectRow(1)
        dialog.own.for_selected.click()
        dialog.form.where.category.setEditText("films")
        dialog.own.as_all.click()
        assert (result(dialog, 1), dialog.form.where.category.currentText()) == ("", "")

        await add(rig, dialog)

        assert rig.home.world.torrents[HASHES[1]]["category"] == ""

    play(run, scene)


# there already


def present(rig: Rig) -> None:
    three_torrents(rig)
    rig.home.world.add("There", HASHES[0], trackers=[ONE])
    rig.home.world.add("Private", HASHES[1], trackers=[ONE], private=True)


TRACKED = "".join(f"&tr={url}" for url in (ONE, TWO))


def test_what_is_there_already_is_said_and_its_trackers_are_merged_when_asked(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet(0, more=TRACKED), magnet(1, more=TRACKED)))
        assert result(dialog, 0) == "Already there"

        await add(rig, dialog)

        assert result(dialog, 0) == "Already there: 1 new tracker can be merged"
        assert result(dialog, 1) == "Already there: it is private and keeps its trackers"
        assert rig.home.calls("torrents/addTrackers") == []
        press(dialog.merge.button)
        await until(lambda: the_dialog() is None)
        assert [form["urls"] for form in rig.home.calls("torrents/addTrackers")] == [TWO]

    play(run, scene, before=present)


def test_trackers_are_merged_without_a_question_if_that_is_wanted(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.merge_trackers = True
        dialog = await opened(rig, links(magnet(0, more=TRACKED)))

        await add(rig, dialog)

        assert the_dialog() is None
        assert HASHES[0] in rig.home.world.trackers[TWO]

    play(run, scene, before=present)


# much at once


def test_what_comes_with_options_joins_an_open_dialog_as_its_own_choices(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, links(magnet(0)))
        rig.window.add(links(magnet(1)), AddOptions(category="films", stopped=True))
        await until(lambda: dialog.model.rowCount() == 2 and dialog.add_button.isEnabled())
        assert result(dialog, 1) == "Different category, start"

        await add(rig, dialog)

        assert [form.get("category") for form in rig.home.calls("torrents/add")] == [None, "films"]

    play(run, scene)
