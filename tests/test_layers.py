"""Imports go downward only, heavy ones wait until the window is there, and a few things are never done.

Every file of the package is read with ``ast``; nothing is imported but in a fresh interpreter.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import qbt_remote
from qbt_remote.start import after_paint

ROOT = Path(qbt_remote.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if "resources" not in path.parts)

LEAVES, API, SYNC, MODEL, UI, TOP = range(6)
LAYERS = {
    **{"local": LEAVES, "prefs": LEAVES, "api": API, "sync": SYNC, "model": MODEL, "ui": UI},
    **{"trial": TOP, "start": TOP},
}
"""By the first folder.  A file beside the folders is a leaf, but ``__main__`` and ``console``, which is before it."""

ROOMS: dict[str, tuple[str, ...]] = {
    "kit": (),
    "table": ("kit",),
    "commands": ("kit",),
    "desktop": ("kit",),
    "servers": ("kit",),
    "folders": ("kit", "commands"),
    "files": ("kit", "table", "commands"),
    "admin": ("kit", "commands"),
    "form": ("kit", "folders"),
    "categories": ("kit", "commands", "folders"),
    "details": ("kit", "table", "commands", "files"),
    "torrents": ("kit", "commands", "folders", "files", "categories"),
    "add": ("kit", "commands", "folders", "files", "categories"),
    "queue": ("kit", "commands", "add"),
    "preferences": ("kit", "commands", "form"),
    "filtering": ("kit", "table", "commands", "categories", "torrents"),
    "status": ("kit", "commands"),
    "diagnostics": ("kit", "commands", "admin"),
}
"""The rooms of ``ui/``, and those that each may import."""
ROOMS["window"] = tuple(ROOMS)
_KIT_KNOWS_NO = {"sync.torrent", "sync.session", "local.settings", "prefs.schema"}
_MOST_FILES, _MOST_LINES = 20, 3000
"""Of a room; ``__init__.py`` and rooms within it are not counted."""

# who may import what, by file; everybody else may not
_ONLY = {
    "httpx": {"api/connection.py"},
    "httpcore": set[str](),
    "ssl": {"api/connection.py", "api/tls.py", "api/connection_errors.py"},
    "truststore": {"api/tls.py"},
    "libtorrent": {"api/adding/metainfo.py"},
    "keyring": {"local/vault.py"},
    "qasync": {"start/app.py"},
}
_ONLY_OUR_OWN = {"QCheckBox": "CheckBox", "QRadioButton": "RadioButton"}
"""Qt's own react to Return on some desktops and not on others; ``ui/kit/fields.py`` has ours."""
_NEVER = {"exec", "exec_", "asyncSlot", "asyncClose", "QTimer", "singleShot"}
_TASKS = {"create_task", "ensure_future"}
_MAKES_TASKS = {"ui/kit/tasks.py", "sync/session.py", "sync/polls/looks.py"}
_LONG_TABLES = {"api/endpoints.py", "model/columns.py", "model/details/columns.py", "ui/window/commands.py"}
_LONGEST = 400


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text("utf-8"), file)


def layer(module: str) -> int:
    """Give the layer of a module of ours, named without the package: "sync.session"."""
    return TOP if module in ("__main__", "console") else LAYERS.get(module.partition(".")[0], LEAVES)


def room(file: str) -> str:
    """Give the room of ui/ that a file stands in, or ""."""
    parts = file.split("/")
    return parts[1] if parts[0] == "ui" and len(parts) > 2 else ""


