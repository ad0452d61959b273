"""What a link says about its torrent, read as the servers read it.

Links are magnets, http and https addresses and bare info-hashes; every other scheme is refused,
because a server follows ``file:`` links on its own disk (4.5.2 answers such an add with 200).

How the four servers read a magnet was found out by trying, and tests/real/test_magnets.py tries it again: of
several topics of one kind the last counts (``xt``, ``xt.1`` and so on alike), one topic that is no hash spoils
the whole link, topics of other networks do not count, and of several names the last one counts.  What they refuse only
for its spelling (``MAGNET:``, ``XT=``, ``urn:BTIH:``, a space) is spelt here as all of them understand it.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus, urlsplit

from qbt_remote.api.adding.problem import NEITHER, Unusable
from qbt_remote.translatable import N

LONGEST_LINK = 64 << 10
MOST_FIELDS = 2000

_NUMBERS = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)(?:\.(?:0[xX][0-9a-fA-F]*|[0-9]+)){0,3}")
_HEX40 = re.compile(r"[0-9a-fA-F]{40}")
_HEX64 = re.compile(r"[0-9a-fA-F]{64}")
_BASE32 = re.compile(r"[a-zA-Z2-7]{32}")
_BASE32_OF_SERVERS = re.compile(r"[a-zA-Z1-7]{32}")
"""In a magnet libtorrent takes a 1 for an I."""
_TOPIC = re.compile(r"urn:(btih|btmh):(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"\.\d*$")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_HASH = N("The magnet link has no info-hash.")
_BAD_TOPIC = N("“{topic}” in the magnet link is not an info-hash, and servers refuse it.")
_ZEROS = N("An info-hash of all zeros is not a torrent.")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a server can add.  ``hashes`` is empty for http; ``name`` is what to call it."""

    url: str
    hashes: tuple[str, ...]
    """All ids that a server may list it under, likeliest first."""
    name: str
    trackers: tuple[str, ...] = ()
    inner_hosts: tuple[str, ...] = ()
    """Loopback, private and link-local addresses that a magnet would make the server talk to."""
    v2_only: bool = False
    """It has no v1 hash, so servers before 4.4 cannot take it."""


def parse_link(text: str) -> Link | None:
    """Give the link that this text is, or None."""
    try:
        return read_link(text)
    except Unusable:
        return None


def read_link(text: str) -> Link:
    """Read a magnet, an http or https address, or a bare info-hash; raises Unusable with the reason."""
    text = text.strip()
    if not text:
        raise Unusable(NEITHER)
    if len(text) > LONGEST_LINK:
        raise Unusable(N("The link is longer than {n} KiB."), {"n": LONGEST_LINK >> 10})
    if _UNPRINTABLE.search(text):
        raise Unusable(N("It contains a character that is not allowed in a link."))
    if _HEX40.fullmatch(text) or _BASE32.fullmatch(text):
        return _magnet(f"xt=urn:btih:{text}")
    if _HEX64.fullmatch(text):
        return _magnet(f"xt=urn:btmh:1220{text}")
    scheme, colon, rest = text.partition(":")
    scheme, rest = scheme.lower(), re.sub(r"\s", "%20", rest)
    if scheme == "magnet" and rest.startswith("?"):
        return _magnet(rest[1:])
    if scheme in ("http", "https"):
        return _web(f"{scheme}{colon}{rest}")
    raise Unusable(NEITHER)


def inner_host(address: str) -> str:
    """Give the host of a URL or ``host:port``, if it is written as an address that is not on the open internet."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
        inner = _is_this_computer(host) or not _ip_address(host).is_global
    except ValueError:
        return ""
    return host if inner else ""


def _is_this_computer(host: str) -> bool:
    name = host.rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address as whoever connects to it does; raises ValueError if it is a name.

    inet_aton(3) takes one number, or less than four, and octal and hexadecimal ones: 3232235777 and 0xc0.0xa8.257 are
    192.168.1.1.  An IPv6 address may hold one of IPv4.
    """
    host = unicodedata.normalize("NFKC", host).rstrip(".")
    if ":" in host:
        found = ipaddress.IPv6Address(host)
        return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else found)
    if not _NUMBERS.fullmatch(host):
        raise ValueError(host)
    *first, last = (_number(part) for part in host.split("."))
    value = last
    if last >= 256 ** (4 - len(first)) or any(part > 255 for part in first):
        raise ValueError(host)
    for place, part in enumerate(first):
        value |= part << 8 * (3 - place)
    return ipaddress.IPv4Address(value)


