"""The diagnostics as text: what helps to understand a fault, and nothing that says who or what it is about.

It is English, since developers read it.  Nothing is taken out of it: it is put together from what is known to be
harmless.  Those are numbers, words of this program, its source lines, and versions.  Of a line of the log it has the
text as it stands in the source, with the numbers that were filled in; a server's name becomes "server 1", and any
other text that was filled in is hidden.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import PySide6
from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QGuiApplication

from qbt_remote import __version__
from qbt_remote.api.connection import VERSIONS
from qbt_remote.api.endpoints import ENDPOINTS
from qbt_remote.api.tls import is_fingerprint
from qbt_remote.local.address import off_lan
from qbt_remote.local.last_end import BadEnd
from qbt_remote.local.log import Known, LogEntry, recent
from qbt_remote.sync.trouble import trouble
from qbt_remote.translatable import Said

if TYPE_CHECKING:
    from qbt_remote.local.loop_gaps import LoopGap
    from qbt_remote.local.requests import Request
    from qbt_remote.sync.session import Session

LOG_LINES, REQUESTS = 100, 20
_HIDDEN = "[hidden]"
_WORD = re.compile(r"[\w.:+-]{1,40}")
_LEVELS = {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}


def report(
    sessions: Collection[Session],
    *,
    faults: int,
    queued: Mapping[str, int],
    gap: LoopGap | None,
    ended: BadEnd | None = None,
) -> str:
    """Give all of it.

    ``faults`` counts errors of ours, ``queued`` what is to be added, by its state; ``gap`` is the longest of the event
    loop; ``ended`` is how the program ended the last time, where that is what it is about.
    """
    names = {session.config.name: f"server {n}" for n, session in enumerate(sessions, 1)}
    parts: list[tuple[str, Iterator[str]]] = [("qbt-remote diagnostics", _versions())]
    if ended is not None:
        parts.append(("The last time", _last_time(ended)))
    for n, session in enumerate(sessions, 1):
        parts.append((f"Server {n}", _server(session)))
    parts.append((f"The last {LOG_LINES} lines of the log", _log(names)))
    parts.append(("Faults of qbt-remote since it began", iter([str(faults)])))
    parts.append(("The longest gap of the event loop since it began", iter([_gap(gap)])))
    parts.append(("Add queue", iter([", ".join(f"{state} {n:,}" for state, n in queued.items()) or "empty"])))
    return "\n\n".join("\n".join([head, *(f"  {line}" for line in lines)]) for head, lines in parts) + "\n"


def _versions() -> Iterator[str]:
    yield f"qbt-remote {__version__}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}"
    yield f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, Qt {qVersion()}"
    packages = {name: _version(name) for name in ("qasync", "msgspec", "keyring", "libtorrent")}
    yield ", ".join(f"{name} {number}" for name, number in {**VERSIONS, **packages}.items())
    release = re.match(r"[\d.]*", platform.release())  # what follows may be anybody's
    yield f"{platform.system()} {release[0] if release else ''} {platform.machine()}, {_distribution()}"
    env = [_word(os.environ.get(name, "")) for name in ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")]
    desktop = ", ".join(filter(None, env)) or "unknown desktop"
    yield f"{desktop}, Qt platform {_word(QGuiApplication.platformName())}, locale {QLocale().name()}"
    screens = (
        f"{s.size().width()} x {s.size().height()} at {s.devicePixelRatio():g}" for s in QGuiApplication.screens()
    )
    yield f"screens: {'; '.join(screens)}"
    yield "frozen" if getattr(sys, "frozen", False) else "not frozen"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "without a version"


def _distribution() -> str:
    try:
        found = platform.freedesktop_os_release()
    except OSError:
        return "unknown distribution"
    return " ".join(_word(found.get(key, "")) for key in ("ID", "VERSION_ID"))


def _word(text: str) -> str:
    """Give a word of the environment, if it looks like one."""
    return text if _WORD.fullmatch(text) else ""


def _last_time(ended: BadEnd) -> Iterator[str]:
    yield f"version {ended.version or 'unknown'}"
    yield "it crashed:" if ended.crashed else "it was ended without saying goodbye; it did not crash by itself"
    yield from ended.stacks
    yield "its log, without the texts:"
    yield from ended.log


# servers


def _server(session: Session) -> Iterator[str]:
    yield ", ".join(_kind(session))
    yield ", ".join(_standing(session))
    asked, failed = session.requests.asked, session.requests.failed
    polls = asked["sync/maindata"]
    yield f"polls {polls:,}, whole lists {session.requests.whole:,}, logins {asked['auth/login']:,}"
    yield "outages: " + (", ".join(f"{kind} {n:,}" for kind, n in failed.most_common()) or "none")
    if last := [request for request in session.requests.kept.since() if not _is_good_poll(request)][-REQUESTS:]:
        yield f"the last {len(last)} requests, without polls that went well:"
        yield from (f"  {_request(request)}" for request in last)


def _kind(session: Session) -> Iterator[str]:
    client, config = session.client, session.config
    if client is not None:
        yield f"qBittorrent {_numbers(client.version.app)}"
        yield f"Web API {_numbers(client.version.api)}"
    else:
        yield "qBittorrent, version not known now"
    url = urlsplit(config.url)
    yield url.scheme
    if url.scheme == "https":
        yield _certificate(config.certificate)
    yield "outside the local network" if off_lan(config.url) else "in the local network"
    if url.path:
        yield "below a path"
    yield {"password": "login by password", "api_key": "API key"}.get(config.auth, "no login")
    if config.basic_username:
        yield "behind a proxy login"
    if config.proxy:
        yield f"through a proxy ({_word(config.proxy.partition(':')[0]) or 'unknown kind'})"
    if config.host_header:
        yield "with another Host header"
    yield f"asked every {config.interval_s:g} s"
    torrents = len(session.mirror.torrents)
    yield f"{torrents:,} {'torrent' if torrents == 1 else 'torrents'}"


def _certificate(trusted: str) -> str:
    if not trusted:
        return "certificate by the system's authorities"
    return f"trusted certificate ({'fingerprint' if is_fingerprint(trusted) else 'whole'})"


def _standing(session: Session) -> Iterator[str]:
    yield session.status.phase
    if kind := trouble(session):
        yield kind
    if session.status.error is not None:
        yield _filled(session.status.error.said)
    if session.paused:
        yield "paused"


def _numbers(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


def _is_good_poll(request: Request) -> bool:
    return request.name == "sync/maindata" and request.status == 200 and not request.failure


def _request(request: Request) -> str:
    answer = str(request.status) if request.status else "no answer"
    attempt = f", attempt {request.attempt}" if request.attempt > 1 else ""
    sizes = f"{request.sent:,} B sent, {request.received:,} B received"
    return (
        f"{_moment(request.time_s)} {request.method} {request.name}: {answer}, {request.spent_ms:.0f} ms, {sizes}"
        f"{attempt} {request.failure}".rstrip()
    )


def _gap(gap: LoopGap | None) -> str:
    """Say for how long the window answered to nothing, and whether that was our own work."""
    if gap is None:
        return "not known yet"
    return (
        f"{gap.ms:.0f} ms in which the window answered to nothing, until {_moment(gap.at)}; "
        f"for {gap.cpu_ms:.0f} ms of them qbt-remote itself was at work"
    )


# the log


def _log(names: Mapping[str, str]) -> Iterator[str]:
    for entry in recent().since()[-LOG_LINES:]:
        yield f"{_moment(entry.time_s)} {_LEVELS.get(entry.level, entry.level)} {entry.logger}: {_text(entry, names)}"
        yield from (f"  {line}" for line in entry.raised)


def _text(entry: LogEntry, names: Mapping[str, str]) -> str:
    if not entry.template:
        return _HIDDEN
    try:
        return entry.template % tuple(_shown(part, names) for part in entry.parts)
    except (TypeError, ValueError):
        return entry.template


def _shown(part: object, names: Mapping[str, str]) -> object:
    """Give what may be shown of what was filled in."""
    if isinstance(part, Said):
        return _filled(part)
    if isinstance(part, str):
        return part if isinstance(part, Known) or part in ENDPOINTS else names.get(part, _HIDDEN)
    return part


def _filled(said: Said) -> str:
    """Give a sentence with only its numbers filled in."""
    parts = {name: part if isinstance(part, int | float) else f"[{name}]" for name, part in said.parts.items()}
    return said.template.format(**parts)


def _moment(time_s: float) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(time_s))}.{int(time_s * 1000) % 1000:03d}"
