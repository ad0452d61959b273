"""The table of states, against the states that servers are known to send."""

from __future__ import annotations

import pytest

from qbt_remote.api.endpoints import STATES as RENAMED
from qbt_remote.sync import states
from qbt_remote.sync.states import STATES, is_active, is_complete, state_of, whole_number
from qbt_remote.sync.torrent import Torrent

# src/webui/api/serialize/serialize_torrent.cpp, 4.1.0 to 5.3
KNOWN = [
    "error",
    "missingFiles",
    "uploading",
    "pausedUP",
    "stoppedUP",
    "queuedUP",
    "stalledUP",
    "checkingUP",
    "forcedUP",
    "allocating",
    "downloading",
    "metaDL",
    "forcedMetaDL",
    "pausedDL",
    "stoppedDL",
    "queuedDL",
    "stalledDL",
    "checkingDL",
    "forcedDL",
    "checkingResumeData",
    "queuedForChecking",
    "moving",
    "unknown",
]


def test_every_state_of_every_version_has_a_row() -> None:
    assert {RENAMED.get(state, state) for state in KNOWN} == STATES.keys()


def test_a_state_of_a_newer_server_is_shown_as_unknown() -> None:
    assert state_of("dreaming") is STATES["unknown"]
    assert state_of("error").label == "Errored"


@pytest.mark.parametrize("state", STATES)
def test_groups_agree_with_the_questions(state: str) -> None:
    group = STATES[state].group

    assert states.is_stopped(state) == (group == "stopped")
    assert states.is_errored(state) == (group == "error")
    assert states.is_checking(state) == (group == "checking")
    assert states.is_moving(state) == (group == "moving")
    assert not (states.is_downloading(state) and states.is_completed(state))
    if group == "downloading":
        assert states.is_downloading(state)
    if group == "seeding":
        assert states.is_seeding(state) and states.is_completed(state)


@pytest.mark.parametrize(
    ("state", "upspeed", "active"),
    [
        ("stalledDL", 0, False),
        ("stalledDL", 1, True),
        ("stalledUP", 1, False),
        ("forcedUP", 0, True),
        ("moving", 0, True),
    ],
)
def test_active_is_what_moves_data(state: str, upspeed: int, active: bool) -> None:
    assert is_active(Torrent(state=state, upspeed=upspeed)) == active


@pytest.mark.parametrize(
    ("state", "progress", "complete"),
    [("stoppedUP", 1, True), ("stoppedDL", 0.5, False), ("error", 1, True), ("missingFiles", 0.2, False)],
)
def test_complete_is_what_has_all(state: str, progress: float, complete: bool) -> None:
    assert is_complete(Torrent(state=state, progress=progress)) == complete


@pytest.mark.parametrize(
    ("sent", "meant"),
    [(7, 7), (7.9, 7), (2**70, 2**70), (None, 0), ("fast", 0), ([1], 0), (float("inf"), 0), (float("nan"), 0)],
)
def test_a_number_that_is_none_counts_as_nothing(sent: object, meant: int) -> None:
    assert whole_number(sent) == meant
