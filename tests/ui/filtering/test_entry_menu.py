"""The menu of a sidebar's entry makes, edits and removes categories and tags, and starts or stops what is in it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from qbt_remote.sync.filtering.filters import Pick
from qbt_remote.ui.filtering.entry_menu import entry_menu
from qbt_remote.ui.window.entry_commands import ENTRY_ROWS
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.filtering.sidebar_drive import asked, entries
from tests.ui.rig import Rig, fill_in, hash_of, mnemonic, part, play


def test_each_kind_of_entry_has_its_own_commands(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        picks = ["Only this", "Include", "Exclude"]
        all_of = ["Start torrents", "Force start torrents", "Stop torrents", "Remove torrents…"]
        assert list(entries(rig, "status", None)) == all_of
        assert list(entries(rig, "status", "seeding")) == [*picks, *all_of]
        assert list(entries(rig, "category", None)) == ["New category…", "Remove unused…", *all_of]
        assert list(entries(rig, "category", "linux")) == [
            *picks,
            "New category…",
            "New subcategory…",
            "Edit…",
            "Remove…",
            "Remove unused…",
            *all_of,
        ]
        assert list(entries(rig, "tag", "big")) == [*picks, "New tags…", "Remove…", "Remove unused…", *all_of]
        assert list(entries(rig, "tracker", "")) == [*picks, *all_of]
        assert list(entries(rig, "tracker", "has_tracker_error")) == [*picks, *all_of]
        assert list(entries(rig, "tracker", "t.test")) == [*picks, "Remove tracker…", *all_of]
        assert list(entries(rig, "view", None)) == ["Save view…"]
        of_server = ["Disconnect", "Edit server…", "Options…", "Statistics", "Log", "Remove server…"]
        assert list(entries(rig, "server", rig.home.config.id)) == [*picks, *of_server, *all_of]
        assert list(entries(rig, "server", None)) == ["Add a server…", "Servers…", *all_of]

    play(run, scene)


@pytest.mark.parametrize("section", sorted(({row.menu for row in ENTRY_ROWS} | {"status", "server"}) - {""}))
def test_mnemonics_are_unique_in_the_menu_of_a_section(run: Run, section: str) -> None:
    async def scene(rig: Rig) -> None:
        menu = entry_menu(ENTRY_ROWS, rig.window.sidebar, rig.window.context(), section, "any")
        letters = [letter for action in menu.actions() if (letter := mnemonic(action.text()))]
        assert sorted(set(letters)) == sorted(letters)

    play(run, scene)


def test_an_entry_is_included_and_left_out_by_its_menu(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert "Ctrl+Space" in next(
            a.text()
            for a in entry_menu(ENTRY_ROWS, rig.window.sidebar, rig.window.context(), "tag", "big").actions()
            if "&Inc" in a.text()
        )
        entries(rig, "status", "seeding")["Only this"].trigger()
        entries(rig, "status", "stopped")["Include"].trigger()
        entries(rig, "tag", "big")["Exclude"].trigger()
        picks = {"status": Pick(frozenset({"seeding", "stopped"})), "tag": Pick(frozenset(), frozenset({"big"}))}
        assert rig.window.sidebar.picks() == picks
        assert entries(rig, "tag", "big")["Exclude"].isChecked()

        entries(rig, "status", "seeding")["All of these"].trigger()
        assert rig.window.model.rowCount() == 0
        entries(rig, "status", None)["All of these"].trigger()
        assert rig.window.model.rowCount() == 2

    play(run, scene)


def test_all_torrents_of_an_entry_are_forced_and_removed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        entries(rig, "status", "downloading")["Force start torrents"].trigger()
        await until(lambda: rig.home.calls("torrents/setForceStart"))
        assert rig.home.hashes("torrents/setForceStart") == [hash_of(rig.home, "A", "B")]
        gone = hash_of(rig.home, "C")
        rig.settings.confirm_remove = False  # as for single ones; this may be all that there are
        dialog = await asked(rig, "status", "seeding", "Remove torrents…")
        dialog.ok.click()
        await until(lambda: rig.home.calls("torrents/delete"))
        assert rig.home.hashes("torrents/delete") == [gone]

    play(run, scene)


@pytest.mark.parametrize(
    ("section", "words"),
    [("category", "Remove this category? No torrent has it."), ("tag", "Remove these 2 tags? No torrent has them.")],
)
def test_what_several_servers_have_unused_is_counted_once_as_it_is_listed(run: Run, section: str, words: str) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await asked(rig, section, None, "Remove unused…")
        assert words in [said.text() for said in dialog.findChildren(QLabel)]
        dialog.reject()

    play(run, scene, "5.3.0", "5.1.0")


def test_category_is_made_below_another_edited_and_removed_with_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await asked(rig, "category", "linux", "New subcategory…")
        assert dialog.windowTitle() == "New subcategory of linux"
        fill_in(dialog, "/bad")
        assert not dialog.ok.isEnabled()
        fill_in(dialog, "debian", "/data")
        dialog.ok.click()
        await until(lambda: "linux/debian" in rig.home.session.mirror.categories)

        dialog = await asked(rig, "category", "linux/debian", "Edit…")
        assert part(dialog, QLineEdit).text() == "/data"
        fill_in(dialog, "/other")
        dialog.ok.click()
        await until(lambda: rig.home.session.mirror.categories["linux/debian"]["savePath"] == "/other")

        dialog = await asked(rig, "category", "linux", "Remove…")
        dialog.ok.click()
        await until(lambda: not rig.home.session.mirror.categories)

    play(run, scene)


def test_tags_are_made_and_removed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await asked(rig, "tag", None, "New tags…")
        fill_in(dialog, "one, two")
        dialog.ok.click()
        await until(lambda: {"one", "two"} <= set(rig.home.session.mirror.tags))

        dialog = await asked(rig, "tag", "one", "Remove…")
        dialog.ok.click()
        await until(lambda: "one" not in rig.home.session.mirror.tags)

    play(run, scene)


def test_all_torrents_of_an_entry_are_stopped_whatever_is_selected(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("B")
        entries(rig, "status", "seeding")["Stop torrents"].trigger()
        await until(lambda: rig.home.calls("torrents/stop"))
        assert rig.home.hashes("torrents/stop") == [hash_of(rig.home, "C")]
        assert not entries(rig, "status", "errored")["Stop torrents"].isEnabled()

    play(run, scene)


def test_a_tracker_is_taken_from_all_its_torrents_after_a_list(run: Run) -> None:
    def tracked(rig: Rig) -> None:
        for name, urls in (("A", ["http://one.test/a", "http://two.test/a"]), ("B", ["http://one.test/b"]), ("C", [])):
            rig.home.world.add(name, trackers=urls)

    async def scene(rig: Rig) -> None:
        both = hash_of(rig.home, "A", "B")
        dialog = await asked(rig, "tracker", "one.test", "Remove tracker…")
        assert not rig.home.calls("torrents/removeTrackers")
        dialog.ok.click()
        await until(lambda: list(rig.home.world.trackers) == ["http://two.test/a"])
        sent = {(form["hash"], form["urls"]) for form in rig.home.calls("torrents/removeTrackers")}
        assert {h for h, _urls in sent} == set(both)
        await until(lambda: not rig.window.sidebar.model().find("tracker", "one.test").isValid())  # type: ignore[attr-defined]  # ours

    play(run, scene, before=tracked)


def test_menu_of_an_old_server_says_what_it_lacks(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        new = entries(rig, "tag", None)["New tags…"]
        assert not new.isEnabled()
        assert "Needs qBittorrent 4.2" in new.toolTip()

    def old(rig: Rig) -> None:
        rig.home.world.release, rig.home.world.api = "4.1.5", (2, 2, 0)
        rig.home.world.add("A")

    play(run, scene, before=old)
