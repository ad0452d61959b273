"""How servers, their states and their errors are put into words."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


def sentence(error: QbtError) -> str:
    """Give the error's sentence in the user's language."""
    return clean(tr(error.template).format(**error.parts), 2000)


def name_of(session: Session) -> str:
    return clean(session.config.name, 80)


def state_text(session: Session, now: float) -> str:
    """Say in a few words how it stands with one server; ``now`` is ``time.monotonic()``."""
    state = _phase_text(session, now)
    if session.status.phase == "online" or not session.mirror.torrents:
        return state
    return tr("{state}; the list is as of {time}", state=state, time=as_of(session))


def _phase_text(session: Session, now: float) -> str:
    status = session.status
    if status.phase == "waiting" and status.retry_at is not None:
        left = max(0, math.ceil(status.retry_at - now))
        return tr("offline, next try in {seconds} s", seconds=left) if left else tr("offline, trying again")
    words = {
        "offline": tr("not connected"),
        "connecting": tr("connecting"),
        "online": tr("connected"),
        "waiting": tr("offline, trying again"),
        "refused": tr("refused"),
    }
    return words[status.phase]


def as_of(session: Session) -> str:
    """Give the local time of the last answer, or "" if there was none."""
    since = session.status.since
    return time.strftime("%H:%M", time.localtime(since)) if since else ""
