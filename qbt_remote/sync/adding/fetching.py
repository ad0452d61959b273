"""What became of an http link: the server says that it took it, downloads by itself, and tells its log if it failed.

Looked for are a new torrent among the newest of the list, and from 5.0 on the lines of ``log/main`` that name the
link: the first says that it is fetched, a warning that it failed, another one that it was there already (whatever the
server's language).  Before 5.0 the log of a server without a window is silent about a download that failed; there the
wait is short, and its end is said.
One link at a time: before 5.0 nothing tells which link a new torrent came from.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.add import AddItem, AddOptions, AddResult, add
from qbt_remote.api.errors import QbtError
from qbt_remote.sync.states import whole_number
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Json = Any
LONGEST_S = 60.0
"""A site may be slow, and the server says in the end what became of it."""
LONGEST_SILENT_S = 10.0
"""For servers that say nothing of a failure."""
STILL = N("the server is still fetching it")
SILENT = N("it has not arrived so far, and this version of qBittorrent does not say why")
SAYS_WHY = (2, 11, 0)  # 5.0
_NEWEST = 30
_STEPS_S = (0.05, 0.05, 0.1, 0.1, 0.2, 0.3, 0.5)
_REASON = re.compile(r'Reason: "(.*)"\.?$', re.DOTALL)
_TWIN = re.compile(r"Torrent infohash: ([0-9a-f]{40})(?:, ([0-9a-f]{40}))?")
_WARNING = 4
"""The type of a line that tells of a failure; src/base/logger.h."""
_LOADING = "Failed to load torrent. "
"""What 4.5 says, without the link, of a page that it was given for a torrent."""


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """The server's newest torrents and the last line of its log, before the link was sent."""

    hashes: frozenset[str]
    newest: int
    last_line: int
    page: int = 0
    """How many of the newest torrents have to be looked at to see one that is newer or as new as they are."""

    def as_json(self) -> Json:
        return {"hashes": sorted(self.hashes), "newest": self.newest, "last_line": self.last_line, "page": self.page}

    @classmethod
    def from_json(cls, kept: Json) -> BeforeSending:
        return cls(frozenset(kept["hashes"]), int(kept["newest"]), int(kept["last_line"]), int(kept["page"]))


async def add_and_see(
    client: QbtClient,
    item: AddItem,
    options: AddOptions,
    *,
    told: Callable[[AddResult], None] | None = None,
    given_up: Callable[[], bool] = lambda: False,
    before: BeforeSending | None = None,
) -> AddResult:
    """Add an item; of a link that the server fetches, wait until it is known what came of it.

    Never raises a QbtError.  ``told`` hears that the server fetches it; the wait ends once somebody has ``given_up``.
    ``before`` is what ``look`` gave, if it was asked already.
    The outcome stays ``fetching``, with a reason, where it is not known after a while.
    """
    if not fetched_by_server(item):
        return await add(client, item, options)
    before = before or await look(client)
    result = await add(client, item, options)
    if result.outcome != "fetching":
        return result
    if told:
        told(result)
    return await _followed(client, result, before, given_up) if before else replace(result, reason=STILL)


async def _followed(
    client: QbtClient, result: AddResult, before: BeforeSending, given_up: Callable[[], bool]
) -> AddResult:
    says_why = client.version.api >= SAYS_WHY
    end = time.monotonic() + (LONGEST_S if says_why else LONGEST_SILENT_S)
    step = 0
    while time.monotonic() < end and not given_up():
        await asyncio.sleep(_STEPS_S[min(step, len(_STEPS_S) - 1)])
        step += 1
        try:
            found = await outcome(client, result, before)
        except QbtError as error:
            return replace(result, reason=str(error), error=error)
        if found:
            return found
    return replace(result, reason=STILL if says_why or given_up() else SILENT)


def fetched_by_server(item: AddItem) -> bool:
    """Whether it is a link of which only the server will know what is behind it."""
    return item.torrent is None and not item.ids


async def look(client: QbtClient) -> BeforeSending | None:
    """See how it stands before a link is sent; None if the server does not say."""
    try:
        page = _NEWEST
        while len(rows := await _newest(client, page)) == page and rows[0].get("added_on") == rows[-1].get("added_on"):
            page *= 4  # many were added in the same second, and may come in any order
        lines = await client.get("log/main", last_known_id=-1)
    except QbtError:
        return None
    return BeforeSending(
        frozenset(str(row.get("hash", "")) for row in rows),
        max((whole_number(row.get("added_on")) for row in rows), default=0),
        max((whole_number(line.get("id")) for line in lines), default=-1),
        page,
    )


async def _newest(client: QbtClient, page: int) -> list[Json]:
    rows = await client.get("torrents/info", sort="added_on", reverse=True, limit=page)
    return [row for row in rows if isinstance(row, dict)]


async def outcome(
    client: QbtClient, result: AddResult, before: BeforeSending, others: Collection[str] = ()
) -> AddResult | None:
    """Find what came of a link that was sent; None if that is not known so far.  Raises QbtError.

    ``others`` are ids of torrents that are known to have come from elsewhere.
    """
    for row in await _newest(client, 2 * max(_NEWEST, before.page)):
        # one that was removed meanwhile lets an old one in among the newest
        is_new = row.get("hash") not in before.hashes and whole_number(row.get("added_on")) >= before.newest
        if is_new and row.get("hash") not in others:
            return replace(result, outcome="added", found=str(row["hash"]))
    named = 0
    for line in await client.get("log/main", last_known_id=before.last_line):
        text, kind = str(line.get("message") or ""), whole_number(line.get("type"))
        ours = result.item.link in text
        if kind >= _WARNING and (ours or text.startswith(_LOADING)):
            return replace(result, outcome="refused", reason=_reason(text))
        named += ours
        if named > 1:
            twin = _TWIN.search(text)
            return replace(result, outcome="present", found=(twin[2] or twin[1]) if twin else "")
    return None


def _reason(line: str) -> str:
    """The end of a line of the log that tells of a failure; all of it in another language than English."""
    found = _REASON.search(line)
    return re.sub(r"\s*\[\w+:\d+\]$", "", found[1]) if found else line
