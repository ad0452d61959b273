"""Preferences to and from files and other servers: what differs is listed, and the user picks.

Nothing is carried over by itself.  What belongs to one server alone (ports, interfaces, paths, user
names) is not picked at first, secrets never leave the server, and what arrives goes through the same
review and confirmations as what was typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from qbt_remote.api.errors import QbtError
from qbt_remote.local import small_files
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.pref_text import shown
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import of_servers
from qbt_remote.sync.session import Session
from qbt_remote.ui.commands.pick_server import pick_server
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.remembered import start_in
from qbt_remote.ui.preferences.following import Follower
from qbt_remote.ui.preferences.saving import PREFERENCES, full_name, save

if TYPE_CHECKING:
    from qbt_remote.ui.commands.shell import Shell
    from qbt_remote.ui.form.form import Form
    from qbt_remote.ui.kit.fields import FieldNote

Json = Any

LARGEST_FILE = 4 * 1024 * 1024
_FORMAT = "qbt-remote preferences"
_KEY = Qt.ItemDataRole.UserRole


class NotPreferences(ValueError):
    """The file holds no preferences."""


def as_file(draft: Draft, values: Mapping[str, Json], *, server: str, personal: bool) -> bytes:
    """Write values for a file; ``personal`` includes what belongs to this server alone, but never a secret."""
    kept = {
        key: values[key]
        for key, pref in draft.prefs.items()
        if key in values and not pref.secret and (personal or not pref.personal)
    }
    return (json.dumps({_FORMAT: 1, "server": server, "values": kept}, ensure_ascii=False, indent=2) + "\n").encode()


def from_file(data: bytes) -> dict[str, Json]:
    """Read values from a file of ours, or from a bare answer of app/preferences; raises NotPreferences."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotPreferences(str(error)) from error
    if isinstance(found, dict) and _FORMAT in found:
        found = found.get("values")
    if not isinstance(found, dict):
        raise NotPreferences(_FORMAT)
    return found


