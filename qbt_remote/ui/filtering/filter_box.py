"""The box that narrows the list down by what is typed: reads it, says what is wrong with it, completes it.

While a text is not understood the list stays as the last good one made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLabel, QLineEdit, QMenu, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import said
from qbt_remote.sync.query.query import EVERYTHING, Query, QueryError
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.line_buttons import clearable, search_sign
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.theme import coloured, error_color, mixed, on_new_colours, written

if TYPE_CHECKING:
    from qbt_remote.sync.query.language import Completion

_ENTER, _CLOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter), (Qt.Key.Key_Tab, Qt.Key.Key_Escape)


class FilterBox(QLineEdit):
    """A line in the filter's language; ``apply`` gets each query and says False if it takes too long."""

    left = Signal()
    """The user thought better of it: the keys go back to the list."""
    taken = Signal()
    """The user goes on to the torrents that were found."""

    def __init__(
        self,
        apply: Callable[[Query], bool],
        servers: Mapping[str, str],
        known: Callable[[str], Iterable[str]],
        parent: QWidget | None = None,
    ) -> None:
        """``servers`` are the names by id; ``known`` gives the values of a field that there are."""
        super().__init__(parent)
        self._apply, self._servers, self._known = apply, servers, known
        self._query = EVERYTHING
        self._completer: QCompleter | None = None
        self.popup: QAbstractItemView | None = None
        """The list of what the word may become, once there was one."""
        self._offered: Completion | None = None
        self.problem = _Problem(parent)
        """Says what is wrong; its place is up to the window."""
        # the style's picture for it takes 4 ms of the start
        self.textChanged.connect(lambda: clearable(self), Qt.ConnectionType.SingleShotConnection)
        self.setPlaceholderText(tr("Filter torrents"))
        self.setToolTip(tip(_help()))
        self.setAccessibleName(tr("Filter torrents"))
        self.setMaximumWidth(400)
        self._sign = search_sign(self)
        self._sign.setText(tr("Examples and fields"))
        self._sign.setToolTip(tip(tr("Examples and fields (Alt+Down)")))
        self._sign.triggered.connect(self.open_help)
        self.help: QMenu | None = None
        """The menu of examples and fields, once it was opened."""
        on_new_colours(self, self._show_sign)
        self.textChanged.connect(self._read)
        self.textEdited.connect(self._offer)

    def take_keys(self) -> None:
        """Take the focus, with all text selected, as for a shortcut."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def open_help(self) -> None:
        """Open the menu of examples and fields below the box."""
        from qbt_remote.ui.filtering.filter_help import help_menu  # like the language, after the start

        if self.popup is not None:
            self.popup.hide()
        if self.help is None:
            self.help = help_menu(self._show_example, self._insert_field, self)
        self.help.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _show_example(self, text: str) -> None:
        self.setText(text)
        self.setFocus()

    def _insert_field(self, text: str) -> None:
        """Begin a comparison where the cursor is, with what its value may be."""
        before = self.text()[: self.cursorPosition()]
        self.setFocus()
        self.deselect()
        self.insert(text if not before or before[-1] in " (-" else f" {text}")
        self._offer()

    def read_again(self) -> None:
        """If ages are asked for: ask anew, as time has gone on."""
        if self._query.timed:
            self._read(self._query.text)

    def give_up(self) -> None:
        """Say that what was typed takes too long; nothing is filtered by it any more."""
        self._query = EVERYTHING
        self._complain(tr("This expression takes too long on some of the names"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_help()
            return
        popup = self.popup if self.popup is not None and self.popup.isVisible() else None
        if popup is not None and (key in _CLOSE or (key in _ENTER and popup.currentIndex().isValid())):
            event.ignore()  # the completer hands us its keys first, and takes back those that we leave
        elif key == Qt.Key.Key_Down or key in _ENTER:
            if popup is not None:
                popup.hide()
            (self.taken if self.text() else self.left).emit()
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _read(self, text: str) -> None:
        try:
            query = self._understood(text)
        except QueryError as error:
            self._complain(tr("At character {n}: {why}", n=error.at + 1, why=said(error.said, 200)))
            return
        if not self._apply(query):
            self._complain(tr("This expression takes too long on some of the names"))
            return
        self._query = query
        self._complain("")

    def _understood(self, text: str) -> Query:
        if not text:
            return EVERYTHING
        from qbt_remote.sync.query.language import parse  # not before there is a text: the first paint has none

        return parse(text, self._servers)

    def _complain(self, why: str) -> None:
        if why == self.problem.said:
            return
        self.problem.say(why)
        self.setAccessibleDescription(why)
        self.setToolTip(tip(f"{why}\n\n{_help()}" if why else _help()))
        coloured(self, _marked if why else QPalette)
        self._show_sign()

    def _show_sign(self) -> None:
        failed = bool(self.problem.said)
        self._sign.setIcon(icon("error", error_color(self.palette())) if failed else icon("search"))

    # completion

    def _offer(self) -> None:
        """Show how the word before the cursor may go on."""
        from qbt_remote.sync.query.language import completion

        found = completion(self.text(), self.cursorPosition(), self._known)
        self._offered = found
        if found is None:
            if self.popup is not None:
                self.popup.hide()
            return
        from PySide6.QtCore import QStringListModel

        completer = self._completer
        if completer is None:
            completer = self._completer = QCompleter(self)
            completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
            completer.setModel(QStringListModel(completer))
            completer.setWidget(self)
            self.popup = completer.popup()
            assert self.popup is not None
            self.popup.setAccessibleName(tr("Suggestions for the filter"))
            completer.activated.connect(self._take)
        choices = completer.model()
        assert isinstance(choices, QStringListModel)
        choices.setStringList(found.choices)
        completer.complete()

    def _take(self, choice: str) -> None:
        found = self._offered
        if found is None:
            return
        whole = choice if choice[-1:] in (":", "<", ">") else f"{choice} "
        self.setText(self.text()[: found.start] + whole + self.text()[found.end :].lstrip())
        self.setCursorPosition(found.start + len(whole))
        self._offer()


class _Problem(QLabel):
    """In the colour of errors, in as many lines as it takes; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(8, 4, 8, 4)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        written(self, error_color)
        self.hide()

    def say(self, text: str) -> None:
        self.said = text
        self.setAccessibleName(text)
        self.setText(text)
        self.setVisible(bool(text))


def _marked(palette: QPalette) -> QPalette:
    """Give the colours of a box whose text is not understood."""
    made = QPalette(palette)
    base = QPalette.ColorRole.Base
    made.setColor(base, mixed(error_color(palette), palette.color(base), 0.15))
    return made


def _help() -> str:
    return "\n".join(
        (
            tr("Ctrl+F. All words must be in the name, in any order; case and accents make no difference."),
            tr('-word excludes,  "a phrase",  /a regular expression/,  one OR other,  ( … )'),
            tr("Fields:  size>4gb  ratio<1  progress<50%  added<7d  added>2026-01-31  eta<1h  seeds>0"),
            tr(
                "tag:linux  category:films  tracker:debian  state:stalled  path:  comment:  hash:  server:  private:yes"
            ),
            tr('“:” means contains, “=” means equals;  tag="" has no tags,  -tag:x excludes.'),
        )
    )
