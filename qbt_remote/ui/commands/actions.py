"""Makes QActions, menus, toolbar and the list of shortcuts from the command table.

Only what can be seen is kept up to date: the toolbar, a menu while it is open, and what is cheap since
no selection has to be looked at.  The others stay enabled, so that their keys work, and are judged
when they are triggered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QMenu,
    QMenuBar,
    QToolBar,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.commands.command import C, Choice, Command, Menu, too_old
from qbt_remote.ui.commands.command_action import CommandAction, keys_text, name_of_command, shift_is_down, show_mixed
from qbt_remote.ui.kit.check_menu import CheckMenu
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, tip

LONGEST_CHOICE = 60


class Actions(QObject, Generic[C]):
    """All actions of a window, made of the rows it is given; ``context_source`` gives what they act on at the moment.

    An action is made when it is asked for; ``furnish`` makes all others, with their keys, and fills the menus.
    """

    def __init__(self, window: QWidget, rows: Sequence[Command[C] | Menu[C]], context_source: Callable[[], C]) -> None:
        super().__init__(window)
        self._window, self._rows, self._context = window, rows, context_source
        self._commands = {row.id: row for row in rows if isinstance(row, Command)}
        self._menu_rows = [row for row in rows if isinstance(row, Menu)]
        self._actions: dict[str, CommandAction] = {}
        self._always = [c for c in self._commands.values() if c.toolbar or c.on not in ("torrents", "listed")]
        self._menus = {menu.id: self._new_menu(menu) for menu in self._menu_rows if not menu.menu}
        self._choices: dict[str, list[QAction]] = {}
        self._lines: dict[str, QAction] = {}
        self._popup: QMenu | None = None

    def furnish(self) -> Steps[None]:
        """Make, in steps, what the first paint did not show, as soon as it is done."""
        self._menus.update({menu.id: self._new_menu(menu) for menu in self._menu_rows if menu.menu})
        for menu in self._menu_rows:
            self.fill_menu(self._menus[menu.id], menu.id)
            yield False
            if menu.choices:
                self._lines[menu.id] = self._menus[menu.id].addSeparator()
        for command in self._commands.values():
            self.action(command.id)
            yield False
        self.refresh()

    def action(self, command_id: str) -> QAction:
        made = self._actions.get(command_id)
        if made is None:
            made = self._actions[command_id] = self._make(self._commands[command_id])
        return made

    def fill_menubar(self, bar: QMenuBar) -> None:
        bar.setAccessibleName(tr("Menu bar"))
        for menu in self._menu_rows:
            if not menu.menu:
                bar.addMenu(self._menus[menu.id])

    def fill_toolbar(self, bar: QToolBar) -> None:
        shown = sorted((c for c in self._commands.values() if c.toolbar), key=lambda c: c.toolbar)
        for before, command in zip([None, *shown], shown, strict=False):
            if before and before.toolbar // 10 != command.toolbar // 10:
                bar.addSeparator()
            bar.addAction(self.action(command.id))

    def fill_menu(self, menu: QMenu, menu_id: str) -> None:
        """Put the rows of one menu into ``menu`` and keep them up to date while it is open."""
        menu.setToolTipsVisible(True)
        for row in self._rows:
            if row.menu != menu_id:
                continue
            if row.line:
                menu.addSeparator()
            if isinstance(row, Menu):
                menu.addMenu(self._menus[row.id])
            else:
                menu.addAction(self.action(row.id))
        menu.aboutToShow.connect(partial(self._show_menu, menu_id))
        menu.aboutToHide.connect(partial(self._let_go, menu_id))

    def context_menu(self) -> QMenu:
        """Give the menu of the selected torrents; it is always the same one, to be shown by ``popup``."""
        if self._popup is None:
            self._popup = QMenu(self._window)
            self._popup.setAccessibleName(tr("Torrent"))
            self.fill_menu(self._popup, "torrent")
        return self._popup

    def shortcuts(self) -> list[tuple[str, str]]:
        """Give what has keys, in the order of the menus: its text and its keys as the platform writes them."""
        return [(name_of_command(c), keys_text(c)) for c in self._commands.values() if c.key]

    def refresh(self) -> None:
        """Bring what can be seen up to date: after a change of the selection, a poll, or a state of a server."""
        ctx = self._context()
        for command in self._always:
            if command.id in self._actions:
                self._actions[command.id].judge(ctx)
        for menu_id in self._menus:
            if self._is_open(menu_id):
                self._update_menu(menu_id, ctx)

    # making

    def _make(self, command: Command[C]) -> CommandAction:
        action = CommandAction(command, self._context, self._window, self.refresh)
        if command.key:
            self._window.addAction(action)
        return action

    def _new_menu(self, menu: Menu[C]) -> QMenu:
        made = CheckMenu(self._window) if menu.stays_open else QMenu(self._window)
        made.setTitle(tr(menu.text))
        if menu.icon:
            made.setIcon(icon(menu.icon))
        return made

    # keeping up to date

    def _is_open(self, menu_id: str) -> bool:
        return self._menus[menu_id].isVisible() or (
            menu_id == "torrent" and self._popup is not None and self._popup.isVisible()
        )

    def _show_menu(self, menu_id: str) -> None:
        self._update_menu(menu_id, self._context())

    def _update_menu(self, menu_id: str, ctx: C) -> None:
        for row in self._rows:
            if row.id == menu_id and isinstance(row, Menu) and row.choices:
                self._update_choices(row, ctx)
            if row.menu != menu_id:
                continue
            if isinstance(row, Command):
                self._actions[row.id].judge(ctx)
            elif row.menu == "torrent":
                reason = too_old(row.needs, ctx) if ctx.torrents else tr("Select a torrent first")
                self._menus[row.id].menuAction().setEnabled(not reason)
                self._menus[row.id].menuAction().setToolTip(tip(reason))

    def _let_go(self, menu_id: str) -> None:
        """A menu that closes leaves its actions enabled: keys are judged when they are pressed."""
        for command in self._commands.values():
            if command.menu == menu_id and command not in self._always:
                self._actions[command.id].setEnabled(True)

    def _update_choices(self, menu: Menu[C], ctx: C) -> None:
        assert menu.choices is not None
        shown = self._menus[menu.id]
        choices = menu.choices(ctx)
        made = self._choices.get(menu.id, [])
        if [a.data() for a in made] != [c.text for c in choices]:
            for action in made:
                shown.removeAction(action)
                action.deleteLater()
            made = [self._make_choice(choice, shown) for choice in choices]
            self._choices[menu.id] = made
            self._lines[menu.id].setVisible(bool(made))
        connected = any(s.status.phase == "online" for s in ctx.targets)
        for action, choice in zip(made, choices, strict=True):
            action.setEnabled(connected)
            if choice.checkable:
                action.setChecked(choice.checked is True)
                show_mixed(action, choice.checked is None)

    def _make_choice(self, choice: Choice, menu: QMenu) -> QAction:
        text = clean(choice.text, LONGEST_CHOICE).replace("&", "&&")
        action = QAction(text, menu)
        action.setData(choice.text)
        action.setToolTip(tip(choice.text))
        action.setCheckable(choice.checkable)
        if choice.icon:
            action.setIcon(icon(choice.icon))
        action.triggered.connect(partial(self._trigger_choice, choice))
        menu.addAction(action)
        return action

    # doing

    def _trigger_choice(self, choice: Choice, _checked: bool = False) -> None:
        ctx = self._context()
        ctx.doing = clean(choice.text, LONGEST_CHOICE)
        ctx.preview = shift_is_down()
        if ctx.torrents:
            ctx.shell.tasks.spawn(choice.run(ctx), ctx.doing)
