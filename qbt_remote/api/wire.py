"""What goes over the wire: forms, uploads, cookies, compressed and JSON bodies.  No network here."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from qbt_remote.api.errors import EMPTY, UNREADABLE, BadReply
from qbt_remote.api.json import tolerant_json
from qbt_remote.api.json.in_pieces import decoding
from qbt_remote.translatable import N

Json = Any
Files = Sequence[tuple[str, bytes]]

LARGEST_WIRE = 64 * 2**20
LARGEST_BODY = 256 * 2**20
LARGEST_JSON = 64 * 2**20
_MOST_PARTS = 2_000_000
"""Objects and lists in what is decoded as one: each takes 64 bytes at least, and may be sent in three."""
_STEP, _COUNTED = 256 * 2**10, 2**20
_COOKIES, _COOKIE_BYTES = 64, 64 * 2**10

NOT_QBITTORRENT = N("What answers at {server} is not the Web API of qBittorrent: check the address, port and path.")
WEB_PAGE = N(
    "A web page came instead of an answer from {server}. If this network or a proxy asks for a sign-in, do that in a "
    "web browser; otherwise check the address, port and path."
)
CUT = N("The answer of {server} was cut short.")
_SHAPES = {"object": dict, "list": list, "int": int}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole, short answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace").lstrip("\ufeff").strip()

    @property
    def html(self) -> bool:
        return is_html(self.headers, self.body)


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a body is a web page, as proxies and other programs answer; JSON that is called one is none."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"<" or ("html" in headers.get("content-type", "").lower() and start not in (b"{", b"["))


def form_body(form: Mapping[str, str]) -> bytes:
    """Write a form.  Spaces are %20: 4.1.0 to 4.1.5 never read "+" as a space (requestparser.cpp)."""
    return urlencode(form, quote_via=quote, safe="", errors="replace").encode("ascii")


def upload_body(form: Mapping[str, str], files: Files) -> tuple[str, list[bytes]]:
    """Write a form with files; gives its content type, and its body in parts.

    Parts are named 0.torrent, 1.torrent...: the server keys them by name, and reads neither ";" nor
    ``filename*=`` (webapplication.cpp).
    """
    boundary = "qbt-remote-" + secrets.token_hex(16)
    parts: list[bytes] = []
    for name, text in form.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode("ascii"))
        parts.append(text.encode("utf-8", "replace") + b"\r\n")
    for number, (name, data) in enumerate(files):
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{number}.torrent"\r\n'
        parts += [head.encode("ascii") + b"Content-Type: application/x-bittorrent\r\n\r\n", data, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode("ascii"))
    return f"multipart/form-data; boundary={boundary}", parts


def patience(form: Mapping[str, Any], files: Files) -> float:
    """Give a command's deadline: 4.2.5 needs 20 ms for each torrent that it deletes."""
    torrents = sum(len(value) for value in form.values() if isinstance(value, list | tuple | set | frozenset))
    upload = sum(len(data) for _name, data in files)
    return 30 + 0.05 * torrents + upload / 65536


class Cookies:
    """The cookies of one server, by whatever name, byte for byte.

    Expires and Secure are ignored: the server's clock may be wrong, and from 5.2 on Expires follows it.
    """

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def take(self, set_cookies: Iterable[str]) -> None:
        """Keep what ``Set-Cookie`` lines bring; an empty value removes the cookie."""
        for line in set_cookies:
            name, equals, value = line.split(";", 1)[0].strip().partition("=")
            if not equals or not name:
                continue
            self._values.pop(name, None)
            size = sum(len(n) + len(v) for n, v in self._values.items()) + len(name) + len(value)
            if value and len(self._values) < _COOKIES and size <= _COOKIE_BYTES:
                self._values[name] = value

    def clear(self) -> None:
        self._values.clear()

    def header(self, *, before: str = "") -> str:
        """Give the ``Cookie`` line, after the cookies in ``before``; "" if there are none."""
        own = [f"{name}={value}" for name, value in self._values.items()]
        return "; ".join(filter(None, [before, *own]))


class Inflater:
    """Unpacks a body in steps of 256 KiB and stops where it grows beyond all measure."""

    def __init__(self, server: str, encoding: str) -> None:
        self._server = server
        self._wire = self._inflated = 0
        self._zlib: zlib._Decompress | None = None
        name = encoding.strip().lower()
        if name in ("gzip", "x-gzip", "deflate"):
            self._zlib = zlib.decompressobj(wbits=47 if "gzip" in name else 15)
        elif name not in ("", "identity"):
            raise BadReply(N("{server} answers in an encoding that was not asked for."), server=server, detail=name)

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """Give what a piece of the body unpacks to; raises BadReply."""
        self._wire += len(raw)
        if self._wire > LARGEST_WIRE and self._zlib is not None:
            raise too_large(self._server)
        if self._zlib is None:
            yield self._counted(raw)
            return
        rest = raw
        while rest:
            try:
                piece = self._zlib.decompress(rest, _STEP)
            except zlib.error as error:
                raise BadReply(
                    N("The answer of {server} cannot be unpacked."), server=self._server, detail=str(error)
                ) from None
            rest = self._zlib.unconsumed_tail
            if piece:
                yield self._counted(piece)
            if self._zlib.eof:
                return

    def finish(self) -> None:
        """Raise BadReply if the packed body ended too early."""
        if self._zlib is not None and self._wire and not self._zlib.eof:
            raise BadReply(CUT, server=self._server)

    def _counted(self, piece: bytes) -> bytes:
        self._inflated += len(piece)
        if self._inflated > LARGEST_BODY:
            raise too_large(self._server)
        return piece


def too_large(server: str) -> BadReply:
    """Make the error for an answer beyond all measure."""
    return BadReply(N("The answer of {server} is too large."), server=server)


def read_text(body: bytes, headers: Mapping[str, str], *, server: str) -> str:
    """Decode text; raises BadReply on a web page."""
    if is_html(headers, body):
        raise BadReply(WEB_PAGE, server=server)
    return body.decode("utf-8", "replace").lstrip("\ufeff")


def reading_json(
    body: bytes, headers: Mapping[str, str], *, server: str, shape: str = "json"
) -> Generator[bool, None, Json]:
    """Decode JSON, tolerantly, in steps; raises BadReply.

    ``shape`` is the call's reply: of an "object", a "list" and an "int" another value is refused.
    """
    if is_html(headers, body):
        raise BadReply(WEB_PAGE, server=server)
    if not body.strip():
        raise BadReply(EMPTY, server=server)
    parts = 0
    for start in range(0, len(body) if len(body) > _MOST_PARTS else 0, _COUNTED):
        parts += body.count(b"{", start, start + _COUNTED) + body.count(b"[", start, start + _COUNTED)
        yield False
    if parts > _MOST_PARTS:
        raise too_large(server)
    try:
        value = yield from decoding(body)
    except tolerant_json.NotJson as error:
        begun = body.lstrip()[:1] in (b"{", b"[") and not isinstance(error, tolerant_json.TooDeep)
        raise BadReply(CUT if begun else NOT_QBITTORRENT, server=server, detail=str(error)[:200]) from None
    if not isinstance(value, _SHAPES.get(shape, object)):
        raise BadReply(UNREADABLE, server=server)
    return value
