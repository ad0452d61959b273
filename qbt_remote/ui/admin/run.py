"""What the commands do that are about servers: limits, windows, the key, the end of one."""

from __future__ import annotations

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.ui.admin.api_key import manage_api_key
from qbt_remote.ui.admin.cookies import manage_cookies
from qbt_remote.ui.admin.log_window import LogWindow
from qbt_remote.ui.admin.server_info import show_server_info
from qbt_remote.ui.admin.server_window import ServerWindow, open_window, windows
from qbt_remote.ui.admin.speed_limits import edit_speed_limits
from qbt_remote.ui.admin.statistics import Statistics
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.commands.pick_server import connected, likely_server, one_server
from qbt_remote.ui.kit.dialogs import Ask


async def log(ctx: Context) -> None:
    _open(ctx, LogWindow)


async def statistics(ctx: Context) -> None:
    _open(ctx, Statistics)


def _open(ctx: Context, kind: type[ServerWindow]) -> None:
    if session := likely_server(ctx, [window.server for window in windows(ctx, kind)]):
        open_window(ctx, session, kind)


async def speed_limits(ctx: Context, *, first: str = "up_limit") -> None:
    """Those of all that are shown, as the status bar has them, and the other commands for global limits."""
    if sessions := connected(ctx):
        await edit_speed_limits(ctx, sessions, first=first)


async def information(ctx: Context) -> None:
    if session := await one_server(ctx):
        await show_server_info(ctx, session)


async def api_key(ctx: Context) -> None:
    if session := await one_server(ctx):
        await manage_api_key(ctx, session)


async def cookies(ctx: Context) -> None:
    if session := await one_server(ctx):
        await manage_cookies(ctx, session)


async def send_test_email(ctx: Context) -> None:
    """The server answers at once and tells only its log how it went; appcontroller.cpp."""
    if (session := await one_server(ctx)) and await ctx.on([session], lambda s: s.post("app/sendTestEmail")):
        text = tr("{server} sends the test email; if that fails, its log says why", server=name_of(session))
        ctx.notices.show_info(text)


async def shut_down(ctx: Context) -> None:
    session = await one_server(ctx)
    if session is None:
        return
    text = tr(
        "{server}: qBittorrent will shut down, and all its torrents will stop. It can only be started again on the "
        "server itself.",
        server=name_of(session),
    )
    if await ctx.dialogs.confirm(Ask(tr("Shut down the server"), text, tr("Shut down"), careful=True)):
        await ctx.on([session], lambda s: s.post("app/shutdown"))
