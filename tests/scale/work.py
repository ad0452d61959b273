"""Counts the work of one poll: what was touched, asked, told and allocated; never how long it took.

The table, the sidebar and what binds them are the program's own, fed from a mirror without a network.
While a poll is counted every torrent is of a class that notes when it is read, hashed or compared, so
that a pass over all rows is seen even where C makes it; a copy of all rows is seen by its bytes.
"""

from __future__ import annotations

import gc
import itertools
import random
import statistics
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import ServerConfig
from qbt_remote.model.columns import Column, torrent_columns
from qbt_remote.model.sidebar import COUNT_ROLE
from qbt_remote.model.sorting import OF_TORRENTS
from qbt_remote.model.table import TableModel
from qbt_remote.sync.delta import Delta
from qbt_remote.sync.polls.status import Status
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.filtering.feed import Feed
from qbt_remote.ui.filtering.sidebar import Sidebar
from qbt_remote.ui.table.table_view import TableView

Json = Any
KINDS = ("downloading", "uploading", "stalledUP", "stalledDL", "stoppedUP", "stoppedDL", "queuedDL")
CHANGED, SEEN = 100, 10


@dataclass(slots=True)
class Work:
    """What one poll cost."""

    touches: int = 0
    """Reads of a torrent's fields, hashes of torrents and comparisons with them."""
    kilobytes: int = 0
    """Memory in use at its highest, over what it was before."""
    cells: int = 0
    """Texts made, until everything is painted."""
    signals: int = 0
    """What the models told the views: changes of data, rows and order, and resets."""

    @classmethod
    def median(cls, works: Sequence[Work]) -> Work:
        return cls(*(statistics.median_low(getattr(work, f.name) for work in works) for f in fields(cls)))


class Watched(Torrent, eq=False, gc=False):
    """A Torrent that counts its uses; of no fields of its own, so that an object can become one and back."""

    def __getattribute__(self, name: str) -> Any:
        Tally.touches += 1
        return super().__getattribute__(name)

    def __hash__(self) -> int:
        Tally.touches += 1
        return object.__hash__(self)

    def __eq__(self, other: object) -> bool:
        Tally.touches += 1
        return self is other


class Tally:
    """Where the counting goes."""

    touches = 0
    cells = 0


def _counting(column: Column) -> Column:
    """The same column, but the texts it makes are counted."""

    def text(value: Any) -> str:
        Tally.cells += 1
        return column.text(value)

    return replace(column, text=text)


async def _no_client(_config: ServerConfig) -> QbtClient:
    raise OSError("there is no server")


def torrent(n: int, categories: int = 4, tags: int = 3) -> Torrent:
    """Make one torrent as a server would send it, with what the program reads set."""
    return Torrent(
        name=f"Torrent {n} of some series S{n % 40:02d}",
        state=KINDS[n % len(KINDS)],
        size=n * 1000 + 1,
        progress=(n % 101) / 100,
        dlspeed=n * 7919 % 10_000_019,
        upspeed=n % 7,
        category=f"category {n % categories}" if n % categories else "",
        tags=f"tag {n % tags}" if n % tags else "",
        added_on=1_700_000_000 + n,
        tracker=f"http://t{n % 5}.test/announce",
    )


