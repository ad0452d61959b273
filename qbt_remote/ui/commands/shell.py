"""What a command may use of the window and of the program around it: one small value, made once by the window.

What a feature cannot do with these it asks for as one more field here, in the open; no feature holds the window.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from qbt_remote.api.client import QbtClient
    from qbt_remote.local.settings import ServerConfig, Settings
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
    open_servers: Callable[[bool], None]
    """Show the dialog of the servers; True to add one at once."""
    open_client: Callable[[ServerConfig, str | None], Awaitable[QbtClient]]
    """Make a client of a server, not connected; with another password than the known one, if given."""
    replace_server: Callable[[ServerConfig, str | None], Awaitable[None]]
    """Go on with a server at another place or with another login."""
    pause_all: Callable[[], Coroutine[Any, Any, None]]
    resume_all: Callable[[], Coroutine[Any, Any, None]]
    can_resume: Callable[[], bool]
    hide_on_close: Callable[[], bool]


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
    """Name in the status bar what takes longer than one expects, as long as it is under way (True)."""
    poke_details: Callable[[], None]
    """Ask at once for what the details show: it has been changed."""
    show_window: Callable[[], None]
    select: Callable[[Sequence[Torrent]], None]
    """Select these in the list and scroll to them."""
    settings_changed: Callable[[Collection[str]], None]
    """Put into effect what shows at once of the options that were changed."""
