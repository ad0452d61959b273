"""Every pair of states: which change means that a torrent finished, or failed."""

from __future__ import annotations

import pytest

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.events import Event, Failed, Finished, events
from qbt_remote.sync.states import STATES
from qbt_remote.sync.torrent import Torrent

DOWNLOADING = ("downloading", "forcedDL", "metaDL", "forcedMetaDL", "allocating", "stalledDL", "queuedDL")
COMPLETE = ("uploading", "forcedUP", "stalledUP", "queuedUP", "stoppedUP")
ERRORS = ("error", "missingFiles")
NEWER = "somethingOf6.0"
ALL = (*STATES, NEWER)


def seen(before: str, after: str, progress: float = 1.0, *, full: bool = False) -> list[Event]:
    torrent = Torrent(hash="a", state=after, progress=progress)
    return events(Changes(full=full, changed=[torrent], states=[(torrent, before)]))


def kinds(before: str, *, full: bool = False) -> dict[str, list[type[Event]]]:
    """Kinds of events by the state after, for those that have any."""
    told = {after: [type(event) for event in seen(before, after, full=full)] for after in ALL if after != before}
    return {after: types for after, types in told.items() if types}


@pytest.mark.parametrize("before", ALL)
def test_only_a_download_finishes_and_only_what_had_no_error_fails(before: str) -> None:
    finished = {after: [Finished] for after in (*COMPLETE, "moving")} if before in DOWNLOADING else {}
    failed = {} if before in ERRORS else {after: [Failed] for after in ERRORS}

    assert kinds(before) == finished | failed


@pytest.mark.parametrize("before", ALL)
def test_nothing_is_told_from_a_full_list(before: str) -> None:
    assert kinds(before, full=True) == {}


@pytest.mark.parametrize("before", DOWNLOADING)
@pytest.mark.parametrize("after", ["moving", "stoppedDL", "checkingDL", "queuedDL"])
def test_an_incomplete_torrent_that_is_moved_stopped_or_checked_did_not_finish(before: str, after: str) -> None:
    assert seen(before, after, progress=0.5) == []


def test_a_torrent_that_was_added_complete_did_not_finish() -> None:
    assert events(Changes(added=[Torrent(hash="a", state="stalledUP", progress=1.0)])) == []


def test_several_in_one_poll_are_told_in_order() -> None:
    good, bad = Torrent(hash="a", state="uploading", progress=1.0), Torrent(hash="b", state="error")

    assert events(Changes(states=[(good, "downloading"), (bad, "stalledDL")])) == [Finished(good), Failed(bad)]
