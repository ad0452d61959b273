"""Paths of a server's machine as text, whichever system it runs."""

import pytest

from qbt_remote.api.folders import below, distinct, is_absolute, is_windows, key, like, name, plain, same, split, way_to

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


WINDOWS = (
    ("C:\\Films\\", "c:/films", "C:\\\\FILMS", "c:/Films//", "\\\\?\\C:\\films", "C:\\.\\films"),
    ("C:", "c:\\", "C:/", "//?/c:/"),
    ("\\\\nas\\Films", "//NAS/films/", "//nas/films", "\\\\nas/Films", "\\\\?\\UNC\\nas\\films"),
    ("C:\\Filme \u00fcber", "c:/filme u\u0308ber/", "C:/FILME \u00dcBER"),
)
OTHERS = (
    ("/srv/films", "/srv/films/", "/srv//films", "/srv/./films"),
    ("/", "///"),
    ("/srv/\u00fcber", "/srv/u\u0308ber/"),
    ("/srv/we\\ird",),
    ("/srv/Films",),
    ("C:\\Stra\u00dfe",),
    ("C:\\Strasse",),
    ("D:\\",),
    ("/nas/films",),
    ("//nas/films/new", "\\\\NAS\\Films\\New"),
    ("",),
    ("films",),
)


@pytest.mark.parametrize("place", [*WINDOWS, *OTHERS])
def test_one_place_is_one_however_it_is_spelled_and_no_other_is(place: tuple[str, ...]) -> None:
    for one in place:
        for other in (path for group in (*WINDOWS, *OTHERS) for path in group):
            assert same(one, other) == (other in place), (one, other)
            assert same(other, one) == same(one, other)


@pytest.mark.parametrize("place", [*WINDOWS, *OTHERS[:4]])
@pytest.mark.parametrize("inside", [[], ["a"], ["A", "b\u0308 c"]])
def test_what_is_inside_a_folder_is_found_by_any_spelling(place: tuple[str, ...], inside: list[str]) -> None:
    for folder in place:
        for other in place:
            windows = is_windows(other)
            for separator in "\\/" if windows else "/":
                path = separator.join([other.rstrip("\\/" if windows else "/"), *inside])
                if is_absolute(path):
                    assert below(path, folder) == inside
                    assert not inside or key(path).startswith(key(folder))
                    assert below(path + "x", path) is None


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
