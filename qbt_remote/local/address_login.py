"""Takes a login out of the address of a server or proxy that somebody wrote into a file of ours."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_PASSWORD = re.compile(rb'(:(?:\\?/){2}[^\s"/?#@:]*):[^\s"/]*@')


class Login(NamedTuple):
    """What stood in the addresses of one server."""

    user: str = ""
    password: str = ""
    proxy_password: str = ""


def taken_out(url: str) -> tuple[str, str, str]:
    """Give a URL without its login, the user name and the password; raises ValueError for what is none."""
    parts = urlsplit(url)
    login, _at, host = parts.netloc.rpartition("@")
    user, _colon, password = login.partition(":")
    return urlunsplit(parts._replace(netloc=host)), unquote(user), unquote(password)


def without_password(url: str) -> str:
    """Take the password, not the user, out of a URL; a text that is no URL gives ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}"))


def with_password(url: str, password: str) -> str:
    """Put a password beside the user name in a URL; without a user name there is no place for it."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not (at and password):
        return url
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}"))


def no_passwords(file: bytes) -> bytes:
    """Take the passwords out of all addresses in a file, whatever else it holds."""
    return _PASSWORD.sub(rb"\1@", file)
