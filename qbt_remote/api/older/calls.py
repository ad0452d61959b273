"""What older servers can only do by another way: in more calls, or by reading first.

``way`` gives the coroutine for a call, or None where the plain call will do.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from qbt_remote.api.endpoints import param
from qbt_remote.api.errors import Rejected, Unsupported
from qbt_remote.api.versions import App, Since, Version
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.connection import Connection

Way = Callable[["Connection", dict[str, Any]], Awaitable[Any]]

PATH_OUTSIDE = N("“{path}” is not a path inside the torrent.")

_ENDS = {"torrents/topPrio": True, "torrents/bottomPrio": False}
"""To an end of the queue: whether the last of several goes first."""
_PRIORITY_LOOKS_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)

# preferences that an older server forgets or misreads unless they are in the same call:
# (until this version, keys that ask for it (None: every call), keys to send along as they are)
COMPANIONS: tuple[tuple[Since, frozenset[str] | None, tuple[str, ...]], ...] = (
    ((2, 6, 1), None, ("add_trackers_enabled", "add_trackers")),
    (
        (2, 0, 1),
        None,
        (
            "RSSRefreshInterval",
            "RSSMaxArticlesPerFeed",
            "RSSProcessingEnabled",
            "RSSAutoDownloadingEnabled",
        ),
    ),
    *(
        ((2, 12, 0), frozenset({key, f"{key}_enabled"}), (key, f"{key}_enabled"))
        for key in ("max_ratio", "max_seeding_time", "max_inactive_seeding_time")
    ),
    *(
        ((99, 0, 0), frozenset({f"{edge}_hour", f"{edge}_min"}), (f"{edge}_hour", f"{edge}_min"))
        for edge in ("schedule_from", "schedule_to")
    ),
)


def way_round(endpoint: str, form: Mapping[str, Any], version: Version) -> Way | None:
    """Give how a server of this version does a call by hand; None if it can do it as asked.

    Raises Rejected or ValueError for what no server must ever get.
    """
    _forbid(endpoint, form)
    if endpoint == "transfer/setSpeedLimitsMode" and not version.reached((2, 8, 14)):
        return _set_speed_limits_mode
    if endpoint == "torrents/renameFile" and "oldPath" in form and not version.reached(App(4, 3, 3)):
        return _rename_file_by_index
    if endpoint == "torrents/editCategory" and _would_reset_path(form, version):
        return _edit_category_whole
    if endpoint == "torrents/filePrio" and not version.reached(App(4, 5, 0)):
        return _set_priority_and_see
    if endpoint in _ENDS and not version.reached((2, 2, 1)) and len(_items(form["hashes"])) > 1:
        return _move_one_by_one(endpoint)
    if endpoint == "app/setPreferences" and _companions(form["json"], version):
        return _set_preferences_whole
    for name in ("hash", "id"):
        if len(_items(form.get(name))) > 1 and not version.reached(param(endpoint, name).many):
            return _one_by_one(endpoint, name)
    return None


def _forbid(endpoint: str, form: Mapping[str, Any]) -> None:
    """Refuse what servers carry out to the user's harm.

    An empty tag list removes every tag; renameFile of 4.5.2 and newer moves "../x" out of the folder.
    """
    if endpoint == "torrents/removeTags" and not form.get("tags"):
        raise ValueError("removeTags without tags would remove every tag")
    if endpoint in ("torrents/renameFile", "torrents/renameFolder"):
        path = str(form.get("newPath", form.get("name", "")))
        parts = path.replace("\\", "/").split("/")
        if any(part.strip() in ("", ".", "..") for part in parts) or re.fullmatch("[A-Za-z]:", parts[0]):
            raise Rejected(PATH_OUTSIDE, status=400, path=path)


async def _set_speed_limits_mode(connection: Connection, form: dict[str, Any]) -> Any:
    """Read, toggle only if different, read back: a blind toggle could turn the limits the wrong way."""
    wanted = bool(int(form["mode"]))
    if bool(await connection.get("transfer/speedLimitsMode")) == wanted:
        return ""
    await connection.send("transfer/toggleSpeedLimitsMode")
    if bool(await connection.get("transfer/speedLimitsMode")) != wanted:
        raise Rejected(
            N("{server} did not change its alternative speed limits."), status=409, server=connection.server.name
        )
    return ""


async def _rename_file_by_index(connection: Connection, form: dict[str, Any]) -> Any:
    """Before 4.3.3 a file is renamed by its number, within its folder."""
    old, new = PurePosixPath(form["oldPath"]), PurePosixPath(form["newPath"])
    if old.parent != new.parent:
        raise Unsupported(N("“{call}” needs qBittorrent {needs} or newer."), needs="4.3.3", call="torrents/renameFile")
    for file in await connection.get("torrents/files", hash=form["hash"]):
        if file["name"] == form["oldPath"]:
            return await connection.send("torrents/renameFile", hash=form["hash"], id=file["index"], name=new.name)
    raise Rejected(N("{server} does not know this torrent or item."), status=409, server=connection.server.name)


async def _set_priority_and_see(connection: Connection, form: dict[str, Any]) -> Any:
    """Go on only once a priority shows: the server sets all files anew from what it has by then.

    Up to 4.4 it takes effect after up to half a second (measured on 4.2.5), and a second call in that
    time undoes the first; TorrentImpl::filePriorities asks libtorrent.
    """
    ids = [int(i) for i in _items(form["id"])]
    together = len(ids) if connection.version.reached(param("torrents/filePrio", "id").many) else 1
    wanted = int(form["priority"])
    for start in range(0, len(ids), together):
        some = ids[start : start + together]
        await connection.send("torrents/filePrio", **(form | {"id": some}))
        for wait_s in _PRIORITY_LOOKS_S:
            await asyncio.sleep(wait_s)
            rows = await connection.get("torrents/files", hash=form["hash"])
            if all(i < len(rows) and rows[i].get("priority") == wanted for i in some):
                break
    return ""


def _move_one_by_one(endpoint: str) -> Way:
    """4.1.0 to 4.1.8 move several to an end of the queue in the wrong order (Session::topTorrentsPriority)."""

    async def move(connection: Connection, form: dict[str, Any]) -> Any:
        hashes = list(_items(form["hashes"]))
        rows = await connection.get("torrents/info", hashes=hashes)
        places = {row.get("hash"): row.get("priority", 0) for row in rows if isinstance(row, dict)}
        reply: Any = ""
        for torrent_hash in sorted(hashes, key=lambda h: places.get(h, 0), reverse=_ENDS[endpoint]):
            reply = await connection.send(endpoint, hashes=[torrent_hash])
        return reply

    return move


def _would_reset_path(form: Mapping[str, Any], version: Version) -> bool:
    """Until 5.2 a category's download path went back to the default unless it was sent again."""
    return form.get("downloadPathEnabled") is None and version.reached((2, 8, 4)) and not version.reached((2, 15, 2))


