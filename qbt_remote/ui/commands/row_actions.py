"""The commands of a list as actions: for its menu, its buttons and its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.command_action import CommandAction
from qbt_remote.ui.commands.context import Context


class RowActions(QObject):
    """The actions of one list.  A key is judged when it is pressed, the rest when it can be seen."""

    def __init__(
        self, parent: QObject, commands: Sequence[Command[Any]], context: Callable[[], Context | None]
    ) -> None:
        """``context`` gives None while there is nothing that they could act on."""
        super().__init__(parent)
        self._context = context
        self._actions = {row.id: CommandAction(row, context, self, self.refresh) for row in commands}

    def action(self, id: str) -> CommandAction:
        return self._actions[id]

    @property
    def commands(self) -> list[Command[Any]]:
        return [action.command for action in self._actions.values()]

    @property
    def buttons(self) -> list[CommandAction]:
        """Those that have a button beside the list."""
        return [action for action in self._actions.values() if action.command.toolbar]

    def fill(self, menu: QMenu) -> None:
        """Put the commands into the list's menu."""
        for action in self._actions.values():
            if action.command.line:
                menu.addSeparator()
            menu.addAction(action)

    def watch(self, widget: QWidget) -> None:
        """Take the keys of the commands while this widget has the focus.

        Some of them are keys of the window, too: Del there removes the torrent.  So they are taken before
        shortcuts are looked for, even if the command cannot be done now.
        """
        widget.installEventFilter(self)

    def refresh(self) -> None:
        """Bring all actions up to date."""
        ctx = self._context()
        for action in self._actions.values():
            action.judge(ctx)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            pressed = QKeySequence(event.keyCombination())
            for action in self._actions.values():
                if action.command.key and action.shortcut() == pressed:
                    event.accept()
                    if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                        action.begin()
                    return True
        return super().eventFilter(watched, event)
