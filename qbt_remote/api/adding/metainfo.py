"""What a .torrent file says about its torrent: name, size and the ids a server may give it.

Files are read by libtorrent, the parser that the server itself uses, so what is taken here is what
the server will see: the hash is of the raw ``info`` bytes, whatever else the file holds twice.
Where libtorrent here refuses a file, the server's may not (5.3.0 takes what has 2,000 files of one name):
what is bencoded and has an ``info`` is left to the server, with the ``doubt`` that came up here.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from dataclasses import dataclass
from typing import Any

from qbt_remote.api.adding import bencode
from qbt_remote.api.adding.problem import Unusable
from qbt_remote.translatable import N

MOST_FILES = 200_000
"""Of more files only the number is told: a million of them take 0.9 GB once they are shown."""
LARGEST = 64 << 20  # a server takes no request body of 64 MiB or more (measured on 4.2.5 to 5.3.0)

# qBittorrent's own limits (base/preferences.cpp: depth 100, 10 million tokens) and libtorrent's for pieces;
# libtorrent 2.1 gives this argument a type that is not its own
_LIMITS: Any = {
    "max_buffer_size": LARGEST,
    "max_pieces": 0x200000,
    "max_decode_depth": 100,
    "max_decode_tokens": 10_000_000,
}


@dataclass(frozen=True, slots=True)
class Metainfo:
    """What a .torrent file holds.  ``hashes`` are all ids that a server may list it under, likeliest first."""

    name: str
    hashes: tuple[str, ...]
    size: int
    files: int
    trackers: tuple[str, ...]
    private: bool | None
    v2_only: bool = False
    """It has no v1 hash, so servers before 4.4 cannot take it."""
    doubt: str = ""
    """Why the parser here refuses it: then the hashes are all that is known, and the server decides."""


def read(data: bytes) -> Metainfo:
    """Read a .torrent file; raise Unusable if a server could not.

    The parser keeps the interpreter's lock: 1 MiB takes up to 20 ms, 64 MiB over a second (measured).
    """
    _refuse_at_sight(data)
    import libtorrent

    try:
        params = libtorrent.load_torrent_buffer(data, _LIMITS)
    except RuntimeError as e:
        reason = re.sub(r"\s*\[\w+:\d+\]$", "", str(e))
        found = _left_to_the_server(data, reason)
        if found is None:
            raise Unusable(N("This is not a usable torrent file: {reason}."), {"reason": reason}) from e
        return found
    info = params.ti
    if info is None or not info.is_valid():
        raise Unusable(N("This torrent file contains no files."))
    padding = info.total_size() - info.size_on_disk() if hasattr(info, "size_on_disk") else 0
    return Metainfo(
        name=info.name(),
        hashes=_ids(info.info_hashes()),
        size=info.total_size() - padding,
        files=_count(info) if padding else info.num_files(),
        trackers=_trackers(params),
        private=bool(info.priv()),
        v2_only=not info.info_hashes().has_v1(),
    )


@dataclass(frozen=True, slots=True)
class Inside:
    """All of a .torrent file that a person may want to see; ``created`` is an epoch, 0 where it is not told."""

    name: str
    size: int
    count: int
    """How many files it has, without padding: qBittorrent counts them in this order and leaves padding out as well."""
    paths: str
    """Of the files, with NUL between them; "" where there are more than ``MOST_FILES``.  As one text they come from
    another process in no time."""
    sizes: array[int]
    """In bytes, of the same files."""
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
    whole = [i for i in range(layout.num_files()) if not layout.file_flags(i) & layout.flag_pad_file]
    listed = whole if len(whole) <= MOST_FILES else []
    hashes = info.info_hashes()
    return Inside(
        name=info.name(),
        size=sum(map(layout.file_size, whole)),
        count=len(whole),
        paths="\0".join([layout.file_path(i).replace("\\", "/").replace("\0", "") for i in listed]),
        sizes=array("q", map(layout.file_size, listed)),
        v1=str(hashes.v1) if hashes.has_v1() else "",
        v2=str(hashes.v2) if hashes.has_v2() else "",
        trackers=_trackers(params),
        private=bool(info.priv()),
        comment=str(_told(params, info, "comment") or ""),
        created_by=str(_told(params, info, "created_by", "creator") or ""),
        created=int(_told(params, info, "creation_date") or 0),
    )


def _refuse_at_sight(data: bytes) -> None:
    if not data:
        raise Unusable(N("The file is empty."))
    if len(data) > LARGEST:
        raise Unusable(N("The file is larger than 64 MiB, more than a server takes."))
    if data.lstrip()[:1] == b"<":
        raise Unusable(N("This is a web page, not a torrent file."))
    if not data.startswith(b"d"):
        raise Unusable(N("This is not a torrent file."))


def _left_to_the_server(data: bytes, doubt: str) -> Metainfo | None:
    """Give what little is known of a file that the parser here refuses; None if no server could take it.

    What has no byte of content is no torrent, and ends 4.2.5 at once (libtorrent 1.2 divides by its size).
    """
    try:
        whole = bencode.slices(data)
        begin, end = whole[b"info"]
        info = bencode.slices(data, begin)
    except (KeyError, bencode.NotBencoded):
        return None
    name = bencode.value(data, info.get(b"name"))
    if not info or not bencode.lengths(data, begin, end):
        return None
    raw = data[begin:end]
    is_v2 = bencode.value(data, info.get(b"meta version")) == 2
    is_v1 = not is_v2 or b"pieces" in info
    tracker = bencode.value(data, whole.get(b"announce"))
    return Metainfo(
        name=name.decode(errors="replace") if isinstance(name, bytes) else "",
        hashes=(*[hashlib.sha256(raw).hexdigest()[:40]] * is_v2, *[hashlib.sha1(raw).hexdigest()] * is_v1),
        size=0,
        files=0,
        trackers=(tracker.decode(errors="replace"),) if isinstance(tracker, bytes) else (),
        private=None,
        v2_only=not is_v1,
        doubt=doubt,
    )


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
