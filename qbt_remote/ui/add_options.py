"""The choices of the add dialog: where torrents go and how they start; in and out as ``AddOptions``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.api.add import AddOptions
from qbt_remote.model.i18n import tr
from qbt_remote.ui.icons import icon
from qbt_remote.ui.plain import clean, label, tip
from qbt_remote.words import N

_MANAGEMENT = ((N("Server's default"), None), (N("Automatic, by category"), True), (N("Manual"), False))
_LAYOUTS = (
    (N("Server's default"), ""),
    (N("Original"), "Original"),
    (N("Create subfolder"), "Subfolder"),
    (N("Don't create subfolder"), "NoSubfolder"),
)
FASTEST_KIB = 10_000_000


class TagsEdit(QLineEdit):
    """Tags separated by commas; completes the one being typed and offers all in a menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: list[str] = []
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)

    def set_known(self, tags: Iterable[str]) -> None:
        self._known = sorted(tags, key=str.casefold)
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
        for tag in dict.fromkeys([*self._known, *chosen]):
            action = self._menu.addAction(clean(tag, 80).replace("&", "&&"))
            action.setData(tag)
            action.setCheckable(True)
            action.setChecked(tag in chosen)
            action.triggered.connect(self._toggled)
        if not self._menu.actions():
            self._menu.addAction(tr("No tags yet")).setEnabled(False)

    def _toggled(self) -> None:
        ticked = [action.data() for action in self._menu.actions() if action.isChecked()]
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


