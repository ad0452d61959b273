"""What servers send that this client does not know is printed below the matrix: the work list of tomorrow."""

from __future__ import annotations

from qbt_remote.prefs.schema import of_servers
from qbt_remote.sync.torrent import Torrent
from tests.conftest import Run
from tests.contract.matrix import Matrix
from tests.contract.target import Target


def test_fields_and_preferences_that_we_do_not_know_are_reported(run: Run, target: Target, matrix: Matrix) -> None:
    async def sent() -> tuple[set[str], set[str]]:
        rows = (await target.client.get("sync/maindata", rid=0))["torrents"].values()
        return set().union(*rows), set(await target.client.get("app/preferences"))

    fields, preferences = run(sent())

    matrix.note(f"{target.label}: torrent fields that we do not know", fields - set(Torrent.__struct_fields__))
    matrix.note(f"{target.label}: preferences that we do not know", preferences - set(of_servers().prefs))
    assert {"name", "size", "progress", "state", "category"} <= fields
    assert {"save_path", "web_ui_port"} <= preferences
