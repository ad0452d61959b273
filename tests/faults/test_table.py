"""The table of faults and abuses, and the names of its tests."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.faults.recorder import Result, row_of, table
from tests.faults.rows import NOT_SHOWN, ROWS

TESTS = Path(__file__).parents[1]


def names_of_tests() -> list[str]:
    files = [*TESTS.glob("faults/test_*.py"), *TESTS.glob("abuse/test_*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return [node.name for node in nodes if isinstance(node, ast.FunctionDef) and row_of(node.name)]


def test_tests_are_named_by_rows_that_there_are() -> None:
    there = {row_of(name) for name in names_of_tests()}

    assert there <= set(ROWS)
    assert not there & set(NOT_SHOWN)
    assert len([row for row in ROWS if row[0] == "F"]) == 60
    assert len([row for row in ROWS if row[0] == "A"]) == 39


def test_the_table_names_every_row_and_one_failure_is_enough() -> None:
    results = [
        Result("F07", "4.2.5", "passed", 1.0, [("in doubt", "0")]),
        Result("F07", "5.3.0", "failed", 1.0, [("in doubt", "2")]),
        Result("A01", "", "passed", 1.0, [("rich texts", "0")]),
    ]

    lines = list(table(results))

    assert len(lines) == len(ROWS) + 1 + len(NOT_SHOWN)
    assert next(line for line in lines if line.startswith("F07 failed")).count("in doubt 4.2.5 0, 5.3.0 2") == 1
    assert next(line for line in lines if line.startswith("A01 passed")).count("rich texts 0") == 1
    assert lines[len(ROWS)] == f"1 failed, {len(ROWS) - 2} not run, 1 passed"
