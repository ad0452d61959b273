"""The walk itself.  What it goes through is read from the program's own tables, so that nothing new is missed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QTabWidget, QWidget

from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.filtering.entry_menu import entry_menu
from qbt_remote.ui.form.form import Form
from qbt_remote.ui.kit.dialogs import ChoiceDialog
from qbt_remote.ui.kit.theme import is_dark
from qbt_remote.ui.table.header import Header
from qbt_remote.ui.window.commands import COMMANDS
from qbt_remote.ui.window.entry_commands import ENTRY_ROWS
from tests.ui.conftest import until
from tests.walk.judge import faults, out_of_reach
from tests.walk.reader import unsaid
from tests.walk.stage import Stage

SETTLE_S = 0.35
ANSWERS_WITHIN_S = 1.5
ENDS_IT = {"quit"}
WITHOUT_DOTS = {"statistics", "log", "add_queue", "program_log"}
"""They open a window, but ask nothing."""
VIEW = "Not yet complete"
ENTRIES = (
    *(("view", VIEW), ("status", "downloading"), ("category", "linux/debian")),
    *(("tag", "iso"), ("tracker", "127.0.0.1"), ("tracker", "has_tracker_error")),
)


class Walk:
    """Goes through the window; ``faults`` are lines, ``taken`` counts the pictures."""

    def __init__(self, folder: Path, *, dark: bool, windows_only: bool = False) -> None:
        """``windows_only``: no tabs and menus; judged is whether all fits the screen, not what is cut."""
        self.faults: list[str] = []
        self.taken = 0
        self.refused: list[str] = []
        """Commands that said why they cannot be done now."""
        self._folder, self._dark, self._windows_only = folder, dark, windows_only
        self._stage = Stage()

    async def all(self) -> None:
        async with self._stage.open():
            if is_dark() != self._dark:
                self.faults.append("the desktop did not take the colour scheme")
            window = self._stage.window
            await until(lambda: window.model.rowCount() >= 7, 30)
            await asyncio.sleep(2.5)  # trackers are asked, peers have met
            await self._window()
            if not self._windows_only:
                await self._tabs()
                await self._menus()
            await self._adding()
            for selected in (1,) if self._windows_only else (1, 3):
                await self._dialogs(selected)
        self.faults += [f"failure: {error!r}" for error in self._stage.failures]

    # what is gone through

    async def _window(self) -> None:
        window = self._stage.window
        await self._shoot("window nothing selected", window)
        before = set(_windows())
        window.actions_.action("options").trigger()
        which = await self._new_window(before)
        assert isinstance(which, ChoiceDialog)
        await self._shoot("choice of a server", which)
        which.reject()
        window.filter_box.setText("no such torrent")
        await self._shoot("window no hits", window)
        window.filter_box.setText("northern size>4xb")
        window.sidebar.toggle("status", "downloading")
        window.sidebar.toggle("status", "completed")
        window.sidebar.toggle("category", "linux/debian", unwanted=True)
        window.views.save(VIEW)
        await self._shoot("window filter that is not understood", window)
        window.views.show(None)
        self._select(3)
        await self._shoot("window three selected", window)

    async def _tabs(self) -> None:
        details = self._stage.window.details
        self._select(1)
        for tab in TABS:
            details.show_tab(tab.id)
            await asyncio.sleep(1.2)
            await self._shoot(f"tab {tab.id}", self._stage.window)
            if details.note:
                self.faults.append(f"tab {tab.id}: empty with a torrent selected: {details.note}")
        details.show_tab("general")

    async def _menus(self) -> None:
        actions = self._stage.window.actions_
        bar = self._stage.window.menuBar()
        for menu in [a.menu() for a in bar.actions()]:
            assert isinstance(menu, QMenu)
            await self._menu(f"menu {_plain(menu.title())}", menu)
        await self._menu("menu of torrents", actions.context_menu())
        for entry in actions.context_menu().actions():
            if isinstance(inside := entry.menu(), QMenu) and entry.isEnabled():
                await self._menu(f"menu of torrents {_plain(inside.title())}", inside)
        for section, key in ENTRIES:
            menu = entry_menu(ENTRY_ROWS, self._stage.window.sidebar, self._stage.window.context(), section, key)
            menu.aboutToHide.disconnect(menu.deleteLater)  # the other walk's window may close it before its picture
            await self._menu(f"menu of {section} {key}", menu)
        header = self._stage.window.table.horizontalHeader()
        assert isinstance(header, Header)
        await self._menu("menu of the header", header.menu)

    async def _dialogs(self, selected: int) -> None:
        for command in _asking(selected):
            self._select(selected)
            self._pick_server(only=command.on == "servers")
            action = self._stage.window.actions_.action(command.id)
            before = set(_windows())
            action.trigger()
            dialog = await self._new_window(before)
            if dialog is None:
                if said := self._stage.window.notices.current:
                    self.refused.append(f"{command.id} with {selected} selected: {said.text}")
                    self._stage.window.notices.dismiss_all()
                    continue
                self.faults.append(f"{command.id} with {selected} selected: neither a window nor a reason")
                continue
            await self._shoot(f"{command.id} {selected}", dialog)
            await self._pages(f"{command.id} {selected}", dialog)
            dialog.close()
            await until(partial(_is_gone, dialog))
            self._stage.window.notices.dismiss_all()

        self._pick_server(only=False)

    def _pick_server(self, *, only: bool) -> None:
        """Show one server, so that commands about one do not ask which, or all."""
        self._stage.window.sidebar.pick("server", self._stage.window.settings.servers[0].id if only else None)

    async def _adding(self) -> None:
        for name, given in self._stage.to_add():
            before = set(_windows())
            self._stage.window.add(given)
            dialog = await self._new_window(before)
            assert dialog is not None
            await asyncio.sleep(0.8)  # the server says what it knows of the path
            await self._shoot(f"add {name}", dialog)
            await self._pages(f"add {name}", dialog)
            dialog.close()
            await until(partial(_is_gone, dialog))

    async def _pages(self, name: str, dialog: QWidget) -> None:
        for tabs in dialog.findChildren(QTabWidget):
            for place in filter(tabs.isTabVisible, range(1, tabs.count())):
                tabs.setCurrentIndex(place)
                await self._shoot(f"{name} {_plain(tabs.tabText(place))}", dialog)
        for form in dialog.findChildren(Form):
            for row in range(form.pages.count()):
                form.pages.setCurrentRow(row)
                page = f"{name} {form.pages.item(row).text()}"
                await self._shoot(page, dialog)
                for area in form.findChildren(QScrollArea):
                    bar = area.verticalScrollBar()
                    if area.isVisible() and bar.maximum():
                        bar.setValue(bar.maximum())
                        await self._shoot(f"{page} end", dialog)

    # taking pictures

    async def _menu(self, name: str, menu: QMenu) -> None:
        menu.popup(self._stage.window.mapToGlobal(QPoint(60, 40)))
        await self._shoot(name, menu)
        menu.close()

    async def _shoot(self, name: str, shown: QWidget) -> None:
        await asyncio.sleep(SETTLE_S / 3 if self._windows_only else SETTLE_S)
        file = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        shown.grab().save(str(self._folder / f"{file}.png"))
        self.taken += 1
        if self._windows_only:
            self.faults += [f"{name}: {line}" for line in out_of_reach(shown)]
            return
        self.faults += [f"{name}: {line}" for line in (*faults(shown), *unsaid(shown))]
        await self._turn_over(not self._dark)
        self.faults += [f"{name}, the theme changed while it was open: {line}" for line in faults(shown)]
        await self._turn_over(self._dark)

    async def _turn_over(self, dark: bool) -> None:
        """Change the desktop's theme."""
        QApplication.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        await until(lambda: is_dark() == dark)
        await asyncio.sleep(0)

    def _select(self, count: int) -> None:
        """Select the torrent that has something to show, and others after it."""
        window = self._stage.window
        old = self._stage.sessions[1].config.id
        rows = sorted(window.model.rows, key=lambda t: (t.name != "Northern Lights", t.server == old, t.name))
        window.table.select_rows(rows[:count])

    async def _new_window(self, before: set[QWidget]) -> QWidget | None:
        for _ in range(int(ANSWERS_WITHIN_S / 0.05)):
            await asyncio.sleep(0.05)
            for window in _windows():
                if window not in before:
                    return window
        return None


def _asking(selected: int) -> Iterator[Command]:
    """The commands that open a window: their texts end with dots."""
    for command in COMMANDS:
        opens = command.text.endswith("…") or command.id in WITHOUT_DOTS
        if opens and command.id not in ENDS_IT and (selected == 1 or command.on == "torrents"):
            yield command


def _windows() -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if w.isVisible() and not isinstance(w, QMenu)]


def _is_gone(dialog: QWidget) -> bool:
    try:
        return not dialog.isVisible()
    except RuntimeError:  # it has been deleted
        return True


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")
