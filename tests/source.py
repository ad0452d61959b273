"""The source of the package as ``ast`` reads it, for tests of what is never written in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import qbt_remote

ROOT = Path(qbt_remote.__file__).parent


FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


WINDOW = [file for file in FILES if file.startswith(("ui/", "model/")) or file == "start/program.py"]


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text("utf-8"), file)


def calls(file: str) -> Iterator[tuple[str, ast.Call]]:
    """Give every call with the last part of what it calls."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield called(node), node


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
