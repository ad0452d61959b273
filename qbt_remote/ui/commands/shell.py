"""What a command may use of the window and of the program around it: one value, made once by the window.

A feature that needs more gets one more field here, where everybody sees it; none is handed the window.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from qbt_remote.api.client import QbtClient
    from qbt_remote.local.loop_gaps import LoopGap
    from qbt_remote.local.settings import ServerConfig, Settings
    from qbt_remote.sync.adding.queue import AddQueue
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.kit.notices import NoticeBar
    from qbt_remote.ui.kit.progress import Progress
    from qbt_remote.ui.kit.tasks import Tasks


class Hooks(NamedTuple):
    """What is asked of the program around the window."""

    quit: Callable[[], None]
    save: Callable[[], None]
    """Write the settings to disk."""
    faults: Callable[[], int]
    """How many errors of our own there have been."""
    open_servers: Callable[[bool], None]
    """Show the dialog of the servers; True to add one at once."""
    edit_server: Callable[[str, str], None]
    """Show the form of a server, by its id, at its "login", its "certificate" or its beginning ("")."""
    remove_server: Callable[[str], None]
    """Forget a server, by its id, and its password."""
    open_client: Callable[[ServerConfig, str | None], Awaitable[QbtClient]]
    """Make a client of a server, not connected; with another password than the known one, if given."""
    replace_server: Callable[[ServerConfig, str | None], Awaitable[None]]
    """Go on with a server at another address or with another login."""
    pause_all: Callable[[], Coroutine[Any, Any, None]]
    resume_all: Callable[[], Coroutine[Any, Any, None]]
    can_resume: Callable[[], bool]
    hide_on_close: Callable[[], bool]
    add_queue: Callable[[], AddQueue]
    """What is to be added: written down first, sent when its server is there."""
    longest_gap: Callable[[], LoopGap | None]
    """The longest time since the start for which the window answered to nothing."""


@dataclass(frozen=True)
class Shell:
    """The window as its features know it."""

    parent: QWidget
    """What dialogs and windows belong to."""
    settings: Settings
    tasks: Tasks
    hooks: Hooks
    sessions: Mapping[str, Session]
    """All sessions by the server's id, in the user's order; always as it is at the moment."""
    shown: Callable[[], list[Session]]
    """The sessions of the servers that the sidebar shows, connected or not."""
    notice_bar: Callable[[], NoticeBar]
    show_progress: Callable[[Progress], None]
    """Show how far something is in the status bar, and how to end it, until ``hide_progress``."""
    hide_progress: Callable[[Progress], None]
    show_doing: Callable[[str, bool], None]
    """Show in the status bar that something slow is running (True), or take that away (False)."""
    poke_details: Callable[[], None]
    """Ask at once for what the details show: it has been changed."""
    show_window: Callable[[], None]
    selected: Callable[[], Sequence[Torrent]]
    """The torrents that are selected in the list."""
    select: Callable[[Sequence[Torrent]], None]
    """Select these in the list and scroll to them."""
    show_queue: Callable[[], None]
    """Show the window of what waits to be added."""
    settings_changed: Callable[[Collection[str]], None]
    """Apply at once those of the changed options that have a visible effect."""
