"""Adds one torrent at a time, and says what became of it.

One item per request: a bad file then spoils no other, and each gets its own answer.  What servers
answer is not enough to tell "added" from "already there" (4.2.5 says "Ok." to a duplicate, 4.5 to 5.1
"Fails." to everything, 5.2 and newer 409), so the list is asked by hash before, and again where the
answer was lost.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from qbt_remote.api.adding.content import CHOOSE
from qbt_remote.api.adding.link_cookies import CALL as COOKIES
from qbt_remote.api.adding.link_cookies import give_cookies
from qbt_remote.api.adding.wanted_files import LATER, NOT_CHOSEN, choose, known_link
from qbt_remote.api.endpoints import needs
from qbt_remote.api.errors import BadReply, QbtError, Rejected, ServerFault, Unreachable, Unsupported
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Outcome = Literal["added", "present", "refused", "unreachable", "unknown", "fetching"]
"""``fetching``: the server has taken an http link and downloads it; see sync/adding/fetching.py."""

LARGEST_UPLOAD = 60 * 2**20  # servers take a little less than 64 MiB, and answer more with an empty 400
_SHARE = {
    "ratio_limit": "ratioLimit",
    "seeding_time_limit": "seedingTimeLimit",
    "inactive_seeding_time_limit": "inactiveSeedingTimeLimit",
    "share_limit_action": "shareLimitAction",
    "share_limits_mode": "shareLimitsMode",
}
_PAGE = 2000
_LOOKS = (0.0, 0.2, 0.3, 0.5, 1.0, 1.0)  # seconds before each look for a torrent just added

NOT_A_LINK = N("only magnet, http and https links can be added")
TWO_LINES = N("a link is a single line")
TOO_LARGE = N("the file is too large to be sent")
EMPTY_LINE = N("this version of qBittorrent cannot receive this file; add it by its magnet link")
NOT_SAID = N("the server does not say why")
NO_V2 = N("this version of qBittorrent does not support v2 torrents; 4.4 and later do")
LOST = N("the answer was lost; check whether it was added")
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
    use_download_path: bool | None = None
    """Whether an incomplete torrent lies in ``download_path``."""
    download_path: str = ""
    stop_condition: str = ""
    """"None", "MetadataReceived", "FilesChecked" or ""."""
    top_of_queue: bool | None = None
    ratio_limit: float = -2.0
    """-2 is the server's own setting, -1 none; the same for minutes."""
    seeding_time_limit: int = -2
    inactive_seeding_time_limit: int = -2
    share_limit_action: str = "Default"
    share_limits_mode: str = "Default"
    cookie: str = ""
    """"name=value; …" for the server's own download of an http link."""
    file_priorities: tuple[int, ...] = ()
    """0, 1, 6 or 7 for each file in their order; () means all as the server does."""
    file_sizes: tuple[int, ...] = ()
    """The bytes of those files, by which they are told from padding."""


NEEDS: dict[str, str] = {
    "tags": "tags",
    "use_download_path": "torrents/add:useDownloadPath",
    "download_path": "torrents/add:downloadPath",
    "stop_condition": "torrents/add:stopCondition",
    "top_of_queue": "torrents/add:addToTopOfQueue",
    "ratio_limit": "torrents/add:ratioLimit",
    "seeding_time_limit": "torrents/add:seedingTimeLimit",
    "inactive_seeding_time_limit": "torrents/add:inactiveSeedingTimeLimit",
    "share_limit_action": "torrents/add:shareLimitAction",
    "share_limits_mode": "torrents/add:shareLimitsMode",
}
"""The options that not every server has, with the feature of api/endpoints.py that tells."""


def fitting(client: QbtClient, options: AddOptions) -> AddOptions:
    """Give the options without those that the server is too old for."""
    usual = AddOptions()
    old = {name: getattr(usual, name) for name, feature in NEEDS.items() if not client.has(feature)}
    return replace(options, **old) if old else options


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
    v2_only: bool = False
    """It has no v1 hash, so servers before 4.4 cannot take it."""
    doubt: str = ""
    """Why the parser here refuses a file that a server may take; its content cannot be shown then."""

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
    found: str = ""
    """The id under which the server has it, where it is known otherwise than from the item."""


async def add(client: QbtClient, item: AddItem, options: AddOptions) -> AddResult:
    """Add one item and say what became of it.  Never raises a QbtError."""
    reason = _unsendable(client, item)
    if reason:
        return AddResult(item, "refused", reason)
    try:
        if found := await _listed(client, item):
            return AddResult(item, "present", found=found[0])
        way = await _prepare(client, item, options)
    except QbtError as error:
        return AddResult(item, "unreachable" if error.passes else "refused", str(error), error)
    try:
        result = await _send(client, item, way)
    except (Unreachable, ServerFault, BadReply) as error:
        result = await _verified(client, item, error)
    except Rejected as error:
        result = await _refused(client, item, error)
    except QbtError as error:
        result = AddResult(item, "unreachable" if error.passes else "refused", str(error), error)
    return await _finished(client, result, options, way) if result.outcome in ("added", "fetching") else result


