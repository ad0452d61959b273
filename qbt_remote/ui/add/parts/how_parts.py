"""The tabs of the add dialog's form that say how a torrent is added and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.session import Session
from qbt_remote.translatable import N
from qbt_remote.ui.add.parts.fields import InputRow, OptionField, check, choices, choose, chosen, form_layout, speed
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.limits import ACTIONS, GLOBAL, MODES, ShareField, minutes_box, ratio_box
from qbt_remote.ui.kit.line_buttons import clearable
from qbt_remote.ui.kit.plain_text import clean, label
from qbt_remote.ui.kit.tasks import Tasks

_LAYOUTS = (
    (N("Server's default"), ""),
    (N("Original"), "Original"),
    (N("Create subfolder"), "Subfolder"),
    (N("Don't create subfolder"), "NoSubfolder"),
)
_STOPS = (
    (N("Server's default"), ""),
    (N("None"), "None"),
    (N("Metadata received"), "MetadataReceived"),
    (N("Files checked"), "FilesChecked"),
)
_PLACES = ((N("Server's default"), None), (N("At the top"), True), (N("At the bottom"), False))
_INCOMPLETE = ((N("Server's default"), None), (N("In another folder"), True), (N("In the save path"), False))


class OptionsPart(QWidget):
    """Layout, stop condition, place in the queue, incomplete files, order of pieces, hash check."""

    def __init__(self, tasks: Tasks, memory: dict[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layout_choice = choices(_LAYOUTS)
        self.stop_condition = choices(_STOPS)
        self.place = choices(_PLACES)
        self.incomplete = choices(_INCOMPLETE)
        self.incomplete_path = PathEdit(None, tasks, memory=memory)
        self.sequential = check(
            tr("Download in sequential order"), tr("Download pieces in order, to preview a file while it downloads")
        )
        self.first_last = check(
            tr("Download first and last pieces first"), tr("Lets most players preview a file early")
        )
        self.skip_checking = check(
            tr("Skip hash check"), tr("The files are already on the server and are assumed to be complete")
        )
        rows = self._arrange()
        self.fields = (
            OptionField("content_layout", chosen(self.layout_choice), choose(self.layout_choice)),
            OptionField("stop_condition", chosen(self.stop_condition), choose(self.stop_condition), rows[1]),
            OptionField("top_of_queue", chosen(self.place), choose(self.place), rows[2]),
            OptionField("use_download_path", chosen(self.incomplete), choose(self.incomplete), rows[3]),
            OptionField("download_path", self._incomplete_path, self.incomplete_path.setText, rows[4]),
            OptionField("sequential", self.sequential.isChecked, self.sequential.setChecked),
            OptionField("first_last", self.first_last.isChecked, self.first_last.setChecked),
            OptionField("skip_checking", self.skip_checking.isChecked, self.skip_checking.setChecked),
        )
        self.incomplete.currentIndexChanged.connect(self._follow)
        self._follow()

    def set_server(self, session: Session | None) -> None:
        self.incomplete_path.set_session(session)

    def _incomplete_path(self) -> str:
        return self.incomplete_path.text() if self.incomplete.currentData() is True else ""

    def _arrange(self) -> list[InputRow]:
        form = form_layout()
        rows = (
            (self.layout_choice, tr("Content la&yout"), tr("Whether the files get a folder of their own")),
            (self.stop_condition, tr("Stop &condition"), tr("When a started torrent stops automatically")),
            (self.place, tr("Position in &queue"), tr("Which torrents are downloaded first")),
            (self.incomplete, tr("&Incomplete files"), tr("Where the files are kept until the torrent is complete")),
            (self.incomplete_path, tr("Incomplete pat&h"), tr("Folder on the server; empty means its default")),
        )
        made = []
        for widget, title, help_text in rows:
            row = InputRow(widget)
            row.add_to(form, title, help_text)
            made.append(row)
        self._form, self._incomplete_row = form, made[4]
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addLayout(form)
        for box in (self.sequential, self.first_last, self.skip_checking):
            column.addWidget(box)
        column.addStretch(1)
        return made

    def _follow(self) -> None:
        self._form.setRowVisible(self._incomplete_row, self.incomplete.currentData() is True)


class LimitsPart(QWidget):
    """Speeds, and when a torrent has been seeded enough."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.download_limit, self.upload_limit = speed(), speed()
        self.ratio = ShareField(ratio_box(), GLOBAL, 1.0)
        self.time = ShareField(minutes_box(), GLOBAL, 1440)
        self.inactive = ShareField(minutes_box(), GLOBAL, 1440)
        self.mode, self.action = _texts(MODES), _texts(ACTIONS)
        form = form_layout()
        speeds = tr("For each torrent, in KiB/s; 0 means unlimited")
        rows = (
            (self.download_limit, tr("&Download limit"), speeds),
            (self.upload_limit, tr("&Upload limit"), speeds),
            (self.ratio, tr("&Ratio"), tr("Uploaded / downloaded")),
            (self.time, tr("S&eeding time"), tr("Total time of seeding, in minutes")),
            (self.inactive, tr("Inacti&ve seeding time"), tr("Time without any upload, in minutes")),
            (self.mode, tr("Share limit &mode"), tr("Whether any or all of the limits must be reached")),
            (self.action, tr("S&hare limit action"), tr("What the server does when the limits are reached")),
        )
        made = []
        for widget, title, help_text in rows:
            row = InputRow(widget)
            row.add_to(form, title, help_text)
            if isinstance(widget, ShareField):
                widget.name(title.replace("&", ""), help_text)
            made.append(row)
        self.fields = (
            OptionField("dl_limit", _bytes(self.download_limit), _kib(self.download_limit)),
            OptionField("up_limit", _bytes(self.upload_limit), _kib(self.upload_limit)),
            OptionField("ratio_limit", lambda: float(self.ratio.value()), self.ratio.set_value, made[2]),
            OptionField("seeding_time_limit", lambda: int(self.time.value()), self.time.set_value, made[3]),
            OptionField(
                "inactive_seeding_time_limit", lambda: int(self.inactive.value()), self.inactive.set_value, made[4]
            ),
            OptionField("share_limits_mode", chosen(self.mode), choose(self.mode), made[5]),
            OptionField("share_limit_action", chosen(self.action), choose(self.action), made[6]),
        )
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)


