"""The file of the add queue: what was given and has not come to a server yet, with its bytes and options.

SQLite, since a row that is committed is there after a power cut (WAL, synchronous=FULL), several processes may
use the file, and nothing is read into memory that is not needed.  Readable by its owner alone: links and torrent
files hold passkeys.  Every call blocks; sync/adding/queue.py makes them in a thread.

Two tables.  ``given`` is what a person has not decided about yet: it stands in an add dialog.  ``item`` is one thing to
be added to one server, until its result has been there for a week.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

State = Literal["queued", "sending", "verifying", "done", "failed"]
T = TypeVar("T")

NAME = "queue.sqlite"
VERSION = 1
KEPT_DAYS = 7
MOST_BYTES = 1 << 30
_WAIT_S = 5.0
_COMMON = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_TABLES = """
CREATE TABLE item(
    id INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, server_name TEXT NOT NULL, item TEXT NOT NULL,
    torrent BLOB, options TEXT NOT NULL, state TEXT NOT NULL, told TEXT NOT NULL, made REAL NOT NULL,
    changed REAL NOT NULL);
CREATE TABLE given(id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, made REAL NOT NULL);
CREATE TABLE given_file(given INTEGER NOT NULL, path TEXT NOT NULL, torrent BLOB NOT NULL);
"""
_COLUMNS = "id, server, server_name, item, options, state, told, made, changed"
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class QueueRow:
    """One thing to be added to one server.  ``item`` and ``options`` are JSON; the bytes stay in the file."""

    server: str
    server_name: str
    item: str
    options: str
    torrent: bytes | None = field(default=None, repr=False)
    """Only on its way into the file."""
    state: State = "queued"
    told: dict[str, Any] = field(default_factory=dict)
    """What is known of it so far: "outcome", "reason", "tries", "found", "before", "seen"."""
    made: float = 0.0
    """When it was given, by time.time(); ``changed`` when its state became what it is."""
    changed: float = 0.0
    id: int = 0


@dataclass(frozen=True, slots=True)
class GivenRow:
    """What was given and is not decided about: JSON, and the bytes of those files that were small, by their paths."""

    id: int
    what: str
    files: dict[str, bytes]


class QueueFile:
    """The file, from ``open`` to ``close``.  What the disk refuses raises OSError, and nothing of that call is kept."""

    def __init__(self, path: Path | None) -> None:
        """``path`` None keeps everything in memory: for a folder that cannot be written."""
        self._path = path
        self._base: sqlite3.Connection | None = None

    def open(self) -> Path | None:
        """Open or make the file; a damaged one is set aside, and its new place given.  Raises OSError."""
        try:
            self._connect()
        except _Damaged as error:
            _log.warning("the add queue was set aside: %s", error)
            aside = self._set_aside()
            self._connect()
            return aside
        return None

    def close(self) -> None:
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
        self._base = None

    def rows(self, after: int = 0) -> list[QueueRow]:
        """Give the rows with a higher id, in the order in which they were given, without their bytes."""
        found = self._do(lambda base: base.execute(f"SELECT {_COLUMNS} FROM item WHERE id > ? ORDER BY id", (after,)))
        return [_row(values) for values in found.fetchall()]

    def torrent(self, id_: int) -> bytes | None:
        """Give the bytes of a torrent file; None if it is a link, or done."""
        found = self._do(lambda base: base.execute("SELECT torrent FROM item WHERE id = ?", (id_,)).fetchone())
        return bytes(found[0]) if found and found[0] is not None else None

    def room(self) -> int:
        """Give how many bytes of torrent files may still be put into it."""
        found = self._do(lambda base: base.execute("SELECT total(length(torrent)) FROM item").fetchone())
        return MOST_BYTES - int(found[0])

    def put(self, rows: Sequence[QueueRow], *, without: Iterable[int] = ()) -> None:
        """Put rows in, or none of them, and take others away with it; each gets its ``id``."""
        now = time.time()
        for row in rows:
            row.made, row.changed = row.made or now, now

        def work(base: sqlite3.Connection) -> list[int]:
            ids = [self._insert(base, row) for row in rows]
            base.executemany("DELETE FROM item WHERE id = ?", ((id_,) for id_ in without))
            return ids

        for row, id_ in zip(rows, self._change(work), strict=True):
            row.id, row.torrent = id_, None

    def update(self, rows: Iterable[QueueRow]) -> None:
        """Write what became of rows; of those that are done only their names stay."""
        values = [
            (row.server, row.server_name, row.item, row.options, row.state, json.dumps(row.told), row.changed, row.id)
            for row in rows
        ]
        done = [(row.id,) for row in rows if row.state == "done"]

        def work(base: sqlite3.Connection) -> None:
            base.executemany(
                "UPDATE item SET server=?, server_name=?, item=?, options=?, state=?, told=?, changed=? WHERE id=?",
                values,
            )
            base.executemany("UPDATE item SET torrent = NULL WHERE id = ?", done)

        self._change(work)

    def remove(self, ids: Iterable[int]) -> None:
        self._change(lambda base: base.executemany("DELETE FROM item WHERE id = ?", [(id_,) for id_ in ids]))

    def keep_given(self, what: str, files: dict[str, bytes]) -> int:
        """Keep what was given until somebody has decided about it, and give its id."""

        def work(base: sqlite3.Connection) -> int:
            id_ = base.execute("INSERT INTO given(what, made) VALUES(?, ?)", (what, time.time())).lastrowid
            assert id_ is not None
            # a name on the disk may be no text: JSON keeps it
            base.executemany(
                "INSERT INTO given_file VALUES(?, ?, ?)",
                ((id_, json.dumps(path), torrent) for path, torrent in files.items()),
            )
            return id_

        return self._change(work)

    def given(self, after: int = 0) -> list[GivenRow]:
        """Give what nobody has decided about, with a higher id."""

        def work(base: sqlite3.Connection) -> list[GivenRow]:
            found = base.execute("SELECT id, what FROM given WHERE id > ? ORDER BY id", (after,)).fetchall()
            return [GivenRow(id_, what, _files_of(base, id_)) for id_, what in found]

        return self._do(work)

    def change_given(self, id_: int, what: str) -> None:
        """Keep something else of what was given; its files stay."""

        def work(base: sqlite3.Connection) -> None:
            base.execute("UPDATE given SET what = ? WHERE id = ?", (what, id_))

        self._change(work)

    def forget_given(self, ids: Iterable[int]) -> None:
        keys = [(id_,) for id_ in ids]

        def work(base: sqlite3.Connection) -> None:
            base.executemany("DELETE FROM given WHERE id = ?", keys)
            base.executemany("DELETE FROM given_file WHERE given = ?", keys)

        self._change(work)

    def sweep(self) -> None:
        """Take away what has been done or failed for a week."""
        old = time.time() - KEPT_DAYS * 86400
        self._change(lambda base: base.execute("DELETE FROM item WHERE state = 'done' AND changed < ?", (old,)))

    def _insert(self, base: sqlite3.Connection, row: QueueRow) -> int:
        values = (
            row.server,
            row.server_name,
            row.item,
            row.torrent,
            row.options,
            row.state,
            json.dumps(row.told),
            row.made,
            row.changed,
        )
        places = "server, server_name, item, torrent, options, state, told, made, changed"
        id_ = base.execute(f"INSERT INTO item({places}) VALUES(?,?,?,?,?,?,?,?,?)", values).lastrowid
        assert id_ is not None
        return id_

    def _change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def whole(base: sqlite3.Connection) -> T:
            with base:  # one transaction: committed, or rolled back
                base.execute("BEGIN IMMEDIATE")
                return work(base)

        return self._do(whole)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        assert self._base is not None, "not open"
        try:
            return work(self._base)
        except (sqlite3.Error, UnicodeError) as error:
            raise OSError(str(error)) from error

    def _connect(self) -> None:
        name = str(self._path) if self._path else ":memory:"
        if self._path:
            _make_private(self._path)
        base = sqlite3.connect(name, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        try:
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=FULL")
            base.execute("PRAGMA secure_delete=ON")
            with base:
                base.execute("BEGIN IMMEDIATE")
                _make_tables(base)
        except (sqlite3.Error, _Damaged) as error:
            base.close()
            if isinstance(error, sqlite3.OperationalError):  # locked, full, not writable: not the file's own fault
                raise OSError(str(error)) from error
            raise _Damaged(str(error)) from error
        self._base = base

    def _set_aside(self) -> Path:
        assert self._path is not None
        aside = self._path.with_name(f"{self._path.name}.damaged-{int(time.time())}")
        for ending in ("-wal", "-shm"):
            beside = self._path.with_name(self._path.name + ending)
            with contextlib.suppress(FileNotFoundError):
                beside.rename(aside.with_name(aside.name + ending))
        self._path.rename(aside)
        return aside


class _Damaged(Exception):
    """It is not our file, or of a newer program."""


def _make_tables(base: sqlite3.Connection) -> None:
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise _Damaged(f"made by a newer version ({version})")
    if version < VERSION:
        for statement in _TABLES.split(";"):
            base.execute(statement)
        base.execute(f"PRAGMA user_version = {VERSION}")


def _files_of(base: sqlite3.Connection, given: int) -> dict[str, bytes]:
    found = base.execute("SELECT path, torrent FROM given_file WHERE given = ?", (given,))
    return {json.loads(path): torrent for path, torrent in found}


def _make_private(path: Path) -> None:
    """Make the file with our rights before SQLite does, and refuse one that is a link or another user's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | _COMMON, 0o600)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or (sys.platform != "win32" and found.st_uid != os.getuid()):
            raise OSError("it is not our own file")
        if sys.platform != "win32":
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _row(values: Sequence[Any]) -> QueueRow:
    id_, server, server_name, item, options, state, told, made, changed = values
    return QueueRow(server, server_name, item, options, None, state, json.loads(told), made, changed, id_)
