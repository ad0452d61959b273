"""The command line takes what it knows and refuses the rest."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qbt_remote import __version__
from qbt_remote.start.command_line import Options, from_message, messages, not_handed, parse, read_password
from qbt_remote.start.single_instance import LARGEST_MESSAGE


def test_nothing_given_asks_for_nothing() -> None:
    assert parse([]) == Options()


def test_every_flag_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    line = (
        f"--certificate {'ab' * 32} "
        "--server home --user me --password-stdin --config D --minimized --category C --tags A,,B,A --save-path /p "
        "--stopped --sequential --first-last --skip-checking --skip-dialog --screenshot shot.png --log-level debug "
        "one.torrent magnet:?xt=x"
    )

    options = parse(line.split())

    assert options == Options(
        items=("one.torrent", "magnet:?xt=x"),
        server="home",
        user="me",
        password_stdin=True,
        certificate=":".join(["AB"] * 32),
        config=tmp_path / "D",
        minimized=True,
        category="C",
        tags=("A", "B"),
        save_path="/p",
        stopped=True,
        sequential=True,
        first_last=True,
        skip_checking=True,
        skip_dialog=True,
        screenshot=tmp_path / "shot.png",
        log_level="debug",
    )
    assert parse(["--try"]).try_it
    assert parse(["--add-only", "x"]).add_only


def test_items_may_stand_anywhere_and_after_two_dashes() -> None:
    assert parse(["a", "--stopped", "b", "--tags", "x", "c"]).items == ("a", "b", "c")
    assert parse(["--stopped", "--", "a", "b"]).items == ("a", "b")
    assert parse(["a", "--", "b"]).items == ("a", "b")


def test_help_names_every_flag_and_the_version_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as helped:
        parse(["--help"])
    text = capsys.readouterr().out
    with pytest.raises(SystemExit) as versioned:
        parse(["--version"])

    flags = (
        "server user password-stdin config try minimized category tags save-path stopped sequential first-last "
        "skip-checking skip-dialog add-only screenshot version log-level"
    )
    assert all(f"--{flag}" in text for flag in flags.split())
    assert "ITEM" in text
    assert capsys.readouterr().out == f"qbt-remote {__version__}\n"
    assert (helped.value.code, versioned.value.code) == (0, 0)


def test_the_password_is_the_first_line_and_may_hold_spaces() -> None:
    stream = io.StringIO(" my pass \r\nsecond\n")

    assert read_password(stream) == " my pass "
    assert stream.readline() == "second\n"


def test_a_second_start_hands_over_what_it_was_asked_to_add() -> None:
    options = parse(
        [
            "a.torrent",
            "--server",
            "home",
            "--user",
            "me",
            "--certificate",
            "ab" * 32,
            "--tags",
            "x,y",
            "--stopped",
            "--skip-dialog",
            "--save-path",
            "/p",
        ]
    )

    (message,) = messages(options, Path("/some where"))
    received, folder = from_message(json.loads(json.dumps(message)))

    assert received == options
    assert folder == Path("/some where")
    assert message["verb"] == "add"
    assert [m["verb"] for m in messages(parse([]), folder)] == ["raise"]


def test_what_a_running_application_takes_no_notice_of_is_named() -> None:
    flags = ["--server", "nas", "--password-stdin", "--minimized", "--log-level", "debug"]

    assert not_handed(parse(flags)) == ["--password-stdin", "--minimized", "--log-level"]
    assert not_handed(parse(["--server", "nas", "--certificate", "ab" * 32, "x"])) == []


def test_more_items_than_one_message_holds_go_in_several(tmp_path: Path) -> None:
    items = tuple(f"{i:05} {'ü' * 200}.torrent" for i in range(2000))

    sent = [json.dumps(message) for message in messages(Options(items=items, tags=("x",)), tmp_path)]

    assert len(sent) > 1
    assert max(map(len, sent)) < LARGEST_MESSAGE - 1000
    received = [from_message(json.loads(text))[0] for text in sent]
    assert tuple(item for options in received for item in options.items) == items
    assert {options.tags for options in received} == {("x",)}


@pytest.mark.parametrize(
    "text",
    ["AB" * 32, ":".join(["ab"] * 32), " ".join(["Ab"] * 32), "sha256 Fingerprint=" + ":".join(["AB"] * 32)],
)
def test_a_fingerprint_is_read_however_programs_write_it(text: str) -> None:
    assert parse(["--server", "x", "--certificate", text]).certificate == ":".join(["AB"] * 32)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the name is empty"),
        ("missing.pem", "missing.pem cannot be read: No such file or directory"),
        (".", ". cannot be read: Is a directory"),
        ("empty.pem", "empty.pem holds no certificate in PEM or DER"),
        ("AB" * 31, "a SHA-256 fingerprint has 64 hexadecimal digits, and this has 62"),
        (":".join(["ab"] * 20), "a SHA-256 fingerprint has 64 hexadecimal digits, and this has 40"),
        ("AB" * 33, "a SHA-256 fingerprint has 64 hexadecimal digits, and this has 66"),
    ],
)
def test_what_is_no_certificate_is_said_to_be_none(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.pem").touch()

    with pytest.raises(SystemExit):
        parse(["--server", "x", "--certificate", text])

    assert f"argument --certificate: {words}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "handed"),
    [
        (["--server", "http://me:CANARY@nas:80/"], {"server": "http://nas", "user": "me"}),
        (["--server", "me:CANARY@nas", "--user", "you"], {"server": "http://nas", "user": "you"}),
        (["--server", "http://me:CAN/ARY@nas"], {"server": "nas", "user": ""}),
        (["--server", "http://nas", "--user", "you"], {"server": "http://nas", "user": "you"}),
    ],
)
def test_a_password_in_an_address_is_not_handed_over_nor_shown(given: list[str], handed: dict[str, str]) -> None:
    options = parse(given)

    (message,) = messages(options, Path("/"))

    assert {name: message["options"][name] for name in handed} == handed
    assert "ARY" not in str(message)
    assert "ARY" not in repr(options)


def test_a_message_with_other_types_in_it_is_read_as_far_as_it_goes() -> None:
    odd = {"items": ["a", 1, None, ""], "options": {"stopped": 1, "tags": ["x", 2], "category": None, "folder": 3}}

    assert from_message(odd) == (Options(items=("a", ""), tags=("x",)), Path("/"))
    assert from_message({}) == (Options(), Path("/"))


def test_reading_the_command_line_loads_no_qt() -> None:
    code = (
        "import sys, qbt_remote.start.command_line as c; c.parse(['x']);"
        "print([m for m in sys.modules if 'PySide' in m or 'httpx' in m])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
