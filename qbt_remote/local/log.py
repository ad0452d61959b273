"""The log: a rotating file, the last lines in memory, and nothing secret in either.

What is written is the formatter's work, so that tracebacks pass through it too: secrets are taken
out, and control characters are escaped, so that one record is one line whatever a server sends.
Leaving secrets out at the call is the first line of defence; this is the second.
"""

from __future__ import annotations

import faulthandler
import io
import logging
import os
import re
import sys
import time
from collections import deque
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import IO, TextIO

FILE_NAME = "qbt-remote.log"
FILE_BYTES = 2 * 1024 * 1024
FILES = 3
LINES_IN_MEMORY = 2000
LONGEST_RECORD = 8192
_QUIET = ("httpx", "httpcore", "qasync", "asyncio", "keyring", "jeepney", "PIL")

HIDDEN = "[hidden]"
_SECRET_WORDS = (
    r"pass(?:word|wd|phrase|key)?|pwd|secret|token|api[_-]?key|[a-z]+_apikey|torrent_pass|auth[_-]?key|rss[_-]?key"
    r"|basic_password|web_ui_password|proxy_password|credentials?"
)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is taken out; made with the first record, since it takes 3 ms of the start."""
    return tuple(
        (re.compile(pattern, re.IGNORECASE), replacement)
        for pattern, replacement in (
            # headers, in any of their spellings: "Cookie: a=b", {'authorization': '…'}, (b'set-cookie', b'…')
            (
                r"\b((?:set-)?cookie|(?:proxy-)?authorization|x-api-key)(b?['\"]?\s*[:,=]\s*)b?"
                r"(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^\n]+)",
                rf"\1\2{HIDDEN}",
            ),
            (r"\b(QBT_SID_\w+|SID)(=|%3D)[^;,\s'\"&]+", rf"\1\2{HIDDEN}"),
            (r"\b(Basic|Bearer|Negotiate|NTLM)\s+[A-Za-z0-9+/=._~-]{6,}", rf"\1 {HIDDEN}"),
            (r"\bqbt_(?!remote\b)[A-Za-z0-9]{6,}", f"qbt_{HIDDEN}"),
            # user:password@, also with a slash or an @ inside the password; bounded, or hostile text costs seconds
            (r"(://)(?:[^\s/@:\['\"]{0,256}:[^\s'\"]{0,512}|[^\s/?#'\"]{0,512})@", rf"\1{HIDDEN}@"),
            (r"(%3A%2F%2F)[^\s/&]{0,512}(?:%40|@)", rf"\1{HIDDEN}@"),
            (r"\bmagnet:\?\S+", f"magnet:?{HIDDEN}"),
            # announce URLs carry the pass key in their path or query
            (
                r"\b((?:https?|udp|wss?)://[^/\s'\"]{1,300})/[^\s'\"]{0,1024}?(announce|scrape)[^\s'\"]*",
                rf"\1/{HIDDEN}/\2",
            ),
            (r"\b(https?://[^\s?'\"]{1,1024})\?[^\s'\"]+", rf"\1?{HIDDEN}"),
            (r"(/)(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{20,}(?=[/?#\s'\"]|$)", rf"\1{HIDDEN}"),
            (
                rf"\b({_SECRET_WORDS})(b?['\"]?\s*(?:=|:|%3D)\s*)b?"
                r"(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^\s&;,'\")}]+)",
                rf"\1\2{HIDDEN}",
            ),
        )
    )


_UNSEEN = (
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e0fff]"
)
"""Compiled, and kept by ``re``, with the first record."""


def redact(text: str) -> str:
    """Take out what looks like a password, a session, a key or a pass key."""
    for pattern, replacement in _rules():
        text = pattern.sub(replacement, text)
    return text


def one_line(text: str) -> str:
    """Escape what would end the line, move the cursor, hide text or fail to encode."""
    return re.sub(_UNSEEN, _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")


class _OneLine(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        local = time.localtime(record.created)
        return f"{time.strftime('%Y-%m-%d %H:%M:%S', local)}.{int(record.msecs):03d}{time.strftime('%z', local)}"

    def format(self, record: logging.LogRecord) -> str:
        kept = record.exc_text  # other handlers' cache of the traceback: neither used nor left behind
        record.exc_text = None
        try:
            text = super().format(record)
        finally:
            record.exc_text = kept
        # twice the length is looked at, so that a secret across the cut is whole when it is looked for
        text = redact(text[: 2 * LONGEST_RECORD])
        more = len(text) - LONGEST_RECORD
        return one_line(text if more <= 0 else f"{text[:LONGEST_RECORD]}… ({more} more)")


def _tell_loss() -> None:
    """Say that a record was lost, without its text: logging's own message would print it unredacted."""
    kind = sys.exc_info()[0]
    if sys.stderr is not None:
        sys.stderr.write(f"a log record could not be written ({kind.__name__ if kind else 'unknown'})\n")


