"""The window of the add queue as a person uses it."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.local.paths import resource
from qbt_remote.model.adding.queue_table import NAME
from qbt_remote.sync.adding.kept import options_of
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.kit.dialogs import ChoiceDialog, ConfirmDialog
from qbt_remote.ui.queue.options_dialog import QueueOptionsDialog
from qbt_remote.ui.queue.queue_commands import QUEUE_COMMANDS
from qbt_remote.ui.queue.queue_window import QueueWindow
from tests.conftest import Run
from tests.sim.faults import Fault, late
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.queue.queue_drive import (
    CTRL,
    bad,
    come_back,
    good,
    hash_of,
    lines,
    opened,
    press,
    put,
    put_away,
    queue_of,
    results,
    said,
    select,
)
from tests.ui.rig import Rig, mnemonic, open_dialog, play
from tests.walk.reader import unsaid

TWO = ("5.3.0", "5.1.0")
REFUSED = Fault(executed=False, reply=Reply(415, b"Unsupported Media Type"))


def button(window: QueueWindow, name: str) -> QPushButton:
    return next(b for b in window.buttons if b.accessibleName() == name)


def has_names(window: QueueWindow, names: list[str]) -> bool:
    return [line[0] for line in lines(window)] == names


def there(rig: Rig, server: int, n: int) -> bool:
    return hash_of(n) in rig.servers[server].world.torrents


def test_what_waits_for_a_server_is_listed_and_goes_once_it_is_added(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        window = await opened(rig)
        assert window.note.isVisible() and "Nothing is waiting" in window.note.text

        await put(rig, good(1), good(2))
        await until(lambda: len(lines(window)) == 2)
        assert window.table.isVisible() and window.summary.text() == "2 waiting to be added"
        assert lines(window)[0] == ["thing 1", "home", "Waiting to be added: home is not connected", "Magnet"]

        come_back(rig.home)
        await until(lambda: there(rig, 0, 1) and there(rig, 0, 2))
        await until(lambda: lines(window) == [] and window.note.isVisible())
        window.with_done.click()
        assert sorted(line[0::2] for line in lines(window)) == [["thing 1", "Added"], ["thing 2", "Added"]]
        window.with_done.click()
        assert lines(window) == []

    play(run, scene)


def test_what_was_refused_says_why_and_can_be_tried_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.link.plan("torrents/add", REFUSED)
        window = await opened(rig)
        await put(rig, good(1))
        await until(lambda: results(window) and results(window)[0].startswith("Refused: "))
        assert window.summary.text() == "1 was not added"

        select(window, [0])
        await press(window, Qt.Key.Key_F5)
        await until(lambda: there(rig, 0, 1) and lines(window) == [])
        assert len(rig.home.calls("torrents/add")) == 1

    play(run, scene)


def test_trying_now_asks_a_server_that_is_away_at_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await rig.home.session.stop()  # it does not come back by itself
        await put(rig, good(1))
        window = await opened(rig)

        select(window, [0])
        button(window, "Retry").click()
        await until(lambda: there(rig, 0, 1))

    play(run, scene)


def test_a_row_goes_to_another_server_with_its_options(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        await put_away(home)
        await put(rig, good(1), options=AddOptions(category="linux"))
        window = await opened(rig)

        select(window, [0])
        button(window, "Other server").click()
        dialog = await until(open_dialog)
        assert isinstance(dialog, ChoiceDialog) and dialog.choice() == "seedbox"
        dialog.ok.click()

        await until(lambda: there(rig, 1, 1))
        assert seedbox.calls("torrents/add")[0]["category"] == "linux"
        come_back(home)
        await until(lambda: home.session.client is not None and lines(window) == [])
        assert not home.calls("torrents/add")

    play(run, scene, *TWO)


def test_rows_whose_server_is_gone_say_so_and_take_another(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await queue_of(rig).put("gone", "attic", [(good(1), AddOptions())])
        window = await opened(rig)
        words = "Its server is gone; send it to another one"
        assert lines(window)[0][1:3] == ["attic (gone)", words]

        select(window, [0])
        retry = button(window, "Retry")
        assert not retry.isEnabled() and words in retry.toolTip()
        await press(window, Qt.Key.Key_F5)
        assert said(window) == f"Retry: {words}"

        button(window, "Other server").click()
        dialog = await until(open_dialog)
        assert isinstance(dialog, ChoiceDialog)
        dialog.ok.click()
        await until(lambda: there(rig, 0, 1))

    play(run, scene)


def test_removing_asks_where_something_would_not_be_added_then(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put(rig, bad(1))
        await until(lambda: queue_of(rig).failed())
        await put_away(rig.home)
        await put(rig, good(2))
        window = await opened(rig)

        select(window, [0])
        await press(window, Qt.Key.Key_Delete)
        await until(lambda: [line[0] for line in lines(window)] == ["thing 2"])

        select(window, [0])
        await press(window, Qt.Key.Key_Delete)
        dialog = await until(open_dialog)
        assert isinstance(dialog, ConfirmDialog)
        dialog.cancel.click()
        await rig.done("Remove")
        assert len(lines(window)) == 1

        await press(window, Qt.Key.Key_Delete)
        dialog = await until(open_dialog)
        assert isinstance(dialog, ConfirmDialog)
        dialog.ok.click()
        await until(lambda: lines(window) == [])
        assert not queue_of(rig).rows.all

    play(run, scene)


def test_what_is_being_sent_just_now_cannot_be_changed_and_says_why(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.link.plan("torrents/add", late(1.0))
        window = await opened(rig)
        (row,) = await put(rig, good(1))
        await until(lambda: results(window) == ["Adding"])

        select(window, [0])
        for name in ("Retry", "Options", "Other server", "Remove"):
            assert not button(window, name).isEnabled()
            assert "It is being sent just now" in button(window, name).toolTip()
        await press(window, Qt.Key.Key_Delete)
        assert said(window) == "Remove: It is being sent just now"
        assert row.id in queue_of(rig).rows.all
        await until(lambda: there(rig, 0, 1) and lines(window) == [])

    play(run, scene, *TWO)


def test_options_are_changed_for_all_selected_rows_and_only_what_was_changed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        (one,) = await put(rig, good(1), options=AddOptions(tags=("a",), stopped=True, file_priorities=(1, 0)))
        (two,) = await put(rig, good(2), options=AddOptions(save_path="/data/two"))
        window = await opened(rig)
        select(window, [0, 1])
        await press(window, Qt.Key.Key_F2)
        dialog = await until(open_dialog)
        assert isinstance(dialog, QueueOptionsDialog)
        form = dialog.form_of_options
        assert form.where.tags.tags() == ("a",) and not form.where.start.isChecked()
        assert [form.tabs.isTabVisible(n) for n in range(form.tabs.count())] == [False, True, True, False, False]
        assert unsaid(dialog) == []

        form.where.category.setEditText("linux")
        form.how.sequential.click()
        dialog.ok.click()
        await rig.done("Options")

        assert [(o.category, o.sequential) for o in map(options_of, (one, two))] == [("linux", True)] * 2
        assert options_of(one).tags == ("a",) and options_of(one).file_priorities == (1, 0)
        assert options_of(two).tags == () and options_of(two).save_path == "/data/two"
        come_back(rig.home)
        await until(lambda: there(rig, 0, 2))
        assert rig.home.calls("torrents/add")[-1]["savepath"] == "/data/two"

    play(run, scene)


def test_the_sources_of_all_selected_rows_are_copied(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        await put(rig, good(1), good(2))
        window = await opened(rig)
        await press(window, Qt.Key.Key_A, CTRL)
        await press(window, Qt.Key.Key_C, CTRL)
        await rig.done("Copy")
        assert QGuiApplication.clipboard().text().splitlines() == [good(1).source, good(2).source]

    play(run, scene)


def test_the_keyboard_alone_is_enough(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        await put(rig, good(1), good(2))
        window = await opened(rig)
        await until(window.isActiveWindow)
        assert window.table.hasFocus()
        assert [row.id for row in window.selected()] == [window.model.row(0).id]

        passed = list[QWidget | None]()
        for _ in range(len(window.buttons) + 2):
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, Qt.Key.Key_Tab)
            passed.append(QApplication.focusWidget())
        reached = [made for made in window.buttons if made.isEnabled()]
        assert passed[: len(reached) + 2] == [*reached, window.box, window.with_done]

        QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        dialog = await until(open_dialog)
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        await until(lambda: len(lines(window)) == 1)
        await press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.isVisible())

    play(run, scene)


def test_a_click_on_a_title_sorts_and_what_is_selected_stays_so(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        await put(rig, good(2), good(10), good(1))
        window = await opened(rig)
        select(window, [1])
        header = window.table.horizontalHeader()
        widths = [header.sectionSize(column) for column in range(header.count())]
        for names in (
            ["thing 1", "thing 2", "thing 10"],
            ["thing 10", "thing 2", "thing 1"],
            ["thing 2", "thing 10", "thing 1"],  # as the queue has them
        ):
            where = QPoint(header.sectionViewportPosition(NAME) + 5, 5)
            QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)
            await until(partial(has_names, window, names))
            assert [window.model.name(row) for row in window.selected()] == ["thing 10"]
            assert window.model.name(window.model.row(window.table.currentIndex().row())) == "thing 10"
        assert [header.sectionSize(column) for column in range(header.count())] == widths

        menu = window.menu.findChild(QMenu)
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        by_name, *_others, by_queue = menu.actions()
        assert by_queue.isChecked()
        by_name.trigger()
        await until(lambda: lines(window)[0][0] == "thing 1")
        await put(rig, good(0))
        await until(lambda: [line[0] for line in lines(window)] == ["thing 0", "thing 1", "thing 2", "thing 10"])

    play(run, scene)


def test_the_filter_is_reached_and_left_by_keys_and_hides_nothing_for_good(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        await put(rig, good(1), good(2), good(3))
        window = await opened(rig)
        await until(window.isActiveWindow)
        select(window, [1, 2])

        QTest.keyClick(window.table, Qt.Key.Key_F, CTRL)
        assert window.box.hasFocus()
        QTest.keyClicks(window.box, "THING 2")
        await until(lambda: [line[0] for line in lines(window)] == ["thing 2"])
        assert [window.model.name(row) for row in window.selected()] == ["thing 2"]
        assert window.summary.text() == "3 waiting to be added"
        QTest.keyClick(window.box, Qt.Key.Key_Down)
        assert window.table.hasFocus()

        window.box.setText("nothing of it")
        await until(lambda: window.note.isVisible())
        assert window.note.text == "Nothing here matches the filter." and window.box.hasFocus()
        QTest.keyClick(window.box, Qt.Key.Key_Escape)
        await until(lambda: len(lines(window)) == 3)
        assert window.isVisible() and window.table.isVisible()

        window.box.setText("thing 1")
        await until(lambda: len(lines(window)) == 1)
        hidden = next(row.id for row in queue_of(rig).rows.all.values() if window.model.place(row.id) < 0)
        window.select([hidden])  # as the notice's "Show" does
        await until(lambda: [row.id for row in window.selected()] == [hidden])

    play(run, scene)


def test_a_screen_reader_is_told_all_of_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig)
        assert unsaid(window) == []
        await put(rig, bad(1))
        await until(lambda: lines(window))
        select(window, [0])
        assert unsaid(window) == []

    play(run, scene, *TWO)


def test_it_is_one_window_that_follows_the_queue_whenever_it_is_shown(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        window = await opened(rig)
        window.resize(900, 444)
        window.close()
        await put(rig, good(1))

        assert await opened(rig) is window
        assert [line[0] for line in lines(window)] == ["thing 1"]
        assert rig.settings.window.sizes["queue"] == [900, 444]

    play(run, scene)


@pytest.mark.parametrize("command", QUEUE_COMMANDS, ids=lambda command: command.id)
def test_a_command_has_text_tip_and_an_icon_that_exists(command: Command) -> None:
    assert command.text and command.tip and not command.tip.endswith(".")
    assert resource(f"icons/{command.icon}.svg").is_file()


def test_no_key_and_no_mnemonic_is_there_twice() -> None:
    keys = Counter(command.key for command in QUEUE_COMMANDS if command.key)
    letters = Counter([*(mnemonic(command.text) for command in QUEUE_COMMANDS), mnemonic("S&how what was added")])

    assert max(keys.values()) == 1 and max(letters.values()) == 1 and "" not in letters
