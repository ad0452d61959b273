"""A server's path never leads out of the folder that it is mapped to."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbt_remote.api.path_map import to_local


def maps(local: Path, remote: str = "/data", server: str = "") -> list[dict[str, str]]:
    return [{"server": server, "remote": remote, "local": str(local)}]


@pytest.mark.parametrize("remote", ["/data", "/data/", "C:\\data", "C:/data", "\\\\nas\\data"])
@pytest.mark.parametrize("below", ["", "film.mkv", "a/b c/ü.txt", "…"])
def test_a_path_below_the_folder_lies_here(tmp_path: Path, remote: str, below: str) -> None:
    path = f"{remote.rstrip('/')}/{below}".rstrip("/")

    assert to_local(path, "s", maps(tmp_path, remote)) == tmp_path / below


@pytest.mark.parametrize(
    "path", ["/database/x", "/dat", "data/x", "C:\\data\\x", "//", "", "/Data/x", "\\data\\x", "/other"]
)
def test_a_path_elsewhere_has_no_place_here(tmp_path: Path, path: str) -> None:
    assert to_local(path, "s", maps(tmp_path)) is None


def test_a_link_inside_the_folder_and_a_linked_root_are_fine(tmp_path: Path) -> None:
    (tmp_path / "root" / "in").mkdir(parents=True)
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root" / "in")
    (tmp_path / "share").symlink_to(tmp_path / "root")

    assert to_local("/data/link/x", "s", maps(tmp_path / "share")) == tmp_path / "share/link/x"


@pytest.mark.parametrize("remote", ["//nas/Films", "\\\\NAS\\films\\", "//nas/films/"])
@pytest.mark.parametrize("path", ["//nas/films/new/x", "\\\\nas\\films\\new\\x", "\\\\?\\UNC\\nas\\films\\new\\x"])
def test_a_share_is_found_with_either_separator(tmp_path: Path, remote: str, path: str) -> None:
    assert to_local(path, "s", maps(tmp_path, remote)) == tmp_path / "new/x"


@pytest.mark.parametrize("remote", ["D:", "d:\\", "D:/"])
def test_a_whole_drive_can_be_mapped(tmp_path: Path, remote: str) -> None:
    assert to_local("D:\\films\\x", "s", maps(tmp_path, remote)) == tmp_path / "films/x"
    assert to_local("C:\\films\\x", "s", maps(tmp_path, remote)) is None


def test_both_unicode_forms_of_a_folder_are_it(tmp_path: Path) -> None:
    assert to_local("/data/u\u0308ber/x", "s", maps(tmp_path, "/data/\u00fcber")) == tmp_path / "x"


def test_drives_are_compared_without_case(tmp_path: Path) -> None:
    assert to_local("c:\\DATA\\x", "s", maps(tmp_path, "C:\\data")) == tmp_path / "x"


def test_the_longest_folder_of_this_server_counts(tmp_path: Path) -> None:
    several = [
        *maps(tmp_path / "all"),
        *maps(tmp_path / "films", "/data/films"),
        *maps(tmp_path / "other", "/data/films/new", server="other"),
        {"server": "", "remote": "", "local": ""},
    ]

    assert to_local("/data/films/new/x", "s", several) == tmp_path / "films/new/x"
    assert to_local("/data/films/new/x", "other", several) == tmp_path / "other/x"
    assert to_local("/data/music", "s", several) == tmp_path / "all/music"