async def _edit_category_whole(connection: Connection, form: dict[str, Any]) -> Any:
    categories = await connection.get("torrents/categories")
    path = categories.get(form["category"], {}).get("download_path")
    kept = {"downloadPathEnabled": "" if path is None else path is not False}
    if isinstance(path, str):
        kept["downloadPath"] = path
    return await connection.send("torrents/editCategory", **(form | kept))


def _companions(wanted: Any, version: Version) -> set[str]:
    keys = _preferences(wanted).keys()
    missing: set[str] = set()
    for until, asked_by, together in COMPANIONS:
        if not version.reached(until) and (asked_by is None or asked_by & keys):
            missing |= set(together) - keys
    return missing


async def _set_preferences_whole(connection: Connection, form: dict[str, Any]) -> Any:
    """Send the companions of what is changed as they are this moment."""
    wanted = _preferences(form["json"])
    now = await connection.get("app/preferences")
    missing = _companions(wanted, connection.version)
    kept = {key: now[key] for key in missing if key in now}
    return await connection.send("app/setPreferences", json=wanted | kept)


def _preferences(wanted: Any) -> dict[str, Any]:
    value = msgspec.json.decode(wanted) if isinstance(wanted, str) else wanted
    assert isinstance(value, dict)
    return value


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, set | frozenset):
        return sorted(value)
    return () if value is None else str(value).split("|")


def _one_by_one(endpoint: str, name: str) -> Way:
    async def each(connection: Connection, form: dict[str, Any]) -> Any:
        reply: Any = ""
        for item in _items(form[name]):
            reply = await connection.send(endpoint, **(form | {name: item}))
        return reply

    return each