def imports(file: str) -> Iterator[tuple[int, str]]:
    """Give line and full name of everything imported, wherever in the file and however late."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Late":
            yield from ((node.lineno, str(arg.value)) for arg in node.args if isinstance(arg, ast.Constant))


def own(name: str) -> str:
    """Give the module of ours that an import is of, without the package; "" if it is not ours."""
    parts = name.split(".")
    if parts[0] != "qbt_remote":
        return ""
    for depth in range(len(parts), 1, -1):
        if ".".join(parts[1:depth]) in _MODULES:
            return ".".join(parts[1:depth])
    return ""


_MODULES = {file.removesuffix(".py").replace("/", ".") for file in FILES if not file.endswith("__init__.py")}


@cache
def known_by(file: str) -> frozenset[str]:
    """Give the files of ours that a file imports, wherever in it, for types too."""
    return frozenset(f"{own(name).replace('.', '/')}.py" for _line, name in imports(file) if own(name))


@pytest.mark.parametrize("file", FILES)
def test_imports_go_downward_only(file: str) -> None:
    module = file.removesuffix(".py").replace("/", ".")

    upward = [
        f"{file}:{line} imports {name}"
        for line, name in imports(file)
        if own(name) and layer(own(name)) > layer(module)
    ]

    assert not upward


@pytest.mark.parametrize("file", FILES)
def test_a_room_knows_only_the_rooms_below_it(file: str) -> None:
    here = room(file)

    others = {other: room(other) for other in known_by(file)} if here else {}

    assert [other for other, there in others.items() if there not in ("", here, *ROOMS[here])] == []


@pytest.mark.parametrize("file", [file for file in FILES if room(file) == "kit"])
def test_the_kit_knows_nothing_of_torrents_servers_and_settings(file: str) -> None:
    assert not known_by(file) & {f"{module.replace('.', '/')}.py" for module in _KIT_KNOWS_NO}


def test_no_file_leads_back_to_itself() -> None:
    """Whatever the arrow: at the top, inside a function, or for types alone."""
    done: set[str] = set()

    def walk(file: str, way: tuple[str, ...]) -> None:
        assert file not in way, " -> ".join((*way[way.index(file) :], file))
        if file not in done:
            for further in sorted(known_by(file)):
                walk(further, (*way, file))
            done.add(file)

    for file in FILES:
        walk(file, ())


def test_no_room_leads_back_to_itself() -> None:
    """Rooms that stand beside each other; one within another belongs to it."""
    beside: dict[str, set[str]] = {}
    for file in FILES:
        for other in known_by(file):
            mine, others = file.split("/")[:-1], other.split("/")[:-1]
            same = next((n for n, pair in enumerate(zip(mine, others, strict=False)) if pair[0] != pair[1]), None)
            if same is not None:
                beside.setdefault("/".join(mine[: same + 1]), set()).add("/".join(others[: same + 1]))

    def below(start: str) -> set[str]:
        found, todo = set[str](), [start]
        while todo:
            todo += (new := beside.get(todo.pop(), set()) - found)
            found |= new
        return found

    assert [start for start in sorted(beside) if start in below(start)] == []


def test_every_class_has_a_name_of_its_own() -> None:
    names = Counter(node.name for file in FILES for node in ast.walk(tree(file)) if isinstance(node, ast.ClassDef))

    assert [name for name, n in names.items() if n > 1] == []


def test_only_the_table_knows_the_features() -> None:
    """No feature holds the window: it is handed a Shell."""
    named = [
        file
        for file in FILES
        if any(name.endswith(".MainWindow") for _line, name in imports(file))
        and not file.startswith(("ui/window/", "start/"))
    ]

    assert named == []


def test_rooms_stay_small(capsys: pytest.CaptureFixture[str]) -> None:
    files, lines = Counter[str](), Counter[str]()
    for file in FILES:
        folder, _, name = file.rpartition("/")
        if name != "__init__.py":
            files[folder] += 1
            lines[folder] += len((ROOT / file).read_text("utf-8").splitlines())
    with capsys.disabled():
        print(f"\n{'room':<22}files  lines")
        for folder in sorted(files):
            print(f"{folder or '.':<22}{files[folder]:5}{lines[folder]:7}")

    assert max(files.values()) <= _MOST_FILES, files
    assert max(lines.values()) <= _MOST_LINES, lines


@pytest.mark.parametrize("file", FILES)
def test_qt_is_known_from_model_upward(file: str) -> None:
    module = file.removesuffix(".py").replace("/", ".")
    allowed = {LEAVES: (), API: (), SYNC: (), MODEL: ("QtCore", "QtGui")}.get(layer(module))

    for line, name in imports(file):
        if name.split(".")[0] == "PySide6" and allowed is not None:
            assert name.split(".")[1] in allowed, f"{file}:{line} imports {name}"


@pytest.mark.parametrize("file", FILES)
def test_some_packages_have_one_place_each(file: str) -> None:
    for line, name in imports(file):
        package = name.split(".")[0]
        assert package not in _ONLY or file in _ONLY[package], f"{file}:{line} imports {package}"
        assert not name.endswith(".*"), f"{file}:{line} imports *"
        ours = _ONLY_OUR_OWN.get(name.split(".")[-1])
        assert ours is None or file == "ui/kit/fields.py", f"{file}:{line} imports {name}, not our {ours}"


@pytest.mark.parametrize("file", FILES)
def test_no_nested_loops_timers_or_loose_tasks(file: str) -> None:
    for node in ast.walk(tree(file)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        where = f"{file}:{getattr(node, 'lineno', 0)} uses {name}"
        assert name not in _NEVER, where
        assert name not in _TASKS or file in _MAKES_TASKS, where


@pytest.mark.parametrize("file", FILES)
def test_files_stay_short(file: str) -> None:
    lines = len((ROOT / file).read_text("utf-8").splitlines())

    assert lines <= _LONGEST or file in _LONG_TABLES, f"{lines} lines"


_HEAVY = {
    # 20 ms and more
    *("asyncio", "qasync", "ssl", "httpx", "httpcore", "anyio", "libtorrent", "keyring", "truststore"),
    # 2 to 10 ms
    *("msgspec", "PySide6.QtNetwork", "concurrent.futures", "logging.handlers", "urllib.request", "http.client"),
    *("email", "platform", "uuid", "hashlib", "tomllib"),
}
"""What no first paint needs; ours that it does not need are those of ``start/after_paint.py``, and all others."""
_PAINT = """
import sys
from pathlib import Path

