"""A world as large as wanted that never stands still: for benchmarks, and to look at the window by hand.

``make`` fills it so that an answer has the size and the variety of a real one: 1.6 KB for a torrent of 5.3.
A ``Crowd`` is a handler whose world changes before each poll by what ``Churn`` says; a GET of
``/sim/churn?share=0.01&added=3`` sets it while it runs.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as counter
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from tests.sim.handler import Handler, Reply, Request, pack
from tests.sim.protocol import Sync, sync_for
from tests.sim.world import World

Json = Any
_BEGAN = 1_700_000_000
_KINDS = (
    *("stalledUP",) * 9,
    *("uploading",) * 4,
    *("stoppedUP",) * 3,
    *("downloading",) * 2,
    *("stalledDL", "stoppedDL", "queuedDL", "queuedUP", "error", "forcedUP", "checkingUP"),
)
_WORDS = (
    *("Northern", "Lights", "Harbour", "Archive", "Concert", "Lectures", "Orbit", "Atlas", "Garden", "Winter"),
    *("River", "Museum", "Signals", "Voyage", "Letters", "Mountain", "Station", "Island", "Machine", "Summer"),
)
_KINDS_OF_FILE = ("1080p WEB x264", "2160p HDR x265", "FLAC 24-96", "iso", "EPUB", "720p")


def make(count: int, release: str = "5.3.0", *, categories: int = 12, tags: int = 20, trackers: int = 8) -> World:
    """Make a world of so many torrents; the same one for the same numbers."""
    world, dice = World(release), random.Random(count)
    names = [_category(n) for n in range(categories)]
    for name in names:
        world.add_category(name, f"/downloads/{name}")
    for n in range(tags):
        world.add_tag(f"tag {n:04d}")
    labels = list(world.tags)
    hashes: dict[str, list[str]] = {f"https://tracker{n}.example.org/announce": [] for n in range(trackers)}
    urls = list(hashes)
    for n in range(count):
        own = {
            "category": dice.choice(names) if names and dice.random() < 0.9 else "",
            "tags": ", ".join(sorted(dice.sample(labels, min(len(labels), dice.randrange(3))))),
        }
        url = urls[dice.randrange(trackers)]
        made = _add(world, n, dice, url, **own)
        hashes[url].append(made)
        world.set(made, trackers_count=1, tracker=url)
    world.trackers = {url: dict.fromkeys(own) for url, own in hashes.items() if own}
    return world


def _category(n: int) -> str:
    """A tree, mostly two levels deep."""
    return f"shelf {n // 20}" if not n % 20 else f"shelf {n // 20}/category {n}"


def _add(world: World, n: int, dice: random.Random, url: str, **own: Json) -> str:
    torrent_hash = hashlib.sha1(f"{n} {url}".encode()).hexdigest()
    name = _name(n, dice)
    own["infohash_v1"] = torrent_hash
    own["magnet_uri"] = f"magnet:?xt=urn:btih:{torrent_hash}&dn={quote(name)}&tr={quote(url, safe='')}"
    own["content_path"] = own["root_path"] = f"/downloads/{name}"
    return world.add(name, torrent_hash, **_figures(dice), **own)


def _name(n: int, dice: random.Random) -> str:
    words = " ".join(dice.sample(_WORDS, 3))
    return f"{words} S{dice.randrange(12):02d}E{dice.randrange(30):02d} ({1960 + n % 65}) {dice.choice(_KINDS_OF_FILE)}"


def _figures(dice: random.Random) -> dict[str, Json]:
    """The numbers of one torrent; they hang together as they do in a real one."""
    state = dice.choice(_KINDS)
    size = int(math.exp(dice.uniform(math.log(10**6), math.log(10**11))))
    progress = dice.random() if state.endswith("DL") or state == "downloading" else 1.0
    uploaded = int(size * dice.random() * 3)
    completed = int(size * progress)
    added = _BEGAN + dice.randrange(50_000_000)
    # fmt: off
    return {
        "state": state, "size": size, "total_size": size, "progress": progress, "completed": completed,
        "downloaded": completed, "uploaded": uploaded, "amount_left": size - completed,
        "ratio": uploaded / max(completed, 1), "popularity": dice.random() * 10, "availability": dice.random() * 40,
        "dlspeed": dice.randrange(10**7) if state == "downloading" else 0,
        "upspeed": dice.randrange(10**6) if state in ("uploading", "forcedUP") else 0,
        "num_complete": dice.randrange(300), "num_incomplete": dice.randrange(100), "num_seeds": dice.randrange(20),
        "added_on": added, "completion_on": added + 9000 if progress == 1 else -1, "seen_complete": added + 9999,
        "last_activity": added + dice.randrange(10**6), "time_active": dice.randrange(10**7),
        "seeding_time": dice.randrange(10**7), "piece_size": 2**20, "pieces_num": size // 2**20 + 1,
        "save_path": "/downloads", "created_by": "qBittorrent v5.1.2", "reannounce": dice.randrange(1800),
    }
    # fmt: on


@dataclass(frozen=True, slots=True)
class Churn:
    """What changes between two polls."""

    share: float = 0.0
    """Of the torrents: so many move data."""
    states: float = 0.05
    """Of those: so many change their state as well."""
    added: int = 0
    removed: int = 0
    categories: int = 0
    """So many torrents get another category, and as many categories come and go."""
    tags: int = 0


class Crowd(Handler):
    """Answers for a large world, and keeps it moving.  Nobody has to log in."""

    def __init__(self, world: World, churn: Churn | None = None, *, seed: int = 1) -> None:
        super().__init__(world, lets_in=True)
        self.churn = churn or Churn()
        self._dice = random.Random(seed)
        self._numbers = counter(10**9)
        self._kept: Reply | None = None
        """The full answer, as long as nothing has changed since it was made."""

    def warm(self) -> None:
        """Have the first full answer ready before anybody asks."""
        self._full(sync_for(self.world))

    def answer(self, request: Request) -> Reply:
        del self.log[:]
        if urlsplit(request.target).path == "/sim/churn":
            self._set_churn(dict(parse_qsl(urlsplit(request.target).query)))
            return Reply(200, b"Ok.")
        if request.method == "POST":
            self._kept = None
        return super().answer(request)

    def _set_churn(self, form: dict[str, str]) -> None:
        self.churn = msgspec.convert(form, Churn, strict=False)

    def maindata(self, session: Sync, rid: int) -> Reply:
        if rid == 0:
            return self._full(session)
        if self.churn != Churn():
            self._kept = None
            self.move()
        return super().maindata(session, rid)

    def _full(self, session: Sync) -> Reply:
        # a session's first answer has the rid 1
        if self._kept is None or session.answer(0)["rid"] != 1:
            self._kept = super().maindata(session, 0)
            pack(self._kept)
        return Reply(200, self._kept.body, dict(self._kept.headers))

    def move(self) -> None:
        """Let the world change once."""
        world, dice, churn = self.world, self._dice, self.churn
        hashes = list(world.torrents)
        for torrent_hash in dice.sample(hashes, int(len(hashes) * churn.share)):
            world.set(torrent_hash, **self._moved(world.torrents[torrent_hash]))
        world.set_server(dl_info_speed=dice.randrange(10**8), up_info_speed=dice.randrange(10**7))
        for torrent_hash in dice.sample(hashes, min(churn.removed, len(hashes))):
            world.remove(torrent_hash)
        urls = list(world.trackers)
        for n in self._new(churn.added):
            url = dice.choice(urls) if urls else "http://first.example.org/announce"
            made = _add(world, n, dice, url)
            world.set_trackers(made, [url])
        self._move_lists()

    def _new(self, count: int) -> Iterator[int]:
        return (next(self._numbers) for _ in range(count))

    def _move_lists(self) -> None:
        world, dice, churn = self.world, self._dice, self.churn
        hashes = list(world.torrents) if churn.categories or churn.tags else []
        for n in self._new(churn.categories):
            world.add_category(f"new {n}")
            world.set(dice.choice(hashes), category=f"new {n}")
            world.remove_category(f"new {n - 10 * churn.categories}")
        for n in self._new(churn.tags):
            world.tag(dice.choice(hashes), [f"new {n}"])
            world.remove_tag(f"new {n - 10 * churn.tags}")

    def _moved(self, row: dict[str, Json]) -> dict[str, Json]:
        """What a busy torrent has new after a second and a half: 15 fields, and now and then its state."""
        dice = self._dice
        down, up = dice.randrange(10**7), dice.randrange(10**6)
        # fmt: off
        moved = {
            "dlspeed": down, "upspeed": up, "eta": dice.randrange(8_640_000), "progress": dice.random(),
            "downloaded": row["downloaded"] + down, "downloaded_session": row["downloaded_session"] + down,
            "uploaded": row["uploaded"] + up, "uploaded_session": row["uploaded_session"] + up,
            "completed": row["completed"] + down, "amount_left": max(0, row["amount_left"] - down),
            "ratio": row["ratio"] + 1e-4, "time_active": row["time_active"] + 2, "num_seeds": dice.randrange(40),
            "num_leechs": dice.randrange(40), "last_activity": row["last_activity"] + 2,
        }
        # fmt: on
        return moved | ({"state": dice.choice(_KINDS)} if dice.random() < self.churn.states else {})
