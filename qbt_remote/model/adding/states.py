"""How it stands with something that is to be added, in words and with a sign: the same in the add dialog and in the
queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import clean
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.errors import QbtError
    from qbt_remote.local.add_queue import QueueRow
    from qbt_remote.sync.adding.queue_rows import QueueRows
    from qbt_remote.sync.session import Session


@dataclass(frozen=True, slots=True)
class AddState:
    """How a state is said and shown; the reason, if there is one, follows the words."""

    words: str
    icon: str
    color: str

    def text(self, reason: str = "") -> str:
        """Say it in one line."""
        return clean(": ".join(filter(None, (tr(self.words) if self.words else "", reason))))


ADD_STATES = {
    # before it is sent
    "ready": AddState("", "", ""),
    "warned": AddState("", "warning", "warning"),
    "problem": AddState("", "error", "error"),
    "queued": AddState(N("Waiting to be added"), "queued", "queued"),
    "gone": AddState(N("Its server is gone; send it to another one"), "warning", "warning"),
    # while it is
    "sending": AddState(N("Adding"), "downloading", "downloading"),
    "fetching": AddState(N("Being fetched by the server"), "downloading", "downloading"),
    # what became of it
    "added": AddState(N("Added"), "completed", "uploading"),
    "present": AddState(N("Already there"), "completed", "stopped"),
    "refused": AddState(N("Refused"), "error", "error"),
    "unreachable": AddState(N("Not reached"), "disconnected", "error"),
    "unknown": AddState(N("Not known whether it was added"), "error", "error"),
    "stopped": AddState(N("Not sent"), "stopped", "stopped"),
}


def reason_text(reason: str, error: QbtError | None) -> str:
    """Give the reason of a result in the user's language, or the server's own words."""
    if error is not None and reason == str(error):
        return sentence(error)
    return tr(reason) if reason else ""


def queue_state(rows: QueueRows, row: QueueRow, sessions: Mapping[str, Session]) -> str:
    """Give the state of a row of the queue: a key of ``ADD_STATES``."""
    outcome = str(row.told.get("outcome", ""))
    if row.state == "done":
        return outcome if outcome == "present" else "added"
    if row.state == "failed":
        return outcome if outcome in ("refused", "unreachable") else "unknown"
    if row.state == "verifying":
        return "fetching" if row.server in sessions else "gone"
    if row.id in rows.under_way:
        return "sending"
    return "queued" if row.server in sessions else "gone"


def queue_reason(rows: QueueRows, row: QueueRow, sessions: Mapping[str, Session]) -> str:
    """Say why a row of the queue stands as it does, or ""."""
    state, session = queue_state(rows, row, sessions), sessions.get(row.server)
    if state in ("gone", "sending"):
        return ""
    if state == "queued" and session is not None and session.client is None:
        return tr("{server} is not connected", server=name_of(session))
    result = rows.results.get(row.id)
    return reason_text(str(row.told.get("reason", "")), result.error if result else None)


def counts_text(waiting: int, failed: int) -> str:
    """Say how many have no result yet, and how many were not added; "" if there are none."""
    not_added = tr_n(failed, "{n} was not added", "{n} were not added") if failed else ""
    to_add = tr_n(waiting, "{n} waiting to be added", "{n} waiting to be added") if waiting else ""
    return (
        tr("{not_added}, {waiting}", not_added=not_added, waiting=to_add)
        if not_added and to_add
        else not_added or to_add
    )


def not_kept_text(why: str) -> str:
    """Say that the queue is not kept, and why."""
    return tr("What is waiting to be added is not kept when qbt-remote ends: {why}", why=clean(why, 300))
