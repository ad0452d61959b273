"""Settings survive bad files, newer programs and kills; no secret gets into them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.local.address_login import without_password
from qbt_remote.local.settings import Secrets, ServerConfig, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def write(path: Path, content: Any) -> bytes:
    path.parent.mkdir(exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return data


def beside(path: Path, part: str) -> list[Path]:
    return sorted(p for p in path.parent.iterdir() if part in p.name)


def test_missing_file_gives_the_defaults_and_is_not_created(path: Path) -> None:
    assert Settings.load(path) == Settings()
    assert not path.exists()


def test_what_is_saved_is_loaded_again(path: Path) -> None:
    server = ServerConfig(
        "Zuhause ü ☂", "https://[fe80::1%25eth0]:8080/qbt", username="ä", auth="api_key", interval_s=3
    )
    saved = Settings(servers=[server], table={"columns": [1, {"a": None}]}, close_to_tray=True, add={"tags": ["x"]})

    saved.save(path)

    assert Settings.load(path) == saved
    assert Settings.load(path).problems == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_what_settings_do_not_say_of_headers_may_be_in_the_vault(path: Path) -> None:
    write(path, {"servers": [{"name": "a", "url": "http://h", "auth": "none"}]})
    (old,) = Settings.load(path).servers
    assert old.may_have_secrets()


@pytest.mark.parametrize(
    ("told", "may"),
    [({}, False), ({"auth": "password"}, True), ({"basic_username": "u"}, True), ({"proxy": "http://u@p:1"}, True)],
)
def test_a_server_without_login_and_headers_has_nothing_in_the_vault(told: dict[str, str], may: bool) -> None:
    server = ServerConfig("a", "http://h", **{"auth": "none", "has_headers": False, **told})  # type: ignore[arg-type]
    assert server.may_have_secrets() is may


def test_lone_surrogates_survive(path: Path) -> None:
    saved = Settings(servers=[ServerConfig("a\ud800b", "http://h")])
    saved.save(path)
    assert Settings.load(path) == saved


def test_keys_of_a_newer_program_are_written_back(path: Path) -> None:
    write(
        path, {"version": 1, "later": {"deep": [1, None]}, "servers": [{"name": "a", "url": "http://h", "colour": 7}]}
    )

    settings = Settings.load(path)
    settings.close_to_tray = True
    settings.save(path)

    kept = json.loads(path.read_bytes())
    assert kept["later"] == {"deep": [1, None]}
    assert kept["servers"][0]["colour"] == 7
    assert settings.problems == []


def test_file_of_a_newer_version_is_kept_beside_the_one_that_is_written(path: Path) -> None:
    newer = write(path, {"version": 2, "close_to_tray": "always", "servers": [{"name": "a", "url": "http://h"}]})

    settings = Settings.load(path)
    assert [s.name for s in settings.servers] == ["a"]
    assert "newer version" in str(settings.problems[0])
    settings.save(path)

    assert path.with_name("settings.json.version-2").read_bytes() == newer
    assert json.loads(path.read_bytes())["version"] == 1


def test_loading_a_broken_file_again_and_again_keeps_one_copy(path: Path) -> None:
    write(path, b"{")
    for _ in range(3):
        assert Settings.load(path).problems
    assert len(beside(path, ".corrupt-")) == 1


def test_two_broken_files_of_the_same_second_are_both_kept(path: Path) -> None:
    for content in (b"{", b"{{", b"{{{"):
        write(path, content)
        os.utime(path, (1_000_000, 1_000_000))
        Settings.load(path)
    assert sorted(p.read_bytes() for p in beside(path, ".corrupt-")) == [b"{", b"{{", b"{{{"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("close_to_tray", "yes"),
        ("close_to_tray", 1),
        ("filter", 5),
        ("table", []),
        ("window", None),
        ("servers", {"a": 1}),
    ],
)
def test_field_of_a_wrong_type_gets_its_default_and_is_said(path: Path, field: str, value: Any) -> None:
    found = write(path, {"version": 1, "notify_failed": False, field: value})

    settings = Settings.load(path)

    assert getattr(settings, field) == getattr(Settings(), field)
    assert settings.notify_failed is False
    assert [field in str(problem) for problem in settings.problems] == [True]
    settings.save(path)
    assert [p.read_bytes() for p in beside(path, ".corrupt-")] == [found]


@pytest.mark.parametrize(
    ("field", "value", "read_as"),
    [
        ("interval_s", 0.001, 0.5),
        ("interval_s", 1e9, 3600.0),
        ("interval_s", 2, 2.0),
        ("interval_s", float("nan"), 1.5),
        ("interval_s", 10**400, 1.5),
        ("auth", "open", "password"),
        ("host_header", "a\r\nX-Evil: 1", ""),
        ("enabled", 0, True),
        ("username", ["x"], ""),
    ],
)
def test_server_field_out_of_its_range_is_mended(path: Path, field: str, value: Any, read_as: Any) -> None:
    write(path, {"servers": [{"name": "a", "url": "http://h", field: value}]})
    (server,) = Settings.load(path).servers
    assert getattr(server, field) == read_as


@pytest.mark.parametrize("url", ["", "ftp://h", "http://", "http://%0A:p@h", "http://h:99999", "javascript:1", 5, None])
def test_server_without_a_usable_address_is_left_out_and_kept_aside(path: Path, url: Any) -> None:
    write(path, {"servers": [{"name": "bad", "url": url}, {"name": "good", "url": "http://h"}, 7]})

    settings = Settings.load(path)

    assert [s.name for s in settings.servers] == ["good"]
    assert any("Server 1" in str(problem) for problem in settings.problems)
    assert any("Server 3" in str(problem) for problem in settings.problems)
    settings.save(path)
    assert beside(path, ".corrupt-")


def test_two_servers_never_share_an_id(path: Path) -> None:
    write(path, {"servers": [{"name": n, "url": "http://h", "id": "same"} for n in "ab"]})
    first, second = Settings.load(path).servers
    assert first.id == "same" != second.id


def test_link_pipe_and_folder_are_not_read_and_the_target_is_not_written(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text('{"close_to_tray": true}')
    path.parent.mkdir()
    for make in (lambda: path.symlink_to(target), lambda: os.mkfifo(path), path.mkdir):
        make()
        settings = Settings.load(path)
        assert settings.problems
        assert settings.close_to_tray is False
        settings.save(path)
        assert path.is_file()
        assert not path.is_symlink()
        path.unlink()
    assert target.read_text() == '{"close_to_tray": true}'


def test_full_disk_keeps_the_old_file(path: Path) -> None:
    code = """
