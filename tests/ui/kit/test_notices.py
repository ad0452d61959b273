"""The notice bar shows the newest message, keeps the older ones, and never stands in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from qbt_remote.api.errors import Rejected
from qbt_remote.ui.kit.notices import NoticeBar
from qbt_remote.ui.kit.tasks import Tasks
from tests.conftest import Run
from tests.ui.conftest import until


@pytest.fixture
def bar(qtbot: Any, run: Run) -> Iterator[NoticeBar]:
    failures: list[BaseException] = []
    tasks = Tasks(lambda error, _doing: failures.append(error))
    window = QWidget()
    window.resize(700, 200)
    qtbot.addWidget(window)
    made = NoticeBar(tasks, window, info_shown_s=0.1)
    column = QVBoxLayout(window)
    column.addWidget(made)
    column.addStretch()
    window.show()
    yield made
    run(tasks.stop())
    assert failures == []


def texts(bar: NoticeBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.isVisible() and label.text()]


def button(bar: NoticeBar, name: str) -> QPushButton | QToolButton:
    found: list[QPushButton | QToolButton] = [*bar.findChildren(QPushButton), *bar.findChildren(QToolButton)]
    return next(b for b in found if name in (b.text(), b.accessibleName()))


async def settle() -> None:
    await asyncio.sleep(0.02)


def test_nothing_is_shown_at_first(bar: NoticeBar) -> None:
    assert not bar.isVisible()


def test_an_error_stays_with_the_servers_words_until_it_is_dismissed(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        bar.show_error(Rejected("{server} refuses.", status=409, detail="<b>Nein</b>", server="home"))
        await settle()
        assert texts(bar) == ["home refuses."]
        assert not any(area.isVisible() for area in bar.findChildren(QScrollArea))
        button(bar, "Details").click()
        assert texts(bar)[-1] == "<b>Nein</b>"
        assert {label.textFormat() for label in bar.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}
        button(bar, "Dismiss this message").click()
        assert not bar.isVisible()

    run(scene())


def test_the_newest_is_shown_and_the_older_ones_are_counted(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        for number in range(4):
            bar.show_error(f"failure {number}")
        await settle()
        assert texts(bar) == ["failure 3", "+3 more"]
        bar.dismiss()
        assert texts(bar) == ["failure 2", "+2 more"]
        bar.dismiss_all()
        assert not bar.isVisible()

    run(scene())


def test_the_same_failure_is_said_once(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        for text in ("a", "b", "a"):
            bar.show_error(text)
        assert (bar.current and bar.current.text, bar.waiting) == ("a", 1)

    run(scene())


def test_an_info_stands_below_an_error_and_goes_by_itself(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        for number in range(3):
            bar.show_error(f"failure {number}")
        bar.show_info("done")
        await settle()
        assert texts(bar) == ["failure 2", "+2 more", "done"]
        assert (bar.current and bar.current.text, bar.waiting, bar.accessibleName()) == ("done", 2, "done")
        await until(lambda: texts(bar) == ["failure 2", "+2 more"])

    run(scene())


def test_each_line_dismisses_its_own(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        bar.show_error("failure")
        bar.show_info("done", action=("Show", lambda: None))
        await settle()
        button(bar, "Dismiss this message").click()
        assert texts(bar) == ["done"]
        assert button(bar, "Show").isVisible()
        button(bar, "Dismiss this message").click()
        assert not bar.isVisible()

    run(scene())


def test_details_that_say_what_the_text_says_are_not_offered(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        bar.show_error("home: not now", details="not now")
        await settle()
        assert not button(bar, "Details").isVisible()
        bar.show_error("home: not now", details="not now\nbusy")
        await settle()
        assert button(bar, "Details").isVisible()

    run(scene())


def test_a_newer_notice_takes_an_info_away(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        bar.show_info("done")
        bar.show_warning("careful")
        assert (bar.current and bar.current.text, bar.waiting) == ("careful", 0)

    run(scene())


def test_retry_does_it_again_and_takes_the_notice_away(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        tried: list[bool] = []
        bar.show_error("failure", lambda: tried.append(bar.isVisible()))
        button(bar, "Retry").click()
        assert tried == [False]
        bar.show_error("no way")
        assert not button(bar, "Retry").isVisible()

    run(scene())


def test_a_text_without_room_is_elided_and_can_be_read_whole(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        long = "a torrent with this name exists " * 20
        bar.show_error(long)
        await until(lambda: texts(bar)[0].endswith("…"))
        assert bar.accessibleName() == long
        assert bar.window().width() == 700
        button(bar, "Details").click()
        assert long in texts(bar)[-1]
        assert bar.findChildren(QScrollArea)[0].height() >= bar.fontMetrics().lineSpacing() * 2

    run(scene())


def test_escape_dismisses_a_notice_that_has_the_focus(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        bar.show_error("failure", lambda: None)
        QTest.keyClick(button(bar, "Retry"), Qt.Key.Key_Escape)
        assert not bar.isVisible()

    run(scene())


def test_control_characters_are_not_shown(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        bar.show_error("one\x1b[31m\u202etwo")
        await settle()
        assert texts(bar) == ["one\ufffd[31m[U+202E]two"]

    run(scene())


def test_what_no_longer_holds_is_taken_back_wherever_it_lies(run: Run, bar: NoticeBar) -> None:
    async def scene() -> None:
        for text in ("not saved", "another", "not saved, too"):
            bar.show_error(text)
        bar.take_back("not saved")
        assert (bar.current and bar.current.text, bar.waiting) == ("not saved, too", 1)
        bar.take_back("not saved, too")
        await settle()
        assert texts(bar) == ["another"]
        bar.take_back("never said")
        assert texts(bar) == ["another"]
        bar.take_back("another")
        assert not bar.isVisible()

    run(scene())
