"""The left half of the add dialog's form: where a torrent goes, what it is called, whether it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.sync.session import Session
from qbt_remote.translatable import N
from qbt_remote.ui.add.parts.fields import InputRow, OptionField, check, choices, choose, describe, form_layout
from qbt_remote.ui.add.parts.known_names import KnownNames
from qbt_remote.ui.add.parts.memory import default_category, set_default_category
from qbt_remote.ui.add.parts.server_choice import ServerChoice
from qbt_remote.ui.categories.tags_edit import TagsEdit
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.line_buttons import clearable
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.kit.theme import error_color, faint, written

_MANAGEMENT = ((N("Server's default"), None), (N("Automatic, by category"), True), (N("Manual"), False))


class WherePart(QWidget):
    """Server, management, save path with the room there, category, tags, name, start."""

    def __init__(self, tasks: Tasks, memory: dict[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.management = choices(_MANAGEMENT)
        self.path = PathEdit(None, tasks, memory=memory)
        self.space = _Line()
        self.category = QComboBox()
        self.default_category = CheckBox(tr("Set as default"))
        self.tags = TagsEdit()
        self.known = KnownNames(self.category, self.tags, self._show_note)
        self.rename = QLineEdit()
        self.start = check(tr("Start torrent"), tr("Otherwise it is added stopped"))
        self.start.setChecked(True)
        self._default_path = self._begun_for = ""
        self._paths: dict[str, str] = {}
        self._tags = InputRow(self.tags, self.tags.chooser())
        self._arrange()
        self.fields = self._fields()
        self.management.currentIndexChanged.connect(self._follow)
        self.category.currentTextChanged.connect(self._follow)

    def _fields(self) -> tuple[OptionField, ...]:
        return (
            OptionField("category", lambda: self.category.currentText().strip(), self.category.setEditText),
            OptionField("tags", self.tags.tags, lambda tags: self.tags.setText(", ".join(tags)), self._tags),
            OptionField("save_path", self._chosen_path, self.path.setText),
            OptionField(
                "stopped", lambda: not self.start.isChecked(), lambda stopped: self.start.setChecked(not stopped)
            ),
            OptionField("rename", lambda: self.rename.text().strip(), self.rename.setText),
            OptionField("auto_tmm", self._automatic, choose(self.management)),
        )

    @property
    def target(self) -> str:
        """The folder where the files will be, as far as that is known here."""
        if self.management.currentData() is True:
            return self._category_path() or self._default_path
        return self.path.text() or self._default_path

    @property
    def elsewhere(self) -> bool:
        """Whether that may be another disk than the default path's."""
        return self.target != self._default_path

    def set_server(self, session: Session | None) -> None:
        """Offer what this server has; what was typed stays."""
        self.path.set_session(session)
        self.follow(session)

    def follow(self, session: Session | None) -> None:
        """Offer what it has by now."""
        categories: Mapping[str, Mapping[str, Any]] = session.mirror.categories if session else {}
        self._paths = {name: str(c.get("savePath") or "") for name, c in categories.items()}
        self.known.offer(session)
        self._follow()

    def begin(self, memory: dict[str, Any], session: Session, *, asked: bool) -> None:
        """Begin with the category that was set as default on this server, unless one was ``asked`` for; once."""
        if self._begun_for == session.config.id:
            return
        self._begun_for = session.config.id
        usual = default_category(memory, session.config.id)
        self.default_category.setChecked(bool(usual))
        if usual and not asked:
            self.category.setEditText(usual)

    def keep_default(self, memory: dict[str, Any], category: str, session: Session) -> None:
        """Keep the category as the default one, or take that back."""
        if self.default_category.isChecked():
            set_default_category(memory, category, session.config.id)
        elif category and category == default_category(memory, session.config.id):
            set_default_category(memory, "", session.config.id)

    def set_default_path(self, path: str) -> None:
        """Show where the server saves if nothing is chosen."""
        self._default_path = path
        self._follow()

    def show_space(self, text: str, *, warning: bool) -> None:
        written(self.space, error_color if warning else faint)
        self.space.setText(text)

    def add_server(self, servers: ServerChoice) -> None:
        """Put the choice of the server before the others; it shows while there is a choice."""
        describe(servers, tr("Server"), tr("The server that will download the torrents"))
        title = label(tr("&Server"))
        title.setBuddy(servers)
        self._form.insertRow(0, title, servers)

        def show() -> None:
            self._form.setRowVisible(servers, servers.count() > 1 or servers.currentIndex() < 0)

        servers.model().rowsInserted.connect(show)
        servers.chosen.connect(show)
        show()

    def show_rename(self, shown: bool) -> None:
        self._form.setRowVisible(self._rename, shown)

    def _arrange(self) -> None:
        for edit in (self.category.lineEdit(), self.rename):
            if edit is not None:
                clearable(edit)
        self.category.setEditable(True)
        self.category.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.category.setMinimumContentsLength(16)
        self.space.setMinimumHeight(self.fontMetrics().lineSpacing())
        describe(
            self.default_category,
            tr("Set as default category"),
            tr("Set as default category: the dialog begins with it"),
        )
        self._form = form_layout()
        self._rename = InputRow(self.rename)
        rows = (
            (
                InputRow(self.management),
                tr("Torrent &management mode"),
                tr("Automatic: the category decides where the files are saved"),
            ),
            (InputRow(self.path), tr("Save &path"), tr("Folder on the server; empty means its default")),
        )
        for row, title, help_text in rows:
            row.add_to(self._form, title, help_text)
        self._form.addRow("", self.space)
        InputRow(self.category, self.default_category).add_to(
            self._form, tr("Cate&gory"), tr("A category that does not exist is created")
        )
        self._tags.add_to(self._form, tr("&Tags"), tr("Separated by commas; tags that do not exist are created"))
        self._form.addRow("", self.known.note)
        self._form.setRowVisible(self.known.note, False)
        self._rename.add_to(self._form, tr("Re&name"), tr("Name to show instead of the torrent's own"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._form)
        column.addWidget(self.start)
        column.addStretch(1)

    def _show_note(self, shown: bool) -> None:
        self._form.setRowVisible(self.known.note, shown)

    def _chosen_path(self) -> str:
        return "" if self.management.currentData() is True else self.path.text()

    def _automatic(self) -> bool | None:
        # up to 4.5 a path is dropped where management is automatic by default, unless this is said
        automatic: bool | None = self.management.currentData()
        return False if automatic is None and self.path.text() else automatic

    def _category_path(self) -> str:
        name = self.category.currentText().strip()
        if name not in self._paths:
            return ""
        own = self._paths[name]
        return own or (f"{self._default_path.rstrip('/')}/{name}" if self._default_path else "")

    def _follow(self) -> None:
        """Show the folder that is meant where none is typed."""
        automatic = self.management.currentData() is True
        self.path.setEnabled(not automatic)
        path = clean(self.target if automatic else self._default_path, 200)
        if automatic and self._category_path():
            self.path.setPlaceholderText(tr("By the category: {path}", path=path))
        elif path:
            self.path.setPlaceholderText(tr("Default: {path}", path=path))
        else:
            self.path.setPlaceholderText(tr("Server's default"))
        self.path.edit.setToolTip(tip(self.target))


class _Line(QLabel):
    """One line where there is room for it, else more.  Qt takes any text that may wrap for a narrow one of several."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()), self.fontMetrics().lineSpacing())