import pathlib, resource, signal, sys
from qbt_remote.local.settings import Settings
path = pathlib.Path(sys.argv[1])
Settings(filter={"view": "old"}).save(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    Settings(filter={"view": "new" * 9000}).save(path)
except OSError:
    print(Settings.load(path).filter["view"], len(list(path.parent.iterdir())))
"""
    out = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert out.stdout.split() == ["old", "1"]


def test_passwords_inside_addresses_are_never_written(path: Path) -> None:
    server = ServerConfig("a", "http://user:CANARY@h", proxy="socks5://me:CANARY@proxy:1080")
    Settings(servers=[server]).save(path)
    assert b"CANARY" not in path.read_bytes()
    assert b"socks5://me@proxy:1080" in path.read_bytes()


def test_a_login_that_somebody_wrote_into_an_address_is_taken_out_of_all_files(path: Path) -> None:
    servers = [
        {"id": "a", "name": "A", "url": "https://m%40x:CAN%41RY@h:1/p", "proxy": "socks5://me:CANARY%21@proxy:1080"},
        {"id": "b", "name": "B", "url": "http://me@h", "interval_s": "not a number"},
        {"id": "c", "name": "C", "url": "http://h"},
    ]
    write(path, {"servers": servers})

    settings = Settings.load(path)

    assert [s.url for s in settings.servers] == ["https://h:1/p", "http://h", "http://h"]
    assert settings.servers[0].proxy == "socks5://me@proxy:1080"
    assert settings.logins == {"a": ("m@x", "CANARY", "CANARY!"), "b": ("me", "", "")}
    settings.save(path)
    settings.interval_s = 2.0
    settings.save(path)
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert len(list(path.parent.iterdir())) == 3, "the file, the damaged one and the last good one"
    assert b"CAN%41RY" not in written and b"CANARY" not in written


def test_a_damaged_file_is_kept_without_the_passwords_in_its_addresses(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b'{"servers": [{"url": "http:\\/\\/me:CANARY@nas", "name": "x"}')

    Settings.load(path).save(path)

    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"me@nas" in kept and b"CANARY" not in kept


@pytest.mark.parametrize(
    ("url", "without"),
    [
        ("http://a:b@h:1/p?q", "http://a@h:1/p?q"),
        ("http://h", "http://h"),
        ("http://a:b@[::1]", "http://a@[::1]"),
        ("http://[", ""),
    ],
)
def test_only_the_password_is_taken_out_of_an_address(url: str, without: str) -> None:
    assert without_password(url) == without


def test_secrets_do_not_show_in_repr() -> None:
    secrets = Secrets("CANARY", "CANARY", "CANARY", "CANARY", {"X": "CANARY"})
    assert "CANARY" not in repr(secrets)
