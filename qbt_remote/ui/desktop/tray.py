"""The tray icon: speeds in its tip, the commands one wants without the window in its menu."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import speed
from qbt_remote.ui.kit.icons import icon

MENU = (
    "show_hide",
    "",
    "add_files",
    "add_links",
    "",
    "pause_all",
    "resume_all",
    "alt_speed",
    "speed_limits",
    "",
    "quit",
)
"""Ids of commands; "" is a line."""
LOOK_EVERY_S = 10.0


class Tray(QObject):
    """Shows itself when the desktop has a tray, also if that comes later."""

    def __init__(
        self,
        action: Callable[[str], QAction],
        settings: Settings,
        before_menu: Callable[[], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``action`` gives the action of a command's id; ``before_menu`` brings their texts and checks up to date."""
        super().__init__(parent)
        self._settings = settings
        self._show_hide = action("show_hide")
        self._menu = QMenu()
        for command_id in MENU:
            if command_id:
                self._menu.addAction(action(command_id))
            else:
                self._menu.addSeparator()
        if before_menu:
            self._menu.aboutToShow.connect(before_menu)
        self._made_for_a_tray = False
        self._look_at = float("inf")
        self.icon = self._make_icon()
        self.set_speeds(0, 0)
        self._look_at = 0.0

    @property
    def available(self) -> bool:
        """Whether the desktop has a tray at this moment."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def should_hide_on_close(self) -> bool:
        """Tell whether closing the window keeps the program in the tray, where it can be found again."""
        return self._settings.close_to_tray and self.available

    def set_speeds(self, down: int, up: int, paused: Sequence[str] = ()) -> None:
        """Put the totals of all servers, in bytes/s, into the tip, and which servers are paused.

        Whether a tray has come is asked only now and then: without one it takes up to 10 ms.
        """
        if not self._made_for_a_tray and self._is_time() and self.available:
            self.icon.hide()
            self.icon.deleteLater()
            self.icon = self._make_icon()
        tip = tr("qbt-remote\nDownload: {down}\nUpload: {up}", down=speed(down), up=speed(up))
        if paused:
            tip += tr("\nSession paused: {servers}", servers=", ".join(paused))
        if tip != self.icon.toolTip():
            self.icon.setToolTip(tip)

    def _is_time(self) -> bool:
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_EVERY_S
        return True

    def close(self) -> None:
        """Take the icon out of the tray."""
        self.icon.hide()
        self._menu.deleteLater()

    def _make_icon(self) -> QSystemTrayIcon:
        """Make the icon, anew when a tray came later: Qt (6.11) keeps a D-Bus icon made before out of it."""
        self._made_for_a_tray = self.available
        made = QSystemTrayIcon(icon("qbt-remote"), self)
        made.setContextMenu(self._menu)
        made.activated.connect(self._activated)
        made.show()
        return made

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._show_hide.trigger()
