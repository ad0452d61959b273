"""A push button for a command: it has its words, and says why it cannot be done now."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from qbt_remote.ui.commands.command_action import CommandAction


class ActionButton(QPushButton):
    """Follows the action as long as both are there."""

    def __init__(self, action: CommandAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._action = action
        self.setAutoDefault(False)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setText(action.text())
        self.setIcon(action.icon())
        self.setEnabled(action.isEnabled())
        self.setToolTip(action.toolTip())
        self.setAccessibleName(action.iconText())
        self.setAccessibleDescription(action.toolTip())
