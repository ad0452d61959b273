"""A server under contract: what a case may do with it, and a picture of its whole state.

A case works on torrents of its own, made for it and removed after it; two bystanders that no case touches
show whether a command reached further than it should.
"""

from __future__ import annotations

import asyncio
import fnmatch
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.real.scene import Sample, make, tiny
from tests.real.servers import Server

LIMIT_S = 10.0
STOPPED = ("stoppedDL", "stoppedUP", "pausedDL", "pausedUP")

DRIFTING = frozenset(
    (
        *("priority", "added_on", "last_activity", "seen_complete", "time_active", "seeding_time", "reannounce", "eta"),
        *("dlspeed", "upspeed", "num_complete", "num_incomplete", "num_seeds", "num_leechs"),
        *("availability", "popularity"),
    )
)
"""Torrent fields that change by themselves."""

State = dict[str, Any]
T = TypeVar("T")
_numbers = itertools.count(1)


class Target:
    """One server and a client that is logged in to it."""

    def __init__(self, server: Server) -> None:
        self.label = server.generation
        self.version = server.version
        self.server = server
        self.config = ServerConfig(name=f"qBittorrent {server.version}", url=server.url, username=server.user)
        self.secrets = Secrets(password=server.password)
        self.client = QbtClient(self.config, self.secrets)
        self.bystanders: list[str] = []

    async def open(self) -> None:
        """Log in and put the bystanders there: a complete torrent and one that nobody has."""
        await self.client.connect()
        whole = self.content({"kept.bin": 30_000})
        none = tiny(next(_numbers), label="bystander")
        for sample, complete in ((whole, True), (none, False)):
            await self.add(sample, complete=complete)
            self.bystanders.append(sample.hash)

    async def close(self) -> None:
        await self.client.close()

    def content(self, files: Mapping[str, int], **more: Any) -> Sample:
        """Make a torrent whose content lies where the server looks for it."""
        return make(self.server.save_path, f"content {next(_numbers)}", files, **more)

    async def add(self, sample: Sample, *, complete: bool = False, stopped: bool = True, **form: Any) -> None:
        """Add a torrent and wait until it is listed in the state asked for."""
        await self.client.post(
            "torrents/add", files=[("0.torrent", sample.torrent)], stopped=stopped, seedMode=complete, **form
        )
        settled = STOPPED if stopped else (("stalledUP", "uploading") if complete else ("stalledDL", "downloading"))
        await self.until_info(sample, state=lambda state: state in settled)

    async def info(self, sample: Sample) -> dict[str, Any]:
        """One torrent as torrents/info has it; {} if it is not there."""
        rows = await self.client.get("torrents/info", hashes=[sample.hash])
        assert isinstance(rows, list)
        return rows[0] if rows else {}

    async def until_info(self, sample: Sample, **wanted: Any) -> dict[str, Any]:
        """Wait until fields of a torrent have these values, or satisfy these predicates."""

        def holds(row: dict[str, Any]) -> bool:
            return all(
                field in row and (want(row[field]) if callable(want) else row[field] == want)
                for field, want in wanted.items()
            )

        return await until(lambda: self.info(sample), holds)

    async def state(self, inside: Collection[str] | None = None) -> State:
        """All that the server keeps, flat: "preferences.max_connec", "torrent.HASH.name", "limit.download" …

        Files, trackers and web seeds are read of the torrents ``inside``, else of all.
        """
        get = self.client.get
        torrents = {row["hash"]: row for row in await get("torrents/info")}
        state: State = {
            "limit.download": await get("transfer/downloadLimit"),
            "limit.upload": await get("transfer/uploadLimit"),
            "mode": await get("transfer/speedLimitsMode"),
            "tags": sorted(await get("torrents/tags")) if self.client.has("torrents/tags") else [],
            **_flat("preferences", await get("app/preferences")),
            **_flat("category", await get("torrents/categories")),
        }
        for hash_, row in torrents.items():
            stable = {field: value for field, value in row.items() if field not in DRIFTING}
            stable |= {field: max(stable[field], 0) for field in ("dl_limit", "up_limit")}  # -1 is 0: none
            state.update(_flat(f"torrent.{hash_}", stable))
            if inside is not None and hash_ not in inside:
                continue
            state[f"files.{hash_}"] = _without(await get("torrents/files", hash=hash_), "availability")
            state[f"trackers.{hash_}"] = [tracker["url"] for tracker in await get("torrents/trackers", hash=hash_)]
            state[f"webseeds.{hash_}"] = await get("torrents/webseeds", hash=hash_)
        return state


class Case:
    """One operation on one target.  ``target`` is what it may use; what it made is removed by ``clean``."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.client = target.client
        self._own: list[Sample] = []

    async def tiny(self, *, stopped: bool = True, **form: Any) -> Sample:
        """A torrent of this case that nobody has the data of."""
        return await self.keep(tiny(next(_numbers)), stopped=stopped, **form)

    async def whole(self, files: Mapping[str, int] | None = None, *, stopped: bool = True, **more: Any) -> Sample:
        """A complete torrent of this case."""
        return await self.keep(self.target.content(files or {"a.bin": 40_000}, **more), complete=True, stopped=stopped)

    async def keep(self, sample: Sample, **how: Any) -> Sample:
        """Add a torrent and see to it that it is removed after the case."""
        self.owns(sample)
        await self.target.add(sample, **how)
        return sample

    def owns(self, sample: Sample) -> Sample:
        self._own.append(sample)
        return sample

    async def clean(self) -> None:
        """Remove the torrents of this case and wait until they are gone."""
        hashes = {sample.hash for sample in self._own}
        if not hashes:
            return
        await self.client.post("torrents/delete", hashes=sorted(hashes), deleteFiles=True)
        listed = self.client.get
        await until(lambda: listed("torrents/info"), lambda rows: not hashes & {row["hash"] for row in rows})

    @asynccontextmanager
    async def only(self, *allowed: str) -> AsyncIterator[None]:
        """Nothing but what matches these patterns may differ after the block."""
        before = await self.target.state()
        yield
        after = await self.target.state()
        changed = differences(before, after)
        unexpected = {
            path: change for path, change in changed.items() if not any(fnmatch.fnmatch(path, p) for p in allowed)
        }
        assert not unexpected, unexpected


def differences(before: State, after: State) -> dict[str, tuple[Any, Any]]:
    """What was and what is, by path, where the two differ; None where it is missing."""
    paths = before.keys() | after.keys()
    return {
        path: (before.get(path), after.get(path))
        for path in sorted(paths)
        if before.get(path) != after.get(path) or (path in before) != (path in after)
    }


async def until(read: Callable[[], Awaitable[T]], holds: Callable[[T], bool], limit_s: float = LIMIT_S) -> T:
    """Read again and again until the answer is as wanted, and give it; fail with the last one."""
    end = time.monotonic() + limit_s
    while not holds(value := await read()):
        assert time.monotonic() < end, f"still after {limit_s} s: {value}"
        await asyncio.sleep(0.02)
    return value


def _flat(prefix: str, values: Mapping[str, Any]) -> State:
    return {f"{prefix}.{key}": value for key, value in values.items()}


def _without(rows: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != field} for row in rows]


def next_sample() -> Sample:
    """A torrent that no case had before."""
    return tiny(next(_numbers))
