"""What the application remembers: typed values, kept in ``settings.json``; never a secret.

The file is replaced as a whole (temporary file, fsync, rename, fsync of the folder), so a crash or a
full disk leaves the old one.  Keys we do not know are kept and written back.  Nothing that could not
be read is lost: before the first save the bytes that were found are put aside as ``.corrupt-<time>``
(``.version-<n>`` if a newer program wrote them), and ``.bak`` is the last file that loaded whole.

How a value is read follows from the annotation of its field, by a table of ours: the settings are read
before the first paint, and msgspec, which could do it, takes at least 13 ms to import.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qbt_remote.local.address_login import Login, no_passwords, taken_out, without_password
from qbt_remote.local.small_files import read, replace
from qbt_remote.local.window_state import WindowState
from qbt_remote.translatable import N, Said

VERSION = 1
LARGEST_FILE = 16 * 1024 * 1024
DEEPEST = 64
SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S = 0.5, 3600.0

# What a field may hold beyond its type; _READ has the rules.
Line = str  # without control characters, since it may get into the head of a request
Id = str
Url = str
Auth = str
Interval = float  # seconds, brought into bounds
Moment = float  # seconds, by time.time()


@dataclass(slots=True)
class ServerConfig:
    """One server as the user described it.  Secrets are in the vault, under ``id``."""

    name: Line
    url: Url
    """scheme://host[:port][/path], as ``local.address.normalise`` gives it: no trailing slash, no user."""
    id: Id = field(default_factory=lambda: os.urandom(16).hex())
    username: Line = ""
    auth: Auth = "password"
    """"password", "api_key" (5.2+), or "none" (the server lets this address in without a login)."""
    basic_username: Line = ""
    """For the HTTP Basic login of a proxy in front; "" means none."""
    host_header: Line = ""
    """Sent as ``Host`` instead of the URL's own, for tunnels and port maps; "" means none."""
    certificate: str = ""
    """PEM or SHA-256 fingerprint of the one certificate that is trusted instead of the system's store; "" for that."""
    proxy: Line = ""
    """http:// or socks5:// URL of a proxy to go through; "" means direct (the environment is ignored)."""
    has_headers: bool = True
    """The vault may hold custom headers; settings that do not say it are of a time when it was not known."""
    interval_s: Interval = 1.5
    enabled: bool = True
    rejected: bool = False
    """The server refused the credentials: no login is tried until the user acts (five wrong tries ban)."""
    banned_until: Moment = 0.0
    """Until then the server refuses this computer any login, as far as is known; by time.time()."""
    default_login_said: bool = False
    """The user was told that this server takes the login that all had before 4.6.1."""
    unknown: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """Keys of a newer program, written back as they were."""

    def may_have_secrets(self) -> bool:
        """Whether the vault need be read: a keyring may be locked, and its modules take 13 MB."""
        return self.auth != "none" or bool(self.basic_username) or "@" in self.proxy or self.has_headers


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the vault keeps for one server.  Never shown by ``repr``."""

    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    basic_password: str = field(default="", repr=False)
    proxy_password: str = field(default="", repr=False)
    """Goes with the user name inside ``ServerConfig.proxy``."""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Custom headers by name; they often carry tokens, so their values are secrets."""


