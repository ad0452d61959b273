"""New names by a rule, what stands against them, and the order in which they can be given."""

from __future__ import annotations

import pytest

from qbt_remote.model.files.batch_rename import Planned, Rule, in_order, plan
from qbt_remote.sync.query.expressions import TooSlow
from qbt_remote.sync.steps import at_once

FILES = ("s/Show.S01E01.MKV", "s/Show.S01E02.MKV", "s/note", "s/.hidden")


def planned(rule: Rule, *paths: str, others: tuple[str, ...] = (), windows: bool = False) -> list[Planned]:
    return at_once(plan(list(enumerate(paths)), rule, [*paths, *others], windows=windows))


def names(rule: Rule, *paths: str) -> list[str]:
    return [one.new.rpartition("/")[2] for one in planned(rule, *(paths or FILES))]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(), []),
        (Rule("show", "Film"), ["Film.S01E01.MKV", "Film.S01E02.MKV"]),
        (Rule("show", "Film", match_case=True), []),
        (Rule(".", " "), ["Show S01E01.MKV", "Show S01E02.MKV", " hidden"]),
        (Rule(r"S(\d+)E(\d+)", r"\1x\2", regex=True), ["Show.01x01.MKV", "Show.01x02.MKV"]),
        (Rule("MKV", "mp4", part="extension"), ["Show.S01E01.mp4", "Show.S01E02.mp4"]),
        (Rule(case="lower", part="extension"), ["Show.S01E01.mkv", "Show.S01E02.mkv"]),
        (Rule(".MKV", "", part="whole"), ["Show.S01E01", "Show.S01E02"]),
        (Rule("", "Part {n}", first_number=9), ["Part 09.MKV", "Part 10.MKV", "Part 11", "Part 12"]),
        (Rule(r".*(E\d+)", r"{n} \1", regex=True), ["1 E01.MKV", "2 E02.MKV"]),
        (Rule(".*", "same", regex=True), ["same.MKV", "same.MKV", "same", "same"]),
        (Rule("^", "My ", regex=True), ["My Show.S01E01.MKV", "My Show.S01E02.MKV", "My note", "My .hidden"]),
        (Rule("n", r"\1{n}"), [r"\13ote", r".hidde\14"]),
        (Rule(case="upper"), ["SHOW.S01E01.MKV", "SHOW.S01E02.MKV", "NOTE", ".HIDDEN"]),
    ],
)
def test_a_rule_makes_names(rule: Rule, expected: list[str]) -> None:
    assert names(rule) == expected


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Rule("(", regex=True), "missing )"),
        (Rule("a", r"\1", regex=True), "invalid group reference 1"),
        (Rule("(a)", r"\g<x>", regex=True), "unknown group name"),
        (Rule("a", "\\", regex=True), "bad escape"),
        (Rule("(", r"\1"), ""),
        (Rule("(a)", r"\1 {n}", regex=True), ""),
    ],
)
def test_a_wrong_expression_is_told(rule: Rule, why: str) -> None:
    assert why in rule.why_not() and bool(why) == bool(rule.why_not())


def test_names_that_clash_or_cannot_be_are_marked() -> None:
    clash = planned(Rule("a|b", "x", regex=True), "d/a", "d/b", "e/a")
    assert [bool(one.why_not) for one in clash] == [True, True, False]

    (taken,) = planned(Rule("a", "c"), "d/a", others=("d/c",))
    assert taken.why_not == "Something with this name already exists"
    assert [one.why_not for one in planned(Rule("a", "b"), "d/a", "d/ab", others=())] == ["", ""]
    (out,) = planned(Rule("a", "../x"), "d/a")
    assert out.why_not == "A name cannot contain “/”."
    (empty,) = planned(Rule("a", ""), "d/a")
    assert empty.why_not == "A file needs a name."
    (bad,) = planned(Rule("a", "a?"), "d/a", windows=True)
    assert "On Windows" in bad.why_not


def test_a_name_is_free_before_it_is_given() -> None:
    shift = planned(Rule(r"\d", "{n}", regex=True, first_number=2), "d/1", "d/2", "d/3")
    assert [(one.old, one.new) for one in in_order(shift)] == [("d/3", "d/4"), ("d/2", "d/3"), ("d/1", "d/2")]

    swapped = [Planned(0, "a", "b"), Planned(1, "b", "a"), Planned(2, "c", "d")]
    there = {"a": 0, "b": 1, "c": 2}
    for one in in_order(swapped):
        assert one.new not in there
        there[one.new] = there.pop(one.old)
    assert there == {"a": 1, "b": 0, "d": 2}


def test_on_windows_letters_do_not_make_two_names_different() -> None:
    rule = Rule("x", "")

    assert not any(one.why_not for one in planned(rule, "ax", "A"))
    assert [one.why_not for one in planned(rule, "ax", "A", windows=True)] == [
        "Something with this name already exists"
    ]
    assert not any(one.why_not for one in planned(Rule(case="upper"), "a", windows=True))


def test_a_rule_for_names_of_shows_is_not_too_slow() -> None:
    rule = Rule(r"^(.*?)[ ._-]+S(\d+)E(\d+)[ ._-]+(.*?)[ ._-]*(\d+p)?.*$", r"\2x\3 \1", regex=True)

    assert not rule.why_not()
    assert names(rule, "A Show - S01E02 - " + "word " * 40 + ".mkv") == ["01x02 A Show.mkv"]


@pytest.mark.parametrize("find", ["(a+)+$", r"(\w+\s*)*x", "(a*){40}b"])
def test_an_expression_with_repeats_inside_repeats_is_refused(find: str) -> None:
    assert "forever" in Rule(find, "b", regex=True).why_not()


def test_an_expression_that_is_slow_with_a_name_is_given_up() -> None:
    rule = Rule(".*.*.*.*.*.*.*=x", "b", regex=True)
    assert not rule.why_not()

    with pytest.raises(TooSlow):
        planned(rule, "a" * 250)


@pytest.mark.parametrize("find", ["a{99999999999}", "(", "(" * 5000])
def test_what_is_no_expression_is_said(find: str) -> None:
    assert Rule(find, "b", regex=True).why_not()
