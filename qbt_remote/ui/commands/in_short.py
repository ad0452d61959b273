"""How it stands with a server, in a few words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qbt_remote.api.errors import Unreachable
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import clock, count
from qbt_remote.sync.trouble import trouble
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

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
    "host": N("host name not accepted"),
    "not_qbittorrent": N("not a qBittorrent"),
    "redirect": N("redirects to another address"),
    "too_old": N("too old"),
}
"""By what ``sync.trouble`` says."""
_UNTIL_THE_NEXT_TRY = {"offline": N("offline"), "shut_down": N("stopped by you"), "banned": N("login banned")}
"""Of these it is told when the next try is."""
_IN_SECONDS_S = 120
"""A longer wait is told in minutes."""


def state_text(session: Session, now: float) -> str:
    """Say in a few words how it stands with one server; ``now`` is ``time.monotonic()``."""
    state = phase_text(session, now)
    if session.status.phase == "online" or not session.mirror.torrents:
        return state
    return tr("{state}; the list is as of {time}", state=state, time=as_of(session))


def phase_text(session: Session, now: float) -> str:
    """Say the same without the time of the list."""
    kind = trouble(session)
    if not kind and session.paused:
        return tr("connected, session paused")
    if kind == "connecting" and session.pace.torrents:
        return read_so_far(session)
    if kind not in _UNTIL_THE_NEXT_TRY:
        return tr(_IN_SHORT[kind])
    state, left = tr(_UNTIL_THE_NEXT_TRY[kind]), next_try(session, now)
    if kind == "offline" and not isinstance(session.status.error, Unreachable | None):
        state = tr("no usable answer")
    return (
        tr("{state}, next try in {time}", state=state, time=left) if left else tr("{state}, trying again", state=state)
    )


def read_so_far(session: Session) -> str:
    """Say how much of a long list is there; how long it will be, nobody tells before."""
    n = session.pace.torrents
    return tr_n(
        n, "loading the list, {count} torrent so far", "loading the list, {count} torrents so far", count=count(n)
    )


def next_try(session: Session, now: float) -> str:
    """Give the time until the next try, or "" if it is due."""
    left = 0 if session.status.retry_at is None else math.ceil(session.status.retry_at - now)
    if left > _IN_SECONDS_S:
        return tr("{minutes} min", minutes=math.ceil(left / 60))
    return tr("{seconds} s", seconds=left) if left > 0 else ""


def as_of(session: Session) -> str:
    """Give the local time of the last answer, or "" if there was none."""
    since = session.status.since
    return clock(since) if since else ""