class Copying:
    """What the button "More" offers."""

    def __init__(self, dialog: QWidget, form: Form, note: FieldNote, server: str, shell: Shell) -> None:
        """Questions belong to ``dialog``, ``form`` shows the settings of ``server``, ``note`` says how it went."""
        self._dialog, self._form, self._note, self._server, self._shell = dialog, form, note, server, shell

    def entries(self) -> list[tuple[str, str, Callable[[], None]]]:
        return [
            (tr("&Export to a file…"), tr("Write the settings, without secrets, to a file"), self.export),
            (tr("&Import or compare with a file…"), tr("List what differs and choose what to import"), self.load),
            (tr("&Compare with another server…"), tr("List what differs and copy it either way"), self._compare),
            (tr("Copy to &other servers…"), tr("Choose settings, and the servers to copy them to"), self._copy),
        ]

    # files

    def export(self) -> None:
        self._shell.tasks.spawn(self._export(), tr("Export the settings"))

    async def _export(self) -> None:
        question = FormDialog(self._dialog, tr("Export the settings"), tr("Export…"))
        text = tr("The file gets the current settings of the server. Passwords and keys are never written.")
        question.column.insertWidget(0, label(text, wrap=True))
        personal = CheckBox(tr("Also what belongs to this server alone: ports, interfaces, paths, user names"))
        question.column.insertWidget(1, personal)
        if not await Dialogs(self._dialog).ask(question):
            return
        chooser = self._chooser(tr("Export the settings"), QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("json")
        chooser.selectFile("preferences.json")
        wants_all = personal.isChecked()
        chooser.fileSelected.connect(lambda name: self._write(Path(name), personal=wants_all))
        chooser.open()

    def _write(self, path: Path, *, personal: bool) -> None:
        draft = self._form.draft
        values = {key: draft.came(key) for key in draft.prefs}
        session = self._shell.sessions.get(self._server)
        data = as_file(draft, values, server=session.config.name if session else "", personal=personal)
        try:
            small_files.replace(path, data)
        except OSError as error:
            self._note.say(tr("{file}: {why}", file=clean(path.name), why=error.strerror or str(error)), "error")
        else:
            self._note.say(tr("Written: {file}", file=clean(path.name)))

    def load(self) -> None:
        chooser = self._chooser(tr("Import the settings"), QFileDialog.AcceptMode.AcceptOpen)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(self._load)
        chooser.open()

    def _load(self, name: str) -> None:
        path = Path(name)
        try:
            values = from_file(_read(path))
        except OSError as error:
            self._note.say(tr("{file}: {why}", file=clean(path.name), why=error.strerror or str(error)), "error")
        except NotPreferences:
            self._note.say(tr("{file} holds no settings of qBittorrent", file=clean(path.name)), "error")
        else:
            self._shell.tasks.spawn(self._take_over(values, path.name), tr("Import the settings"))

    async def _take_over(self, values: Mapping[str, Json], source: str) -> None:
        dialog = DifferencesDialog(self._dialog, self._form.draft, values, clean(source, 80))
        if await Dialogs(self._dialog).ask(dialog):
            self._put(values, dialog.picked())

    def _put(self, values: Mapping[str, Json], keys: Sequence[str]) -> None:
        self._form.put({key: values[key] for key in keys})
        n = len(keys)
        self._note.say(tr_n(n, "One setting is taken over; save it", "{n} settings are taken over; save them"))

    def _chooser(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        chooser = QFileDialog(self._dialog, title)
        chooser.setAcceptMode(mode)
        chooser.setNameFilters([tr("Settings (*.json)"), tr("All files (*)")])
        start_in(chooser, self._shell.settings.window.folders, "settings")
        chooser.finished.connect(chooser.deleteLater)
        return chooser

    # servers

    def _compare(self) -> None:
        self._shell.tasks.spawn(self.compare(), tr("Compare"))

    async def compare(self) -> None:
        """List what differs from another server, and take it over from there or copy it there."""
        others = self._others()
        if not others:
            self._note.say(tr("No other server is connected"))
            return
        other = await pick_server(Dialogs(self._dialog), tr("Compare with"), others)
        if other is None:
            return
        try:
            answer = await other.get(PREFERENCES)
        except QbtError as error:
            self._note.say(sentence(error), "error")
            return
        dialog = DifferencesDialog(self._dialog, self._form.draft, answer, name_of(other), copy_back=True)
        if await Dialogs(self._dialog).ask(dialog):
            if dialog.back:
                await self._send([other], dialog.picked())
            else:
                self._put(answer, dialog.picked())

    def _copy(self) -> None:
        self._shell.tasks.spawn(self.copy(), tr("Copy the settings"))

    async def copy(self) -> None:
        """Ask for servers, then for what of this one's settings they get."""
        others = self._others()
        if not others:
            self._note.say(tr("No other server is connected"))
            return
        question = CopyTargetsDialog(self._dialog, others)
        if not await Dialogs(self._dialog).ask(question):
            return
        draft, targets = self._form.draft, question.picked()
        try:
            answers = [await session.get(PREFERENCES) for session in targets]
        except QbtError as error:
            self._note.say(sentence(error), "error")
            return
        other = _differing(draft, answers)
        dialog = DifferencesDialog(self._dialog, draft, other, tr("The others"), copy_only=True)
        if await Dialogs(self._dialog).ask(dialog):
            await self._send(targets, dialog.picked())

    async def _send(self, sessions: Sequence[Session], keys: Sequence[str]) -> None:
        """Set this server's values on others, one after the other, each with its own review."""
        draft = self._form.draft
        said: list[str] = []
        for session in sessions:
            try:
                target = Draft(of_servers(), await session.get(PREFERENCES), release=_release(session))
            except QbtError as error:
                said.append(sentence(error))
                continue
            for key, value in target.carried({key: draft.value(key) for key in keys}).items():
                target.edit(key, value)
            if not target.changed():
                said.append(tr("{server}: nothing to change", server=name_of(session)))
                continue
            outcome = await save(session, target, Dialogs(self._dialog, about=""), Follower(self._shell.hooks))
            said.append(_sum_up(session, outcome.saved, outcome.failed, outcome.error, target))
        self._note.say(". ".join(filter(None, said)))

    def _others(self) -> list[Session]:
        sessions = self._shell.sessions.items()
        return [s for id, s in sessions if id != self._server and s.status.phase == "online"]


class CopyTargetsDialog(FormDialog):
    """Which servers get the settings."""

    def __init__(self, parent: QWidget | None, sessions: Sequence[Session]) -> None:
        super().__init__(parent, tr("Copy to other servers"), tr("Next…"))
        self.column.insertWidget(0, label(tr("Copy settings of this server to")))
        self._boxes = [(CheckBox(name_of(session)), session) for session in sessions]
        for row, (box, _session) in enumerate(self._boxes):
            box.setChecked(True)
            box.toggled.connect(lambda: self.ok.setEnabled(bool(self.picked())))
            self.column.insertWidget(row + 1, box)

    def picked(self) -> list[Session]:
        return [session for box, session in self._boxes if box.isChecked()]


class DifferencesDialog(FormDialog):
    """What differs, with boxes; what belongs to one server alone is not checked at first."""

    def __init__(
        self,
        parent: QWidget | None,
        draft: Draft,
        values: Mapping[str, Json],
        source: str,
        *,
        copy_back: bool = False,
        copy_only: bool = False,
    ) -> None:
        super().__init__(parent, tr("What differs"), tr("Copy") if copy_only else tr("Take over here"))
        self.back = False
        """The values go from here to the other server."""
        differing = draft.carried(values)
        n = len(differing)
        text = tr_n(n, "One setting differs.", "{n} settings differ.") if n else tr("Nothing differs.")
        self.column.insertWidget(0, label(text))
        self.list = self._list(draft, differing, source)
        self.column.insertWidget(1, self.list, 1)
        if copy_back:
            button = QPushButton(tr("Copy to {server}", server=source))
            button.setToolTip(tip(tr("Set the checked settings there as they are here")))
            button.clicked.connect(self._copy_back)
            self.buttons.addButton(button, self.buttons.ButtonRole.ActionRole)
            self.copy_button = button
        self.list.itemChanged.connect(self._enable)
        self._enable()
        self.resize(760, 520)

    def picked(self) -> list[str]:
        """Give the keys whose boxes are checked."""
        items = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        return [str(i.data(0, _KEY)) for i in items if i is not None and i.checkState(0) == Qt.CheckState.Checked]

    def _copy_back(self) -> None:
        self.back = True
        self.accept()

    def _enable(self) -> None:
        self.ok.setEnabled(bool(self.picked()))

    def _list(self, draft: Draft, differing: Mapping[str, Json], source: str) -> QTreeWidget:
        shown_list = QTreeWidget(self)
        shown_list.setHeaderLabels([tr("Setting"), tr("Here"), source])
        shown_list.setRootIsDecorated(False)
        shown_list.setUniformRowHeights(True)
        shown_list.setAllColumnsShowFocus(True)
        shown_list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        shown_list.setAccessibleName(tr("What differs"))
        shown_list.header().setStretchLastSection(False)
        shown_list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            shown_list.header().resizeSection(column, 190)
        for key, value in differing.items():
            pref = draft.prefs[key]
            careful = pref.personal or pref.may_lock_out or pref.runs_program
            texts = [full_name(pref), shown(pref, draft.value(key)), shown(pref, value)]
            item = QTreeWidgetItem([clean(text) for text in texts])
            item.setData(0, _KEY, key)
            item.setCheckState(0, Qt.CheckState.Unchecked if careful else Qt.CheckState.Checked)
            item.setToolTip(0, tip(f"{tr(pref.help)}\n{key}"))
            for column in (1, 2):
                item.setToolTip(column, tip(texts[column]))
            shown_list.addTopLevelItem(item)
        return shown_list


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise OSError(tr("it is too large"))
    return path.read_bytes()


def _differing(draft: Draft, answers: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Give, of the keys that differ on any of the servers, the value of the first where they do."""
    found: dict[str, Json] = {}
    for answer in answers:
        found = draft.carried(answer) | found
    return found


def _release(session: Session) -> Sequence[int]:
    return session.client.version.app if session.client else ()


def _sum_up(session: Session, saved: Sequence[str], failed: Mapping[str, str], error: str, target: Draft) -> str:
    name, n = name_of(session), len(saved)
    if error:
        return error
    if failed:
        names = ", ".join(tr(target.prefs[key].label) for key in failed)
        return tr("{server} did not accept: {names}", server=name, names=clean(names))
    return tr_n(n, "{server}: {n} setting saved", "{server}: {n} settings saved", server=name) if n else ""
