"""torrents/*Prio: the order of the queue."""

from __future__ import annotations

from tests.contract.operations.table import operation
from tests.contract.target import Case, until


async def _prove(case: Case, endpoint: str, moved: str, wanted: str) -> None:
    """With the torrents a, b, c queued in this order, moving some gives the wanted order."""
    await case.client.post("app/setPreferences", json={"queueing_enabled": True})
    names = {(await case.tiny()).hash: name for name in "abc"}

    async def order() -> str:
        rows = await case.client.get("torrents/info", hashes=list(names))
        return "".join(names[row["hash"]] for row in sorted(rows, key=lambda row: row["priority"]))

    await until(order, lambda now: now == "abc")
    # a place of the queue belongs to every unfinished torrent, so the bystander's may change as well
    async with case.only("torrent.*.priority"):
        await case.client.post(endpoint, hashes=[h for name in moved for h in names if names[h] == name])
        await until(order, lambda now: now == wanted)
    await case.client.post("app/setPreferences", json={"queueing_enabled": False})


@operation("torrents/increasePrio")
async def increase_moves_up_by_one(case: Case) -> None:
    await _prove(case, "torrents/increasePrio", "c", "acb")


@operation("torrents/decreasePrio")
async def decrease_moves_down_by_one(case: Case) -> None:
    await _prove(case, "torrents/decreasePrio", "a", "bac")


@operation("torrents/topPrio")
async def top_moves_to_the_front_in_the_order_of_the_queue(case: Case) -> None:
    await _prove(case, "torrents/topPrio", "cb", "bca")  # in whatever order they are given


@operation("torrents/bottomPrio")
async def bottom_moves_to_the_end_in_the_order_of_the_queue(case: Case) -> None:
    await _prove(case, "torrents/bottomPrio", "ba", "cab")
