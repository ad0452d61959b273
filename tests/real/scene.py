"""What servers are given in tests: content, .torrent files, tiny torrents by the thousand, a loopback tracker."""

from __future__ import annotations

import hashlib
import random
import socket
import struct
import threading
import urllib.parse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import libtorrent as lt

PIECE = 16 * 1024
KINDS = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}
CREATED = 1_700_000_000
ANNOUNCE_S = 60


@dataclass(frozen=True)
class Sample:
    """A torrent with its info-hashes in hex; "" where it has none of that kind."""

    name: str
    torrent: bytes
    v1: str
    v2: str = ""

    @property
    def hash(self) -> str:
        """What the server calls it from 4.4 on; up to 4.3 a hybrid goes by ``v1`` and a v2 one is refused."""
        return self.v2[:40] or self.v1

    @property
    def magnet(self) -> str:
        topic = f"urn:btih:{self.v1}" if self.v1 else f"urn:btmh:1220{self.v2}"
        return f"magnet:?xt={topic}&dn={urllib.parse.quote(self.name)}"


def make(
    folder: Path,
    name: str,
    files: Mapping[str, int],
    *,
    kind: str = "v1",
    trackers: Sequence[str] = (),
    web_seeds: Sequence[str] = (),
    comment: str = "",
    private: bool = False,
) -> Sample:
    """Write reproducible content of the given sizes below ``folder/name`` and describe it.

    One file named "" makes a torrent of a single file.  Each tracker gets a tier of its own.
    """
    for relative, size in files.items():
        path = folder / name / relative if relative else folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.Random(f"{name}/{relative}").randbytes(size))
    made = lt.create_torrent(lt.list_files(str(folder / name)), PIECE, KINDS[kind])
    for tier, tracker in enumerate(trackers):
        made.add_tracker(tracker, tier)
    for url in web_seeds:
        made.add_url_seed(url)
    if comment:
        made.set_comment(comment)
    made.set_priv(private)
    made.set_creator("tests")
    lt.set_piece_hashes(made, str(folder))
    entry = made.generate()
    entry[b"creation date"] = CREATED
    raw = lt.bencode(entry)
    hashes = lt.torrent_info(raw).info_hashes()
    return Sample(
        name=name,
        torrent=raw,
        v1=str(hashes.v1) if hashes.has_v1() else "",
        v2=str(hashes.v2) if hashes.has_v2() else "",
    )


def tiny(number: int, *, tracker: str = "", label: str = "tiny") -> Sample:
    """A valid torrent of one 16 KiB file that nobody has, of some 200 bytes; quick to make by the thousand."""
    name = f"{label} {number:05}.dat"
    info = b"d6:lengthi%de4:name%d:%s12:piece lengthi%de6:pieces20:%se" % (
        PIECE,
        len(name),
        name.encode(),
        PIECE,
        hashlib.sha1(name.encode()).digest(),
    )
    announce = b"8:announce%d:%s" % (len(tracker), tracker.encode()) if tracker else b""
    return Sample(name, b"d" + announce + b"4:info" + info + b"e", hashlib.sha1(info).hexdigest())


class Tracker:
    """An HTTP tracker on loopback: ``url`` accepts every torrent, ``failing_url`` refuses every one."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        """How often each torrent was announced, by its v1 info-hash in hex; also where it was refused."""
        self._swarms: dict[bytes, dict[tuple[str, int], bool]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                body = outer._answer(path, query, self.client_address[0])
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/announce"
        self.failing_url = f"http://127.0.0.1:{self._http.server_port}/refuse"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, path: str, query: str, address: str) -> bytes:
        fields = dict(urllib.parse.parse_qsl(query, encoding="latin-1", keep_blank_values=True))
        self.asked[fields.get("info_hash", "").encode("latin-1").hex()] += 1
        if path != "/announce":
            return b"d14:failure reason14:not registerede"
        swarm = self._swarms.setdefault(fields["info_hash"].encode("latin-1"), {})
        me = (address, int(fields["port"]))
        swarm[me] = fields["left"] == "0"
        if fields.get("event") == "stopped":
            del swarm[me]
        others = b"".join(
            socket.inet_aton(host) + struct.pack(">H", port) for host, port in swarm if (host, port) != me
        )
        seeds = sum(swarm.values())
        return b"d8:completei%de10:incompletei%de8:intervali%de12:min intervali5e5:peers%d:%se" % (
            seeds,
            len(swarm) - seeds,
            ANNOUNCE_S,
            len(others),
            others,
        )
