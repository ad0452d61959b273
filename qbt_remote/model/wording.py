"""How servers, their states and their errors are put into words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean, clock
from qbt_remote.sync.trouble import trouble
from qbt_remote.translatable import N, Said, SaidError

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


LONGEST = 2000
_IN_SHORT = {
    "": N("connected"),
    "connecting": N("connecting"),
    "disconnected": N("not connected"),
    "password": N("login refused"),
    "login": N("wants a login"),
    "no_password": N("no password"),
    "keyring": N("password cannot be read"),
    "proxy_login": N("login refused by a proxy"),
    "certificate": N("unknown certificate"),
    "changed_certificate": N("changed certificate"),
    "banned": N("refuses this computer for now"),
    "host": N("host name not accepted"),
    "not_qbittorrent": N("not a qBittorrent"),
    "too_old": N("too old"),
}
"""By what ``sync.trouble`` says; only of "offline" it is told when it is tried again."""
_IN_SECONDS_S = 120
"""A longer wait is told in minutes."""


def said(what: Said, longest: int = LONGEST) -> str:
    """Give a sentence in the user's language, plain and not too long."""
    parts = {name: said(part) if isinstance(part, Said) else part for name, part in what.parts.items()}
    return clean(tr(what.template, **parts), longest)


def sentence(error: SaidError) -> str:
    """Give the error's sentence in the user's language."""
    return said(error.said)


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
    kind = trouble(session)
    if not kind and session.paused:
        return tr("connected, session paused")
    if kind != "offline":
        return tr(_IN_SHORT[kind])
    if status.retry_at is not None:
        left = max(0, math.ceil(status.retry_at - now))
        if left > _IN_SECONDS_S:
            return tr("offline, next try in {minutes} min", minutes=math.ceil(left / 60))
        return tr("offline, next try in {seconds} s", seconds=left) if left else tr("offline, trying again")
    return tr("offline, trying again")


def as_of(session: Session) -> str:
    """Give the local time of the last answer, or "" if there was none."""
    since = session.status.since
    return clock(since) if since else ""
