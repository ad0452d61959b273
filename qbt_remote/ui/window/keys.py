"""What a key means where: some keys are of the area that has the focus, all others of the window.

| key | torrent list | sidebar | lists of the details | texts and boxes | elsewhere |
|---|---|---|---|---|---|
| Del, F2, Ins | row of ``ROWS`` | row of ``ENTRY_ROWS`` | row of ``PANEL_COMMANDS`` | edit the text | nothing |
| Ctrl+C | row of ``ROWS`` | the entry's text | row of ``PANEL_COMMANDS`` | what is marked | nothing |
| Ctrl+A | row of ``ROWS`` | nothing | all rows | all text | nothing |
| Return, Esc | the widget's own | picks, or unfolds | the widget's own | the widget's own | press a button |

The rows say by their ``key`` which command it is.  What is in ``OF_THE_AREA`` never goes from one area to another: Del
on a category, or on a button of the toolbar, would remove the selected torrents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.filtering.entry_menu import entry_action
from qbt_remote.ui.filtering.list_context import ListContext
from qbt_remote.ui.filtering.sidebar import Sidebar

OF_THE_AREA = ("Del", "Shift+Del", "F2", "Ins", "Ctrl+C", "Ctrl+A", "Ctrl+R", "Return", "Enter", "Esc")
_KEYS = frozenset(map(QKeySequence, OF_THE_AREA))


class AreaKeys(QObject):
    """Gives the sidebar its keys, and keeps from the list those that are pressed where it has not the focus."""

    def __init__(
        self,
        window: QWidget,
        table: QWidget,
        sidebar: Sidebar,
        entry_rows: Callable[[], Sequence[Command[Any]]],
        context: Callable[[], ListContext],
    ) -> None:
        """``entry_rows`` gives the commands of the sidebar, which are imported with the first such key."""
        super().__init__(window)
        self._window, self._table, self._sidebar = window, table, sidebar
        self._entry_rows, self._context = entry_rows, context
        window.installEventFilter(self)
        sidebar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        pressed = QKeySequence(event.keyCombination())
        if pressed not in _KEYS:
            return False
        if watched is self._sidebar:
            return self._take_entry_key(pressed, event)
        # the window is told last: nothing below it wants the key
        if kind == QEvent.Type.ShortcutOverride and not self._table.hasFocus():
            event.accept()  # then it is no shortcut
            return True
        return False

    def _take_entry_key(self, pressed: QKeySequence, event: QKeyEvent) -> bool:
        at = self._sidebar.current_entry()
        action = entry_action(self._entry_rows(), self._context(), *at, pressed) if at is not None else None
        if action is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            action.begin()
        return True
