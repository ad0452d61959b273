"""What a double click or Enter on a torrent does; ``Settings`` says it for each kind of torrent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qbt_remote.sync.states import is_complete, is_stopped

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from qbt_remote.local.settings import Settings
    from qbt_remote.sync.torrent import Torrent

COMMANDS = {"options": "torrent_options", "open_folder": "open_folder", "rename": "rename", "details": "details"}
"""By what the settings name: the command that is triggered."""


def activate(settings: Settings, action: Callable[[str], QAction], t: Torrent) -> None:
    """Do what the settings say; an unknown word does nothing, like "none".  Details that are open stay so."""
    wanted = settings.double_click_completed if is_complete(t) else settings.double_click_downloading
    command = ("start" if is_stopped(t.state) else "stop") if wanted == "start_stop" else COMMANDS.get(wanted)
    if command is not None and not (command == "details" and action(command).isChecked()):
        action(command).trigger()
