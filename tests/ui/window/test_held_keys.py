"""A key that is held, or still meant for a dialog that has just closed, does nothing more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from qbt_remote.ui.kit import row_table
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, open_dialog, play

Key = Qt.Key


def press(widget: QWidget, key: Qt.Key, *, held: bool = False) -> None:
    """Let a widget get a key as the keyboard sends it: with what a key sends that is held, if it is."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", held)
    QApplication.sendEvent(widget, event)


def test_a_return_that_is_held_does_nothing_in_the_list(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_table, "STRAY_S", 0.0)

    async def scene(rig: Rig) -> None:
        rig.select("A")
        rig.settings.double_click_downloading = "start_stop"
        await rig.key(Key.Key_Home)
        rig.select("A")
        press(rig.window.table, Key.Key_Return, held=True)
        assert "Stop" not in rig.tasks.doing
        press(rig.window.table, Key.Key_Return)
        await until(lambda: rig.home.calls("torrents/stop"))

    play(run, scene)


def test_what_is_typed_as_a_dialog_closes_does_not_reach_the_list(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_table, "STRAY_S", 60.0)

    async def scene(rig: Rig) -> None:
        rig.settings.double_click_downloading = "start_stop"
        await rig.key(Key.Key_Home)
        rig.select("A")
        dialog = await rig.question("remove")
        await until(dialog.isActiveWindow)
        dialog.cancel.setFocus()
        QTest.keyClick(dialog.cancel, Key.Key_Space)
        await until(lambda: not open_dialog())
        rig.window.activateWindow()
        await until(lambda: rig.window.isActiveWindow() and rig.window.table.hasFocus())
        QTest.keyClick(rig.window.table, Key.Key_Return)
        QTest.keyClick(rig.window.table, Key.Key_Space)
        assert "Stop" not in rig.tasks.doing
        monkeypatch.setattr(row_table, "STRAY_S", 0.0)
        QTest.keyClick(rig.window.table, Key.Key_Return)
        await until(lambda: rig.home.calls("torrents/stop"))
        assert len(rig.home.calls("torrents/stop")) == 1

    play(run, scene)


def test_a_return_that_is_still_held_agrees_to_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("remove")
        for pressed in (dialog.ok, dialog):
            press(pressed, Key.Key_Return, held=True)
            press(pressed, Key.Key_Enter, held=True)
        assert dialog.isVisible()
        press(dialog.ok, Key.Key_Return)
        await until(lambda: rig.home.calls("torrents/delete"))

    play(run, scene)


def test_no_command_is_repeated_by_a_key_that_is_held(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        keys = [action for action in rig.window.actions() if action.shortcuts()]
        assert len(keys) > 20
        assert [action.objectName() for action in keys if action.autoRepeat()] == []

    play(run, scene)
