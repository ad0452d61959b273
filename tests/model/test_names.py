"""The order of names, in the languages of their readers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCollator, QLocale, Qt

from qbt_remote.model import names, text
from qbt_remote.model.names import (
    NameOf,
    in_order,
    name_key,
    name_keys,
    ordering,
    path_key,
    paths_in_order,
    word_key,
)
from qbt_remote.sync.steps import at_once


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = QLocale()
    text.use_locale(QLocale("en_US"))
    yield
    text.use_locale(before)


@pytest.mark.parametrize(
    "ordered",
    [
        ["file 1", "file 2", "file 10", "file 100"],
        ["category 1", "category 2", "category 10", "category 11"],
        ["A", "b", "C"],
        ["S01E09", "s01e10", "S2E1"],
        ["a", "a1", "ab"],
        ["x 9 y 10", "x 10 y 9"],
        ["1", "2", "a"],
        ["v1.9", "v1.10"],
        ["9" * 60, "1" + "0" * 60],
        ["eclair 1", "Éclair 2", "eclair 3"],
        ["Angel", "Ärger", "arm"],
        ["Zebra", "Арбуз", "яблоко"],
        ["٩ x", "10 x"],
    ],
)
@pytest.mark.parametrize("language", ["en_US", "C", "de_DE", "fa_IR"])
def test_names_sort_as_people_expect(language: str, ordered: list[str]) -> None:
    text.use_locale(QLocale(language))

    assert all(name_key(a) < name_key(b) for a, b in pairwise(ordered))
    assert in_order(ordered[::-1]) == ordered


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("sv_SE", ["arm", "zebra", "Ångström", "Ärger", "öl"]),
        ("de_DE", ["Angström", "Ärger", "arm", "Öl", "zebra"]),
        ("da_DK", ["arm", "zebra", "Ærø", "Øl", "Ås"]),
        ("es_ES", ["nz", "ñu", "o"]),
        ("en_US", ["ñu", "nz", "o"]),
        ("ru_RU", ["арбуз", "яблоко", "apple"]),
    ],
)
def test_letters_go_as_in_the_readers_language(language: str, ordered: list[str]) -> None:
    text.use_locale(QLocale(language))

    assert in_order(reversed(ordered)) == ordered


@pytest.mark.parametrize("language", ["en_US", "sv_SE", "de_DE", "cs_CZ", "ru_RU", "tr_TR"])
def test_words_of_letters_go_as_qcollator_puts_them(language: str) -> None:
    text.use_locale(QLocale(language))
    collator = QCollator(QLocale(language))
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    collator.setNumericMode(True)
    chance = random.Random(5)
    letters = "abdefgijklmnopqstuvxyz -_.[]&"
    words = ["".join(chance.choices(letters, k=6)) + str(chance.randrange(200)) for _ in range(500)]

    for a, b in pairwise(sorted(words, key=name_key)):
        assert collator.compare(a, b) <= 0, (a, b)


@pytest.mark.parametrize(
    "pair",
    [("STRASSE", "straße"), ("A", "a"), ("x01", "x1"), ("é", "e\u0301"), ("É", "e"), ("٣", "3"), ("a\u00adb", "ab")],
)
def test_what_is_equal_to_a_reader_has_one_key(pair: tuple[str, str]) -> None:
    assert name_key(pair[0]) == name_key(pair[1])


def test_any_name_makes_a_text_that_can_be_encoded() -> None:
    name_key("9" * 100_000).encode()
    for code in (*range(0xD800), *range(0xE000, 0x11000)):
        name_key(f"a{chr(code)}").encode()


def test_what_is_inside_a_category_follows_it() -> None:
    wanted = ["linux", "linux/debian", "linux/Debian 10", "linux/ubuntu", "linux 2", "Linux 10"]

    assert paths_in_order(reversed(wanted)) == wanted
    assert at_once(ordering(reversed(wanted))) == wanted


PLAIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
NUMBERS = st.from_regex(r"0{0,3}[0-9]{0,4}", fullmatch=True) | st.integers(1, 300).map(lambda n: "7" * n)
LISTED = st.lists(st.lists(PLAIN | NUMBERS | st.text(), max_size=5).map("".join), max_size=12)


@pytest.mark.parametrize("language", ["en_US", "C", "de_DE", "fa_IR", "ja_JP", "th_TH", "cs_CZ", "da_DK"])
@given(listed=LISTED)
@settings(max_examples=100, deadline=None)
def test_the_keys_of_many_names_are_those_of_each(language: str, listed: list[str]) -> None:
    if QLocale() != QLocale(language):
        text.use_locale(QLocale(language))

    assert name_keys(listed) == list(map(name_key, listed))


def test_rows_are_sorted_by_the_language_that_is_used_now() -> None:
    key, rows = NameOf(str), ["Zebra", "Ärger", "arm"]

    assert sorted(rows, key=key) == ["Ärger", "arm", "Zebra"]
    text.use_locale(QLocale("sv_SE"))

    assert [row for _key, row in sorted(zip(key.of(rows), rows, strict=True))] == ["arm", "Zebra", "Ärger"]


def test_names_of_ever_more_torrents_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_KEPT", 3)
    rows, key = [f"n {i}" for i in range(10)], NameOf(str)

    keys = [*key.of(rows[:2]), *key.of(rows[2:5]), *key.of(rows[5:])]

    assert keys == list(key.of(rows)) == [key(row) for row in rows] == list(map(name_key, rows))


@pytest.mark.parametrize("key", [path_key, word_key])
def test_thousands_of_names_are_sorted_in_steps_and_parts_of_them_again_without_a_key(
    key: Callable[[str], Any],
) -> None:
    made: list[str] = []

    def counted(name: str) -> Any:
        made.append(name)
        return key(name)

    wanted = sorted((f"a {n % 70}/b {n}" for n in range(5000)), key=lambda name: (key(name), name))
    steps = sum(1 for _step in ordering(reversed(wanted), counted))

    assert steps >= 20
    assert len(made) == 5000
    assert at_once(ordering(wanted[::-1], counted)) == wanted
    assert at_once(ordering(wanted[1::2][::-1], counted)) == wanted[1::2]
    assert len(made) == 5000
    assert at_once(ordering([*wanted[::-1], "0"], counted)) == ["0", *wanted]
