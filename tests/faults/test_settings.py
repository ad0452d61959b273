"""What is kept on this computer: full disks, kills while it is written, damaged files, folders without a right."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from qbt_remote.local.add_queue import NAME, QueueFile
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.local.small_files import read
from tests.conftest import Run
from tests.faults.plugin import Row
from tests.faults.watch import seconds_until
from tests.ui.conftest import until
from tests.ui.whole_program import running

NO_FOLDER, NOT_WRITABLE = Path("/proc/qbt-remote"), Path("/sys/kernel")
"""What root may not make or write, either."""
EXAMPLES = 10_000 if Row.long else 100


@pytest.fixture(scope="module")
def quick_disk() -> Iterator[Path]:
    """A folder in memory, where there is one: what is tried hundreds of times need not wait for a disk."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


def write(path: Path, content: Any) -> None:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def beside(path: Path, part: str) -> list[Path]:
    return sorted(p for p in path.parent.iterdir() if part in p.name)


def test_f38_a_full_disk_loses_nothing_and_is_written_to_once_there_is_room(row: Row, tmp_path: Path) -> None:
    command = ["unshare", "-Urm", sys.executable, "-m", "tests.faults.full_disk", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    row.figure("settings lost", int(not seen["old file"]))
    assert seen["said"] == "The settings are not saved: No space left on device"
    assert seen["button"] == ["Retry"]
    assert seen["old file"] and seen["left over"] == []
    assert "It cannot be written down on this computer" in seen["add"][0]
    assert seen["saved again"] and seen["faults"] == 0
    assert seen["at the end"] == ["dark", ["home"]]


KEEPER = """
import pathlib, sys
from qbt_remote.local.add_queue import NAME, QueueFile, QueueRow
from qbt_remote.local.settings import Settings
from qbt_remote.local.small_files import replace
folder = pathlib.Path(sys.argv[1])
settings, queue = Settings.load(folder / "settings.json"), QueueFile(folder / NAME)
queue.open()
print("keeping", flush=True)
while True:
    count = settings.table.get("count", 0) + 1
    settings.table = {"count": count, "filling": "x" * 200_000}
    settings.save(folder / "settings.json")
    replace(folder / "paused.json", b"[%s]" % (b"1," * 50_000 + b"1"))
    queue.put([QueueRow("home", "home", str(count), "{}", torrent=b"x" * 50_000)])
    print(count, flush=True)
"""


def test_f39_a_kill_leaves_whole_files_the_old_ones_or_the_new(row: Row, quick_disk: Path) -> None:
    folder = quick_disk / "kills"
    kills, chance = row.count(12, 1000), random.Random(7)
    path = folder / "settings.json"
    Settings(servers=[ServerConfig("a", "http://h")]).save(path)
    told = 0
    for _ in range(kills):
        with subprocess.Popen([sys.executable, "-c", KEEPER, str(folder)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"keeping\n"
            time.sleep(chance.uniform(0, 0.04))  # the moment of the kill, not a wait for something
            process.send_signal(signal.SIGKILL)
            said = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
        settings = Settings.load(path)
        assert settings.problems == []
        assert [s.name for s in settings.servers] == ["a"]
        kept = int(said[-1]) if said else 0
        assert settings.table.get("count", 0) >= max(told, kept)
        told = max(told, kept)
        if (folder / "paused.json").exists():
            assert sum(json.loads(read(folder / "paused.json", 2**20))) == 50_001
        with closing(QueueFile(folder / NAME)) as queue:
            assert queue.open() is None, "it was set aside as damaged"
            rows = queue.rows()
            assert not kept or kept in {int(row.item) for row in rows}
            assert all(queue.torrent(row.id) == b"x" * 50_000 for row in rows[-2:])
            queue.remove([row.id for row in rows])
    row.figure("half files", f"0 of {kills} kills, {told} saved")
    assert told > 0
    assert beside(path, ".corrupt-") == []


BROKEN = {
    "empty": b"",
    "cut": b"{",
    "cut in the middle": b'{"version": 1, "servers": [{"name": "a", "ur',
    "list": b"[]",
    "null": b"null",
    "NULs": b"\0" * 4096,
    "not text": b"\xff\xfe",
    "deep objects": b'{"a":' * 100_000,
    "deep lists": b"[" * 100_000,
    "too deep": b'{"a":' + b"[" * 80 + b"]" * 80 + b"}",
    "huge number": b"9" * 5000,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_f40_a_broken_file_is_set_aside_and_said_and_the_last_good_one_is_used(tmp_path: Path, kind: str) -> None:
    path, broken = tmp_path / "settings.json", BROKEN[kind]
    Settings(servers=[ServerConfig("a", "http://h")]).save(path)
    loaded = Settings.load(path)
    loaded.close_to_tray = True
    loaded.save(path)
    write(path, broken)

    settings = Settings.load(path)

    assert [s.name for s in settings.servers] == ["a"]
    assert settings.problems
    assert [p.read_bytes() for p in beside(path, ".corrupt-")] == [broken]
    assert path.read_bytes() == broken  # until something is saved
    settings.save(path)
    assert Settings.load(path).problems == []
    assert [s.name for s in Settings.load(path).servers] == ["a"]
    assert len(beside(path, ".corrupt-")) == 1


@pytest.mark.parametrize(
    ("content", "servers", "said"),
    [
        (b'{"servers": [{"name"', ["kept"], "The settings file is damaged: "),
        ({"version": 9, "servers": [{"name": "new", "url": "http://127.0.0.1:9"}]}, ["new"], "by a newer version"),
        ({"version": 1, "servers": {"a": 1}, "theme": 7}, [], "“theme” could not be read"),
    ],
    ids=["damaged", "future", "types"],
)
def test_f40_the_window_opens_on_a_broken_file_and_says_so(
    run: Run, row: Row, tmp_path: Path, content: Any, servers: list[str], said: str
) -> None:
    path = tmp_path / "settings.json"
    kept = Settings(servers=[ServerConfig("kept", "http://127.0.0.1:9", auth="none")])
    kept.save(path)
    kept.theme = "dark"
    kept.save(path)
    write(path, content)

    async def scene() -> None:
        settings = Settings.load(path)
        async with (
            running(tmp_path, settings=settings) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            took = await seconds_until(lambda: program.window.notices.current)
            row.figure("said after", f"{took:.2f} s")
            texts = []
            while program.window.notices.current:
                texts.append(program.window.notices.current.text)
                program.window.notices.dismiss()
            assert any(said in text for text in texts), texts
            await until(lambda: [s.config.name for s in program.window.feed.sessions.values()] == servers)

    run(scene())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KEYS = st.sampled_from([*Settings.__slots__, "version", "x"])
SERVER_KEYS = st.sampled_from([*ServerConfig.__slots__, "x"])
SERVERS = st.lists(st.dictionaries(SERVER_KEYS, JSON | st.just("http://h"), max_size=6) | JSON, max_size=3)


@hypothesis_settings(max_examples=EXAMPLES, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=6), SERVERS)
def test_f40_any_json_loads_and_the_second_load_equals_the_first(
    quick_disk: Path, found: dict[str, Any], servers: Any
) -> None:
    path = Path(tempfile.mkdtemp(dir=quick_disk)) / "settings.json"
    write(path, {**found, "servers": servers})

    first = Settings.load(path)
    first.save(path)
    second = Settings.load(path)

    assert second.problems == []
    assert repr(second.servers) == repr(first.servers)
    assert repr(second.table) == repr(first.table)


@hypothesis_settings(max_examples=EXAMPLES, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 8))
def test_f40_any_damage_to_the_bytes_is_survived(quick_disk: Path, random_: random.Random, damages: int) -> None:
    path = Path(tempfile.mkdtemp(dir=quick_disk)) / "settings.json"
    Settings(servers=[ServerConfig("a", "http://h")]).save(path)
    data = bytearray(path.read_bytes())
    for _ in range(damages):
        data[random_.randrange(len(data))] = random_.randrange(256)
    path.write_bytes(data)

    settings = Settings.load(path)
    settings.save(path)

    assert Settings.load(path).problems == []


@pytest.mark.parametrize("folder", [NO_FOLDER, NOT_WRITABLE, Path("a file/below")], ids=["none", "read-only", "a file"])
def test_f41_the_window_opens_and_says_that_settings_are_not_saved(
    run: Run, row: Row, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "a file").write_text("")

    async def scene() -> None:
        async with (
            running(tmp_path / folder, settings=Settings()) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            await until(lambda: program.window.notices.current is not None)
            assert program.window.notices.current.text.startswith("The settings are not saved: ")

    run(scene())


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME", ""])
def test_f41_the_process_starts_without_a_folder_of_its_own(tmp_path: Path, variable: str) -> None:
    """The last one: HOME is not set at all, and nothing else says where files go."""
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    env = (
        env | {variable: str(NO_FOLDER)}
        if variable
        else {k: v for k, v in env.items() if k[:4] not in ("HOME", "XDG_")}
    )
    if variable == "HOME":
        env = {k: v for k, v in env.items() if k[:4] != "XDG_"}
    magnet = "magnet:?xt=urn:btih:" + "1" * 40
    command = [sys.executable, "-m", "qbt_remote", "--add-only", "--server", "http://127.0.0.1:1", magnet]

    done = subprocess.run(command, env=env, cwd=Path.cwd(), capture_output=True, text=True, check=False)

    assert "Traceback" not in done.stderr
    assert "server not reached" in done.stdout
