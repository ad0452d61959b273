"""What is inside a torrent before it is added: from its .torrent file, or fetched by a server (5.2+)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.apart import Apart
from qbt_remote.api.adding.metainfo import MOST_FILES, Inside, inside
from qbt_remote.api.errors import BadReply
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Json = Any
FETCH = "torrents/fetchMetadata"
PRIORITIES = (0, 1, 6, 7)
"""Not wanted, normal, high, maximum."""
CHOOSE = "torrents/add:filePriorities"
_HERE_BYTES = 256 << 10
"""Larger .torrent files are read by another process: the parser keeps the interpreter's lock."""


@dataclass(frozen=True, slots=True)
class Content:
    """Name, bytes and files (path, bytes) of a torrent, in the order in which a server counts them."""

    name: str
    size: int
    files: tuple[tuple[str, int], ...]
    trackers: tuple[str, ...] = ()
    private: bool | None = None
    v1: str = ""
    v2: str = ""
    comment: str = ""
    created_by: str = ""
    created: int = 0
    """When the torrent was made, as an epoch; 0 where that is not told."""
    priorities: tuple[int, ...] = ()
    """Those that the server gives the files: it may exclude some by their names (5.3+).  () where all are wanted."""
    unlisted: int = 0
    """How many files there are, where they are too many for ``files``."""

    @property
    def magnet(self) -> str:
        """A magnet of both hashes, by which a server finds what it has fetched."""
        topics = [f"xt=urn:btih:{self.v1}"] * bool(self.v1) + [f"xt=urn:btmh:1220{self.v2}"] * bool(self.v2)
        return "magnet:?" + "&".join(topics) if topics else ""


async def of_file(torrent: bytes) -> Content:
    """Read a .torrent file that ``metainfo.read`` has accepted."""
    if len(torrent) <= _HERE_BYTES:
        return _content(inside(torrent))
    apart = Apart()
    try:
        return _content(await apart.parse(inside, torrent))
    finally:
        apart.close()


def _content(found: Inside) -> Content:
    return Content(
        name=found.name,
        size=found.size,
        files=tuple(zip(found.paths.split("\0"), found.sizes, strict=True)) if found.sizes else (),
        trackers=found.trackers,
        private=found.private,
        v1=found.v1,
        v2=found.v2,
        comment=found.comment,
        created_by=found.created_by,
        created=found.created,
        unlisted=0 if found.sizes else found.count,
    )


async def fetch(client: QbtClient, source: str) -> Content | None:
    """Let the server fetch what is behind a link; None while it has not got it, then ask again.

    It downloads nothing but the metadata.  Raises Unsupported before 5.2, Rejected for what it cannot
    use.  The source is sent exactly as it is added later: by its text the server finds it again.
    """
    return read_content(await client.post(FETCH, source=source), client.server.name)


async def give(client: QbtClient, torrent: bytes) -> Content:
    """Let the server read a .torrent file, so that it can be added by its magnet with chosen files (5.2+)."""
    found = await client.post("torrents/parseMetadata", files=[("torrents", torrent)])
    content = read_content(found[0], client.server.name) if isinstance(found, list) and found else None
    if content is None:
        raise BadReply(N("{server} did not say what is in the torrent file."), server=client.server.name)
    return content


def read_content(row: Json, server: str) -> Content | None:
    """Read one answer; None where the metadata is not there yet."""
    info = row.get("info") if isinstance(row, dict) else None
    if not isinstance(info, dict) or not info.get("files"):
        return None
    created = row.get("creation_date")
    private = info.get("private")
    try:
        told = info["files"]
        listed = told if len(told) <= MOST_FILES else []
        files = tuple((str(file["path"]), int(file["length"])) for file in listed)
        size = sum(int(file["length"]) for file in told)
        trackers = tuple(str(tracker["url"]) for tracker in row.get("trackers") or ())
    except (KeyError, TypeError, ValueError) as e:
        raise BadReply(N("{server} did not say what is in the torrent."), server=server) from e
    return Content(
        name=str(info.get("name") or ""),
        size=size,
        files=files,
        trackers=trackers,
        private=private if isinstance(private, bool) else None,
        v1=str(row.get("infohash_v1") or ""),
        v2=str(row.get("infohash_v2") or ""),
        comment=str(row.get("comment") or ""),
        created_by=str(row.get("created_by") or ""),
        created=created if isinstance(created, int) and created > 0 else 0,
        priorities=_priorities(listed),
        unlisted=0 if listed else len(told),
    )


def _priorities(files: Sequence[Mapping[str, Json]]) -> tuple[int, ...]:
    told = tuple(file.get("priority", 1) for file in files)
    own = tuple(priority if type(priority) is int and priority in PRIORITIES else 1 for priority in told)
    return own if set(own) != {1} else ()
