"""Brings the polls of all servers into the window: table, sidebar, status bar, and what an empty list says.

This is the one place that listens to sessions for the window, for two reasons.  Order: the table must have taken a
poll in before the counts beside it change, and both before the status bar adds up what is shown.  Time: each of these
has its own turn of the loop, so that a poll of 100,000 torrents is never one long pause.  A poll that changed nothing
that is counted costs the model's own update and nothing else; the sidebar is told only of those counts that changed.

Counting starts anew when other servers are shown.  Such a poll is already part of the new count; ``_counted``
says for each server how many polls it includes, so that none is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.names import ordering, path_key, word_key
from qbt_remote.model.sidebar import MOST_ENTRIES, VIEWS, Entry
from qbt_remote.model.table import TableModel
from qbt_remote.model.wording import name_of
from qbt_remote.sync.criteria import STATUS_FILTERS, TRACKER_FLAGS, and_above, spelled
from qbt_remote.sync.filtering.counts import Counts, tally
from qbt_remote.sync.filtering.filters import Filter
from qbt_remote.sync.filtering.views import ViewCounts
from qbt_remote.sync.query.query import EVERYTHING, Query
from qbt_remote.sync.steps import Steps, at_once
from qbt_remote.ui.filtering.available import filled_by
from qbt_remote.ui.filtering.empty_list import EmptyPage, page_for
from qbt_remote.ui.filtering.sidebar import Sidebar
from qbt_remote.ui.table.table_view import TableView

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

_COUNTED = ("status", "category", "tag", "tracker", "path")
"""The sections whose counts are those of the shown servers' torrents."""
_KEYS = {"tag": word_key, "tracker": word_key}
_SLICE, _MANY = 500, 64
"""More entries than that are shown anew in a turn of their own."""


