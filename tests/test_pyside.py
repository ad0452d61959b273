"""PySide's own code comes from our file after the first start, and does what it did."""

from __future__ import annotations

import json
import marshal
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from qbt_remote.paths import cache_dir
from qbt_remote.pyside import LateExpression, cache_file

SCRIPT = """
from __future__ import annotations  # as the code has that calls compile for PySide
import builtins, inspect, json, linecache, pathlib, re, sys
from qbt_remote.pyside import import_quickly

compiled, late = [], 0
compile_code, compile_expression = builtins.compile, re.compile

def count(source, filename, *more, **named):
    if str(filename).startswith("shibokensupport/"):
        compiled.append(filename)
    return compile_code(source, filename, *more, **named)

def count_expression(pattern, flags=0):
    global late
    late += flags == re.VERBOSE and "edge of a word" in pattern
    return compile_expression(pattern, flags)

builtins.compile, re.compile = count, count_expression
if sys.argv[1]:
    import_quickly(pathlib.Path(sys.argv[1]))
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget
import qbt_remote.ui.main_window
imports_plainly = builtins.__import__ is not builtins.__feature_import__
sources_kept = len(linecache.cache)
restored = (builtins.compile, re.compile) == (count, count_expression)
at_import = late

from shibokensupport.signature import get_signature, parser
from shibokensupport.signature.lib.pyi_generator import Formatter

said = []
for call in (lambda: QPoint("no", 1), lambda: QWidget.move(1, 2), lambda: QObject().setObjectName(3)):
    try:
        call()
    except TypeError as error:
        said.append(str(error))
said += [str(get_signature(QWidget.addAction)), str(get_signature(QObject.connect))]
said.append(parser._parse_arglist("a: int = f(1, 2), b: dict[int, str] = {}, c"))
said.append(Formatter.opt_uni_searcher.search("x typing.Optional[list[int]] y").group(0))
said.append(Formatter.split("a=b,c"))
flags = sorted(
    (name, module.__file__, value.__name__, value.__code__.co_flags, value.__code__.co_filename)
    for name, module in sys.modules.items() if name.startswith("shibokensupport.")
    for value in vars(module).values() if inspect.isfunction(value)
)
print(json.dumps({
    "compiled": sorted(compiled), "restored": restored, "late": at_import, "said": said, "flags": str(flags),
    "imports_plainly": imports_plainly, "sources_kept": sources_kept,
}))
"""

Found = dict[str, Any]


def run(file: Path | None, **more: str) -> Found:
    """Import PySide in a process of its own; without a file as it comes."""
    given = [sys.executable, "-c", SCRIPT, str(file or "")]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | more
    found: Found = json.loads(subprocess.run(given, env=env, stdout=subprocess.PIPE, check=True, text=True).stdout)
    return found


