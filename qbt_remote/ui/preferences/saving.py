"""How changed preferences reach a server: look, ask, send, read back.

Only what the user touched is sent (with the companions that ``api/older/calls.py`` declares for older
servers).  Values are shown to the user and to nobody else: none is ever logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from qbt_remote.api.errors import QbtError, Rejected
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.pref_text import shown
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.prefs.draft import Draft, same
from qbt_remote.prefs.schema import Pref
from qbt_remote.sync.session import Session
from qbt_remote.ui.kit.dialogs import Ask, Dialogs, FormDialog
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.preferences.following import Follower

Json = Any

PREFERENCES = "app/preferences"
_VALUE_WIDTH = 170


@dataclass(slots=True)
class Outcome:
    """What became of the changes.  ``answer`` is what the server has now, {} if that is not known."""

    saved: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Keys that did not take, with a sentence that tells what the server has."""
    error: str = ""
    cancelled: bool = False
    answer: dict[str, Json] = field(default_factory=dict)


async def save(session: Session, draft: Draft, dialogs: Dialogs, follower: Follower, *, review: bool = True) -> Outcome:
    """Bring what is changed in the draft to the server; the user may still say no.

    Without ``review`` a single change that nobody else has touched goes without a look at it.
    """
    changed = draft.changed()
    try:
        before = await session.get(PREFERENCES)
    except QbtError as error:
        return Outcome(error=sentence(error))
    if not await _agreed(session, draft, before, dialogs, review=review):
        return Outcome(cancelled=True)
    move = follower.plan(session.config, draft, changed, before)
    problem = ""
    try:
        await session.post("app/setPreferences", json=changed)
    except QbtError as refused:  # the server may have taken what stood before the one that it refused
        problem = f"{sentence(refused)} {clean(refused.detail, 500)}".strip()
        if isinstance(refused, Rejected):
            move = None  # a login with what was refused would be one of the few that are allowed
    try:
        answer = await follower.arrive(session, move) if move else await session.get(PREFERENCES)
    except QbtError as lost:
        return Outcome(error=" ".join(filter(None, (problem, sentence(lost)))))
    return _judged(draft, changed, answer, problem)


def _judged(draft: Draft, changed: Mapping[str, Json], answer: dict[str, Json], error: str) -> Outcome:
    outcome = Outcome(error=error, answer=answer)
    for key, value in changed.items():
        pref = draft.prefs[key]
        if pref.secret or pref.write_only or same(value, answer.get(key)):
            outcome.saved.append(key)
        elif key in answer:
            outcome.failed[key] = tr("The server has: {value}", value=shown(pref, answer[key]) or tr("(empty)"))
        else:
            outcome.failed[key] = tr("The server has no such setting any more")
    if error:  # of what cannot be read back nobody knows
        for key in [key for key in outcome.saved if draft.prefs[key].secret]:
            outcome.saved.remove(key)
            outcome.failed[key] = tr("It is not known whether the server accepted it")
    return outcome


# questions


async def _agreed(
    session: Session, draft: Draft, before: Mapping[str, Json], dialogs: Dialogs, *, review: bool
) -> bool:
    changes = [SettingChange.of(draft, key, value, before) for key, value in draft.changed().items()]
    review = review or len(changes) > 1 or any(change.meanwhile for change in changes)
    if review and not await dialogs.ask(ReviewDialog(dialogs.parent, name_of(session), changes)):
        return False
    for concerned, question in (
        ([c for c in changes if c.pref.may_lock_out or c.pref.moves], _lock_out),
        ([c for c in changes if c.pref.runs_program], _programs),
    ):
        if concerned and await dialogs.confirm(question(name_of(session), concerned)) is None:
            return False
    return True


def _lock_out(server: str, changes: Sequence[SettingChange]) -> Ask:
    text = tr(
        "These settings decide how {server} is reached. A wrong one locks you and everybody else out until it is "
        "fixed on the server itself.",
        server=server,
    )
    return Ask(tr("Change how the server is reached"), text, tr("Change it"), [c.line() for c in changes], careful=True)


def _programs(server: str, changes: Sequence[SettingChange]) -> Ask:
    text = tr(
        "These settings let {server} run programs, with the rights that qBittorrent has there. Look at each "
        "command closely.",
        server=server,
    )
    return Ask(tr("Run programs on the server"), text, tr("Allow it"), [c.line() for c in changes], careful=True)


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One line of what is about to be sent."""

    pref: Pref
    old: str
    new: str
    meanwhile: bool
    """Another program changed it since it was shown."""

    @classmethod
    def of(cls, draft: Draft, key: str, value: Json, before: Mapping[str, Json]) -> SettingChange:
        pref = draft.prefs[key]
        if pref.secret:
            return cls(pref, "••••" if key in draft.secrets else "", tr("changed") if value else tr("removed"), False)
        old = shown(pref, before[key]) if key in before else ""
        return cls(pref, old, shown(pref, value), key in before and not same(before[key], draft.came(key)))

    def line(self) -> str:
        return f"{tr(self.pref.label)}: {self.old or tr('(empty)')} → {self.new or tr('(empty)')}"


def full_name(pref: Pref) -> str:
    """Label and group: several are called "Port" or "Username"."""
    return f"{tr(pref.label)} ({tr(pref.group)})"


class ReviewDialog(FormDialog):
    """What will be sent: setting, old, new."""

    def __init__(self, parent: QWidget | None, server: str, changes: Sequence[SettingChange]) -> None:
        n = len(changes)
        super().__init__(parent, tr("Save settings"), tr("Save"))
        text = tr_n(
            n,
            "This setting will be changed on {server}:",
            "These {n} settings will be changed on {server}:",
            server=server,
        )
        self.column.insertWidget(0, label(text, wrap=True))
        self.table = self._table(changes)
        self.column.insertWidget(1, self.table, 1)
        if conflicts := [c for c in changes if c.meanwhile]:
            names = ", ".join(tr(c.pref.label) for c in conflicts)
            note = tr("Changed by somebody else since it was shown here, and replaced now: {names}", names=clean(names))
            self.reason.setText(note)
            self.reason.show()
        self.resize(760, min(520, 200 + 30 * n))
        self.first = self.ok

    def _table(self, changes: Sequence[SettingChange]) -> QTableWidget:
        table = QTableWidget(len(changes), 3, self)
        table.setHorizontalHeaderLabels([tr("Setting"), tr("Old"), tr("New")])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setAccessibleName(tr("What is changed"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setDefaultSectionSize(_VALUE_WIDTH)
        for row, change in enumerate(changes):
            name = full_name(change.pref)
            for column, text in enumerate((name, change.old or tr("(empty)"), change.new or tr("(empty)"))):
                item = QTableWidgetItem(clean(text))
                item.setToolTip(tip(f"{text}\n{change.pref.key}" if column == 0 else text))
                table.setItem(row, column, item)
        return table
