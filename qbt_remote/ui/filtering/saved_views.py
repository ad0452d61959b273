"""The saved views of a window: choosing, saving, changing them, and what is remembered of the filter.

A view is a filter that is changed only when that is asked for, and a look of the table (columns,
widths, sorting) that is kept as it is left.  The first, "All torrents", filters nothing and is always
there; its name here is None.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit

from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import VIEWS, Entry
from qbt_remote.sync.filtering.filters import Filter, Pick, only
from qbt_remote.sync.filtering.views import View, picks_as_json, picks_from_json
from qbt_remote.ui.kit.icons import icon

if TYPE_CHECKING:
    from qbt_remote.ui.filtering.feed import Feed
    from qbt_remote.ui.filtering.filter_box import FilterBox
    from qbt_remote.ui.filtering.sidebar import Sidebar
    from qbt_remote.ui.table.table_view import TableView

LONGEST_NAME = 60
AGES_S = 60.0


class Views(QObject):
    """Keeps ``settings.views``, and brings sidebar, filter box and table to what a view says."""

    def __init__(
        self,
        settings: Settings,
        feed: Feed,
        sidebar: Sidebar,
        box: FilterBox,
        table: TableView,
        save: Callable[[], None],
    ) -> None:
        """``save`` asks for a name and saves what is shown."""
        super().__init__(sidebar)
        self._settings, self._feed, self._sidebar, self._box, self._table = settings, feed, sidebar, box, table
        self._views = {str(name): View.from_json(row) for name, row in settings.views.items()}
        shown = settings.filter.get("view")
        self.shown: str | None = shown if shown in self._views else None
        """The view that was chosen last; the filter may have been changed since."""
        self._filters: dict[str, Filter] = {}
        self._counted_at = 0.0
        self._for_this_run = ""
        self._button = box.addAction(icon("save-view"), QLineEdit.ActionPosition.TrailingPosition)
        self._button.setText(tr("Save what is shown as a view…"))
        self._button.setVisible(False)
        self._button.triggered.connect(save)
        sidebar.view_wanted.connect(self.show)
        feed.filter_changed.connect(self._mark)
        self._fill()

    @property
    def names(self) -> list[str | None]:
        """All views in the order of the sidebar."""
        return [None, *self._views]

    def table_state(self) -> dict[str, Any]:
        """How the table looks under the view that is shown."""
        return dict(self._settings.table if self.shown is None else self._views[self.shown].table)

    def show(self, name: str | None) -> None:
        """Filter, sort and show columns as a view says."""
        view = View() if name is None else self._views.get(name)
        if view is None:
            return
        self._keep_table()
        self.shown = name
        picks = self._possible(view.picks)
        self._feed.set_filter(Filter(picks, view.query(self._feed.server_names)))
        self._sidebar.set_picks(picks)
        self._box.setText(view.text)
        if (state := self.table_state()) and state != self._table.save_state():
            self._table.restore_state(state)
        self._mark()

    def why_not(self, name: str) -> str:
        """Say why a view cannot have this name, or ""."""
        if not name.strip():
            return tr("A view needs a name.")
        if len(name.strip()) > LONGEST_NAME:
            return tr("The name is too long.")
        return tr("This view already exists.") if name.strip() in self._views else ""

    def save(self, name: str) -> None:
        """Save what is shown as a new view, or in the place of the one of this name."""
        self._keep_table()
        now = self._feed.filter
        self._views[name.strip()] = View(now.query.text, now.picks, self._table.save_state())
        self.shown = name.strip()
        self._fill()

    def rename(self, name: str, new: str) -> None:
        self._views = {new.strip() if known == name else known: view for known, view in self._views.items()}
        if self.shown == name:
            self.shown = new.strip()
        self._fill()

    def remove(self, name: str) -> None:
        """Forget a view; if it is shown, the list stays as it is."""
        self._views.pop(name, None)
        if self.shown == name:
            self.shown = None
        self._fill()

    def differs(self, name: str) -> bool:
        """Whether something else is filtered than a view says."""
        view, now = self._views[name], self._feed.filter
        return (view.text, view.picks) != (now.query.text, now.picks)

    def restore(self, server: str = "") -> None:
        """Filter as the settings say; if ``server`` is given it is the only one to be shown, in this run."""
        self._for_this_run = server
        picks = picks_from_json(self._settings.filter.get("picks"))
        if self.shown is not None:
            self._box.setText(self._views[self.shown].text)
        self._sidebar.set_picks(self._possible(picks))
        if server:
            self._sidebar.pick("server", server)

    def remember(self) -> None:
        """Put views, filter and the look of the table into the settings."""
        self._keep_table()
        picks = picks_as_json(self._feed.filter.picks)
        if self._for_this_run and self._sidebar.pick_of("server") == only(self._for_this_run):
            picks.pop("server")
        self._settings.filter = {"view": self.shown or "", "picks": picks}
        self._settings.views = {name: view.as_json() for name, view in self._views.items()}

    def pass_time(self) -> None:
        """Look again at how old things are, once a minute, where that is asked for."""
        if time.monotonic() - self._counted_at > AGES_S:
            self._counted_at = time.monotonic()
            self._box.read_again()
            if any(wanted.query.timed for wanted in self._filters.values()):
                self._count()

    def _possible(self, picks: Mapping[str, Pick]) -> dict[str, Pick]:
        """Leave out servers that are not there: without an entry they could not be picked off."""
        there = self._feed.server_names.keys()
        possible = dict(picks)
        if server := possible.pop("server", None):
            left = Pick(server.wanted & there, server.unwanted & there, server.every)
            possible |= {"server": left} if left else {}
        return possible

    def _keep_table(self) -> None:
        state = self._table.save_state()
        if self.shown is None:
            self._settings.table = state
        else:
            view = self._views[self.shown]
            self._views[self.shown] = View(view.text, view.picks, state)

    def _fill(self) -> None:
        self._settings.views = {name: view.as_json() for name, view in self._views.items()}
        self._sidebar.fill(VIEWS, [Entry(name, name) for name in self._views])
        self._count()
        self._mark()

    def _count(self) -> None:
        self._counted_at = time.monotonic()
        names = self._feed.server_names
        self._filters = {name: Filter(view.picks, view.query(names)) for name, view in self._views.items()}
        self._feed.set_views(self._filters)

    def _mark(self) -> None:
        """Mark in the sidebar the view that says just what is shown, if one does."""
        now = self._feed.filter
        plain = not now.picks and not now.query.text
        self._button.setVisible(not plain)
        shown = self.shown
        if shown is None or self.differs(shown):
            shown = None if plain else next((name for name in self._views if not self.differs(name)), "")
        self._sidebar.show_view(shown)
