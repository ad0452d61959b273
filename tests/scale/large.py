"""What very large inputs cost: ``python -m tests.scale.large [CASE...]``.

Each is given to the program itself, on a display of its own and with a simulated server in another process.  Printed:
the loop's longest gap while it is taken in, by the clock and by its own CPU time, memory before and the most of it, the
time until it is shown, and what is then to be seen of it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.scale.instruments import Display, resident_mb
from tests.scale.window import Figures, Rig, play
from tests.sim.details import Details
from tests.sim.faults import Link
from tests.sim.handler import Reply, Request
from tests.sim.server import SimServer
from tests.sim.world import World

Json = Any
FIRST = f"{1:040x}"
_PEER = {"client": "qBittorrent/5.1.2", "connection": "BT", "flags": "D X", "progress": 0.5, "dl_speed": 1000}
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Case:
    """``fill`` makes the server's part, ``see`` does something in the window and gives what came of it."""

    fill: Callable[[Large], None]
    see: Callable[[Rig], Awaitable[Json]]


class Large(Details):
    """A small server, of whose parts one is large.  A GET of /sim/grow makes it so."""

    def __init__(self, fill: Callable[[Large], None]) -> None:
        super().__init__(World("5.3.0"))
        self.lets_in = True
        self.world.fill(50)
        self._fill = fill
        self.files = b""

    def answer(self, request: Request) -> Reply:
        if urlsplit(request.target).path == "/sim/grow":
            self._fill(self)
            return Reply(200, b"Ok.")
        if self.files and request.endpoint == "torrents/files":
            return Reply(200, self.files, _JSON)
        reply = super().answer(request)
        del self.log[:]
        return reply


# what a server can have


def _categories(server: Large) -> None:
    known = len(server.world.categories)
    for n in range(50_000 if known < 50_000 else 1):
        server.world.add_category(f"shelf {(known + n) // 20}/category {known + n}", "/downloads")


def _tags(server: Large) -> None:
    known = len(server.world.tags)
    for n in range(20_000 if known < 20_000 else 1):
        server.world.add_tag(f"tag {known + n}")


def _hosts(server: Large) -> None:
    known, hashes = len(server.world.trackers), list(server.world.torrents)
    for n in range(100_000 if known < 100_000 else 1):
        url = f"https://tracker{known + n}.example.org/announce"
        server.world.trackers[url] = {hashes[n % len(hashes)]: None}
        for watcher in server.world.watchers:
            watcher.trackers.add(url)


def _long_name(server: Large) -> None:
    name = "n" * 2**20 + str(len(server.world.categories))
    server.world.add_category(name, "/downloads")
    server.world.set(FIRST, category=name)


def _paths(server: Large) -> None:
    for n in range(10_000):
        server.world.add(f"Elsewhere {n}", save_path=f"/downloads/{n // 100}/{n}")


def _million_files(server: Large) -> None:
    rows = (
        b'{"availability":1.5,"index":%d,"is_seed":false,"name":"Collection/%04d part/%07d - a file.bin",'
        b'"piece_range":[0,0],"priority":1,"progress":0.25,"size":7340032}' % (n, n // 1000, n)
        for n in range(1_000_000)
    )
    server.files = b"[" + b",".join(rows) + b"]"


def _deep_files(server: Large) -> None:
    names = ["/".join(["Deep", *(f"level {n}" for n in range(depth)), "file.bin"]) for depth in range(1000)]
    rows = [{"index": n, "name": name, "size": 1000, "priority": 1, "progress": 0.5} for n, name in enumerate(names)]
    server.files = json.dumps(rows).encode()


def _trackers_of_one(server: Large) -> None:
    rows = [
        {"url": f"https://tracker{n}.example.org/announce", "tier": n, "status": 2, "msg": "", "num_peers": n}
        for n in range(10_000)
    ]
    server.told["torrents/trackers"][FIRST] = rows


def _peers_of_one(server: Large) -> None:
    server.peers[FIRST] = {
        f"10.{n // 65536}.{n // 256 % 256}.{n % 256}:6881": _PEER | {"ip": f"10.0.{n // 256}.{n % 256}", "port": 6881}
        for n in range(5000)
    }


def _log(server: Large) -> None:
    for n in range(100_000):
        server.world.say(f"Line {n} of a log about something that the server did to a torrent")


def _cookies(server: Large) -> None:
    cookie = {"domain": "tracker.example.org", "path": "/", "value": "x" * 40, "expirationDate": 1_900_000_000}
    server.world.cookies = [cookie | {"name": f"name {n}"} for n in range(200_000)]


def _nothing(_server: Large) -> None:
    """The input is given to the window."""


# what is seen of it


async def _grow(rig: Rig) -> None:
    host, port = rig.spec["urls"][0].removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /sim/grow HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
    await reader.readuntil(b"Ok.")
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.2)


async def _polls(rig: Rig, number: int) -> None:
    (session,) = rig.sessions
    for _poll in range(number):
        applied = session.mirror.applied
        session.poke()
        await rig.until(lambda applied=applied: session.mirror.applied > applied)  # type: ignore[misc]  # as in window.py
        await asyncio.sleep(0.3)


