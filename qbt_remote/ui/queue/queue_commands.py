"""The table of what can be done with rows of the queue; a row's place is its place in menu and window."""

from __future__ import annotations

from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.command_action import keys_text, name_of_command
from qbt_remote.ui.queue import run_rows
from qbt_remote.ui.queue.queue_context import QueueContext

QUEUE_COMMANDS: tuple[Command[QueueContext], ...] = (
    Command(
        "retry",
        N("&Retry"),
        N("Try to add the selected torrents now, whether they failed or wait for another try"),
        run_rows.retry,
        icon="reset",
        key="F5",
        toolbar=1,
        on="changed",
        enabled=run_rows.no_server,
    ),
    Command(
        "options",
        N("&Options…"),
        N("Change how the selected torrents will be added: save path, category, tags, limits"),
        run_rows.options,
        icon="options",
        key="F2",
        toolbar=1,
        on="changed",
    ),
    Command(
        "other_server",
        N("Other &server…"),
        N("Add the selected torrents to another server instead"),
        run_rows.send_elsewhere,
        icon="server",
        toolbar=1,
        on="changed",
        enabled=run_rows.no_other_server,
    ),
    Command(
        "remove",
        N("Re&move"),
        N("Take the selected rows off this list; what was added stays on its server"),
        run_rows.remove,
        icon="remove",
        key="Del",
        toolbar=1,
        on="rows",
        enabled=run_rows.all_under_way,
        confirm=run_rows.ask_before_removing,
        line=True,
    ),
    Command(
        "copy",
        N("&Copy"),
        N("Copy the links and paths that were given"),
        run_rows.copy,
        icon="copy",
        key="Ctrl+C",
        toolbar=1,
        on="rows",
        line=True,
    ),
)


def queue_shortcuts() -> list[tuple[str, str]]:
    """Give what has keys there: the window and the text, and the keys as the platform writes them."""
    window = tr("Waiting to be added")
    return [
        (tr("{window}: {command}", window=window, command=name_of_command(c)), keys_text(c))
        for c in QUEUE_COMMANDS
        if c.key
    ]
