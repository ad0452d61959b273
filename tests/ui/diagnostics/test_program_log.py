"""The program's own log: its lines and the requests to the servers in one list."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from qbt_remote.local import log
from qbt_remote.ui.diagnostics.program_log import ProgramLog
from tests.conftest import Run
from tests.sim.faults import LOST
from tests.ui.conftest import until
from tests.ui.rig import Rig, play

REQUESTS = logging.DEBUG
LOG = logging.getLogger("qbt_remote.test")


@pytest.fixture(autouse=True)
def own_log(tmp_path: Path) -> Iterator[None]:
    """The log of the program, without what other tests have left in it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    log.setup(tmp_path)
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


async def opened(rig: Rig) -> ProgramLog:
    await rig.trigger("program_log")
    (window,) = rig.window.findChildren(ProgramLog)
    assert window.isVisible()
    await until(lambda: lines(window))
    return window


def lines(window: ProgramLog) -> list[list[str]]:
    """Type, server and message of what is shown."""
    model = window.view.model
    return [model.line(row).split("\t")[1:] for row in range(model.rowCount())]


def texts(window: ProgramLog) -> list[str]:
    return [line[-1] for line in lines(window)]


def show_requests(window: ProgramLog) -> None:
    window.view.types[REQUESTS].click()


def choose(window: ProgramLog, server: str) -> None:
    box = window.server
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findText(server)):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == server


def test_lines_and_requests_are_shown_as_they_come(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig)
        assert lines(window)[0][:2] == ["Information", "home"]
        assert lines(window)[0][2].startswith("home: qBittorrent v5.3.0, Web API ")
        assert not [line for line in lines(window) if line[0] == "Request"]

        LOG.warning("the tray is gone")
        await until(lambda: ["Warning", "", "the tray is gone"] in lines(window), 4)

        show_requests(window)
        (login,) = [text for text in texts(window) if "auth/login" in text]
        assert login.startswith("POST auth/login: status 204, ") and login.endswith(" sent, 0 B received")
        before = len(lines(window))
        await until(lambda: len(lines(window)) > before, 4)
        assert all(line[1] == "home" for line in lines(window) if line[0] == "Request")
        assert not [text for text in texts(window) if "rid=" in text or "?" in text]
        window.close()

    play(run, scene)


def test_a_request_without_an_answer_says_so(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.link.plan("sync/maindata", LOST)
        window = await opened(rig)
        show_requests(window)
        await until(lambda: any("sync/maindata: no answer, " in text for text in texts(window)), 4)
        window.close()

    play(run, scene)


def test_types_and_words_narrow_it_down(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        LOG.error("the disk is full")
        LOG.critical("the disk is gone")
        window = await opened(rig)
        window.view.words.setText("DISK")
        assert lines(window) == [["Error", "", "the disk is full"], ["Error", "", "the disk is gone"]]
        window.view.types[logging.ERROR].click()
        assert lines(window) == []
        assert window.view.note == "No line matches the filter."
        window.close()

    play(run, scene)


def test_one_server_can_be_looked_at_alone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        LOG.info("about nobody")
        window = await opened(rig)
        show_requests(window)
        await until(lambda: {line[1] for line in lines(window)} == {"", "home", "seedbox"})

        choose(window, "seedbox")
        await until(lambda: {line[1] for line in lines(window)} == {"seedbox"})
        assert any(line[0] == "Information" for line in lines(window))
        before = len(lines(window))
        await until(lambda: len(lines(window)) > before, 4)
        assert {line[1] for line in lines(window)} == {"seedbox"}

        choose(window, "All servers")
        await until(lambda: "about nobody" in texts(window))
        window.close()

    play(run, scene, "5.3.0", "4.2.5")


def test_with_one_server_there_is_no_choice(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig)
        assert not window.server.isVisible()
        window.close()

    play(run, scene)


def test_an_emptied_list_shows_what_comes_from_then_on(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.config.interval_s = 60.0  # else the request of a poll may come just after the list was emptied
        LOG.info("before")
        window = await opened(rig)
        QTest.mouseClick(window.clear_button, Qt.MouseButton.LeftButton)
        await until(lambda: lines(window) == [])
        assert window.view.note == "The log is empty."

        LOG.info("after")
        await until(lambda: texts(window) == ["after"], 4)
        choice = window.server
        choice.activated.emit(choice.currentIndex())
        await until(lambda: texts(window) == ["after"])
        window.close()

        assert "before" in texts(await opened(rig))
        rig.window.findChildren(ProgramLog)[-1].close()

    play(run, scene)


def test_what_is_shown_is_copied(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        LOG.info("one")
        LOG.info("two")
        window = await opened(rig)
        window.view.words.setText("two")
        window.view.copy()
        assert QGuiApplication.clipboard().text().endswith("Information\t\ttwo")
        window.close()

    play(run, scene)


def test_it_rests_while_it_cannot_be_seen_and_comes_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig)
        window.hide()
        await until(lambda: "Look for news" not in rig.tasks.doing)
        LOG.info("meanwhile")

        assert await opened(rig) is window
        await until(lambda: "meanwhile" in texts(window))
        window.close()

    play(run, scene)


def test_tab_goes_through_it_as_the_eye_does(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig)
        view, passed = window.view, list[QWidget | None]()
        window.server.setFocus()
        for _ in range(9):
            passed.append(window.focusWidget())
            QTest.keyClick(passed[-1] or window, Qt.Key.Key_Tab)

        boxes = view.types.values()
        assert passed == [window.server, view.words, *boxes, view.follow, view.copy_button, window.clear_button]
        assert window.focusWidget() is view.table
        window.close()

    play(run, scene, "5.3.0", "4.2.5")
