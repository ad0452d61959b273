"""A form made of a schema and the values of a draft: pages, groups, rows, and a search over all of them.

Only the page in view is built at once; the others are built between other work (``build_rest``).
Search, marks and ``changed`` come from the draft and cover what is not built yet.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.pref_text import shown
from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import OTHER, Page, Pref, Schema
from qbt_remote.translatable import N
from qbt_remote.ui.form.form_input import FormNeeds
from qbt_remote.ui.form.form_row import FIELD, LABEL, FormRow
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.line_buttons import clearable, escape_empties, search_sign
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.theme import on_new_colours

Json = Any
OTHER_PAGE = Page(OTHER, N("Other"), "prefs-other")


class Form(QWidget):
    """Values in, only what the user changed out."""

    edited = Signal()

    def __init__(self, schema: Schema, draft: Draft, around: FormNeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft, self._around = draft, around
        shown_pages = {pref.page for pref in draft.prefs.values() if pref.kind != "part"}
        self._pages = {page.id: page for page in (*schema.pages, OTHER_PAGE) if page.id in shown_pages}
        self._views = {id: _PageView(tr(page.title), self._of(id), self) for id, page in self._pages.items()}
        self._rows: dict[str, FormRow] = {}
        self._dependent = [p.key for p in draft.prefs.values() if p.enabled_by]
        self._hay = {pref.key: _hay(pref) for pref in draft.prefs.values()}
        self._found: list[str] = []
        self._current = -1
        self.search = QLineEdit(self)
        self.pages = QListWidget(self)
        self._stack = QStackedWidget(self)
        self._count = label("", self)
        self._before, self._after = self._step_button(-1), self._step_button(1)
        self._lay_out()
        self._wire()
        self.show_page(next(iter(self._pages), ""))
        on_new_colours(self.pages, self._mark_pages)

    # values

    def changed(self) -> dict[str, Json]:
        """Give what the user changed, by key, as it is to be sent."""
        return self.draft.changed()

    def invalid(self) -> list[tuple[str, str]]:
        """Give the keys that cannot be saved, with the reasons."""
        return [(key, why) for key, row in self._rows.items() if (why := row.why_not())]

    def take(self, answer: Mapping[str, Json]) -> None:
        """Show a newer answer; what the user changed meanwhile stays."""
        news = self.draft.take(answer)
        self._show(news - {key for key, _why in self.invalid()})

    def put(self, values: Mapping[str, Json]) -> None:
        """Change values as if the user had typed them, as from a file."""
        for key, value in values.items():
            self.draft.edit(key, value)
        self._show(values)
        self.edited.emit()

    def forget(self, keys: Iterable[str]) -> None:
        """Take the user's changes of these back."""
        for key in keys:
            self.draft.forget(key)
        self._show(set(keys))

    def fail(self, reasons: Mapping[str, str]) -> None:
        """Mark the keys that the server did not take, with what it has; the other marks go."""
        if reasons:
            for page in {self.draft.prefs[key].page for key in reasons if key in self.draft.prefs}:
                self._build(page)
        for key, row in self._rows.items():
            row.fail(reasons.get(key) or reasons.get(row.pref.minutes) or "")

    def _show(self, keys: Container[str]) -> None:
        for row in self._rows.values():
            if row.pref.key in keys or row.pref.minutes in keys:
                row.show_value()
        self._enable_dependent()
        self._mark_pages()

    # pages

    def show_page(self, id: str) -> None:
        if id in self._pages:
            self.pages.setCurrentRow(list(self._pages).index(id))

    def row(self, key: str) -> FormRow:
        """Give the row of a key, built if it was not yet; a part gives the row that it belongs to."""
        if key not in self._rows and self.draft.prefs[key].kind == "part":
            key = next(pref.key for pref in self.draft.prefs.values() if pref.minutes == key)
        self._build(self.draft.prefs[key].page)
        return self._rows[key]

    def reveal(self, key: str) -> None:
        """Go to a row and give it the focus."""
        row = self.row(key)
        self.show_page(row.pref.page)
        self._bring_into_view(row)
        row.input.focus.setFocus()

    async def build_rest(self) -> None:
        """Build the other pages, a group at a time, so that nothing waits for them."""
        for view in self._views.values():
            while left := view.left():  # the page may be wanted, and built, between two turns
                self._build_group(view, left[0])
                await asyncio.sleep(0)

    # search

    def found(self, text: str) -> list[str]:
        """Give the keys whose label or value has all the words, or whose help, key or group has words that begin so.

        What is inside a word of a long help is nothing that somebody looked for: "port" in "supported".
        """
        words = [(word, re.compile(rf"(?<![^\W_]){re.escape(word)}")) for word in text.casefold().split()]
        return [key for key in self._hay if words and all(self._fits(key, *word) for word in words)]

    def _fits(self, key: str, word: str, beginning: re.Pattern[str]) -> bool:
        label, hay = self._hay[key]
        return word in label or beginning.search(hay) is not None or word in self._value(key)

    def step(self, by: int) -> None:
        """Go to the next or the previous find, round and round."""
        if self._found:
            self._go((self._current + by) % len(self._found))

    def _search(self, text: str) -> None:
        before = set(self._found)
        self._found = self.found(text)
        hits = set(self._found)
        for key in before - hits:
            self._light(key, 0)
        for key in hits:
            self._light(key, 1)
        self._current = -1
        self._show_counts()
        if self._found:
            self._go(self._nearest())

    def _nearest(self) -> int:
        """Begin with a label that has all the words; stay on the page in view if there is one, or else any find."""
        page, words = self.page_in_view, self.search.text().casefold().split()

        def rank(n: int) -> tuple[bool, bool, int]:
            key = self._found[n]
            return not all(word in self._hay[key][0] for word in words), self.draft.prefs[key].page != page, n

        return min(range(len(self._found)), key=rank)

    def _go(self, number: int) -> None:
        if 0 <= self._current < len(self._found):
            self._light(self._found[self._current], 1)
        self._current = number
        row = self.row(self._found[number])
        self.show_page(row.pref.page)
        self._light(row.pref.key, 2)
        self._bring_into_view(row)
        self._show_counts()

    def _light(self, key: str, strength: int) -> None:
        if key in self._rows:
            self._rows[key].highlight(strength)

    def _value(self, key: str) -> str:
        pref = self.draft.prefs[key]
        return "" if pref.secret else shown(pref, self.draft.value(key)).casefold()

    def _show_counts(self) -> None:
        text = self.search.text().strip()
        if not text:
            self._count.setText("")
        elif not self._found:
            self._count.setText(tr("Nothing found"))
        else:
            self._count.setText(tr("{n} of {total}", n=self._current + 1, total=len(self._found)))
        for button in (self._before, self._after):
            button.setEnabled(bool(self._found))
        self._mark_pages()

    # building

    def _of(self, page: str) -> list[Pref]:
        return [p for p in self.draft.prefs.values() if p.page == page and p.kind != "part"]

    def _build(self, page: str) -> None:
        view = self._views[page]
        for group in view.left():
            self._build_group(view, group)

    def _build_group(self, view: _PageView, group: str) -> None:
        for row in view.build(group, self.draft, self._around):
            self._rows[row.pref.key] = row
            row.edited.connect(self._edited)
            if row.pref.key in self._found:
                row.highlight(1)

    @property
    def page_in_view(self) -> str:
        return list(self._pages)[self.pages.currentRow()] if self._pages else ""

    def _show_current(self, number: int) -> None:
        page = list(self._pages)[number]
        self._build(page)
        self._stack.setCurrentWidget(self._views[page])

    def _bring_into_view(self, row: FormRow) -> None:
        view = self._views[row.pref.page]
        view.settle()
        view.ensureWidgetVisible(row.input.widget, 0, 80)

    def _edited(self, key: str) -> None:
        changed = self._rows.get(key)
        if changed:
            changed.mark()
        self._enable_dependent()
        self._mark_pages()
        self.edited.emit()

    def _enable_dependent(self) -> None:
        for key in self._dependent:
            if key in self._rows:
                self._rows[key].enable()

    def _mark_pages(self) -> None:
        """Say beside each page how many of its values are changed, and how many were found."""
        changed = [self.draft.prefs[key].page for key in self.draft.changed()]
        found = [self.draft.prefs[key].page for key in self._found]
        searching = bool(self.search.text().strip())
        for number, (id, page) in enumerate(self._pages.items()):
            item = self.pages.item(number)
            hits, edits = found.count(id), changed.count(id)
            text = tr(page.title) + (f"  ({hits})" if hits else "")
            font = self.pages.font()
            font.setBold(bool(edits))
            item.setText(text)
            item.setFont(font)
            item.setToolTip(tip(tr_n(edits, "{n} change", "{n} changes") if edits else ""))
            faint = searching and not hits
            # with no colour of its own it follows the theme
            item.setData(Qt.ItemDataRole.ForegroundRole, self.pages.palette().placeholderText() if faint else None)

    def _step_button(self, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setArrowType(Qt.ArrowType.UpArrow if by < 0 else Qt.ArrowType.DownArrow)
        text = tr("Previous find (Shift+F3)") if by < 0 else tr("Next find (F3)")
        button.setToolTip(tip(text))
        button.setAccessibleName(text)
        button.setEnabled(False)
        button.clicked.connect(lambda: self.step(by))
        return button

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(tr("Search all pages"))
        self.search.setAccessibleName(tr("Search the settings"))
        self.search.setToolTip(
            tip(tr("Words of a name, an explanation, a key or a value; Down goes to what was found. Ctrl+F"))
        )
        clearable(self.search)
        escape_empties(self.search)
        search_sign(self.search)
        self.pages.setAccessibleName(tr("Pages"))
        self.pages.setObjectName("pages")
        self.pages.setIconSize(QSize(22, 22))
        self.pages.setUniformItemSizes(True)
        self.pages.setFixedWidth(200)
        height = max(30, self.fontMetrics().height() + 12)
        for id, page in self._pages.items():
            item = QListWidgetItem(icon(page.icon), tr(page.title))
            item.setSizeHint(QSize(0, height))
            self.pages.addItem(item)
            self._stack.addWidget(self._views[id])
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        for widget in (self._count, self._before, self._after):
            top.addWidget(widget)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.pages)
        middle.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(middle, 1)

    def _wire(self) -> None:
        self.pages.currentRowChanged.connect(self._show_current)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(lambda: self.step(1))
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._focus_search),
            (QKeySequence(Qt.Key.Key_F3), lambda: self.step(1)),
            (QKeySequence(Qt.Modifier.SHIFT | Qt.Key.Key_F3), lambda: self.step(-1)),
            (QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_PageDown), lambda: self._turn(1)),
            (QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_PageUp), lambda: self._turn(-1)),
        ):
            QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut).activated.connect(act)

        self.search.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the search goes to the setting that was found."""
        down = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
        if not (down and event.type() == QEvent.Type.KeyPress and self._found):
            return False
        self.reveal(self._found[max(0, self._current)])
        return True

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _turn(self, by: int) -> None:
        self.pages.setCurrentRow((self.pages.currentRow() + by) % max(1, self.pages.count()))


class _PageView(QScrollArea):
    """One page: its groups, each built when it is wanted."""

    def __init__(self, name: str, prefs: list[Pref], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._groups: dict[str, list[Pref]] = {}
        for pref in prefs:
            self._groups.setdefault(pref.group, []).append(pref)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        content = QWidget(self)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(12)
        self._column.addStretch(1)
        self.setWidget(content)
        self._built = 0

    def left(self) -> list[str]:
        """The groups that are not built yet."""
        return list(self._groups)[self._built :]

    def settle(self) -> None:
        """Give everything its place now: what was just built has none yet."""
        self._column.activate()

    def build(self, group: str, draft: Draft, around: FormNeeds) -> Iterator[FormRow]:
        box = QGroupBox(clean(tr(group)), self.widget())
        grid = QGridLayout(box)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(FIELD, 1)
        grid.setColumnMinimumWidth(LABEL, 240)
        rows = [FormRow(pref, draft, around, grid, box) for pref in self._groups[group]]
        self._column.insertWidget(self._built, box)
        self._built += 1
        return iter(rows)


def _hay(pref: Pref) -> tuple[str, str]:
    """What a search looks in, but for the value: the label, and what else is said."""
    choices = (tr(choice.label) for choice in pref.choices)
    return tr(pref.label).casefold(), "\n".join((tr(pref.help), pref.key, tr(pref.group), *choices)).casefold()
