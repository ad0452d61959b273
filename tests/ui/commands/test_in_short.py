"""In a few words it is said how it stands with a server, and when it is tried again."""

from __future__ import annotations

import pytest

from qbt_remote.api.errors import AuthFailed, QbtError, Unreachable
from qbt_remote.sync.polls.status import Status
from qbt_remote.ui.commands.in_short import state_text
from tests.model.still_session import session


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (-1.0, "offline, trying again"),
        (0.4, "offline, next try in 1 s"),
        (120.0, "offline, next try in 120 s"),
        (121.0, "offline, next try in 3 min"),
        (3599.0, "offline, next try in 60 min"),
    ],
)
def test_the_time_to_the_next_try_is_said_in_a_unit_that_can_be_read(left_s: float, words: str) -> None:
    assert state_text(session(Status("waiting", None, 1000.0 + left_s)), 1000.0) == words


@pytest.mark.parametrize(
    ("error", "told_to_end", "words"),
    [
        (AuthFailed("x", kind="banned"), False, "login banned, next try in 60 min"),
        (Unreachable("x"), True, "stopped by you, next try in 60 min"),
    ],
)
def test_what_ends_by_itself_is_said_with_the_time_until_then(error: QbtError, told_to_end: bool, words: str) -> None:
    known = session(Status("waiting", error, 4600.0))
    if told_to_end:
        known.outage.told_to_end(1000.0)

    assert state_text(known, 1000.0) == words
