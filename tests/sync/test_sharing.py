"""Torrents that have files in common are found by their paths, without false alarms."""

from __future__ import annotations

import pytest

from qbt_remote.sync.sharing import sharing
from qbt_remote.sync.steps import at_once
from qbt_remote.sync.torrent import Torrent


def torrent(path: str, *, save_path: str = "/data", size: int = 100, name: str = "x") -> Torrent:
    return Torrent(hash=f"{path}{name}{size}", name=name, content_path=path, save_path=save_path, size=size)


def shares(chosen: Torrent, other: Torrent) -> bool:
    mine, others = at_once(sharing([chosen], [chosen, other]))
    assert (mine, others) in ((set(), []), ({chosen}, [other]))
    return bool(others)


@pytest.mark.parametrize(
    ("chosen", "other", "shared"),
    [
        ("/data/a", "/data/a", True),
        ("/data/a/", "/data/a", True),
        ("/data/a", "/data/b", False),
        ("/data/a", "/data/ab", False),
        ("/data/a", "/data/a/film.mkv", True),
        ("/data/a/film.mkv", "/data/a", True),
        ("/data/a/one.mkv", "/data/a/two.mkv", False),
        ("C:\\data\\a", "C:/data/a/b", True),
        ("/data/a\\b", "/data/a", False),
        ("C:\\Data\\A", "c:/data/a/b", True),
        ("\\\\nas\\data\\a", "//NAS/Data/a", True),
        ("/data/\u00fc", "/data/u\u0308", True),
        ("/data/A", "/data/a", False),
        ("", "", False),
    ],
)
def test_paths_tell_what_is_shared(chosen: str, other: str, shared: bool) -> None:
    size = 100 if chosen else 0
    assert shares(torrent(chosen, size=size), torrent(other, size=size, name="y")) is shared


def test_a_folder_of_many_torrents_is_not_taken_for_theirs() -> None:
    loose = torrent("/data", save_path="/data/")

    assert not shares(loose, torrent("/data/a"))
    assert not shares(torrent("/data/a"), loose)
    assert not shares(loose, torrent("/data", size=7))
    assert shares(loose, torrent("/data", name="y"))


def test_an_old_server_without_content_paths_is_known_by_folder_and_name() -> None:
    assert shares(torrent("", name="film"), torrent("/data/film", name="other"))
    assert not shares(torrent("", name="film"), torrent("", name="other"))
