"""What of the window is shown, and how: as the settings have it, at once and after the next start."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QMainWindow, QToolBar, QWidget

from qbt_remote.local.settings import Settings
from qbt_remote.model.table import TableModel
from qbt_remote.model.text import use_locale
from qbt_remote.ui.kit.theme import choose_theme, set_compact
from qbt_remote.ui.status.status_bar import StatusBar


class Appearance:
    """Each method puts something into effect and into the settings."""

    def __init__(
        self,
        settings: Settings,
        window: QMainWindow,
        model: TableModel,
        sidebar: QWidget,
        tools: QToolBar,
        status: StatusBar,
    ) -> None:
        self._settings, self._window, self._model = settings, window, model
        self._sidebar, self._tools, self._status = sidebar, tools, status
        tools.toggleViewAction().triggered.connect(self.show_toolbar)  # of the menu at a right click

    def restore(self) -> None:
        settings = self._settings
        self._sidebar.setVisible(settings.sidebar_visible)
        self._status.set_wanted(settings.status_bar_visible)
        self._tools.setVisible(settings.toolbar_visible)
        self.show_toolbar_text(settings.toolbar_text)

    def show_sidebar(self, visible: bool) -> None:
        self._settings.sidebar_visible = visible
        self._sidebar.setVisible(visible)

    def show_toolbar(self, visible: bool) -> None:
        self._settings.toolbar_visible = visible
        self._tools.setVisible(visible)

    def show_status_bar(self, visible: bool) -> None:
        self._settings.status_bar_visible = visible
        self._status.set_wanted(visible)

    def show_toolbar_text(self, text: bool) -> None:
        self._settings.toolbar_text = text
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
        self._tools.setToolButtonStyle(style)

    def choose_theme(self, theme: str) -> None:
        self._settings.theme = theme
        choose_theme(theme)

    def change(self, changed: Collection[str]) -> None:
        """Put into effect what has changed in the settings, by the names of their fields."""
        if "language" in changed:
            code = self._settings.language
            use_locale(QLocale(code) if code else QLocale.system())
            self._model.sort_again()
            for view in self._window.findChildren(QWidget):
                view.update()
        if "compact" in changed:
            set_compact(self._settings.compact)
        if "theme" in changed:
            choose_theme(self._settings.theme)
        if "toolbar_text" in changed:
            self.show_toolbar_text(self._settings.toolbar_text)
