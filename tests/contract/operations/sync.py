"""sync/*: deltas."""

from __future__ import annotations

import pytest

from qbt_remote.api.errors import Rejected
from tests.contract.operations.table import operation
from tests.contract.target import Case, until

UNKNOWN = "0" * 40


@operation("sync/maindata")
async def maindata_is_full_first_and_then_only_what_changed(case: Case) -> None:
    sample = await case.tiny()
    rid = 0

    async def poll() -> dict[str, object]:
        nonlocal rid
        delta = await case.client.get("sync/maindata", rid=rid)
        rid = delta["rid"]
        assert isinstance(delta, dict)
        return delta

    full = await poll()
    await until(poll, lambda delta: set(delta) <= {"rid", "server_state"})
    await case.client.post("torrents/setDownloadLimit", hashes=[sample.hash], limit=77 * 1024)
    delta = await until(poll, lambda delta: "torrents" in delta)

    assert full["full_update"] is True
    torrents = full["torrents"]
    assert isinstance(torrents, dict)
    assert torrents[sample.hash]["name"] == sample.name
    assert set(case.target.bystanders) < set(torrents)
    assert "full_update" not in delta
    changed = delta["torrents"]
    assert isinstance(changed, dict)
    assert list(changed) == [sample.hash]
    # 4.2 turns the other limit from -1 to 0, which is the same
    assert {**changed[sample.hash], "up_limit": 0} == {"dl_limit": 77 * 1024, "up_limit": 0}


@operation("sync/torrentPeers")
async def torrent_peers_are_full_first_and_unknown_torrents_refused(case: Case) -> None:
    sample = await case.tiny()

    full = await case.client.get("sync/torrentPeers", hash=sample.hash, rid=0)
    delta = await case.client.get("sync/torrentPeers", hash=sample.hash, rid=full["rid"])

    assert full["full_update"] is True and not full.get("peers")
    assert "full_update" not in delta and delta["rid"] == full["rid"] + 1
    with pytest.raises(Rejected) as refused:
        await case.client.get("sync/torrentPeers", hash=UNKNOWN, rid=0)
    assert refused.value.status == 404
