"""What can go wrong between us and a server.

::

    QbtError
    ├── Unreachable     no answer: name, connection, time-out, TLS; says which
    │   └── Untrusted   TLS: the certificate is not one we trust
    ├── AuthFailed      wrong password, banned address, session refused after one fresh login
    ├── Unsupported     the server is too old; raised before anything is sent
    ├── Rejected        400 404 405 409 413 415: the server understood and said no
    ├── ServerFault     5xx
    └── BadReply        an answer that is not the Web API's: HTML, truncated, not JSON, a redirect

Every error is a sentence that names the server and says what to do: ``error.said``, see ``translatable.Said``.
No error ever holds a password, a cookie or a key.
"""

from __future__ import annotations

from qbt_remote.translatable import N, Said, SaidError

UNREADABLE = N("{server} sent an answer that cannot be read: it is cut short, or not from qBittorrent.")


class QbtError(SaidError):
    """A failed call; ``detail`` holds the server's own words."""

    def __init__(self, template: str, *, detail: str = "", **parts: object) -> None:
        super().__init__(template, **parts)
        self.detail = detail


class Unreachable(QbtError):
    """No whole answer came.  ``sent`` tells whether the request may have been carried out."""

    def __init__(self, template: str, *, sent: bool = False, detail: str = "", **parts: object) -> None:
        super().__init__(template, detail=detail, **parts)
        self.sent = sent


class Untrusted(Unreachable):
    """The certificate is unknown, or is not the one that was trusted.  Nothing was sent.

    ``pem`` and ``fingerprint`` (SHA-256, hex pairs with colons) are of the certificate shown by the
    server; ``pinned`` is the fingerprint trusted until now, or "".
    """

    def __init__(
        self, template: str, *, pem: str, fingerprint: str, reason: str, pinned: str = "", **parts: object
    ) -> None:
        super().__init__(template, sent=False, detail=reason, fingerprint=fingerprint, reason=Said(reason), **parts)
        self.pem, self.fingerprint, self.reason, self.pinned = pem, fingerprint, reason, pinned


class AuthFailed(QbtError):
    """Refused.  ``kind``: "password", "banned", "host", "proxy" or "session"."""

    def __init__(self, template: str, *, kind: str, detail: str = "", **parts: object) -> None:
        super().__init__(template, detail=detail, **parts)
        self.kind = kind


class Unsupported(QbtError):
    """The server's version has no such call; ``needs`` is the release that has it, as "5.2"."""

    def __init__(self, template: str, *, needs: str, **parts: object) -> None:
        super().__init__(template, detail="", needs=needs, **parts)
        self.needs = needs


class Rejected(QbtError):
    """The server refused; ``status`` is the HTTP status, ``detail`` its words (in its language)."""

    def __init__(self, template: str, *, status: int, detail: str = "", **parts: object) -> None:
        super().__init__(template, detail=detail, status=status, **parts)
        self.status = status


class ServerFault(QbtError):
    """The server, or a proxy before it, failed (5xx)."""


class BadReply(QbtError):
    """The answer is not what the Web API answers."""