def _section(id: str) -> Callable[[Rig], Awaitable[Json]]:
    """A section of the sidebar, after a poll brought it, one more brought one more, and a menu was opened."""

    async def see(rig: Rig) -> Json:
        model = rig.main.sidebar.model()

        def rows() -> int:
            title = model.title(id)
            return int(model.rowCount(title))

        rig.main.sidebar.setExpanded(model.title(id), True)
        before = rows()
        (session,) = rig.sessions
        session.poke()
        await rig.until(lambda: rows() > before)
        await asyncio.sleep(1)
        await _grow(rig)
        await _polls(rig, 2)
        rig.main.table.select_rows([rig.main.model.rows[0]])
        menu = rig.main.actions_.context_menu()
        menu.aboutToShow.emit()
        for action in menu.actions():
            if (inside := action.menu()) is not None:
                inside.aboutToShow.emit()
                await asyncio.sleep(0.02)
        last = model.index(rows() - 1, 0, model.title(id)).data()
        mirror = session.mirror
        known = {"category": mirror.categories, "tag": mirror.tags, "tracker": mirror.trackers, "path": ()}[id]
        return {"known": len(known), "rows": rows(), "last": str(last)[:60]}

    return see


def _tab(id: str, least: int, expanded: int = 0) -> Callable[[Rig], Awaitable[Json]]:
    async def see(rig: Rig) -> Json:
        details = rig.main.details
        details.show_tab(id)
        rig.main.table.select_rows([t for t in rig.main.model.rows if t.hash == FIRST])
        panel = details.panel(id)
        await rig.until(lambda: panel.model.rowCount() >= least)
        await asyncio.sleep(3)  # polls
        if id != "content":
            return {"rows": panel.model.rowCount()}
        panel.model.expand_all(True)
        await rig.until(lambda: panel.model.rowCount() >= expanded)
        rows = panel.model.rowCount()
        panel.tree.box.setText("999")
        await rig.until(lambda: panel.model.rowCount() < rows)
        panel.tree.box.clear()
        await rig.until(lambda: panel.model.rowCount() == rows)
        return {"rows": rows, "cut": panel.cut.text()}

    return see


async def _see_log(rig: Rig) -> Json:
    from qbt_remote.ui.admin.log_window import LogWindow

    rig.main.actions_.action("log").trigger()
    window = await _shown(rig, LogWindow)
    await rig.until(lambda: window.main.model.rowCount() > 0)
    rows = window.main.model.rowCount()
    last = window.main.model.line(rows - 1)
    window.close()
    return {"rows": rows, "last": last[-60:]}


async def _see_cookies(rig: Rig) -> Json:
    from qbt_remote.ui.admin.cookies import CookiesDialog

    rig.main.actions_.action("cookies").trigger()
    dialog = await _shown(rig, CookiesDialog)
    rows, all = dialog.table.rowCount(), len(dialog.cookies())
    dialog.reject()
    return {"rows": rows, "kept": all}


async def _shown(rig: Rig, kind: type[Any]) -> Any:
    from PySide6.QtWidgets import QApplication

    def found() -> Any:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)

    await rig.until(lambda: found() is not None)
    return found()


async def _first_dialog(rig: Rig) -> None:
    """Open the add dialog once: what is imported and made for it is no matter of what is given."""
    from qbt_remote.api.adding.given import from_text
    from qbt_remote.ui.add.add_dialog import AddDialog

    rig.main.add(from_text("a" * 40))
    dialog = await _shown(rig, AddDialog)
    await rig.until(lambda: bool(dialog.model.entries))
    dialog.reject()
    await asyncio.sleep(0.5)


def _lines(line: Callable[[int], str], count: int = 100_000) -> Callable[[Rig], Awaitable[Json]]:
    async def see(rig: Rig) -> Json:
        from PySide6.QtGui import QGuiApplication

        from qbt_remote.ui.add.add_dialog import AddDialog

        await _first_dialog(rig)
        QGuiApplication.clipboard().setText("\n".join(map(line, range(1, count + 1))))
        await asyncio.sleep(0.3)
        rig.heart.take()
        began = time.perf_counter()
        rig.main.paste()
        dialog = await _shown(rig, AddDialog)
        await rig.until(lambda: len(dialog.model.entries) == count)
        took = time.perf_counter() - began
        await asyncio.sleep(0.5)
        chosen = dialog.model.to_send
        dialog.reject()
        return {"rows": len(dialog.model.entries), "to send": chosen, "s": round(took, 1)}

    return see


def _file(data: Callable[[], bytes], *, send: bool) -> Callable[[Rig], Awaitable[Json]]:
    async def see(rig: Rig) -> Json:
        from qbt_remote.api.adding.given import from_paths
        from qbt_remote.ui.add.add_dialog import AddDialog

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "large.torrent"
            file.write_bytes(data())
            await _first_dialog(rig)
            rig.heart.take()
            rig.main.add(from_paths([file]))
            dialog = await _shown(rig, AddDialog)
            await rig.until(lambda: bool(dialog.model.entries))
            (entry,) = dialog.model.entries
            await rig.until(lambda: entry.content is not None)
            await asyncio.sleep(1)
            seen = {"bytes": file.stat().st_size, "size": entry.size, "note": dialog.files.note.text()}
        if send:
            dialog.add_all()
            await rig.until(lambda: not dialog.model.to_send)
            await asyncio.sleep(1)
            return seen | {"result": f"{entry.state} {entry.reason}".strip()}
        dialog.reject()
        return seen

    return see


