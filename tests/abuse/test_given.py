"""What people are given to add: hostile .torrent files, magnets and links."""

from __future__ import annotations

import random

import pytest

from qbt_remote.api.adding.links import parse_link
from qbt_remote.api.adding.metainfo import LARGEST, read
from qbt_remote.api.adding.problem import Unusable
from tests.api.adding.small_torrents import HEX40, bencode, single
from tests.faults.plugin import Row


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
def test_a26_what_is_no_torrent_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(Unusable) as caught:
        read(data)

    assert word in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a26_damaged_files_are_read_or_refused(row: Row) -> None:
    whole = single(private=1)
    dice, read_ones = random.Random(5), 0
    for _ in range(count := row.count(5_000, 100_000)):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = bytes(data[: dice.randint(1, len(data))]) if dice.random() < 0.3 else bytes(data)
        try:
            assert read(cut).hashes
            read_ones += 1
        except Unusable as e:
            assert str(e)
    row.figure("files", count)
    row.figure("read all the same", read_ones)
    assert 0 < read_ones < count


def test_a27_what_stands_before_or_twice_beside_the_info_does_not_change_the_hash() -> None:
    plain = read(single())
    info = single()[single().index(b"4:info") + 6 : -1]
    later = single(b"another")[single(b"another").index(b"4:info") + 6 : -1]

    twice = b"d4:info" + info + b"4:info" + later + b"e"

    assert read(twice).hashes == plain.hashes
    assert read(twice).name == "a file.iso"


@pytest.mark.parametrize(
    "host",
    [
        *("3232235777", "0xc0a80101", "0300.0250.1.1", "192.168.257", "0x7f.1", "127.1", "0", "192.168.1.1."),
        *("[::ffff:10.0.0.1]", "[2002:a00:1::]", "LOCALHOST.", "nas.localhost", "１９２.168.1.1"),
    ],
)
def test_a29_an_inner_address_is_known_however_it_is_written(host: str) -> None:
    link = parse_link(f"magnet:?xt=urn:btih:{HEX40}&tr=http://{host}/announce")

    assert link is not None
    assert len(link.inner_hosts) == 1


@pytest.mark.parametrize("host", ["8.8.8.8", "134744072", "08.1", "1.2.3.4.5", "999.1", "4294967296", "1e3", "a.1"])
def test_a29_a_name_or_an_address_of_the_open_internet_is_not_called_inner(host: str) -> None:
    link = parse_link(f"magnet:?xt=urn:btih:{HEX40}&tr=http://{host}/announce")

    assert link is not None
    assert link.inner_hosts == ()


def test_a29_a_magnet_that_points_into_the_server_s_own_network_says_so() -> None:
    start = f"magnet:?xt=urn:btih:{HEX40}"
    inner = parse_link(
        f"{start}&tr=http%3A%2F%2F169.254.169.254%2Flatest&tr=udp://192.168.1.1:80&ws=http://[::1]/x"
        "&x.pe=10.0.0.1:6881&xs=http://localhost:8080/&tr=http://192.168.1.1/again"
    )
    open_ones = parse_link(f"{start}&tr=http://tracker.example/announce&x.pe=8.8.8.8:1&ws=http://[2606:4700::1]/")

    assert inner is not None and open_ones is not None
    assert inner.inner_hosts == ("169.254.169.254", "192.168.1.1", "::1", "10.0.0.1", "localhost")
    assert open_ones.inner_hosts == ()


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
def test_a31_everything_else_is_no_link(text: str) -> None:
    assert parse_link(text) is None
