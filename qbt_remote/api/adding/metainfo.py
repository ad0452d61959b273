"""What a .torrent file or a link says about its torrent: name, size and the ids a server may give it.

Files are read by libtorrent, the parser that the server itself uses, so what is taken here is what
the server will see: the hash is of the raw ``info`` bytes, whatever else the file holds twice.
Links are magnets, http and https addresses and bare info-hashes; every other scheme is refused,
because a server follows ``file:`` links on its own disk (4.5.2 answers such an add with 200).
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from qbt_remote.translatable import N

LARGEST = 64 << 20  # a server takes no request body of 64 MiB or more (measured on 4.2.5 to 5.3.0)
LONGEST_LINK = 64 << 10

# qBittorrent's own limits (base/preferences.cpp: depth 100, 10 million tokens) and libtorrent's for pieces;
# libtorrent 2.1 gives this argument a type that is not its own
_LIMITS: Any = {
    "max_buffer_size": LARGEST,
    "max_pieces": 0x200000,
    "max_decode_depth": 100,
    "max_decode_tokens": 10_000_000,
}

_HEX40 = re.compile(r"[0-9a-fA-F]{40}")
_HEX64 = re.compile(r"[0-9a-fA-F]{64}")
_BASE32 = re.compile(r"[a-zA-Z2-7]{32}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class BadTorrent(ValueError):
    """These bytes are no torrent.  ``template.format(**parts)`` is a sentence that says why."""

    def __init__(self, template: str, parts: dict[str, object] | None = None) -> None:
        super().__init__(template, parts or {})
        self.template = template
        self.parts = parts or {}

    def __str__(self) -> str:
        return self.template.format(**self.parts)


@dataclass(frozen=True, slots=True)
class Metainfo:
    """What a .torrent file holds.  ``hashes`` are all ids that a server may list it under, likeliest first."""

    name: str
    hashes: tuple[str, ...]
    size: int
    files: int
    trackers: tuple[str, ...]
    private: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a server can add.  ``hashes`` is empty for http; ``name`` is what to call it."""

    url: str
    hashes: tuple[str, ...]
    name: str
    trackers: tuple[str, ...] = ()
    inner_hosts: tuple[str, ...] = ()
    """Loopback, private and link-local addresses that a magnet would make the server talk to."""


def read(data: bytes) -> Metainfo:
    """Read a .torrent file; raise BadTorrent if a server could not.

    The parser keeps the interpreter's lock: 1 MiB takes up to 20 ms, 64 MiB over a second (measured).
    """
    _refuse_at_sight(data)
    import libtorrent

    try:
        params = libtorrent.load_torrent_buffer(data, _LIMITS)
    except RuntimeError as e:
        reason = re.sub(r"\s*\[\w+:\d+\]$", "", str(e))
        raise BadTorrent(N("This is not a usable torrent file: {reason}."), {"reason": reason}) from e
    info = params.ti
    if info is None or not info.is_valid():
        raise BadTorrent(N("This torrent file holds no files."))
    padding = info.total_size() - info.size_on_disk() if hasattr(info, "size_on_disk") else 0
    return Metainfo(
        name=info.name(),
        hashes=_ids(info.info_hashes()),
        size=info.total_size() - padding,
        files=_count(info) if padding else info.num_files(),
        trackers=_trackers(params),
        private=bool(info.priv()),
    )


@dataclass(frozen=True, slots=True)
class Inside:
    """All of a .torrent file that a person may want to see; ``created`` is an epoch, 0 where it is not told."""

    name: str
    files: tuple[tuple[str, int], ...]
    """Path and bytes, without padding: qBittorrent counts files in this order and leaves padding out as well."""
    v1: str
    v2: str
    trackers: tuple[str, ...]
    private: bool
    comment: str
    created_by: str
    created: int


def inside(data: bytes) -> Inside:
    """Read a .torrent file that ``read`` accepts."""
    import libtorrent

    params = libtorrent.load_torrent_buffer(data, _LIMITS)
    info: Any = params.ti
    layout = info.layout() if hasattr(info, "layout") else info.files()  # libtorrent 2.1 deprecates files()
    whole = (i for i in range(layout.num_files()) if not layout.file_flags(i) & layout.flag_pad_file)
    hashes = info.info_hashes()
    return Inside(
        name=info.name(),
        files=tuple((layout.file_path(i).replace("\\", "/"), layout.file_size(i)) for i in whole),
        v1=str(hashes.v1) if hashes.has_v1() else "",
        v2=str(hashes.v2) if hashes.has_v2() else "",
        trackers=_trackers(params),
        private=bool(info.priv()),
        comment=str(_told(params, info, "comment") or ""),
        created_by=str(_told(params, info, "created_by", "creator") or ""),
        created=int(_told(params, info, "creation_date") or 0),
    )


