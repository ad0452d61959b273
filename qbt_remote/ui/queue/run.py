"""What the commands of the window do about the queue."""

from __future__ import annotations

from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.queue.queue_window import open_queue_window


async def show_queue(ctx: Context) -> None:
    open_queue_window(ctx.shell)
