"""What a table costs while a screen reader listens, and what the reader hears.

Work is counted, not timed: see ``tests.scale.spoken_work``; ``tests.scale.spoken`` prints times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.ui.fake_desktop import Desktop
from tests.ui.spoken import ALWAYS_ON, Listener, Spoken

FEW, MANY = 1_000, 20_000
ACTS = ("select all", "sort", "poll", "filter", "one row", "next row", "all others", "none")


@dataclass(frozen=True, slots=True)
class Reader:
    """What was counted, on a program that is still there, and who listened."""

    asked: dict[str, dict[str, int]]
    spoken: Spoken
    listener: Listener


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    desktop = Desktop()
    env = os.environ | ALWAYS_ON
    command = [sys.executable, "-m", "tests.scale.spoken_work"]
    try:
        with Spoken() as spoken, Listener(spoken) as listener:
            with subprocess.Popen(command, env=env, stdin=-1, stdout=-1, text=True) as program:
                assert program.stdin and program.stdout
                program.stdin.write(json.dumps([FEW, MANY]) + "\n")
                program.stdin.flush()
                asked = json.loads(program.stdout.readline())
                yield Reader(asked, spoken, listener)
                program.stdin.close()
            assert program.returncode == 0
    finally:
        desktop.close()


@pytest.mark.parametrize("act", ACTS)
def test_qt_asks_no_more_of_many_rows_than_of_few(reader: Reader, act: str) -> None:
    few, many = (reader.asked[str(count)][act] for count in (FEW, MANY))

    assert 0 < many <= few + 500, (few, many)


def test_the_reader_hears_how_many_are_selected(reader: Reader) -> None:
    reader.listener.until(lambda: reader.listener.said[-1:] == ["Nothing is selected"])

    said = reader.listener.said
    assert "1000 selected" in said
    assert "20000 selected" in said
    assert not any("<" in text for text in said)


def test_the_reader_reads_the_table(reader: Reader) -> None:
    spoken = reader.spoken
    table = spoken.find(spoken.application(), "table", "Torrents")

    first = spoken.call(table, "Table", "GetAccessibleAt", "ii", 0, 1)

    assert spoken.property(table, "Table", "NRows") > 0
    assert spoken.name(tuple(first)).startswith("Torrent ")
