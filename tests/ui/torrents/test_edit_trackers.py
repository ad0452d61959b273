"""Trackers of many torrents are edited at once, and shown before they are sent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget

from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.torrents.trackers_dialog import TrackersDialog
from tests.conftest import Run
from tests.sim.faults import Fault
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.rig import Rig, cells, fill_in, hash_of, part, play, preview

ONE, TWO, KEYED = "http://one.test/announce", "udp://two.test:6969/announce", "http://one.test/pass?key=a|b%20c"


def tracked(rig: Rig) -> None:
    for name, urls in (("A", [ONE, TWO]), ("B", [ONE]), ("C", [KEYED]), ("D", [])):
        rig.home.world.add(name, state="downloading", progress=0.5, trackers=urls)


async def dialog_of(rig: Rig, *names: str) -> TrackersDialog:
    rig.select(*names)
    dialog = await rig.question("edit_trackers")
    assert isinstance(dialog, TrackersDialog)
    return dialog


def rows(dialog: TrackersDialog) -> list[tuple[str, str, str]]:
    model = part(dialog, QTableWidget).model()
    return [
        (str(model.index(r, 0).data()), str(model.index(r, 1).data()), str(model.index(r, 2).data()))
        for r in range(model.rowCount())
    ]


def press(dialog: TrackersDialog, text: str) -> None:
    next(b for b in dialog.findChildren(QPushButton) if text in b.text().replace("&", "")).click()


def urls_of(rig: Rig, name: str) -> list[str]:
    own = hash_of(rig.home, name)[0]
    return sorted(url for url, hashes in rig.home.world.trackers.items() if own in hashes)


@pytest.mark.parametrize("release", ["4.2.5", "4.5.2", "5.3.0"])
def test_a_text_is_replaced_in_all_addresses(run: Run, release: str) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "A", "B", "C", "D")
        assert rows(dialog) == [(ONE, ONE, "2"), (KEYED, KEYED, "1"), (TWO, TWO, "1")]
        assert not dialog.ok.isEnabled()
        fill_in(dialog, "http://one.test", "https://new.test")
        press(dialog, "Replace in all")
        dialog.ok.click()
        shown = await preview()
        assert [row[:4] for row in cells(shown)] == [
            ["Edited", ONE, "https://new.test/announce", "2"],
            ["Edited", KEYED, "https://new.test/pass?key=a|b%20c", "1"],
        ]
        await rig.answer(shown, "edit_trackers")
        assert urls_of(rig, "A") == ["https://new.test/announce", TWO]
        assert urls_of(rig, "B") == ["https://new.test/announce"]
        assert urls_of(rig, "C") == ["https://new.test/pass?key=a|b%20c"]
        assert len(rig.home.calls("torrents/editTracker")) == 3

    play(run, scene, release, before=tracked)


def test_a_regular_expression_replaces_and_a_wrong_one_is_said(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "A", "B")
        part(dialog, QCheckBox).click()
        fill_in(dialog, "(unclosed")
        press(dialog, "Replace in all")
        assert "Not a regular expression" in dialog.reason.text()
        fill_in(dialog, "(h+)+$")
        press(dialog, "Replace in all")
        assert "forever" in dialog.reason.text()
        assert [row[1] for row in rows(dialog)] == [ONE, TWO]
        fill_in(dialog, r"^\w+://(\w+)\.test.*$", r"https://\1.org/a")
        press(dialog, "Replace in all")
        assert [row[1] for row in rows(dialog)] == ["https://one.org/a", "https://two.org/a"]
        press(dialog, "Undo all")
        assert not dialog.ok.isEnabled()
        dialog.reject()

    play(run, scene, before=tracked)


@pytest.mark.parametrize(("release", "calls"), [("5.3.0", 1), ("5.1.0", 2)])
def test_addresses_are_removed_and_added(run: Run, release: str, calls: int) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "B", "D")
        table = part(dialog, QTableWidget)
        table.selectRow(0)
        QTest.keyClick(table, Qt.Key.Key_Delete)
        part(dialog, QPlainTextEdit).setPlainText(f"{TWO}\n\nhttp://three.test/announce")
        dialog.ok.click()
        shown = await preview()
        assert [row[:4] for row in cells(shown)] == [
            ["Added", "none", TWO, "2"],
            ["Added", "none", "http://three.test/announce", "2"],
            ["Removed", ONE, "none", "1"],
        ]
        await rig.answer(shown, "edit_trackers")
        assert urls_of(rig, "B") == urls_of(rig, "D") == ["http://three.test/announce", TWO]
        added = rig.home.calls("torrents/addTrackers")
        assert {form["urls"] for form in added} == {f"{TWO}\n\nhttp://three.test/announce"}
        assert len(added) == 2

    play(run, scene, release, before=tracked)


def test_many_with_the_same_addition_go_in_one_call_where_the_server_takes_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "A", "B", "C", "D")
        part(dialog, QPlainTextEdit).setPlainText("http://three.test/announce")
        dialog.ok.click()
        await rig.agree("edit_trackers")
        assert [len(form["hash"].split("|")) for form in rig.home.calls("torrents/addTrackers")] == [4]

    play(run, scene, before=tracked)


def test_an_address_that_would_be_there_twice_is_removed_instead(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "A", "B")
        fill_in(dialog, ONE, TWO)
        press(dialog, "Replace in all")
        dialog.ok.click()
        await rig.agree("edit_trackers")
        assert urls_of(rig, "A") == urls_of(rig, "B") == [TWO]

    play(run, scene, before=tracked)


def test_what_one_torrent_is_refused_does_not_keep_it_from_the_others(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.link.plan("torrents/editTracker", Fault(executed=False, reply=Reply(409, b"Ung\xc3\xbcltig <b>")))
        dialog = await dialog_of(rig, "A", "B", "C")
        fill_in(dialog, "http:", "https:")
        press(dialog, "Replace in all")
        dialog.ok.click()
        await rig.agree("edit_trackers")
        await until(rig.notice)
        assert "was refused for" in rig.notice() and "Ungültig <b>" in rig.notice()
        assert sum(url.startswith("https:") for url in rig.home.world.trackers) == 2

    play(run, scene, before=tracked)


@pytest.mark.parametrize("url", ["nothing", "file:///etc/passwd", "http://"])
def test_what_is_no_tracker_is_not_accepted(run: Run, url: str) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "A")
        part(dialog, QPlainTextEdit).setPlainText(url)
        assert not dialog.ok.isEnabled()
        assert "Not an address" in dialog.reason.text()
        part(dialog, QLineEdit)
        dialog.reject()

    play(run, scene, before=tracked)


def test_torrents_without_trackers_say_so_and_take_new_ones(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await dialog_of(rig, "D")
        assert part(dialog, PanelNote).text == "The selected torrents have no trackers."
        assert dialog.findChildren(QTableWidget)[0].isHidden()
        assert not part(dialog, QLineEdit).isEnabled()
        assert dialog.focusWidget() is part(dialog, QPlainTextEdit)
        part(dialog, QPlainTextEdit).setPlainText(ONE)
        assert dialog.ok.text() == "Save"
        await rig.answer(dialog, "edit_trackers")
        assert urls_of(rig, "D") == [ONE], "one torrent needs no preview"

    play(run, scene, before=tracked)
