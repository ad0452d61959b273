"""Says why a connection failed, in a sentence for people."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from qbt_remote.api.bodies import LOST
from qbt_remote.api.errors import Unreachable
from qbt_remote.api.refusals import WANTS_407
from qbt_remote.translatable import N

_CLOSED_BEFORE_TLS = N(
    "{server} closed the connection before it was encrypted: it may be starting or shutting down, or a proxy in front "
    "of it gave up. If it never answered at this address, check whether it is http or https."
)
# the first that fits, by type and by the name of the HTTP library's own errors
_BY_TYPE: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, N("The host name of {server} cannot be resolved: check the address and the network.")),
    (ssl.SSLEOFError, _CLOSED_BEFORE_TLS),
    (ssl.SSLZeroReturnError, _CLOSED_BEFORE_TLS),
    (ssl.SSLError, N("{server} does not speak TLS as expected: check whether it is http or https.")),
    (ConnectionRefusedError, N("{server} refuses the connection: nothing listens at this address and port.")),
)
_BY_NAME = {
    "ConnectTimeout": N("{server} does not answer: check that it is on, and the network."),
    "ProxyError": N("The proxy set for {server} refuses the connection: check its log."),
    "ConnectError": N("{server} cannot be reached: check that it is on, and the network."),
    "LocalProtocolError": N("A request to {server} cannot be sent: check its custom headers."),
}
_SETTINGS = {
    "InvalidURL": N("The address of {server} cannot be used."),
    "BadSettings": N("The proxy or certificate set for {server} cannot be used."),
}
_AFTER_SENDING = {"ReadError", "ReadTimeout", "WriteError", "WriteTimeout", "RemoteProtocolError", "CloseError"}
_CLOSED = N(
    "{server} closed the connection before its answer was complete: it may be starting or shutting down, or a proxy "
    "in front of it gave up."
)
_NOT_HTTP = N("What answers at {server} does not speak HTTP: check the address and port.")


def unreachable(error: Exception, *, server: str, sent: bool) -> Unreachable:
    """Turn a failed exchange into its error; when in doubt the request counts as sent."""
    causes = list(_causes(error))
    sent = sent or type(error).__name__ in _AFTER_SENDING
    detail = next((str(c.strerror) for c in causes if isinstance(c, OSError) and c.strerror), "")
    by_type = (template for kind, template in _BY_TYPE if any(isinstance(cause, kind) for cause in causes))
    name = type(error).__name__
    template = _SETTINGS.get(name) or next(by_type, _seen(error) or _BY_NAME.get(name, LOST))
    return Unreachable(template, sent=sent, server=server, detail=detail)


def _seen(error: Exception) -> str:
    """Give the sentence where the name of an error does not tell enough; "" if it does."""
    if type(error).__name__ == "RemoteProtocolError":
        return _CLOSED if any(word in str(error) for word in ("disconnected", "closed")) else _NOT_HTTP
    if type(error).__name__ == "ProxyError" and str(error).startswith("407"):
        return WANTS_407
    return ""


def refused_certificate(error: Exception) -> ssl.SSLCertVerificationError | None:
    """Give the refusal of a certificate that is behind an error, if there is one."""
    return next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error and everything behind it, groups included."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        cause = todo.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        todo += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            todo += cause.exceptions