class _File(logging.FileHandler):
    """Rotates at 2 MiB, keeps three files, all readable by their owner alone.

    ``logging.handlers`` has one too, but importing it takes 8 ms (it brings pickle, queue and socket).
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace")

    def _open(self) -> io.TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=_private_opener)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self.stream and self.stream.tell() + 4 * LONGEST_RECORD > FILE_BYTES:
                self._rotate()
        except (OSError, ValueError):
            self.handleError(record)
        super().emit(record)

    def _rotate(self) -> None:
        """Name .1 to .2 and so on, the last one is lost; then begin a new file."""
        if self.stream:
            self.stream.close()
        names = [Path(self.baseFilename + end) for end in ("", *(f".{n}" for n in range(1, FILES)))]
        try:
            for newer, older in reversed(list(pairwise(names))):
                if newer.exists():
                    newer.replace(older)
        finally:
            self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:
        _tell_loss()


class _Stream(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:
        _tell_loss()


class Ring(logging.Handler):
    """Keeps the last lines for the log window and the report of a crash."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=LINES_IN_MEMORY)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record))
        except (TypeError, ValueError):  # a log call whose arguments do not fit its text
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        _tell_loss()

    def lines(self) -> list[str]:
        return list(self._lines)


def recent() -> list[str]:
    """Give the last lines that this process has logged, the oldest first."""
    rings = [handler for handler in logging.getLogger().handlers if isinstance(handler, Ring)]
    return rings[0].lines() if rings else []


def setup(directory: Path, level: int | str = logging.INFO, *, stream: TextIO | None = None) -> Ring:
    """Send all records to ``directory`` and to the ring that is returned; call it once.

    ``stream`` (the terminal) gets the same lines from the same level on.  A folder that cannot be
    written to costs the file, not the start: the reason is the ring's first line.
    """
    ring = Ring()
    handlers: list[logging.Handler] = [ring]
    problem: OSError | None = None
    try:
        handlers.append(_File(directory / FILE_NAME))
    except OSError as e:
        problem = e
    if stream is not None:
        handlers.append(_Stream(stream))
    root = logging.getLogger()
    root.setLevel(level.upper() if isinstance(level, str) else level)
    for handler in handlers:
        handler.setFormatter(_OneLine())
        root.addHandler(handler)
    for name in _QUIET:  # httpx writes whole URLs at INFO
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    if problem is not None:
        logging.getLogger(__name__).warning("no log file: %s", problem)
    return ring


def catch_crashes(directory: Path) -> IO[str] | None:
    """Let the interpreter write its stacks to ``crash.log`` if the process dies; keep the file open."""
    try:
        file = open(directory / "crash.log", "a", encoding="utf-8", opener=_private_opener)  # noqa: SIM115
    except OSError as e:
        logging.getLogger(__name__).warning("no crash file: %s", e)
        return None
    faulthandler.enable(file)
    return file


def _private_opener(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0), 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)
    return descriptor
