"""Which rows of the queue are listed, and in which order: by what a person types, and by a column.

What is needed of a row for that is read once: to read 10,000 takes a fifth of a second, so it is done in steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.items import Item
from qbt_remote.model.names import name_key
from qbt_remote.sync.adding.kept import item_of
from qbt_remote.sync.query.query import fold
from qbt_remote.sync.steps import Steps

if TYPE_CHECKING:
    from qbt_remote.local.add_queue import QueueRow

FAILED, PENDING, DONE = range(3)
_GROUPS = {"failed": FAILED, "done": DONE}
Key = tuple[Any, ...]
"""What the order goes by; then the group of a row, and its id, negative for those added: the newest is the first."""
_EVERY = 50
_DOWN = bytes(range(255, -1, -1))
"""Turns the order of texts in UTF-8 round; an end of 255 then puts the longer of two first."""


class QueueOrder:
    """The order of the rows; that of the queue itself is: what failed, what waits, then what was added.

    Copies of it share what was read.
    """

    def __init__(self) -> None:
        self.column = -1
        self.by: Callable[[QueueRow], str | int] | None = None
        """Gives the text or number of a row that it is sorted by."""
        self.descending = False
        self.with_done = False
        self.words: tuple[str, ...] = ()
        """What a row must contain, all of it; folded."""
        self._items: dict[int, Item] = {}
        self._texts: dict[int, str] = {}
        self._name_keys: dict[int, tuple[str, str]] = {}

    def reading(self, rows: Iterable[QueueRow], keys: dict[int, Key | None]) -> Steps[None]:
        """Find out where these rows belong, in steps; ``keys`` gets it by their ids."""
        for n, row in enumerate(rows):
            keys[row.id] = self.key(row)
            if not n % _EVERY:
                yield False

    def key(self, row: QueueRow) -> Key | None:
        """Give where a row belongs; None if it is not to be shown."""
        group = group_of(row)
        if (group == DONE and not self.with_done) or (self.words and not self._fits(row)):
            return None
        own = group, -row.id if group == DONE else row.id
        if self.by is None:
            return own
        value = self.by(row)
        if isinstance(value, int):
            return -value if self.descending else value, *own
        text = self._name_key(row.id, value).encode()
        return text.translate(_DOWN) + b"\xff" if self.descending else text, *own

    def item(self, row: QueueRow) -> Item:
        """Give what is to be added, without its bytes."""
        known = self._items.get(row.id)
        if known is None:
            known = self._items[row.id] = item_of(row, None)
        return known

    def forget(self, id_: int) -> None:
        """A row has gone."""
        self._items.pop(id_, None)
        self._texts.pop(id_, None)
        self._name_keys.pop(id_, None)

    def _name_key(self, id_: int, text: str) -> str:
        known = self._name_keys.get(id_)
        if known is None or known[0] != text:
            known = self._name_keys[id_] = text, name_key(text)
        return known[1]

    def _fits(self, row: QueueRow) -> bool:
        text = self._texts.get(row.id)
        if text is None:
            item = self.item(row)
            text = self._texts[row.id] = fold(item.name or item.source)
        return all(word in text for word in self.words)


def group_of(row: QueueRow) -> int:
    return _GROUPS.get(row.state, PENDING)
