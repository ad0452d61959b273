"""How long the preferences take to open once the answer is there, and a key in their search.

Prints figures as JSON.  The answer has 241 keys, as many as 5.3.0 gives; eight of them are not known.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from typing import Any

from PySide6.QtCore import QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.sync.session import Session
from qbt_remote.ui.commands.shell import Hooks
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.window.commands import ROWS
from qbt_remote.ui.window.main_window import MainWindow

KEYS, UNKNOWN_KEYS = 241, 8
TYPED = ("port", "limit", "torrent", "dht", "e", "upload slots", "nothing of it")


def answer() -> dict[str, Any]:
    from qbt_remote.prefs.schema import UNKNOWN, of_servers

    samples = {"bool": True, "int": 7, "float": 2.5, "folders": {"/watch": 1}, "json": [], "time": 8, "part": 0}
    found: dict[str, Any] = {}
    for key, pref in list(of_servers().prefs.items())[: KEYS - UNKNOWN_KEYS]:
        known = pref.default if pref.default is not UNKNOWN else samples.get(pref.kind, "")
        found[key] = pref.choices[0].value if pref.choices and pref.default is UNKNOWN else known
    return found | {f"unknown_{n}": n for n in range(UNKNOWN_KEYS)}


def nobody(*_given: Any) -> Any:
    raise AssertionError("nobody is asked")


def main() -> None:
    json.load(sys.stdin)
    app = QApplication([])
    tasks = Tasks(nobody)
    hooks = Hooks(
        quit=nobody,
        save=nobody,
        faults=lambda: 0,
        open_servers=nobody,
        edit_server=nobody,
        remove_server=nobody,
        pause_all=nobody,
        resume_all=nobody,
        can_resume=lambda: False,
        open_client=nobody,
        replace_server=nobody,
        hide_on_close=lambda: False,
        add_queue=nobody,
        longest_gap=lambda: None,
    )
    window = MainWindow(Settings(), hooks, tasks, ROWS)
    window.show()
    app.processEvents()
    opened = [opening(window) for _time in range(6)]
    figures = {"first_ms": opened[0], "again_ms": statistics.median(opened[1:])} | keystrokes(window)
    print(json.dumps(figures), flush=True)
    os._exit(0)


def dialog_of(window: MainWindow, values: dict[str, Any]) -> Any:
    from qbt_remote.ui.form.form_input import FormNeeds
    from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog

    dialog = PreferencesDialog(window.shell, Session(ServerConfig("home", "http://h"), nobody), values, FormNeeds())
    dialog.show()
    return dialog


def opening(window: MainWindow) -> float:
    """Milliseconds from the answer to the painted dialog; the first time with all imports."""
    values = answer()
    began = time.perf_counter()
    dialog = dialog_of(window, values)
    while not dialog.windowHandle().isExposed():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    QApplication.processEvents()
    took = (time.perf_counter() - began) * 1000
    dialog.reject()
    QApplication.processEvents()
    return took


def keystrokes(window: MainWindow) -> dict[str, float]:
    """Milliseconds from a key in the search to the painted find, all pages being built."""
    dialog = dialog_of(window, answer())
    for key in dialog.draft.prefs:
        dialog.form.row(key)
    QApplication.processEvents()
    took: list[float] = []
    for text in TYPED:
        dialog.form.search.clear()
        QApplication.processEvents()
        for letter in text:
            began = time.perf_counter()
            QTest.keyClicks(dialog.form.search, letter)
            QApplication.processEvents()
            took.append((time.perf_counter() - began) * 1000)
    return {"key_ms": statistics.median(took), "slowest_key_ms": max(took)}


if __name__ == "__main__":
    main()
