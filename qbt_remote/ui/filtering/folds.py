"""Which sections and entries of the sidebar are unfolded: kept while rows come and go, and over a restart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QTreeView

from qbt_remote.model.sidebar import SidebarModel

_MOST_REMEMBERED = 1000
"""Unfolded entries."""


class Folds:
    """Notes what is unfolded in a view, and unfolds it again."""

    def __init__(self, view: QTreeView, model: SidebarModel) -> None:
        self._view, self._model = view, model
        self._unfolded: set[tuple[str, str | None]] = set()
        view.expanded.connect(lambda index: self._note(index, unfolded=True))
        view.collapsed.connect(lambda index: self._note(index, unfolded=False))

    def save(self) -> dict[str, Any]:
        """Give which sections and entries are unfolded, fit for JSON."""
        unfolded = sorted((section, key) for section, key in self._unfolded if key is not None)
        return {
            "sections": {id: self._view.isExpanded(self._model.title(id)) for id in self._model.order()},
            "unfolded": [list(pair) for pair in unfolded[:_MOST_REMEMBERED]],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what ``save`` gave; anything in it that makes no sense is passed over."""
        sections, pairs = state.get("sections"), state.get("unfolded")
        for id in self._model.order():
            if isinstance(sections, dict) and isinstance(sections.get(id), bool):
                self._view.setExpanded(self._model.title(id), sections[id])
        for pair in pairs if isinstance(pairs, list) else ():
            if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair):
                self._unfolded.add((pair[0], pair[1]))
        for id in self._model.order():
            self.unfold(id)

    def unfold(self, section_id: str) -> None:
        """Unfold what was, after a section has new rows."""
        for section, key in list(self._unfolded):
            if section == section_id and (index := self._model.find(section, key)).isValid():
                self._view.setExpanded(index, True)

    def _note(self, index: QModelIndex, *, unfolded: bool) -> None:
        node = self._model.node(index)
        if node is not None and not node.title:
            (self._unfolded.add if unfolded else self._unfolded.discard)((node.section.id, node.key))
