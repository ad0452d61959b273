"""What a server tells of one torrent: properties, trackers, peers, HTTP sources and files."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.sim import files
from tests.sim.handler import Handler, Reply, Request
from tests.sim.world import World

Json = Any


class Details(Handler):
    """Answers also the calls about one torrent.  ``told`` holds the answers by endpoint and hash.

    As on real servers there is one list of peers for the session: a known ``rid`` is answered with
    the difference to the last answer, whichever torrent that was about.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.told: dict[str, dict[str, Json]] = {
            "torrents/properties": {},
            "torrents/trackers": {},
            "torrents/webseeds": {},
            "torrents/files": {},
            "torrents/pieceStates": {},
            "torrents/pieceHashes": {},
        }
        if world.api >= (2, 15, 1):
            self.told["torrents/pieceAvailability"] = {}
        self.banned: list[str] = []
        self._edits: dict[str, tuple[tuple[int, int, int], Callable[[dict[str, str]], Reply]]] = {
            "torrents/addTrackers": ((2, 0, 0), self._add_trackers),
            "torrents/editTracker": ((2, 2, 0), self._edit_tracker),
            "torrents/removeTrackers": ((2, 2, 0), self._remove_trackers),
            "torrents/addWebSeeds": ((2, 11, 4), self._add_web_seeds),
            "torrents/editWebSeed": ((2, 11, 4), self._edit_web_seed),
            "torrents/removeWebSeeds": ((2, 11, 4), self._remove_web_seeds),
            "torrents/filePrio": ((2, 0, 0), self._set_priority),
            "torrents/renameFile": ((2, 4, 0), self._rename_file),
            "torrents/renameFolder": ((2, 7, 0), self._rename_folder),
            "torrents/addPeers": ((2, 3, 0), self._add_peers),
            "transfer/banPeers": ((2, 3, 0), self._ban_peers),
        }
        self.contents: dict[tuple[str, str], bytes] = {}
        """What is in whole files, by hash and index."""
        self.peers: dict[str, dict[str, dict[str, Json]]] = {}
        self._rid = 0
        self._last: dict[str, dict[str, Json]] = {}

    def answer(self, request: Request) -> Reply:
        reply = super().answer(request)
        endpoint, form = self.log[-1]
        if reply.status != 403 and endpoint in self._edits:
            since, edit = self._edits[endpoint]
            return edit(form) if self.world.api >= since else reply
        if reply.status != 403 and endpoint == "torrents/downloadFile" and self.world.api >= (2, 16, 0):
            data = self.contents.get((form["hash"], form["file"]))
            wanted = request.headers.get("range", "")
            return files.send_part(data, wanted) if data is not None else Reply(409)
        known = form.get("hash") in self.world.torrents
        if reply.status == 403 or not known or endpoint not in (*self.told, "sync/torrentPeers"):
            return reply
        torrent_hash = form["hash"]
        if endpoint == "sync/torrentPeers":
            body = self._peers(torrent_hash, int(form["rid"]))
        else:
            body = self.told[endpoint].get(torrent_hash, {} if endpoint == "torrents/properties" else [])
        return Reply(200, msgspec.json.encode(body), {"content-type": "application/json"})

    # changes, as torrentscontroller.cpp makes them

    def _rows(self, endpoint: str, form: dict[str, str]) -> list[dict[str, Json]]:
        rows: list[dict[str, Json]] = self.told[endpoint].setdefault(form["hash"], [])
        return rows

    def _add_trackers(self, form: dict[str, str]) -> Reply:
        """An empty line begins the next tier (4.5+); what is there already stays as it is."""
        rows, tier = self._rows("torrents/trackers", form), 0
        for line in form["urls"].split("\n"):
            if not line.strip():
                tier += self.world.api >= (2, 8, 18)
            elif all(row["url"] != line for row in rows):
                rows.append({"url": line, "tier": tier, "status": 1, "msg": ""})
        return Reply(204 if self.world.api >= (2, 11, 8) else 200)

    def _edit_tracker(self, form: dict[str, str]) -> Reply:
        tiers = self.world.api >= (2, 13, 0)
        old, rows = form["url" if tiers else "origUrl"], self._rows("torrents/trackers", form)
        new = form.get("newUrl", old)
        row = next((row for row in rows if row["url"] == old), None)
        if row is None:
            return Reply(409, b"Tracker not found")
        if new != old and any(other["url"] == new for other in rows):
            return Reply(409, b"New tracker URL already exists")
        row |= {"url": new} | ({"tier": int(form["tier"])} if tiers and "tier" in form else {})
        return Reply(204 if tiers else 200)

    def _remove_trackers(self, form: dict[str, str]) -> Reply:
        urls = self._listed(form["urls"], twice=self.world.api >= (2, 11, 3))
        rows = self._rows("torrents/trackers", form)
        self.told["torrents/trackers"][form["hash"]] = [row for row in rows if row["url"] not in urls]
        return Reply(204 if self.world.api >= (2, 11, 8) else 200)

    def _listed(self, urls: str, *, twice: bool = True) -> list[str]:
        return [unquote(url) if twice else url for url in urls.split("|")]

    def _add_web_seeds(self, form: dict[str, str]) -> Reply:
        """Only strictly encoded addresses are taken; they are listed in readable form."""
        urls = self._listed(form["urls"])
        if not all(url.startswith(("http://", "https://", "ftp://")) and _strict(url) for url in urls):
            return Reply(400, b"Bad Request")
        self._rows("torrents/webseeds", form).extend({"url": _readable(url)} for url in urls)
        return Reply(200)

    def _edit_web_seed(self, form: dict[str, str]) -> Reply:
        old, new = unquote(form["origUrl"]), unquote(form["newUrl"])
        if not _strict(old) or not _strict(new):
            return Reply(400, b"Bad Request")
        for row in self._rows("torrents/webseeds", form):
            if row["url"] == _readable(old):
                row["url"] = _readable(new)
                return Reply(200)
        return Reply(409, b"Conflict")

    def _remove_web_seeds(self, form: dict[str, str]) -> Reply:
        urls, rows = self._listed(form["urls"]), self._rows("torrents/webseeds", form)
        if not all(map(_strict, urls)):
            return Reply(400, b"Bad Request")
        gone = set(map(_readable, urls))
        self.told["torrents/webseeds"][form["hash"]] = [row for row in rows if row["url"] not in gone]
        return Reply(200)

    def _add_peers(self, form: dict[str, str]) -> Reply:
        """Loopback port 1 is one that cannot be added."""
        given = form["peers"].split("|")
        bad = sum(address.endswith(":1") for address in given)
        counts = {"added": len(given) - bad, "failed": bad}
        body = msgspec.json.encode(dict.fromkeys(form["hashes"].split("|"), counts))
        return Reply(200, body, {"content-type": "application/json"})

    def _ban_peers(self, form: dict[str, str]) -> Reply:
        self.banned += form["peers"].split("|")
        for peers in self.peers.values():
            for key in set(peers) & set(self.banned):
                del peers[key]
        return Reply(200)

    def _set_priority(self, form: dict[str, str]) -> Reply:
        return files.set_priority(self._rows("torrents/files", form), form)

    def _rename_file(self, form: dict[str, str]) -> Reply:
        app = tuple(map(int, self.world.release.split(".")))
        return files.rename_file(self._rows("torrents/files", form), form, self.world.api, app)

    def _rename_folder(self, form: dict[str, str]) -> Reply:
        return files.rename_folder(self._rows("torrents/files", form), form, self.world.api)

    def _peers(self, torrent_hash: str, rid: int) -> Json:
        before, now = self._last, deepcopy(self.peers.get(torrent_hash, {}))
        full = not rid or rid != self._rid
        self._rid, self._last = self._rid + 1, now
        if full:
            return {"rid": self._rid, "full_update": True, "peers": now}
        changed = {
            key: {name: value for name, value in peer.items() if before.get(key, {}).get(name) != value}
            for key, peer in now.items()
        }
        return {
            "rid": self._rid,
            "peers": {key: patch for key, patch in changed.items() if patch},
            "peers_removed": [key for key in before if key not in now],
        }


def peer(**fields: Json) -> dict[str, Json]:
    """A peer as a server sends it the first time."""
    usual = {
        "ip": "10.0.0.1",
        "port": 6881,
        "client": "Simulated 1.0",
        "connection": "BT",
        "flags": "D E",
        "flags_desc": "D = whatever",
        "progress": 0.5,
        "dl_speed": 0,
        "up_speed": 0,
        "downloaded": 0,
        "uploaded": 0,
        "relevance": 0,
        "files": "",
        "country": None,
        "country_code": None,
    }
    return usual | fields


def _strict(url: str) -> bool:
    return url.isascii() and not set(url) & set(' |"<>^`{}\\')


def _readable(url: str) -> str:
    """As QUrl writes it for people: spaces and letters as they are, what separates encoded."""
    return url.replace("%20", " ").replace("%C3%BC", "ü")
