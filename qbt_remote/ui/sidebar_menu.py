"""The menu of an entry of the sidebar: its category or tag, and the torrents that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from qbt_remote.api.endpoints import needs
from qbt_remote.model.i18n import tr
from qbt_remote.sync.filters import Filter
from qbt_remote.ui import run_torrent
from qbt_remote.ui.actions import LONGEST_CHOICE
from qbt_remote.ui.context import Context
from qbt_remote.ui.dialogs import Ask
from qbt_remote.ui.icons import icon
from qbt_remote.ui.plain import clean, tip
from qbt_remote.words import N

if TYPE_CHECKING:
    from qbt_remote.ui.main_window import MainWindow


async def _new_category(ctx: Context, above: str = "") -> None:
    def full(name: str) -> str:
        return f"{above}/{name}" if above and name else name

    def check(name: str) -> str:
        taken = bool(ctx.shown) and all(full(name) in s.mirror.categories for s in ctx.shown)
        return run_torrent.check_category(full(name), taken=taken)

    answer = await ctx.dialogs.ask_category(check)
    if answer is not None:
        name, path = full(answer[0]), answer[1]
        lacking = [s for s in ctx.shown if name not in s.mirror.categories]
        await ctx.on(lacking, lambda s: s.post("torrents/createCategory", category=name, savePath=path or None))


async def _new_top_category(ctx: Context, _key: str) -> None:
    await _new_category(ctx)


async def _edit_category(ctx: Context, key: str) -> None:
    having = [s for s in ctx.shown if key in s.mirror.categories]
    paths = {str(s.mirror.categories[key].get("savePath") or "") for s in having}
    path = await ctx.dialogs.ask_text(
        tr("Save path of {category}", category=clean(key, LONGEST_CHOICE)),
        tr("Save path"),
        paths.pop() if len(paths) == 1 else "",
        help=tr("A folder on the server for automatically managed torrents; empty for the default"),
        ok=tr("Save"),
    )
    if path is not None:
        await ctx.on(having, lambda s: s.post("torrents/editCategory", category=key, savePath=path.strip()))


async def _remove_category(ctx: Context, key: str) -> None:
    ask = Ask(
        tr("Remove category"),
        tr(
            "Remove the category “{category}” and its subcategories? Their torrents stay.",
            category=clean(key, LONGEST_CHOICE),
        ),
        tr("Remove"),
    )
    if await ctx.dialogs.confirm(ask) is not None:
        gone = {s: [name for name in s.mirror.categories if f"{name}/".startswith(f"{key}/")] for s in ctx.shown}
        having = [s for s, names in gone.items() if names]
        await ctx.on(having, lambda s: s.post("torrents/removeCategories", categories=gone[s]))


async def _new_tag(ctx: Context, _key: str) -> None:
    def check(given: str) -> str:
        return "" if run_torrent.split_tags(given) else tr("A tag needs a name.")

    given = await ctx.dialogs.ask_text(
        tr("New tags"), tr("Tags"), "", check, help=tr("Several are separated by commas."), ok=tr("Create")
    )
    if given is not None:
        tags = run_torrent.split_tags(given)
        await ctx.on(ctx.shown, lambda s: s.post("torrents/createTags", tags=tags))


async def _remove_tag(ctx: Context, key: str) -> None:
    text = tr("Remove the tag “{tag}”? Its torrents stay.", tag=clean(key, LONGEST_CHOICE))
    if await ctx.dialogs.confirm(Ask(tr("Remove tag"), text, tr("Remove"))) is not None:
        having = [s for s in ctx.shown if key in s.mirror.tags]
        await ctx.on(having, lambda s: s.post("torrents/deleteTags", tags=[key]))


async def _start(ctx: Context, _key: str) -> None:
    await run_torrent.start(ctx)


async def _stop(ctx: Context, _key: str) -> None:
    await run_torrent.stop(ctx)


@dataclass(frozen=True)
class EntryCommand:
    """One row of the menu: ``section`` is where it stands ("" for all), ``named`` that it is about a real entry."""

    text: str
    tip: str
    icon: str
    run: Callable[[Context, str], Coroutine[Any, Any, None]]
    section: str = ""
    named: bool = False
    needs: str = ""
    torrents: bool = False
    """It acts on the torrents of the entry."""


# fmt: off
ENTRY_COMMANDS = (
    EntryCommand(N("&New category…"), N("Make a new category"), "add", _new_top_category, "category"),
    EntryCommand(N("New s&ubcategory…"), N("Make a new category inside this one"), "add", _new_category, "category", True),
    EntryCommand(N("&Edit…"), N("Change the category's save path"), "location", _edit_category, "category", True, "torrents/editCategory"),
    EntryCommand(N("&Remove…"), N("Remove the category; its torrents stay"), "remove", _remove_category, "category", True),
    EntryCommand(N("&New tags…"), N("Make new tags"), "add", _new_tag, "tag", needs="torrents/createTags"),
    EntryCommand(N("&Remove…"), N("Remove the tag; its torrents stay"), "remove", _remove_tag, "tag", True, "torrents/deleteTags"),
    EntryCommand(N("&Start torrents"), N("Start all torrents of this entry"), "start", _start, torrents=True),
    EntryCommand(N("S&top torrents"), N("Stop all torrents of this entry"), "stop", _stop, torrents=True),
)
# fmt: on


def entry_menu(window: MainWindow, section: str, key: str | None) -> QMenu:
    """Make the menu of one entry, to be shown by ``popup``; it goes when it is closed."""
    menu = QMenu(window)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    whole = window.context()
    asked = whole.shown if section != "server" else [s for s in whole.sessions.values() if s.status.phase == "online"]
    torrents = _filter_of(section, key).among(chain.from_iterable(s.mirror.torrents.values() for s in asked))
    for row in ENTRY_COMMANDS:
        if row.section not in ("", section) or (row.named and not key):
            continue
        if row.torrents and menu.actions() and not menu.actions()[-1].data():
            menu.addSeparator()
        doing = tr(row.text).replace("&", "").rstrip("…")
        ctx = replace(whole, torrents=torrents if row.torrents else [], doing=doing, _values={})
        menu.addAction(_action(menu, row, ctx, key or ""))
    return menu


def _filter_of(section: str, key: str | None) -> Filter:
    if key is None:
        return Filter()
    if section == "server":
        return Filter(servers=frozenset((key,)))
    criterion: dict[str, Any] = {section: key}
    return Filter(**criterion)


def _action(menu: QMenu, row: EntryCommand, ctx: Context, key: str) -> QAction:
    action = QAction(icon(row.icon), tr(row.text), menu)
    action.setData(row.torrents)
    why = _why_not(row, ctx)
    action.setEnabled(not why)
    action.setToolTip(tip(f"{tr(row.tip)}\n{why}" if why else tr(row.tip)))
    action.triggered.connect(partial(_trigger, row, ctx, key))
    return action


def _why_not(row: EntryCommand, ctx: Context) -> str:
    if not ctx.shown and not ctx.torrents:
        return tr("No server is connected")
    if row.needs and ctx.lacking(row.needs, ctx.shown):
        return tr("Needs qBittorrent {version}", version=needs(row.needs))
    return tr("No torrent is in it") if row.torrents and not ctx.torrents else ""


def _trigger(row: EntryCommand, ctx: Context, key: str, _checked: bool = False) -> None:
    ctx.window.tasks.spawn(row.run(ctx, key), ctx.doing)
