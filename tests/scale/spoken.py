"""Measure what a screen reader costs: ``python -m tests.scale.spoken [--count 20000] [--json FILE]``.

The program runs twice on a simulated server, as in ``tests.scale.bench``: without an accessibility bus, and with
one on which somebody listens to everything.  Select all, sorting, filtering and a poll are done in both; the
longest gap of the window's loop is printed, by the clock and by the CPU.  Times are printed, never asserted.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from tests.scale.instruments import Display, Sim, child
from tests.scale.window import Figures
from tests.ui.fake_desktop import Desktop
from tests.ui.spoken import ALWAYS_ON, Listener, Spoken

SHARE = 0.01
SHOWN = {
    "select all": "select_all_ms",
    "sort": "sort_ms",
    "filter": "filter_ms",
    "category": "category_ms",
    "poll (median)": f"gap_median_ms_at_{SHARE}",
    "poll (99 %)": f"gap_p99_ms_at_{SHARE}",
}


def measured(count: int, env: dict[str, str]) -> Figures:
    with Sim(count) as sim:
        spec = {"do": "load", "urls": sim.urls, "count": count, "shares": [SHARE], "polls": 40, "repeats": 5}
        return child("window", spec, env, limit_s=600)


def listened(count: int, env: dict[str, str]) -> tuple[Figures, int]:
    """The same, and how many events were heard."""
    desktop = Desktop()
    try:
        bus = {"DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"]}
        with Spoken() as spoken, Listener(spoken) as listener:
            return measured(count, env | bus | ALWAYS_ON), listener.heard.total()
    finally:
        desktop.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale.spoken", description="Measure with a screen reader.")
    parser.add_argument("--count", type=int, default=20_000, help="how many torrents")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    given = parser.parse_args()
    with Display() as display:
        without = measured(given.count, display.env)
        with_reader, heard = listened(given.count, display.env)
    print(f"{given.count} torrents, longest gap of the loop (of that CPU); {heard} events were heard")
    for name, figure in SHOWN.items():
        times = [f"{found[figure]:6.0f} ms ({found[f'{figure}_cpu']:4.0f})" for found in (without, with_reader)]
        print(f"  {name:<14}  without {times[0]}   with a reader {times[1]}   load {os.getloadavg()[0]:.1f}")
    if given.json:
        given.json.write_text(json.dumps({"without": without, "with": with_reader}, indent=2) + "\n")


if __name__ == "__main__":
    main()
