"""A change of many torrents shows first what it will touch, and leaves out what needs no change or cannot take it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QTableWidget

from qbt_remote.ui.commands.preview import PreviewDialog
from qbt_remote.ui.kit.dialogs import FormDialog
from tests.conftest import Run
from tests.sim.faults import DROPPED
from tests.ui.conftest import until
from tests.ui.rig import Rig, cells, fill_in, hash_of, open_dialog, part, play, preview, three_torrents


def said(dialog: PreviewDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_a_move_of_several_shows_what_becomes_of_what(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set(rig.home.torrent("B").hash, save_path="/old")
        rig.home.world.set(rig.home.torrent("C").hash, save_path="/new")
        await until(lambda: rig.home.torrent("C").save_path == "/new" and rig.home.torrent("B").save_path == "/old")
        rig.select("A", "B", "C")
        dialog = await rig.question("set_location")
        fill_in(dialog, "/new/")
        dialog.ok.click()
        shown = await preview()
        assert sorted(cells(shown)) == [
            ["Save path", "/downloads", "/new/", "1", "976.5 KiB"],
            ["Save path", "/old", "/new/", "1", "976.5 KiB"],
        ]
        assert "2 torrents will change (1.9 MiB)." in said(shown)
        assert "1 is so already." in said(shown)
        table = part(shown, QTableWidget)
        for column in (3, 4):  # numbers
            head, cell = table.horizontalHeaderItem(column), table.item(0, column)
            assert head is not None and cell is not None
            assert head.textAlignment() == cell.textAlignment()
        await rig.answer(shown, "set_location")
        assert sorted(rig.home.hashes("torrents/setLocation")[0]) == sorted(hash_of(rig.home, "A", "B"))

    play(run, scene)


def field_of(dialog: FormDialog) -> QPlainTextEdit | QSpinBox | QLineEdit:
    """What the dialog begins with."""
    fields: list[QPlainTextEdit | QSpinBox | QLineEdit] = [
        *dialog.findChildren(QPlainTextEdit),
        *dialog.findChildren(QSpinBox),
        *dialog.findChildren(QLineEdit),
    ]
    return next(field for field in fields if field.isVisible())


def write(dialog: FormDialog, text: str) -> None:
    field = field_of(dialog)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def written(dialog: FormDialog) -> str:
    field = field_of(dialog)
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()


@pytest.mark.parametrize(
    ("command", "typed", "sent"),
    [
        ("set_location", "/new place", "torrents/setLocation"),
        ("limit_download", "7", "torrents/setDownloadLimit"),
        ("set_comment", "of two", "torrents/setComment"),
        ("add_tags", "one, other", "torrents/addTags"),
        ("new_category", "films", "torrents/setCategory"),
        ("torrent_options", "9", "torrents/setDownloadLimit"),
        ("edit_trackers", "http://three.test/announce", "torrents/addTrackers"),
    ],
)
def test_cancel_in_the_preview_goes_back_to_what_was_typed(run: Run, command: str, typed: str, sent: str) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.preview_above = 1
        rig.select("A", "B")
        dialog = await rig.question(command)
        write(dialog, typed)
        seen = written(dialog)
        dialog.ok.click()
        (await preview()).reject()

        again = await until(lambda: open_dialog() if not isinstance(open_dialog(), PreviewDialog) else None)
        assert isinstance(again, FormDialog)
        assert written(again) == seen
        assert typed in seen
        assert rig.home.calls(sent) == []
        abouts = [w for w in again.findChildren(QLabel) if w.accessibleName() == "What it is about" and w.isVisible()]
        assert len(abouts) <= 1, "said once"

        again.ok.click()
        await rig.agree(command)
        assert rig.home.calls(sent)
        await until(lambda: open_dialog() is None)

    play(run, scene)


def test_a_question_whose_torrents_go_while_the_preview_is_open_does_not_come_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.preview_above = 1
        rig.select("A", "B")
        dialog = await rig.question("set_location")
        write(dialog, "/new")
        dialog.ok.click()
        await preview()
        for name in ("A", "B"):
            rig.home.world.remove(rig.home.torrent(name).hash)
        await until(lambda: "no longer on the server" in rig.notice())
        await rig.done(rig.action("set_location").iconText())
        assert open_dialog() is None

    play(run, scene)


def test_nothing_is_sent_when_the_preview_is_cancelled(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        rig.action("management").trigger()
        (await preview()).reject()
        await rig.done(rig.action("management").iconText())
        assert rig.home.commands() == []

    play(run, scene)


def test_few_are_previewed_with_shift_and_many_without(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        await rig.trigger("sequential")
        await until(lambda: rig.home.torrent("B").seq_dl)
        QTest.keyPress(rig.window, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
        rig.action("sequential").trigger()
        shown = await preview()
        QTest.keyRelease(rig.window, Qt.Key.Key_Shift)
        assert cells(shown) == [["Sequential order", "on", "off", "2", "1.9 MiB"]]
        await rig.answer(shown, "sequential")
        rig.settings.preview_above = 2
        rig.select("A", "B", "C")
        dialog = await rig.question("limit_upload")
        part(dialog, QSpinBox).setValue(7)
        dialog.ok.click()
        assert cells(await preview()) == [["Upload limit", "∞", "7.0 KiB/s", "3", "2.8 MiB"]]
        await rig.agree("limit_upload")
        await until(lambda: rig.home.torrent("C").up_limit == 7168)

    play(run, scene)


def test_what_somebody_else_has_done_meanwhile_is_not_turned_round(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.preview_above = 1
        rig.select("A", "B")
        rig.action("sequential").trigger()
        shown = await preview()
        rig.home.world.set(rig.home.torrent("A").hash, seq_dl=True)
        rig.home.session.poke()
        await until(lambda: rig.home.torrent("A").seq_dl)
        await rig.answer(shown, "sequential")
        assert rig.home.hashes("torrents/toggleSequentialDownload") == [hash_of(rig.home, "B")]

    play(run, scene)


def test_a_server_that_is_away_is_named_and_left_out(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        seedbox.link.always = lambda _request: DROPPED
        await until(lambda: seedbox.session.status.phase == "waiting")
        rig.select("A", "B", "A2")
        dialog = await rig.question("set_location")
        fill_in(dialog, "/new")
        dialog.ok.click()
        shown = await preview()
        assert "1 is left out: seedbox is not connected (A2 (seedbox))" in said(shown)
        await rig.answer(shown, "set_location")
        assert len(home.hashes("torrents/setLocation")[0]) == 2
        assert rig.notice() == ""

    play(run, scene, "5.3.0", "5.1.0")


def test_hostile_names_are_plain_in_a_preview(run: Run) -> None:
    hostile = "<b>bold</b>\u202e\n\x07" + "x" * 10_000

    def odd(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.add_category(hostile)

    async def scene(rig: Rig) -> None:
        rig.settings.preview_above = 1
        rig.select("A", "B")
        next(a for a in rig.menu("Category").actions() if a.data() == hostile).trigger()
        shown = await preview()
        ((_what, _now, new, *_),) = cells(shown)
        assert new.startswith("<b>bold</b>[U+202E] \ufffdxxx") and len(new) <= 512
        shown.reject()

    play(run, scene, before=odd)


def test_what_is_so_already_is_said_and_not_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("limit_download")
        await rig.answer(dialog, "limit_download")
        assert rig.notice() == "“Limit download rate”: nothing to change"
        assert rig.home.commands() == []

    play(run, scene)


def test_starting_and_stopping_show_what_they_would_do_only_with_shift(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.preview_above = 0
        rig.select("A", "B", "C")
        await rig.trigger("stop")
        await until(lambda: rig.home.torrent("A").state == "stoppedDL" and rig.home.torrent("C").state == "stoppedUP")
        QTest.keyPress(rig.window, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
        rig.action("start").trigger()
        shown = await preview()
        QTest.keyRelease(rig.window, Qt.Key.Key_Shift)
        assert sorted(cells(shown)) == [
            ["Status", "Completed", "started", "1", "976.5 KiB"],
            ["Status", "Stopped", "started", "2", "1.9 MiB"],
        ]
        shown.reject()
        await rig.done("Start")
        assert rig.home.calls("torrents/start") == []

    play(run, scene)
