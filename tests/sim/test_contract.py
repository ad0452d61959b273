"""What the real servers are held to, the simulated ones are held to as well, as far as they go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Unsupported
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.conftest import Run
from tests.contract.operations import OPERATIONS
from tests.contract.target import Case, Target, differences
from tests.sim.faults import Link
from tests.sim.handler import Handler
from tests.sim.server import SimServer
from tests.sim.world import API, World

# what the simulated server has not: the content of files, peers, a port of its own, all preferences
LEFT_OUT = {
    *("app/defaultSavePath", "app/preferences", "app/setPreferences", "app/shutdown", "auth/logout"),
    *("app/deleteAPIKey", "app/rotateAPIKey", "sync/torrentPeers"),
    *(
        "torrents/delete",
        "torrents/downloadFile",
        "torrents/export",
        "torrents/files",
        "torrents/info",
    ),
    *("torrents/pieceHashes", "torrents/pieceStates", "torrents/properties", "torrents/recheck"),
    *("torrents/setLocation", "torrents/webseeds"),
}


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a server would have its files."""

    save_path: Path
    profile: Path


class SimTarget(Target):
    """A simulated server under contract; the files of its torrents are nobody's."""

    def __init__(self, release: str, url: str, folder: Path) -> None:
        self.label = self.version = release
        self.server = Folders(folder / "downloads", folder)  # type: ignore[assignment]  # only its folders are asked for
        self.config, self.secrets = ServerConfig("sim", url, username="admin"), Secrets(password="secret")
        self.client = QbtClient(self.config, self.secrets)
        self.bystanders = []


async def proven(release: str, endpoint: str, folder: Path) -> None:
    async with SimServer(Link(Handler(World(release)))) as server:
        target = SimTarget(release, server.url, folder)
        try:
            await target.open()
            before = await target.state()
            case = Case(target)
            if target.client.has(endpoint):
                await OPERATIONS[endpoint](case)
            else:
                with pytest.raises(Unsupported):
                    await OPERATIONS[endpoint](case)
            await case.clean()
            left = differences(before, await target.state())
        finally:
            await target.close()
    assert not left, left


@pytest.mark.parametrize("release", API)
@pytest.mark.parametrize("endpoint", sorted(OPERATIONS.keys() - LEFT_OUT))
def test_the_simulated_server_does_what_the_real_one_does(
    run: Run, tmp_path: Path, release: str, endpoint: str
) -> None:
    run(proven(release, endpoint, tmp_path))
