"""The language of the filter box: what it accepts, where it stops understanding, and that nothing hangs it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbt_remote.sync.query.fields import FIELDS
from qbt_remote.sync.query.language import completion, parse
from qbt_remote.sync.query.query import Query, QueryError, fold
from qbt_remote.sync.torrent import Torrent

NOW = 1_790_000_000.0
DAY = 86_400


def torrent() -> Torrent:
    return Torrent(
        server="s1",
        hash="ab" * 20,
        name="Débian-13.1.ISO straße (2026)",
        size=5 << 30,
        progress=0.5,
        state="stalledUP",
        ratio=0.5,
        eta=8_640_000,
        tags="linux iso, x",
        category="linux/debian",
        tracker_hosts=("bttracker.debian.org",),
        added_on=int(NOW) - 3 * DAY,
        save_path="/srv/Isos",
        comment="from the mirror",
        private=True,
        num_seeds=3,
        dlspeed=2048,
    )


def accepts(text: str, t: Torrent | None = None) -> bool:
    query, row = parse(text, {"s1": "Home server"}, now=NOW), t or torrent()
    assert query.part.among([row]) == ([row] if query.part.accepts(row) else [])
    return query.part.accepts(row)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "debian",
            "ISO debian",
            "deb 13.1",
            "debian -arm",
            "-",
            "STRASSE",
            "DÉBIAN",
            "De\u0301bian",
            "-ubuntu",
            "- debian",
        ),
        *('"13.1.iso"', '"13.1.iso straße', r"/bian\D*13\.\d/", "/^d.b.*[)]$", "(2026)", "(2026", "strasse"),
        *("ubuntu OR debian", "ubuntu | debian", "(ubuntu OR debian) iso", "-(ubuntu OR mint)", "debian |"),
        *("size>4gb", "size>=5gib", "size=5368709120", "size<5,5GB", "-size>6gb", "size>", "size>4gb ratio<1"),
        *("ratio<1", "ratio=0.5", "ratio!=2", "progress<50.5%", "progress:50", "seeds>0", "peers=0", "dlspeed>1k/s"),
        *("eta>1h", "tag:linux", 'tag="linux iso"', "tag=x", "-tag:y", "category:debian", "category=linux/debian"),
        *("tracker:debian", "TRACKER:DEBIAN", "state:stalled", "state:stal", "state=seeding", "-state:errored"),
        *("added<7d", "added>2d", "added>2020", "added<2100-01-02", "-added>1w", "completed!=2020"),
        *(
            "path:isos",
            "comment:mirror",
            "hash:ABAB",
            "private:yes",
            "private!=no",
            "server:home",
            'server="home server"',
        ),
        *("http://x OR iso", "name:iso", "sequential:no", "down>1k", "status:completed"),
    ],
)
def test_what_fits(text: str) -> None:
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        *("ubuntu", "-iso", "debian ubuntu", '"debian 13"', "/ubuntu/", "-/debian|iso/", "(ubuntu OR mint) iso"),
        *("size>6gb", "size<5gb", "ratio>1", "progress>50%", "eta<1h", "tag=linux", 'tag=""', "category=linux"),
        *("tracker=debian", "state:downloading", "state!=seeding", "added>7d", "added<2d", "added:2020", "private:no"),
        *("completed>1d", "completed<1d", "server:attic", "OR", "debian OR", "http://foo", "-private:yes"),
    ],
)
def test_what_does_not_fit(text: str) -> None:
    assert not accepts(text)


def test_a_value_that_is_empty_on_purpose_means_none() -> None:
    bare = Torrent()

    for text in ('tag=""', 'category=""', 'tracker=""', 'comment=""'):
        assert accepts(text, bare), text
        assert not accepts(f"-{text}", bare), text


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("debian sise>4gb", 7, "there is no field “sise”"),
        ("size>4xb", 5, "“4xb” is not a size"),
        ("iso ratio<x", 10, "“x” is not a number"),
        ("progress<5gb", 9, "not a percentage"),
        ("added<soon", 6, "not a time"),
        ("added:2026-13", 6, "not a date"),
        ("state:sleeping", 6, "no state “sleeping”"),
        ("tag>3", 3, "“:” or “=”"),
        ("private:perhaps", 8, "neither yes nor no"),
        ("x /a(b/", 4, "not valid"),
        ("x /(a+)+$/", 2, "take forever"),
        ("(" * 40, 21, "brackets"),
        ("x" * 2000, 1000, "too long"),
    ],
)
def test_an_error_says_where_and_why(text: str, at: int, why: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert caught.value.at == at
    assert why in str(caught.value)


@given(st.text(alphabet='ab-+"/()|<>=:.OR 1%\\*é', max_size=40))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        query = parse(text, now=NOW)
    except QueryError as error:
        assert 0 <= error.at <= len(text)
        return
    row = torrent()
    assert query.part.among([row]) == ([row] if query.part.accepts(row) else [])


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*$", "(a|aa)+$", "a*a*a*a*a*$", "(a?){40}a{40}", "(.*)(.*)(.*)(.*)(.*)b", "((a{1,9}){1,9}){9}"],
)
def test_an_expression_with_too_many_ways_is_refused(pattern: str) -> None:
    with pytest.raises(QueryError, match="forever"):
        parse(f"/{pattern}/")


@pytest.mark.parametrize("pattern", [r"s\d+e\d+.*1080p", r"^(foo|bar).*(x264|x265)$", r"[^ ]+ \d{4}", "(?:ab)?c+?d"])
def test_a_usual_expression_is_taken(pattern: str) -> None:
    assert parse(f"/{pattern}/").expressions


def test_an_expression_that_is_slow_on_many_names_is_given_up() -> None:
    query = parse("/.*a.*a.*b$/")
    rows = [Torrent(name="a" * 400) for _ in range(50)]
    spent = time.process_time()

    assert query.part.among(rows) == []

    assert query.given_up
    assert time.process_time() - spent < 5  # all of them would take a minute


def test_a_query_names_the_fields_it_reads_and_whether_time_matters() -> None:
    assert parse("debian").fields == {"name"}
    assert parse("size>4gb (tag:x OR -ratio<1)").fields == {"size", "tags", "ratio"}
    assert parse("state:stopped").fields == {"state"}
    assert parse("added<7d").timed
    assert not parse("added>2026-01-01").timed
    assert not parse("").fields


def test_every_field_reads_fields_of_a_torrent() -> None:
    known = set(Torrent.__struct_fields__)

    for row in FIELDS.values():
        assert row.fields <= known, row.name
        assert row.about, row.name


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("cate", ["category:"]),
        ("x -cate", ["category:"]),
        ("(trac", ["tracker:", "trackers>"]),
        ("state:stop", ["stopped"]),
        ("tag:lin", ['"linux iso"']),
        ('tag:"linux i', ['"linux iso"']),
        ("tag:", ['"linux iso"', "x"]),
        ("private:", ["yes", "no"]),
    ],
)
def test_the_word_before_the_cursor_is_completed(text: str, choices: list[str]) -> None:
    found = completion(text, len(text), lambda field: ["linux iso", "x"] if field == "tag" else [])

    assert found is not None
    assert found.choices == choices
    for choice in choices:
        parse(text[: found.start] + choice)


@pytest.mark.parametrize("text", ["", "de", "debian ", "size>4gb", "nofield:x", "state:stopped"])
def test_nothing_is_offered_where_nothing_is_known(text: str) -> None:
    assert completion(text, len(text), lambda _field: []) is None


def test_two_queries_of_the_same_text_are_the_same() -> None:
    assert parse(" debian ") == parse("debian")
    assert parse("debian") != Query()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Éclair", "eclair"),
        ("ŁÓDŹ", "lodz"),
        ("Ελλάδα", "ελλαδα"),
        ("Всё", "все"),
        ("e\u0301t\u0301", "et"),
        ("İĐ", "id"),
    ],
)
def test_accents_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("и", "й"), ("か", "が"), ("ο", "α")])
def test_other_letters_stay_other_letters(one: str, other: str) -> None:
    assert fold(one) != fold(other)
