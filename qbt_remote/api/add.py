"""Adds one torrent at a time, and says what became of it.

One item per request: a bad file then spoils no other, and each gets its own answer.  What servers
answer is not enough to tell "added" from "already there" (4.2.5 says "Ok." to a duplicate, 4.5 to 5.1
"Fails." to everything, 5.2 and newer 409), so the list is asked by hash before, and again where the
answer was lost.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qbt_remote.api.endpoints import needs
from qbt_remote.api.errors import BadReply, QbtError, Rejected, ServerFault, Unreachable, Unsupported
from qbt_remote.words import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Outcome = Literal["added", "present", "refused", "unreachable", "unknown"]

LARGEST_UPLOAD = 60 * 2**20  # servers take a little less than 64 MiB, and answer more with an empty 400
_LOOKS = (0.0, 0.2, 0.3, 0.5, 1.0, 1.0)  # seconds before each look for a torrent just added

NOT_A_LINK = N("only magnet, http and https links can be added")
TWO_LINES = N("a link is a single line")
TOO_LARGE = N("the file is too large to be sent")
EMPTY_LINE = N("this version of qBittorrent cannot receive this very file; add it by its magnet link")
NOT_SAID = N("the server does not say why")
FETCHING = N("the server is fetching it")
LOST = N("the answer was lost; look whether it is there")
NO_TAGS = N("added, but its tags could not be set")


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How to add.  Limits are bytes/s; "", 0, None and False (but for ``stopped``) leave it to the server."""

    category: str = ""
    tags: tuple[str, ...] = ()
    save_path: str = ""
    stopped: bool | None = None
    """Whether it waits for a start; None leaves it to the server's own default."""
    sequential: bool = False
    first_last: bool = False
    skip_checking: bool = False
    content_layout: str = ""
    """"Original", "Subfolder", "NoSubfolder" or ""."""
    dl_limit: int = 0
    up_limit: int = 0
    rename: str = ""
    auto_tmm: bool | None = None


@dataclass(frozen=True, slots=True)
class AddItem:
    """One thing to add: the bytes of a .torrent file, or a link.  ``source`` is what the user gave."""

    source: str
    torrent: bytes | None
    link: str
    hash: str
    name: str
    hashes: tuple[str, ...] = ()
    """All ids under which a server may list it."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(h.lower() for h in (*self.hashes, self.hash) if h))


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of an item.  ``reason`` is the end of a sentence, marked for translation where it is ours."""

    item: AddItem
    outcome: Outcome
    reason: str = ""
    error: QbtError | None = None


async def add(client: QbtClient, item: AddItem, options: AddOptions) -> AddResult:
    """Add one item and say what became of it.  Never raises a QbtError."""
    reason = _unsendable(client, item)
    if reason:
        return AddResult(item, "refused", reason)
    try:
        if await _listed(client, item):
            return AddResult(item, "present")
    except Unreachable as error:
        return AddResult(item, "unreachable", str(error), error)
    except QbtError as error:
        return AddResult(item, "refused", str(error), error)
    try:
        return await _send(client, item, options)
    except (Unreachable, ServerFault, BadReply) as error:
        return await _verified(client, item, error)
    except Rejected as error:
        return await _refused(client, item, error)
    except QbtError as error:
        return AddResult(item, "refused", str(error), error)


def _unsendable(client: QbtClient, item: AddItem) -> str:
    """Say why an item must not or cannot be sent; "" if it can."""
    if item.torrent is None:
        if re.search(r"[\r\n]", item.link):
            return TWO_LINES
        return "" if re.match(r"(magnet:\?|https?://.)", item.link, re.IGNORECASE) else NOT_A_LINK
    if len(item.torrent) > LARGEST_UPLOAD:
        return TOO_LARGE
    if b"\r\n\r\n" in item.torrent and not client.has("any_part"):
        return EMPTY_LINE  # until 4.4.5 the whole request is refused (requestparser.cpp)
    return ""


