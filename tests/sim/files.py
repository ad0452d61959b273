"""The files of a torrent on a simulated server: their priorities and names, changed as real servers do."""

from __future__ import annotations

import re
from typing import Any

from tests.sim.handler import Reply

Rows = list[dict[str, Any]]
Version = tuple[int, ...]


def files(*paths: str, **fields: Any) -> Rows:
    """The rows of ``torrents/files`` for these paths, 1000 bytes each."""
    usual = {"size": 1000, "progress": 0, "priority": 1, "availability": 0, "piece_range": [0, 0]}
    return [{"index": i, "name": path, **usual, **fields} for i, path in enumerate(paths)]


def set_priority(rows: Rows, form: dict[str, str]) -> Reply:
    """torrentscontroller.cpp filePrioAction, since 2.2.0; answers recorded."""
    priority = form["priority"]
    if priority not in ("0", "1", "6", "7"):
        return Reply(400, b"Priority is not valid")
    if not rows:
        return Reply(409, b"Torrent's metadata has not yet downloaded")
    indexes = form["id"].split("|")
    if not all(re.fullmatch("[0-9]+", index) for index in indexes):
        return Reply(400, b"File IDs must be integers")
    if any(int(index) >= len(rows) for index in indexes):
        return Reply(409, b"File ID is not valid")
    for index in map(int, indexes):
        rows[index]["priority"] = int(priority)
    return Reply(200)


def rename_file(rows: Rows, form: dict[str, str], api: Version, app: Version) -> Reply:
    """Until 4.3.2 by index and name, since by paths; "../x" is carried out, as on real ones."""
    if app < (4, 3, 3):
        if "id" not in form or not form.get("name"):
            return Reply(400)
        row = rows[int(form["id"])]
        row["name"] = "/".join([*row["name"].split("/")[:-1], form["name"]])
        return Reply(200)
    return _rename(rows, form, api, lambda name, old: name == old)


def rename_folder(rows: Rows, form: dict[str, str], api: Version) -> Reply:
    return _rename(rows, form, api, lambda name, old: name.startswith(old + "/"))


def _rename(rows: Rows, form: dict[str, str], api: Version, is_meant: Any) -> Reply:
    old, new = form["oldPath"], form["newPath"]
    if not new:
        why = "File name has invalid characters" if api >= (2, 16, 0) else "The new path is invalid: ''."
        return Reply(409, why.encode())
    if new.startswith("/"):
        return Reply(409, f"Absolute path isn't allowed: '{new}'.".encode())
    meant = [row for row in rows if is_meant(row["name"], old)]
    if not meant:
        return Reply(409, f"No such file: '{old}'.".encode())
    if any(row["name"] == new or row["name"].startswith(new + "/") for row in rows if row not in meant):
        return Reply(409, f"The file already exists: '{new}'.".encode())
    for row in meant:
        row["name"] = new + row["name"][len(old) :]
    return Reply(200)


def send_part(data: bytes, wanted: str) -> Reply:
    """torrents/downloadFile (2.16.0): a single Range is answered with that part."""
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
    if found is None:
        return Reply(200, data)
    start, end = int(found[1]), int(found[2]) + 1
    kind = {"content-type": "application/octet-stream", "content-range": f"bytes {start}-{end - 1}/{len(data)}"}
    return Reply(206, data[start:end], kind)
