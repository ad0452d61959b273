"""The tab of the add dialog that shows what is inside a torrent, so that files can be chosen.

A .torrent file is read here.  What is behind a link is fetched by the server, from 5.2 on: by itself
for a single torrent, as the desktop window does, else when somebody asks for it; and never unasked for
what would make the server contact its own network.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from qbt_remote.api.adding.content import CHOOSE, FETCH, Content, fetch, give, of_file
from qbt_remote.api.adding.items import Item
from qbt_remote.api.adding.links import inner_host
from qbt_remote.api.adding.problem import Unusable
from qbt_remote.api.endpoints import needs
from qbt_remote.api.errors import QbtError
from qbt_remote.model.files.columns import FILE
from qbt_remote.model.files.tree_model import FileTreeModel
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, said, why_text
from qbt_remote.sync.details.rows import File
from qbt_remote.sync.session import Session
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.add.parts.busy_bar import BusyBar
from qbt_remote.ui.add.parts.entries import AddEntry
from qbt_remote.ui.files.file_tree import FileTree
from qbt_remote.ui.kit.plain_text import clean, label, tip

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[Any]"]

ASK_S = 1.0
"""Between two questions whether the metadata has come."""
_COLUMNS = tuple(
    replace(column, width=width)
    for id, width in (("name", 180), ("size", 80), ("priority", 140))
    for column in FILE
    if column.id == id
)


class FilesPart(QWidget):
    """Shows one entry at a time; nothing is looked at while the part is not visible."""

    looked = Signal(object, object)
    """An entry, and the ``Content`` that is to be kept with it."""
    chosen = Signal(object, tuple, object)
    """An entry, the priorities of its files (() for all), and the bytes of the chosen ones."""

    def __init__(self, spawn: Spawn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._entry: AddEntry | None = None
        self._session: Session | None = None
        self._alone = self._filling = self._connected = False
        self._task: asyncio.Task[Any] | None = None
        self._moving: asyncio.Task[Any] | None = None
        self._since: dict[tuple[AddEntry, Session], float] = {}
        """When a server was first asked for the metadata, by time.monotonic()."""
        self._told: dict[tuple[AddEntry, Session], tuple[int, ...]] = {}
        self.model = FileTreeModel(self, draft=True, columns=_COLUMNS)
        self.model.can_rename = lambda _node: False
        self.tree = FileTree(self.model, self)
        self.tree.rename_action.setVisible(False)
        self.tree.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.note = label("", self, wrap=True)
        self.progress = BusyBar(self)
        self.look = QPushButton(tr("&Show the files"), self)
        self._pages = QStackedWidget(self)
        self._arrange()
        self.model.changed.connect(self._choose)
        self.model.in_turns = self._in_turns
        self.look.clicked.connect(self._look_now)

    def show_entry(self, entry: AddEntry | None, session: Session | None, *, alone: bool) -> None:
        """Show an entry, or say that one is to be selected; ``alone`` tells whether it is the only one."""
        connected = session is not None and session.client is not None
        if (entry, session, alone, connected) == (self._entry, self._session, self._alone, self._connected):
            return
        self._stop()
        self._connected = connected
        self._entry, self._session, self._alone = entry, session, alone
        self._begin()

    def begin(self) -> None:
        """Look at what is to be shown, now that the dialog can be seen."""
        if self._task is None:
            self._begin()

    def _arrange(self) -> None:
        self.look.setToolTip(tip(tr("The server fetches the metadata; nothing else is downloaded")))
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.addStretch(1)
        self.note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.note)
        column.addWidget(self.progress)
        column.addWidget(self.look, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._pages.addWidget(page)
        self._pages.addWidget(self.tree)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _say(self, text: str, *, busy: bool = False, since: float | None = None, look: bool = False) -> None:
        """Show a text in the place of the files; while ``busy`` with a bar that moves, and how long it has been."""
        if self._moving:
            self._moving.cancel()
        self._moving = self._spawn(self.progress.run(self.note, text, since), text) if busy else None
        self.note.setText(text)
        self.progress.setVisible(busy)
        self.look.setVisible(look)
        self._pages.setCurrentIndex(0)

    def _begin(self) -> None:
        """Show what is known of the entry, and look for the rest where that needs no question."""
        entry = self._entry
        if not self.window().isVisible():
            return
        if entry is None or entry.item is None:
            self._say(tr("Select one torrent to see its files"))
        elif entry.item.doubt:
            self._say(tr("Its files cannot be shown here: {why}.", why=clean(entry.item.doubt)))
        elif entry.content is not None or entry.item.torrent is not None:
            self._task = self._spawn(self._open(entry), tr("Read torrent files"))
        else:
            self._begin_link(entry.item)

    def _begin_link(self, item: Any) -> None:
        session = self._session
        inside = bool(inner_host(item.link)) or (isinstance(item, Item) and bool(item.inner_hosts))
        if session is None or session.client is None:
            self._say(tr("The files will be listed once the server is connected"))
        elif not session.client.has(FETCH):
            self._say(_later(session))
        elif self._alone and not inside:
            self._look_now()
        else:
            self._say(tr("The server can fetch the list of files"), look=True)

    def _look_now(self) -> None:
        if self._entry is not None and self._session is not None:
            self._stop()
            self._task = self._spawn(self._fetch(self._entry, self._session), tr("Fetch metadata"))

    def _stop(self) -> None:
        if self._task:
            self._task.cancel()
            self._task = None

    async def _open(self, entry: AddEntry) -> None:
        assert entry.item is not None
        content = entry.content
        if content is None:
            assert entry.item.torrent is not None
            self._say(tr("Reading…"), busy=True)
            try:
                content = await of_file(entry.item.torrent)
            except Unusable as error:
                self._say(tr("Its files cannot be shown here: {why}", why=said(error.said)))
                return
            self.looked.emit(entry, content)
        if content.unlisted:
            self._say_unlisted(content)
            return
        told = await self._priorities(entry, content)
        untouched = entry.priorities in ((), content.priorities)
        if told != content.priorities:
            content = replace(content, priorities=told)
            self.looked.emit(entry, content)
        await self._fill(entry, content, told if untouched else entry.priorities)

    async def _priorities(self, entry: AddEntry, content: Content) -> tuple[int, ...]:
        """Ask the server which priorities it gives the files; it may exclude some by their names (5.3+)."""
        session, torrent = self._session, entry.item.torrent if entry.item is not None else None
        if torrent is None or session is None or session.client is None or not session.client.has(CHOOSE):
            return content.priorities if torrent is None else ()
        if (entry, session) not in self._told:
            try:
                told = (await give(session.client, torrent)).priorities
            except QbtError:
                return ()  # it says so when the torrent is added
            self._told[entry, session] = told if len(told) == len(content.files) else ()
        return self._told[entry, session]

    async def _fetch(self, entry: AddEntry, session: Session) -> None:
        assert entry.item is not None
        since = self._since.setdefault((entry, session), time.monotonic())
        self._say(tr("Retrieving metadata…"), busy=True, since=since)
        content = None
        while content is None:
            if session.client is None:
                self._say(tr("The files will be listed once the server is connected"), look=True)
                return
            try:
                content = await fetch(session.client, entry.item.link)
            except QbtError as error:
                why = why_text(error)
                self._say(tr("{server}: {why}", server=name_of(session), why=why), look=True)
                return
            if content is None:
                await asyncio.sleep(ASK_S)
        self.looked.emit(entry, content)
        if content.unlisted:
            self._say_unlisted(content)
            return
        await self._fill(entry, content, entry.priorities or content.priorities)

    def _say_unlisted(self, content: Content) -> None:
        self._say(tr("It has {n} files, more than can be listed here. All of them are added.", n=content.unlisted))

    async def _fill(self, entry: AddEntry, content: Content, priorities: tuple[int, ...]) -> None:
        own = priorities or (1,) * len(content.files)
        files = [
            File(index=i, name=path, size=size, priority=priority)
            for i, ((path, size), priority) in enumerate(zip(content.files, own, strict=True))
        ]
        self._filling = True
        try:
            self.model.clear()
            for _turn in self.model.becoming(files):
                await asyncio.sleep(0)
            if len(files) <= 200:
                self.model.expand_all(True)
        finally:
            self._filling = False
        self._say("")
        self._pages.setCurrentIndex(1)
        if priorities != entry.priorities:
            self.chosen.emit(entry, priorities, self.model.wanted_size)

    def _in_turns(self, steps: Steps[None]) -> None:
        async def take() -> None:
            for _turn in steps:
                await asyncio.sleep(0)

        self._spawn(take(), tr("Sort the files"))

    def _choose(self) -> None:
        entry = self._entry
        if self._filling or entry is None or entry.content is None:
            return
        own = tuple(self.model.priorities())
        if len(own) == len(entry.content.files):
            usual = set(own) == {1} and not entry.content.priorities
            self.chosen.emit(entry, () if usual else own, self.model.wanted_size)


def _later(session: Session) -> str:
    """Say when the files of a link can be chosen on a server that cannot fetch them before."""
    assert session.client is not None
    known = tr("The files will be listed once the server has the metadata.")
    if session.client.has("stop_condition"):
        then = tr("With the stop condition “Metadata received” you can choose them before anything is downloaded.")
        return f"{known}\n{then}"
    return f"{known}\n{tr('Choosing them before needs qBittorrent {needs}.', needs=needs(FETCH))}"
