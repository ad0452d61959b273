"""What a server fetches or reads before a torrent is added: fetchMetadata and parseMetadata (5.2+)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from posixpath import basename
from typing import Any
from urllib.parse import unquote

from tests.sim.commands import magnet
from tests.sim.world import World

Json = Any


@dataclass(frozen=True, slots=True)
class Metadata:
    """The inside of a torrent: files as (path, bytes)."""

    hash: str
    name: str
    files: tuple[tuple[str, int], ...]
    trackers: tuple[str, ...] = ()
    private: bool = False

    def row(self, excluded: Sequence[str] = ()) -> Json:
        """As serializeTorrentInfo (torrentscontroller.cpp) writes it; files are ``excluded`` by patterns of names."""
        files = [
            {"path": path, "length": size, "priority": int(not any(fnmatch(basename(path), p) for p in excluded))}
            for path, size in self.files
        ]
        return {
            "hash": self.hash,
            "infohash_v1": self.hash,
            "infohash_v2": "",
            "comment": "",
            "created_by": "",
            "creation_date": 1_700_000_000,
            "info": {
                "files": files,
                "length": sum(size for _path, size in self.files),
                "name": self.name,
                "piece_length": 16384,
                "pieces_num": 44,
                "private": self.private,
            },
            "trackers": [{"tier": tier, "url": url} for tier, url in enumerate(self.trackers)],
            "webseeds": [],
        }


def of_file(data: bytes) -> Metadata | None:
    """Read a .torrent file; None if it is none."""
    import libtorrent

    try:
        params = libtorrent.load_torrent_buffer(data)
    except RuntimeError:
        return None
    info: Any = params.ti
    layout = info.layout() if hasattr(info, "layout") else info.files()
    whole = [i for i in range(layout.num_files()) if not layout.file_flags(i) & layout.flag_pad_file]
    return Metadata(
        str(info.info_hashes().get_best()),
        info.name(),
        tuple((layout.file_path(i), layout.file_size(i)) for i in whole),
        tuple(params.trackers),
        bool(info.priv()),
    )


class Cache:
    """What one session has had fetched; adding a torrent takes it out again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Metadata] = {}

    def fetch(self, form: dict[str, str]) -> tuple[int, Json]:
        """Give status and answer; the source comes percent-encoded once more.

        ``World.swarm`` holds what can be fetched, by link or hash; None is never found.
        """
        source = unquote(form.get("source", "").strip())
        if not source:
            return 400, None
        torrent_hash = magnet(source)[0]
        if not torrent_hash and not source.startswith(("http://", "https://")):
            return 400, None
        found = self._world.swarm.get(source) or self._world.swarm.get(torrent_hash)
        if found is None:
            return 202, {"hash": torrent_hash, "infohash_v1": torrent_hash, "infohash_v2": ""} if torrent_hash else {}
        self._known[source] = self._known[found.hash] = found
        return 200, found.row(self._world.excluded)

    def save(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Give status and a .torrent file; 404 for what was never fetched."""
        source = unquote(form.get("source", "").strip())
        found = self._known.get(source) or self._known.get(magnet(source)[0])
        if found is None:
            return (404 if source else 400), b""
        name = found.name.encode()
        return 200, b"d4:infod4:name%d:%see" % (len(name), name)

    def parse(self, files: list[bytes]) -> tuple[int, Json]:
        found = [of_file(data) for data in files]
        if not files:
            return 400, None
        if None in found:
            return 415, None
        known = [metadata for metadata in found if metadata]
        self._known |= {metadata.hash: metadata for metadata in known}
        return 200, [metadata.row(self._world.excluded) for metadata in known]

    def take(self, link: str) -> Metadata | None:
        """What is known of a link that is being added."""
        found = self._known.get(link) or self._known.get(magnet(link)[0])
        if found:
            self._known = {key: kept for key, kept in self._known.items() if kept is not found}
        return found
