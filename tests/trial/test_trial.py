"""The trial's servers, with each of the real versions as the qbittorrent-nox on PATH."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import libtorrent
import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.trial.private_server import PROGRAM, TrialUnavailable
from qbt_remote.trial.trial import SAMPLES, Sample, Trial, lay_out, torrent
from tests.conftest import Run
from tests.real.fetch import SOURCES, fetch

LIMIT_S = 30.0


def put_on_path(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a qbittorrent-nox that runs this script, and the first on PATH."""
    folder.mkdir(exist_ok=True)
    program = folder / PROGRAM
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def script_for(generation: str) -> str:
    """Run the real program of this generation in its own environment, with the home it is given."""
    prefix = fetch(generation)
    variables = {name: value for name, value in prefix.env.items() if name not in ("HOME", "TMPDIR")}
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    return f'{exports}exec {shlex.join(prefix.command)} "$@"\n'


def running(below: Path) -> list[int]:
    """Processes that were started with a folder below this one on their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:  # it ended meanwhile
                continue
            if b"--profile=" + os.fsencode(below) in words:
                found.append(int(entry.name))
    return found


async def until_downloading(client: QbtClient) -> list[dict[str, Any]]:
    async with asyncio.timeout(LIMIT_S):
        while True:
            rows: list[dict[str, Any]] = await client.get("torrents/info")
            if any(row["dlspeed"] > 0 for row in rows):
                return rows
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_torrent_of_the_trial_is_what_others_read_in_it(sample: Sample) -> None:
    data, info_hash = torrent(sample)

    read = libtorrent.torrent_info(data)

    assert str(read.info_hashes().v1) == info_hash
    assert read.name() == sample.name
    assert read.total_size() == sum(sample.files.values()) * 1024 * 1024


def test_the_payload_matches_its_hashes_and_takes_no_space(tmp_path: Path) -> None:
    sample = Sample("one", {"a.bin": 2, "below/b.bin": 1}, seeded_by="other")
    lay_out(sample, tmp_path)
    files = [tmp_path / "one" / path for path in sample.files]
    content = b"".join(file.read_bytes() for file in files)

    read = libtorrent.torrent_info(torrent(sample)[0])

    pieces = [content[n : n + read.piece_length()] for n in range(0, len(content), read.piece_length())]
    assert [read.hash_for_piece(n) for n in range(read.num_pieces())] == [hashlib.sha1(p).digest() for p in pieces]
    assert sum(file.stat().st_blocks for file in files) == 0


def test_without_the_program_the_trial_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(TrialUnavailable) as refused:
        run(Trial(tmp_path / "try").start())

    assert "sudo apt install qbittorrent-nox" in str(refused.value)
    assert not (tmp_path / "try").exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'qBittorrent v4.1.9'", "4.1.9"),
        ("echo 'no such library'; exit 127", "no such library"),
        ('[ "$1" = --version ] && echo "qBittorrent v5.1.0" || { echo "no space left"; exit 1; }', "no space left"),
    ],
)
def test_a_program_that_cannot_serve_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, script: str, words: str
) -> None:
    put_on_path(tmp_path / "bin", script, monkeypatch)

    with pytest.raises(TrialUnavailable, match=words):
        run(Trial(tmp_path / "try").start())

    assert list((tmp_path / "try").iterdir()) == []


@pytest.mark.real
@pytest.mark.parametrize("generation", SOURCES)
def test_a_newcomer_sees_a_transfer_and_nothing_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, generation: str
) -> None:
    put_on_path(tmp_path / "bin", script_for(generation), monkeypatch)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    trial = Trial(tmp_path / "try")

    async def look() -> list[dict[str, Any]]:
        config, secrets = await trial.start()
        client = QbtClient(config, secrets)
        try:
            await trial.furnish()
            await client.connect()
            return await until_downloading(client)
        finally:
            await client.close()
            await trial.stop()

    rows = {row["name"]: row for row in run(look())}

    assert rows.keys() == {sample.name for sample in SAMPLES}
    assert {name: row["category"] for name, row in rows.items()} == {s.name: s.category for s in SAMPLES}
    tags = {name: {*row["tags"].split(", ")} - {""} for name, row in rows.items()}
    assert tags == {s.name: {*s.tags} for s in SAMPLES}
    assert rows["Sample lectures"]["state"] == "stoppedDL"
    assert rows["sample-photos.zip"]["state"] == "stalledUP"
    assert running(tmp_path / "try") == []
    assert list((tmp_path / "try").iterdir()) == []
    assert list(home.iterdir()) == []


@pytest.mark.real
def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    first_time = f"mkdir {shlex.quote(str(tmp_path / 'been'))} 2>/dev/null"
    taken = f'[ "$1" != --version ] && {first_time} && echo "Web UI: Unable to bind to the port" && exec sleep 60\n'
    put_on_path(tmp_path / "bin", taken + script_for("5.1.0"), monkeypatch)
    trial = Trial(tmp_path / "try")

    async def log_in() -> None:
        config, secrets = await trial.start()
        client = QbtClient(config, secrets)
        try:
            await client.connect()
        finally:
            await client.close()
            await trial.stop()

    run(log_in())

    assert (tmp_path / "been").exists()


APPLICATION = """
import asyncio, sys
from pathlib import Path
from qbt_remote.trial.trial import Trial

async def main():
    trial = Trial(Path(sys.argv[1]))
    await trial.start()
    print("started", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.real
def test_the_servers_end_with_a_killed_application_and_the_next_trial_tidies_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    put_on_path(tmp_path / "bin", script_for("5.1.0"), monkeypatch)
    below = tmp_path / "try"
    with subprocess.Popen([sys.executable, "-c", APPLICATION, str(below)], stdout=subprocess.PIPE) as application:
        assert application.stdout
        assert application.stdout.readline() == b"started\n"
        served = running(below)
        application.send_signal(signal.SIGKILL)

    async def all_gone() -> None:
        async with asyncio.timeout(LIMIT_S):
            while running(below):
                await asyncio.sleep(0.01)

    run(all_gone())
    (left,) = below.iterdir()

    async def next_trial() -> None:
        trial = Trial(below)
        await trial.start()
        await trial.stop()

    run(next_trial())

    assert len(served) == 2
    assert not left.exists()
