"""A line of tags separated by commas, with completion and a menu of those that the server has."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QToolButton, QWidget

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.names import in_order
from qbt_remote.ui.kit.check_menu import CheckMenu
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, tip

MOST_SHOWN = 200
"""Tags in the menu, which would take a second for 20,000."""


class TagsEdit(QLineEdit):
    """Tags separated by commas; completes the one being typed and offers all in a menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: list[str] = []
        self._menu = CheckMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)

    def set_known(self, tags: Iterable[str]) -> None:
        known = in_order(tags)
        if known == self._known and self.completer() is not None:
            return  # what is being completed stays open
        self._known = known
        completer = _LastWordCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)

    def tags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag.strip() for tag in self.text().split(",") if tag.strip()))

    def chooser(self) -> QToolButton:
        """The button that opens the menu of known tags."""
        button = QToolButton(self.parentWidget())
        button.setIcon(icon("tag"))
        button.setMenu(self._menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(tip(tr("Choose among the tags of the server")))
        button.setAccessibleName(tr("Choose tags"))
        return button

    def _fill_menu(self) -> None:
        self._menu.clear()
        chosen = self.tags()
        for tag in dict.fromkeys([*self._known[:MOST_SHOWN], *chosen]):
            action = self._menu.addAction(clean(tag, 80).replace("&", "&&"))
            action.setData(tag)
            action.setCheckable(True)
            action.setChecked(tag in chosen)
            action.triggered.connect(self._toggled)
        if (more := len(self._known) - MOST_SHOWN) > 0:
            text = tr_n(more, "{n} more: type its name", "{n} more: type their names")
            self._menu.addAction(text).setEnabled(False)
        if not self._menu.actions():
            self._menu.addAction(tr("No tags yet")).setEnabled(False)

    def _toggled(self) -> None:
        ticked = [action.data() for action in self._menu.actions() if action.isChecked() and action.data()]
        self.setText(", ".join(ticked))


class _LastWordCompleter(QCompleter):
    """Completes what stands after the last comma."""

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(",")[2].strip()]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        widget = self.widget()
        assert isinstance(widget, QLineEdit)
        before, comma, _word = widget.text().rpartition(",")
        return f"{before}{comma}{' ' if comma else ''}{index.data()}"
