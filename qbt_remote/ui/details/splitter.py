"""The list above, the details below: how the window's height is shared between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.details.details import Details

_SHARE = 0.38


class DetailsSplitter(QSplitter):
    """The list above, the details below; it keeps their shares while the details are folded or hidden."""

    def __init__(self, above: QWidget, details: Details, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAccessibleName(tr("Torrents and details"))
        self._details = details
        self._share = _SHARE
        self.addWidget(above)
        self.addWidget(details)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.splitterMoved.connect(self._note_share)
        details.folded_changed.connect(self._place)
        self._place()

    def save_state(self) -> dict[str, Any]:
        return self._details.save_state() | {"share": self._share}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take what ``save_state`` gave; what makes no sense in it is passed over."""
        share = state.get("share")
        if isinstance(share, float) and 0.05 <= share <= 0.95:
            self._share = share
        self._details.restore_state(state)
        self._place()

    def _place(self) -> None:
        self.setStretchFactor(0, round((1 - self._share) * 100))
        self.setStretchFactor(1, round(self._share * 100))
        total = max(self.height(), 1000)
        self.setSizes([round(total * (1 - self._share)), round(total * self._share)])

    def _note_share(self) -> None:
        above, below = self.sizes()
        if above + below and not self._details.folded:
            self._share = round(below / (above + below), 3)
