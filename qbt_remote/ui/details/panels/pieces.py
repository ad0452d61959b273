"""The tab "Pieces": a map of all pieces, or the list of their hashes, which is asked for when it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.model import text
from qbt_remote.model.details.columns import PIECE
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.look import Look
from qbt_remote.model.table import TableModel
from qbt_remote.model.wording import sentence
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.pieces import BUSY, DOWNLOADING, FULL, HAVE, MISSING, Piece, made, update
from qbt_remote.sync.details.rows import Properties, Rows
from qbt_remote.sync.steps import Turn
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.details.panels.piece_bar import PieceMap, swatch
from qbt_remote.ui.details.panels.piece_tips import PieceTips
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import label
from qbt_remote.ui.kit.theme import faint, is_dark, state_color
from qbt_remote.ui.table.copying import add_copying
from qbt_remote.ui.table.table_view import TableView

_SWATCH = 10
_HAVE, _OF_PEERS = "downloading", "moving"
"""Ids of the colours of pieces that are there, and of ones that peers have."""
_COLORS = {HAVE: "seeding", DOWNLOADING: "warning", MISSING: "stopped"}
_LEVELS = {HAVE: FULL, DOWNLOADING: BUSY, MISSING: 0}


class Legend(QWidget):
    """Squares in the colours of the map, each with its meaning and a number."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(6)
        self._entries: list[tuple[QLabel, QLabel]] = []
        for _ in range(3):
            entry = (QLabel(self), label(parent=self, selectable=True))
            self._entries.append(entry)
            self._line.addWidget(entry[0])
            self._line.addWidget(entry[1])
            self._line.addSpacing(10)
        self._line.addStretch(1)

    def show_entries(self, entries: list[tuple[int, str]], full: str) -> None:
        """Show these levels and texts."""
        for (square, words), entry in zip(self._entries, [*entries, None, None, None], strict=False):
            square.setVisible(entry is not None)
            words.setVisible(entry is not None)
            if entry is not None:
                square.setPixmap(swatch(self.palette(), entry[0], full, _SWATCH, self.devicePixelRatioF()))
                words.setText(entry[1])


