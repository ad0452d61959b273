"""Names with what cannot be seen in them: in the window, and in the log."""

from __future__ import annotations

import logging
import random
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbt_remote.local import log
from qbt_remote.model.text import clean
from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.ui.conftest import until
from tests.ui.whole_program import client_of, rows

UNSEEN = [c for c in map(chr, range(sys.maxunicode)) if unicodedata.category(c) in ("Cf", "Cc")]
ISOLATES = "\u2066\u2067\u2068\u2069"
HOSTILE = [
    *("a\r\nFORGED", "a\nb", "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u2028x", "\u2029x", "\x85x", "\x0bx"),
    *("\x0cx", "\u202egpj.exe", "\x00", "\ufeff", "a\tb", "\x1c\x1d\x1e", "\x08\x08\x08"),
]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Set the log up without the handlers of pytest; gives its file."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    log.setup(tmp_path, "debug")
    yield tmp_path / log.FILE_NAME
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_a07_what_cannot_be_seen_in_a_name_is_shown_as_its_code(row: Row) -> None:
    row.figure("names", len(UNSEEN))
    assert len(UNSEEN) >= 200
    for c in UNSEEN:
        shown = clean(f"film{c}4pm.exe")
        assert c not in shown or c in ISOLATES, f"U+{ord(c):04X}"
        assert shown.rstrip("\u2069").endswith("4pm.exe"), f"U+{ord(c):04X}"


@pytest.mark.real
def test_a07_a_name_that_turns_its_end_round_is_seen_through(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    names = ["film\u202e4pm.exe", "a\u200bb.scr", "\u2066x", "t\u061cx", "\u05d0\u05d1.mkv", "a\u00adb"]

    async def scene() -> None:
        server = real_server("4.5.2")
        async with program_on(tmp_path, server) as program:
            async with client_of(server) as client:
                for torrent, name in zip(await client.get("torrents/info"), names, strict=False):
                    await client.post("torrents/rename", hash=torrent["hash"], name=name)
            await until(lambda: any("[U+202E]4pm.exe" in name for name in rows(program)), 20)
            await until(lambda: sum("tiny" not in name for name in rows(program)) == len(names), 20)
            shown = rows(program)
        assert not [name for name in shown for c in name if unicodedata.category(c) == "Cf" and c not in ISOLATES]
        assert "\u2068\u05d0\u05d1.mkv\u2069" in shown, "what runs from right to left turns nothing else round"
        row.figure("shown", sorted(name for name in shown if "U+" in name)[:2])

    run(scene())


def test_a08_a_record_is_one_line_whatever_a_name_holds(root: Path, row: Row) -> None:
    for name in HOSTILE:
        logging.getLogger("qbt_remote.x").warning("torrent %s was removed", name)

    lines = root.read_text("utf-8").split("\n")

    assert len(lines) == len(HOSTILE) + 1
    assert lines[-1] == ""
    assert all(line.endswith("was removed") for line in lines[:-1])
    assert not [c for line in lines for c in line if not c.isprintable()]
    row.figure("records", len(HOSTILE))


def test_a09_no_text_stops_the_log(root: Path, row: Row, capfd: pytest.CaptureFixture[str]) -> None:
    dice, count = random.Random(9), row.count(2_000, 10_000)
    for n in range(count):
        text = "".join(chr(dice.choice((dice.randrange(0xD800, 0xE000), dice.randrange(0x300)))) for _ in range(8))
        logging.getLogger("qbt_remote.x").info("%d %s end", n, text)

    written = root.read_text("utf-8").splitlines()

    row.figure("records", count)
    assert len(written) == count
    assert all(line.endswith(" end") for line in written)
    assert "Error" not in capfd.readouterr().err
