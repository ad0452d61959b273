"""What keeps a server away, as one word: what is shown of it and what mends it go by this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Redirected, Unsupported, Untrusted

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

NEEDS_THE_USER = frozenset(
    {"password", "no_password", "login", "keyring", "proxy_login", "certificate", "changed_certificate", "too_old"}
    | {"redirect"}
)
"""Nothing changes by itself."""


def trouble(session: Session) -> str:
    """Say what keeps a server away: "" if nothing does, else a key of ``ui.commands.standing.STANDINGS``."""
    status = session.status
    if status.phase == "online":
        return ""
    if status.phase == "offline":
        return "disconnected"
    if status.phase == "connecting" or status.error is None:
        return "connecting" if status.phase == "connecting" else "offline"
    kind = _of(status.error, session)
    return "shut_down" if kind == "offline" and session.outage.shut_down else kind


def _of(error: QbtError, session: Session) -> str:
    if session.locked and _wants_a_secret(error, worked=session.status.since > 0):
        return "keyring"
    if isinstance(error, Untrusted):
        return "changed_certificate" if error.pinned else "certificate"
    if isinstance(error, AuthFailed):
        return _of_login(error, session)
    if isinstance(error, Unsupported):
        return "too_old"
    if isinstance(error, Redirected):
        return "redirect"
    if isinstance(error, BadReply) and not session.status.since:
        return "not_qbittorrent"
    return "offline"


def _of_login(error: AuthFailed, session: Session) -> str:
    if error.kind == "missing" and session.config.auth == "none":
        return "login"
    if error.kind == "missing":
        return "no_password"
    if error.kind == "proxy" and error.final:
        return "proxy_login"
    return error.kind if error.kind in ("password", "banned", "host") else "offline"


def _wants_a_secret(error: QbtError, *, worked: bool) -> bool:
    """Whether it may be for want of one: a password, a key, the login of a proxy or headers that open a gate."""
    if isinstance(error, AuthFailed):
        return error.kind not in ("banned", "host")
    return isinstance(error, BadReply) and not worked