async def _send(client: QbtClient, item: AddItem, options: AddOptions) -> AddResult:
    form = _form(options)
    tags = form.pop("tags", None)
    if tags and client.has("torrents/add:tags"):
        form["tags"], tags = tags, None
    elif tags and not client.has("torrents/addTags"):
        raise Unsupported(N("Tags need qBittorrent {needs} or newer."), needs=needs("tags"))
    files: Sequence[tuple[str, bytes]] = ()
    if item.torrent is None:
        form["urls"] = item.link
    else:
        files = [("torrents", item.torrent)]
    counts = await client.post("torrents/add", files=files, **form)
    if not (counts.get("success_count") or counts.get("pending_count")):
        return await _refused(client, item, None)
    if tags and not await _tagged(client, item, tags):
        return AddResult(item, "added", NO_TAGS)
    return AddResult(item, "added", FETCHING if counts.get("pending_count") else "")


def _form(options: AddOptions) -> dict[str, Any]:
    automatic = options.auto_tmm
    if automatic is None and options.save_path:
        automatic = False  # else a server that manages automatically drops the path, until 4.5
    wanted = {
        "category": options.category,
        "tags": list(options.tags),
        "savepath": options.save_path,
        "sequentialDownload": options.sequential,
        "firstLastPiecePrio": options.first_last,
        "seedMode": options.skip_checking,
        "contentLayout": options.content_layout,
        "dlLimit": options.dl_limit,
        "upLimit": options.up_limit,
        "rename": options.rename,
    }
    form: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    said = {"stopped": options.stopped, "autoTMM": automatic}
    return form | {name: value for name, value in said.items() if value is not None}


async def _tagged(client: QbtClient, item: AddItem, tags: list[str]) -> bool:
    """Set tags afterwards, where add itself knows none (4.2.0 to 4.3.1)."""
    found = await _appears(client, item)
    if not found:
        return False
    await client.post("torrents/addTags", hashes=found, tags=tags)
    return True


async def _listed(client: QbtClient, item: AddItem) -> list[str]:
    """Give the ids under which the server lists the item."""
    if not item.ids:
        return []
    torrents = await client.get("torrents/info", hashes=list(item.ids))
    wanted = set(item.ids)
    ids = [(t.get("hash", ""), t.get("infohash_v1", "")) for t in torrents if isinstance(t, dict)]
    return [first for first, v1 in ids if first.lower() in wanted or v1.lower() in wanted]


async def _appears(client: QbtClient, item: AddItem) -> list[str]:
    for wait_s in _LOOKS if item.ids else ():
        await asyncio.sleep(wait_s)
        found = await _listed(client, item)
        if found:
            return found
    return []


async def _verified(client: QbtClient, item: AddItem, error: QbtError) -> AddResult:
    """Find out whether an item was added although no good answer came."""
    if isinstance(error, Unreachable) and not error.sent:
        return AddResult(item, "unreachable", str(error), error)
    try:
        if await _appears(client, item):
            return AddResult(item, "added")
    except QbtError as again:
        return AddResult(item, "unknown", LOST, again)
    return AddResult(item, "unknown", LOST if isinstance(error, Unreachable) else str(error), error)


async def _refused(client: QbtClient, item: AddItem, error: Rejected | None) -> AddResult:
    """Tell a duplicate that came in between from a refusal."""
    try:
        if (error is None or error.status == 409) and await _listed(client, item):
            return AddResult(item, "present")
    except QbtError as again:
        return AddResult(item, "unknown", LOST, again)
    if error is None:
        return AddResult(item, "refused", NOT_SAID)
    generic = error.detail in ("", "Conflict", "Bad Request", "Unsupported Media Type")
    reason = (NOT_SAID if error.status == 409 else str(error)) if generic else error.detail
    return AddResult(item, "refused", reason, error)
