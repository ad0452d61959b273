"""Puts what was given into the add queue's file from a process without a window; the window finds it there.

No Qt.  Every call blocks and raises OSError where the file cannot be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.api.adding.given import from_arguments
from qbt_remote.local.add_queue import NAME, QueueFile
from qbt_remote.local.settings import ServerConfig
from qbt_remote.start.command_line import Options, UnknownServer
from qbt_remote.start.command_meaning import chosen_server, options_of
from qbt_remote.sync.adding.kept import Offer, offer_text, row_of, small_files


def keep_offer(
    state: Path, options: Options, items: Sequence[str], folder: Path, servers: Sequence[ServerConfig]
) -> None:
    """Keep items that a running window did not take; it asks about them when it goes on, or the next one does."""
    given = from_arguments(items, folder)
    offer = Offer(given, options_of(options), _server(options, servers), ask=not options.skip_dialog)
    with closing(_opened(state)) as file:
        file.keep_given(offer_text(offer), small_files(given))


class Spool:
    """Keeps items for a server that is away."""

    def __init__(self, state: Path, server: ServerConfig) -> None:
        self._file, self._server = _opened(state), server

    def keep(self, item: AddItem, options: AddOptions, *, sent: bool = False) -> None:
        """Keep one; ``sent``: the server may have it, so it is looked for there first."""
        row = row_of(item, options, self._server.id, self._server.name)
        row.told = {"sent": True} if sent else {}
        self._file.put([row])

    def close(self) -> None:
        self._file.close()


def _opened(state: Path) -> QueueFile:
    file = QueueFile(state / NAME)
    file.open()
    return file


def _server(options: Options, servers: Sequence[ServerConfig]) -> str | None:
    """The id of the server that was named; None if it is not known, and the user is to choose."""
    if not options.server:
        return ""
    try:
        return chosen_server(options, servers).id
    except UnknownServer:
        return None
