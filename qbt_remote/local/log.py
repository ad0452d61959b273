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
from itertools import islice, pairwise
from pathlib import Path
from traceback import walk_tb
from typing import IO, Generic, NamedTuple, TextIO, TypeVar

from qbt_remote.translatable import Said, SaidError

T = TypeVar("T")

FILE_NAME = "qbt-remote.log"
FILE_BYTES = 2 * 1024 * 1024
FILES = 3
CRASH_FILE = "crash.log"
LINES_IN_MEMORY = 2000
LONGEST_RECORD = 8192
_MOST_FRAMES, _MOST_CAUSES = 30, 4
_OURS = "qbt_remote"
_REQUESTS = "qbt_remote.local.requests"
"""What it logs is for the file: in memory each server's requests are kept by themselves."""
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
        return open(self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=private_opener)

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


class Kept(Generic[T]):
    """The newest of what comes one after another; the older ones go."""

    def __init__(self, most: int) -> None:
        self._newest: deque[T] = deque(maxlen=most)
        self.total = 0
        """How many have come so far."""

    def add(self, entry: T) -> None:
        self._newest.append(entry)
        self.total += 1

    def since(self, total: int = 0) -> list[T]:
        """Give those that came after so many, the oldest first, as far as they are still there."""
        there = len(self._newest)
        return list(islice(self._newest, max(0, there - self.total + total), None))


class Known(str):
    """A text of ours among what was filled into a line of the log: nobody is named in it."""

    __slots__ = ()


class LogEntry(NamedTuple):
    """One line of the log in memory: as it is written, and in its parts."""

    time_s: float
    level: int
    logger: str
    message: str
    """One redacted line, as in the file."""
    template: str
    """The text of the call before anything was filled in; "" where the record is not ours."""
    parts: tuple[object, ...]
    """What was filled in: numbers, texts, ``Known`` ones, and what errors say."""
    raised: tuple[str, ...]
    """The kinds of the errors, each with the places in the code that led to it; nothing of their texts."""


class Ring(logging.Handler):
    """Keeps the last lines for the log window and the diagnostics."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: Kept[LogEntry] = Kept(LINES_IN_MEMORY)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == _REQUESTS:
            return
        try:
            self.entries.add(_entry(record, self.format(record)))
        except (TypeError, ValueError):  # a log call whose arguments do not fit its text
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        _tell_loss()


def _entry(record: logging.LogRecord, line: str) -> LogEntry:
    message = line.partition(f" {record.levelname} {record.name}: ")[2] or line
    ours = record.name.partition(".")[0] == _OURS
    parts = tuple(map(_part, record.args)) if ours and isinstance(record.args, tuple) else ()
    error = record.exc_info[1] if record.exc_info else None
    return LogEntry(
        record.created,
        record.levelno,
        record.name,
        message,
        record.msg if ours and isinstance(record.msg, str) else "",
        parts,
        tuple(_raised(error)) if error is not None else (),
    )


def _part(value: object) -> object:
    """Give what may be kept of an argument without keeping what it refers to."""
    if isinstance(value, int | float | str):
        return value
    kind = type(value).__name__
    if isinstance(value, SaidError):
        return Said(f"{kind}: {value.said.template}", **value.said.parts)
    if isinstance(value, OSError) and value.errno is not None:
        return Known(f"{kind} {value.errno}")
    if isinstance(value, tuple) and all(isinstance(part, int) for part in value):
        return Known(".".join(map(str, value)))
    return Known(kind)


def _raised(error: BaseException) -> list[str]:
    lines: list[str] = []
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            break
        lines.append(type(cause).__name__)
        places = list(walk_tb(cause.__traceback__))[-_MOST_FRAMES:]
        lines += [f"  {code_file(f.f_code.co_filename)}:{line} in {f.f_code.co_name}" for f, line in places]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return lines


def code_file(path: str) -> str:
    """Name a file of code without the folders that it was installed below."""
    found = re.fullmatch(r".*[\\/](?:(?:site|dist)-packages[\\/]|(?=qbt_remote[\\/]))([\w.\\/-]+)", path)
    return found[1] if found else re.split(r"[\\/]", path)[-1]


def recent() -> Kept[LogEntry]:
    """Give the last lines that this process has logged."""
    rings = [handler for handler in logging.getLogger().handlers if isinstance(handler, Ring)]
    return rings[0].entries if rings else Kept(0)


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
        file = open(directory / CRASH_FILE, "a", encoding="utf-8", opener=private_opener)  # noqa: SIM115
    except OSError as e:
        logging.getLogger(__name__).warning("no crash file: %s", e)
        return None
    faulthandler.enable(file)
    return file


def private_opener(path: str, flags: int) -> int:
    """Open a file of ours as ``open`` does, not through a link; its owner alone may read it."""
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0), 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)
    return descriptor
