"""Measure how soon a click shows: ``python -m tests.scale.click [--quick] [--json FILE]``.

The window stands on a display of its own, in a process of its own.  One torrent is selected, the toolbar's
Start and Stop are clicked in turns, at moments that hang together with no poll, and the time until the row's
state is another and has been painted is taken: the median and the worst of 20, and the worst without what was
left of a poll that was under way.  Beside it stands what a poll takes.  On the four real servers with 100 and
10,000 torrents, and on simulated ones of 4.1 and 4.4, which take the time that real ones took.  Times are
printed, never asserted: this machine is not the next one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path

from tests.real.servers import GENERATIONS, Server
from tests.scale.instruments import Display, Sim, child
from tests.scale.real import fill
from tests.scale.window import Figures, Spec

CLICKS = 20
REAL_COUNTS = (100, 10_000)
SIMULATED = (("4.1.7", 2_500), ("4.1.7", 5_000), ("4.4.1", 10_000))


def line(name: str, count: int, figures: Figures) -> str:
    times = {name: f"{figures[name]:5.2f} s" for name in ("median_s", "worst_s", "beyond_s", "poll_s")}
    return (
        f"  {name:<16} {count:>6} torrents   median {times['median_s']}   worst {times['worst_s']}"
        f"   beyond a running poll {times['beyond_s']} ({figures['in_poll']:.0f} clicks in one)"
        f"   a poll {times['poll_s']}   load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale.click", description="Measure how soon a click shows.")
    parser.add_argument("--quick", action="store_true", help="5 clicks, and no real server of 10,000")
    parser.add_argument("--only", help="servers whose name has this in it, as 4.1 or real")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    given = parser.parse_args()
    clicks = 5 if given.quick else CLICKS
    counts = REAL_COUNTS[:1] if given.quick else REAL_COUNTS
    found: dict[str, Figures] = {}

    def measured(name: str, count: int, spec: Spec, display: Display) -> None:
        usual = {"count": count, "clicks": clicks, "apart_s": 2.0, "user": "", "password": ""}
        figures = found[f"{name} {count}"] = child("clicking", usual | spec, display.env, limit_s=1800)
        print(line(name, count, figures), flush=True)

    def wanted(name: str) -> bool:
        return not given.only or given.only in name

    with Display() as display:
        for release, count in SIMULATED:
            if wanted(f"simulated {release}"):
                with Sim(count, release=release, slow=True) as sim:
                    measured(f"simulated {release}", count, {"url": sim.urls[0], "apart_s": 12.0}, display)
        for count in counts:
            for generation in GENERATIONS:
                if wanted(f"real {generation}"):
                    with Server(generation) as server:
                        asyncio.run(fill(server, count))
                        login = {"url": server.url, "user": server.user, "password": server.password}
                        measured(f"real {generation}", count, login, display)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
