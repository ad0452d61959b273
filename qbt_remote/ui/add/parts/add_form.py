"""The choices of the add dialog, in and out as ``AddOptions``: where to on the left, tabs on the right.

On a screen that is too narrow for both (1024 points and a font of 18), the tabs are below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QTabWidget, QWidget

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.model.i18n import tr
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.session import Session
from qbt_remote.ui.add.parts.entries import AddEntry
from qbt_remote.ui.add.parts.fields import OptionField, fit, watch
from qbt_remote.ui.add.parts.files_part import FilesPart
from qbt_remote.ui.add.parts.how_parts import LimitsPart, LinkPart, OptionsPart
from qbt_remote.ui.add.parts.where_part import WherePart
from qbt_remote.ui.kit.on_screen import room_for
from qbt_remote.ui.kit.read_as import read_as
from qbt_remote.ui.kit.tasks import Tasks

_ROUND_THEM = 40
"""Pixels between the halves, and beside them."""


class AddForm(QWidget):
    """All choices for the torrents of one dialog; ``files`` and ``information`` show what is inside."""

    edited = Signal()
    """Somebody changed a choice."""

    def __init__(
        self,
        tasks: Tasks,
        memory: dict[str, Any],
        files: FilesPart,
        information: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.where = WherePart(tasks, memory)
        self.how = OptionsPart(tasks, memory)
        self.limits = LimitsPart()
        self.link = LinkPart()
        self.tabs = QTabWidget(self)
        self._loading = False
        self._looked_at = 0
        self._files = files
        for part, title in (
            (files, tr("&Files")),
            (self.how, tr("&Options")),
            (self.limits, tr("&Limits")),
            (self.link, tr("Lin&k")),
            (information, tr("Information")),
        ):
            self.tabs.addTab(part, title)
        self.tabs.setTabVisible(self.tabs.indexOf(self.link), False)
        self.tabs.setAccessibleName(tr("More options"))
        read_as(self.tabs.tabBar(), tr("More options"))
        columns = self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(16)
        columns.addWidget(self.where, 2)
        columns.addWidget(self.tabs, 3)  # names of files are long
        for choosing in (self.where, self.how, self.limits, self.link):
            watch(choosing, self._tell)

    def options(self) -> AddOptions:
        return AddOptions(**{field.name: field.get() for field in self._fields()})

    def set_options(self, options: AddOptions) -> None:
        """Show these choices, as the command line, the last addition or one torrent of its own has them."""
        self._loading = True
        shown = asdict(options)
        if options.auto_tmm is False and options.save_path:
            shown["auto_tmm"] = None  # a path says as much
        for field in self._fields():
            field.set(shown[field.name])
        self._loading = False

    def set_server(self, session: Session | None) -> None:
        """Offer what this server has, and grey what it is too old for; what was chosen stays."""
        self._loading = True
        self.where.set_server(session)
        self.how.set_server(session)
        fit(self._fields(), session.client if session else None)
        self._loading = False

    def follow(self, session: Session, changes: Changes) -> None:
        """Offer the categories and tags that the chosen server has by now; what was chosen stays."""
        if changes.lists & {"categories", "tags"}:
            self._loading = True
            self.where.follow(session)
            self._loading = False

    def show_links(self, entries: Sequence[AddEntry]) -> None:
        """Show the tab for http links, with the hosts from which the server downloads, if there are any.

        Of a list that grows, only what is new is looked at.
        """
        items = [entry.item for entry in entries[self._looked_at :] if entry.item is not None]
        self._looked_at = len(entries)
        self.link.add_hosts(urlsplit(item.link).hostname or "" for item in items if item.link.startswith("http"))
        self.tabs.setTabVisible(self.tabs.indexOf(self.link), bool(self.link.all_hosts))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        beside = self.where.minimumSizeHint().width() + self.tabs.minimumSizeHint().width() + _ROUND_THEM
        if beside > room_for(self.window()).width():
            self._columns.setDirection(QBoxLayout.Direction.TopToBottom)

    def find_files(self) -> None:
        """Go to the box that narrows the files down."""
        self.tabs.setCurrentWidget(self._files)
        self._files.tree.box.setFocus()

    def _fields(self) -> Iterable[OptionField]:
        return chain(self.where.fields, self.how.fields, self.limits.fields, self.link.fields)

    def _tell(self) -> None:
        if not self._loading:
            self.edited.emit()
