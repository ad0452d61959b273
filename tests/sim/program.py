"""What concerns the whole program: its logs and key, what it is made of, a test email, its end."""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Callable
from typing import Any

from tests.sim.world import World

Json = Any
Form = dict[str, str]
_SECONDS_SINCE, _PLAIN_SINCE = (2, 8, 18), (4, 2, 4)
"""API version of 4.5.0, which sends times in seconds; release that no longer escapes messages."""


def knows(world: World, name: str) -> bool:
    """Whether this release has a call of ``READS`` or ``COMMANDS``."""
    return name in SINCE and world.api >= SINCE[name]


def _times(world: World, rows: list[dict[str, Json]], form: Form) -> Json:
    known = int(form.get("last_known_id", "-1"))
    factor = 1 if world.api >= _SECONDS_SINCE else 1000
    return [row | {"timestamp": row["timestamp"] * factor} for row in rows if row["id"] > known]


def _messages(world: World, form: Form) -> Json:
    escapes = tuple(map(int, world.release.split("."))) < _PLAIN_SINCE
    rows = _times(world, world.log, form)
    return [row | {"message": html.escape(row["message"])} for row in rows] if escapes else rows


def _built(world: World, form: Form) -> Json:
    libraries = {"boost": "1.83.0", "libtorrent": "2.0.11.0", "openssl": "3.5.7", "qt": "6.8.2", "zlib": "1.3.1"}
    return libraries | {"bitness": 64} | ({"platform": "linux"} if world.api >= (2, 11, 0) else {})


def _rotate(world: World, form: Form) -> str | int:
    world.preferences["web_ui_api_key"] = f"qbt_{secrets.token_hex(14)}"
    return json.dumps({"apiKey": world.preferences["web_ui_api_key"]})


def _delete_key(world: World, form: Form) -> str | int:
    world.preferences["web_ui_api_key"] = ""
    return ""


def _nothing(world: World, form: Form) -> str | int:
    return ""


SINCE: dict[str, tuple[int, int, int]] = {
    "log/main": (2, 0, 0),
    "log/peers": (2, 0, 0),
    "app/buildInfo": (2, 3, 0),
    "app/processInfo": (2, 15, 1),
    "app/rotateAPIKey": (2, 14, 0),
    "app/deleteAPIKey": (2, 14, 1),
    "app/sendTestEmail": (2, 10, 4),
    "app/shutdown": (2, 0, 0),
}
READS: dict[str, Callable[[World, Form], Json]] = {
    "log/main": _messages,
    "log/peers": lambda world, form: _times(world, world.blocked, form),
    "app/buildInfo": _built,
    "app/processInfo": lambda world, form: {"launch_time": world.started},
}
COMMANDS: dict[str, Callable[[World, Form], str | int]] = {
    "app/rotateAPIKey": _rotate,
    "app/deleteAPIKey": _delete_key,
    "app/sendTestEmail": _nothing,
    "app/shutdown": _nothing,
}
