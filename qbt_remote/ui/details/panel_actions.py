"""Makes the commands of a panel into actions: for its menu, its buttons beside the tabs and its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.command import without_mnemonic
from qbt_remote.ui.details.panel_command import PanelCommand, PanelContext, why_not
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.tasks import Tasks


class PanelActions(QObject):
    """The actions of one panel.  A key is judged when it is pressed, the rest when it can be seen."""

    def __init__(
        self,
        parent: QObject,
        commands: Sequence[PanelCommand[Any]],
        context: Callable[[], PanelContext[Any] | None],
        tasks: Tasks,
    ) -> None:
        """``context`` gives None while there is no torrent, or no server of it."""
        super().__init__(parent)
        self.commands, self._context, self._tasks = commands, context, tasks
        self._actions = {command.id: self._make(command) for command in self.commands}

    def action(self, id: str) -> QAction:
        return self._actions[id]

    @property
    def buttons(self) -> list[QAction]:
        """Those that have a button beside the tabs."""
        return [self._actions[command.id] for command in self.commands if command.bar]

    def fill(self, menu: QMenu) -> None:
        """Put the commands into the panel's menu."""
        for command in self.commands:
            if command.line:
                menu.addSeparator()
            menu.addAction(self._actions[command.id])

    def watch(self, widget: QWidget) -> None:
        """Take the keys of the commands while this widget has the focus.

        Some of them are keys of the window, too: Del there removes the torrent.  So they are taken before
        shortcuts are looked for, even if the command cannot be done now.
        """
        widget.installEventFilter(self)

    def refresh(self) -> None:
        """Bring all actions up to date."""
        p = self._context()
        for command in self.commands:
            action = self._actions[command.id]
            reason = tr("Select a torrent first") if p is None else why_not(command, p)
            action.setEnabled(not reason)
            if command.checked and p is not None:
                action.setChecked(command.checked(p))
            self._explain(action, command, reason)

    def _make(self, command: PanelCommand[Any]) -> QAction:
        text = tr(command.text)
        action = QAction(text, self)
        action.setObjectName(command.id)
        action.setIconText(without_mnemonic(text))
        action.setShortcut(QKeySequence.fromString(command.key, QKeySequence.SequenceFormat.PortableText))
        action.setCheckable(command.checked is not None)
        action.setIcon(icon(command.icon))
        action.setIconVisibleInMenu(command.checked is None)
        self._explain(action, command, "")
        action.triggered.connect(partial(self._trigger, command))
        return action

    def _explain(self, action: QAction, command: PanelCommand[Any], reason: str) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        first = f"{tr(command.tip)} ({keys})" if keys else tr(command.tip)
        action.setToolTip(tip(f"{first}\n{reason}" if reason else first))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            pressed = QKeySequence(event.keyCombination())
            for command in self.commands:
                if command.key and self._actions[command.id].shortcut() == pressed:
                    event.accept()
                    if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                        self._trigger(command)
                    return True
        return super().eventFilter(watched, event)

    def _trigger(self, command: PanelCommand[Any], _checked: bool = False) -> None:
        p = self._context()
        if p is None:
            return
        p.ctx.doing = without_mnemonic(tr(command.text))
        if reason := why_not(command, p):
            p.ctx.notices.show_info(tr("{doing}: {reason}", doing=p.ctx.doing, reason=reason))
            self.refresh()
            return
        self._tasks.spawn(self._run(command, p), p.ctx.doing)

    async def _run(self, command: PanelCommand[Any], p: PanelContext[Any]) -> None:
        await command.run(p)
        self.refresh()
