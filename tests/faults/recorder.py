"""What each row came to: kept while tests run, and printed as one table.

Tests on real servers and all others run in two processes; each adds its lines to the file that QBT_ROWS names, and
``python -m tests.faults.recorder FILE`` prints the table of both.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.rows import NOT_SHOWN, ROWS

NAME = re.compile(r"test_([fa]\d\d)_")


@dataclass
class Result:
    """One test of a row: "passed", "failed" or "skipped", its seconds, and its figures as texts."""

    row: str
    case: str = ""
    result: str = "failed"
    seconds: float = 0.0
    figures: list[tuple[str, str]] = field(default_factory=list)


def row_of(test: str) -> str:
    """Give the row that a test is about, as "F07"; "" if it is about none."""
    found = NAME.match(test)
    return found[1].upper() if found else ""


def keep(result: Result) -> None:
    """Add a result to the file of this run, if there is one."""
    if name := os.environ.get("QBT_ROWS"):
        with Path(name).open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")


def table(results: list[Result], *, whole: bool = True) -> Iterator[str]:
    """The lines of the table: each row with what its tests measured; only those that ran unless ``whole``."""
    by_row: dict[str, list[Result]] = {row: [] for row in ROWS}
    for each in results:
        by_row[each.row].append(each)
    for row, (what, goal) in ROWS.items():
        if by_row[row] or whole:
            yield f"{row} {_state(row, by_row[row]):9} {what:<55} {_figures(by_row[row]):<40} [{goal}]"
    states = [_state(row, by_row[row]) for row in ROWS]
    yield ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    if whole:
        yield from (f"{row} not shown here: {why}" for row, why in NOT_SHOWN.items())


def _state(row: str, results: list[Result]) -> str:
    if row in NOT_SHOWN:
        return "not shown"
    if not results:
        return "not run"
    return next((bad for bad in ("failed", "skipped") if any(r.result == bad for r in results)), "passed")


def _figures(results: list[Result]) -> str:
    merged: dict[str, list[str]] = {}
    for each in results:
        for name, value in each.figures:
            merged.setdefault(name, []).append(f"{each.case} {value}".strip() if len(results) > 1 else value)
    return "; ".join(f"{name} {', '.join(values)}" for name, values in merged.items())


def read(file: Path) -> list[Result]:
    lines: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    return [Result(**line) for line in lines]


def main() -> None:
    file = Path(sys.argv[1])
    if file.exists():
        print("\n".join(table(read(file))))


if __name__ == "__main__":
    main()
