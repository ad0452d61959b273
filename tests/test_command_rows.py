"""Every command on torrents has a row that says what the real servers must answer to it."""

from __future__ import annotations

from qbt_remote.ui.window.commands import COMMANDS
from tests.contract.command_rows import ROWS


def test_every_command_on_torrents_has_a_row() -> None:
    wanted = {command.id for command in COMMANDS if command.on in ("torrents", "listed")}

    assert not wanted - set(ROWS), f"tests/contract/command_rows.py lacks rows for {sorted(wanted - set(ROWS))}"
    assert not set(ROWS) - wanted, (
        f"tests/contract/command_rows.py has rows of no command: {sorted(set(ROWS) - wanted)}"
    )
