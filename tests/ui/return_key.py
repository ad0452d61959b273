"""Presses Return on every check box and radio button of every dialog; what the desktop's theme makes of it is printed.

To be run by itself: Qt takes its platform theme, which may let Return press any button, from the environment
of the process.  Its arguments are the commands whose dialogs are looked at; without any it is all of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import qasync
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QRadioButton, QTabWidget, QWidget

from qbt_remote.api.adding.given import Given
from qbt_remote.ui.form.form import Form
from qbt_remote.ui.window.commands import COMMANDS
from tests.ui.conftest import until
from tests.ui.rig import Rig, three_torrents

WITHOUT_DOTS = ("log", "program_log", "add_queue")
LEFT_OUT = ("add_files", "export")
"""They open the desktop's own dialog."""


class Taken(QObject):
    """Takes the Return that a dialog gets from a part of it, before its default button is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Return:
            self.count += 1
            return True
        return False


class Pressing:
    """What was pressed, and where Return did something else than go to the dialog."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._wanted = wanted
        self.pressed = 0
        self.kept: list[str] = []
        self._taken = Taken()

    async def all(self) -> dict[str, Any]:
        rig = Rig(("5.3.0",))
        three_torrents(rig)
        for name in ("A", "B"):  # the same files, so that the question about removing has all it can have
            rig.home.world.torrents[_hash(rig, name)]["content_path"] = "/downloads/same"
        async with rig:
            rig.select("A")
            for command in COMMANDS:
                opens = command.text.endswith("…") or command.id in WITHOUT_DOTS
                if command.id in self._wanted if self._wanted else opens and command.id not in LEFT_OUT:
                    await self._press_in(command.id, rig.action(command.id).trigger, rig)
            if not self._wanted:
                magnets = tuple(f"magnet:?xt=urn:btih:{n:040x}&dn=Voyage" for n in (1, 2))
                await self._press_in("add", lambda: rig.window.add(Given(magnets)), rig)
            await self._remove(rig)
            deleted = [form["deleteFiles"] for form in rig.home.calls("torrents/delete")]
        failures = [repr(error) for error in rig.failures]
        return {"pressed": self.pressed, "kept": self.kept, "deleted": deleted, "failures": failures}

    async def _remove(self, rig: Rig) -> None:
        """Press Return while the box about the files has the focus."""
        dialog = await rig.question("remove")
        box = next(box for box in dialog.findChildren(QCheckBox) if box.isVisible() and box.isEnabled())
        QTest.keyClick(box, Qt.Key.Key_Return)
        await rig.done(rig.action("remove").iconText())

    async def _press_in(self, name: str, opens: Any, rig: Rig) -> None:
        before = _windows()
        opens()
        await until(lambda: len(_windows()) > len(before) or rig.notice() or rig.asked)
        for window in [w for w in _windows() if w not in before]:
            window.installEventFilter(self._taken)
            self._press(name, window)
            for tabs in window.findChildren(QTabWidget):
                for place in range(1, tabs.count()):
                    tabs.setCurrentIndex(place)
                    self._press(name, window)
            for form in window.findChildren(Form):
                for row in range(form.pages.count()):
                    form.pages.setCurrentRow(row)
                    self._press(name, window)
            window.removeEventFilter(self._taken)
            window.close()
            await until(partial(_is_gone, window))
        rig.window.notices.dismiss_all()
        rig.asked.clear()

    def _press(self, name: str, window: QWidget) -> None:
        for kind in (QCheckBox, QRadioButton):
            for box in [box for box in window.findChildren(kind) if box.isVisible() and box.isEnabled()]:
                state, gone = box.isChecked(), self._taken.count
                for what in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    event = QKeyEvent(what, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
                    QApplication.sendEvent(box, event)
                self.pressed += 1
                if box.isChecked() != state or self._taken.count != gone + 1:
                    self.kept.append(f"{name}: {box.text()}")


def _hash(rig: Rig, name: str) -> str:
    return next(h for h, row in rig.home.world.torrents.items() if row["name"] == name)


def _windows() -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if w.isVisible() and not isinstance(w, QMenu)]


def _is_gone(window: QWidget) -> bool:
    try:
        return not window.isVisible()
    except RuntimeError:  # it has been deleted
        return True


def bare_box_is_toggled() -> bool:
    """Tell whether the theme lets Return press a check box that is Qt's own."""
    box = QCheckBox()
    for what in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(box, QKeyEvent(what, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier))
    return box.isChecked()


def main() -> None:
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        found = loop.run_until_complete(Pressing(sys.argv[1:]).all())
    print(json.dumps(found | {"bare": bare_box_is_toggled()}))


if __name__ == "__main__":
    main()
