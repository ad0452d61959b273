"""The add dialog: one for one thing or for thousands, until each has its stated result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from qbt_remote.api.adding.add import AddItem, AddOptions, AddResult
from qbt_remote.api.adding.content import Content
from qbt_remote.api.adding.given import Given
from qbt_remote.api.adding.items import read_items
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.errors import QbtError
from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr
from qbt_remote.sync.adding.queue import AddQueue
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.session import Session
from qbt_remote.ui.add.merge_bar import MergeBar
from qbt_remote.ui.add.parts.add_form import AddForm
from qbt_remote.ui.add.parts.entries import DONE, QUEUED, AddEntry, EntryModel, entry_of
from qbt_remote.ui.add.parts.entry_list import EntryList, Halves
from qbt_remote.ui.add.parts.files_part import FilesPart
from qbt_remote.ui.add.parts.habits import Habits
from qbt_remote.ui.add.parts.information_part import InformationPart
from qbt_remote.ui.add.parts.memory import begins_with, beyond_the_usual, remember, with_last
from qbt_remote.ui.add.parts.own_choices import OwnChoices
from qbt_remote.ui.add.parts.server_choice import ServerChoice
from qbt_remote.ui.add.present import Present
from qbt_remote.ui.add.sending import Sending
from qbt_remote.ui.add.space_watch import SpaceWatch
from qbt_remote.ui.add.taking import Taking
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.remembered import remember_size
from qbt_remote.ui.kit.tab_order import go_through, ignore_held_return
from qbt_remote.ui.kit.tasks import Tasks

CALM_S = 0.5
"""Add is not what Enter presses until the dialog stood still this long: a web page may have opened it."""
_BATCH, _BATCH_S = 200, 0.05


class AddDialog(QDialog):
    """Shows what was given, takes the choices, sends one item after the other.

    ``read()`` adds more, also while the dialog is open.  Whoever made it deletes it after ``finished``:
    up to 512 MiB of torrent files hang on it.  It closes by itself when everything sent was
    added or there already, and stays with the reasons otherwise.  It is shown by ``ask()``; or
    ``add_quietly()`` sends at once with the given choices and shows itself only if something failed.
    """

    added = Signal(str, str)
    """Server id and torrent id ("" if it is not known) of each success."""
    finished_all = Signal(list)
    """The ``AddResult`` of each item sent in one go."""
    choices_changed = Signal()
    """Other choices are made for all torrents, or another server is chosen."""
    waits = Signal(str, int)
    """Server id, and how many torrents wait for it in the queue."""

    def __init__(
        self,
        sessions: Mapping[str, Session],
        settings: Settings,
        tasks: Tasks,
        queue: AddQueue,
        items: Sequence[AddItem] = (),
        problems: Sequence[Problem] = (),
        server_id: str | None = None,
        parent: QWidget | None = None,
        *,
        options: AddOptions | None = None,
    ) -> None:
        super().__init__(parent)
        ignore_held_return(self)
        self._tasks, self._queue, self._settings, self._memory = tasks, queue, settings, settings.add
        self._reading = 0
        self._quiet = False
        self._go: Sending | None = None
        self._calming: asyncio.Task[Any] | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._readers: list[asyncio.Task[Any]] = []
        self._begun = options
        self._taking = Taking(self, self.read)
        self.model = EntryModel(self)
        self.list = EntryList(self.model, self)
        self.view, self.summary, self.progress = self.list.view, self.list.summary, self.list.progress
        self.files = FilesPart(self._spawn)
        self.info = InformationPart(self._spawn, settings.window.folders)
        self.form = AddForm(tasks, self._memory, self.files, self.info, self)
        self.own = OwnChoices(self.model, self.view, self.form, self)
        self.space = SpaceWatch(self.form.where, self._spawn)
        self.merge = MergeBar(self.model, settings, self._spawn, self)
        self.server = ServerChoice(sessions, server_id or settings.add.get("server"))
        self._present = Present(self.model, self.server.session, self._spawn, self._refresh)
        self.trouble = label("", self, wrap=True)
        self.habits = Habits(settings, self)
        self.add_button = QPushButton(tr("&Add"), self)
        self.close_button = QPushButton(tr("Cancel"), self)
        self._arrange()
        self.form.set_options(options or begins_with(self._memory, skips=settings.skip_add_dialog))
        self._connect()
        self._server_chosen()
        self.model.extend([*map(entry_of, items), *map(entry_of, problems)])
        self._halves.fit(len(self.model.entries))
        self._present.mark()

    def read(self, given: Given, options: AddOptions | None = None) -> None:
        """Read files and links into the list, in slices; the dialog can be used meanwhile.

        What ``options`` say beyond the usual are own choices of these.
        """
        self._reading += 1
        self._begin_calm()
        self._readers.append(self._spawn(self._read(given, beyond_the_usual(options)), tr("Read torrent files")))

    def server_id(self) -> str:
        """The id of the server that is chosen."""
        return str(self.server.currentData() or "")

    def waiting(self) -> int:
        """How many are to be sent and have not been, as far as they have been read."""
        return self.model.to_send or min(1, self._reading)

    def observe(self, session: Session, changes: Changes) -> None:
        """Follow what goes on on the servers meanwhile; for ``Session.on_changes``."""
        self.server.follow()
        if session is self.server.session():
            self.form.follow(session, changes)
            if (changes.added or changes.removed) and self._go is None:
                self._present.mark()

    @property
    def quiet(self) -> bool:
        """Whether it adds without being shown."""
        return self._quiet

    def ask(self) -> None:
        """Show it, also if it has been adding quietly: what was not sent yet waits for the user."""
        self._quiet = False
        if self._go is not None:
            self._go.pause()
        self.show()

    def add_quietly(self) -> None:
        """Send without asking, once all is read and the server has answered; show only what cannot be added."""
        self._quiet = True
        self._spawn(self._send_when_read(), tr("Add torrents"))

    def add_all(self) -> None:
        """Send what is ticked, or once more what failed."""
        if self.add_button.isEnabled():
            self._spawn(self._send(self.model.waiting() or self.model.failed()), tr("Add torrents"))

    def reject(self) -> None:
        """Stop sending; close if nothing is being sent."""
        if self._go is not None:
            self._go.stop()
            self.close_button.setEnabled(False)
            return
        super().reject()

    def done(self, result: int) -> None:
        self.server.close_watch()
        for task in [task for task in self._running if task is not asyncio.current_task()]:  # asked only within a loop
            task.cancel()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_calm()
        self.files.begin()

    def _arrange(self) -> None:
        self.setWindowTitle(tr("Add torrents"))
        self.trouble.hide()
        self.add_button.setToolTip(tip(tr("Add the checked torrents to the server")))
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.add_button.setAutoDefault(False)
        bottom = QHBoxLayout()
        bottom.addWidget(self.habits, 1)
        bottom.addWidget(buttons)
        self.form.where.add_server(self.server)
        self._halves = Halves(self.list, self.own, self.form)
        page = QVBoxLayout(self)
        page.setContentsMargins(12, 12, 12, 12)
        page.setSpacing(8)
        page.addWidget(self._halves, 1)
        page.addWidget(self.merge)
        page.addWidget(self.trouble)
        page.addLayout(bottom)
        parts = (self.list, self.own, self.server, self.form.where, self.form.tabs, self.merge)
        go_through(*parts, *self.habits.in_order, buttons)
        remember_size(self, self._settings.window, "add", QSize(1120, 660))

    def _connect(self) -> None:
        self.server.chosen.connect(self._server_chosen)
        self.add_button.clicked.connect(self.add_all)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.form.find_files)
        self.model.ticked.connect(self._refresh)
        self.view.selectionModel().selectionChanged.connect(self._show_files)
        self.files.looked.connect(self._looked)
        self.files.chosen.connect(self._files_chosen)
        self.form.edited.connect(self._look_at_space)
        self.form.edited.connect(self.choices_changed)
        self.server.chosen.connect(self.choices_changed)
        self.merge.merged.connect(self._merged)
        self.habits.forgotten.connect(self._reset)
        self.habits.last_wanted.connect(lambda: self._set_choices(with_last(self._memory, self.own.shared())))

    def _reset(self) -> None:
        self._set_choices(AddOptions())
        self.form.where.default_category.setChecked(False)

    def _set_choices(self, options: AddOptions) -> None:
        self.own.for_all.setChecked(True)
        self.form.set_options(options)
        self._look_at_space()

    def _spawn(self, work: Coroutine[Any, Any, None], doing: str) -> asyncio.Task[Any]:
        task = self._tasks.spawn(work, doing)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _server_chosen(self) -> None:
        session = self.server.session()
        if session:
            self.form.where.set_default_path("")
            self.form.set_server(session)
            self.form.where.begin(self._memory, session, asked=bool(self._begun and self._begun.category))
            self._spawn(self._ask_default_path(session), tr("Add torrents"))
        self._show_files()
        self._refresh()
        self._present.mark()

    async def _ask_default_path(self, session: Session) -> None:
        """It is only shown, so a server that does not say it is no error."""
        if session.client is None:
            return
        try:
            path = await session.client.get_text("app/defaultSavePath")
        except QbtError:
            return
        if session is self.server.session():
            self.form.where.set_default_path(path)
            self._look_at_space()

    def _begin_calm(self) -> None:
        if self._calming:
            self._calming.cancel()
        self.add_button.setDefault(False)
        self.close_button.setAutoDefault(False)
        self._calming = self._spawn(self._calm_down(), tr("Add torrents"))

    async def _calm_down(self) -> None:
        await asyncio.sleep(CALM_S)
        self.add_button.setDefault(True)
        self.close_button.setAutoDefault(True)  # Return on it means it

    async def _read(self, given: Given, own: Mapping[str, Any]) -> None:
        batch, shown = list[AddEntry](), time.monotonic()
        try:
            async for found in read_items(given):
                batch.append(replace(entry_of(found), own=dict(own)) if own else entry_of(found))
                if time.monotonic() - shown > _BATCH_S or len(batch) >= max(_BATCH, len(self.model.entries) // 20):
                    self._extend(batch)
                    batch, shown = [], time.monotonic()
        finally:
            self._reading -= 1
        self._extend(batch)

    def _extend(self, batch: Sequence[AddEntry]) -> None:
        for entry in batch:
            entry.present = self._present.of(entry)
        self.model.extend(batch)
        self._halves.fit(len(self.model.entries))
        self._show_files()
        self._refresh()

    async def _send_when_read(self) -> None:
        await asyncio.gather(*self._readers)
        await self.server.connected()
        if self.add_button.isEnabled():
            await self._send(self.model.waiting())
        else:
            self._close_or_stay()

    async def _send(self, rows: Sequence[int]) -> None:
        session = self.server.session()
        if session is None or self._go is not None:
            return
        options = self.own.shared()
        remember(self._memory, options, session.config.id, asked=not self._quiet)
        self.form.where.keep_default(self._memory, options.category, session)
        go = Sending(self.model, self._queue, session, self.own.of)
        self._set_sending(go, len(rows))
        try:
            await go.run(rows, always_merge=self._settings.merge_trackers, step=partial(self._sent, session))
        finally:
            self._set_sending(None, 0)
        self.finished_all.emit(go.results)
        self.waits.emit(session.config.id, self.model.states[QUEUED])
        self._close_or_stay()

    def _sent(self, session: Session, row: int, result: AddResult) -> None:
        self.list.show_step(row)
        if result.outcome in DONE:
            self.added.emit(session.config.id, result.found or result.item.hash)

    def _set_sending(self, go: Sending | None, count: int) -> None:
        self._go = go
        sending = go is not None
        for part in (self.form, self.own, self.server, *self.habits.choices):
            part.setEnabled(not sending)
        self.list.show_progress(count)
        self.close_button.setEnabled(True)
        self._refresh()

    def _close_or_stay(self) -> None:
        """Whoever saw the reasons before Add is left alone with them; who did not see them is shown them."""
        if self._quiet and (self._reading or (self.model.to_send and self.add_button.isEnabled())):
            self.add_quietly()  # more was given meanwhile
            return
        model, shown = self.model, not self._quiet
        self._quiet = False
        open_end = model.to_retry or model.to_send or self._reading or self.merge.offered
        if open_end or not (shown or model.all_done()):
            self.show()
        else:
            self.accept()

    def _refresh(self) -> None:
        """Bring the words and the buttons in line with the list and the server."""
        trouble = self.server.trouble()
        self.trouble.setText(trouble or self.server.note())
        self.trouble.setVisible(bool(self.trouble.text()))
        waiting, failed = self.model.to_send, self.model.to_retry
        self.add_button.setText(tr("Retry failed") if failed and not waiting else tr("&Add"))
        self.add_button.setEnabled(bool(waiting or failed) and not (trouble or self._go or self._reading))
        self.close_button.setText(
            tr("Stop") if self._go else tr("Close") if failed or self.merge.offered else tr("Cancel")
        )
        self.list.tell(reading=self._reading > 0)
        self.merge.refresh(self.server.session())
        self.own.refresh()
        self.form.show_links(self.model.entries)
        self._look_at_space()

    def _look_at_space(self) -> None:
        self.space.look(self.server.session(), self.model.size_to_send)

    def _show_files(self) -> None:
        """Show what is inside the one torrent, or the one that is selected."""
        entries = self.model.entries
        rows = [0] if len(entries) == 1 else self.view.selected_rows()
        entry = entries[rows[0]] if len(rows) == 1 else None
        self.files.show_entry(entry, self.server.session(), alone=len(entries) == 1)
        self.info.show_entry(entry, self.server.session())

    def _looked(self, entry: AddEntry, content: Content) -> None:
        self._put(entry, content=content)
        self._show_files()
        self._refresh()

    def _files_chosen(self, entry: AddEntry, priorities: tuple[int, ...], wanted: int) -> None:
        self._put(entry, priorities=priorities, wanted=wanted if priorities else -1)
        self._refresh()

    def _put(self, entry: AddEntry, **values: Any) -> None:
        def put(entry: AddEntry) -> None:
            for name, value in values.items():
                setattr(entry, name, value)

        self.model.change([self.model.entries.index(entry)], put)

    def _merged(self) -> None:
        if not self.merge.offered:
            self._close_or_stay()
