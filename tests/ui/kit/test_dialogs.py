"""Questions are asked without stopping the loop, say why an input is not accepted, and close by Escape."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QWidget,
)

from qbt_remote.ui.categories.category_dialog import Category, ask_category
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.dialogs import Ask, Confirmed, Dialogs
from qbt_remote.ui.kit.limits import ShareLimits, ask_share_limits, ask_speed_limit
from qbt_remote.ui.kit.table_dialog import show_table
from qbt_remote.ui.kit.tasks import Tasks
from tests.conftest import Run
from tests.ui.conftest import until

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)


@pytest.fixture
def dialogs(qtbot: Any) -> Iterator[Dialogs]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    yield Dialogs(parent)


async def asked(question: Coroutine[Any, Any, T], then: Callable[[QDialog], Awaitable[None]]) -> T:
    """Ask, wait until the dialog is open, let ``then`` use it, and give the answer."""
    task = asyncio.get_running_loop().create_task(question)
    await then(await until(shown_dialog))
    async with asyncio.timeout(5):
        return await task


def shown_dialog() -> QDialog | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)


def part(dialog: QWidget, kind: type[W], number: int = 0) -> W:
    return [w for w in dialog.findChildren(kind) if not w.isHidden()][number]


def button(dialog: QDialog, which: QDialogButtonBox.StandardButton = QDialogButtonBox.StandardButton.Ok) -> QPushButton:
    return part(dialog, QDialogButtonBox).button(which)


def no_number(text: str) -> str:
    return "" if text.isdigit() else "only digits"


def path_input(parent: QWidget) -> PathEdit:
    return PathEdit(None, Tasks(lambda _error, _doing: None), parent)


def new_category(dialogs: Dialogs, check: Callable[[str], str]) -> Coroutine[Any, Any, Category | None]:
    return ask_category(dialogs, "New category", "Create", Category(""), check, path_input, paths=True)


def test_a_text_is_answered_by_return(run: Run, dialogs: Dialogs) -> None:
    async def type_it(dialog: QDialog) -> None:
        QTest.keyClicks(part(dialog, QLineEdit), "12")
        QTest.keyClick(part(dialog, QLineEdit), Qt.Key.Key_Return)

    assert run(asked(dialogs.ask_text("Port", "Number", "7", no_number), type_it)) == "12"


def test_escape_answers_nothing(run: Run, dialogs: Dialogs) -> None:
    async def escape(dialog: QDialog) -> None:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert run(asked(dialogs.ask_text("Port", "Number", "7"), escape)) is None
    assert run(asked(dialogs.ask_choice("Pick", "Things", ["a"]), escape)) is None
    assert run(asked(new_category(dialogs, lambda _name: ""), escape)) is None
    assert run(asked(dialogs.confirm(Ask("Remove", "Really?", "Remove")), escape)) is None
    assert run(asked(ask_speed_limit(dialogs, "Limit", 0), escape)) is None


def test_a_text_that_is_not_accepted_keeps_ok_off_and_says_why(run: Run, dialogs: Dialogs) -> None:
    async def type_it(dialog: QDialog) -> None:
        QTest.keyClicks(part(dialog, QLineEdit), "x")
        assert not button(dialog).isEnabled()
        assert "only digits" in [label.text() for label in dialog.findChildren(QLabel)]
        QTest.keyClick(part(dialog, QLineEdit), Qt.Key.Key_Return)
        assert dialog.isVisible()
        QTest.keyClick(part(dialog, QLineEdit), Qt.Key.Key_Backspace)
        QTest.keyClicks(part(dialog, QLineEdit), "1")
        assert "only digits" not in [label.text() for label in dialog.findChildren(QLabel)]
        button(dialog).click()

    assert run(asked(dialogs.ask_text("Port", "Number", "7", no_number), type_it)) == "1"


def test_an_untouched_empty_input_is_not_reproached(run: Run, dialogs: Dialogs) -> None:
    async def look(dialog: QDialog) -> None:
        assert not button(dialog).isEnabled()
        assert "only digits" not in [label.text() for label in dialog.findChildren(QLabel)]
        dialog.reject()

    run(asked(dialogs.ask_text("Port", "Number", "", no_number), look))


def test_a_category_has_a_name_and_a_save_path(run: Run, dialogs: Dialogs) -> None:
    async def type_it(dialog: QDialog) -> None:
        QTest.keyClicks(part(dialog, QLineEdit, 0), "linux")
        QTest.keyClicks(part(dialog, QLineEdit, 1), " /srv/linux ")
        part(dialog, QComboBox).setCurrentText("Yes")
        QTest.keyClicks(part(dialog, QLineEdit, 2), "/srv/.part")
        button(dialog).click()

    assert run(asked(new_category(dialogs, lambda name: "" if name else "name it"), type_it)) == Category(
        "linux", "/srv/linux", "/srv/.part"
    )


def test_a_choice_is_narrowed_down_by_typing(run: Run, dialogs: Dialogs) -> None:
    async def type_it(dialog: QDialog) -> None:
        shown = part(dialog, QListWidget)
        assert shown.currentItem().text() == "beta"
        QTest.keyClicks(part(dialog, QLineEdit), "zzz")
        assert not button(dialog).isEnabled()
        part(dialog, QLineEdit).clear()
        QTest.keyClicks(part(dialog, QLineEdit), "GAM")
        assert [shown.item(n).text() for n in range(shown.count())] == ["gamma"]
        button(dialog).click()

    many = ["alpha", "beta", "gamma", *map(str, range(10))]
    assert run(asked(dialogs.ask_choice("Pick", "Letters", many, "beta"), type_it)) == "gamma"


def test_one_of_few_is_picked_by_the_arrow_keys(run: Run, dialogs: Dialogs) -> None:
    async def press_down(dialog: QDialog) -> None:
        assert dialog.findChildren(QLineEdit) == []
        shown = part(dialog, QListWidget)
        assert dialog.focusWidget() is shown
        QTest.keyClick(shown, Qt.Key.Key_Down)
        QTest.keyClick(shown, Qt.Key.Key_Return)

    assert run(asked(dialogs.ask_choice("Pick", "Server", ["home", "attic"]), press_down)) == "attic"


def test_the_button_says_what_it_does(run: Run, dialogs: Dialogs) -> None:
    ask = Ask("Remove", "Remove 2?", "Remove", ["a", "b"], ("Also delete the files", False), "Remove and delete")

    async def look(dialog: QDialog) -> None:
        width = button(dialog).width()
        assert button(dialog).text() == "Remove"
        part(dialog, QCheckBox).click()
        assert button(dialog).text() == "Remove and delete"
        assert button(dialog).width() == width
        button(dialog).click()

    assert run(asked(dialogs.confirm(ask), look)) == Confirmed(checked=True)


def test_return_on_a_careful_question_does_nothing(run: Run, dialogs: Dialogs) -> None:
    async def hit_return(dialog: QDialog) -> None:
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert run(asked(dialogs.confirm(Ask("Remove", "Really?", "Remove", careful=True)), hit_return)) is None
    assert run(asked(dialogs.confirm(Ask("Remove", "Really?", "Remove")), hit_return)) == Confirmed()


def test_a_long_list_is_cut_and_says_how_much_is_left(run: Run, dialogs: Dialogs) -> None:
    async def look(dialog: QDialog) -> None:
        shown = part(dialog, QListWidget)
        assert shown.count() == 1001
        assert shown.item(1000).text() == "and 2000 more"
        assert dialog.height() < 600
        dialog.reject()

    run(asked(dialogs.confirm(Ask("Remove", "Really?", "Remove", [f"name {n}" for n in range(3000)])), look))


def test_names_from_a_server_are_shown_as_they_are(run: Run, dialogs: Dialogs) -> None:
    hostile = "<img src='file:///etc/passwd'><b>x</b>"

    async def look(dialog: QDialog) -> None:
        item = part(dialog, QListWidget).item(0)
        assert item.text() == hostile
        assert "<img" not in item.toolTip()
        assert {label.textFormat() for label in dialog.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
        dialog.reject()

    run(asked(dialogs.confirm(Ask("Remove", hostile, "Remove", [hostile])), look))


@pytest.mark.parametrize(
    ("limit", "shown", "unit"),
    [(0, "∞", "KiB/s"), (-1, "∞", "KiB/s"), (102400, "100", "KiB/s"), (3 << 20, "3", "MiB/s"), (500, "1", "KiB/s")],
)
def test_a_limit_is_shown_in_the_unit_that_fits(run: Run, dialogs: Dialogs, limit: int, shown: str, unit: str) -> None:
    async def look(dialog: QDialog) -> None:
        assert (part(dialog, QSpinBox).text(), part(dialog, QComboBox).currentText()) == (shown, unit)
        dialog.reject()

    run(asked(ask_speed_limit(dialogs, "Limit", limit), look))


def test_a_limit_keeps_its_worth_when_the_unit_changes(run: Run, dialogs: Dialogs) -> None:
    async def change(dialog: QDialog) -> None:
        part(dialog, QSpinBox).setValue(2048)
        part(dialog, QComboBox).setCurrentText("MiB/s")
        assert part(dialog, QSpinBox).value() == 2
        button(dialog).click()

    assert run(asked(ask_speed_limit(dialogs, "Limit", 1024), change)) == 2 << 20


def test_zero_takes_a_limit_away(run: Run, dialogs: Dialogs) -> None:
    async def clear(dialog: QDialog) -> None:
        QTest.keyClicks(part(dialog, QSpinBox), "0")
        button(dialog).click()

    assert run(asked(ask_speed_limit(dialogs, "Limit", 1024), clear)) == 0


def test_share_limits_come_back_as_they_were(run: Run, dialogs: Dialogs) -> None:
    limits = ShareLimits(2.5, -1, 60, "Remove", "MatchAll")

    async def accept(dialog: QDialog) -> None:
        button(dialog).click()

    question = ask_share_limits(dialogs, "Share", limits, inactive=True, actions=True, modes=True)
    assert run(asked(question, accept)) == limits


def test_a_share_limit_is_global_or_none_or_a_number(run: Run, dialogs: Dialogs) -> None:
    async def change(dialog: QDialog) -> None:
        ratio, time = part(dialog, QComboBox, 0), part(dialog, QComboBox, 1)
        assert not part(dialog, QDoubleSpinBox).isEnabled()
        ratio.setCurrentText("Own limit")
        part(dialog, QDoubleSpinBox).setValue(1.5)
        time.setCurrentText("No limit")
        button(dialog).click()

    question = ask_share_limits(dialogs, "Share", ShareLimits(), inactive=True, actions=True, modes=True)
    assert run(asked(question, change)) == ShareLimits(1.5, -1, -2)


def test_an_old_server_is_not_asked_for_what_it_lacks(run: Run, dialogs: Dialogs) -> None:
    async def look(dialog: QDialog) -> None:
        assert len(dialog.findChildren(QComboBox)) == 2
        button(dialog).click()

    question = ask_share_limits(dialogs, "Share", ShareLimits(), inactive=False, actions=False, modes=False)
    assert run(asked(question, look)) == ShareLimits()


def test_a_table_is_only_read(run: Run, dialogs: Dialogs) -> None:
    async def look(dialog: QDialog) -> None:
        table = part(dialog, QTableWidget)
        assert [table.model().index(0, n).data() for n in range(2)] == ["Start", "Ctrl+S"]
        button(dialog, QDialogButtonBox.StandardButton.Cancel).click()

    run(asked(show_table(dialogs, "Keys", ("Action", "Keys"), [("Start", "Ctrl+S")]), look))


def test_every_input_has_a_name_and_a_tip(run: Run, dialogs: Dialogs) -> None:
    async def look(dialog: QDialog) -> None:
        inputs = [w for kind in (QLineEdit, QAbstractSpinBox, QComboBox) for w in dialog.findChildren(kind)]
        own = [w for w in inputs if not isinstance(w.parent(), QAbstractSpinBox)]
        assert own
        assert [w for w in own if not w.accessibleName()] == []
        assert [w for w in own if not isinstance(w, QLineEdit) and not w.toolTip()] == []
        dialog.reject()

    questions: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: dialogs.ask_text("Rename", "Name", "x", help="help"),
        lambda: new_category(dialogs, lambda _name: ""),
        lambda: dialogs.ask_choice("Pick", "Things", [*"abcdefghijkl"]),
        lambda: ask_speed_limit(dialogs, "Limit", 0),
        lambda: ask_share_limits(dialogs, "Share", ShareLimits(), inactive=True, actions=True, modes=True),
    ]
    for question in questions:
        run(asked(question(), look))


def test_what_watches_a_question_can_close_it(run: Run, dialogs: Dialogs) -> None:
    closes: list[Callable[[], None]] = []

    @contextmanager
    def watch(close: Callable[[], None]) -> Iterator[None]:
        closes.append(close)
        yield
        closes.clear()

    async def close(_dialog: QDialog) -> None:
        closes[0]()

    assert run(asked(Dialogs(dialogs.parent, watch).ask_text("Rename", "Name", "x"), close)) is None
    assert closes == []


def test_a_cancelled_question_closes_its_dialog(run: Run, dialogs: Dialogs) -> None:
    async def cancel() -> None:
        task = asyncio.get_running_loop().create_task(dialogs.ask_text("Rename", "Name"))
        await until(shown_dialog)
        task.cancel()
        await asyncio.wait([task])
        assert shown_dialog() is None

    run(cancel())


def test_return_never_cancels_what_was_typed(run: Run, dialogs: Dialogs) -> None:
    async def visit_cancel_and_return(dialog: QDialog) -> None:
        await until(dialog.isActiveWindow)
        field, cancel = part(dialog, QLineEdit), button(dialog, QDialogButtonBox.StandardButton.Cancel)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert dialog.isVisible()  # OK is off, and Cancel does not take its place
        cancel.setFocus()
        field.setFocus()
        QTest.keyClicks(field, "new")
        QTest.keyClick(field, Qt.Key.Key_Return)

    check = lambda name: "" if name else "A name is needed."  # noqa: E731
    assert run(asked(dialogs.ask_text("Rename", "Name", "", check), visit_cancel_and_return)) == "new"


def test_return_on_cancel_cancels(run: Run, dialogs: Dialogs) -> None:
    async def go_to_cancel(dialog: QDialog) -> None:
        await until(dialog.isActiveWindow)
        cancel = button(dialog, QDialogButtonBox.StandardButton.Cancel)
        cancel.setFocus()
        QTest.keyClick(cancel, Qt.Key.Key_Return)

    assert run(asked(dialogs.ask_text("Rename", "Name", "old"), go_to_cancel)) is None
