"""Torrent files of a few bytes, and hashes, made up."""

from __future__ import annotations

from typing import Any

HEX40 = "0123456789abcdef0123456789abcdef01234567"
HEX64 = "0123456789abcdef" * 4


def bencode(value: Any) -> bytes:
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(k) + bencode(value[k]) for k in sorted(value)) + b"e"


def single(name: bytes = b"a file.iso", **more: Any) -> bytes:
    info: dict[bytes, Any] = {b"name": name, b"piece length": 16384, b"pieces": b"x" * 20, b"length": 100}
    info |= {k.encode(): v for k, v in more.items()}
    return bencode({b"announce": b"http://tracker.example/announce", b"info": info})