class Feed(QObject):
    """Feeds the views from the attached sessions and keeps the filter."""

    filter_changed = Signal()
    given_up = Signal()
    """An expression of the query took too long, and nothing is filtered by the query any more."""
    empty_page_changed = Signal(object)
    """The EmptyPage to show in the table's place, or None to show the table."""
    attached = Signal(object)
    detached = Signal(object)
    """A session came, or went."""
    refreshed = Signal()
    """Something about a server or the numbers shown has changed: the status bar may be drawn anew."""

    def __init__(
        self,
        model: TableModel,
        view: TableView,
        sidebar: Sidebar,
        server_names: dict[str, str],
        known: Callable[[], bool],
    ) -> None:
        """``server_names`` is what the columns look names up in; it is kept up to date.

        ``known`` tells whether any server is configured at all.
        """
        super().__init__(view)
        self._model, self._view, self._sidebar, self._known = model, view, sidebar, known
        self._server_names = server_names
        self._sessions: dict[str, Session] = {}
        self._page: EmptyPage | None = None
        self._turns = (self._change_table, self._change_lists, self._change_rest)
        self._seen = True
        self.filter = Filter()
        self._counts = Counts()
        self._views = ViewCounts({})
        self._views_counted: dict[Session, int] = {}
        """How many answers were in each mirror when it was counted for the views; it is not there before."""
        self.in_turns: Callable[[Steps[None]], None] = at_once
        """Takes steps, each in a turn of the loop."""
        self._filling: object = None
        """The filling of the lists that began last."""
        self._counted: dict[Session, int] = {}
        """How many answers of each shown server were in its mirror when all was counted last."""
        sidebar.picked.connect(self._pick)
        sidebar.fill("status", [Entry(s.id, tr(s.label), s.icon) for s in STATUS_FILTERS])

    @property
    def torrents(self) -> int:
        """How many there are on the servers that are shown."""
        return self._counts.total

    @property
    def size(self) -> int:
        """How many bytes these have together."""
        return self._counts.size

    @property
    def sessions(self) -> Mapping[str, Session]:
        return self._sessions

    def shown_sessions(self) -> list[Session]:
        """The sessions of the servers that the sidebar's pick shows."""
        return [s for s in self._sessions.values() if self.filter.shows_server(s.config.id)]

    def attach(self, session: Session) -> None:
        self._sessions[session.config.id] = session
        self.attached.emit(session)
        session.on_changes += self._turns
        session.on_status.append(self._status_changed)
        self._servers_changed()

    def detach(self, session: Session) -> None:
        self._sessions.pop(session.config.id, None)
        self.detached.emit(session)
        for turn in self._turns:
            session.on_changes.remove(turn)
        session.on_status.remove(self._status_changed)
        self._servers_changed()

    def reorder(self, ids: Iterable[str]) -> None:
        """Take over the order and the names of the servers as the user has set them."""
        rank = {server: n for n, server in enumerate(ids)}
        ordered = sorted(self._sessions.items(), key=lambda item: rank.get(item[0], len(rank)))
        self._sessions.clear()  # others hold this very mapping
        self._sessions.update(ordered)
        self._servers_changed()

    def known(self, kind: str) -> list[str]:
        """Give the values of a field of the query that the shown servers have."""
        if kind == "server":
            return list(self._server_names.values())
        counted = self._counts.by.get(kind)
        keys = [key for key in counted or () if key and key not in TRACKER_FLAGS]
        return at_once(ordering(keys, _KEYS.get(kind, path_key)))

    @property
    def server_names(self) -> Mapping[str, str]:
        return self._server_names

    def set_query(self, query: Query) -> bool:
        """Filter by what was typed; False if that would take too long, and then all is as before."""
        before = self.filter.query
        if query != before or query.timed:  # an age means something else by now
            self.set_filter(replace(self.filter, query=query))
        if query.given_up:
            self.set_filter(replace(self.filter, query=before))
        return not query.given_up

    def set_views(self, filters: Mapping[str, Filter]) -> None:
        """Count from now on how many torrents of all servers these accept, and show it in the sidebar."""
        self._views = ViewCounts(filters)
        self._count_views()

    def _count_views(self) -> None:
        self._views, self._views_counted = ViewCounts(self._views.filters), {}
        take = self.in_turns if self._views.filters else at_once
        take(self._counting_views(self._views))

    def _counting_views(self, views: ViewCounts) -> Steps[None]:
        """Count one server after the other, in steps; one that is polled meanwhile once more."""
        for session in list(self._sessions.values()):
            while views is self._views:
                applied = session.mirror.applied
                found = yield from views.tally(session.mirror.torrents.values())
                if session.mirror.applied == applied:
                    views.add(found)
                    self._views_counted[session] = applied
                    break
        if views is self._views:
            self._show_views()

    def _show_views(self) -> None:
        if len(self._views_counted) == len(self._sessions):
            total = sum(len(session.mirror.torrents) for session in self._sessions.values())
            self._sidebar.set_counts(VIEWS, self._views.number, total)

    def _pick(self) -> None:
        self.set_filter(replace(self.filter, picks=self._sidebar.picks()))
        if self._sidebar.lacks_picked():
            self._fill_lists()

    def set_filter(self, wanted: Filter) -> None:
        """Show what this accepts; whoever calls brings sidebar and box to the same."""
        if wanted == self.filter and wanted.query is self.filter.query:
            return
        shown_before, self.filter = self.shown_sessions(), wanted
        self._model.set_filter(wanted.accepts, wanted.fields, wanted.among)
        if self.shown_sessions() != shown_before:
            self._look()
            self._count()
            self._fill_lists()
        self.filter_changed.emit()
        self.refresh()

    def watch(self, window: QWidget) -> None:
        """Poll more rarely while this window cannot be seen."""
        window.winId()  # there is no handle before
        handle = window.windowHandle()
        handle.visibilityChanged.connect(self._see)
        self._see(handle.visibility())

    def _see(self, visibility: QWindow.Visibility) -> None:
        self._seen = visibility not in (QWindow.Visibility.Hidden, QWindow.Visibility.Minimized)
        self._look()

    def _look(self) -> None:
        """Sessions that nobody looks at poll more rarely."""
        shown = {session.config.id for session in self.shown_sessions()}
        for server, session in self._sessions.items():
            session.looked_at = self._seen and server in shown
        self._show_tags()

    def _show_tags(self) -> None:
        """Servers before 4.2 have no tags."""
        shown = self.shown_sessions()
        self._sidebar.show_section("tag", not shown or not all(session.lacks("tags") for session in shown))

    def _all(self) -> Iterable[Torrent]:
        return chain.from_iterable(session.mirror.torrents.values() for session in self._sessions.values())

    def _servers_changed(self) -> None:
        names = self._server_names
        names.clear()
        names.update((server, name_of(session)) for server, session in self._sessions.items())
        self._fill_servers()
        self._look()
        self._count()  # before the rows, which make the page be chosen anew
        self._fill_lists()
        self._model.set_rows(self._all())
        self._count_views()
        self._set_available()
        self.refresh()

    def _change_table(self, _session: Session, changes: Changes) -> Steps[None]:
        yield from self._model.applying(changes)
        if changes.full:
            yield True  # a table that takes the place of a sentence is laid out first, or would be painted once more
        self._view.paint_now()

    def _change_lists(self, session: Session, changes: Changes) -> Steps[None]:
        if changes.lists & {"categories", "tags", "trackers"} or changes.full:
            yield from self._filling_lists()
            yield True
        # what was counted anew since the mirror took these changes has them already
        if session in self.shown_sessions() and changes.number > self._counted.get(session, 0):
            yield from self._counts.applying(changes)
            yield from self._showing_counts()
        if changes.added or changes.removed:
            self._count_servers()
        counted = self._views_counted.get(session)
        if counted is not None and changes.number > counted:
            yield from self._views.applying(changes)
            self._show_views()

    def _change_rest(self, _session: Session, changes: Changes) -> None:
        if changes.full or changes.added or "server" in changes.lists:
            self._set_available()
        self._fill_servers()
        if self.filter.query.given_up:
            self.set_filter(replace(self.filter, query=EVERYTHING))
            self.given_up.emit()
        self.refresh()

    def _status_changed(self, _session: Session) -> None:
        stale = frozenset(server for server, s in self._sessions.items() if s.status.phase != "online")
        self._model.set_stale(stale)
        self._fill_servers()
        self._show_tags()
        self.refresh()

    def _fill_servers(self) -> None:
        """One entry for each server; its icon says how it stands."""
        icons = {"online": "server", "refused": "error", "connecting": "server", "offline": "disconnected"}
        entries = []
        for server, session in self._sessions.items():
            paused = session.status.phase == "online" and session.paused
            name = tr("{server} (paused)", server=name_of(session)) if paused else name_of(session)
            entries.append(Entry(server, name, icons.get(session.status.phase, "disconnected")))
        if self._sidebar.fill("server", entries):
            self._count_servers()

    def _count_servers(self) -> None:
        servers = {server: len(session.mirror.torrents) for server, session in self._sessions.items()}
        self._sidebar.set_counts("server", servers, sum(servers.values()))

    def _set_available(self) -> None:
        sent = set[str]().union(*map(filled_by, self._sessions.values()))
        if sent:
            self._view.set_available(sent | {"server"} if len(self._sessions) > 1 else sent)

    def _fill_lists(self) -> None:
        at_once(self._filling_lists())

    def _filling_lists(self) -> Steps[None]:
        """Fill the sections whose entries come from the servers, in steps: there may be 10,000 categories.

        A later filling, as when other servers are to be shown, ends one that is under way.
        """
        self._filling = mine = object()
        for _step in self._lists_filled():
            yield True
            if self._filling is not mine:
                return

    def _lists_filled(self) -> Steps[None]:
        shown = [session.mirror for session in self.shown_sessions()]
        categories = set(chain.from_iterable(mirror.categories for mirror in shown))
        picked = None
        while picked != (picked := self._sidebar.pick_of("category")):  # somebody may pick meanwhile
            above: set[str] = set()
            for n, name in enumerate(self._sidebar.with_picked("category", categories)):
                above.update(and_above(name))
                if not n % _SLICE:
                    yield False
            listed = yield from ordering(above)
            yield False
        self._fill("category", listed)
        yield False
        tags = self._sidebar.with_picked("tag", chain.from_iterable(mirror.tags for mirror in shown))
        self._fill("tag", (yield from ordering(tags, word_key)))
        for section in ("tracker", "path"):
            yield False
            yield from self._filling_counted(section)

    def _filling_counted(self, section: str) -> Steps[None]:
        """Only torrents know the hosts and the folders: the entries come from the counts."""
        flags: list[Entry] = []
        keys: set[str] | None = None
        if section == "tracker":
            sent = set[str]().union(*(session.mirror.sent for session in self.shown_sessions()))
            flags = [Entry(key, tr(label), icon) for key, (label, icon) in TRACKER_FLAGS.items() if key in sent]
        while keys != (
            keys := self._sidebar.with_picked(section, self._counts.by[section])
        ):  # there may be others meanwhile
            yield False
            names = yield from ordering(keys - TRACKER_FLAGS.keys(), _KEYS.get(section, path_key))
            yield False
        self._fill(section, names, flags)

    def _fill(self, section: str, names: Sequence[str], before: Iterable[Entry] = ()) -> None:
        """List the first of these names; what is picked has its entry in any case."""
        shown, picked = spelled if section == "path" else str, self._sidebar.with_picked(section, ())
        listed = [*names[:MOST_ENTRIES], *(name for name in names[MOST_ENTRIES:] if picked and name in picked)]
        entries = [*before, *(Entry(name, shown(name)) for name in listed)]
        if self._sidebar.fill(section, entries, len(names) - len(listed)):
            self._sidebar.set_counts(section, self._counts.by[section], self.torrents)

    def _count(self) -> None:
        """Count anew, since other servers are shown than before."""
        shown = self.shown_sessions()
        self._counts = tally(chain.from_iterable(s.mirror.torrents.values() for s in shown))
        self._counted = {session: session.mirror.applied for session in shown}
        at_once(self._showing_counts(every=True))
        self._count_servers()

    def _showing_counts(self, *, every: bool = False) -> Steps[None]:
        """Show the counts that have changed, in steps."""
        touched, renewed = self._counts.take_touched()
        for section in ("tracker", "path"):
            if every or section in renewed:
                yield from self._filling_counted(section)
                yield True
        for section in _COUNTED:
            keys = None if every else touched.get(section, ())
            self._sidebar.set_counts(section, self._counts.by[section], self.torrents, keys)
            yield len(touched.get(section, ())) > _MANY

    def refresh(self) -> None:
        rows = self._model.rowCount()
        page = page_for(self.shown_sessions(), known=self._known(), torrents=self.torrents, rows=rows)
        if page != self._page:
            self._page = page
            self.empty_page_changed.emit(page)
        self.refreshed.emit()

    def pass_time(self) -> None:
        """Count the seconds to the next try down, and the torrents of a long list up."""
        if any(session.status.phase in ("connecting", "waiting") for session in self.shown_sessions()):
            self.refresh()

    def announce(self, page: EmptyPage) -> None:
        """Show this page until there is something to say of the servers."""
        self._page = page
        self.empty_page_changed.emit(page)

    def complete(self) -> bool:
        """Has every server that is not refused shown its whole list at least once?"""
        phases = [(s.status.phase, s.status.since) for s in self._sessions.values()]
        return bool(phases) and all(phase == "refused" or since > 0 for phase, since in phases)
