"""How the window stood is read field by field: what does not fit is left out, what is new is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbt_remote.local.window_state import WindowState

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = st.sampled_from(["geometry", "split", "details", "sizes", "pages", "folders", "places"]) | st.text()


def test_what_was_written_is_read_again() -> None:
    state = WindowState("abc", "def", {"tab": "peers"}, {"log": [640, 480]}, {"preferences": "speed"}, {"add": "/a"})
    state.places = {"log": [-1200, 40]}
    state.unknown = {"later": [1]}

    assert WindowState.read(json.loads(json.dumps(state.as_json()))) == state


@pytest.mark.parametrize("size", [None, "1x1", [1], [1, 2, 3], [0, 5], [10_000, 5], [True, 5], [1.5, 5]])
def test_a_size_that_is_none_costs_only_itself(size: Any) -> None:
    assert WindowState.read({"sizes": {"log": size, "add": [3, 4]}}).sizes == {"add": [3, 4]}


@given(st.dictionaries(NAMES, JSON))
def test_any_object_is_read_and_gives_the_right_types(found: dict[str, Any]) -> None:
    state = WindowState.read(found)

    assert isinstance(state.geometry, str) and isinstance(state.split, str) and isinstance(state.details, dict)
    assert all(isinstance(n, int) for size in [*state.sizes.values(), *state.places.values()] for n in size)
    assert all(isinstance(text, str) for text in [*state.pages.values(), *state.folders.values()])
    assert state.as_json() | state.unknown == state.as_json()


@pytest.mark.parametrize("found", [None, [], "text", 3])
def test_what_is_no_object_is_refused(found: Any) -> None:
    with pytest.raises(ValueError):
        WindowState.read(found)
