"""Imports go downward only, heavy ones wait until the window is there, and a few things are never done.

Every file of the package is read with ``ast``; nothing is imported but in a fresh interpreter.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qbt_remote

ROOT = Path(qbt_remote.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if "resources" not in path.parts)

LEAVES, API, SYNC, MODEL, UI, TOP = range(6)
_FOLDERS = {
    "local": LEAVES,
    "prefs": LEAVES,
    "api": API,
    "sync": SYNC,
    "model": MODEL,
    "ui": UI,
    "trial": TOP,
    "start": TOP,
}
_TOP = {"__main__"}
"""What composes the others; imported by nobody below."""

# who may import what, by file; everybody else may not
_ONLY = {
    "httpx": {"api/client.py"},
    "httpcore": set[str](),
    "ssl": {"api/client.py", "api/tls.py", "api/connection_errors.py"},
    "truststore": {"api/tls.py"},
    "libtorrent": {"api/adding/metainfo.py"},
    "keyring": {"local/vault.py"},
    "qasync": {"start/app.py"},
}
_NEVER = {"exec", "exec_", "asyncSlot", "asyncClose", "QTimer", "singleShot"}
_TASKS = {"create_task", "ensure_future"}
_MAKES_TASKS = {"ui/kit/tasks.py", "sync/session.py"}
_LONG_TABLES = {"api/endpoints.py", "ui/window/commands.py"}
_LONGEST = 400


def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text("utf-8"), file)


def layer(module: str) -> int:
    """Give the layer of a module of ours, named without the package: "sync.session"."""
    first = module.partition(".")[0]
    return TOP if first in _TOP else _FOLDERS.get(first, LEAVES)


def imports(file: str) -> Iterator[tuple[int, str]]:
    """Give line and full name of everything imported, wherever in the file."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def own(name: str) -> str:
    """Give the module of ours that an import is of, without the package; "" if it is not ours."""
    parts = name.split(".")
    if parts[0] != "qbt_remote" or len(parts) == 1:
        return ""
    depth = 3 if parts[1] in _FOLDERS and len(parts) > 2 else 2
    return ".".join(parts[1:depth])


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
def test_qt_is_known_from_model_upward(file: str) -> None:
    allowed = {LEAVES: (), API: (), SYNC: (), MODEL: ("QtCore", "QtGui")}.get(layer(file.replace("/", ".")))
    allowed = {"start/single_instance.py": ("QtCore", "QtNetwork")}.get(file, allowed)

    for line, name in imports(file):
        if name.split(".")[0] == "PySide6" and allowed is not None:
            assert name.split(".")[1] in allowed, f"{file}:{line} imports {name}"


@pytest.mark.parametrize("file", FILES)
def test_some_packages_have_one_place_each(file: str) -> None:
    for line, name in imports(file):
        package = name.split(".")[0]
        assert package not in _ONLY or file in _ONLY[package], f"{file}:{line} imports {package}"
        assert not name.endswith(".*"), f"{file}:{line} imports *"


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


_AFTER_THE_PAINT = {
    # 20 ms and more
    *("asyncio", "qasync", "ssl", "httpx", "httpcore", "anyio", "libtorrent", "keyring", "truststore"),
    # 2 to 10 ms
    *("msgspec", "PySide6.QtNetwork", "concurrent.futures", "logging.handlers", "urllib.request", "http.client"),
    *("email", "platform", "uuid", "hashlib", "PySide6.QtSvg"),
    *("qbt_remote.api.client", "qbt_remote.api.endpoints", "qbt_remote.api.adding.items", "qbt_remote.api.tls"),
    *("qbt_remote.sync.session", "qbt_remote.sync.decode", "qbt_remote.sync.details.poll"),
    *(
        "qbt_remote.ui.kit.dialogs",
        "qbt_remote.ui.kit.limits",
        "qbt_remote.ui.add.add_dialog",
        "qbt_remote.ui.servers.servers_dialog",
    ),
    *("qbt_remote.ui.preferences.preferences_dialog", "qbt_remote.ui.form.form", "qbt_remote.prefs.schema", "tomllib"),
    *(
        "qbt_remote.ui.categories.menus",
        "qbt_remote.ui.commands.agree",
        "qbt_remote.ui.torrents.run",
        "qbt_remote.ui.categories.run",
    ),
    *(
        "qbt_remote.ui.torrents.options",
        "qbt_remote.ui.torrents.trackers",
        "qbt_remote.ui.torrents.open_here",
        "qbt_remote.local.vault",
    ),
    *("qbt_remote.ui.kit.notices", "qbt_remote.sync.query.language"),
    *(
        "qbt_remote.ui.details.panel",
        "qbt_remote.ui.desktop.tray",
        "qbt_remote.ui.desktop.notifier",
        "qbt_remote.start.screenshot",
    ),
}
_PAINT = """
import sys
from pathlib import Path

from PySide6 import QtWidgets

from qbt_remote.start import app
from qbt_remote.start import command_line
from qbt_remote.start.single_instance import Instance
from qbt_remote.start.program import Program
from qbt_remote.local.settings import Settings
from qbt_remote.ui.kit.first_frame import first_frame

config = Path(sys.argv[1])
application = app.Application(sys.argv[:1])
program = Program(command_line.parse([]), config, Settings.load(config / "settings.json"), Instance(config), "")
program.show()
with first_frame():
    application.processEvents()
assert program.window.windowHandle().isExposed()
assert "QLabel" in vars(QtWidgets) and "QStyle" not in vars(QtWidgets)
print("\\n".join(sys.modules))
"""


def test_what_the_first_paint_does_not_need_is_not_imported_before_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PAINT, str(tmp_path)]
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}

    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)

    assert not _AFTER_THE_PAINT & set(done.stdout.split())


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


def test_the_list_of_layers_is_whole() -> None:
    assert {file.split("/")[0] for file in FILES if "/" in file} == set(_FOLDERS)
    assert {f"{name}.py" for name in _TOP} <= set(FILES)
    assert all((ROOT / file).exists() for files in _ONLY.values() for file in files)
