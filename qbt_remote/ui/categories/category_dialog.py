"""The dialog of a category: its name, its folder, and the folder for what is not complete yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.dialogs import Dialogs, TextDialog, dimmed

PathInput = Callable[[QWidget], PathEdit]


@dataclass(frozen=True, slots=True)
class Category:
    """``download_path``: None for the server's setting, False for no other folder, or the folder.

    ``save_path`` "" is the default.
    """

    name: str
    save_path: str = ""
    download_path: str | bool | None = None

    @classmethod
    def of(cls, name: str, row: Mapping[str, Any]) -> Category:
        """Read it from a mirror's ``categories``."""
        path = row.get("download_path")
        return cls(name, str(row.get("savePath") or ""), path if isinstance(path, str) or path is False else None)

    def form(self, *, paths: bool) -> dict[str, Any]:
        """Give what createCategory and editCategory take; ``paths``: the server knows download paths (4.4)."""
        form: dict[str, Any] = {"category": self.name, "savePath": self.save_path}
        if paths:
            form["downloadPathEnabled"] = "" if self.download_path is None else self.download_path is not False
            form["downloadPath"] = self.download_path if isinstance(self.download_path, str) else ""
        return form


async def ask_category(
    dialogs: Dialogs,
    title: str,
    ok: str,
    now: Category,
    check: Callable[[str], str] | None,
    path_edit: PathInput,
    *,
    paths: bool,
) -> Category | None:
    """Ask for a category; without ``check`` its name stays as it is.  ``path_edit`` makes an input for a path."""
    dialog = CategoryDialog(dialogs.parent, title, ok, now, check, path_edit, paths=paths)
    return dialog.category() if await dialogs.ask(dialog) else None


class CategoryDialog(TextDialog):
    """Name, save path, and from 4.4 on the path for incomplete torrents."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        ok: str,
        now: Category,
        check: Callable[[str], str] | None,
        path_edit: PathInput,
        *,
        paths: bool,
    ) -> None:
        super().__init__(parent, title, ok)
        self.setMinimumWidth(520)
        self._now, self._path_edit = now, path_edit
        self._name: QLineEdit | None = None
        if check is not None:
            self._name = self.add_line(tr("Category"), now.name, help=tr("A “/” makes a subcategory: linux/debian"))
        self._path = self._add_path(
            tr("Save path"),
            now.save_path,
            help=tr("A folder on the server for automatically managed torrents; empty for the default"),
        )
        self._use: QComboBox | None = None
        if paths:
            self._add_download_path(now.download_path)
        self.check(lambda: check(self._name.text()) if check and self._name else "")

    def _add_download_path(self, path: str | bool | None) -> None:
        self._use = QComboBox(self)
        for text, value in ((tr("Default"), None), (tr("Yes"), True), (tr("No"), False)):
            self._use.addItem(text, value)
        self.add_row(
            tr("Use another path for incomplete torrents"),
            self._use,
            help=tr("Whether torrents of this category are kept elsewhere until they are complete"),
        )
        self._incomplete = self._add_path(tr("Path"), path if isinstance(path, str) else "")
        self._incomplete.setAccessibleName(tr("Path for incomplete torrents"))
        self._use.setCurrentIndex(0 if path is None else 2 if path is False else 1)
        self._use.currentIndexChanged.connect(self._choose)
        self._choose()

    def _add_path(self, name: str, path: str, *, help: str = "") -> PathEdit:
        field = self._path_edit(self)
        field.setText(path)
        field.setPlaceholderText(tr("Default"))
        self.add_row(name, field, help=help)
        if help:
            self.form.addRow("", dimmed(help))
        return field

    def _choose(self) -> None:
        assert self._use is not None
        self._incomplete.setEnabled(self._use.currentData() is True)

    def category(self) -> Category:
        path: str | bool | None = self._now.download_path
        if self._use is not None:
            chosen = self._use.currentData()
            path = self._incomplete.text() if chosen is True else chosen
        return Category(self._name.text() if self._name else self._now.name, self._path.text(), path)
