"""The file of the add queue: what is committed is there, whatever happened, and nobody else reads it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.local import add_queue
from qbt_remote.local.add_queue import NAME, QueueFile, QueueRow

DAY_S = 86400


def row(name: str, torrent: bytes | None = b"d4:infod", **more: Any) -> QueueRow:
    return QueueRow("nas", "NAS", f'{{"name": "{name}"}}', "{}", torrent, **more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / NAME


@pytest.fixture
def file(path: Path) -> Iterator[QueueFile]:
    opened = QueueFile(path)
    opened.open()
    yield opened
    opened.close()


def names(file: QueueFile) -> list[str]:
    return [each.item for each in file.rows()]


def test_what_is_put_in_is_there_with_its_bytes_when_it_is_opened_again(file: QueueFile, path: Path) -> None:
    rows = [row("a", b"aaa"), row("b", None, state="verifying", told={"tries": 2})]
    file.put(rows)
    file.close()

    with closing(QueueFile(path)) as again:
        again.open()
        found = again.rows()
        assert [(each.id, each.item, each.state, each.told) for each in found] == [
            (rows[0].id, '{"name": "a"}', "queued", {}),
            (rows[1].id, '{"name": "b"}', "verifying", {"tries": 2}),
        ]
        assert [again.torrent(each.id) for each in found] == [b"aaa", None]
        assert again.rows(after=rows[0].id)[0].id == rows[1].id


def test_all_of_a_group_is_put_in_or_none_of_it(file: QueueFile) -> None:
    old = row("old")
    file.put([old])
    broken = row("broken")
    broken.options = None  # type: ignore[assignment]  # what the table refuses

    with pytest.raises(OSError, match="NOT NULL"):
        file.put([row("a"), broken], without=[old.id])

    assert names(file) == ['{"name": "old"}']


def test_of_what_is_done_the_bytes_go_at_once_and_the_row_after_a_week(file: QueueFile) -> None:
    rows = [row("fresh"), row("old"), row("failed")]
    file.put(rows)
    long_ago = time.time() - (add_queue.KEPT_DAYS + 1) * DAY_S
    for each, changed in zip(rows, (time.time(), long_ago, long_ago), strict=True):
        each.state, each.changed = "done", changed
    rows[2].state = "failed"
    file.update(rows)

    assert [file.torrent(each.id) for each in rows] == [None, None, b"d4:infod"]
    file.sweep()
    assert names(file) == ['{"name": "fresh"}', '{"name": "failed"}']


def test_numbers_are_never_used_again(file: QueueFile) -> None:
    first = row("first")
    file.put([first])
    file.remove([first.id])
    second = row("second")
    file.put([second])

    assert second.id > first.id


def test_what_was_given_is_kept_with_its_files_until_it_is_decided_about(file: QueueFile) -> None:
    name = os.fsdecode(b"/tmp/\xff.torrent")
    one = file.keep_given("one", {name: b"aaa"})
    two = file.keep_given("two", {})

    assert [(each.id, each.what, each.files) for each in file.given()] == [
        (one, "one", {name: b"aaa"}),
        (two, "two", {}),
    ]
    file.forget_given([one])
    assert [each.what for each in file.given()] == ["two"]
    assert file.given(after=two) == []


def test_only_its_owner_may_read_it(file: QueueFile, path: Path) -> None:
    file.put([row("a")])

    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes.keys() == {NAME, f"{NAME}-wal", f"{NAME}-shm"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    path.chmod(0o644)

    with closing(QueueFile(path)) as file:
        file.open()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.parent.mkdir()
    path.symlink_to(victim)

    with pytest.raises(OSError):
        QueueFile(path).open()
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("content", [b"not a database " * 100, b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 9000])
def test_a_damaged_file_is_set_aside_and_another_one_used(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    with closing(QueueFile(path)) as file:
        aside = file.open()
        assert aside is not None
        assert aside.read_bytes() == content
        file.put([row("a")])
        assert names(file) == ['{"name": "a"}']


def test_the_file_of_a_newer_version_is_set_aside_whole(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE later(x)")
        base.execute(f"PRAGMA user_version = {add_queue.VERSION + 1}")

    with closing(QueueFile(path)) as file:
        aside = file.open()
        assert aside is not None
    with closing(sqlite3.connect(aside)) as base:
        assert base.execute("SELECT name FROM sqlite_master").fetchall() == [("later",)]


def _fill_the_disk(path: Path, results: Any) -> None:
    """In a process of its own, in which files cannot grow over 200 KB."""
    with closing(QueueFile(path)) as file:
        file.open()
        file.put([row("before")])
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            file.put([row("a"), row("b", os.urandom(500_000))])
        except OSError as error:
            results.put(str(error))
        results.put(names(file))


def test_where_the_disk_is_full_nothing_of_the_group_is_kept_and_the_rest_is_whole(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_fill_the_disk, args=(path, results))
    process.start()
    assert "disk" in results.get(timeout=30)
    assert results.get(timeout=30) == ['{"name": "before"}']
    process.join()

    with closing(QueueFile(path)) as file:
        assert file.open() is None
        assert names(file) == ['{"name": "before"}']


def test_two_processes_may_use_it_at_the_same_time(file: QueueFile, path: Path) -> None:
    with closing(QueueFile(path)) as other:
        other.open()
        mine, theirs = row("mine"), row("theirs")
        file.put([mine])
        other.put([theirs])

        assert {each.id for each in file.rows()} == {mine.id, theirs.id}


def test_in_memory_it_works_without_a_folder() -> None:
    with closing(QueueFile(None)) as file:
        assert file.open() is None
        file.put([row("a", b"aaa")])
        assert file.torrent(1) == b"aaa"
        assert file.room() == add_queue.MOST_BYTES - 3
