"""Which sections the sidebar has, and in which order: as the user has set it, else the servers first if there are
several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.local.settings import Settings
from qbt_remote.model.sidebar import SECTIONS, VIEWS
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.ui.filtering.feed import Feed
    from qbt_remote.ui.filtering.sidebar import Sidebar

_SERVERS = "server"
_IDS = [section.id for section in SECTIONS]
TITLES = {
    VIEWS: N("&Views"),
    "status": N("&Status"),
    "category": N("&Categories"),
    "tag": N("&Tags"),
    "tracker": N("T&rackers"),
    "path": N("Save &path"),
    "server": N("S&ervers"),
}
"""As they stand in menus."""


class Sections:
    """Reads and writes ``settings.sidebar``: "order" has ids of sections, "hidden" those that are not shown, "folds"
    what ``Folds.save`` gives."""

    def __init__(self, settings: Settings, sidebar: Sidebar, feed: Feed) -> None:
        self._settings, self._sidebar, self._feed = settings, sidebar, feed
        feed.attached.connect(self._apply)
        feed.detached.connect(self._apply)
        self._apply()
        folds = settings.sidebar.get("folds")
        sidebar.folds.restore(folds if isinstance(folds, dict) else {})

    def remember(self) -> None:
        """Put into the settings what is folded."""
        self._settings.sidebar["folds"] = self._sidebar.folds.save()

    def is_shown(self, section: str) -> bool:
        """Whether the user wants a section; the servers may have nothing for it."""
        return section not in self._hidden()

    def show(self, section: str, shown: bool) -> None:
        """Show a section, or hide it; with it goes what is picked in it, since nobody would see what filters."""
        hidden = self._hidden() - {section} if shown else self._hidden() | {section}
        self._settings.sidebar["hidden"] = sorted(hidden)
        if not shown and section != VIEWS:
            self._sidebar.pick(section, None)
        self._apply()

    def can_move(self, section: str, by: int) -> bool:
        shown = self._sidebar.sections()
        return section in shown and 0 <= shown.index(section) + by < len(shown)

    def move(self, section: str, by: int) -> None:
        """Put a section before the next one that can be seen (-1), or after it (1)."""
        shown, order = self._sidebar.sections(), self._sidebar.order()
        other = shown[shown.index(section) + by]
        order.remove(section)
        order.insert(order.index(other) + (by > 0), section)
        self._settings.sidebar["order"] = order
        self._apply()

    @property
    def is_moved(self) -> bool:
        return bool(self._order())

    def restore_order(self) -> None:
        """Take the order again that the sidebar has by itself."""
        self._settings.sidebar.pop("order", None)
        self._apply()

    def _hidden(self) -> set[str]:
        return _known(self._settings.sidebar.get("hidden"))

    def _order(self) -> list[str]:
        found = self._settings.sidebar.get("order")
        return [id for id in found if id in _IDS] if isinstance(found, list) else []

    def _apply(self, _session: object = None) -> None:
        several = len(self._feed.sessions) > 1
        order = self._order() or sorted(_IDS, key=lambda id: id != _SERVERS or not several)
        self._sidebar.set_sections(order, self._hidden())


def _known(found: object) -> set[str]:
    return {id for id in found if id in _IDS} if isinstance(found, list) else set()
