"""A server whose port, address or protocol was changed answers somewhere else: go there, or say how to undo it.

The port of the URL is the server's own only if the two are equal; behind a port map or a tunnel the
URL stays, and whether the map still leads there is found out by asking.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from qbt_remote.api.errors import AuthFailed, QbtError, Unreachable, Untrusted
from qbt_remote.local.settings import ServerConfig
from qbt_remote.prefs.draft import Draft
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.shell import Hooks

Json = Any

PATIENCE_S, STEP_S = 8.0, 0.25
SETTLED_S = 1.5
"""So long a server may still answer at its old place although it is about to leave it."""
_PORTS = {"http": 80, "https": 443}
_EVERYWHERE = ("", "*", "0.0.0.0", "::")
LOST = N(
    "{server} does not answer at {url} any more. To undo it, stop qBittorrent on the server, set {lines} in "
    "qBittorrent.conf, and start it again."
)
_CONFIGURED = {"port": "WebUI\\Port", "address": "WebUI\\Address", "https": "WebUI\\HTTPS\\Enabled"}


@dataclass(frozen=True, slots=True)
class Move:
    """Where the server may be found after a change, the likeliest place first, and how to undo it."""

    places: tuple[ServerConfig, ...]
    password: str | None
    """A new password of the Web UI, to be remembered with the server."""
    undo: str
    moved: bool


class Follower:
    """Finds the server again and tells the program where it is."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    def plan(
        self, config: ServerConfig, draft: Draft, changed: Mapping[str, Json], before: Mapping[str, Json]
    ) -> Move | None:
        """Say where the server will be; None if it stays and is logged in to as before."""
        moves: dict[str, str] = {
            draft.prefs[key].moves: key for key in changed if key in draft.prefs and draft.prefs[key].moves
        }
        own_login = config.auth == "password"
        username = changed.get("web_ui_username") if own_login else None
        password = changed.get("web_ui_password") if own_login else None
        if not moves and username is None and password is None:
            return None
        named = replace(config, username=username) if username is not None else config
        places = [replace(named, url=url) for url in _urls(config.url, moves, changed, before)]
        undo = ", ".join(f"{_CONFIGURED[what]}={_plain(before.get(key))}" for what, key in moves.items())
        return Move(tuple(places), password, undo, bool(moves))

    async def arrive(self, session: Session, move: Move) -> dict[str, Json]:
        """Ask at each place until one answers, and go on there; raises QbtError if none does.

        The session is another one afterwards if the place or the login has changed.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        while clock() < began + PATIENCE_S:
            for place in move.places:
                if move.moved and place.url == session.config.url and clock() < began + SETTLED_S:
                    continue
                try:
                    answer = await self._ask(place, move.password)
                except Untrusted:
                    await self._go(session, place, move.password)  # it is there; the certificate is asked about
                    raise
                except AuthFailed:
                    raise  # asked again and again, it would shut us out
                except QbtError:
                    continue
                await self._go(session, place, move.password)
                return answer
            await asyncio.sleep(STEP_S)
        raise Unreachable(LOST, server=session.config.name, url=move.places[0].url, lines=move.undo or "?")

    async def _ask(self, place: ServerConfig, password: str | None) -> dict[str, Json]:
        client = await self._hooks.open_client(place, password)
        try:
            await client.connect()
            answer: dict[str, Json] = await client.get("app/preferences", deadline_s=5.0)
        finally:
            await client.close()
        return answer

    async def _go(self, session: Session, place: ServerConfig, password: str | None) -> None:
        if place != session.config or password is not None:
            await self._hooks.replace_server(place, password)


def _urls(url: str, moves: Mapping[str, str], changed: Mapping[str, Json], before: Mapping[str, Json]) -> list[str]:
    """Give the URLs to try: with the new port and protocol, the new address, and as it was."""
    parts = urlsplit(url)
    scheme, host = parts.scheme, parts.hostname or ""
    if "https" in moves and bool(before.get(moves["https"])) == (scheme == "https"):
        scheme = "https" if changed[moves["https"]] else "http"
    port = parts.port or _PORTS[parts.scheme]
    if "port" in moves and before.get(moves["port"]) == port:
        port = changed[moves["port"]]
    hosts = [host]
    if "address" in moves and (address := str(changed[moves["address"]])) not in _EVERYWHERE:
        hosts.append(address)
    made = [urlunsplit(parts._replace(scheme=scheme, netloc=_netloc(name, port, scheme))) for name in hosts]
    return list(dict.fromkeys([*made, url]))


def _netloc(host: str, port: int, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _PORTS[scheme] else f"{name}:{port}"


def _plain(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