@dataclass(slots=True)
class Settings:
    """All that is remembered; ``problems`` says what could not be read and is never written."""

    servers: list[ServerConfig] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    """``TableView.save_state()``."""
    window: WindowState = field(default_factory=WindowState)
    sidebar_visible: bool = True
    status_bar_visible: bool = True
    toolbar_visible: bool = True
    toolbar_text: bool = False
    theme: str = "system"  # or "light", "dark"
    filter: dict[str, Any] = field(default_factory=dict)
    """What is picked in the sidebar, and the view that is shown; see ``ui/filtering/saved_views.py``."""
    sidebar: dict[str, Any] = field(default_factory=dict)
    """The order of its sections and those that are hidden; see ``ui/filtering/sections.py``."""
    views: dict[str, Any] = field(default_factory=dict)
    """The saved views by name, in their order, each as ``View.as_json`` of ``sync/filtering/views.py`` gives it."""
    close_to_tray: bool = False
    start_minimised: bool = False
    notify_finished: bool = True
    notify_failed: bool = True
    always_delete_files: bool = False
    """The box in the question before torrents are removed is ticked at first; never by a tick there alone."""
    preview_above: int = 20
    """A change of more torrents than this is shown before it is made; moves and the like always are."""
    double_click_downloading: str = "start_stop"
    """What a double click or Enter does: "start_stop", "options", "details", "open_folder", "rename" or "none"."""
    double_click_completed: str = "details"
    add: dict[str, Any] = field(default_factory=dict)
    """The options of the last addition."""
    skip_add_dialog: bool = False
    merge_trackers: bool = False
    """Trackers go to a torrent that is there already without a question."""
    language: str = ""  # a code as "de"; "" is the system's
    compact: bool = False
    confirm_remove: bool = True
    confirm_recheck: bool = True
    interval_s: Interval = 1.5  # of new servers; each has its own from then on
    path_maps: list[dict[str, Any]] = field(default_factory=list)  # see path_map.py
    unknown: dict[str, Any] = field(default_factory=dict, repr=False)
    problems: list[Said] = field(default_factory=list, repr=False, compare=False)
    logins: dict[str, Login] = field(default_factory=dict, repr=False, compare=False)
    """What stood in the addresses of the file, by the server's id: taken out, for the vault, and never written."""
    _found: bytes = field(default=b"", repr=False, compare=False)
    _aside: str = field(default="", repr=False, compare=False)
    """Suffix under which the found bytes are kept before the first save; "" means as ``.bak``."""
    _unread: bool = field(default=False, repr=False, compare=False)

    def server(self, server_id: str) -> ServerConfig | None:
        return next((s for s in self.servers if s.id == server_id), None)

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the file; a missing one gives the defaults.  Never raises for what the file holds."""
        try:
            found = read(path, LARGEST_FILE)
        except FileNotFoundError:
            return cls()
        except OSError as e:
            settings = _from_backup(path, Said(N("The settings file cannot be read: {reason}"), reason=_reason(e)))
            settings._found, settings._aside, settings._unread = b"", _corrupt_suffix(path), True
            return settings
        try:
            settings = _parsed(found)
        except _Broken as e:
            settings = _from_backup(path, Said(N("The settings file is damaged: {reason}"), reason=str(e)))
            settings._aside = _corrupt_suffix(path)
            settings.problems.append(Said(N("It is kept as {file}."), file=path.name + settings._aside))
            with contextlib.suppress(OSError):  # tried again, and insisted on, before it is replaced
                _keep(path.with_name(path.name + settings._aside), no_passwords(found))
        if settings.problems and not settings._aside:
            settings._aside = _corrupt_suffix(path)
        settings._found = no_passwords(found)
        return settings

    def save(self, path: Path) -> None:
        """Replace the file.  Raises OSError, and then the old file is as it was."""
        data = self._bytes()
        if data == self._found and not self._aside:
            return
        if self._unread:
            _move_aside(path, path.with_name(path.name + self._aside))
        elif self._aside:
            _keep(path.with_name(path.name + self._aside), self._found)
        elif self._found:
            replace(path.with_name(path.name + ".bak"), self._found)
        replace(path, data)
        self._found, self._aside, self._unread = data, "", False

    def _bytes(self) -> bytes:
        written = {
            "version": VERSION,
            "servers": [_server_as_json(server) for server in self.servers],
            **{name: getattr(self, name) for name in _SETTINGS_FIELDS},
            "window": self.window.as_json(),
            **self.unknown,
        }
        text = json.dumps(written, ensure_ascii=False, indent=2) + "\n"
        return text.encode("utf-8", "backslashreplace")  # a lone surrogate becomes its JSON escape


class _Broken(ValueError):
    """The file as a whole is not ours."""


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:  # isinstance would take true for a number
        raise ValueError
    return value


def _like(pattern: str, value: Any) -> str:
    if not re.fullmatch(pattern, _of(str, value)):
        raise ValueError
    return str(value)


def _url(value: Any) -> str:
    parts = urlsplit(_like(_LINE, value))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or "@" in parts.netloc:
        raise ValueError
    return str(value)


def _interval(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError
    return min(max(float(value), SHORTEST_INTERVAL_S), LONGEST_INTERVAL_S)


def _moment(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError
    return float(value)


_LINE = r"[^\x00-\x1f\x7f]*"
_READ: dict[str, Callable[[Any], Any]] = {
    "str": partial(_of, str),
    "bool": partial(_of, bool),
    "int": partial(_of, int),
    "dict[str, Any]": partial(_of, dict),
    "list[dict[str, Any]]": lambda value: [_of(dict, entry) for entry in _of(list, value)],
    "WindowState": WindowState.read,
    "Line": partial(_like, _LINE),
    "Id": partial(_like, "[A-Za-z0-9_-]{1,64}"),
    "Auth": partial(_like, "password|api_key|none"),
    "Url": _url,
    "Interval": _interval,
    "Moment": _moment,
}
"""How a value is read, by the annotation of its field; one that does not fit is a ValueError or an OverflowError."""
_SERVER_FIELDS = {f.name: _READ[str(f.type)] for f in fields(ServerConfig) if f.name != "unknown"}
_SETTINGS_FIELDS = {
    f.name: _READ[str(f.type)]
    for f in fields(Settings)
    if f.name not in ("servers", "unknown", "problems", "logins") and not f.name.startswith("_")
}


def _parsed(data: bytes) -> Settings:
    """Read what we know; a field of another type gets its default and a problem.  Raises _Broken."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise _Broken(str(e)) from e
    if not isinstance(found, dict):
        raise _Broken("not an object")
    if _too_deep(found, DEEPEST):
        raise _Broken("nested too deeply")
    settings = Settings()
    version = found.pop("version", VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        settings.problems.append(Said(N("The settings file names no version.")))
    elif version > VERSION:
        settings.problems.append(Said(N("The settings file was written by a newer version; what is new is kept.")))
        settings._aside = f".version-{min(version, 9999)}"
    servers = found.pop("servers", [])
    known, settings.unknown = _known(found, _SETTINGS_FIELDS, "", settings.problems)
    for name, value in known.items():
        setattr(settings, name, value)
    settings.servers = _servers(servers, settings.problems, settings.logins)
    return settings


def _known(
    found: Mapping[str, Any], wanted: Mapping[str, Callable[[Any], Any]], where: str, problems: list[Said]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the fields that fit, and those that are not ours."""
    known: dict[str, Any] = {}
    for name, reader in wanted.items():
        if name in found:
            try:
                known[name] = reader(found[name])
            except (ValueError, OverflowError):
                problems.append(Said(N("“{field}” could not be read; its default value is used."), field=where + name))
    return known, {name: value for name, value in found.items() if name not in wanted}


def _servers(found: Any, problems: list[Said], logins: dict[str, Login]) -> list[ServerConfig]:
    if not isinstance(found, list):
        problems.append(Said(N("“{field}” could not be read; its default value is used."), field="servers"))
        return []
    servers: list[ServerConfig] = []
    for number, entry in enumerate(found, 1):
        entry, login = _without_login(entry if isinstance(entry, dict) else {})
        known, unknown = _known(entry, _SERVER_FIELDS, f"servers.{number}.", problems)
        if "url" not in known:
            problems.append(Said(N("Server {number} has no usable address and was left out."), number=number))
            continue
        if known.get("id") in {server.id for server in servers}:
            del known["id"]
        name = known.pop("name", "") or urlsplit(known["url"]).hostname
        servers.append(ServerConfig(name, **known, unknown=unknown))
        if any(login):
            logins[servers[-1].id] = login
    return servers


def _without_login(entry: dict[str, Any]) -> tuple[dict[str, Any], Login]:
    """Take the login out of a server's address, and the password out of its proxy's."""
    try:
        url, user, password = taken_out(entry.get("url", ""))
        _proxy, _user, proxy_password = taken_out(entry.get("proxy", ""))
        _like(_LINE, user)
    except (ValueError, TypeError, AttributeError):  # no texts, or no addresses
        return entry, Login()
    if not (user or password or proxy_password):
        return entry, Login()
    return entry | {"url": url, "proxy": without_password(entry.get("proxy", ""))}, Login(
        user, password, proxy_password
    )


def _server_as_json(server: ServerConfig) -> dict[str, Any]:
    written = {name: getattr(server, name) for name in _SERVER_FIELDS}
    written["proxy"] = without_password(server.proxy)
    return {**written, "url": without_password(server.url), **server.unknown}


def _too_deep(value: Any, left: int) -> bool:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left == 0 or any(_too_deep(child, left - 1) for child in children)


def _from_backup(path: Path, problem: Said) -> Settings:
    try:
        settings = _parsed(read(path.with_name(path.name + ".bak"), LARGEST_FILE))
    except (OSError, _Broken):
        settings = Settings()
        settings.problems = [problem, Said(N("The default settings are used."))]
        return settings
    settings.problems[:0] = [problem, Said(N("The settings of the last good start are used."))]
    return settings


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _corrupt_suffix(path: Path) -> str:
    """Name the copy by the time of the file, so that the same file is kept once."""
    try:
        changed = path.lstat().st_mtime
    except OSError:
        changed = time.time()
    return time.strftime(".corrupt-%Y%m%dT%H%M%S", time.gmtime(changed))


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.name}.{number}")


def _keep(path: Path, data: bytes) -> None:
    """Put a copy aside once; another file of the same name is not touched."""
    for name in _names(path):
        try:
            if read(name, LARGEST_FILE) == data:
                return
        except FileNotFoundError:
            replace(name, data)
            return
        except OSError:  # something else that is there already
            continue


def _move_aside(path: Path, aside: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.rename(next(name for name in _names(aside) if not os.path.lexists(name)))