class LinkPart(QWidget):
    """The cookie with which the server downloads http links."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cookie = QLineEdit()
        self.cookie.setPlaceholderText(tr("name=value; name2=value2"))
        clearable(self.cookie)
        self.hosts = label("", wrap=True)
        self.all_hosts: set[str] = set()
        self._named: list[str] = []
        self.fields = (OptionField("cookie", lambda: self.cookie.text().strip(), self.cookie.setText),)
        form = form_layout()
        InputRow(self.cookie).add_to(
            form, tr("Coo&kie"), tr("The server sends it when it downloads the link; not remembered")
        )
        form.addRow("", self.hosts)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Say whom the cookie would be sent to, besides those that are known."""
        new = set(hosts) - self.all_hosts
        if not new:
            return
        self.all_hosts |= new
        self._named = sorted({*self._named, *new})[:5]
        shown = ", ".join(clean(host, 80) for host in self._named)
        more = len(self.all_hosts) - len(self._named)
        more_text = tr_n(more, "and {n} more", "and {n} more") if more else ""
        self.hosts.setText(tr("The server downloads from: {hosts}", hosts=f"{shown} {more_text}".strip()))


def _texts(rows: Sequence[tuple[str, str]]) -> QComboBox:
    return choices([(words, value) for value, words in rows])


def _bytes(box: QSpinBox) -> Callable[[], int]:
    return lambda: box.value() * 1024


def _kib(box: QSpinBox) -> Callable[[int], None]:
    return lambda limit: box.setValue(limit // 1024)
