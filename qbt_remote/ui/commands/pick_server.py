"""Which server a command means that is about one server, not about torrents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.which import server_text

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.kit.dialogs import Dialogs


def connected(ctx: Context) -> list[Session]:
    """Give the connected servers that the sidebar shows; if there is none, the notice bar says so."""
    if not ctx.shown:
        ctx.notices.show_info(tr("{doing}: none of the shown servers is connected", doing=ctx.doing))
    return ctx.shown


async def one_server(ctx: Context) -> Session | None:
    """Give the connected server that the sidebar shows; of several the selection's, or the one that the user picks.

    None if the user picks none, or if none is connected, which is said in the notice bar.
    """
    sessions = connected(ctx)
    if not sessions:
        return None
    for meant in (sessions, [session for session in sessions if session in ctx.targets]):
        if len(meant) == 1:
            return meant[0]
    return await pick_server(ctx.dialogs, ctx.doing, sessions)


def likely_server(ctx: Context, open_already: Sequence[str]) -> Session | None:
    """Give the server that a window should be about in which another one can be chosen.

    Of several the selection's, else one of those that such windows are about already, by their ids, else the first.
    None if none is connected, which is said in the notice bar.
    """
    sessions = connected(ctx)
    if not sessions:
        return None
    meant = [session for session in sessions if session in ctx.targets]
    known = [session for session in sessions if session.config.id in open_already]
    return meant[0] if len(meant) == 1 else (known or sessions)[0]


async def pick_server(dialogs: Dialogs, title: str, sessions: Sequence[Session]) -> Session | None:
    """Let the user pick one; those of the same name are told apart by their addresses."""
    names = [server_text(session, sessions) for session in sessions]
    chosen = await dialogs.ask_choice(title, tr("Server"), names)
    return None if chosen is None else sessions[names.index(chosen)]
