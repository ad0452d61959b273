"""The log holds no secret, one record is one line, and its files are the owner's."""

from __future__ import annotations

import ast
import io
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qbt_remote.api.errors import Unreachable
from qbt_remote.local import log
from qbt_remote.translatable import Said

Lines = Callable[[], list[str]]


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """Give the root logger without pytest's own handlers, and put it back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    yield root
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def lines(root: logging.Logger, tmp_path: Path) -> Lines:
    """Set the log up and give a reader of its file; the ring is compared on the way."""
    ring = log.setup(tmp_path, "debug")

    def read() -> list[str]:
        written = (tmp_path / log.FILE_NAME).read_text("utf-8").splitlines()
        assert [line.partition(": ")[2] for line in written] == [entry.message for entry in ring.entries.since()]
        return written

    return read


CANARY = "C4n4ryC4n4ry"
SECRETS = [
    f"Cookie: SID={CANARY}",
    f"SID={CANARY}; path=/",
    f"QBT_SID_8080={CANARY}",
    f"set-cookie: QBT_SID_1={CANARY}/+=; HttpOnly; path=/",
    f"{{'cookie': 'SID={CANARY}', 'a': 1}}",
    f"Headers([(b'Set-Cookie', b'x={CANARY}')])",
    f'{{"Authorization": "Bearer qbt_{CANARY}"}}',
    f"Authorization: Basic {CANARY}==",
    f"Proxy-Authorization: Digest username={CANARY}",
    f"sent Bearer {CANARY}",
    f"key qbt_{CANARY}",
    f"username=admin&password={CANARY}",
    f'{{"password": "{CANARY} with spaces"}}',
    f"{{'web_ui_password': '{CANARY}'}}",
    f"Secrets(password='{CANARY}', api_key='{CANARY}')",
    f"passwd: {CANARY}",
    f"apikey={CANARY}",
    f"jackett_apikey={CANARY}",
    f"api_key%3D{CANARY}",
    f"http://admin:{CANARY}@host:8080/",
    f"http://{CANARY}@host/",
    f"https://admin:p@ss/{CANARY}@host:8080/api",
    f"socks5://u:{CANARY}@[::1]:1080",
    f"https://tracker.org/{CANARY}/announce",
    f"udp://tracker.org:80/announce?passkey={CANARY}",
    f"http://t.org/announce.php?passkey={CANARY}&x=1",
    f"https://t.org/scrape?k={CANARY}",
    f"https://indexer.org/dl?r={CANARY}",
    f"https://indexer.org/rss/{CANARY}{CANARY}/name.torrent",
    f"magnet:?xt=urn:btih:abc&tr=https%3A%2F%2Ft.org%2F{CANARY}%2Fannounce",
    f"tr=https%3A%2F%2Fuser%3A{CANARY}%40t.org",
]


@pytest.mark.parametrize("text", SECRETS)
def test_no_secret_is_logged(lines: Lines, text: str) -> None:
    logging.getLogger("x").warning("before %s after", text)
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("x").exception("failed")

    assert len(lines()) == 2
    assert not [line for line in lines() if CANARY in line]


@pytest.mark.parametrize(
    "text",
    [
        "DEBUG qbt_remote.api.connection: GET torrents/info 200 12 ms 3456 bytes",
        "http://[fe80::1]:8080/qbt cannot be reached",
        "Traceback: File /usr/lib/python3/site.py, line 12, in <module>",
        "server home: the password was refused",
        "torrent 0123456789abcdef0123456789abcdef01234567 added",
    ],
)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert log.redact(text) == text


def test_one_record_is_one_line_whatever_it_holds(lines: Lines) -> None:
    for n, evil in enumerate(
        ["a\r\nb", "\x1b[2J", "\x00\x07\x9b", "\u202egpj.exe", "\u2028\u2029\x85\x0b\x0c", "\ud800"]
    ):
        logging.getLogger("x").warning("%d %s", n, evil)

    assert [line.split("x: ")[1][0] for line in lines()] == list("012345")
    assert not [c for line in lines() for c in line if not c.isprintable()]
    assert "\\ud800" in lines()[5]
    assert "\\x1b[2J" in lines()[1]


def test_long_record_is_cut_and_still_redacted_in_little_time(lines: Lines) -> None:
    started = time.monotonic()
    for hostile in (
        "://a:" * 1_000_000,
        "http://" * 500_000,
        "/" * 4_000_000,
        "a" * 8150 + " http://u:" + CANARY * 9 + "@h",
    ):
        logging.getLogger("x").warning("%s", hostile)

    assert time.monotonic() - started < 5
    assert max(len(line) for line in lines()) < log.LONGEST_RECORD + 200
    assert CANARY not in lines()[3]


def test_files_rotate_and_only_their_owner_reads_them(lines: Lines, tmp_path: Path) -> None:
    for _ in range(700):
        logging.getLogger("x").info("%s", "some text " * 800)

    files = sorted(p.name for p in tmp_path.iterdir())
    assert files == [log.FILE_NAME, f"{log.FILE_NAME}.1", f"{log.FILE_NAME}.2"]
    assert all(p.stat().st_size <= log.FILE_BYTES for p in tmp_path.iterdir())
    assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}


def test_link_in_place_of_the_file_is_not_followed_and_is_said(root: logging.Logger, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / log.FILE_NAME).symlink_to(target)

    ring = log.setup(tmp_path)
    logging.getLogger("x").warning("text")

    assert target.read_text() == "mine"
    first, second = ring.entries.since()
    assert first.message.startswith("no log file")
    assert second.message == "text"


def test_chatty_libraries_are_heard_from_warning_on(lines: Lines) -> None:
    for name in ("httpx", "httpcore.connection", "qasync._unix"):
        logging.getLogger(name).info("GET http://h?secret")
        logging.getLogger(name).warning("loud")
    assert [line.rpartition(" ")[2] for line in lines()] == ["loud"] * 3


def test_terminal_gets_the_same_lines(root: logging.Logger, tmp_path: Path) -> None:
    terminal = io.StringIO()
    log.setup(tmp_path, logging.INFO, stream=terminal)
    logging.getLogger("x").info("password=%s", CANARY)
    assert terminal.getvalue() == (tmp_path / log.FILE_NAME).read_text("utf-8")


def test_record_that_cannot_be_formatted_shows_no_arguments(
    root: logging.Logger, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root.handlers.clear()  # pytest's own handler would raise
    log.setup(tmp_path)
    logging.getLogger("x").warning("two %s %s", CANARY)
    assert CANARY not in capfd.readouterr().err


def test_crash_file_is_the_owners(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import ctypes, pathlib, sys; from qbt_remote.local import log;"
        " f = log.catch_crashes(pathlib.Path(sys.argv[1]));"
        "import faulthandler; faulthandler._sigsegv()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert "Segmentation fault" in (tmp_path / "crash.log").read_text()
    assert (tmp_path / "crash.log").stat().st_mode & 0o777 == 0o600


def test_of_a_line_of_ours_its_parts_are_known_and_of_others_none(lines: Lines) -> None:
    error = Unreachable("{server} is away for {n} s", server="nas", n=3)
    logging.getLogger("qbt_remote.x").warning("%s: %s, %d, %s, %s", "nas", error, 7, OSError(28, "full"), (2, 11))
    logging.getLogger("asyncio").warning("%s", "nas")

    ours, other = log.recent().since()
    name, said, number, full, value = ours.parts
    assert (ours.template, name, number, full, value) == ("%s: %s, %d, %s, %s", "nas", 7, "OSError 28", "2.11")
    assert isinstance(said, Said)
    assert (said.template, said.parts) == ("Unreachable: {server} is away for {n} s", {"server": "nas", "n": 3})
    assert [isinstance(part, log.Known) for part in (name, full, value)] == [False, True, True]
    assert (other.template, other.parts, other.message) == ("", (), "nas")


def test_of_an_error_only_its_kind_and_places_are_kept(lines: Lines) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError:
        logging.getLogger("qbt_remote.x").exception("failed")

    raised = log.recent().since()[-1].raised
    here = "test_of_an_error_only_its_kind_and_places_are_kept"
    assert [line.split(" in ")[-1] for line in raised] == ["ValueError", here, "KeyError", here]
    assert CANARY not in "".join(raised)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/home/me/src/qbt_remote/start/app.py", "qbt_remote/start/app.py"),
        ("/home/me/qbt_remote/lib/python3.11/site-packages/httpx/_client.py", "httpx/_client.py"),
        ("/usr/lib/python3.11/asyncio/base.py", "base.py"),
        ("C:\\Users\\me\\qbt_remote\\start\\app.py", "qbt_remote\\start\\app.py"),
        ("<string>", "<string>"),
    ],
)
def test_a_file_of_code_is_named_without_the_folders_above_it(path: str, named: str) -> None:
    assert log.code_file(path) == named


def test_the_text_of_a_log_call_is_one_of_the_source(tmp_path: Path) -> None:
    """The diagnostics show it: whatever varies has to be filled in."""
    package = Path(log.__file__).parent.parent
    calls = [
        (file.name, node)
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("debug", "info", "warning", "error", "exception", "critical", "log")
        and ast.unparse(node.func.value) in ("log", "LOG", "logging.getLogger(__name__)")
    ]

    varying = [
        f"{file}:{node.lineno}"
        for file, node in calls
        if not isinstance(node.args[isinstance(node.func, ast.Attribute) and node.func.attr == "log"], ast.Constant)
    ]

    assert len(calls) > 15
    assert varying == []
