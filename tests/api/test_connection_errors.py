"""What a failed connection is called."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from qbt_remote.api import tls
from qbt_remote.api.connection_errors import refused_certificate, unreachable
from qbt_remote.local.settings import ServerConfig


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout(""), "does not answer"),
        (httpx.ConnectError(""), "cannot be reached"),
        (httpx.ProxyError(""), "proxy set for"),
        (httpx.ProxyError("407 Proxy Authentication Required"), "asks for a login (status 407)"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "closed the connection before"),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body"), "closed the"),
        (httpx.RemoteProtocolError("illegal status line: bytearray(b'SSH-2.0-x')"), "does not speak HTTP"),
        (httpx.ReadError(""), "was lost"),
        (caused(httpx.ConnectError(""), socket.gaierror(-2, "Name or service not known")), "cannot be resolved"),
        (caused(httpx.ConnectError(""), ExceptionGroup("", [ConnectionRefusedError(111, "no")])), "nothing listens"),
        (caused(httpx.ConnectError(""), ssl.SSLError("")), "does not speak TLS"),
        (caused(httpx.ConnectError(""), ssl.SSLEOFError(8, "EOF")), "closed the connection before it was encrypted"),
    ],
)
def test_every_failure_has_its_sentence(error: Exception, words: str) -> None:
    assert words in str(unreachable(error, server="home", sent=False))


def test_the_words_of_the_system_are_kept() -> None:
    error = caused(httpx.ConnectError(""), OSError(101, "Network is unreachable"))

    assert unreachable(error, server="home", sent=False).detail == "Network is unreachable"


def test_errors_that_cause_each_other_are_looked_at_once() -> None:
    error = httpx.ConnectError("")
    caused(error, caused(OSError(1, "a"), error))

    assert refused_certificate(error) is None


def test_a_refused_certificate_that_cannot_be_looked_at_is_named_without_it() -> None:
    error = tls.untrusted(ServerConfig("home", "https://a"), "", ssl.SSLCertVerificationError("x"))

    assert "not trusted: it could not be verified." in str(error)
