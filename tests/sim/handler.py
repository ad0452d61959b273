"""The Web API of a world: login, sessions, the sync calls and the commands, as that release answers.

Requests and replies are plain values, so that the same handler serves a transport in the process
(``tests.sim.transport``) and a socket (``tests.sim.server``).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tests.api.scripted import POLICY
from tests.sim import commands, dialect, disk, program
from tests.sim.metadata import Cache, Metadata, of_file
from tests.sim.protocol import Sync, sync_for
from tests.sim.world import World

Json = Any
_OLD_NAMES = {"torrents/pause": "torrents/stop", "torrents/resume": "torrents/start"}
_TEXTS = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    415: "Unsupported Media Type",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def endpoint(self) -> str:
        """ "torrents/stop"; "" for what is outside the Web API."""
        return urlsplit(self.target).path.partition("/api/v2/")[2]


@dataclass(slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Handler:
    """Answers requests.  ``log`` keeps what came in: endpoint and decoded form.

    ``lets_in``: nobody has to log in, as with "bypass authentication for clients on localhost".
    """

    def __init__(
        self, world: World, *, username: str = "admin", password: str = "secret", lets_in: bool = False
    ) -> None:
        self.world = world
        self.username, self.password, self.lets_in = username, password, lets_in
        self.log: list[tuple[str, dict[str, str]]] = []
        self._sessions: dict[str, Sync] = {}
        self._wrong = 0
        self._fetched = Cache(world)
        self._reads: dict[str, Callable[[commands.Form], Json]] = {
            "app/version": lambda form: f"v{world.release}",
            "app/webapiVersion": lambda form: ".".join(map(str, world.api)),
            "app/preferences": lambda form: world.preferences,
            "app/defaultSavePath": lambda form: world.preferences["save_path"],
            "torrents/info": self._info,
            "torrents/files": self._files,
            "torrents/properties": lambda form: self._properties(form),
            "app/cookies": lambda form: world.cookies if world.api >= (2, 11, 3) else 404,
            "torrents/webseeds": lambda form: [],
            "torrents/trackers": self._trackers,
            "torrents/count": lambda form: str(len(world.torrents)),
            "torrents/downloadLimit": lambda form: self._limits(form, "dl_limit"),
            "torrents/uploadLimit": lambda form: self._limits(form, "up_limit"),
            "torrents/categories": lambda form: world.categories,
            "torrents/tags": lambda form: list(world.tags),
            "transfer/info": lambda form: world.server,
            "transfer/speedLimitsMode": lambda form: "1" if world.server["use_alt_speed_limits"] else "0",
            "transfer/downloadLimit": lambda form: str(world.server["dl_rate_limit"]),
            "transfer/uploadLimit": lambda form: str(world.server["up_rate_limit"]),
        }

    @property
    def polls(self) -> list[str]:
        """The rid of every sync/maindata that came in."""
        return [form.get("rid", "") for endpoint, form in self.log if endpoint == "sync/maindata"]

    def calls(self, endpoint: str) -> list[dict[str, str]]:
        """Give the forms of all calls of one endpoint, by the name that was sent."""
        return [form for name, form in self.log if name == endpoint]

    def restart(self) -> None:
        """Forget all sessions, as a server that was started again has."""
        self._sessions.clear()

    def answer(self, request: Request) -> Reply:
        form, files = _form(request)
        self.log.append((request.endpoint, form))
        session = self._session(request)
        if request.endpoint == "auth/login":
            return self._login(form)
        if "/" not in request.endpoint:
            return Reply(404, b"Not Found")
        if session is None and not self.lets_in:
            return Reply(403, b"Forbidden", {"content-security-policy": POLICY})
        cookie = {} if session else self._new_session()
        reply = self._inside(request, form, files, session or next(reversed(self._sessions.values())))
        reply.headers |= cookie
        packed = "content-encoding" in reply.headers
        if "gzip" in request.headers.get("accept-encoding", "") and len(reply.body) > 1024 and not packed:
            pack(reply)
        return reply

    # sessions

    def _cookie(self) -> str:
        return "QBT_SID_8080" if self.world.api >= (2, 14, 0) else "SID"

    def _session(self, request: Request) -> Sync | None:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(self._cookie())
        return self._sessions.get(cookie.value) if cookie else None

    def _login(self, form: dict[str, str]) -> Reply:
        modern = self.world.api >= (2, 14, 0)
        if self._wrong >= 5:
            text = b"Your IP address has been banned after too many failed authentication attempts."
            return Reply(403, text, {"content-security-policy": POLICY})
        if (form.get("username"), form.get("password")) != (self.username, self.password):
            self._wrong += 1
            return Reply(401, b"Unauthorized") if modern else Reply(200, b"Fails.")
        self._wrong = 0
        cookie = self._new_session()
        return Reply(204, b"", cookie) if modern else Reply(200, b"Ok.", cookie)

    def _new_session(self) -> dict[str, str]:
        """Begin a session and give the header that tells of it."""
        sid = secrets.token_hex(16)
        self._sessions[sid] = sync_for(self.world)
        return {"set-cookie": f"{self._cookie()}={sid}; HttpOnly; SameSite=Strict; path=/"}

    # calls

    def _inside(self, request: Request, form: dict[str, str], files: list[bytes], session: Sync) -> Reply:
        name = request.endpoint
        if name not in dialect.calls(self.world.release, self.world.api):
            return Reply(404, b"Not Found")
        if name == "sync/maindata":
            rid = form.get("rid", "0")
            return self.maindata(session, int(rid) if rid.isdigit() else 0)
        if name == "auth/logout":
            self._sessions = {sid: sync for sid, sync in self._sessions.items() if sync is not session}
            return Reply(200)
        if name == "torrents/add":
            return self._add(form, files)
        if name == "torrents/saveMetadata" and self.world.api >= (2, 11, 9):
            status, data = self._fetched.save(form)
            return Reply(status, data or _TEXTS[status].encode(), {"content-type": "application/x-bittorrent"})
        if name in ("torrents/fetchMetadata", "torrents/parseMetadata") and self.world.api >= (2, 11, 9):
            status, value = self._fetched.parse(files) if files else self._fetched.fetch(form)
            return _read(status) if value is None else _json(value, status)
        if name == "torrents/export" and self.world.api >= (2, 8, 11):
            known = self.world.torrents.get(form.get("hash", ""))
            return Reply(200, b"d4:infode" + form["hash"].encode()) if known else Reply(404, b"Not Found")
        if name in self._reads:
            return _read(self._reads[name](form))
        if name in program.READS and program.knows(self.world, name):
            return _read(program.READS[name](self.world, form))
        if name in disk.LOOKS:
            return _read(disk.look(self.world, name, form))
        command = self._command(name)
        if command is None:
            return Reply(404, b"Not Found")
        if request.method != "POST":
            return Reply(405, b"Method Not Allowed")
        result = command(self.world, form)
        return Reply(result, _TEXTS[result].encode()) if isinstance(result, int) else Reply(200, result.encode())

    def maindata(self, session: Sync, rid: int) -> Reply:
        return _json(session.answer(rid))

    def _command(self, name: str) -> commands.Command | None:
        """Find a command by the name that it has in this release."""
        if program.knows(self.world, name):
            return program.COMMANDS[name]
        old = self.world.api < (2, 11, 0)
        if old and name in _OLD_NAMES:
            return commands.COMMANDS[_OLD_NAMES[name]]
        return None if old and name in _OLD_NAMES.values() else commands.COMMANDS.get(name)

    def _info(self, form: dict[str, str]) -> Json:
        wanted = form.get("hashes")
        hashes = self.world.torrents if wanted is None else wanted.split("|")
        return [{"hash": h, **self.world.torrents[h]} for h in hashes if h in self.world.torrents]

    def _files(self, form: dict[str, str]) -> Json:
        """Until 4.3 the normal priority has libtorrent's number, 4."""
        rows = self.world.files.get(form.get("hash", ""), [])
        if self.world.api >= (2, 8, 4):
            return rows
        return [row | {"priority": 4} if row["priority"] == 1 else row for row in rows]

    def _limits(self, form: commands.Form, field: str) -> Json:
        return {row["hash"]: row[field] for row in self._info(form)}

    def _trackers(self, form: commands.Form) -> Json:
        """Three sources that are no trackers come first."""
        wanted = form.get("hash", "")
        own = [url for url, hashes in self.world.trackers.items() if wanted in hashes]
        urls = ["** [DHT] **", "** [PeX] **", "** [LSD] **", *own]
        return [{"url": url, "tier": tier, "status": 2, "msg": ""} for tier, url in enumerate(urls, -3)]

    def _properties(self, form: commands.Form) -> Json:
        row = self.world.torrents.get(form.get("hash", ""))
        if row is None:
            return 404
        told = {"private": row.get("private")} if self.world.api >= (2, 11, 1) else {}
        return {name: row[name] for name in ("save_path", "comment") if name in row} | told

    def _source(self, link: str) -> tuple[str, str, Metadata | None]:
        """Hash, name and inside of a link, as far as they are known."""
        inside = self._fetched.take(link)
        return (inside.hash, inside.name, inside) if inside else (*commands.magnet(link), None)

    def _add(self, form: dict[str, str], files: list[bytes]) -> Reply:
        links = [link for link in form.get("urls", "").split("\n") if link.strip()]
        wanted = [int(p) for p in form.get("filePriorities", "").split(",") if p and self.world.api >= (2, 11, 9)]
        if wanted and (files or len(links) != 1):
            return Reply(400, b"Bad Request")
        sources = [(link, self._source(link)) for link in links]
        found = [source for link, source in sources if source[0] or not link.startswith("http")]
        pending = len(sources) - len(found)
        found += [(*_torrent_file(data), of_file(data)) for data in files]
        if wanted and (not found or found[0][2] is None or len(found[0][2].files) != len(wanted)):
            return Reply(400, b"Bad Request")
        if any(not torrent_hash for torrent_hash, _name, _inside in found):
            return Reply(415, b"Unsupported Media Type")
        results = []
        for torrent_hash, name, inside in found:
            known = inside is not None or bool(files)
            results.append(commands.added(self.world, name, torrent_hash, form, known=known))
            if inside and results[-1]:
                self.world.set_files(torrent_hash, inside.files, wanted)
                self.world.set_trackers(torrent_hash, inside.trackers)
        if self.world.api < (2, 12, 0):
            return Reply(200, b"Ok." if any(results) or pending else b"Fails.")
        ids = [torrent_hash for (torrent_hash, _name, _inside), new in zip(found, results, strict=True) if new]
        counts = {"success_count": len(ids), "failure_count": results.count(False), "pending_count": pending}
        return _json(counts | {"added_torrent_ids": ids}, status=202 if pending else 200 if ids else 409)


