"""One process runs per configuration; the others hand it what they were started with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from qbt_remote.local.add_queue import NAME
from qbt_remote.local.paths import config_dir, log_dir, resource
from qbt_remote.start.single_instance import LARGEST_MESSAGE, Instance, folder_of
from tests.start.started import Start, owner


@pytest.mark.parametrize("lives", [False, True])
def test_lock_of_a_killed_owner_whose_number_is_another_programs_is_taken_over(
    start: Start, tmp_path: Path, lives: bool
) -> None:
    owner = start("owner")
    owner.go()
    assert owner.line() == "owner"
    if not lives:
        owner.process.kill()
        owner.process.wait()
    lock = folder_of(tmp_path / "config") / "lock"
    _pid, *rest = lock.read_text().split("\n")
    lock.write_text("\n".join([str(os.getpid()), *rest]))  # a program of the same name, too
    os.utime(lock, (1, 1))

    second = Instance(tmp_path / "config")
    assert second.acquire() is not lives
    second.release()


def test_other_configuration_has_its_own_instance(start: Start, tmp_path: Path) -> None:
    owner(start)
    owner(start, config=tmp_path / "other")


def test_refused_message_is_not_delivered(start: Start) -> None:
    owner(start, verdict="no")
    second = start()
    second.go()
    assert second.line() == "refused"


def test_message_that_the_owner_fails_over_is_answered_and_the_next_one_is_taken(start: Start) -> None:
    first = owner(start, verdict="raise")
    for name in "ab":
        second = start(name)
        second.go()
        assert second.line() == "refused"
        assert first.message()["items"] == [name]


MANY = [str(n) if n < 10 else f"{n:05} {'ü' * 100}.torrent" for n in range(10_000)]
"""Over a MiB of items, however they are written."""

SECOND = """
import json, pathlib, sys
from PySide6.QtCore import QCoreApplication
from qbt_remote.start.app import hand_over
from qbt_remote.start.command_line import Options
from qbt_remote.start.single_instance import Instance

app = QCoreApplication([])
instance = Instance(pathlib.Path(sys.argv[1]))
left = hand_over(instance, Options(items=tuple(json.load(sys.stdin))))
json.dump([left, instance.acquire()], sys.stdout)
"""

HandOver = Callable[[list[str]], tuple[dict[str, list[str]] | None, bool]]


@pytest.fixture
def hand_over(tmp_path: Path) -> HandOver:
    """Start a process that hands items over; gives what is left, and whether it is the instance then."""

    def one(items: list[str]) -> tuple[dict[str, list[str]] | None, bool]:
        command = [sys.executable, "-c", SECOND, str(tmp_path / "config")]
        done = subprocess.run(command, input=json.dumps(items), capture_output=True, text=True, check=True, timeout=60)
        left, runs = json.loads(done.stdout)
        return left, runs

    return one


def test_more_items_than_a_message_holds_go_in_several(start: Start, hand_over: HandOver) -> None:
    first = owner(start)

    assert hand_over(MANY) == (None, False)

    received: list[list[str]] = []
    while sum(map(len, received)) < len(MANY):
        received.append(first.message()["items"])
    assert list(chain.from_iterable(received)) == MANY
    assert len(received) > 3
    assert max(len(json.dumps(items)) for items in received) < LARGEST_MESSAGE / 3


def test_items_of_a_refused_message_are_left_and_those_of_the_others_taken(start: Start, hand_over: HandOver) -> None:
    first = owner(start, verdict="all but 1")

    left, runs = hand_over(MANY)

    refused = first.message()["items"]
    assert (left, runs) == ({"refused": refused}, False)
    assert "1" in refused and len(refused) < len(MANY) / 3
    taken = len(refused)
    while taken < len(MANY):
        taken += len(first.message()["items"])


def test_items_that_an_owner_took_before_it_was_killed_are_not_left(start: Start, hand_over: HandOver) -> None:
    items = [*MANY[10:], "1"]
    first = owner(start, verdict="die at 1")

    left, runs = hand_over(items)

    taken: list[str] = []
    while line := first.line():
        taken += json.loads(line)["items"]
    assert (left, runs) == ({"silent": items[len(taken) :]}, True)
    assert len(taken) > len(items) / 2


def test_items_that_nobody_takes_and_that_cannot_be_kept_are_all_named(start: Start, tmp_path: Path) -> None:
    first = owner(start, config=config_dir(tmp_path / "D"))
    first.process.send_signal(signal.SIGSTOP)
    (tmp_path / "D" / NAME).mkdir()
    items = [f"{n} {'x' * 200}" for n in range(2500)]

    done = second_start(tmp_path, *items, "last\nline")

    reason, said, *named = done.stderr.splitlines()
    assert "the items cannot be kept" in reason
    assert said == "qbt-remote runs already, but it does not answer. End it and try again."
    assert named == [f"not handed over: {item}" for item in [*items, r"last\nline"]]
    assert done.returncode == 1


def second_start(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qbt_remote", "--config", str(tmp_path / "D"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_is_no_utf8_arrives_as_it_was(start: Start, hand_over: HandOver) -> None:
    first = owner(start)
    name = os.fsdecode(b"/a/\xff\xe4.torrent")

    assert hand_over([name]) == (None, False)

    assert first.message()["items"] == [name]


def test_long_configuration_path_works(start: Start, tmp_path: Path) -> None:
    config = tmp_path / ("long" * 50) / ("ä" * 100)
    owner(start, config=config)
    second = start(config=config)
    second.go()
    assert second.line() == "delivered"


def test_message_larger_than_the_limit_is_not_sent(runtime: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    assert Instance(tmp_path).hand_over({"verb": "add", "items": ["x" * LARGEST_MESSAGE]}) == "too long"
    assert time.monotonic() - began < 1


def test_runtime_folder_stays_short_when_its_variable_is_long_or_unusable(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    long = tmp_path / ("x" * 100)
    long.mkdir(mode=0o700)
    for unusable in (str(long), "relative", "/nowhere"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", unusable)
        folder = folder_of(tmp_path)
        assert folder.is_relative_to(runtime)
        assert len(os.fsencode(folder / "socket")) <= 103


def test_folders_follow_the_environment_or_stay_below_the_one_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    assert config_dir() == tmp_path / "c" / "qbt-remote"
    assert config_dir().stat().st_mode & 0o777 == 0o700
    assert log_dir() == tmp_path / "home/.local/state/qbt-remote/log"
    assert log_dir(tmp_path / "given").is_relative_to(tmp_path / "given")


def test_resources_are_found() -> None:
    assert resource("icons").is_dir()
