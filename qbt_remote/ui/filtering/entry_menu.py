"""The menu of an entry of the sidebar: whether it is picked, what it is called after, and its torrents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import SECTIONS, VIEWS
from qbt_remote.sync.criteria import TRACKER_FLAGS
from qbt_remote.sync.filtering.filters import Filter, only
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.command_action import CommandAction
from qbt_remote.ui.filtering.list_context import EntryContext, ListContext
from qbt_remote.ui.filtering.sections import TITLES
from qbt_remote.ui.kit.check_menu import CheckMenu
from qbt_remote.ui.kit.plain_text import tip

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.filtering.sections import Sections
    from qbt_remote.ui.filtering.sidebar import Sidebar


def entry_menu(
    rows: Sequence[Command[EntryContext]], sidebar: Sidebar, whole: ListContext, section: str, key: str | None
) -> QMenu:
    """Make the menu of one entry, to be shown by ``popup``; it goes when it is closed."""
    menu = QMenu(whole.shell.parent)
    menu.aboutToHide.connect(menu.deleteLater)
    fill_entry_menu(menu, rows, sidebar, whole, section, key)
    return menu


def fill_entry_menu(
    menu: QMenu,
    rows: Sequence[Command[EntryContext]],
    sidebar: Sidebar,
    whole: ListContext,
    section: str,
    key: str | None,
) -> None:
    """Put into a menu what can be done with one entry."""
    menu.setToolTipsVisible(True)
    if section != VIEWS:
        _add_picks(menu, sidebar, section, key)
    torrents = _torrents_of(whole, section, key)
    for of_torrents in (False, True):
        menu.addSeparator()
        ctx = entry_context(whole, section, key, torrents if of_torrents else ())
        for row in rows:
            if (row.on == "torrents") == of_torrents and _belongs(row, section, key) and row.there(ctx):
                if row.line:
                    menu.addSeparator()
                menu.addAction(_action(menu, row, ctx))


def section_menu(rows: Sequence[Command[EntryContext]], sections: Sections, whole: ListContext, section: str) -> QMenu:
    """Make the menu of a section's heading: what is about all of it, and where it stands; "" for the sidebar itself."""
    menu = QMenu(whole.shell.parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    known = next((s for s in SECTIONS if s.id == section), None)
    if known is not None:
        ctx = entry_context(whole, section, None)
        for row in rows:
            if row.menu == section and _belongs(row, section, None):
                menu.addAction(_action(menu, row, ctx))
        menu.addSeparator()
        for text, by in ((N("&Move up"), -1), (N("Move do&wn"), 1)):
            action = menu.addAction(tr(text))
            action.setEnabled(sections.can_move(section, by))
            action.triggered.connect(partial(_move, sections, section, by))
        hide = menu.addAction(tr("&Hide “{section}”", section=tr(known.title)))
        hide.triggered.connect(partial(_toggle, sections, section))
    shown = CheckMenu(menu)
    shown.setTitle(tr("Se&ctions"))
    menu.addMenu(shown)
    for each, title in TITLES.items():
        check = shown.addAction(tr(title))
        check.setCheckable(True)
        check.setChecked(sections.is_shown(each))
        check.triggered.connect(partial(_toggle, sections, each))
    shown.addSeparator()
    default = shown.addAction(tr("&Default order"))
    default.setEnabled(sections.is_moved)
    default.triggered.connect(lambda: sections.restore_order())
    return menu


def _move(sections: Sections, section: str, by: int, _checked: bool = False) -> None:
    sections.move(section, by)


def _toggle(sections: Sections, section: str, _checked: bool = False) -> None:
    sections.show(section, not sections.is_shown(section))


def entry_context(whole: ListContext, section: str, key: str | None, torrents: Sequence[Torrent] = ()) -> EntryContext:
    """Give what the commands of an entry act on."""
    return EntryContext(
        torrents=torrents,
        sessions=whole.sessions,
        shell=whole.shell,
        views=whole.views,
        box=whole.box,
        section=section,
        key=key or "",
    )


def entry_action(
    rows: Sequence[Command[EntryContext]], whole: ListContext, section: str, key: str | None, pressed: QKeySequence
) -> CommandAction | None:
    """Give what this key does to an entry, None if it does nothing there."""
    of_entry = (row for row in rows if row.key and _belongs(row, section, key))
    row = next((row for row in of_entry if pressed == QKeySequence(row.key)), None)
    if row is None:
        return None
    ctx = entry_context(whole, section, key, _torrents_of(whole, section, key) if row.on == "torrents" else [])
    return CommandAction(row, lambda: ctx, None)


def _torrents_of(whole: ListContext, section: str, key: str | None) -> list[Torrent]:
    if section == VIEWS:
        return []
    asked = whole.shown if section != "server" else [s for s in whole.sessions.values() if s.status.phase == "online"]
    return Filter({section: only(key)}).among(chain.from_iterable(s.mirror.torrents.values() for s in asked))


def _belongs(row: Command[EntryContext], section: str, key: str | None) -> bool:
    if not row.menu:
        return section != VIEWS
    if row.on == "section":
        return row.menu == section and key is None
    real = bool(key) and key not in TRACKER_FLAGS
    return row.menu == section and (real or row.on in ("", "servers"))


def _add_picks(menu: QMenu, sidebar: Sidebar, section: str, key: str | None) -> None:
    """Add what the mouse and the keys do to an entry, with its keys."""
    pick = sidebar.pick_of(section)
    if key is not None:
        for text, about, keys, checked, run in (
            (N("&Only this"), N("Click"), "Space", pick.wanted == {key}, partial(sidebar.pick, section, key)),
            (N("&Include"), N("Ctrl+click"), "Ctrl+Space", key in pick.wanted, partial(sidebar.toggle, section, key)),
            (
                N("E&xclude"),
                N("Shift+click or Alt+click, or Ctrl with the right button"),
                "Shift+Space",
                key in pick.unwanted,
                partial(sidebar.toggle, section, key, unwanted=True),
            ),
        ):
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            _add_check(menu, f"{tr(text)}\t{shown}", tr(about), run, checked=checked)
    if len(pick.wanted) > 1:
        about = tr("Show only torrents that match all the entries selected here, not just one of them")
        run = partial(sidebar.set_every, section, not pick.every)
        _add_check(menu, tr("&All of these"), about, run, checked=pick.every)


def _add_check(menu: QMenu, text: str, about: str, run: Callable[[], None], *, checked: bool) -> None:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(checked)
    action.setToolTip(tip(about))
    action.triggered.connect(lambda _checked: run())


def _action(menu: QMenu, row: Command[EntryContext], ctx: EntryContext) -> CommandAction:
    action = CommandAction(row, lambda: ctx, menu)
    action.judge(ctx)
    return action
