"""What .torrent files and links are taken for, and what is refused with a reason."""

from __future__ import annotations

import base64
import hashlib
import random
import time
from pathlib import Path

import libtorrent
import pytest
import torf

from qbt_remote.api.adding.links import parse_link
from qbt_remote.api.adding.metainfo import LARGEST, read
from qbt_remote.api.adding.problem import Unusable
from tests.api.adding.small_torrents import HEX40, HEX64, bencode, single


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


def test_what_stands_before_or_twice_beside_the_info_does_not_change_the_hash() -> None:
    plain = read(single())
    info = single()[single().index(b"4:info") + 6 : -1]
    later = single(b"another")[single(b"another").index(b"4:info") + 6 : -1]

    twice = b"d4:info" + info + b"4:info" + later + b"e"

    assert read(twice).hashes == plain.hashes
    assert read(twice).name == "a file.iso"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\n\n <html>", "web page"),
        (b"hello", "not a torrent file"),
        (b"de", "not a usable torrent"),
        (single()[:-10], "unexpected end"),
        (b"l" * 100_000, "not a torrent file"),
        (b"d1:a" + b"l" * 100_000, "depth"),
        (b"d4:info" + b"d1:a" * 500 + b"e" * 501, "depth"),
        (b"d1:a999999999999999999999:e", "overflow"),
        (b"d1:ai" + b"9" * 100_000 + b"ee", "overflow"),
        (b"d" * (LARGEST + 1), "64 MiB"),
        (bencode({b"info": b"text"}), "info"),
        (single(length=-1), "length"),
    ],
    ids=lambda v: v if isinstance(v, str) else f"{v[:8]!r}",
)
def test_what_is_no_torrent_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(Unusable) as caught:
        read(data)

    assert word in str(caught.value)
    assert str(caught.value).endswith(".")


def test_damaged_files_are_read_or_refused_and_never_slow() -> None:
    whole = single(private=1)
    dice = random.Random(5)
    for _ in range(5000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = bytes(data[: dice.randint(1, len(data))]) if dice.random() < 0.3 else bytes(data)
        start = time.perf_counter()
        try:
            assert read(cut).hashes
        except Unusable as e:
            assert str(e)
        assert time.perf_counter() - start < 0.5


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "hello world.torrent",
        "file:///etc/passwd",
        "smb://host/x.torrent",
        "javascript:alert(1)",
        "vscode://x",
        "ftp://example.org/x.torrent",
        "data:text/plain,x",
        r"\\host\share\x.torrent",
        "magnet:",
        "magnet:?dn=only+a+name",
        "magnet:?xt=urn:btih:zzz",
        "magnet:?xt=urn:btmh:1220abc",
        f"magnet:?xt=urn:sha1:{HEX40}",
        HEX40[:-1],
        HEX40 + "0",
        "http://",
        "http:///path",
        "https://host:port/",
        "http://[::1/",
        f"magnet:?xt=urn:btih:{HEX40}\nfile:///etc/passwd",
        f"magnet:?xt=urn:btih:{HEX40}&dn=\ud800",
        f"magnet:?xt=urn:btih:{HEX40}&dn=" + "x" * 70_000,
        f"magnet:?xt=urn:btih:{HEX40}" + "&tr=x" * 5000,
    ],
)
def test_everything_else_is_no_link(text: str) -> None:
    assert parse_link(text) is None


@pytest.mark.parametrize(
    "host",
    [
        *("3232235777", "0xc0a80101", "0300.0250.1.1", "192.168.257", "0x7f.1", "127.1", "0", "192.168.1.1."),
        *("[::ffff:10.0.0.1]", "[2002:a00:1::]", "LOCALHOST.", "nas.localhost", "１９２.168.1.1"),
    ],
)
def test_an_inner_address_is_known_however_it_is_written(host: str) -> None:
    link = parse_link(f"magnet:?xt=urn:btih:{HEX40}&tr=http://{host}/announce")

    assert link is not None
    assert len(link.inner_hosts) == 1


@pytest.mark.parametrize("host", ["8.8.8.8", "134744072", "08.1", "1.2.3.4.5", "999.1", "4294967296", "1e3", "a.1"])
def test_a_name_or_an_address_of_the_open_internet_is_not_called_inner(host: str) -> None:
    link = parse_link(f"magnet:?xt=urn:btih:{HEX40}&tr=http://{host}/announce")

    assert link is not None
    assert link.inner_hosts == ()


def test_a_magnet_that_points_into_the_server_s_own_network_says_so() -> None:
    start = f"magnet:?xt=urn:btih:{HEX40}"
    inner = parse_link(
        f"{start}&tr=http%3A%2F%2F169.254.169.254%2Flatest&tr=udp://192.168.1.1:80&ws=http://[::1]/x"
        "&x.pe=10.0.0.1:6881&xs=http://localhost:8080/&tr=http://192.168.1.1/again"
    )
    open_ones = parse_link(f"{start}&tr=http://tracker.example/announce&x.pe=8.8.8.8:1&ws=http://[2606:4700::1]/")

    assert inner is not None and open_ones is not None
    assert inner.inner_hosts == ("169.254.169.254", "192.168.1.1", "::1", "10.0.0.1", "localhost")
    assert open_ones.inner_hosts == ()
