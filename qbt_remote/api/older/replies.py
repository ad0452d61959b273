"""Brings what older servers answer into the shape of the newest dialect.

sync/maindata is not here: its body is decoded piece by piece, in sync/decode.py, with the same tables.
"""

from __future__ import annotations

import calendar
import html
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from qbt_remote.api.endpoints import FIELDS, STATES, Version
from qbt_remote.api.wire import Json

# texts of 4.1.x and the number that later versions give; in another language it is "not contacted"
_TRACKER_TEXTS = {"Working": 2, "Updating...": 3, "Not working": 4, "Not contacted yet": 1}
_UPDATING = 3
LIBTORRENT_NORMAL = 4  # libtorrent's own number of the normal priority, up to 4.3
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}


def modern(endpoint: str, body: Json, version: Version) -> Json:
    """Give an answer as the newest server would; one that fits no known shape is given as it is."""
    reshape = _RESHAPES.get(endpoint)
    return body if reshape is None else reshape(body, version)


def _torrents(body: Json, _version: Version) -> Json:
    for torrent in _objects(body):
        torrent["state"] = STATES.get(torrent.get("state", ""), torrent.get("state", ""))
    return body


def _categories(body: Json, _version: Version) -> Json:
    """4.4.0 alone says save_path."""
    if not isinstance(body, dict):
        return body
    names = FIELDS["category"]
    return {
        name: {names.get(key, key): value for key, value in category.items()}
        if isinstance(category, dict)
        else category
        for name, category in body.items()
    }


def _trackers(body: Json, _version: Version) -> Json:
    """Status was a translated text until 4.1.4, and "updating" a status until 5.1; no tier was ""."""
    for tracker in _objects(body):
        status = tracker.get("status")
        if isinstance(status, str):
            status = _TRACKER_TEXTS.get(status, 1)
        tracker["updating"] = bool(tracker.get("updating", status == _UPDATING))
        tracker["status"] = 1 if status == _UPDATING else status
        if tracker.get("tier", "") == "":
            tracker["tier"] = -1
    return body


def windows_paths(paths: Sequence[str], version: Version) -> bool:
    """Whether paths inside a torrent have "\\" between folders: 4.1.x and 4.5.0 give the server's own separators."""
    native = not version.reached((2, 3, 0)) or version.app[:3] == (4, 5, 0)
    return native and any("\\" in path for path in paths) and not any("/" in path for path in paths)


def _files(body: Json, version: Version) -> Json:
    """See also sync/details/files.py, which reads many."""
    files = _objects(body)
    windows = windows_paths([str(file.get("name", "")) for file in files], version)
    for position, file in enumerate(files):
        file.setdefault("index", position)
        if file.get("priority") == LIBTORRENT_NORMAL:
            file["priority"] = 1
        if windows:
            file["name"] = str(file.get("name", "")).replace("\\", "/")
    return body


def _added(body: Json, _version: Version) -> Json:
    """Until 5.1 the answer was "Ok." or "Fails."."""
    if isinstance(body, dict):
        return body
    good = str(body).strip() == "Ok."
    return {"success_count": int(good), "failure_count": int(not good), "pending_count": 0, "added_torrent_ids": []}


def _plugins(body: Json, _version: Version) -> Json:
    for plugin in _objects(body):
        plugin["supportedCategories"] = [
            {"id": category, "name": category} if isinstance(category, str) else category
            for category in plugin.get("supportedCategories", [])
        ]
    return body


def _log(body: Json, version: Version) -> Json:
    """Until 4.4.5 times were in ms; until 4.2.3 the texts were escaped for HTML."""
    for entry in _objects(body):
        when = entry.get("timestamp")
        if isinstance(when, int | float) and when > 1e11:
            entry["timestamp"] = int(when // 1000)
        if version.app < (4, 2, 4):
            for key in ("message", "ip", "reason"):
                if isinstance(entry.get(key), str):
                    entry[key] = html.unescape(entry[key])
    return body


def _creator_tasks(body: Json, _version: Version) -> Json:
    """Until 5.2 times were text, "Mon Nov 23 11:07:30 2026", in the server's own time zone."""
    for task in _objects(body):
        for key in ("timeAdded", "timeStarted", "timeFinished"):
            if isinstance(task.get(key), str):
                task[key] = _text_time(task[key])
    return body


def _text_time(text: str) -> int:
    """Read Qt::TextDate as if it were UTC; 0 if it is in another language."""
    match = re.fullmatch(r"\w+ (\w{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})", text.strip())
    if match is None or match[1] not in _MONTHS:
        return 0
    day, hour, minute, second, year = (int(match[n]) for n in (2, 3, 4, 5, 6))
    return calendar.timegm(time.struct_time((year, _MONTHS[match[1]], day, hour, minute, second, 0, 0, 0)))


def _objects(body: Json) -> list[dict[str, Any]]:
    return [item for item in body if isinstance(item, dict)] if isinstance(body, list) else []


_RESHAPES: dict[str, Callable[[Json, Version], Json]] = {
    "log/main": _log,
    "log/peers": _log,
    "search/plugins": _plugins,
    "torrentcreator/status": _creator_tasks,
    "torrents/add": _added,
    "torrents/categories": _categories,
    "torrents/files": _files,
    "torrents/info": _torrents,
    "torrents/trackers": _trackers,
}
