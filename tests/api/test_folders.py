"""Paths of a server's machine as text, whichever system it runs."""

import pytest

from qbt_remote.api.folders import distinct, is_absolute, like, name, plain, same, split, way_to

WAYS = {
    "/": ["/"],
    "/srv/new films/": ["/", "/srv", "/srv/new films"],
    "C:\\": ["C:/"],
    "d:\\films\\new": ["d:/", "d:/films", "d:/films/new"],
    "\\\\nas\\share\\films": ["//nas/share", "//nas/share/films"],
    "films/new": [],
    "": [],
}


@pytest.mark.parametrize(("path", "way"), WAYS.items())
def test_the_way_to_a_folder_begins_at_the_root_the_drive_or_the_share(path: str, way: list[str]) -> None:
    assert way_to(path) == way
    assert is_absolute(path) == bool(way)


@pytest.mark.parametrize("path", ["x:y", "C:films", "films\\new", "~", "."])
def test_what_begins_nowhere_is_no_absolute_path(path: str) -> None:
    assert not is_absolute(path)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("/srv/fi", ("/srv", "fi")),
        ("/", ("/", "")),
        ("C:\\fi", ("C:/", "fi")),
        ("C:/films/", ("C:/films", "")),
        ("fi", ("", "fi")),
    ],
)
def test_a_path_being_typed_is_a_folder_and_the_beginning_of_a_name(typed: str, parts: tuple[str, str]) -> None:
    assert split(typed) == parts


def test_windows_does_not_tell_cases_and_separators_apart_and_others_do() -> None:
    assert same("C:\\Films\\", "c:/films")
    assert not same("/Films", "/films")
    assert distinct(["C:\\Films", "c:/films/", "relative", "", "/a", "/a/"]) == ["C:\\Films", "/a"]
    assert not same("/we\\ird", "/we/ird")


def test_a_path_is_given_back_as_it_was_spelled() -> None:
    assert like("C:/films/new", "C:\\fi") == "C:\\films\\new"
    assert like("/films/new", "/fi") == "/films/new"
    assert plain("C:\\films\\") == "C:/films"


@pytest.mark.parametrize(("path", "last"), [("/srv/films", "films"), ("/", "/"), ("C:\\", "C:/"), ("C:\\x", "x")])
def test_the_name_of_a_folder_is_its_last_part(path: str, last: str) -> None:
    assert name(path) == last
