"""How the program ended the last time: a file says that it runs, and a clean end removes it.

What ends the process without a word (SIGKILL, no memory left) leaves the file; what crashes it leaves what the
interpreter has written as it died, too.  The end of a session may take the display away before anything else, and Qt
then ends the process by itself: so the file names the session, and one of another session, or from before the computer
was started, says nothing.  None of this is worth an error: where nothing can be written, nothing is known later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qbt_remote import __version__
from qbt_remote.local.log import CRASH_FILE, FILE_NAME, code_file, private_opener
from qbt_remote.local.small_files import read

_MARKER, _LONGEST_MARKER = "running", 8192
_BOOT, _AUDIT_SESSION = "/proc/sys/kernel/random/boot_id", "/proc/self/sessionid"
_LARGEST, _LARGEST_LOG = 256 * 2**10, 4 * 2**20
_LOG_LINES, _STACK_LINES = 40, 200
_PLACE = re.compile(r'(\s*)File "([^"]*)", line (\d+|\?\?\?) in ([\w<>.]+)')
_HEADS = re.compile(
    r"Fatal Python error: [\w ,:.()'-]{1,120}|Windows fatal exception: [\w ]{1,80}"
    r"|(?:Current t|T)hread 0x[0-9a-f]+(?: \[[\w-]{1,30}\])? \(most recent call first\):"
    r"|  <no Python frame>|  Garbage-collecting"
)
_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\S* ([A-Z]+) ([\w.]+): ")


@dataclass(frozen=True)
class BadEnd:
    """An end that nobody asked for."""

    version: str
    """Of the program that ended."""
    stacks: tuple[str, ...]
    """What the interpreter wrote as it crashed, with no folder in it; empty where the process was ended."""
    log: tuple[str, ...]
    """The last lines of its log: time, level and part of the program, without their texts."""

    @property
    def crashed(self) -> bool:
        return bool(self.stacks)


def begin(state: Path, logs: Path, config: Path) -> BadEnd | None:
    """Mark that the program runs, and say how it ended before, if badly.  Call it when the lock is held.

    ``config`` is the folder of the settings: another one may have the same ``state``, and ends are not its business.

    A bad end is told once: what was written of it is emptied, and where that fails nothing is told.
    """
    run = f"{_session()}\n{os.fsencode(config)!r}"  # a folder's name need not be text
    version, marked = _marker(state / _MARKER, run)
    marked &= _written(state / _MARKER, f"{__version__}\n{run}")
    crash = logs / CRASH_FILE
    stacks = tuple(_stacks(_text(crash, _LARGEST)))
    if crash.exists() and not _written(crash, ""):
        stacks = ()
    return BadEnd(version, stacks, tuple(_log_lines(logs / FILE_NAME))) if marked or stacks else None


def clean_end(state: Path) -> None:
    """The program ends because it was asked to: by the user, by the session's end, by a signal."""
    with suppress(OSError):
        (state / _MARKER).unlink()


def _written(path: Path, text: str) -> bool:
    try:
        with open(path, "w", encoding="utf-8", opener=private_opener) as file:
            file.write(text)
    except OSError:
        return False
    return True


def _session() -> str:
    """Name the start of the computer and the session, as far as the system does."""
    return f"{_line(_BOOT)} {os.environ.get('XDG_SESSION_ID') or _line(_AUDIT_SESSION)}"


def _line(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def _marker(path: Path, run: str) -> tuple[str, bool]:
    """Give the version of the program that began, and whether that is a run of ours in this session."""
    version, _newline, marked = _text(path, _LONGEST_MARKER).partition("\n")
    if not re.fullmatch(r"[\w.+-]{1,40}", version):
        return "", False
    return version, marked == run


def _text(path: Path, at_most: int) -> str:
    try:
        return read(path, at_most).decode("utf-8", "replace")
    except OSError:
        return ""


def _stacks(text: str) -> Iterator[str]:
    """Give the lines that are of the known form, with the files of code as they are named in the package."""
    for line in text.splitlines()[:_STACK_LINES]:
        if place := _PLACE.match(line):
            yield f"{place[1]}{code_file(place[2])}:{place[3]} in {place[4]}"
        elif head := _HEADS.match(line):
            yield head[0]


def _log_lines(path: Path) -> Iterator[str]:
    """Give what may be told of the last lines; this process has hardly begun to write its own."""
    for line in _text(path, _LARGEST_LOG).splitlines()[-_LOG_LINES:]:
        if told := _LINE.match(line):
            yield f"{told[1]} {told[2]} {told[3]}"
