"""What can go wrong between us and a server.

::

    QbtError
    ├── Unreachable     no answer: name, connection, time-out, TLS; says which
    │   └── Untrusted   TLS: the certificate is not one we trust
    ├── AuthFailed      wrong password, banned address, refused by a proxy, session that does not hold
    ├── Unsupported     the server is too old; raised before anything is sent
    ├── Rejected        400 404 405 409 413 415: the server understood and said no
    ├── ServerFault     5xx, 429
    └── BadReply        an answer that is not the Web API's: HTML, truncated, not JSON, a redirect
        └── Redirected  one that says where the server is to be found

Every error is a sentence that names the server and says what to do: ``error.said``, see ``translatable.Said``.
No error ever holds a password, a cookie or a key.
"""

from __future__ import annotations

from qbt_remote.translatable import N, Said, SaidError

EMPTY = N(
    "{server} sent an empty answer: it may be starting, or something else answers at this address. If this stays so, "
    "check the address and port."
)
UNREADABLE = N(
    "{server} sent an answer that cannot be read: it was cut short, or is not from qBittorrent. If this stays so, "
    "check the address, the port, and any proxy in front of it."
)


class QbtError(SaidError):
    """A failed call; ``detail`` holds the server's own words.

    ``wait_s``: whoever asks again by himself lets this time pass first.
    """

    wait_s = 0.0

    def __init__(self, template: str, *, detail: str = "", **parts: object) -> None:
        super().__init__(template, **parts)
        self.detail = detail

    @property
    def passes(self) -> bool:
        """Whether it may be otherwise a while later, with nothing changed by the user."""
        return isinstance(self, Unreachable | ServerFault | BadReply)


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
    """Refused.  ``kind``: "password", "missing" (none is known), "banned", "host", "proxy" or "session".

    ``final``: a password was refused, so asking again by itself would only send it again.
    """

    def __init__(
        self,
        template: str,
        *,
        kind: str,
        final: bool | None = None,
        detail: str = "",
        wait_s: float = 0.0,
        **parts: object,
    ) -> None:
        super().__init__(template, detail=detail, **parts)
        self.kind, self.wait_s = kind, wait_s
        self.final = kind == "password" if final is None else final

    def needs_the_user(self, *, worked: bool) -> bool:
        """Whether asking again is of no use; ``worked``: it went without a login before, so it may again."""
        return self.final or (self.kind == "missing" and not worked)

    @property
    def passes(self) -> bool:
        return not self.needs_the_user(worked=False)


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
    """The server, or a proxy before it, failed (5xx) or is asked too much (429)."""

    def __init__(self, template: str, *, detail: str = "", wait_s: float = 0.0, **parts: object) -> None:
        super().__init__(template, detail=detail, **parts)
        self.wait_s = wait_s


class BadReply(QbtError):
    """The answer is not what the Web API answers."""


class Redirected(BadReply):
    """The server is to be found elsewhere: ``address`` is as ``ServerConfig.url``.  Nothing was sent there."""

    def __init__(self, template: str, *, address: str, **parts: object) -> None:
        super().__init__(template, detail="", address=address, **parts)
        self.address = address


def forget_frames(error: Exception) -> None:
    """Let an error that is kept hold its sentence alone: its frames hold all that was being read when it came."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
