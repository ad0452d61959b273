"""Large answers are decoded in pieces, and come to the same as in one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qbt_remote.api.json import in_pieces, tolerant_json
from qbt_remote.sync.steps import at_once

FILL = "x" * in_pieces.LARGE

LARGE: dict[str, Any] = {
    "an object of many": {f"name {n}": {"name": n, "paths": ["a", None, 1.5]} for n in range(5000)},
    "a list of many": [{"id": n, "message": f"line {n}"} for n in range(40_000)],
    "a list of lists": [{"id": n, "ends": [{"a": n}, {"a": 1}, {"b": "},{"}]} for n in range(20_000)],
    "an object in an object in an object": {"a": {"b": {f"{n}": [n] for n in range(9000)}}, "c": 1},
    "a long text": {"a": FILL, "b": 1},
    "a list of texts": [FILL, "b"],
    "a text alone": FILL,
    "many numbers": list(range(50_000)),
}


@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("form", [{"separators": (",", ":")}, {}, {"indent": 1}], ids=["compact", "usual", "indented"])
def test_a_large_answer_comes_to_the_same(value: Any, form: dict[str, Any]) -> None:
    assert at_once(in_pieces.decoding(json.dumps(value, **form).encode())) == value


@pytest.mark.parametrize(("what", "steps"), [("an object of many", 20), ("a list of many", 6), ("a list of lists", 4)])
def test_a_large_answer_of_many_entries_is_decoded_in_many_steps(what: str, steps: int) -> None:
    text = json.dumps(LARGE[what], separators=(",", ":")).encode()

    assert sum(1 for _step in in_pieces.decoding(text)) >= steps


@pytest.mark.parametrize(
    "bad",
    [
        b'{"fill": "%s", "a": NaN, "b": 1}',
        b'{"fill": "%s", "a": "\xff", "b": {"c": "\\ud800"}}',
        b'{"fill": "%s", "tab\there": 1}',
        b'\xef\xbb\xbf{"fill": "%s"}',
        b'{"fill": "%s", "a": 1, "a": 2}',
        b'["%s", NaN, "\\ud800"]',
    ],
)
def test_what_a_server_writes_badly_is_read_as_in_a_short_answer(bad: bytes) -> None:
    text = bad.replace(b"%s", FILL.encode())

    assert at_once(in_pieces.decoding(text)) == tolerant_json.decode(text)


@pytest.mark.parametrize(
    "bad",
    [
        b'{"fill": "%s", "a": 1',
        b'{"fill": "%s"} and more',
        b"[" * in_pieces.LARGE,
        b'{"a": ' * in_pieces.LARGE,
        b'{"fill": "%s", "a": {"b": 1]}}',
    ],
)
def test_what_is_no_json_is_refused(bad: bytes) -> None:
    with pytest.raises(tolerant_json.NotJson):
        at_once(in_pieces.decoding(bad.replace(b"%s", FILL.encode())))
