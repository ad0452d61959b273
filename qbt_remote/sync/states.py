"""The states of a torrent, in the words of the newest server (older ones are renamed when decoded).

Source: qBittorrent src/base/bittorrent/torrent.h and torrentimpl.cpp (isDownloading, isActive, ...),
src/base/torrentfilter.cpp; the status filters of the sidebar mean what they mean there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


class State(NamedTuple):
    """One state.  ``group`` is downloading, seeding, stopped, checking, moving, error or unknown."""

    group: str
    label: str
    icon: str
    color: str


# fmt: off
STATES: dict[str, State] = {
    "downloading":        State("downloading", N("Downloading"),                     "downloading",   "downloading"),
    "forcedDL":           State("downloading", N("[F] Downloading"),                 "forced-down",   "downloading"),
    "metaDL":             State("downloading", N("Downloading metadata"),            "metadata",      "metadata"),
    "forcedMetaDL":       State("downloading", N("[F] Downloading metadata"),        "metadata",      "metadata"),
    "allocating":         State("downloading", N("Allocating"),                      "downloading",   "downloading"),
    "stalledDL":          State("downloading", N("Stalled"),                         "stalled-down",  "stalled"),
    "queuedDL":           State("downloading", N("Queued"),                          "queued",        "queued"),
    "stoppedDL":          State("stopped",     N("Stopped"),                         "stopped",       "stopped"),
    "checkingDL":         State("checking",    N("Checking"),                        "checking",      "checking"),
    "uploading":          State("seeding",     N("Seeding"),                         "seeding",       "seeding"),
    "forcedUP":           State("seeding",     N("[F] Seeding"),                     "forced-up",     "seeding"),
    "stalledUP":          State("seeding",     N("Seeding"),                         "stalled-up",    "stalled"),
    "queuedUP":           State("seeding",     N("Queued"),                          "queued",        "queued"),
    "stoppedUP":          State("stopped",     N("Completed"),                       "completed",     "stopped"),
    "checkingUP":         State("checking",    N("Checking"),                        "checking",      "checking"),
    "checkingResumeData": State("checking",    N("Checking resume data"),            "checking",      "checking"),
    "queuedForChecking":  State("checking",    N("Queued for checking"),             "checking",      "checking"),
    "moving":             State("moving",      N("Moving"),                          "moving",        "checking"),
    "missingFiles":       State("error",       N("Missing files"),                   "missing-files", "error"),
    "error":              State("error",       N("Errored"),                         "error",         "error"),
    "unknown":            State("unknown",     N("Unknown"),                         "unknown",       "stopped"),
}
# fmt: on

_STOPPED = frozenset({"stoppedDL", "stoppedUP"})
_ERRORED = frozenset({"error", "missingFiles"})
_CHECKING = frozenset({"checkingDL", "checkingUP", "checkingResumeData", "queuedForChecking"})
_DOWNLOADING = frozenset(
    {
        "downloading",
        "forcedDL",
        "metaDL",
        "forcedMetaDL",
        "allocating",
        "stalledDL",
        "checkingDL",
        "queuedDL",
        "stoppedDL",
    }
)
_SEEDING = frozenset({"uploading", "forcedUP", "stalledUP", "checkingUP", "queuedUP"})
_COMPLETED = _SEEDING | {"stoppedUP"}
_BUSY = frozenset({"downloading", "forcedDL", "metaDL", "forcedMetaDL", "uploading", "forcedUP", "moving"})


def state_of(state: str) -> State:
    """Give the state's row; that of "unknown" for one that a newer server made up."""
    return STATES.get(state) or STATES["unknown"]


def is_stopped(state: str) -> bool:
    return state in _STOPPED


def is_errored(state: str) -> bool:
    return state in _ERRORED


def is_checking(state: str) -> bool:
    return state in _CHECKING


def is_moving(state: str) -> bool:
    return state == "moving"


def is_stalled(state: str) -> bool:
    return state in ("stalledDL", "stalledUP")


def is_downloading(state: str) -> bool:
    """Not complete yet: also when stopped, queued, stalled or being checked, as qBittorrent has it."""
    return state in _DOWNLOADING


def is_seeding(state: str) -> bool:
    """Complete and not stopped."""
    return state in _SEEDING


def is_completed(state: str) -> bool:
    """Complete, whether it seeds or is stopped."""
    return state in _COMPLETED


def is_active(t: Torrent) -> bool:
    """Moves data; a stalled download does if it uploads."""
    return t.state in _BUSY or (t.state == "stalledDL" and t.upspeed > 0)


def is_complete(t: Torrent) -> bool:
    """All that is wanted of it has been downloaded."""
    return t.state in _COMPLETED or (t.progress >= 1 and t.state not in _DOWNLOADING)


def is_session_paused(server: Mapping[str, object]) -> bool:
    """Tell of a ``server_state`` whether all of the server is paused, by whomever; since 5.3."""
    return server.get("session_state") is True


def whole_number(value: object) -> int:
    """Give a number that should be one; 0 for anything else."""
    usable = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    return int(value) if usable else 0  # type: ignore[call-overload]  # a number, as was seen
