"""Whatever the text: nothing raises, and every item in it comes out once, in its order, as it is meant."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qbt_remote.api.adding.given import FromFile, Given, from_argument, from_text, is_folder
from qbt_remote.api.adding.items import Item, collect
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.adding.text_links import Found, found_in, holds_links
from tests.api.adding.given_strategies import GLUED, SEPARATORS, WRAPPINGS, Thing, mail, things, typed

# not at random: of one in thousands of texts nobody can tell whether a line was wrapped or ended
FOLDER = Path("/nowhere at all")
anything = st.one_of(
    st.text(),
    st.text(st.characters(), max_size=400),
    st.lists(
        st.sampled_from(
            (
                *("magnet:?", "xt=urn:btih:", "0" * 40, "a" * 40, "&amp;", "&dn=", "tr=http://", "%3A", "\n", " ", "("),
                *(")", "http://", "https://[", "file:", "/", ".torrent", "<", '"', "\x00", "\ud800", "‹", "]", "1220"),
                *("%2F", ","),
            )
        ),
        max_size=40,
    ).map("".join),
)


def meaning(found: Found | Path | Problem | FromFile) -> object:
    """What is compared: the ids, the address or the path."""
    if isinstance(found, Found):
        return found.link.hashes or found.link.url
    return str(found) if isinstance(found, Path) else found


@settings(max_examples=400, deadline=None)
@given(anything)
@example("https://[::1")
@example("magnet:?xt=urn:btih:" + "%" * 1000)
@example("file:///a%00b.torrent")
def test_no_text_raises_and_each_piece_is_named(text: str) -> None:
    found = list(found_in(text))

    assert all(isinstance(f, Found | Path) or f.reason for f in found)
    assert found or not any(character.isalnum() for character in text)
    assert bool(from_text(text)) == any(not isinstance(f, Problem) for f in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(anything, max_size=5))
@example(["\x00", "\ud800.torrent", "a" * 5000, "/" + "x" * 300, "file:///\x00", "~nobody/x", "file://[/x"])
def test_no_list_of_arguments_raises_and_each_is_named(texts: list[str]) -> None:
    things = [from_argument(text, FOLDER) for text in texts]
    assume(not any(isinstance(thing, Path) and is_folder(thing) for thing in things))  # "/" would be searched

    found = asyncio.run(collect(Given(tuple(things))))

    one_by_one = [list(Given((thing,))) for thing in things]
    assert len(found) == sum(map(len, one_by_one))
    for text, alone in zip(texts, one_by_one, strict=True):
        assert alone or not any(character.isalnum() for character in text)
    assert all(isinstance(f, Item) or f.reason for f in found)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(things, st.sampled_from(sorted(WRAPPINGS)), st.sampled_from(SEPARATORS)),
        min_size=1,
        max_size=5,
        unique_by=lambda part: part[0].means,
    )
)
def test_every_item_comes_out_once_and_in_order_however_it_is_wrapped_and_separated(
    given: list[tuple[Thing, str, str]],
) -> None:
    text = "".join(WRAPPINGS[wrapping](thing.text) + separator for thing, wrapping, separator in given)

    assert [meaning(f) for f in found_in(text)] == [thing.means for thing, _wrapping, _separator in given]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(things, st.sampled_from(GLUED)), min_size=1, max_size=5))
def test_links_that_are_glued_together_are_told_apart(given: list[tuple[Thing, str]]) -> None:
    links = [(thing, glue) for thing, glue in given if ":" in thing.text]
    text = "".join(thing.text + glue for thing, glue in links)

    assert [meaning(f) for f in found_in(text)] == [thing.means for thing, _glue in links]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(things, st.sampled_from(sorted(WRAPPINGS))),
        min_size=1,
        max_size=4,
        unique_by=lambda part: part[0].means,
    ),
    st.sampled_from([60, 72, 76]),
)
def test_what_a_mail_has_wrapped_is_joined(given: list[tuple[Thing, str]], columns: int) -> None:
    lines = [WRAPPINGS[wrapping](thing.text) for thing, wrapping in given]
    expected = [thing.means for thing, _wrapping in given]

    for separator in ("\n\n", " "):
        wrapped = mail(separator.join(lines), columns)
        found = [f for f in found_in(wrapped) if not isinstance(f, Problem)]
        assert list(map(meaning, found)) == expected, wrapped


@settings(max_examples=200, deadline=None)
@given(things, st.sampled_from(sorted(WRAPPINGS)))
def test_one_argument_may_be_copied_as_any_text(thing: Thing, wrapping: str) -> None:
    given = from_argument(WRAPPINGS[wrapping](thing.text), FOLDER)

    if wrapping == "as it is" or not thing.text.startswith("/"):
        assert [meaning(f) for f in Given((given,))] == [thing.means]


def test_a_paragraph_that_was_filled_by_words_keeps_its_links() -> None:
    magnet = f"magnet:?xt=urn:btih:{'ab' * 20}&dn=A%20rather%20long%20name&tr=udp%3A%2F%2Ft.example%3A1337%2Fannounce"

    found = list(found_in(typed(f"Here is what you asked for, <{magnet}> and no more.")))

    assert [f.link.url for f in found if isinstance(f, Found)] == [magnet]


def test_a_long_text_is_joined_and_split_as_a_short_one_is() -> None:
    """Magnets broken in two, hashes and words: more lines and characters in a paragraph than are looked at as one."""
    piece = [
        line
        for n in range(1, 1500)
        for line in (
            f"magnet:?xt=urn:btih:{n:040x}&dn=Some+name+of+a+torrent+{n}",
            f"&tr=http%3A%2F%2Ftracker{n}.test%2Fannounce",
            f"{n + 5000:040x}",
            "words between them\u200b",
        )
    ]
    short = [found for start in range(0, len(piece), 400) for found in found_in("\n".join(piece[start : start + 400]))]

    long = list(found_in("\n".join(piece)))

    assert list(map(meaning, long)) == list(map(meaning, short))
    assert len(long) == 3 * 1499
    assert all(len(found.link.trackers) == 1 for found in long[::3] if isinstance(found, Found))


def test_links_in_one_very_long_line_come_out_one_by_one() -> None:
    links = [f"magnet:?xt=urn:btih:{n:040x}&dn=a+name" for n in range(1, 3000)]

    assert [meaning(found) for found in found_in(" ".join(links))] == [(f"{n:040x}",) for n in range(1, 3000)]


def test_a_long_text_may_hold_links_until_all_of_it_was_read() -> None:
    bad = [f"magnet:?xt=urn:btih:{n}" for n in range(100_000)]

    assert holds_links("\n".join(bad))
    assert not holds_links("\n".join(bad[:100]))
