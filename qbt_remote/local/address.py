"""Reads a server's address as people type it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from qbt_remote.translatable import N

_HALF_A_SCHEME = re.compile(r"^(https?):[/\\]{1,2}(?![/\\])", re.IGNORECASE)
"""As in http:/nas, which has no host of the name http."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_OWN_PATH = re.compile(r"(?:/+api(?:/v2.*)?)?/*$", re.IGNORECASE)
_API = "/api/v2/"
_LONGEST = 2000
_NAME = re.compile(r"[^\s/?#@\\:\[\]<>\"{}|^`%]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's address; ``url`` has no slash at its end and no user in it."""

    url: str
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:  # the password never shows
        return f"Address(url={self.url!r}, username={self.username!r})"


def normalise(text: str) -> Address:
    """Read an address: adds http://, keeps a sub-path, takes the user out.

    Raises ValueError with a whole sentence, marked for translation, if it cannot be one; nothing of the text is in it.
    """
    text = text.strip()
    if not text:
        raise ValueError(N("Enter the address of the server, such as http://192.168.1.2:8080."))
    if any(ord(c) < 33 or ord(c) == 127 for c in text):
        raise ValueError(N("An address cannot contain spaces."))
    text = _HALF_A_SCHEME.sub(r"\1://", text)
    if not _SCHEME.match(text):
        text = "http://" + _bracketed(text.lstrip("/"))
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https"):
        raise ValueError(N("An address must begin with http:// or https://."))
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    login, _, hostport = authority.rpartition("@")
    try:
        host, port = _host_and_port(hostport)
    except ValueError:
        if "@" in text.partition("://")[2][len(authority) :]:  # "http://me:se/cret@host"
            raise ValueError(N("In an address, /, ? and # of a password are written as %2F, %3F and %23.")) from None
        raise
    default = {"http": 80, "https": 443}[scheme.lower()]
    shown_port = "" if port in (None, default) else f":{port}"
    path = _OWN_PATH.sub("", slash + path)
    user, password = map(unquote, login.partition(":")[::2])
    if any(ord(c) < 32 or ord(c) in (127, 0xFFFD) for c in user + password):  # U+FFFD: not UTF-8
        raise ValueError(N("The user name or password in the address cannot be read: it is not percent-encoded UTF-8."))
    return Address(f"{scheme.lower()}://{host}{shown_port}{path}", user, password)


def without_login(text: str) -> str:
    """Give what was typed for a server, an address or a name, as it may be shown: no login is in it."""
    try:
        return normalise(text).url if "@" in text else text
    except ValueError:
        return text.rpartition("@")[2]


def moved_to(base: str, location: str) -> str:
    """Give the address of a server that redirects a call of its Web API; "" if that does not tell one.

    It does where the call is led on with its path, or to the root of the same host; never from https to http.
    """
    try:
        own, target = urlsplit(base), urlsplit(urljoin(f"{base}{_API}", location[:_LONGEST]))
        path, found, _call = target.path.partition(_API)
        if not found:
            if target.path.strip("/") or target.hostname != own.hostname:
                return ""
            path = own.path
        url = normalise(f"{target.scheme}://{target.netloc.rpartition('@')[2]}{path}").url
    except ValueError:
        return ""
    return "" if url == base or (own.scheme == "https" and target.scheme != "https") else url


def other_host(old: str, new: str) -> str:
    """Give the host of the new address if it is not that of the old one, else ""."""
    host = urlsplit(new).hostname or ""
    return "" if host == urlsplit(old).hostname else host


def off_lan(url: str) -> bool:
    """Whether an address leads out of this machine and its own network, as far as the name tells."""
    host = (urlsplit(url).hostname or "").partition("%")[0].rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        local = (".local", ".lan", ".home", ".internal", ".localhost", ".home.arpa", ".fritz.box")
        return "." in host and not host.endswith(local)
    return not (address.is_private or address.is_loopback or address.is_link_local)


def _bracketed(text: str) -> str:
    """Put brackets round a bare IPv6 address."""
    head, slash, path = text.partition("/")
    login, at, host = head.rpartition("@")
    if host.count(":") < 2 or host.startswith("["):
        return text
    return f"{login}{at}[{host}]{slash}{path}"


def _host_and_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        inner, closed, rest = text[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError(N("Put an IPv6 address in brackets, such as [fe80::1]:8080."))
        return f"[{_ipv6(inner)}]", _port(rest[1:])
    if text.count(":") > 1:
        raise ValueError(N("Put an IPv6 address in brackets, such as [fe80::1]:8080."))
    host, _, port = text.partition(":")
    if not _NAME.fullmatch(host) or host.strip(".") == "":
        raise ValueError(N("The address has no host name."))
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(N("The address has no host name.")) from None
    return host.lower(), _port(port)


def _ipv6(text: str) -> str:
    address, percent, zone = text.replace("%25", "%", 1).partition("%")
    try:
        plain = ipaddress.IPv6Address(address).compressed
    except ValueError:
        raise ValueError(N("This is not an IPv6 address.")) from None
    return f"{plain}%{zone}" if percent and zone else plain


def _port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise ValueError(N("A port must be a number from 1 to 65535."))
    return int(text)
