"""What a server tells of one torrent: properties, trackers, peers, HTTP sources and files."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import msgspec

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
        }
        self.peers: dict[str, dict[str, dict[str, Json]]] = {}
        self._rid = 0
        self._last: dict[str, dict[str, Json]] = {}

    def answer(self, request: Request) -> Reply:
        reply = super().answer(request)
        endpoint, form = self.log[-1]
        known = form.get("hash") in self.world.torrents
        if reply.status == 403 or not known or endpoint not in (*self.told, "sync/torrentPeers"):
            return reply
        torrent_hash = form["hash"]
        if endpoint == "sync/torrentPeers":
            body = self._peers(torrent_hash, int(form["rid"]))
        else:
            body = self.told[endpoint].get(torrent_hash, {} if endpoint == "torrents/properties" else [])
        return Reply(200, msgspec.json.encode(body), {"content-type": "application/json"})

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
        "ip": "10.0.0.1", "port": 6881, "client": "Simulated 1.0", "connection": "BT", "flags": "D E",
        "flags_desc": "D = whatever", "progress": 0.5, "dl_speed": 0, "up_speed": 0, "downloaded": 0,
        "uploaded": 0, "relevance": 0, "files": "", "country": None, "country_code": None,
    }  # fmt: skip
    return usual | fields
