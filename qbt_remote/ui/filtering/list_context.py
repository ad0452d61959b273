"""What the commands of the list act on: the selection, saved views and filter box, or an entry of the sidebar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.filtering.filter_box import FilterBox
    from qbt_remote.ui.filtering.saved_views import Views


@dataclass(eq=False, repr=False, kw_only=True)
class ListContext(Context):
    """A context that knows how the list is filtered."""

    views: Views
    box: FilterBox


@dataclass(eq=False, repr=False, kw_only=True)
class EntryContext(ListContext):
    """An entry of the sidebar, by its section and key; ``torrents`` are those of the entry.

    Its commands act on the "entry" itself, on its "torrents", on the shown "servers", on a saved "view", on a
    "server" that may be away, on the "section" as a whole, or on nothing ("").  Those of a section that act on an
    entry, torrents, view or server are for its real entries alone: not for All, nor for Trackerless and the like.
    """

    section: str
    key: str

    @property
    def server(self) -> Session | None:
        """The server that the entry stands for."""
        return self.sessions.get(self.key) if self.section == "server" else None

    @property
    def shown(self) -> list[Session]:
        """The connected servers that the entry is about: its own, else those that the sidebar shows."""
        if self.server is None:
            return super().shown
        return [self.server] if self.server.status.phase == "online" else []

    def lacks(self, on: str) -> str:
        if on in ("entry", "torrents", "servers") and not self.shown and not self.torrents:
            return tr("Not connected") if self.server else tr("No server is connected")
        return tr("It has no torrents") if on == "torrents" and not self.torrents else ""

    @cached_property
    def targets(self) -> list[Session]:
        return super().targets if self.torrents else self.shown
