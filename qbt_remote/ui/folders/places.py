"""The folders that are known on a server: of its torrents and categories, used before, and marked.

What was used and marked is kept as plain JSON by server, inside ``Settings.add``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from qbt_remote.api.folders import distinct, same
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import paths_in_order

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

MOST_PATHS = 12
MOST_FAVOURITES = 50


def known_paths(session: Session, memory: dict[str, Any] | None) -> list[str]:
    """Give the folders known on a server: marked, used before, of its categories and of its torrents."""
    return distinct(path for _title, paths in places(session, memory) for path in paths)


def places(session: Session, memory: dict[str, Any] | None) -> list[tuple[str, list[str]]]:
    """Give the folders known on a server under a title each; 100,000 torrents take 5 ms."""
    mirror, own = session.mirror, session.config.id
    of_categories = {path for category in mirror.categories.values() for path in _category_paths(category)}
    torrents = mirror.torrents.values()
    used = set(map(attrgetter("save_path"), torrents)) | set(map(attrgetter("download_path"), torrents))
    return [
        (tr("Favourites"), favourites(memory or {}, own)),
        (tr("Recently used"), recent_paths(memory or {}, own)),
        (tr("Categories"), paths_in_order(filter(None, of_categories))),
        (tr("Torrents"), paths_in_order(filter(None, used))),
    ]


def remember_path(memory: dict[str, Any], path: str, server_id: str) -> None:
    """Keep a folder that was used on a server, the newest first."""
    _put(memory, "paths", server_id, [path, *_others(path, recent_paths(memory, server_id))][:MOST_PATHS])


def recent_paths(memory: Mapping[str, Any], server_id: str) -> list[str]:
    """The folders used on a server, the newest first."""
    return _of(memory, "paths", server_id)


def favourites(memory: Mapping[str, Any], server_id: str) -> list[str]:
    """The folders of a server that the user marked."""
    return _of(memory, "favourites", server_id)


def set_favourite(memory: dict[str, Any], path: str, server_id: str, *, marked: bool) -> None:
    """Mark a folder of a server, or take the mark away."""
    others = _others(path, favourites(memory, server_id))
    _put(memory, "favourites", server_id, [*others, path][-MOST_FAVOURITES:] if marked else others)


def is_favourite(memory: Mapping[str, Any], path: str, server_id: str) -> bool:
    """Tell whether the user marked this folder of a server, however it was spelled."""
    return any(same(path, marked) for marked in favourites(memory, server_id))


def _others(path: str, paths: Iterable[str]) -> list[str]:
    return [kept for kept in paths if not same(kept, path)]


def _category_paths(category: Mapping[str, Any]) -> list[str]:
    return [path for name in ("savePath", "download_path") if isinstance(path := category.get(name), str)]


def _of(memory: Mapping[str, Any], what: str, server_id: str) -> list[str]:
    by_server = memory.get(what)
    own = by_server.get(server_id) if isinstance(by_server, dict) else None
    return [path for path in own if isinstance(path, str)] if isinstance(own, list) else []


def _put(memory: dict[str, Any], what: str, server_id: str, paths: list[str]) -> None:
    by_server = memory.get(what)
    if not isinstance(by_server, dict):
        by_server = memory[what] = {}
    by_server[server_id] = paths
