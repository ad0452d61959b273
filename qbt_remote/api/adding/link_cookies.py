"""The cookies with which a server itself downloads http links (app/cookies, app/setCookies: 5.1+).

The call replaces the whole list, so what is there is read first and sent back with the new ones.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Json = Any
CALL = "app/setCookies"
_KEPT_S = 2 * 365 * 86400
"""As long as the desktop window keeps a new cookie (gui/cookiesmodel.cpp)."""


def pairs(text: str) -> list[tuple[str, str]]:
    """Read "name=value; name2=value2"; what has no name is left out."""
    parts = (part.partition("=") for part in text.split(";"))
    return [(name.strip(), value.strip()) for name, equals, value in parts if equals and name.strip()]


async def give_cookies(client: QbtClient, url: str, text: str) -> None:
    """Let the server have these cookies for the host of a link, beside those that it has."""
    host = urlsplit(url).hostname or ""
    new = dict(pairs(text))
    if not new or not host:
        return
    present = await client.get("app/cookies")
    known = [cookie for cookie in present if isinstance(cookie, dict)]
    own = [c for c in known if _is_of(c, host) and c.get("name") in new]
    if {c["name"]: as_it_was(c)["value"] for c in own} == new:
        return
    until = int(time.time()) + _KEPT_S
    others = [as_it_was(cookie) for cookie in known if cookie not in own]
    made = [
        {"name": name, "value": value, "domain": host, "path": "/", "expirationDate": until}
        for name, value in new.items()
    ]
    await client.post(CALL, cookies=others + made)


def _is_of(cookie: dict[str, Json], host: str) -> bool:
    return str(cookie.get("domain", "")).lower() == host and cookie.get("path") in ("/", "")


def as_it_was(cookie: dict[str, Json]) -> dict[str, Json]:
    """Give a cookie that was read as it is to be sent, for the server to end up with the same one.

    It tells the end of a session cookie as -1 or 0 and would take that for a date long past; it reads
    out values as Latin-1 and takes them as UTF-8 (appcontroller.cpp).
    """
    same = dict(cookie)
    if not (isinstance(until := same.get("expirationDate"), int) and until > 0):
        same.pop("expirationDate", None)
    with contextlib.suppress(UnicodeError):
        same["value"] = str(same.get("value", "")).encode("latin-1").decode("utf-8")
    return same
