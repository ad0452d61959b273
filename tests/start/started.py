"""Processes that try to be the one instance of a configuration, for tests that race, kill and freeze them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest

PROCESS = """
import json, os, pathlib, sys
from PySide6.QtCore import QCoreApplication
from qbt_remote.start.single_instance import Instance

app = QCoreApplication([])
config, name, verdict = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
instance = Instance(config)
print("ready", flush=True)
sys.stdin.readline()
if not instance.acquire():
    told = instance.hand_over({"verb": "add", "items": [name], "options": {"a": 1}})
    print({"accepted": "delivered", "silent": "lost"}.get(told, told), flush=True)
    sys.exit()

def handle(message, answer):
    answer(verdict_on(message))

def verdict_on(message):
    if verdict == "die at 1" and "1" in message["items"]:
        os._exit(1)
    print(json.dumps(message), flush=True)
    if verdict == "raise":
        raise RuntimeError
    return verdict != "no" and not (verdict == "all but 1" and "1" in message["items"])

instance.listen(handle)
print("owner", flush=True)
app.exec()
"""


class Started:
    """A process that waits for a line, then tries to be the instance."""

    def __init__(self, config: Path, name: str, verdict: str = "yes") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(config), name, verdict],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._reader = Thread(target=self._read)
        self._reader.start()
        assert self.line() == "ready"

    def _read(self) -> None:
        """Read all the time: a process that has said more than a pipe holds would wait."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def end(self) -> None:
        self.process.kill()
        self._reader.join()
        self.process.communicate()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def line(self) -> str:
        return self._lines.get(timeout=60)

    def message(self) -> Any:
        return json.loads(self.line())


Start = Callable[..., Started]


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a private runtime folder with a short path."""
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def start(runtime: Path, tmp_path: Path) -> Iterator[Start]:
    started: list[Started] = []

    def one(name: str = "x", config: Path = tmp_path / "config", verdict: str = "yes") -> Started:
        started.append(Started(config, name, verdict))
        return started[-1]

    yield one
    for each in started:
        each.end()


def owner(start: Start, **arguments: Any) -> Started:
    first = start(**arguments)
    first.go()
    assert first.line() == "owner"
    return first
