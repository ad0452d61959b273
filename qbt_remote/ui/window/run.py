"""What the commands do that are about the window, the program or whole servers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import PySide6
from PySide6.QtCore import qVersion

from qbt_remote import __version__
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.steps import in_turns
from qbt_remote.ui.commands.command import any_connected
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.window.main_window import WindowContext

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


async def add_files(ctx: WindowContext) -> None:
    ctx.window.adding.ask_files()


async def add_links(ctx: WindowContext) -> None:
    ctx.window.adding.ask_links()


async def paste(ctx: WindowContext) -> None:
    ctx.window.paste()


async def quit_program(ctx: WindowContext) -> None:
    if await _may_quit(ctx):
        ctx.shell.hooks.quit()


async def _may_quit(ctx: WindowContext) -> bool:
    """Ask where something waits in the add dialog."""
    waiting = ctx.window.adding.waiting()
    if not waiting:
        return True
    from qbt_remote.ui.kit.dialogs import Ask

    text = tr_n(
        waiting,
        "{n} torrent has not been added yet. Quit all the same?",
        "{n} torrents have not been added yet. Quit all the same?",
    )
    question = Ask(tr("Quit"), text, tr("Quit without adding"), careful=True)
    return await ctx.dialogs.confirm(question) is not None


async def show_hide(ctx: WindowContext) -> None:
    ctx.window.toggle_window()


async def select_all(ctx: WindowContext) -> None:
    ctx.window.table.selectAll()


async def copy_table(ctx: WindowContext, *, as_csv: bool) -> None:
    from qbt_remote.ui.table.copying import copying

    await in_turns(copying(ctx.window.table.columns, ctx.torrents, as_csv=as_csv))


async def focus_filter(ctx: WindowContext) -> None:
    ctx.window.appearance.show_toolbar(True)  # it is in there
    ctx.window.filter_box.take_keys()


async def clear_filter(ctx: WindowContext) -> None:
    ctx.window.filter_line.clear()


async def choose_columns(ctx: WindowContext) -> None:
    header = ctx.window.table.columns
    header.menu.popup(header.mapToGlobal(header.rect().bottomLeft()))


async def toggle_sidebar(ctx: WindowContext) -> None:
    ctx.window.appearance.show_sidebar(not ctx.settings.sidebar_visible)


def shows_section(section: str) -> Callable[[WindowContext], bool]:
    return lambda ctx: ctx.window.sections.is_shown(section)


def toggle_section(section: str) -> Callable[[WindowContext], Coroutine[Any, Any, None]]:
    async def run(ctx: WindowContext) -> None:
        ctx.window.sections.show(section, not ctx.window.sections.is_shown(section))

    return run


async def toggle_status_bar(ctx: WindowContext) -> None:
    ctx.window.appearance.show_status_bar(not ctx.settings.status_bar_visible)


async def toggle_toolbar(ctx: WindowContext) -> None:
    ctx.window.appearance.show_toolbar(not ctx.settings.toolbar_visible)


def choose_theme(theme: str) -> Callable[[WindowContext], Coroutine[Any, Any, None]]:
    async def run(ctx: WindowContext) -> None:
        ctx.window.appearance.choose_theme(theme)

    return run


def has_theme(theme: str) -> Callable[[WindowContext], bool]:
    return lambda ctx: ctx.settings.theme == theme


async def toggle_details(ctx: WindowContext) -> None:
    ctx.window.details.set_folded(not ctx.window.details.folded)


def show_details(tab: str) -> Callable[[WindowContext], Coroutine[Any, Any, None]]:
    async def run(ctx: WindowContext) -> None:
        ctx.window.details.show_tab(tab)

    return run


async def filter_examples(ctx: WindowContext) -> None:
    ctx.box.open_help()


async def toggle_toolbar_text(ctx: WindowContext) -> None:
    ctx.window.appearance.show_toolbar_text(not ctx.settings.toolbar_text)


async def app_options(ctx: Context) -> None:
    from qbt_remote.ui.preferences.app_options import show_app_options

    show_app_options(ctx.shell)


async def servers(ctx: Context) -> None:
    ctx.shell.hooks.open_servers(False)


async def add_server(ctx: Context) -> None:
    ctx.shell.hooks.open_servers(True)


async def retry_now(ctx: WindowContext) -> None:
    ctx.window.retry_now()


async def pause_all(ctx: Context) -> None:
    await ctx.shell.hooks.pause_all()


async def resume_all(ctx: Context) -> None:
    await ctx.shell.hooks.resume_all()


def nothing_paused(ctx: Context) -> str:
    return any_connected(ctx) or ("" if ctx.shell.hooks.can_resume() else tr("No connected server is paused"))


# limits of whole servers


def alternative(session: Session) -> bool:
    return bool(session.mirror.server.get("use_alt_speed_limits"))


def alternative_speeds(ctx: Context) -> bool | None:
    """Tell whether the alternative limits are on for all shown servers, none (False) or some (None)."""
    states = {alternative(session) for session in ctx.shown}
    return None if len(states) > 1 else True in states


async def toggle_alternative(ctx: Context) -> None:
    wanted = alternative_speeds(ctx) is not True
    differing = [session for session in ctx.shown if alternative(session) != wanted]
    await ctx.on(differing, lambda s: s.post("transfer/setSpeedLimitsMode", mode=int(wanted)))


async def limit_download(ctx: Context) -> None:
    await _limit(ctx, "dl_rate_limit", "transfer/setDownloadLimit", tr("Global download speed limit"))


async def limit_upload(ctx: Context) -> None:
    await _limit(ctx, "up_rate_limit", "transfer/setUploadLimit", tr("Global upload speed limit"))


async def _limit(ctx: Context, field: str, endpoint: str, title: str) -> None:
    """The call sets the limit of the mode that is on; transfercontroller.cpp."""
    from qbt_remote.ui.kit.limits import as_limit, ask_speed_limit

    sessions = ctx.shown
    limits = {as_limit(session.mirror.server.get(field)) for session in sessions}
    note = ""
    if any(alternative(session) for session in sessions):
        note = tr("Where the alternative speed limits are on, this sets the alternative limit.")
    now = limits.pop() if len(limits) == 1 else None
    limit = await ask_speed_limit(ctx.dialogs_of(sessions), title, now, note=note)
    if limit is not None:
        await ctx.on(sessions, lambda s: s.post(endpoint, limit=limit))


# help


async def shortcuts(ctx: WindowContext) -> None:
    from qbt_remote.ui.details.panel_commands import panel_shortcuts
    from qbt_remote.ui.kit.table_dialog import show_table
    from qbt_remote.ui.queue.queue_commands import queue_shortcuts
    from qbt_remote.ui.window.entry_commands import entry_shortcuts

    rows = ctx.window.actions_.shortcuts()
    rows.append((tr("Preview a change of torrents first"), tr("Shift with the entry of the menu")))
    rows += panel_shortcuts()
    rows += entry_shortcuts()
    rows += queue_shortcuts()
    await show_table(ctx.dialogs, tr("Keyboard shortcuts"), (tr("Action"), tr("Keys")), rows)


async def about(ctx: Context) -> None:
    import platform

    text = tr(
        "qbt-remote {version}\n\nThe native desktop client for remote qBittorrent servers.\n\n"
        "Python {python}, PySide6 {pyside}, Qt {qt}\nMIT licence",
        version=__version__,
        python=platform.python_version(),
        pyside=PySide6.__version__,
        qt=qVersion(),
    )
    await ctx.dialogs.show_text(tr("About qbt-remote"), text)
