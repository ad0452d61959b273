"""Which torrents have files in common, as far as their paths on the server tell.

Two torrents share files if they have the same content path, or if one lies inside the other's folder.
A torrent without a top folder of its own has its save path for a content path; there, only one of the
same size is taken to be the same, since else all that lies in the folder would seem shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qbt_remote.api.folders import key
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent

_STEP = 200


def sharing(chosen: Iterable[Torrent], everybody: Iterable[Torrent]) -> Steps[tuple[set[Torrent], list[Torrent]]]:
    """Find, in steps, those of ``chosen`` that share files with torrents of ``everybody`` not chosen, and these.

    All must be of one server.
    """
    mine = set(chosen)
    at: dict[str, list[Torrent]] = {}
    above: dict[str, list[Torrent]] = {}
    for n, t in enumerate(mine):
        if not n % _STEP:
            yield False
        path = content_path(t)
        if path:
            at.setdefault(path, []).append(t)
            for folder in _folders(path):
                above.setdefault(folder, []).append(t)
    shared: set[Torrent] = set()
    others: list[Torrent] = []
    for n, t in enumerate(everybody):
        if not n % _STEP:
            yield False
        if t in mine:
            continue
        found = list(_together(t, at, above))
        if found:
            shared.update(found)
            others.append(t)
    return shared, others


def content_path(t: Torrent) -> str:
    """Give the key (see ``api/folders.py``) of where its files are; "" if it has none yet.

    Servers before 4.3.2 do not send it; their torrents lie below the save path by their first name.
    """
    if t.size <= 0:
        return ""
    return key(t.content_path or f"{t.save_path}/{t.name}")


def _together(t: Torrent, at: dict[str, list[Torrent]], above: dict[str, list[Torrent]]) -> Iterator[Torrent]:
    path = content_path(t)
    if not path:
        return
    loose = _is_loose(t, path)
    for other in at.get(path, ()):
        if not (loose or _is_loose(other, path)) or other.size == t.size:
            yield other
    for folder in _folders(path):
        yield from (other for other in at.get(folder, ()) if not _is_loose(other, folder))
    if not loose:
        yield from above.get(path, ())


def _is_loose(t: Torrent, path: str) -> bool:
    """Whether its files lie in the save path itself, among those of others."""
    return path == key(t.save_path)


def _folders(path: str) -> Iterator[str]:
    """The folders above a path, from the inside out."""
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path
