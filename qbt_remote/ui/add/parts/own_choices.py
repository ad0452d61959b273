"""Choices of their own for some of the torrents in the add dialog.

The form shows the choices for all or those of the selected rows.  What is changed while it shows the
latter is kept with these rows; everything else they go on sharing with all.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.add.parts.add_form import AddForm
from qbt_remote.ui.add.parts.entries import AddEntry, EntryModel, EntryView
from qbt_remote.ui.add.parts.fields import describe
from qbt_remote.ui.kit.fields import RadioButton
from qbt_remote.ui.kit.plain_text import label


class OwnChoices(QWidget):
    """The line between the list and the form; hidden while there is only one torrent."""

    def __init__(self, model: EntryModel, view: EntryView, form: AddForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._view, self._form = model, view, form
        self._shared: AddOptions | None = None
        """What is for all, while the form shows something else."""
        self._shown = AddOptions()
        self.for_all = RadioButton(tr("All torrents"), self)
        self.for_selected = RadioButton("", self)
        self.as_all = QPushButton(tr("Use common settings"), self)
        self._arrange()
        self.for_selected.toggled.connect(self._switch)
        self.as_all.clicked.connect(self._clear)
        view.selectionModel().selectionChanged.connect(self._select)
        form.edited.connect(self._take)
        self.refresh()

    def shared(self) -> AddOptions:
        """The choices for all torrents."""
        options = self._shared or self._form.options()
        return options if self.alone else replace(options, rename="")

    def of(self, entry: AddEntry) -> AddOptions:
        """The choices for one torrent, with those of its files."""
        sizes = tuple(size for _path, size in entry.content.files) if entry.content and entry.priorities else ()
        return replace(self.shared(), **entry.own, file_priorities=entry.priorities, file_sizes=sizes)

    @property
    def alone(self) -> bool:
        return len(self._model.entries) == 1

    def refresh(self) -> None:
        """Bring the line in step with the list."""
        rows = self._rows()
        self.setVisible(len(self._model.entries) > 1)
        if not rows and self._shared is not None:
            self.for_all.setChecked(True)
        self.for_selected.setEnabled(bool(rows))
        self.for_selected.setText(
            tr_n(len(rows), "The selected one", "The {n} selected") if rows else tr("Selected torrents")
        )
        self.as_all.setEnabled(any(self._model.entries[row].own for row in rows))
        self._form.where.show_rename(self.alone or (self._shared is not None and len(rows) == 1))

    def _arrange(self) -> None:
        self.for_all.setChecked(True)
        for button, name, help_text in (
            (
                self.for_all,
                tr("All torrents"),
                tr("The settings below apply to all torrents without settings of their own"),
            ),
            (self.for_selected, tr("Selected torrents"), tr("Changes below apply to the selected torrents only")),
            (self.as_all, tr("Use common settings"), tr("Discard the selected torrents' own settings")),
        ):
            describe(button, name, help_text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(label(tr("Apply to"), self))
        row.addWidget(self.for_all)
        row.addWidget(self.for_selected)
        row.addWidget(self.as_all)
        row.addStretch(1)

    def _rows(self) -> list[int]:
        return [row for row in self._view.selected_rows() if self._model.entries[row].item is not None]

    def _switch(self, own: bool) -> None:
        if own:
            self._shared = self._form.options()
            self._load()
        elif self._shared is not None:
            shared, self._shared = self._shared, None
            self._form.set_options(shared)
        self.refresh()

    def _select(self) -> None:
        if self._shared is not None and self._rows():
            self._load()
        self.refresh()

    def _load(self) -> None:
        """Show the choices of the first selected torrent."""
        first = self._model.entries[self._rows()[0]]
        assert self._shared is not None
        self._form.set_options(replace(self._shared, **({"rename": ""} | first.own)))
        self._shown = self._form.options()

    def _take(self) -> None:
        """Keep what was changed with the selected torrents."""
        if self._shared is None:
            return
        now = self._form.options()
        before = asdict(self._shown)
        changed: dict[str, Any] = {name: getattr(now, name) for name in before if getattr(now, name) != before[name]}
        self._shown = now
        if not changed:
            return

        def take(entry: AddEntry) -> None:
            entry.own = entry.own | changed

        self._model.change(self._rows(), take)
        self.refresh()

    def _clear(self) -> None:
        def give_up(entry: AddEntry) -> None:
            entry.own = {}

        self._model.change(self._rows(), give_up)
        if self._shared is not None:
            self._load()
        self.refresh()
