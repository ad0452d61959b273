"""What people give comes out as the corpus says, as an argument and as a text."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from qbt_remote.api.adding.given import Given, from_arguments, from_paths, from_text
from qbt_remote.api.adding.items import collect
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.adding.text_links import Found
from qbt_remote.start.command_line import Options, from_message, messages
from tests.api.adding.corpus import FOLDER, Case, cases, is_as_said, make_files, plain_user
from tests.conftest import Run

ALL = cases()


def as_text(case: Case) -> Given:
    return from_text(case.text)


def as_argument(case: Case) -> Given:
    return from_arguments([case.text], FOLDER)


def as_second_start(case: Case) -> Given:
    (message,) = messages(Options(items=(case.text,)), FOLDER)
    options, folder = from_message(json.loads(json.dumps(message)))
    return from_arguments(options.items, folder)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.about)
@pytest.mark.parametrize("route", [as_text, as_argument, as_second_start])
def test_a_text_gives_what_it_must(case: Case, route: Callable[[Case], Given]) -> None:
    expected = case.gives if route is as_text else case.argument

    found = list(route(case))

    assert len(found) == len(expected), found
    assert all(is_as_said(f, said) for f, said in zip(found, expected, strict=True)), found
    for link in [f.link for f in found if isinstance(f, Found)] if case.link or case.name else []:
        assert link.url == (case.link or link.url)
        assert link.name == (case.name or link.name)


def test_all_texts_in_one_give_all_of_it_once_and_in_order() -> None:
    found = list(from_text("\n\n".join(case.text for case in ALL)))

    expected = [said for case in ALL for said in case.gives]
    assert len(found) == len(expected)
    assert all(is_as_said(f, said) for f, said in zip(found, expected, strict=True))


def test_the_corpus_is_large_and_no_text_is_in_it_twice() -> None:
    assert len({case.text for case in ALL}) == len({case.about for case in ALL}) == len(ALL) >= 150


def test_a_file_that_cannot_be_read_costs_only_itself(run: Run) -> None:
    """As a plain user: root may read what is locked."""
    run(collect(Given()))  # imports all that it takes
    with plain_user() as folder:
        files = make_files(folder)

        found = run(collect(from_paths(files)))

    assert len(found) == len(files)
    for (path, said), thing in zip(files.items(), found, strict=True):
        if isinstance(thing, Problem):
            assert is_as_said(thing, said), (path, thing.reason)
        elif said.startswith("refused: "):
            assert said.removeprefix("refused: ") in thing.doubt
        else:
            assert thing.name == said.removeprefix("name ")
