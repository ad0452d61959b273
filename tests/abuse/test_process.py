"""Other programs, users and web pages at the door: the socket, the command line, links in the place of our files."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from qbt_remote.local import log
from qbt_remote.local.add_queue import NAME, QueueFile
from qbt_remote.local.paths import UnsafeFolder, private_dir
from qbt_remote.local.settings import Settings
from qbt_remote.start.command_line import parse
from qbt_remote.start.single_instance import Instance, folder_of
from tests.faults.plugin import Row
from tests.start.started import Start, owner


def address(tmp_path: Path) -> str:
    return str(folder_of(tmp_path / "config") / "socket")


@pytest.mark.parametrize(
    "argv",
    [
        ["-stylesheet", "evil.qss"],
        ["-stylesheet=evil.qss"],
        ["-platform", "offscreen"],
        ["--platform=offscreen"],
        ["-style", "x"],
        ["--conf", "D"],
        ["--add", "x"],
        ["--unknown"],
        ["-x"],
        ["--", "-stylesheet"],
        ["--", "--config"],
        ["--", "magnet:?xt=x", "--add-only"],
        ["--", "--"],
        ["--config"],
        ["--config", ""],
        ["--log-level", "loud"],
        ["--user", "me"],
        ["--password-stdin"],
        ["--add-only"],
        ["--add-only", "--try", "x"],
        ["--add-only", "--screenshot", "f.png", "x"],
        ["--try", "--server", "x"],
        ["--certificate", "ab" * 32, "x"],
        ["--stopped=yes"],
        ["--password", "secret"],
    ],
)
def test_a30_what_is_not_known_or_does_not_fit_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)

    assert caught.value.code == 2
    assert "qbt-remote: error: " in capsys.readouterr().err


@pytest.mark.parametrize("given", ["-stylesheet", "--platform=offscreen", "-reverse", "-qwindowgeometry"])
def test_a30_the_program_hands_no_argument_to_qt(given: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qbt_remote", given, "evil.qss"]

    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert given.partition("=")[0] in done.stderr


@pytest.mark.parametrize(
    "garbage",
    [
        b"\n",
        b"nonsense\n",
        b"[]\n",
        b'{"v": 2, "verb": "add"}\n',
        b'{"v": 1, "verb": "quit"}\n',
        b'{"v": 1, "verb": "add", "items": [1]}\n',
        b'{"v": 1, "verb": "add", "items": "x"}\n',
        b'{"v": 1, "verb": "add", "options": []}\n',
        b"[" * 100_000 + b"\n",
        b"\xff\x00\n",
    ],
)
def test_a35_garbage_is_refused_and_the_owner_goes_on(start: Start, tmp_path: Path, garbage: bytes) -> None:
    first = owner(start)
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(5)
        peer.connect(address(tmp_path))
        peer.sendall(garbage)
        assert json.loads(peer.recv(1000)) == {"v": 1, "ok": False}
        assert peer.recv(1000) == b""
    second = start("after")
    second.go()
    assert second.line() == "delivered"
    assert first.message()["items"] == ["after"]


def test_a35_an_endless_line_is_cut_off(start: Start, tmp_path: Path) -> None:
    owner(start)
    with socket.socket(socket.AF_UNIX) as peer, pytest.raises(OSError):
        peer.settimeout(5)
        peer.connect(address(tmp_path))
        for _ in range(64):
            peer.sendall(b"x" * 65536)
    second = start()
    second.go()
    assert second.line() == "delivered"


def test_a35_silent_peers_do_not_keep_others_out(start: Start, tmp_path: Path) -> None:
    owner(start)
    peers = [socket.socket(socket.AF_UNIX) for _ in range(30)]
    for peer in peers:
        peer.connect(address(tmp_path))
    time.sleep(2.1)  # the time after which a silent peer may be dropped
    second = start()
    second.go()
    assert second.line() == "delivered"
    for peer in peers:
        peer.close()


def open_folder(path: Path) -> None:
    path.mkdir()
    path.chmod(0o755)


def test_a33_a_folder_that_others_may_enter_or_that_is_a_link_is_not_used(runtime: Path, tmp_path: Path) -> None:
    base = runtime / "qbt-remote"
    for prepare in (lambda: base.symlink_to(tmp_path), lambda: base.write_text(""), lambda: open_folder(base)):
        prepare()
        with pytest.raises(UnsafeFolder):
            folder_of(tmp_path / "config")
        alone = Instance(tmp_path / "config")
        assert alone.acquire()
        assert alone.hand_over({"verb": "raise"}) == "silent"
        alone.release()
        base.rmdir() if base.is_dir() and not base.is_symlink() else base.unlink()


def test_a33_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(0o700)
    try:
        os.chown(folder, 65534, 65534)
    except PermissionError:
        folder = Path("/root" if os.getuid() else "/proc/1")  # without root: a folder that is not ours for sure
    with pytest.raises(UnsafeFolder):
        private_dir(folder)


def test_a33_lock_and_socket_are_private(qapp: QCoreApplication, runtime: Path, tmp_path: Path) -> None:
    instance = Instance(tmp_path / "config")
    assert instance.acquire()
    instance.listen(lambda _message, answer: answer(True))
    folder = folder_of(tmp_path / "config")
    assert folder.is_relative_to(runtime)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {p.name for p in folder.iterdir()} == {"lock", "socket"}
    assert (folder / "socket").stat().st_mode & 0o077 == 0
    instance.release()
    assert list(folder.iterdir()) == []


NOBODY = """
import os, socket, sys
os.setgroups([]) if os.getuid() == 0 else None
os.setgid(65534); os.setuid(65534)
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(5)
peer.connect(sys.argv[1])
peer.sendall(b'{"v": 1, "verb": "add", "items": ["from another"]}' + bytes([10]))
print(peer.recv(100))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_a33_another_user_is_not_heard_though_the_folder_lets_him_in(
    start: Start, runtime: Path, tmp_path: Path
) -> None:
    first = owner(start)
    door = Path(address(tmp_path))
    folders = [door.parent, *(p for p in door.parent.parents if p.is_relative_to(runtime))]
    for each in (*folders, door):
        each.chmod(0o777)

    command = [sys.executable, "-I", "-c", NOBODY, str(door)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert "ok" not in done.stdout
    assert "b''" in done.stdout or "ConnectionResetError" in done.stderr or "BrokenPipeError" in done.stderr
    for each in folders:
        each.chmod(0o700)
    second = start("mine")
    second.go()
    assert second.line() == "delivered"
    assert first.message()["items"] == ["mine"]


def test_a34_of_racing_starts_one_listens_and_nobody_takes_its_socket(start: Start, row: Row, tmp_path: Path) -> None:
    owners = 0
    for _ in range(row.count(2, 33)):
        racing = [start(str(n)) for n in range(6)]
        for each in racing:
            each.go()
        said = [each.line() for each in racing]
        owners = said.count("owner")
        assert sorted(said) == ["delivered"] * 5 + ["owner"]
        socket_file = Path(address(tmp_path))
        before = socket_file.stat().st_ino
        thief = Instance(tmp_path / "config")
        assert not thief.acquire()
        assert socket_file.stat().st_ino == before
        running = racing[said.index("owner")]
        assert len([running.message() for _ in range(5)]) == 5
        running.process.kill()
        running.process.wait()
    row.figure("owners in each race", owners)


def test_a35_no_other_verb_than_add_and_raise_is_taken(start: Start, tmp_path: Path) -> None:
    first = owner(start)
    for verb in ("quit", "eval", "screenshot", "save", "", None, 3):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(5)
            peer.connect(address(tmp_path))
            peer.sendall(json.dumps({"v": 1, "verb": verb, "items": [], "options": {}}).encode() + b"\n")
            assert json.loads(peer.recv(1000)) == {"v": 1, "ok": False}
    second = start("after")
    second.go()
    assert second.line() == "delivered"
    assert first.message()["items"] == ["after"]


def settings_used(path: Path) -> None:
    assert Settings.load(path).close_to_tray is False, "what the link points to was read"
    Settings().save(path)


def queue_opened(path: Path) -> None:
    file = QueueFile(path)
    try:
        file.open()
    finally:
        file.close()


def crash_file_opened(path: Path) -> None:
    log.catch_crashes(path.parent)


@pytest.mark.parametrize(
    ("name", "content", "use"),
    [
        ("settings.json", '{"close_to_tray": true}', settings_used),
        (NAME, "", queue_opened),
        (log.CRASH_FILE, "", crash_file_opened),
    ],
)
def test_a36_a_link_in_the_place_of_a_file_of_ours_is_not_followed(
    tmp_path: Path, name: str, content: str, use: Callable[[Path], None]
) -> None:
    victim, ours = tmp_path / "victim", tmp_path / "ours" / name
    victim.write_text(content)
    victim.chmod(0o644)
    ours.parent.mkdir(mode=0o700)
    ours.symlink_to(victim)

    with suppress(OSError):  # it may refuse, too
        use(ours)

    assert victim.read_text() == content
    assert stat.S_IMODE(victim.stat().st_mode) == 0o644
