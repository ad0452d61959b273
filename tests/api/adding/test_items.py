"""Everything given ends as an item or as a problem that names it, and reading leaves the loop alive."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.api.adding import items
from qbt_remote.api.adding.given import Given, from_argument, from_text
from qbt_remote.api.adding.items import Item, collect, from_link
from qbt_remote.api.adding.problem import Problem
from tests.api.adding.small_torrents import HEX40, HEX64, bencode, single
from tests.conftest import Run

MAGNET = f"magnet:?xt=urn:btih:{HEX40}&dn=A%20name"


def many_files(count: int) -> bytes:
    """A torrent of many small files: 5.6 MB for 100,000, which parse in 100 ms."""
    files = [
        {b"length": 1, b"path": [b"folder %d" % (i % 100), b"a rather long file name %d" % i]} for i in range(count)
    ]
    pieces = b"x" * 20 * -(-count // 16384)
    return bencode({b"info": {b"name": b"many", b"piece length": 16384, b"pieces": pieces, b"files": files}})


async def longest_gap(work: asyncio.Future[Any]) -> float:
    """Seconds between two turns of the loop while the work is done, at their longest."""
    longest, last = 0.0, time.perf_counter()
    while not work.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest


def test_files_and_links_become_items(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "with space.torrent"
    path.write_bytes(single())

    file, magnet, web = run(collect(Given((path, MAGNET, "https://example.org/x.torrent"))))

    assert (file.source, file.torrent, file.link, file.name) == (str(path), single(), "", "a file.iso")
    assert (file.size, file.files, file.hash, file.hashes) == (100, 1, file.hashes[0], file.hashes)
    assert (magnet.source, magnet.torrent, magnet.link, magnet.name) == (MAGNET, None, MAGNET, "A name")
    assert magnet.hashes == (HEX40,)
    assert (web.hash, web.hashes, web.name) == ("", (), "x.torrent")


def test_a_bare_hash_is_sent_as_a_magnet_and_keeps_what_was_typed() -> None:
    item = from_link(HEX64)

    assert isinstance(item, Item)
    assert (item.source, item.link, item.hash) == (HEX64, f"magnet:?xt=urn:btmh:1220{HEX64}", HEX64[:40])


def test_each_thing_that_cannot_be_added_is_named_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.torrent").write_bytes(single())
    (tmp_path / "broken.torrent").write_bytes(b"<html>")
    (tmp_path / "cut.torrent").write_bytes(single()[:-3])
    (tmp_path / "empty.torrent").touch()
    os.mkfifo(tmp_path / "pipe.torrent")
    (tmp_path / "zero.torrent").symlink_to("/dev/zero")
    (tmp_path / "nowhere.torrent").symlink_to(tmp_path / "missing")
    names = ["broken", "cut", "empty", "pipe", "zero", "nowhere", "missing", "good"]
    given = Given((*(tmp_path / f"{name}.torrent" for name in names), Problem("hello")))

    found = run(asyncio.wait_for(collect(given), 5))

    said = {Path(f.source).stem: f.reason for f in found if isinstance(f, Problem)}
    assert [f.name for f in found if isinstance(f, Item)] == ["a file.iso"]
    assert said == {
        "broken": "This is a web page, not a torrent file.",
        "cut": "This is not a usable torrent file: unexpected end of file in bencoded string.",
        "empty": "The file is empty.",
        "pipe": "This is not a file.",
        "zero": "This is not a file.",
        "nowhere": "It cannot be read: No such file or directory.",
        "missing": "It cannot be read: No such file or directory.",
        "hello": "This is neither a torrent file nor a link that a server can add.",
    }


def test_a_file_above_64_mib_is_refused_unread(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "huge.torrent").open("wb") as file:
        file.truncate(4 << 30)

    start = time.perf_counter()
    (found,) = run(collect(Given((tmp_path / "huge.torrent",))))

    assert "64 MiB" in found.reason
    assert time.perf_counter() - start < 1


def test_folders_are_searched_and_links_to_folders_are_not_followed(run: Run, tmp_path: Path) -> None:
    for name in ("b.torrent", "a.TORRENT", "sub/c.torrent", "sub/deep/d.torrent", "note.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(single())
    (tmp_path / "sub/loop").symlink_to(tmp_path)
    (tmp_path / "folder.torrent").mkdir()
    (tmp_path / "empty").mkdir()

    found = run(collect(Given((tmp_path, tmp_path / "empty"))))

    names = [Path(f.source).name for f in found if isinstance(f, Item)]
    assert names == ["a.TORRENT", "b.torrent", "c.torrent", "d.torrent"]
    (problem,) = [f for f in found if isinstance(f, Problem)]
    assert (problem.source, problem.reason) == (str(tmp_path / "empty"), "There is no torrent file in this folder.")


def test_a_folder_nested_too_deep_is_said(run: Run, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*"x" * (items.DEEPEST + 2))
    deep.mkdir(parents=True)
    (deep / "a.torrent").write_bytes(single())

    (problem,) = run(collect(Given((tmp_path,))))

    assert isinstance(problem, Problem)
    assert "16 deep" in problem.reason


def test_a_big_torrent_is_parsed_without_holding_up_the_loop(run: Run, tmp_path: Path) -> None:
    (tmp_path / "big.torrent").write_bytes(many_files(100_000))

    async def work() -> None:
        reading = asyncio.ensure_future(collect(Given((tmp_path / "big.torrent",))))
        gap = await longest_gap(reading)
        (item,) = await reading
        assert isinstance(item, Item)
        assert item.files == 100_000
        print(f"longest gap {gap * 1000:.0f} ms")

    run(work())


def test_a_big_file_that_is_broken_is_named_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "big.torrent").write_bytes(many_files(50_000)[:-10])

    (problem,) = run(collect(Given((tmp_path / "big.torrent",))))

    assert "unexpected end" in problem.reason


def test_thousands_of_files_and_lines_leave_the_loop_turning(run: Run, tmp_path: Path) -> None:
    for i in range(2000):
        (tmp_path / f"{i}.torrent").write_bytes(single(b"file %d" % i))
    text = "\n".join([MAGNET] * 5000 + ["not a link"])

    async def work() -> None:
        reading = asyncio.ensure_future(collect(Given((tmp_path, text))))
        gap = await longest_gap(reading)
        found = await reading
        assert len(found) == 7001
        assert [f.source for f in found if isinstance(f, Problem)] == ["not a link"]
        print(f"longest gap {gap * 1000:.0f} ms")

    run(work())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MAGNET, MAGNET),
        ("a b.torrent", Path("/here/a b.torrent")),
        ("../x.torrent", Path("/here/../x.torrent")),
        ("/abs/x.torrent", Path("/abs/x.torrent")),
        ("file:///abs/a%20b.torrent", Path("/abs/a b.torrent")),
        ("FILE://localhost/x", Path("/x")),
        ("file://elsewhere/x", Problem("file://elsewhere/x")),
        ("smb://host/x.torrent", Problem("smb://host/x.torrent")),
        ("javascript:alert(1)", Problem("javascript:alert(1)")),
        ("magnet:?dn=x", "magnet:?dn=x"),
    ],
)
def test_an_argument_is_a_link_a_file_or_unknown(text: str, expected: Path | str | Problem) -> None:
    assert from_argument(text, Path("/here")) == expected


def test_a_file_named_like_a_link_is_meant_by_its_folder(tmp_path: Path) -> None:
    """What parses as a link is one without a look at the disk; what merely resembles one may be a file."""
    for name in (HEX40, "magnet:x", f"a {HEX40}.torrent", f"[{HEX40}] a"):
        (tmp_path / name).write_bytes(b"")

    assert from_argument(HEX40, tmp_path) == HEX40
    assert from_argument(f"./{HEX40}", tmp_path) == tmp_path / HEX40
    for name in ("magnet:x", f"a {HEX40}.torrent", f"[{HEX40}] a"):
        assert from_argument(name, tmp_path) == tmp_path / name


def test_text_is_taken_line_by_line() -> None:
    found = from_text(f"\n  {MAGNET}\r\n\nhello\n{HEX40}\n")

    assert [f.source for f in found if not isinstance(f, Path)] == [MAGNET, "hello", HEX40]
    assert bool(found)
    assert not from_text("hello\nworld")
    assert list(from_text("hello")) == [Problem("hello")]