class AddForm(QWidget):
    """All choices for the torrents of one dialog."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.management = _choices(_MANAGEMENT)
        self.path = QComboBox()
        self.category = QComboBox()
        self.tags = TagsEdit(self)
        self.rename = QLineEdit()
        self.layout_choice = _choices(_LAYOUTS)
        self.start = QCheckBox(tr("Start torrent"))
        self.sequential = QCheckBox(tr("Download in sequential order"))
        self.first_last = QCheckBox(tr("Download first and last pieces first"))
        self.skip_checking = QCheckBox(tr("Skip hash check"))
        self.download_limit, self.upload_limit = _limit(), _limit()
        for combo in (self.path, self.category):
            combo.setEditable(True)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(24)
            edit, completer = combo.lineEdit(), combo.completer()
            assert edit is not None and completer is not None
            edit.setClearButtonEnabled(True)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseSensitive)
        self.start.setChecked(True)
        self._arrange()
        self.management.currentIndexChanged.connect(self._follow_management)

    def options(self, *, rename: bool) -> AddOptions:
        """The choices; the new name only if there is one torrent to give it to."""
        automatic: bool | None = self.management.currentData()
        path = "" if automatic else self.path.currentText().strip()
        return AddOptions(
            category=self.category.currentText().strip(),
            tags=self.tags.tags(),
            save_path=path,
            stopped=not self.start.isChecked(),
            sequential=self.sequential.isChecked(),
            first_last=self.first_last.isChecked(),
            skip_checking=self.skip_checking.isChecked(),
            content_layout=self.layout_choice.currentData(),
            dl_limit=self.download_limit.value() * 1024,
            up_limit=self.upload_limit.value() * 1024,
            rename=self.rename.text().strip() if rename else "",
            # up to 4.5 a path is dropped where management is automatic by default, unless this is said
            auto_tmm=False if path and automatic is None else automatic,
        )

    def set_options(self, options: AddOptions) -> None:
        """Show these choices, as the command line or the last addition gave them."""
        automatic = None if options.auto_tmm is False and options.save_path else options.auto_tmm
        self.management.setCurrentIndex(max(0, self.management.findData(automatic)))
        self.layout_choice.setCurrentIndex(max(0, self.layout_choice.findData(options.content_layout)))
        self.path.setEditText(options.save_path)
        self.category.setEditText(options.category)
        self.tags.setText(", ".join(options.tags))
        self.start.setChecked(not options.stopped)
        self.sequential.setChecked(options.sequential)
        self.first_last.setChecked(options.first_last)
        self.skip_checking.setChecked(options.skip_checking)
        self.download_limit.setValue(options.dl_limit // 1024)
        self.upload_limit.setValue(options.up_limit // 1024)
        self.rename.setText(options.rename)

    def set_known(self, categories: Mapping[str, Mapping[str, Any]], tags: Iterable[str], paths: Sequence[str]) -> None:
        """Offer what this server has; what was typed stays."""
        self.tags.set_known(tags)
        own = [str(c.get("savePath") or "") for c in categories.values()]
        _fill(self.category, sorted(categories, key=str.casefold))
        _fill(self.path, dict.fromkeys(p for p in (*paths, *own) if p))

    def set_default_path(self, path: str) -> None:
        """Show where the server saves if nothing is chosen."""
        edit = self.path.lineEdit()
        assert edit is not None
        shown = clean(path, 200)
        edit.setPlaceholderText(tr("Default: {path}", path=shown) if path else tr("Server's default"))

    def add_server(self, servers: QComboBox, *, shown: bool) -> None:
        """Put the choice of the server before the others."""
        name = _named(tr("&Server:"), servers, tr("The server that is to download"))
        self._left.insertRow(0, name, servers)
        self._left.setRowVisible(servers, shown)

    def show_rename(self, shown: bool) -> None:
        self._left.setRowVisible(self.rename, shown)

    def _arrange(self) -> None:
        self._left, right = QFormLayout(), QFormLayout()
        for form in (self._left, right):
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
            form.setSpacing(8)
        tags = QHBoxLayout()
        tags.setSpacing(4)
        tags.addWidget(self.tags)
        tags.addWidget(self.tags.chooser())
        _row(self._left, tr("&Management:"), self.management, tr("Automatic: the category decides where the files lie"))
        _row(self._left, tr("Save &path:"), self.path, tr("Folder on the server; empty means its default"))
        _row(self._left, tr("Cate&gory:"), self.category, tr("A category that does not exist is made"))
        _row(self._left, tr("&Tags:"), self.tags, tr("Separated by commas; tags that do not exist are made"), tags)
        _row(self._left, tr("Re&name:"), self.rename, tr("Name to show instead of the torrent's own"))
        _row(right, tr("Content &layout:"), self.layout_choice, tr("Whether the files lie in a folder of their own"))
        _row(right, tr("&Download limit:"), self.download_limit, tr("For each torrent, in KiB/s; 0 means unlimited"))
        _row(right, tr("&Upload limit:"), self.upload_limit, tr("For each torrent, in KiB/s; 0 means unlimited"))
        checks = QVBoxLayout()
        checks.setSpacing(4)
        for box, help_text in (
            (self.start, tr("Otherwise it is added stopped")),
            (self.sequential, tr("Pieces in order, to look at a file while it loads")),
            (self.first_last, tr("Lets most players show a file early")),
            (self.skip_checking, tr("The files are on the server already and are taken to be complete")),
        ):
            box.setToolTip(tip(help_text))
            box.setAccessibleName(box.text())
            checks.addWidget(box)
        right.addRow(checks)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(24)
        columns.addLayout(self._left, 3)
        columns.addLayout(right, 2)

    def _follow_management(self) -> None:
        self.path.setEnabled(self.management.currentData() is not True)


def _row(form: QFormLayout, title: str, widget: QWidget, help_text: str, shown: QHBoxLayout | None = None) -> None:
    form.addRow(_named(title, widget, help_text), shown or widget)


def _named(title: str, widget: QWidget, help_text: str) -> QLabel:
    """Give the widget its help and its name for those who hear it, and the label to stand before it."""
    name = label(title)
    name.setBuddy(widget)
    widget.setAccessibleName(title.replace("&", "").rstrip(":"))
    widget.setToolTip(tip(help_text))
    return name


def _choices(rows: Iterable[tuple[str, Any]]) -> QComboBox:
    combo = QComboBox()
    for words, value in rows:
        combo.addItem(tr(words), value)
    return combo


def _limit() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, FASTEST_KIB)
    box.setSingleStep(100)
    box.setSuffix(tr(" KiB/s"))
    box.setSpecialValueText(tr("Unlimited"))
    return box


def _fill(combo: QComboBox, texts: Iterable[str]) -> None:
    typed = combo.currentText()
    combo.clear()
    combo.addItem("")
    combo.addItems([t for t in texts if t])
    combo.setEditText(typed)
