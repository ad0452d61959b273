"""Which server a command means that is about one server, not about torrents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.faces import name_of

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.context import Context


async def one_server(ctx: Context) -> Session | None:
    """Give the only connected server that the sidebar shows; of several, the one that the user picks.

    None if the user picks none, or if none is connected, which is said in the notice bar.
    """
    sessions = ctx.shown
    if not sessions:
        ctx.notices.show_info(tr("{doing}: none of the shown servers is connected", doing=ctx.doing))
        return None
    if len(sessions) == 1:
        return sessions[0]
    names = [name_of(session) for session in sessions]
    chosen = await ctx.dialogs.ask_choice(ctx.doing, tr("Server"), names)
    return None if chosen is None else sessions[names.index(chosen)]
