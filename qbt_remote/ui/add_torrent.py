"""The add dialog: one for one thing or for thousands, until each has its stated result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.api.add import AddItem, AddOptions, AddResult, add
from qbt_remote.api.errors import QbtError
from qbt_remote.api.items import Dropped, Problem, read_items
from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.settings import Settings
from qbt_remote.sync.session import Session
from qbt_remote.ui.add_items import DONE, PROBLEM, SENDING, STOPPED, Entry, EntryModel, EntryView, entry_of, result_text
from qbt_remote.ui.add_memory import recent_paths, remember, remembered
from qbt_remote.ui.add_options import AddForm
from qbt_remote.ui.faces import name_of, sentence, state_text
from qbt_remote.ui.plain import clean, label, tip
from qbt_remote.ui.tasks import Tasks
from qbt_remote.words import N

_COUNTED = (
    (("added",), N("{n} added"), N("{n} added")),
    (("present",), N("{n} already there"), N("{n} already there")),
    (("refused",), N("{n} refused"), N("{n} refused")),
    (("unreachable", STOPPED), N("{n} not sent"), N("{n} not sent")),
    (("unknown",), N("{n} not known"), N("{n} not known")),
    ((PROBLEM,), N("{n} cannot be added"), N("{n} cannot be added")),
)
CALM_S = 0.5
"""Add is not what Enter presses until the dialog stood still this long: a web page may have opened it."""
_BATCH, _BATCH_S = 200, 0.05
_POKE_S = 1.0


class AddDialog(QDialog):
    """Shows what was given, takes the choices, sends one item after the other.

    ``read()`` adds more, also while the dialog is open.  Whoever made it deletes it after ``finished``:
    up to 512 MiB of torrent files hang on it.  It closes by itself when everything sent was
    added or there already, and stays with the reasons otherwise.  It is shown by ``open()``; or
    ``add_quietly()`` sends at once with the given choices and shows itself only if something failed.
    """

    added = Signal(str, str)
    """Server id and torrent id ("" if it is not known) of each success."""
    finished_all = Signal(list)
    """The ``AddResult`` of each item sent in one go."""

    def __init__(
        self,
        sessions: Mapping[str, Session],
        settings: Settings,
        tasks: Tasks,
        items: Sequence[AddItem] = (),
        problems: Sequence[Problem] = (),
        server_id: str | None = None,
        parent: QWidget | None = None,
        *,
        options: AddOptions | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._settings, self._tasks = dict(sessions), settings, tasks
        self._reading = 0
        self._sending = self._stop = self._quiet = False
        self._watched: list[Session] = []
        self._status_moved = asyncio.Event()
        self._calming: asyncio.Task[Any] | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._readers: list[asyncio.Task[Any]] = []
        self.model = EntryModel(self)
        self.view = EntryView(self.model, self)
        self.form = AddForm(self)
        self.server = QComboBox()
        self.detail = label("", self, wrap=True, selectable=True)
        self.summary = label("", self)
        self.trouble = label("", self, wrap=True)
        self.progress = QProgressBar(self)
        self.do_not_show = QCheckBox(tr("Do not show this dialog again"), self)
        self.add_button = QPushButton(tr("&Add"), self)
        self.close_button = QPushButton(tr("Cancel"), self)
        self._arrange()
        self._fill_servers(server_id)
        self.form.set_options(options or remembered(settings.add))
        self._connect()
        self._server_chosen()
        self.model.extend([*map(entry_of, items), *map(entry_of, problems)])
        self._refresh()

    def read(self, dropped: Dropped) -> None:
        """Read files and links into the list, in slices; the dialog can be used meanwhile."""
        self._reading += 1
        self._begin_calm()
        self._readers.append(self._spawn(self._read(dropped), tr("Read torrent files")))

    def add_quietly(self) -> None:
        """Send without asking, once all is read and the server has answered; shown only if something cannot be added."""
        self._quiet = True
        self._spawn(self._send_when_read(), tr("Add torrents"))

    def add_all(self) -> None:
        """Send what is ticked, or once more what failed."""
        if self.add_button.isEnabled():
            self._spawn(self._send(self.model.waiting() or self.model.failed()), tr("Add torrents"))

    def reject(self) -> None:
        """Stop sending; close if nothing is being sent."""
        if self._sending:
            self._stop = True
            self.close_button.setEnabled(False)
            return
        super().reject()

    def done(self, result: int) -> None:
        for session in self._watched:
            session.on_status.remove(self._status_changed)
        self._watched.clear()
        for task in self._running:
            if task is not asyncio.current_task():
                task.cancel()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_calm()

    def _arrange(self) -> None:
        self.setWindowTitle(tr("Add torrents"))
        for hidden in (self.trouble, self.detail, self.progress):
            hidden.hide()
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(6)
        self.do_not_show.setToolTip(tip(tr("Adds at once with these choices from now on; undone in Tools, Options")))
        self.do_not_show.setAccessibleName(self.do_not_show.text())
        self.add_button.setToolTip(tip(tr("Send the ticked torrents to the server")))
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.add_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.add_button, self.close_button):
            button.setAutoDefault(False)
        bottom = QHBoxLayout()
        bottom.addWidget(self.do_not_show, 1)
        bottom.addWidget(buttons)
        page = QVBoxLayout(self)
        page.setContentsMargins(12, 12, 12, 12)
        page.setSpacing(8)
        page.addWidget(self.view, 1)
        page.addWidget(self.detail)
        page.addWidget(self.summary)
        page.addWidget(self.progress)
        page.addSpacing(8)
        page.addWidget(self.form)
        page.addWidget(self.trouble)
        page.addSpacing(8)
        page.addLayout(bottom)

    def _fill_servers(self, server_id: str | None) -> None:
        for session in self._sessions.values():
            self.server.addItem("", session.config.id)
            session.on_status.append(self._status_changed)
            self._watched.append(session)
            self._name_server(session)
        self.form.add_server(self.server, shown=len(self._sessions) > 1)
        wanted = self.server.findData(server_id or self._settings.add.get("server"))
        self.server.setCurrentIndex(max(0, wanted))

    def _connect(self) -> None:
        self.server.currentIndexChanged.connect(self._server_chosen)
        self.add_button.clicked.connect(self.add_all)
        self.close_button.clicked.connect(self.reject)
        self.model.ticked.connect(self._refresh)
        self.model.dataChanged.connect(self._show_detail)
        self.view.selectionModel().currentRowChanged.connect(self._show_detail)
        self.do_not_show.setChecked(self._settings.skip_add_dialog)
        self.do_not_show.toggled.connect(self._set_skip)

    def _set_skip(self, skip: bool) -> None:
        self._settings.skip_add_dialog = skip

    def _spawn(self, work: Coroutine[Any, Any, None], doing: str) -> asyncio.Task[Any]:
        task = self._tasks.spawn(work, doing)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _session(self) -> Session | None:
        return self._sessions.get(self.server.currentData())

    def _server_chosen(self) -> None:
        session = self._session()
        if session:
            self.form.set_default_path("")
            mirror = session.mirror
            self.form.set_known(mirror.categories, mirror.tags, recent_paths(self._settings.add, session.config.id))
            self._spawn(self._ask_default_path(session), tr("Add torrents"))
        self._refresh()

    async def _ask_default_path(self, session: Session) -> None:
        """It is only shown, so a server that does not say it is no error."""
        if session.client is None:
            return
        try:
            path = await session.client.get_text("app/defaultSavePath")
        except QbtError:
            return
        if session is self._session():
            self.form.set_default_path(path)

    def _status_changed(self, session: Session) -> None:
        self._status_moved.set()
        self._name_server(session)
        if session is self._session():
            self._server_chosen()

    def _name_server(self, session: Session) -> None:
        name = name_of(session)
        online = session.status.phase == "online"
        words = name if online else f"{name} ({state_text(session, time.monotonic())})"
        self.server.setItemText(self.server.findData(session.config.id), words)

    def _begin_calm(self) -> None:
        if self._calming:
            self._calming.cancel()
        self._calming = self._spawn(self._calm_down(), tr("Add torrents"))

    async def _calm_down(self) -> None:
        self.add_button.setDefault(False)
        self.close_button.setAutoDefault(False)
        await asyncio.sleep(CALM_S)
        self.add_button.setDefault(True)
        self.close_button.setAutoDefault(True)  # Return on it means it

    async def _read(self, dropped: Dropped) -> None:
        batch: list[Entry] = []
        shown = time.monotonic()
        try:
            async for found in read_items(dropped):
                batch.append(entry_of(found))
                if time.monotonic() - shown > _BATCH_S or len(batch) >= _BATCH:
                    self.model.extend(batch)
                    self._refresh()
                    batch, shown = [], time.monotonic()
        finally:
            self._reading -= 1
        self.model.extend(batch)
        self._refresh()

    async def _send_when_read(self) -> None:
        await asyncio.gather(*self._readers)
        while (session := self._session()) and session.status.phase == "connecting":
            self._status_moved.clear()
            await self._status_moved.wait()
        if self.add_button.isEnabled():
            await self._send(self.model.waiting())
        else:
            self._close_or_stay()

    async def _send(self, rows: Sequence[int]) -> None:
        session = self._session()
        if session is None or self._sending:
            return
        options = self.form.options(rename=len(self.model.entries) == 1)
        remember(self._settings.add, options, session.config.id)
        self._set_sending(len(rows))
        results: list[AddResult] = []
        poked = time.monotonic()
        for done, row in enumerate(rows):
            if self._stop:
                self.model.show(rows[done:], STOPPED)
                break
            result = await self._send_one(session, row, options)
            results.append(result)
            if result.outcome == "unreachable":
                self.model.show(rows[done + 1 :], STOPPED, tr("the server was not reached"))
                break
            self.progress.setValue(done + 1)
            if time.monotonic() - poked > _POKE_S:
                session.poke(result.item.hashes[:1])
                self._refresh()
                poked = time.monotonic()
        session.poke(h for result in results if result.outcome == "added" for h in result.item.hashes[:1])
        self._set_sending(0)
        self.finished_all.emit(results)
        self._close_or_stay()

    async def _send_one(self, session: Session, row: int, options: AddOptions) -> AddResult:
        item = self.model.entries[row].item
        assert item is not None, "rows without an item are never chosen"
        self.model.show([row], SENDING)
        self.view.scrollTo(self.model.index(row, 0))
        if session.client is None:
            result = AddResult(item, "unreachable", tr("{server} is not connected", server=name_of(session)))
        else:
            result = await add(session.client, item, options)
        self.model.show([row], result.outcome, _reason(result))
        if result.outcome in DONE:
            self.added.emit(session.config.id, result.item.hash)
        return result

    def _set_sending(self, count: int) -> None:
        self._sending, self._stop = count > 0, False
        self.model.lock(self._sending)
        self.form.setEnabled(not self._sending)
        self.server.setEnabled(not self._sending)
        self.progress.setVisible(self._sending)
        self.progress.setRange(0, max(1, count))
        self.progress.setValue(0)
        self.close_button.setEnabled(True)
        self._refresh()

    def _close_or_stay(self) -> None:
        """Whoever saw the reasons before Add is left alone with them; who did not see them is shown them."""
        if self._quiet and (self._reading or (self.model.to_send and self.add_button.isEnabled())):
            self.add_quietly()  # more was given meanwhile
            return
        model, shown = self.model, not self._quiet
        self._quiet = False
        if model.to_retry or model.to_send or self._reading or not (shown or model.all_done()):
            self.open()
        else:
            self.accept()

    def _refresh(self) -> None:
        """Bring the words and the buttons in line with the list and the server."""
        session = self._session()
        trouble = ""
        if session is None:
            trouble = tr("There is no server to add to.")
        elif session.client is None:
            trouble = tr("{server} is not connected; you can add once it is.", server=name_of(session))
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        waiting, failed = self.model.to_send, self.model.to_retry
        self.add_button.setText(tr("Retry &failed") if failed and not waiting else tr("&Add"))
        self.add_button.setEnabled(bool(waiting or failed) and not (trouble or self._sending or self._reading))
        self.close_button.setText(tr("Stop") if self._sending else tr("Close") if failed else tr("Cancel"))
        self.summary.setText(self._summary())
        self.form.show_rename(len(self.model.entries) == 1)

    def _show_detail(self) -> None:
        """Say in full what the list has no room for, of the row that the user stands on."""
        index = self.view.currentIndex()
        entry = self.model.entries[index.row()] if index.isValid() and not self._sending else None
        self.detail.setVisible(bool(entry and entry.reason))
        if entry and entry.reason:
            self.detail.setText(f"{clean(entry.name, 120)}: {result_text(entry)}")

    def _summary(self) -> str:
        counts, size = self.model.states, self.model.size
        n = len(self.model.entries) - counts[PROBLEM]
        parts = [tr_n(n, "{n} torrent", "{n} torrents") + (f", {text.size(size)}" if size else "")]
        for states, one, many in _COUNTED:
            if count := sum(counts[state] for state in states):
                parts.append(tr_n(count, one, many))
        if self._reading:
            parts.append(tr("reading…"))
        return " · ".join(parts)


def _reason(result: AddResult) -> str:
    """The reason in the user's language, or the server's own words."""
    if result.error and result.reason == str(result.error):
        return sentence(result.error)
    return tr(result.reason) if result.reason else ""