def padded_torrent(size: int) -> bytes:
    """A .torrent file of about this size: its pieces, and a comment."""
    count = size // 30
    info = b"d6:lengthi%de4:name5:large12:piece lengthi16384e6:pieces%d:%se" % (
        count * 16384,
        count * 20,
        b"p" * 20 * count,
    )
    return b"d7:comment%d:%s4:info%se" % (size // 3, b"c" * (size // 3), info)


def torrent_of_many(count: int) -> bytes:
    """A .torrent file with so many files of 16 bytes."""
    files = b"".join(b"d6:lengthi16e4:pathl4:%04d11:%07d.binee" % (n // 1000, n) for n in range(count))
    return b"d4:infod5:filesl%se4:name4:many12:piece lengthi16777216e6:pieces20:%see" % (files, b"p" * 20)


CASES: dict[str, Case] = {
    "50,000 categories": Case(_categories, _section("category")),
    "20,000 tags": Case(_tags, _section("tag")),
    "100,000 tracker hosts": Case(_hosts, _section("tracker")),
    "10,000 save paths": Case(_paths, _section("path")),
    "a category of 1 MB": Case(_long_name, _section("category")),
    "1,000,000 files": Case(_million_files, _tab("content", 1, 200_000)),
    "a tree 1,000 deep": Case(_deep_files, _tab("content", 1, 2000)),
    "10,000 trackers": Case(_trackers_of_one, _tab("trackers", 10_000)),
    "5,000 peers": Case(_peers_of_one, _tab("peers", 5000)),
    "a log of 100,000 lines": Case(_log, _see_log),
    "200,000 cookies": Case(_cookies, _see_cookies),
    "one hash pasted": Case(_nothing, _lines(lambda n: f"{n:040x}", 1)),
    "100,000 hashes pasted": Case(_nothing, _lines(lambda n: f"{n:040x}")),
    "100,000 magnets pasted": Case(
        _nothing, _lines(lambda n: f"magnet:?xt=urn:btih:{n:040x}&dn=Some+name+{n}&tr=http%3A%2F%2Ft{n}.test%2Fa")
    ),
    "100,000 links pasted": Case(_nothing, _lines(lambda n: f"https://host{n}.test/{n}.torrent")),
    "a .torrent of 60 MB": Case(_nothing, _file(lambda: padded_torrent(60 * 2**20), send=True)),
    "a .torrent of 1,000,000 files": Case(_nothing, _file(lambda: torrent_of_many(1_000_000), send=False)),
}


def _status_mb(field: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1000


def _count_most_from_now() -> None:
    Path("/proc/self/clear_refs").write_text("5")


async def _measured(rig: Rig) -> Figures:
    case = CASES[rig.spec["case"]]
    await rig.complete()
    await asyncio.sleep(2)  # what is imported after the first paint
    await _grow(rig)
    gc.collect()
    before = resident_mb()
    _count_most_from_now()
    rig.heart.take()
    began = time.perf_counter()
    seen = await case.see(rig)
    took = time.perf_counter() - began
    gap = rig.heart.take()
    return {
        "gap": gap.ms,
        "cpu gap": gap.cpu_ms,
        "before": before,
        "most": _status_mb("VmHWM"),
        "after": resident_mb(),
        "s": took,
        "seen": seen,
    }


async def _serve(case: str) -> None:
    gc.disable()
    async with SimServer(Link(Large(CASES[case].fill))) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


def _measure(case: str, display: Display) -> None:
    me = [sys.executable, "-m", "tests.scale.large", case]
    with subprocess.Popen([*me, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        url = server.stdout.readline().strip()
        done = subprocess.run(
            [*me, "--drive", url], env=display.env, capture_output=True, text=True, check=False, timeout=300
        )
        server.kill()
    if done.returncode:
        print(f"{case}: {done.stdout[-500:]}{done.stderr[-1500:]}", flush=True)
        return
    figures = json.loads(done.stdout.splitlines()[-1])
    seen = figures.pop("seen")
    shown = "  ".join(f"{name} {value:6.1f}" for name, value in figures.items())
    print(f"{case:30} {shown}  {json.dumps(seen)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--drive", default="")
    given = parser.parse_args()
    if given.serve:
        asyncio.run(_serve(given.cases[0]))
    elif given.drive:
        from qbt_remote.__main__ import import_qt

        import_qt()  # as the program does: else PySide reads the source of every module that is imported later
        gc.disable()  # as the program does until its window stands
        print(json.dumps(play({"urls": [given.drive], "count": 50, "case": given.cases[0]}, _measured)), flush=True)
        os._exit(0)
    else:
        with Display() as display:
            for case in given.cases:
                _measure(case, display)


if __name__ == "__main__":
    main()
