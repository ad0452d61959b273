"""What the application remembers: typed values, kept in ``settings.json``; never a secret."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field


@dataclass(slots=True)
class ServerConfig:
    """One server as the user described it.  Secrets are in the vault, under ``id``."""

    name: str
    url: str
    """scheme://host[:port][/path], as ``api.address.normalise`` gives it: no trailing slash, no user."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    username: str = ""
    auth: str = "password"
    """"password", "api_key" (5.2+), or "none" (the server lets this address in without a login)."""
    basic_username: str = ""
    """For the HTTP Basic login of a proxy in front; "" means none."""
    host_header: str = ""
    """Sent as ``Host`` instead of the URL's own, for tunnels and port maps; "" means none."""
    certificate: str = ""
    """PEM of the one certificate that is trusted instead of the system's store; "" means the store."""
    proxy: str = ""
    """http:// or socks5:// URL of a proxy to go through; "" means direct (the environment is ignored)."""
    interval_s: float = 1.5
    enabled: bool = True
    rejected: bool = False
    """The server refused the credentials: no login is tried until the user acts (five wrong tries ban)."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the vault keeps for one server.  Never shown by ``repr``."""

    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    basic_password: str = field(default="", repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Custom headers by name; they often carry tokens, so their values are secrets."""
