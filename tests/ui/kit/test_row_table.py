"""RowTable is what every table of the program is, so that none asks for each selected cell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import qbt_remote

PACKAGE = Path(qbt_remote.__file__).parent
FILES = sorted(str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", [file for file in FILES if file != "ui/kit/row_table.py"])
def test_every_table_is_a_row_table(file: str) -> None:
    """Those with items of Qt's own are asked in C++, and may be as they are."""
    tree = ast.parse((PACKAGE / file).read_text())

    made = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    derived = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]

    assert not [name for name in made + derived if isinstance(name, ast.Name) and name.id == "QTableView"]