class Stage:
    """A table, a sidebar and a session with ``count`` torrents on the screen."""

    def __init__(self, count: int, *, categories: int = 4, tags: int = 3, sort: str = "name") -> None:
        names: dict[str, str] = {}
        self.model = TableModel([_counting(column) for column in torrent_columns(names)], last=OF_TORRENTS)
        self.view = TableView(self.model)
        self.sidebar = Sidebar()
        self.feed = Feed(self.model, self.view, self.sidebar, names, lambda: True)
        self.session = Session(ServerConfig("s", "http://s.test", id="s"), _no_client)
        self.feed.attach(self.session)
        self.session.status = Status("online", since=1.0)
        self._made = itertools.count(count)
        self._signals = 0
        self._dice = random.Random(3)
        self._fill(count, categories, tags)
        self.view.sortByColumn(self.model.column(sort), Qt.SortOrder.AscendingOrder)
        for widget in (self.view, self.sidebar):
            widget.resize(1080 if widget is self.view else 200, 800)
            widget.show()
        self._listen()
        QApplication.processEvents()

    def _fill(self, count: int, categories: int, tags: int) -> None:
        self.tell(
            Delta(
                rid=1,
                full=True,
                torrents={f"{n:040x}": torrent(n, categories, tags) for n in range(count)},
                categories={f"category {n}": {"name": f"category {n}", "savePath": ""} for n in range(1, categories)},
                tags=[f"tag {n}" for n in range(1, tags)],
                server={"dl_info_speed": 1},
                sent=set(Torrent.__struct_fields__),
            )
        )

    def _listen(self) -> None:
        for model in (self.model, self.sidebar.model()):
            for signal in (
                *(model.dataChanged, model.layoutChanged, model.modelReset),
                *(model.rowsInserted, model.rowsRemoved, model.rowsMoved),
            ):
                signal.connect(self._heard)

    def _heard(self, *_what: object) -> None:
        self._signals += 1

    def close(self) -> None:
        self.feed.detach(self.session)
        for widget in (self.view, self.sidebar):
            widget.hide()
            widget.deleteLater()
        self.model.deleteLater()
        QApplication.processEvents()

    # what can come

    def changed(self, change: Callable[[Torrent, random.Random], dict[str, Json]]) -> Delta:
        """A poll in which CHANGED torrents changed like this: SEEN of those on the screen, the others anywhere."""
        torrents = self.session.mirror.torrents
        chosen = [t.hash for t in self.model.rows[:SEEN]]
        chosen += self._dice.sample(sorted(torrents.keys() - set(chosen)), CHANGED - len(chosen))
        return Delta(rid=2, torrents={h: change(torrents[h], self._dice) for h in chosen})

    def came_and_went(self, count: int) -> Delta:
        """A poll in which some torrents were added and as many removed."""
        gone = self._dice.sample(list(self.session.mirror.torrents), count)
        new = {f"{n:040x}": torrent(n) for n in itertools.islice(self._made, count)}
        return Delta(rid=2, torrents={h: _sent(t) for h, t in new.items()}, torrents_removed=gone)

    def tell(self, delta: Delta) -> None:
        """Do what a session does with an answer."""
        changes = self.session.mirror.apply(delta)
        for told in tuple(self.session.on_changes):
            for _step in told(self.session, changes) or ():
                pass

    def is_right(self) -> bool:
        """Do table and sidebar show what the mirror has?"""
        torrents = self.session.mirror.torrents.values()
        shown = [t for t in torrents if self.feed.filter.accepts(t)]
        stopped = sum(t.state.startswith("stopped") for t in torrents)
        counted = self.sidebar.model().find("status", "stopped").data(COUNT_ROLE)  # type: ignore[attr-defined]  # ours
        column = self.model.columns[self.view.horizontalHeader().sortIndicatorSection()]
        ordered = sorted(shown, key=column.sort)
        same_order = [column.sort(t) for t in ordered] == [column.sort(t) for t in self.model.rows]
        return set(self.model.rows) == set(shown) and same_order and bool(counted == stopped)

    def select_all(self) -> None:
        self.view.selectAll()
        top = self.model.index(0, 0)
        self.view.selectionModel().setCurrentIndex(top, QItemSelectionModel.SelectionFlag.NoUpdate)

    # counting

    def work(self, make: Callable[[], Delta], polls: int = 3) -> Work:
        """Apply and paint some polls, and give what one costs, without what the window system asks for in between."""
        self.tell(make())  # the first finds empty caches
        QTest.qWaitForWindowExposed(self.view)
        QTest.qWaitForWindowExposed(self.sidebar)
        QApplication.processEvents()
        return Work.median([self._counted(make()) for _poll in range(polls)])

    def _counted(self, delta: Delta) -> Work:
        for t in self.session.mirror.torrents.values():
            t.__class__ = Watched
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        Tally.touches = Tally.cells = self._signals = 0
        self.tell(delta)
        QApplication.processEvents()
        touches, cells, signals = Tally.touches, Tally.cells, self._signals
        peak = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
        for t in self.session.mirror.torrents.values():
            t.__class__ = Torrent
        return Work(touches, peak // 1024, cells, signals)


def _sent(t: Torrent) -> dict[str, Json]:
    return {name: getattr(t, name) for name in ("name", "state", "size", "progress", "category", "added_on", "tracker")}


# the changes that a poll can bring, by what they cost somebody


def traffic(t: Torrent, dice: random.Random) -> dict[str, Json]:
    """What moves all the time: nothing that is counted, filtered or, by name, sorted."""
    return {"dlspeed": dice.randrange(10**7), "downloaded": t.downloaded + dice.randrange(1, 10**6), "eta": 5}


def states(t: Torrent, dice: random.Random) -> dict[str, Json]:
    """What the sidebar counts."""
    return {"state": dice.choice([state for state in KINDS if state != t.state]), "upspeed": dice.randrange(10**6)}
