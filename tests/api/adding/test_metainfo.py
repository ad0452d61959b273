"""What .torrent files and links are taken for, and what is refused with a reason."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import libtorrent
import pytest
import torf

from qbt_remote.api.adding.links import parse_link
from qbt_remote.api.adding.metainfo import read
from tests.api.adding.small_torrents import HEX40, HEX64, single


def make(folder: Path, flags: int) -> bytes:
    """A torrent of two files whose sizes are no multiples of a piece, so a hybrid is padded."""
    files = [libtorrent.create_file_entry(f"two/{name}", size) for name, size in (("one.bin", 20_000), ("two.bin", 9))]
    torrent = libtorrent.create_torrent(files, 16384, flags)
    (folder / "two").mkdir()
    (folder / "two/one.bin").write_bytes(b"1" * 20_000)
    (folder / "two/two.bin").write_bytes(b"2" * 9)
    libtorrent.set_piece_hashes(torrent, str(folder))
    return bytes(libtorrent.bencode(torrent.generate()))


def test_a_v1_file_gives_name_size_trackers_and_its_hash() -> None:
    data = single(private=1)

    found = read(data)

    raw = data[data.index(b"4:info") + 6 : -1]
    assert found.hashes == (hashlib.sha1(raw).hexdigest(),)
    assert (found.name, found.size, found.files, found.private) == ("a file.iso", 100, 1, True)
    assert found.trackers == ("http://tracker.example/announce",)


def test_a_file_made_by_another_program_has_the_hash_that_program_says(tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(b"abc" * 10_000)
    torrent = torf.Torrent(path=tmp_path / "content", trackers=["http://127.0.0.1:1/announce"])
    torrent.generate()
    torrent.write(tmp_path / "c.torrent")

    assert read((tmp_path / "c.torrent").read_bytes()).hashes == (torrent.infohash,)


def test_a_v2_file_is_known_by_the_first_40_digits_of_its_hash(tmp_path: Path) -> None:
    data = make(tmp_path, libtorrent.create_torrent.v2_only)

    found = read(data)

    (known,) = found.hashes
    raw = data[data.index(b"4:info") + 6 :]
    lengths = (hashlib.sha256(raw[:n]).hexdigest() for n in range(len(raw), 0, -1))
    assert any(digest.startswith(known) for digest in lengths)
    assert (found.size, found.files) == (20_009, 2)


def test_a_hybrid_file_is_known_by_both_hashes_and_its_padding_is_not_counted(tmp_path: Path) -> None:
    data = make(tmp_path, 0)

    found = read(data)

    info = libtorrent.torrent_info(data).info_hashes()
    assert found.hashes == (str(info.v2)[:40], str(info.v1))
    assert (found.size, found.files) == (20_009, 2)


def test_a_name_that_is_not_text_is_still_shown() -> None:
    assert read(single(b"\xff\xfe")).name.isprintable()
    assert read(single("ünï — 日本語".encode())).name == "ünï — 日本語"


@pytest.mark.parametrize(
    ("text", "ids", "name"),
    [
        (f"magnet:?xt=urn:btih:{HEX40}&dn=A+name%20here", (HEX40,), "A name here"),
        (f"  MAGNET:?dn=x&xt=URN:BTIH:{HEX40.upper()}\n", (HEX40,), "x"),
        (f"magnet:?xt=urn:btih:{base64.b32encode(bytes.fromhex(HEX40)).decode()}", (HEX40,), HEX40),
        (f"magnet:?xt=urn:btmh:1220{HEX64}&dn=two", (HEX64[:40],), "two"),
        (f"magnet:?xt.1=urn:btih:{HEX40}&xt.2=urn:btmh:1220{HEX64}", (HEX64[:40], HEX40), HEX40),
        (HEX40.upper(), (HEX40,), HEX40),
        (base64.b32encode(bytes.fromhex(HEX40)).decode().lower(), (HEX40,), HEX40),
        (HEX64, (HEX64[:40],), HEX64),
        ("https://example.org/get/Debian%2012.torrent?key=1", (), "Debian 12.torrent"),
        ("HTTP://[::1]:80/", (), "::1"),
    ],
)
def test_links_are_recognised(text: str, ids: tuple[str, ...], name: str) -> None:
    link = parse_link(text)

    assert link is not None
    assert link.hashes == ids
    assert link.name == name
    assert link.url.startswith(("magnet:?", "http://", "https://", "HTTP"))


def test_a_link_stays_as_it_was_but_for_its_spaces() -> None:
    text = f"magnet:?xt=urn:btih:{HEX40}&dn=a b&tr=http%3A%2F%2Ft.example%2Fannounce%3Fa%3D1%26b%3D2"

    link = parse_link(text)

    assert link is not None
    assert link.url == text.replace(" ", "%20")