def _read(value: Json) -> Reply:
    if isinstance(value, int):
        return Reply(value, _TEXTS[value].encode())
    return Reply(200, value.encode(), {"content-type": "text/plain"}) if isinstance(value, str) else _json(value)


def pack(reply: Reply) -> None:
    """Compress the answer, as the server does for clients that accept it."""
    reply.body = gzip.compress(reply.body, 1)
    reply.headers["content-encoding"] = "gzip"


def _json(value: Json, status: int = 200) -> Reply:
    return Reply(status, msgspec.json.encode(value), {"content-type": "application/json"})


def _form(request: Request) -> tuple[dict[str, str], list[bytes]]:
    """Decode what was sent: the query of a GET; of a POST only the body, as the server does."""
    if request.method == "GET":
        return dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True)), []
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        return _multipart(request.body, kind.partition("boundary=")[2].strip('"'))
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True)), []


def _multipart(body: bytes, boundary: str) -> tuple[dict[str, str], list[bytes]]:
    form: dict[str, str] = {}
    files: list[bytes] = []
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        head, _blank, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        value = value.removesuffix(b"\r\n")
        name = re.search(rb'[; ]name="([^"]*)"', head)
        if b"filename=" in head:
            files.append(value)
        elif name:
            form[name.group(1).decode()] = value.decode()
    return form, files


def _torrent_file(data: bytes) -> tuple[str, str]:
    """Give hash and name of a v1 .torrent file; ("", "") if it is none."""
    start = data.find(b"4:info") + 6
    name = re.search(rb"4:name(\d+):", data)
    if not data.startswith(b"d") or start < 6 or not data.endswith(b"e") or name is None:
        return "", ""
    # the info dictionary is the last entry but for ones that sort after it, which our files lack
    info = data[start:-1]
    return hashlib.sha1(info).hexdigest(), data[name.end() : name.end() + int(name.group(1))].decode("utf-8", "replace")
