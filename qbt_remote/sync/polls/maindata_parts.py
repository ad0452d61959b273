"""What stands in an answer of ``sync/maindata`` beside its torrents, brought to the newest dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qbt_remote.api.endpoints import FIELDS
from qbt_remote.sync.delta import Delta
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent

Json = Any
_STEP = 500


def delta_of(
    answer: Mapping[str, Json],
    full: bool,
    rows: dict[str, Torrent | dict[str, Json]],
    sent: set[str],
    categories: dict[str, dict[str, Json]],
    trackers: dict[str, list[str]],
) -> Delta:
    rid = answer.get("rid")
    return Delta(
        rid=rid if isinstance(rid, (int, str)) and not isinstance(rid, bool) else 0,
        full=full,
        torrents=rows,
        torrents_removed=_texts(answer.get("torrents_removed")),
        categories=categories,
        categories_removed=_texts(answer.get("categories_removed")),
        tags=_texts(answer.get("tags")),
        tags_removed=_texts(answer.get("tags_removed")),
        trackers=trackers,
        trackers_removed=_texts(answer.get("trackers_removed")),
        server={n: v if _sane(v) else None for n, v in object_of(answer.get("server_state")).items()},
        sent=sent,
    )


def categories_of(sent: Json, *, full: bool) -> Steps[dict[str, dict[str, Json]]]:
    """Give categories by name, in steps; before 2.1.0 they are a list of names."""
    if isinstance(sent, list):
        return {name: {"name": name, "savePath": ""} for name in _texts(sent)}
    given: dict[str, Json] = {"savePath": ""} if full else {}
    rows: dict[str, dict[str, Json]] = {}
    for n, (name, row) in enumerate(object_of(sent).items()):
        rows[name] = given | _category(row) | {"name": name}
        if not n % _STEP:
            yield False
    return rows


def _category(sent: Json) -> dict[str, Json]:
    """Give what is known of a category; a path that is none is the default one."""
    if not isinstance(sent, dict):
        return {"savePath": "", "download_path": None}
    names, fields = FIELDS["category"], object_of(sent)
    row = {names.get(name, name): value for name, value in fields.items()}
    if not isinstance(row.get("savePath", ""), str):
        row["savePath"] = ""
    if not isinstance(row.get("download_path"), str | bool | None):
        row["download_path"] = None
    return row


def lists_of_trackers(sent: Json) -> Steps[dict[str, list[str]]]:
    lists: dict[str, list[str]] = {}
    for n, (url, hashes) in enumerate(object_of(sent).items()):
        lists[url] = _texts(hashes)
        if not n % _STEP:
            yield False
    return lists


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def object_of(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _sane(value: Json) -> bool:
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**63)
