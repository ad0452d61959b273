"""The menu of an entry of the sidebar: whether it is picked, what it is called after, and its torrents."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from qbt_remote.api.endpoints import needs
from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import VIEWS
from qbt_remote.sync.criteria import TRACKER_FLAGS
from qbt_remote.sync.filtering.filters import Filter, only
from qbt_remote.translatable import N
from qbt_remote.ui.categories import run as run_category
from qbt_remote.ui.commands.command import without_mnemonic
from qbt_remote.ui.filtering import run_views
from qbt_remote.ui.filtering.list_context import ListContext
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.torrents import remove as run_remove
from qbt_remote.ui.torrents import run as run_torrent
from qbt_remote.ui.torrents import trackers as run_trackers

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.filtering.sidebar import Sidebar


async def _new_category(ctx: ListContext, key: str) -> None:
    await run_category.create_category(ctx, ctx.shown, key)


async def _new_top_category(ctx: ListContext, _key: str) -> None:
    await run_category.create_category(ctx, ctx.shown)


async def _edit_category(ctx: ListContext, key: str) -> None:
    await run_category.edit_category(ctx, ctx.shown, key)


async def _remove_category(ctx: ListContext, key: str) -> None:
    await run_category.remove_category(ctx, ctx.shown, key)


async def _remove_unused_categories(ctx: ListContext, _key: str) -> None:
    await run_category.remove_unused_categories(ctx, ctx.shown)


async def _new_tag(ctx: ListContext, _key: str) -> None:
    await run_category.create_tags(ctx, ctx.shown)


async def _remove_tag(ctx: ListContext, key: str) -> None:
    await run_category.remove_tag(ctx, ctx.shown, key)


async def _remove_unused_tags(ctx: ListContext, _key: str) -> None:
    await run_category.remove_unused_tags(ctx, ctx.shown)


async def _save_view(ctx: ListContext, _key: str) -> None:
    await run_views.save(ctx)


async def _force_start(ctx: ListContext, _key: str) -> None:
    torrents = [t for t in ctx.torrents if not t.force_start]
    await ctx.post("torrents/setForceStart", torrents=torrents, value=True)


async def _remove_torrents(ctx: ListContext, _key: str) -> None:
    await run_remove.ask_and_remove(ctx)  # always: it may be all that there are


async def _remove_tracker(ctx: ListContext, key: str) -> None:
    await run_trackers.remove_host(ctx, key)


async def _start(ctx: ListContext, _key: str) -> None:
    await run_torrent.start(ctx)


async def _stop(ctx: ListContext, _key: str) -> None:
    await run_torrent.stop(ctx)


@dataclass(frozen=True)
class EntryCommand:
    """One row of the menu: ``section`` is where it stands ("" for all), ``named`` that it is about a real entry."""

    text: str
    tip: str
    icon: str
    run: Callable[[ListContext, str], Coroutine[Any, Any, None]]
    section: str = ""
    named: bool = False
    needs: str = ""
    torrents: bool = False
    """It acts on the torrents of the entry."""


# fmt: off
ENTRY_COMMANDS = (
    EntryCommand(N("&New category…"), N("Make a new category"), "add", _new_top_category, "category"),
    EntryCommand(N("New su&bcategory…"), N("Make a new category inside this one"), "add", _new_category, "category", True),
    EntryCommand(N("&Edit…"), N("Change the category's paths"), "location", _edit_category, "category", True, "torrents/editCategory"),
    EntryCommand(N("&Remove…"), N("Remove the category; its torrents stay"), "remove", _remove_category, "category", True),
    EntryCommand(N("Remove un&used…"), N("Remove the categories that no torrent has"), "clear", _remove_unused_categories, "category"),
    EntryCommand(N("&New tags…"), N("Make new tags"), "add", _new_tag, "tag", needs="torrents/createTags"),
    EntryCommand(N("&Remove…"), N("Remove the tag; its torrents stay"), "remove", _remove_tag, "tag", True, "torrents/deleteTags"),
    EntryCommand(N("Remove un&used…"), N("Remove the tags that no torrent has"), "clear", _remove_unused_tags, "tag", needs="torrents/deleteTags"),
    EntryCommand(N("&Save view…"), N("Keep filter, columns and sorting under a name"), "save-view", _save_view, VIEWS),
    EntryCommand(N("&Update"), N("Let this view filter what is shown now"), "view", run_views.update, VIEWS, True),
    EntryCommand(N("Re&name…"), N("Give the view another name"), "rename", run_views.rename, VIEWS, True),
    EntryCommand(N("&Remove…"), N("Forget the view; no torrent is touched"), "remove", run_views.remove, VIEWS, True),
    EntryCommand(N("Remove trac&ker…"), N("Take this tracker from all torrents, after a list of what that is"), "tracker", _remove_tracker, "tracker", True, "torrents/removeTrackers", True),
    EntryCommand(N("&Start torrents"), N("Start all torrents of this entry"), "start", _start, torrents=True),
    EntryCommand(N("&Force start torrents"), N("Run all torrents of this entry whatever the queue and the share limits say"), "force-start", _force_start, torrents=True),
    EntryCommand(N("S&top torrents"), N("Stop all torrents of this entry"), "stop", _stop, torrents=True),
    EntryCommand(N("Remo&ve torrents…"), N("Remove all torrents of this entry, and their files if you like"), "remove", _remove_torrents, torrents=True),
)
# fmt: on


def entry_menu(sidebar: Sidebar, whole: ListContext, section: str, key: str | None) -> QMenu:
    """Make the menu of one entry, to be shown by ``popup``; it goes when it is closed."""
    menu = QMenu(whole.shell.parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    if section != VIEWS:
        _add_picks(menu, sidebar, section, key)
    asked = whole.shown if section != "server" else [s for s in whole.sessions.values() if s.status.phase == "online"]
    torrents: list[Torrent] = []
    if section != VIEWS:
        torrents = Filter({section: only(key)}).among(chain.from_iterable(s.mirror.torrents.values() for s in asked))
    for of_torrents in (False, True):
        menu.addSeparator()
        for row in ENTRY_COMMANDS:
            if row.torrents != of_torrents or not _belongs(row, section, key):
                continue
            doing = without_mnemonic(tr(row.text))
            ctx = replace(whole, torrents=torrents if row.torrents else [], doing=doing, _values={})
            menu.addAction(_action(menu, row, ctx, key or ""))
    return menu


def _belongs(row: EntryCommand, section: str, key: str | None) -> bool:
    if row.named and (not key or key in TRACKER_FLAGS):
        return False
    return row.section == section or (not row.section and section != VIEWS)


def _add_picks(menu: QMenu, sidebar: Sidebar, section: str, key: str | None) -> None:
    """Add what the mouse and the keys do to an entry, with its keys."""
    pick = sidebar.pick_of(section)
    if key is not None:
        for text, about, keys, checked, run in (
            (N("&Only this"), N("Click"), "Space", pick.wanted == {key}, partial(sidebar.pick, section, key)),
            (N("&Include"), N("Ctrl+click"), "Ctrl+Space", key in pick.wanted, partial(sidebar.toggle, section, key)),
            (
                N("E&xclude"),
                N("Alt+click, or Ctrl with the right button"),
                "Shift+Space",
                key in pick.unwanted,
                partial(sidebar.toggle, section, key, unwanted=True),
            ),
        ):
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            _add_check(menu, f"{tr(text)}\t{shown}", tr(about), run, checked=checked)
    if len(pick.wanted) > 1:
        about = tr("Show only torrents that are of all entries that are picked here, not of any of them")
        run = partial(sidebar.set_every, section, not pick.every)
        _add_check(menu, tr("&All of these"), about, run, checked=pick.every)


def _add_check(menu: QMenu, text: str, about: str, run: Callable[[], None], *, checked: bool) -> None:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(checked)
    action.setToolTip(tip(about))
    action.triggered.connect(lambda _checked: run())


def _action(menu: QMenu, row: EntryCommand, ctx: ListContext, key: str) -> QAction:
    action = QAction(icon(row.icon), tr(row.text), menu)
    why = _why_not(row, ctx)
    action.setEnabled(not why)
    action.setToolTip(tip(f"{tr(row.tip)}\n{why}" if why else tr(row.tip)))
    action.triggered.connect(partial(_trigger, row, ctx, key))
    return action


def _why_not(row: EntryCommand, ctx: ListContext) -> str:
    if row.section == VIEWS:
        return run_views.unclear(ctx) if row.run in (_save_view, run_views.update) else ""
    if not ctx.shown and not ctx.torrents:
        return tr("No server is connected")
    if row.needs and ctx.lacking(row.needs, ctx.shown):
        return tr("Needs qBittorrent {version}", version=needs(row.needs))
    return tr("No torrent is in it") if row.torrents and not ctx.torrents else ""


def _trigger(row: EntryCommand, ctx: ListContext, key: str, _checked: bool = False) -> None:
    ctx.shell.tasks.spawn(row.run(ctx, key), ctx.doing)