def _unsendable(client: QbtClient, item: AddItem) -> str:
    """Say why an item must not or cannot be sent; "" if it can."""
    if item.v2_only and not client.has("hybrid"):
        return NO_V2
    if item.torrent is None:
        if re.search(r"[\r\n]", item.link):
            return TWO_LINES
        return "" if re.match(r"(magnet:\?|https?://.)", item.link, re.IGNORECASE) else NOT_A_LINK
    if len(item.torrent) > LARGEST_UPLOAD:
        return TOO_LARGE
    if b"\r\n\r\n" in item.torrent and not client.has("any_part"):
        return EMPTY_LINE  # until 4.4.5 the whole request is refused (requestparser.cpp)
    return ""


@dataclass(slots=True)
class _Way:
    """How an item is sent: as a file or by ``link``, and what remains to be done afterwards."""

    form: dict[str, Any]
    link: str
    tags: list[str] = field(default_factory=list)
    choose: bool = False
    reason: str = ""


async def _prepare(client: QbtClient, item: AddItem, options: AddOptions) -> _Way:
    """Find the way that this server knows; what must be there before is given to it."""
    form = _form(options)
    way = _Way(form, item.link)
    if options.tags and not client.has("torrents/add:tags"):
        if not client.has("torrents/addTags"):
            raise Unsupported(N("Tags need qBittorrent {needs} or newer."), needs=needs("tags"))
        way.tags = form.pop("tags")
    if options.cookie and _is_web(item):
        if client.has(COOKIES):
            await give_cookies(client, item.link, options.cookie)
        else:
            form["cookie"] = options.cookie
    if set(options.file_priorities) - {1} or (options.file_priorities and client.has(CHOOSE)):
        await _prepare_files(client, item, options, way)
    return way


async def _prepare_files(client: QbtClient, item: AddItem, options: AddOptions, way: _Way) -> None:
    if client.has(CHOOSE):
        way.link = await known_link(client, item.link, item.torrent, len(options.file_priorities))
        way.form["filePriorities"] = list(options.file_priorities)
    elif item.torrent is not None:
        way.form["stopped"] = way.choose = True
    else:
        way.reason = LATER
        if client.has("stop_condition"):
            way.form["stopCondition"] = "MetadataReceived"


def _is_web(item: AddItem) -> bool:
    return item.torrent is None and not item.link.lower().startswith("magnet:")


async def _send(client: QbtClient, item: AddItem, way: _Way) -> AddResult:
    if way.link or item.torrent is None:
        counts = await client.post("torrents/add", urls=way.link, **way.form)
    else:
        counts = await client.post("torrents/add", files=[("torrents", item.torrent)], **way.form)
    if not (counts.get("success_count") or counts.get("pending_count")):
        return await _refused(client, item, None)
    known = counts.get("added_torrent_ids")
    fetches = counts.get("pending_count") or (_is_web(item) and not known)
    return AddResult(item, "fetching" if fetches else "added", found=str(known[0]) if known else "")


async def _finished(client: QbtClient, result: AddResult, options: AddOptions, way: _Way) -> AddResult:
    """Do what the server could not be told together with the item."""
    reason = way.reason
    try:
        if way.choose:
            reason = await _choose(client, result.item, options)
        if way.tags and not await _tagged(client, result.item, way.tags):
            reason = reason or NO_TAGS
    except QbtError:
        reason = NOT_CHOSEN if way.choose else NO_TAGS
    return replace(result, reason=reason)


async def _choose(client: QbtClient, item: AddItem, options: AddOptions) -> str:
    """Set the files of what was added stopped, and start it if it was to start; a reason if that failed."""
    found = await _appears(client, item)
    if not found or not await choose(client, found[0], options.file_sizes, options.file_priorities):
        return NOT_CHOSEN
    if not options.stopped:
        await client.post("torrents/start", hashes=found[:1])
    return ""


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
        "stopCondition": options.stop_condition,
        "downloadPath": options.download_path if options.use_download_path else "",
    }
    form: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    said = {
        "stopped": options.stopped,
        "autoTMM": automatic,
        "addToTopOfQueue": options.top_of_queue,
        "useDownloadPath": options.use_download_path,
    }
    form |= {name: value for name, value in said.items() if value is not None}
    usual = AddOptions()
    return form | {
        name: value for own, name in _SHARE.items() if (value := getattr(options, own)) != getattr(usual, own)
    }


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


async def _hybrid(client: QbtClient, item: AddItem) -> list[str]:
    """Give the id of a hybrid torrent that has one of the item's ids for its v1 hash: servers find it by none but v2.

    Asked only after a refusal, since the whole list is looked through.
    """
    if not item.ids or not client.has("hybrid"):
        return []
    for offset in itertools.count(0, _PAGE):
        rows = await client.get("torrents/info", limit=_PAGE, offset=offset)
        for row in rows:
            if row.get("infohash_v1", "").lower() in item.ids:
                return [str(row["hash"])]
        if len(rows) < _PAGE:
            break
    return []


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
        if error is None or error.status == 409:
            found = await _listed(client, item) or await _hybrid(client, item)
            if found:
                return AddResult(item, "present", found=found[0])
    except QbtError as again:
        return AddResult(item, "unknown", LOST, again)
    if item.doubt:
        return AddResult(item, "refused", item.doubt, error)
    if error is None:
        return AddResult(item, "refused", NOT_SAID)
    generic = error.detail in ("", "Conflict", "Bad Request", "Unsupported Media Type")
    reason = (NOT_SAID if error.status == 409 else str(error)) if generic else error.detail
    return AddResult(item, "refused", reason, error)
