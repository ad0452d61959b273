"""Names, places, categories, tags, limits, modes, queue and copies of torrents, as commands change them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox

from tests.conftest import Run
from tests.sim.faults import Fault
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.rig import Rig, fill_in, hash_of, open_dialog, part, play, three_torrents

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


# name, place, category, tags


def test_a_torrent_is_renamed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("rename")
        fill_in(dialog, " ")
        assert not dialog.ok.isEnabled()
        fill_in(dialog, "A & <b>")
        await rig.answer(dialog, "rename")
        await until(lambda: any(t.name == "A & <b>" for t in rig.home.session.mirror.torrents.values()))

    play(run, scene)


def test_a_name_that_cannot_be_seen_whole_is_made_visible_and_kept_unless_it_is_changed(run: Run) -> None:
    def odd(rig: Rig) -> None:
        rig.home.world.add("<b>x</b>\u202egnp.exe\x07\n" + "y" * 10_000)

    async def scene(rig: Rig) -> None:
        rig.window.table.selectAll()
        dialog = await rig.question("rename")
        shown = part(dialog, QLineEdit).text()
        assert shown.startswith("<b>x</b>[U+202E]gnp.exe\ufffd y") and len(shown) > 10_000
        await rig.answer(dialog, "rename")
        assert rig.home.commands() == []

    play(run, scene, before=odd)


@pytest.mark.parametrize(
    ("wanted", "name", "sent"),
    [
        ("start_stop", "A", ["torrents/stop"]),
        ("start_stop", "B", ["torrents/start"]),
        ("none", "A", []),
        ("of a newer version", "A", []),
    ],
)
def test_enter_does_what_the_settings_say(run: Run, wanted: str, name: str, sent: list[str]) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.double_click_downloading = wanted
        rig.select(name)
        await rig.key(Qt.Key.Key_Return)
        await until(lambda: not rig.tasks.doing or rig.tasks.doing == ["Hide a message"])
        assert rig.home.commands() == sent

    play(run, scene)


def test_enter_on_a_finished_torrent_does_something_else(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("C")
        await rig.key(Qt.Key.Key_Return)
        await until(lambda: not rig.window.details.folded)
        rig.settings.double_click_completed = "rename"
        await rig.key(Qt.Key.Key_Return)
        (await until(open_dialog)).reject()
        rig.settings.double_click_completed = "options"
        await rig.key(Qt.Key.Key_Return)
        (await until(open_dialog)).reject()

    play(run, scene)


def test_a_location_is_offered_where_all_have_the_same(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question("set_location")
        assert part(dialog, QLineEdit).text() == "/downloads"
        fill_in(dialog, "/srv/new")
        dialog.ok.click()
        await rig.agree("set_location")
        await until(lambda: rig.home.torrent("B").save_path == "/srv/new")

    play(run, scene)


def test_a_category_of_one_server_is_made_on_the_other(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        home.world.add_category("films")
        await until(lambda: "films" in home.session.mirror.categories)
        rig.select("A", "A2")
        await rig.choose("Category", "films")
        assert home.commands() == ["torrents/setCategory"]
        assert seedbox.commands() == ["torrents/createCategory", "torrents/setCategory"]
        await until(lambda: home.torrent("A").category == seedbox.torrent("A2").category == "films")

    play(run, scene, "5.1.0", "4.2.5")


def test_a_category_that_came_in_the_meantime_is_used(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("new_category")
        fill_in(dialog, "films", "/srv/films")
        rig.home.link.plan("torrents/createCategory", Fault(reply=Reply(409, b"exists")))
        await rig.answer(dialog, "new_category")
        await until(lambda: rig.home.torrent("A").category == "films")
        assert rig.home.calls("torrents/createCategory")[0] == {"category": "films", "savePath": "/srv/films"}
        assert rig.notice() == ""

    play(run, scene)


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "a\\b", "linux"])
def test_a_bad_name_for_a_category_is_not_accepted(run: Run, name: str) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("new_category")
        fill_in(dialog, name)
        assert not dialog.ok.isEnabled()
        dialog.reject()

    play(run, scene)


def test_reset_takes_the_category_from_those_that_have_one(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set(rig.home.torrent("A").hash, category="linux")
        await until(lambda: rig.home.torrent("A").category)
        rig.select("A", "B")
        await rig.trigger("reset_category")
        assert rig.home.calls("torrents/setCategory") == [{"hashes": hash_of(rig.home, "A")[0], "category": ""}]

    play(run, scene)


def test_many_categories_are_picked_from_a_list(run: Run) -> None:
    def many(rig: Rig) -> None:
        three_torrents(rig)
        for number in range(150):
            rig.home.world.add_category(f"cat {number:03}")

    async def scene(rig: Rig) -> None:
        rig.select("A")
        actions = rig.menu("Category").actions()
        assert len(actions) < 110
        actions[-1].trigger()
        dialog = await until(open_dialog)
        fill_in(dialog, "cat 149")
        dialog.ok.click()
        await until(lambda: rig.home.torrent("A").category == "cat 149")

    play(run, scene, before=many)


def test_names_from_a_server_do_not_act_in_menus(run: Run) -> None:
    hostile = "R&D\tCtrl+Q"

    def odd(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.add_category(hostile)

    async def scene(rig: Rig) -> None:
        rig.select("A")
        action = next(a for a in rig.menu("Category").actions() if a.data() == hostile)
        assert action.text() == "R&&D Ctrl+Q"
        action.trigger()
        await until(lambda: rig.home.torrent("A").category == hostile)

    play(run, scene, before=odd)


def test_a_tag_is_given_to_those_without_it_and_then_taken_from_all(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.tag(rig.home.torrent("A").hash, ["big"])
        await until(lambda: rig.home.torrent("A").tags == "big")
        rig.select("A", "B")
        await rig.choose("Tags", "big")
        assert rig.home.calls("torrents/addTags") == [{"hashes": hash_of(rig.home, "B")[0], "tags": "big"}]
        await until(lambda: rig.home.torrent("B").tags == "big")
        await rig.choose("Tags", "big")
        assert rig.home.calls("torrents/removeTags")[0]["tags"] == "big"
        await until(lambda: not rig.home.torrent("A").tags)

    play(run, scene)


def test_tags_are_added_by_name(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("add_tags")
        fill_in(dialog, " , ")
        assert not dialog.ok.isEnabled()
        fill_in(dialog, "new, C++ ,new")
        await rig.answer(dialog, "add_tags")
        await until(lambda: rig.home.torrent("A").tags == "C++, new")

    play(run, scene)


def test_remove_all_tags_names_each_of_them(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for name, tags in (("A", ["big", "old"]), ("B", ["old"])):
            rig.home.world.tag(rig.home.torrent(name).hash, tags)
        await until(lambda: rig.home.torrent("B").tags and rig.home.torrent("A").tags)
        rig.select("A", "B", "C")
        await rig.trigger("remove_all_tags")
        (form,) = rig.home.calls("torrents/removeTags")
        assert form["tags"] == "big,old"
        assert form["hashes"].split("|") == hash_of(rig.home, "A", "B")

    play(run, scene)


def test_the_tags_menu_stays_open_while_tags_are_checked(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        menu = rig.menu("Tags")
        menu.popup(QPoint(10, 10))
        await until(menu.isVisible)
        for tag in ("big", "old"):
            action = next(a for a in menu.actions() if a.data() == tag)
            QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        await until(lambda: rig.home.torrent("A").tags == "big, old")
        assert menu.isVisible()
        await until(lambda: [a.isChecked() for a in menu.actions() if a.data() in ("big", "old")] == [True, True])
        menu.hide()

    play(run, scene)


# checks


def test_a_mixed_selection_is_shown_as_such(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set(rig.home.torrent("A").hash, seq_dl=True, f_l_piece_prio=True)
        rig.home.world.set(rig.home.torrent("B").hash, f_l_piece_prio=True)
        await until(lambda: rig.home.torrent("A").seq_dl and rig.home.torrent("B").f_l_piece_prio)
        rig.select("A", "B")
        rig.menu()
        mixed, on, off = (rig.action(name) for name in ("sequential", "first_last", "force_start"))
        assert (mixed.isChecked(), mixed.isIconVisibleInMenu()) == (False, True)
        assert "On for some of them" in mixed.toolTip()
        assert (on.isChecked(), on.isIconVisibleInMenu()) == (True, False)
        assert (off.isChecked(), off.isIconVisibleInMenu()) == (False, False)

    play(run, scene)


@pytest.mark.parametrize(
    ("command", "field", "endpoint"),
    [
        ("sequential", "seq_dl", "torrents/toggleSequentialDownload"),
        ("first_last", "f_l_piece_prio", "torrents/toggleFirstLastPiecePrio"),
    ],
)
def test_a_toggle_is_sent_only_to_those_that_differ(run: Run, command: str, field: str, endpoint: str) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set(rig.home.torrent("A").hash, **{field: True})
        await until(lambda: getattr(rig.home.torrent("A"), field))
        rig.select("A", "B")
        await rig.trigger(command)
        assert rig.home.hashes(endpoint) == [hash_of(rig.home, "B")]
        await until(lambda: getattr(rig.home.torrent("B"), field))
        await rig.trigger(command)
        assert sorted(rig.home.hashes(endpoint)[1]) == sorted(hash_of(rig.home, "A", "B"))

    play(run, scene)


def test_super_seeding_is_for_finished_torrents(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        rig.menu()
        assert not rig.action("super_seeding").isEnabled()
        assert "Only finished torrents" in rig.action("super_seeding").toolTip()
        rig.select("C")
        rig.menu()
        await rig.trigger("super_seeding")
        assert rig.home.calls("torrents/setSuperSeeding") == [{"hashes": hash_of(rig.home, "C")[0], "value": "true"}]

    play(run, scene)


# limits


@pytest.mark.parametrize(
    ("command", "endpoint"),
    [("limit_download", "torrents/setDownloadLimit"), ("limit_upload", "torrents/setUploadLimit")],
)
def test_a_speed_limit_is_sent_in_bytes(run: Run, command: str, endpoint: str) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question(command)
        part(dialog, QSpinBox).setValue(100)
        await rig.answer(dialog, command)
        assert rig.home.calls(endpoint)[0]["limit"] == "102400"

    play(run, scene)


@pytest.mark.parametrize(
    ("release", "sent"),
    [
        ("4.2.5", {"ratioLimit", "seedingTimeLimit"}),
        ("4.5.2", {"ratioLimit", "seedingTimeLimit"}),
        ("5.1.0", {"ratioLimit", "seedingTimeLimit", "inactiveSeedingTimeLimit"}),
        (
            "5.3.0",
            {"ratioLimit", "seedingTimeLimit", "inactiveSeedingTimeLimit", "shareLimitAction", "shareLimitsMode"},
        ),
    ],
)
def test_share_limits_are_those_that_the_server_has(run: Run, release: str, sent: set[str]) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question("limit_share")
        assert len([box for box in dialog.findChildren(QComboBox) if box.isVisible()]) == len(sent)
        part(dialog, QComboBox).setCurrentText("No limit")
        await rig.answer(dialog, "limit_share")
        (form,) = rig.home.calls("torrents/setShareLimits")
        assert set(form) == sent | {"hashes"}
        assert (form["ratioLimit"], form["seedingTimeLimit"]) == ("-1", "-2")
        await until(lambda: rig.home.torrent("B").ratio_limit == -1)

    play(run, scene, release)


# queue


def test_the_queue_is_changed_in_the_order_of_the_queue(run: Run) -> None:
    def queue(rig: Rig) -> None:
        for place, name in enumerate("DCBA", 1):
            rig.home.world.add(name, state="queuedDL", priority=place)

    async def scene(rig: Rig) -> None:
        rig.select("A", "B", "C")
        await rig.trigger("queue_up")
        assert rig.home.hashes("torrents/increasePrio") == [hash_of(rig.home, "C", "B", "A")]
        await until(lambda: [rig.home.torrent(n).priority for n in "CBAD"] == [1, 2, 3, 4])
        rig.select("A", "D")
        await rig.trigger("queue_top")
        await until(lambda: [rig.home.torrent(n).priority for n in "ADCB"] == [1, 2, 3, 4])
        rig.select("A", "D")
        await rig.trigger("queue_down")
        await until(lambda: [rig.home.torrent(n).priority for n in "CADB"] == [1, 2, 3, 4])
        await rig.trigger("queue_bottom")
        await until(lambda: [rig.home.torrent(n).priority for n in "CBAD"] == [1, 2, 3, 4])

    play(run, scene, before=queue)


def test_the_queue_is_grey_where_there_is_none(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        assert rig.action("queue_up").isEnabled()
        rig.select("C")
        assert not rig.action("queue_up").isEnabled()
        assert "Only unfinished torrents are in the queue" in rig.action("queue_up").toolTip()
        rig.select("A")
        rig.home.world.set_server(queueing=False)
        await until(lambda: not rig.action("queue_up").isEnabled())
        assert "Torrent queueing is off on home" in rig.action("queue_up").toolTip()

    play(run, scene)


# copying


def test_copies_are_lines_on_the_clipboard(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        for command, text in (
            ("copy_name", "A\nB"),
            ("copy_magnet", "magnet:?a"),
            ("copy_comment", "hello"),
            ("copy_id", "\n".join(hash_of(rig.home, "A", "B"))),
            ("copy_path", "/downloads/A\n/downloads/B"),
        ):
            await rig.trigger(command)
            assert QGuiApplication.clipboard().text() == text
        rig.menu("Copy")
        assert not rig.action("copy_v2").isEnabled()

    play(run, scene)


def test_the_hash_of_an_old_server_is_the_first_version(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        await rig.trigger("copy_v1")
        assert QGuiApplication.clipboard().text() == hash_of(rig.home, "A")[0]

    play(run, scene, "4.2.5")


def test_copying_needs_no_connection(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        await rig.home.session.stop()
        await rig.trigger("copy_name")
        assert QGuiApplication.clipboard().text() == "A"

    play(run, scene)
