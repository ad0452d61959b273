"""Secrets go to a real keyring, or stay in memory and the reason is said; never to a file.

Each test runs the vault in a process of its own, on a private D-Bus with a private home.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

CANARY = "C4n4ryC4n4ry"
PRELUDE = """
import asyncio, json, os, signal, time
from qbt_remote.local.settings import Secrets
from qbt_remote.local.vault import Vault

CANARY = "C4n4ryC4n4ry"
told = {}

def daemon(sign):
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    with open_dbus_connection() as connection:
        call = new_method_call(bus, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
        pid = connection.send_and_get_reply(call).body[0]
    os.kill(pid, sign)
    return pid

async def until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)

async def main():
"""
POSTLUDE = "\nasyncio.run(main())\nprint(json.dumps(told), flush=True)\n"
DAEMON = 'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'


NO_KEYRING_YET = 'gnome-keyring-daemon --start --components=secrets >/dev/null && exec "$@"'


def told_by(
    body: str, home: Path, *, daemon: bool, env: dict[str, str] | None = None, start: str = DAEMON
) -> dict[str, Any]:
    """Run the body of ``main`` with a private home, bus and keyring daemon, or without bus; give what it told."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    code = PRELUDE + textwrap.indent(textwrap.dedent(body), "    ") + POSTLUDE
    command = [sys.executable, "-c", code]
    if daemon:
        command = ["dbus-run-session", "--", "sh", "-c", start, "sh", *command]
    clean = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), **(env or {})}
    done = subprocess.run(
        command, env=clean, cwd=Path.cwd(), capture_output=True, text=True, timeout=60, start_new_session=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(told, dict)
    return told


def holding_the_canary(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]


def test_secrets_are_kept_in_the_keyring_from_one_start_to_the_next(tmp_path: Path) -> None:
    kept = told_by(
        """
        vault = Vault()
        told["probe"] = (await vault.probe()).keyring
        secrets = Secrets(CANARY, "key", "basic", "proxy", {"X-Token": "ü"})
        told["set"] = (await vault.set("one", secrets)).keyring
        told["same"] = await Vault().get("one") == secrets
        told["other"] = await Vault().get("two") == Secrets()
        told["where"] = vault.where()
        """,
        tmp_path,
        daemon=True,
    )
    assert kept == {
        "probe": "Secret Service",
        "set": "Secret Service",
        "same": True,
        "other": True,
        "where": "Secret Service",
    }
    assert holding_the_canary(tmp_path) == []

    again = told_by(
        """
        told["kept"] = (await Vault().get("one")).password
        vault = Vault()
        await vault.forget("one")
        await vault.forget("never there")
        told["forgotten"] = (await Vault().get("one")).password
        told["why"] = str(vault.why())
        """,
        tmp_path,
        daemon=True,
    )
    assert again == {"kept": CANARY, "forgotten": "", "why": ""}


def test_saving_empty_secrets_removes_the_entry(tmp_path: Path) -> None:
    told = told_by(
        """
        vault = Vault()
        await vault.set("one", Secrets("x"))
        await vault.set("one", Secrets())
        told["left"] = (await vault.get("one")).password
        """,
        tmp_path,
        daemon=True,
    )
    assert told == {"left": ""}


def test_reading_where_no_keyring_was_made_yet_makes_none_and_asks_nothing(tmp_path: Path) -> None:
    told = told_by(
        """
        vault = Vault()
        told["found"] = await vault.get("one") != Secrets()
        told["why"] = str(vault.why())
        """,
        tmp_path,
        daemon=True,
        start=NO_KEYRING_YET,
    )

    assert told == {"found": False, "why": ""}
    assert not list(tmp_path.rglob("*.keyring"))


def test_without_a_bus_secrets_last_for_the_session_and_it_is_said(tmp_path: Path) -> None:
    told = told_by(
        """
        vault = Vault()
        stored = await vault.set("one", Secrets(CANARY))
        told["stored"] = [stored.keyring, str(stored.reason)]
        told["session"] = (await vault.get("one")).password
        told["next"] = (await Vault().get("one")).password
        await vault.forget("one")
        told["forgotten"] = (await vault.get("one")).password
        """,
        tmp_path,
        daemon=False,
    )
    assert told == {"stored": ["", "No keyring was found."], "session": CANARY, "next": "", "forgotten": ""}
    assert holding_the_canary(tmp_path) == []


@pytest.mark.parametrize(
    "backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring", "test_plain.Plain"]
)
def test_keyrings_that_do_not_encrypt_are_refused(tmp_path: Path, backend: str) -> None:
    (tmp_path / "test_plain.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Plain(KeyringBackend):\n"
        "    priority = 99\n"
        "    def get_password(self, service, name): return None\n"
        "    def set_password(self, service, name, text): open(__file__ + '.kept', 'w').write(text)\n"
        "    def delete_password(self, service, name): pass\n"
    )
    told = told_by(
        """
        stored = await Vault().set("one", Secrets(CANARY))
        told["stored"] = [stored.keyring, str(stored.reason)]
        """,
        tmp_path,
        daemon=True,
        env={"PYTHON_KEYRING_BACKEND": backend, "PYTHONPATH": str(tmp_path)},
    )
    assert told == {"stored": ["", "No keyring was found."]}
    assert holding_the_canary(tmp_path) == []


