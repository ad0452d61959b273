"""The categories and tags that the add dialog offers: those of the server, as they come and go there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QComboBox

from qbt_remote.model.i18n import tr
from qbt_remote.model.names import paths_in_order
from qbt_remote.sync.session import Session
from qbt_remote.ui.categories.tags_edit import TagsEdit
from qbt_remote.ui.kit.plain_text import clean, label
from qbt_remote.ui.kit.theme import warning_color, written

MOST_OFFERED = 5000
"""Categories in the list; any other can be typed."""
_MANY = 200


class KnownNames:
    """Fills the two inputs; ``note`` says which of what is chosen was removed on the server meanwhile."""

    def __init__(self, category: QComboBox, tags: TagsEdit, show_note: Callable[[bool], None]) -> None:
        self._category, self._tags, self._show_note = category, tags, show_note
        self._session: Session | None = None
        self._offered: list[str] | None = None
        self._seen: tuple[set[str], set[str]] = (set(), set())
        """Categories and tags that this server has had since the dialog opened."""
        self.note = label("", wrap=True)
        written(self.note, warning_color)
        category.currentTextChanged.connect(self.tell)
        tags.textChanged.connect(self.tell)

    def offer(self, session: Session | None) -> None:
        """Offer what this server has; what was typed stays."""
        if session is not self._session:
            self._session, self._seen = session, (set(), set())
        categories, tags = self._now()
        for seen, now in zip(self._seen, (categories, tags), strict=True):
            seen.update(now)
        self._tags.set_known(tags)
        names = paths_in_order(categories)
        if names != self._offered:
            self._offered = names
            _fill(self._category, names[:MOST_OFFERED])
        self.tell()

    def tell(self) -> None:
        """Say what is chosen and no longer there."""
        categories, tags = self._now()
        category = self._category.currentText().strip()
        said = []
        if category in self._seen[0] - categories:
            text = tr(
                "The category “{name}” was removed on the server; it will be created again.", name=_short(category)
            )
            said.append(text)
        for tag in self._tags.tags():
            if tag in self._seen[1] - tags:
                said.append(
                    tr("The tag “{name}” was removed on the server; it will be created again.", name=_short(tag))
                )
        self.note.setText("\n".join(said))
        self._show_note(bool(said))

    def _now(self) -> tuple[set[str], set[str]]:
        mirror = self._session.mirror if self._session else None
        return (set(mirror.categories), set(mirror.tags)) if mirror else (set(), set())


def _short(name: str) -> str:
    return clean(name, 80)


def _fill(combo: QComboBox, names: Iterable[str]) -> None:
    """Change the rows that are others, so that an open list stays open; an empty one is the first."""
    typed, wanted = combo.currentText(), ["", *filter(None, names)]
    kept = set(wanted)
    if len(kept) > _MANY:
        combo.clear()
        combo.addItems(wanted)
    for row in reversed(range(combo.count())):
        if combo.itemText(row) not in kept:
            combo.removeItem(row)
    for row, name in enumerate(wanted):
        if row >= combo.count() or combo.itemText(row) != name:
            combo.insertItem(row, name)
    for row in reversed(range(len(wanted), combo.count())):
        combo.removeItem(row)
    combo.setEditText(typed)