from qbt_remote.start import app
from qbt_remote.start import command_line
from qbt_remote.start.single_instance import Instance
from qbt_remote.start.program import Program
from qbt_remote.local.settings import Settings

config = Path(sys.argv[1])
application = app.Application(sys.argv[:1])
program = Program(command_line.parse([]), config, Settings.load(config / "settings.json"), Instance(config), "")
program.show()
application.processEvents()
assert program.window.windowHandle().isExposed()
print("\\n".join(sys.modules))
"""


@cache
def painted() -> frozenset[str]:
    """Give the modules that are there when the window has been painted first."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _PAINT, folder]
        env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    return frozenset(done.stdout.split())


def at_once(file: str) -> set[str]:
    """Give what a file imports as it is imported itself, not within a function and not for types."""
    found, todo = set[str](), list[ast.AST](tree(file).body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            todo += node.orelse
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= names_of(node)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += ast.iter_child_nodes(node)
    return found


def names_of(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Give the modules that an import is of: ours whole, others as they are written."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {
        f"qbt_remote.{own(full)}" if own(full := f"{node.module}.{a.name}") else str(node.module) for a in node.names
    }


def closure(modules: Iterable[str]) -> set[str]:
    """Give these modules and all that come with them."""
    found, todo = set[str](), [*modules]
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            file = f"{module.removeprefix('qbt_remote.').replace('.', '/')}.py"
            todo += at_once(file) if file in FILES else ()
    return found


@cache
def stages() -> tuple[set[str], ...]:
    """Give what is there with the first paint, after the first turns of the loop, and before the first pick."""
    after, pick = closure(after_paint.MODULES), closure(after_paint.FOR_A_PICK)
    return set(painted()), after, pick


def stage(module: str) -> int:
    return next((n for n, modules in enumerate(stages()) if module in modules), len(stages()))


def test_what_the_first_paint_does_not_need_is_not_imported_before_it() -> None:
    assert not painted() & (_HEAVY | {*after_paint.MODULES, *after_paint.FOR_A_PICK})


_IN_TIME = {
    *("libtorrent", "keyring", "keyring.errors"),  # 100 ms, not in the window's way: in another process or thread
    *("secretstorage", "secretstorage.exceptions", "jeepney", "fcntl"),  # only on some systems
    *("multiprocessing", "concurrent.futures", "concurrent.futures.process"),  # only for hundreds of files
}
_HANDS_OVER = {"console.py", "__main__.py", "start/app.py"}
"""A start that ends at once, as one with --add-only or beside a running program, does without the rest."""


@pytest.mark.parametrize("file", sorted({*FILES} - _HANDS_OVER))
def test_only_what_must_not_come_earlier_is_imported_inside_a_function(file: str) -> None:
    """Each import within a function keeps something out of the first paint, or of the first turns after it."""
    here = stage(f"qbt_remote.{file.removesuffix('.py').replace('/', '.')}")
    inside = {
        node
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    too_late = [
        f"{file}:{node.lineno} can import {', '.join(sorted(names))} at the top"
        for node in inside
        if not (names := names_of(node)) & _IN_TIME
        and not all(stage(name) > here for name in names)
        and not (here == 0 and any(name.startswith("PySide6") for name in names))  # a class of Qt is made by its import
    ]

    assert too_late == []


_PICK = """
import asyncio
import sys

import qasync
from PySide6.QtWidgets import QApplication

from qbt_remote.start.after_paint import import_for_a_pick, import_later
from tests.ui.conftest import until
from tests.ui.rig import Rig

application = QApplication([])


async def pick():
    rig = Rig(["5.1.0"])
    rig.home.world.add("A")
    await import_later()
    async with rig:
        rig.window.details.set_folded(False)
        await import_for_a_pick()
        there = set(sys.modules)
        rig.select("A")
        await until(lambda: rig.window.details.in_view.torrent)
        assert rig.window.details.panel("general").isVisible()
        print("imported:", *(name for name in sys.modules if name not in there))


loop = qasync.QEventLoop(application)
asyncio.set_event_loop(loop)
loop.run_until_complete(pick())
"""


def test_the_first_pick_waits_for_no_import() -> None:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}

    done = subprocess.run(
        [sys.executable, "-c", _PICK], env=env, capture_output=True, text=True, timeout=60, cwd=ROOT.parent
    )

    assert done.stdout.splitlines()[-1:] == ["imported:"], done.stderr


def test_the_lists_of_layers_and_rooms_are_whole() -> None:
    assert {file.split("/")[0] for file in FILES if "/" in file} == set(LAYERS)
    assert {room(file) for file in FILES if file.startswith("ui/")} - {""} == set(ROOMS)
    assert all((ROOT / file).exists() for files in _ONLY.values() for file in files)
