"""What the commands do with rows of the queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.adding.kept import item_of
from qbt_remote.sync.adding.queue_rows import PENDING
from qbt_remote.sync.steps import Turn
from qbt_remote.ui.commands.pick_server import pick_server
from qbt_remote.ui.kit.dialogs import Ask
from qbt_remote.ui.queue.options_dialog import ask_options
from qbt_remote.ui.queue.queue_context import QueueContext

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


async def retry(ctx: QueueContext) -> None:
    """Try now; servers that are away are tried now, too."""
    rows = [row for row in ctx.changeable if ctx.session_of(row) is not None]
    for session in {ctx.session_of(row) for row in rows}:
        if session is not None and session.status.phase != "online":
            session.retry_now()
    await ctx.queue.retry([row.id for row in rows])
    _say_left(ctx, len(ctx.rows) - len(rows))


async def options(ctx: QueueContext) -> None:
    await ask_options(ctx, list(ctx.changeable))


async def send_elsewhere(ctx: QueueContext) -> None:
    session = await pick_server(ctx.dialogs, tr("Other server"), list(_others(ctx)))
    if session is None:
        return
    ids = [row.id for row in ctx.changeable]  # as it is by now
    await ctx.queue.retry(ids, server=session.config.id, name=session.config.name)
    _say_left(ctx, len(ctx.rows) - len(ids))


async def remove(ctx: QueueContext) -> None:
    await ctx.queue.remove([row.id for row in ctx.rows])
    _say_left(ctx, sum(row.id in ctx.queue.rows.all for row in ctx.rows))


async def copy(ctx: QueueContext) -> None:
    sources, turn = list[str](), Turn()
    for row in ctx.rows:
        sources.append(item_of(row, None).source)
        await turn.over()
    QGuiApplication.clipboard().setText("\n".join(sources))


def ask_before_removing(ctx: QueueContext) -> Ask | None:
    """Ask where something would not be added then."""
    pending = [row for row in ctx.rows if row.state in PENDING and row.id not in ctx.queue.rows.under_way]
    if not pending:
        return None
    text = tr_n(
        len(pending),
        "This torrent has not been added yet, and will not be if you remove it here.",
        "{n} torrents have not been added yet, and will not be if you remove them here.",
    )
    return Ask(tr("Remove"), text, tr("Remove"), [ctx.name(row) for row in pending])


def no_server(ctx: QueueContext) -> str:
    if any(ctx.session_of(row) is not None for row in ctx.changeable):
        return ""
    return tr("Its server is gone; send it to another one")


def no_other_server(ctx: QueueContext) -> str:
    return "" if next(_others(ctx), None) is not None else tr("There is no other server")


def all_under_way(ctx: QueueContext) -> str:
    under_way = ctx.queue.rows.under_way
    return tr("It is being sent just now") if all(row.id in under_way for row in ctx.rows) else ""


def _others(ctx: QueueContext) -> Iterator[Session]:
    """Give the servers that some of the rows are not for."""
    for id_, session in ctx.sessions.items():
        if any(row.server != id_ for row in ctx.changeable):
            yield session


def _say_left(ctx: QueueContext, left: int) -> None:
    """Say that some were left as they are."""
    if left > 0:
        text = tr_n(left, "{n} row was left as it is", "{n} rows were left as they are")
        ctx.notices.show_info(tr("{doing}: {what}", doing=ctx.doing, what=text))