def parse_link(text: str) -> Link | None:
    """Give the link that this text is: a magnet, an http or https address, or a bare info-hash."""
    text = text.strip()
    if not text or len(text) > LONGEST_LINK or _UNPRINTABLE.search(text):
        return None
    if _HEX40.fullmatch(text) or _BASE32.fullmatch(text):
        return _magnet(f"magnet:?xt=urn:btih:{text}")
    if _HEX64.fullmatch(text):
        return _magnet(f"magnet:?xt=urn:btmh:1220{text}")
    scheme, colon, rest = text.partition(":")
    if not colon:
        return None
    url = scheme.lower() + ":" + re.sub(r"\s", "%20", rest)
    if url.startswith("magnet:?"):
        return _magnet(url)
    return _web(url) if url.startswith(("http://", "https://")) else None


def _refuse_at_sight(data: bytes) -> None:
    if not data:
        raise BadTorrent(N("The file is empty."))
    if len(data) > LARGEST:
        raise BadTorrent(N("The file is larger than 64 MiB, more than a server takes."))
    if data.lstrip()[:1] == b"<":
        raise BadTorrent(N("This is a web page, not a torrent file."))
    if not data.startswith(b"d"):
        raise BadTorrent(N("This is not a torrent file."))


def _trackers(params: Any) -> tuple[str, ...]:
    """The announce addresses; none if one is not UTF-8, since libtorrent then gives none (a server does not mind)."""
    try:
        return tuple(params.trackers)
    except UnicodeDecodeError:
        return ()


def _told(params: Any, info: Any, *names: str) -> Any:
    """Give what stands beside the info dictionary, which libtorrent 2.1 has moved; None if it is not readable."""
    for holder in (params, info):
        for name in names:
            try:
                value = getattr(holder, name)
                if value := value() if callable(value) else value:
                    return value
            except (AttributeError, UnicodeDecodeError):
                continue
    return None


def _ids(hashes: Any) -> tuple[str, ...]:
    """All ids of libtorrent's ``info_hash_t``: a hybrid is listed by its v2 hash, before 4.4 by v1."""
    found = [str(hashes.v2)[:40]] if hashes.has_v2() else []
    if hashes.has_v1():
        found.append(str(hashes.v1))
    return tuple(found)


def _count(info: Any) -> int:
    """The number of files without the padding between them."""
    layout = info.layout() if hasattr(info, "layout") else info.files()  # libtorrent 2.1 deprecates files()
    return sum(not layout.file_flags(i) & layout.flag_pad_file for i in range(layout.num_files()))


def _magnet(url: str) -> Link | None:
    v1, v2, name, inner, trackers = "", "", "", [], []
    try:
        fields = parse_qsl(url.partition("?")[2], max_num_fields=2000)
    except ValueError:
        return None
    for key, value in fields:
        kind = key.partition(".")[0].lower()
        if kind == "xt":
            v1 = v1 or _btih(value)
            v2 = v2 or _btmh(value)
        elif kind == "dn":
            name = name or value
        if kind == "tr" and value.strip():
            trackers.append(value.strip())
        if (kind in ("tr", "ws", "xs", "as") or key.lower() == "x.pe") and (host := inner_host(value)):
            inner.append(host)
    ids = tuple(i for i in (v2[:40], v1) if i)
    if not ids:
        return None
    return Link(url, ids, name.strip() or v1 or v2, tuple(dict.fromkeys(trackers)), tuple(dict.fromkeys(inner)))


def _btih(topic: str) -> str:
    """The v1 hash in hex of ``urn:btih:…``, which comes in hex or base32; "" if it is none."""
    value = _after(topic, "urn:btih:")
    if _HEX40.fullmatch(value):
        return value.lower()
    if not _BASE32.fullmatch(value):
        return ""
    try:
        return base64.b32decode(value.upper()).hex()
    except binascii.Error:
        return ""


def _btmh(topic: str) -> str:
    """The v2 hash of ``urn:btmh:1220…`` (a multihash: 12 = SHA-256, 20 = 32 bytes); "" if it is none."""
    value = _after(topic, "urn:btmh:1220")
    return value.lower() if _HEX64.fullmatch(value) else ""


def _after(text: str, start: str) -> str:
    return text[len(start) :] if text.lower().startswith(start) else ""


def inner_host(address: str) -> str:
    """Give the host of a URL or ``host:port``, if it is written as an address that is not on the open internet."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
        inner = host == "localhost" or not ipaddress.ip_address(host).is_global
    except ValueError:
        return ""
    return host if inner else ""


def _web(url: str) -> Link | None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    return Link(url, (), unquote(parts.path.rstrip("/").rpartition("/")[2]) or host)