def test_keyring_that_hangs_is_waited_for_once_and_its_late_answer_is_used(tmp_path: Path) -> None:
    told = told_by(
        """
        await Vault(wait_s=30).set("one", Secrets(CANARY))
        vault = Vault(wait_s=0.5)
        late = []
        vault.on_late.append(late.append)
        daemon(signal.SIGSTOP)

        start = time.monotonic()
        told["hung"] = (await vault.get("one")).password
        told["why"] = str(vault.why())
        told["waited"] = 0.4 < time.monotonic() - start < 5
        start = time.monotonic()
        stored = await vault.set("two", Secrets("new"))
        told["second wait"] = time.monotonic() - start < 0.4
        told["stored"] = stored.keyring
        told["two"] = (await vault.get("two")).password

        daemon(signal.SIGCONT)
        await until(lambda: late)
        told["late"] = late
        told["came"] = (await vault.get("one")).password
        while (found := await Vault().get("two")) == Secrets():  # its turn comes after that answer
            pass
        told["two in keyring"] = found.password
        told["where"] = vault.where()
        """,
        tmp_path,
        daemon=True,
    )
    assert told == {
        "hung": "",
        "why": "The keyring does not answer; it may be waiting to be unlocked.",
        "waited": True,
        "second wait": True,
        "stored": "",
        "two": "new",
        "late": ["one"],
        "came": CANARY,
        "two in keyring": "new",
        "where": "Secret Service",
    }


def test_password_given_while_the_keyring_is_locked_spoils_nothing_that_is_in_it(tmp_path: Path) -> None:
    told = told_by(
        """
        await Vault(wait_s=30).set("one", Secrets("old", api_key="a key", headers={"X-Token": "t"}))
        daemon(signal.SIGSTOP)

        vault = Vault(wait_s=0.5)
        await vault.add("one", Secrets("new"))
        told["in this session"] = (await vault.get("one")).password

        daemon(signal.SIGCONT)
        while (found := await Vault().get("one")).password != "new":
            pass
        told["kept"] = [found.api_key, found.headers]
        """,
        tmp_path,
        daemon=True,
    )
    assert told == {"in this session": "new", "kept": ["a key", {"X-Token": "t"}]}


def test_hanging_keyring_does_not_hold_the_end_of_the_program(tmp_path: Path) -> None:
    told = told_by(
        """
        await Vault().probe()
        told["pid"] = daemon(signal.SIGSTOP)
        vault = Vault(wait_s=0.2)
        await vault.get("one")
        told["hung"] = vault.where()
        """,
        tmp_path,
        daemon=True,
    )
    os.kill(told["pid"], signal.SIGKILL)
    assert told["hung"] == ""


def test_entry_that_is_not_ours_counts_as_empty(tmp_path: Path) -> None:
    told = told_by(
        """
        import keyring
        for n, text in enumerate(("", "[", "[]", "7", '{"password": "p", "headers": []}', '{"password": "p"}')):
            keyring.set_password("qbt-remote", str(n), text)
            told[text] = (await Vault().get(str(n))).password
        """,
        tmp_path,
        daemon=True,
    )
    assert told == {
        "": "",
        "[": "",
        "[]": "",
        "7": "",
        '{"password": "p", "headers": []}': "",
        '{"password": "p"}': "p",
    }


def test_importing_the_vault_does_not_import_keyring() -> None:
    code = "import sys, qbt_remote.local.vault; print('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"
