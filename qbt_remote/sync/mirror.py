"""What a server has, as of the last answer that was applied.

Applying is done in two parts: first everything is checked and every difference found, without a
change; then all of it is written in one go.  So an answer that does not fit leaves the mirror as it
was, nobody ever sees half of an answer, and the first part can be done in small steps between other
work.  A full update is compared with what is there and gives the same exact differences as a delta.

The id of a hybrid torrent given by its v1 hash becomes the v2 one with its metadata.  Here it keeps its object through
that, and what some servers go on to list under the old id is put aside: ``sync/ghosts.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import msgspec

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.ghosts import Ghosts, first_ghosts, ids_after
from qbt_remote.sync.polls.tracker_lists import Urls, hosts_of, own_hosts, set_hosts, urls_by_hash
from qbt_remote.sync.polls.transfer import Transfer
from qbt_remote.sync.steps import Steps, at_once
from qbt_remote.sync.torrent import Torrent

Json = Any

_FIELDS = Torrent.__struct_fields__
_STEP, _MANY, _LONG = 200, 2000, 20
"""Torrents between two places where the work can be interrupted; the second where little is done for each.  After one
with more trackers than the third it can, too."""


@dataclass(slots=True)
class _Plan:
    """All that will be written, once everything has been checked."""

    gone: list[Torrent] = field(default_factory=list)
    new: dict[str, Torrent] = field(default_factory=dict)
    patches: dict[Torrent, dict[str, Json]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    states: list[tuple[Torrent, str]] = field(default_factory=list)
    urls: Urls = field(default_factory=dict)
    moved: dict[Torrent, str] = field(default_factory=dict)
    """Torrents whose id becomes another, with the new one."""
    ghosts: Ghosts = field(default_factory=dict)
    first: bool = False
    """There was nothing before, and ``urls`` are not known yet."""

    def patch(self, t: Torrent, patch: dict[str, Json]) -> None:
        """Note that these fields of a torrent will become different."""
        known = self.patches.setdefault(t, patch)
        if known is not patch:
            known.update(patch)
        self.fields.update(patch)
        if "state" in patch:
            self.states.append((t, t.state))


class Mirror:
    """The torrents and lists of one server.

    A Torrent object lives as long as it is on the server, through full updates, reconnects and another id.
    Only ``apply`` changes anything; treat all of it as read-only.
    """

    def __init__(self, server_id: str) -> None:
        self.server_id = server_id
        self.torrents: dict[str, Torrent] = {}
        self.categories: dict[str, dict[str, Json]] = {}
        """By name: {"name", "savePath", ...}."""
        self.tags: set[str] = set()
        self.trackers: dict[str, list[str]] = {}
        """URL to hashes; empty for servers before 4.3."""
        self.server: dict[str, Json] = {}
        """``server_state``: global speeds, limits, free space."""
        self.sent: set[str] = set()
        """The torrent fields that this server has ever sent."""
        self.transfer = Transfer(self.torrents)
        self.applied = 0
        """How many answers have been applied."""
        self._ghosts: Ghosts = {}
        self._urls: Urls | None = {}
        """By hash: the tracker URLs, sorted; None until they are needed."""

    def knows(self, torrent_hash: str) -> bool:
        """Whether changes of this torrent can be applied or are to be passed over."""
        return torrent_hash in self.torrents or torrent_hash in self._ghosts

    def apply(self, delta: Delta) -> Changes:
        """Merge one answer and say what changed.  Raises Desync, and then nothing has changed."""
        return at_once(self.applying(delta))

    def applying(self, delta: Delta) -> Steps[Changes]:
        """Do what ``apply`` does, in steps of a millisecond or two but for the last, which writes.

        Giving up between two steps leaves the mirror as it was.  Nothing else may be applied meanwhile.
        """
        plan = _Plan()
        if delta.full and not self.torrents and not self._ghosts and {*map(type, delta.torrents.values())} == {Torrent}:
            yield from self._plan_first(delta, plan)
        else:
            yield from self._plan_torrents(delta, plan)
            yield from self._plan_trackers(delta, plan)
        return self._write(delta, plan)

    # finding the differences

    def _plan_torrents(self, delta: Delta, plan: _Plan) -> Steps[None]:
        removed = set() if delta.full else set(delta.torrents_removed)
        ids = yield from ids_after(delta, self.torrents, self._ghosts, removed)
        for n, (torrent_hash, sent) in enumerate(delta.torrents.items()):
            if not n % _STEP:
                yield False
            if torrent_hash in ids.ghosts:
                continue
            known = None if torrent_hash in removed else self.torrents.get(torrent_hash)
            if known is None and (known := ids.moved.get(torrent_hash)):
                made = self._made(torrent_hash, sent)
                plan.patch(known, _difference(known, made) | {"hash": torrent_hash})
                plan.moved[known] = made.hash = torrent_hash
            elif known is None:
                plan.new[torrent_hash] = self._made(torrent_hash, sent)
            elif patch := _difference(known, sent):
                plan.patch(known, patch)
        plan.ghosts = ids.ghosts
        if delta.full:
            plan.gone = [t for h, t in self.torrents.items() if h not in delta.torrents or h in ids.ghosts]
        else:
            plan.gone = [t for h in removed | ids.ghosts.keys() if (t := self.torrents.get(h))]
        if plan.moved:
            plan.gone = [t for t in plan.gone if t not in plan.moved]
        yield False

    def _made(self, torrent_hash: str, sent: Torrent | dict[str, Json]) -> Torrent:
        if isinstance(sent, dict):
            if "name" not in sent:
                raise Desync(f"changes of an unknown torrent {torrent_hash[:40]}")
            made = Torrent(**sent)
        else:
            made = sent
        made.server = self.server_id
        if made.hash is not torrent_hash:
            made.hash = torrent_hash
            if made.infohash_v1 == torrent_hash:
                made.infohash_v1 = torrent_hash  # the same object: 100 bytes
        return made

    def _plan_first(self, delta: Delta, plan: _Plan) -> Steps[None]:
        """Take everything over, since nothing is there to compare with; each pass over 100,000 torrents is felt.

        Which trackers a torrent has is found out with the next answer: now nobody needs to know more than the hosts.
        """
        plan.first, plan.new = True, dict(delta.torrents)  # type: ignore[arg-type]  # there are only whole ones
        yield False
        plan.ghosts = yield from first_ghosts(plan.new)
        yield from set_hosts(delta.trackers, plan.new)
        without_host = set(delta.trackers.get("", ()))
        listed = bool(delta.trackers)
        items = iter(plan.new.items())
        while part := list(islice(items, _MANY)):
            for torrent_hash, t in part:
                self._made(torrent_hash, t)
                if not t.tracker_hosts and torrent_hash not in without_host:
                    t.tracker_hosts = hosts_of((t.tracker,)) if listed else own_hosts(t.tracker, t.magnet_uri)
            yield False

    def _plan_trackers(self, delta: Delta, plan: _Plan) -> Steps[None]:
        """Find the tracker hosts of torrents that are new, or whose trackers changed."""
        if self._urls is None:
            before: Urls = {}
            yield from urls_by_hash(self.trackers, self.torrents, before)
            self._urls = before
        urls = plan.urls
        if delta.full:
            yield from urls_by_hash(delta.trackers, delta.torrents, urls)
        else:
            yield from self._changed_urls(delta, self._urls, urls)
        touched = {t.hash for t, patch in plan.patches.items() if "tracker" in patch or "magnet_uri" in patch}
        if not delta.full:
            touched.update(urls)
        else:  # a torrent that was read between two polls has no URLs yet
            touched.update(self._urls, urls)
        yield False
        touched.difference_update(t.hash for t in chain(plan.new.values(), plan.gone, plan.moved))
        for n, torrent_hash in enumerate(touched):
            if not n % _STEP:
                yield False
            known = self.torrents.get(torrent_hash)
            if known is None:
                continue  # trackers may name a torrent that is gone
            patch = plan.patches.get(known, {})
            own = patch.get("tracker", known.tracker), patch.get("magnet_uri", known.magnet_uri)
            hosts = self._hosts(delta, urls, torrent_hash, *own)
            if hosts != known.tracker_hosts:
                plan.patch(known, {"tracker_hosts": hosts})
            if len(hosts) > _LONG:
                yield False
        for t, torrent_hash in plan.moved.items():
            patch = plan.patches[t]
            own = patch.get("tracker", t.tracker), patch.get("magnet_uri", t.magnet_uri)
            hosts = self._hosts(delta, urls, torrent_hash, *own)
            if hosts != t.tracker_hosts:
                plan.patch(t, {"tracker_hosts": hosts})
        for n, t in enumerate(plan.new.values()):
            if not n % _STEP:
                yield False
            t.tracker_hosts = self._hosts(delta, urls, t.hash, t.tracker, t.magnet_uri)
            if len(t.tracker_hosts) > _LONG:
                yield False

    def _hosts(self, delta: Delta, urls: Urls, torrent_hash: str, tracker: str, magnet: str) -> tuple[str, ...]:
        own = urls.get(torrent_hash)
        if own is None and not delta.full and self._urls:
            own = self._urls.get(torrent_hash)
        if own:
            return hosts_of(own)
        return hosts_of((tracker,)) if delta.trackers or self.trackers else own_hosts(tracker, magnet)

    def _changed_urls(self, delta: Delta, known: Urls, urls: Urls) -> Steps[None]:
        """Fill in the URLs of the torrents that a delta gave or took trackers."""
        touched: dict[str, set[str]] = {}
        lists = dict.fromkeys(delta.trackers_removed, ()) | delta.trackers
        for url, hashes in lists.items():
            yield False
            before, after = set(self.trackers.get(url, ())), set(hashes)
            for torrent_hash in before ^ after:
                own = touched.get(torrent_hash)
                if own is None:
                    own = touched[torrent_hash] = set(known.get(torrent_hash, ()))
                (own.add if torrent_hash in after else own.discard)(url)
        for torrent_hash, own in touched.items():
            urls[torrent_hash] = tuple(sorted(own))
            yield False

    # writing them

    def _write(self, delta: Delta, plan: _Plan) -> Changes:
        patches = plan.patches
        self.applied += 1
        changes = Changes(
            delta.full,
            list(plan.new.values()),
            plan.gone,
            list(patches),
            plan.fields,
            plan.states,
            number=self.applied,
            before=patches,
        )
        for t in chain(plan.gone, plan.moved):
            del self.torrents[t.hash]
        for t, patch in patches.items():
            for name, value in patch.items():
                patch[name] = getattr(t, name)  # what becomes Changes.before
                setattr(t, name, value)
        self.torrents.update((t.hash, t) for t in plan.moved)
        self.torrents.update(plan.new)
        self._ghosts = plan.ghosts
        self.sent |= delta.sent
        if plan.first:
            self._urls = None
        else:
            self._write_urls(delta, plan.urls)
        self._write_lists(delta, changes.lists)
        self.transfer.follow(changes, self.server)
        return changes

    def _write_urls(self, delta: Delta, urls: Urls) -> None:
        if delta.full or self._urls is None:
            self._urls = urls
            return
        for torrent_hash, own in urls.items():
            if own:
                self._urls[torrent_hash] = own
            else:
                self._urls.pop(torrent_hash, None)

    def _write_lists(self, delta: Delta, changed: set[str]) -> None:
        full, categories, tags = delta.full, self.categories, self.tags
        if full or delta.categories or delta.categories_removed:
            categories = merged(categories, delta.categories, delta.categories_removed, full=full)
        if full or delta.tags or delta.tags_removed:
            tags = ((set() if full else tags) - set(delta.tags_removed)) | set(delta.tags)
        trackers = self.trackers
        if full or delta.trackers or delta.trackers_removed:
            gone = set(delta.trackers_removed)
            kept = {} if full else {u: h for u, h in trackers.items() if u not in gone}
            trackers = kept | delta.trackers
        server = delta.server if full else self.server | delta.server
        server = {key: value for key, value in server.items() if value is not None}
        for name, value in (("categories", categories), ("tags", tags), ("trackers", trackers), ("server", server)):
            if value is not getattr(self, name) and value != getattr(self, name):
                setattr(self, name, value)
                changed.add(name)


def merged(
    rows: Mapping[str, dict[str, Json]], patches: Mapping[str, dict[str, Json]], removed: Iterable[str], *, full: bool
) -> dict[str, dict[str, Json]]:
    """Give rows by key after a delta: removed ones go first, then each patch changes some of its row.

    For every keyed list of the sync calls: categories, and the peers of ``sync/torrentPeers``.
    """
    if full:
        return {key: dict(patch) for key, patch in patches.items()}
    gone = set(removed)
    after = {key: row for key, row in rows.items() if key not in gone}
    for key, patch in patches.items():
        after[key] = after.get(key, {}) | patch
    return after


def _difference(known: Torrent, sent: Torrent | dict[str, Json]) -> dict[str, Json]:
    """Give the fields whose values differ from the known torrent's, with the new values."""
    if isinstance(sent, dict):
        return {name: value for name, value in sent.items() if getattr(known, name) != value}
    sent.server, sent.hash, sent.tracker_hosts = known.server, known.hash, known.tracker_hosts
    before, after = msgspec.structs.astuple(known), msgspec.structs.astuple(sent)
    if before == after:
        return {}
    return {name: new for name, old, new in zip(_FIELDS, before, after, strict=True) if old != new}