@pytest.fixture(scope="module")
def plain() -> Found:
    return run(None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "pyside.bytecode"


def test_first_start_compiles_all_and_the_second_nothing(file: Path, plain: Found) -> None:
    assert len(plain["compiled"]) > 10
    first, second = run(file), run(file)

    assert first["compiled"] == plain["compiled"]
    assert second["compiled"] == []
    assert first["restored"] and second["restored"]


def test_pyside_says_the_same_as_without(file: Path, plain: Found) -> None:
    assert all(plain["said"])
    for found in run(file), run(file):
        assert found["said"] == plain["said"]
        assert found["flags"] == plain["flags"]


def test_large_expressions_wait_until_they_are_used(file: Path, plain: Found) -> None:
    assert plain["late"] == 1
    assert run(file)["late"] == 0


def test_no_module_is_read_for_features_that_we_do_not_use(file: Path, plain: Found) -> None:
    """If PySide no longer does it, our remedy can go."""
    assert plain["sources_kept"] > 50 and not plain["imports_plainly"]
    found = run(file)
    assert found["sources_kept"] < 10  # those that PySide itself imports last
    assert found["imports_plainly"]


def test_file_is_ours_alone(file: Path) -> None:
    run(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def _flip(data: bytes) -> bytes:
    return data[:2000] + bytes([data[2000] ^ 1]) + data[2001:]


def _other_python(data: bytes) -> bytes:
    return data.replace(b"qbt-remote 1 ", b"qbt-remote 1 9", 1)


def _other_sources(data: bytes) -> bytes:
    """Sources that begin with a blank line more: as of another PySide."""
    start = data.index(b"\n", data.index(b"qbt-remote") + 1)
    while data[start + 1 : start + 5] != crc32(data[start + 5 :]).to_bytes(4, "big"):
        start = data.index(b"\n", start + 1)
    codes = marshal.loads(data[start + 5 :])
    body = marshal.dumps({(name, flags, b"\n" + bytes(source)): code for (name, flags, source), code in codes.items()})
    return data[: start + 1] + crc32(body).to_bytes(4, "big") + body


@pytest.mark.parametrize("spoil", [_flip, _other_python, _other_sources, lambda data: data[:100], lambda data: b""])
def test_file_that_does_not_fit_is_made_anew(file: Path, plain: Found, spoil: Callable[[bytes], bytes]) -> None:
    run(file)
    good = file.read_bytes()
    assert spoil(good) != good
    file.write_bytes(spoil(good))

    found = run(file)

    assert found["compiled"] == plain["compiled"]
    assert found["said"] == plain["said"]
    assert run(file)["compiled"] == []


def test_link_is_not_followed(file: Path, plain: Found, tmp_path: Path) -> None:
    run(file)
    file.rename(tmp_path / "theirs")
    file.symlink_to(tmp_path / "theirs")

    assert run(file)["compiled"] == plain["compiled"]


def test_file_or_folder_that_others_may_write_to_is_not_read(file: Path, plain: Found) -> None:
    run(file)
    file.chmod(0o620)
    assert run(file)["compiled"] == plain["compiled"]
    file.chmod(0o600)
    file.parent.chmod(0o777)
    assert run(file)["compiled"] == plain["compiled"]
    file.parent.chmod(0o755)
    assert run(file)["compiled"] == []


def test_nothing_is_written_where_python_may_write_no_byte_code(file: Path) -> None:
    run(file, PYTHONDONTWRITEBYTECODE="1")
    assert not file.exists()


def test_folder_that_cannot_be_made_costs_nothing_else(plain: Found, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run(tmp_path / "file" / "pyside.bytecode")["said"] == plain["said"]


def test_pyside_that_is_there_already_leaves_the_file(file: Path) -> None:
    run(file)
    before = file.read_bytes()
    script = """
import pathlib, sys
import PySide6.QtCore
from qbt_remote.pyside import import_quickly
import_quickly(pathlib.Path(sys.argv[1]))
"""
    subprocess.run([sys.executable, "-c", script, str(file)], check=True)
    assert file.read_bytes() == before


def test_late_expression_compiles_once() -> None:
    made: list[re.Pattern[str]] = []

    def make() -> re.Pattern[str]:
        made.append(re.compile("b+"))
        return made[-1]

    late = LateExpression(make)
    sub = late.sub
    assert not made
    assert sub("x", "abba") == "axa"
    assert late.pattern == "b+"
    assert len(made) == 1


def test_cache_is_the_users_own_for_each_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    assert cache_dir() == tmp_path / "c" / "qbt-remote"
    assert str(cache_file()).startswith(f"{tmp_path}/c/qbt-remote/pyside.{sys.implementation.cache_tag}")
    assert not (tmp_path / "c").exists()


def test_without_a_home_the_program_starts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert cache_file() is None
    script = "import builtins; from qbt_remote.pyside import import_quickly; import_quickly(None); print(builtins.__import__)"
    said = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True, text=True).stdout
    assert "__feature_import__" not in said
