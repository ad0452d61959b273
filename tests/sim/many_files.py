"""A crowd whose every torrent has very many files, of which some change between two polls."""

from __future__ import annotations

import msgspec

from tests.sim.crowd import Churn, Crowd
from tests.sim.files import files
from tests.sim.handler import Reply, Request, pack
from tests.sim.world import World

_CHANGED = 0.01
"""Share of the files with another progress in every second answer."""


class ManyFiles(Crowd):
    """Answers ``torrents/files`` with two bodies in turns."""

    def __init__(self, world: World, churn: Churn, seed: int, count: int) -> None:
        super().__init__(world, churn, seed=seed)
        paths = [f"Collection of everything/{n // 100:04d} part/{n:06d} - a file of it.bin" for n in range(count)]
        rows = files(*paths, progress=0.25, availability=1.5, size=7_340_032)
        self._bodies = []
        for progress in (0.25, 0.5):
            for row in rows[:: round(1 / _CHANGED)]:
                row["progress"] = progress
            self._bodies.append(self._packed(msgspec.json.encode(rows)))

    def _packed(self, body: bytes) -> Reply:
        reply = Reply(200, body, {"content-type": "application/json"})
        pack(reply)
        return reply

    def answer(self, request: Request) -> Reply:
        reply = super().answer(request)
        if request.endpoint.startswith("torrents/files"):
            self._bodies.reverse()
            return Reply(200, self._bodies[0].body, dict(self._bodies[0].headers))
        return reply