def _number(text: str) -> int:
    if text.lower().startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8) if text.startswith("0") and len(text) > 1 else int(text)


class _Magnet:
    """What the fields of a magnet have said so far."""

    def __init__(self) -> None:
        self.v1 = self.v2 = self.name = ""
        self.inner: list[str] = []
        self.trackers: list[str] = []

    def take(self, raw: str) -> str:
        """Take one field and give it as it is to be sent."""
        raw_key, equals, raw_value = raw.partition("=")
        key, value = unquote_plus(raw_key).lower(), unquote_plus(raw_value)
        kind = _NUMBER.sub("", key)
        if kind in ("xt", "dn", "tr", "ws") and raw_key != key:
            raw = f"{key}{equals}{raw_value}"  # 4.2.5 knows only small letters
        if kind == "xt" and (topic := self._topic(value.strip())):
            return raw if topic == value else f"{key}={topic}"
        if kind == "dn":
            self.name = value.strip() or self.name
        if kind == "tr" and value.strip():
            self.trackers.append(value.strip())
        if (kind in ("tr", "ws", "xs", "as") or key == "x.pe") and (host := inner_host(value)):
            self.inner.append(host)
        return raw

    def _topic(self, topic: str) -> str:
        """Take a topic of BitTorrent and give it as servers spell it; "" for one of another network."""
        match = _TOPIC.fullmatch(topic)
        if match is None:
            return ""
        kind, value = match[1].lower(), match[2]
        if kind == "btih":
            self.v1 = _v1(value) or _refuse(_BAD_TOPIC, topic)
        else:
            self.v2 = _v2(value) or _refuse(_BAD_TOPIC, topic)
        return f"urn:{kind}:{value}"


def _magnet(query: str) -> Link:
    fields = [raw for raw in query.split("&") if raw.find("=") > 0]  # servers stop at one without a value
    if len(fields) > MOST_FIELDS:
        raise Unusable(N("The magnet link has more than {n} fields."), {"n": MOST_FIELDS})
    found = _Magnet()
    url = "magnet:?" + "&".join([found.take(raw) for raw in fields])
    ids = tuple(i for i in (found.v2[:40], found.v1) if i)
    if not ids:
        raise Unusable(_NO_HASH)
    if any(not i.strip("0") for i in ids):
        raise Unusable(_ZEROS)  # from 4.4 on they answer that it was added, and it never is there
    return Link(
        url,
        ids,
        found.name or found.v1 or found.v2,
        tuple(dict.fromkeys(found.trackers)),
        tuple(dict.fromkeys(found.inner)),
        v2_only=not found.v1,
    )


def _refuse(template: str, topic: str) -> str:
    raise Unusable(template, {"topic": topic if len(topic) <= 100 else f"{topic[:100]}…"})


def _v1(value: str) -> str:
    """The v1 hash in hex, which comes in hex or base32; "" if it is none."""
    if _HEX40.fullmatch(value):
        return value.lower()
    if not _BASE32_OF_SERVERS.fullmatch(value):
        return ""
    return base64.b32decode(value.upper().replace("1", "I")).hex()


def _v2(value: str) -> str:
    """The v2 hash, which comes as a multihash (12 = SHA-256, 20 = 32 bytes); "" if it is none."""
    return value[4:].lower() if value.startswith("1220") and _HEX64.fullmatch(value[4:]) else ""


def _web(url: str) -> Link:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = ""
    if not host:
        raise Unusable(N("This is not a complete address."))
    return Link(url, (), unquote(parts.path.rstrip("/").rpartition("/")[2]) or host)