class PiecesPanel(Panel):
    """The map shows how it stands with each piece, or how many peers have it."""

    def __init__(self, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        super().__init__(in_view, commands)
        self._properties: Properties | None = None
        self._tips = PieceTips(in_view, lambda: self.map.tell_again())
        self.by_peers = False
        """The map shows the availability."""
        self.lists_hashes = False
        self._loaded = ""
        """Hash of the torrent whose pieces are listed."""
        self._rows: list[Piece] = []
        self._listed: tuple[bytes, tuple[int, ...]] = (b"", ())
        """What the list says of them."""
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.summary = label(parent=self, selectable=True)
        self.legend = Legend(self)
        self.map = PieceMap(self._explain, full=_HAVE, parent=self)
        self.map.setAccessibleName(tr("Map of the pieces"))
        self.model = TableModel(PIECE, self)
        self.table = TableView(self.model, self, look=_look, sort=[("number", Qt.SortOrder.AscendingOrder)])
        self.table.setAccessibleName(tr("Pieces"))
        self._note = PanelNote(parent=self)
        self._stack = QStackedWidget(self)
        for widget in (self.map, self.table, self._note):
            self._stack.addWidget(widget)
        self._lay_out()
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.actions_.fill(self._menu)
        in_turns = partial(in_view.tasks.in_turns, doing=tr("Copy"))
        self._copy_rows = add_copying(self._menu, self.table.columns, self.table.selected_rows, in_turns)
        self.actions_.watch(self.table)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.selection_changed.connect(self.actions_.refresh)
        self.map.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.map.customContextMenuRequested.connect(lambda place: self._open_menu(self.map.mapToGlobal(place)))
        self.clear()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.summary)
        line.addWidget(self.legend, 1)
        column.addLayout(line)
        column.addWidget(self._stack, 1)

    # what the details tell

    def clear(self) -> None:
        self._tips.forget()
        self._loaded = ""
        self._rows, self._listed = [], (b"", ())
        self.model.set_rows(())
        self._properties = None
        self._show()

    def show_changes(self, _changes: Changes, rows: Rows, torrent: Torrent) -> None:
        (properties,) = rows.by_key.values()
        self._properties = properties
        self._show()
        if self.lists_hashes:
            if self._loaded != torrent.hash:
                self._loaded = torrent.hash
                self.in_view.tasks.spawn(self._load(torrent), tr("Show piece hashes"))
            self._update_rows(properties)
        self.actions_.refresh()

    def selected(self) -> list[Any]:
        return self.table.selected_rows() if self.lists_hashes else []

    def save_state(self) -> dict[str, Any]:
        return self.table.save_state()

    def restore_state(self, state: dict[str, Any]) -> None:
        self.table.restore_state(state)

    @property
    def note(self) -> str:
        """The sentence in the map's place, or ""."""
        return self._note.text if self._stack.currentWidget() is self._note else ""

    # what the commands do

    def show_availability(self, shown: bool) -> None:
        self.by_peers = shown
        self._show()

    def show_hashes(self, shown: bool) -> None:
        self.lists_hashes = shown
        self._show()
        self.in_view.poke()

    # showing

    def _show(self) -> None:
        p = self._properties
        self.summary.setText("" if p is None or p.pieces_num <= 0 else _summary(p))
        self.summary.setVisible(bool(self.summary.text()))
        if self.by_peers:
            self.map.show_availability(p.piece_availability if p else ())
        else:
            self.map.show_states(p.piece_states if p else b"")
        self._show_legend(p)
        reason = self._why_nothing(p)
        self._note.set_text(reason)
        self._stack.setCurrentWidget(self._note if reason else self.table if self.lists_hashes else self.map)

    def _why_nothing(self, p: Properties | None) -> str:
        if p is None:
            return ""
        if p.pieces_num <= 0:
            return tr("The pieces are not known until the metadata has been downloaded.")
        if self.by_peers and not self.lists_hashes and p.piece_states and not p.piece_availability:
            return tr("All pieces are here; the server does not say how many peers have them.")
        return ""

    def _show_legend(self, p: Properties | None) -> None:
        entries: list[tuple[int, str]] = []
        if p is not None and p.piece_states and not self.by_peers:
            for state, words in (
                (HAVE, tr("Downloaded: {n}", n=text.number(p.piece_states.count(HAVE)))),
                (DOWNLOADING, tr("Downloading: {n}", n=text.number(p.piece_states.count(DOWNLOADING)))),
                (MISSING, tr("Missing: {n}", n=text.number(p.piece_states.count(MISSING)))),
            ):
                entries.append((_LEVELS[state], words))
        elif p is not None and p.piece_availability and self.by_peers:
            none, most = p.piece_availability.count(0), max(p.piece_availability)
            entries = [
                (0, tr("In no peer: {n}", n=text.number(none))),
                (FULL, tr_n(most, "Most: {n} peer", "Most: {n} peers")),
            ]
        full = _OF_PEERS if self.by_peers else _HAVE
        self.map.set_full(full)
        self.legend.show_entries(entries, full)
        self.map.describe(", ".join(words for _level, words in entries))

    def _explain(self, first: int, last: int) -> str:
        return "" if self._properties is None else self._tips.explain(self._properties, first, last)

    # the list of hashes

    async def _load(self, torrent: Torrent) -> None:
        """Ask for the hashes and list them, in steps: there may be 100,000."""
        session, p = self.in_view.session, self._properties
        if session is None or p is None:
            return
        try:
            hashes = await session.get("torrents/pieceHashes", hash=torrent.hash)
        except QbtError as error:
            self._loaded = ""
            self._note.set_text(sentence(error))
            self._stack.setCurrentWidget(self._note)
            return
        turn, rows = Turn(), list[Any]()
        listed = (p.piece_states, p.piece_availability)
        for row in made(hashes, p.piece_states, p.piece_availability):
            rows.append(row)
            if not row.number % 4096:
                await turn.over()
        if self._loaded != torrent.hash:
            return
        self.model.set_rows(())
        self._rows, self._listed = rows, listed
        for _step in self.model.applying(Changes(added=rows)):
            await turn.over()
        self.actions_.refresh()

    def _update_rows(self, p: Properties) -> None:
        """Bring the states in the list up to date."""
        if (p.piece_states, p.piece_availability) == self._listed:
            return
        self._listed = (p.piece_states, p.piece_availability)
        if changed := update(self._rows, *self._listed):
            news: Any = changed
            self.model.apply(Changes(changed=news, fields={"state", "availability"}))

    def rows(self) -> list[Piece]:
        """Give the listed pieces from the first to the last."""
        return self._rows

    def _open_menu(self, where: QPoint) -> None:
        self.actions_.refresh()
        for action in self._copy_rows:
            action.setEnabled(bool(self.selected()))
        self._menu.popup(where)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_menu"):
            self._show()


def _summary(p: Properties) -> str:
    return tr("{n} × {size}", n=text.number(p.pieces_num), size=text.size(p.piece_size))


def _look(palette: QPalette) -> Look:
    dark, nothing, dimmed = is_dark(palette), QIcon(), faint(palette)
    shades = {state: state_color(id, dark) for state, id in _COLORS.items()}

    def color(piece: Piece) -> QColor:
        return shades.get(piece.state, dimmed)

    return Look(icon=lambda _row: nothing, stale_icon=lambda _row: nothing, color=color, faint=dimmed, stale=dimmed)


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> PiecesPanel:
    """Make the panel."""
    return PiecesPanel(in_view, commands)
