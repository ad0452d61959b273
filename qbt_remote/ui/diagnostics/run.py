"""What the commands do that are about the program itself: its log, and the report for a developer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.diagnostics.program_log import ProgramLog
from qbt_remote.ui.diagnostics.report import report
from qbt_remote.ui.diagnostics.report_dialog import ReportDialog
from qbt_remote.ui.kit.dialogs import Dialogs

if TYPE_CHECKING:
    from qbt_remote.local.last_end import BadEnd
    from qbt_remote.ui.commands.context import Context


async def program_log(ctx: Context) -> None:
    """Bring the one window to the front, made when it is asked for."""
    shown = next(iter(ctx.shell.parent.findChildren(ProgramLog)), None) or ProgramLog(ctx.shell)
    shown.come_to_front()


async def diagnostics(ctx: Context) -> None:
    await show_report(ctx)


async def show_report(ctx: Context, ended: BadEnd | None = None) -> None:
    """Show what can be told of the program, and of how it ended the last time."""
    hooks = ctx.shell.hooks
    queued = Counter[str](row.state for row in hooks.add_queue().rows.all.values())
    text = report(ctx.sessions.values(), faults=hooks.faults(), queued=queued, gap=hooks.longest_gap(), ended=ended)
    title = tr("Diagnostics")
    await Dialogs(ctx.shell.parent).ask(ReportDialog(ctx.shell.parent, title, text, ctx.settings.window.folders))
