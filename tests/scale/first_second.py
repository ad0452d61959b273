"""Measure the longest gap of the loop after the first paint: ``python -m tests.scale.first_second``.

Each start is a process of its own; in turns with them a bare window, with the same timer, shows what this machine has
at least.  ``--gaps`` tells when the longest ones ended, too.
"""

from __future__ import annotations

import argparse
import statistics
from typing import Any

from tests.scale.instruments import Display, Sim, child
from tests.scale.starting import TOLD

COUNTS = (200, 10_000, 100_000)
LINE = "{:>9}  {:>6}  {:>6.1f} {:>6.1f}  {:>6.1f} {:>6.1f}  {:>6}"
HEAD = "{:>9}  {:>6}  {:>13}  {:>13}  {:>6}"


def told(figures: dict[str, Any]) -> str:
    names = [(f"{n}_ms", f"{n}_ms_cpu", f"{n}_at_ms") for n in range(TOLD)]
    gaps = [map(figures.__getitem__, gap) for gap in names if gap[0] in figures]
    return "   ".join("{:.0f} ms (CPU {:.0f}) at {:.0f}".format(*gap) for gap in gaps)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale.first_second", description="Measure the first second.")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--gaps", action="store_true", help="tell the longest ones, with the ms after the first paint")
    parser.add_argument("--count", type=int, nargs="*", default=COUNTS, help="torrents of the server")
    given = parser.parse_args()
    print("longest gap after the first paint, in ms, and that of a bare window; from the list to the first delta")
    print(HEAD.format("torrents", "start", "program   CPU", "window   CPU", "delta"))
    with Display() as display, Sim(10) as sim:
        child("starting", {"url": sim.urls[0], "seconds": 1}, display.env)  # compiles the modules
        for count in given.count:
            of_count(count, given, display)


def of_count(count: int, given: argparse.Namespace, display: Display) -> None:
    gaps: list[tuple[float, float]] = []
    for start in range(given.starts):
        floor: dict[str, Any] = child("starting", {"seconds": given.seconds}, display.env)
        with Sim(count) as sim:
            own: dict[str, Any] = child("starting", {"url": sim.urls[0], "seconds": given.seconds}, display.env)
        gaps.append((own["gap_ms"], floor["gap_ms"]))
        delta = own.get("list_to_delta_s")
        after = f"{delta:.2f} s" if delta else "-"
        figures = own["gap_ms"], own["gap_ms_cpu"], floor["gap_ms"], floor["gap_ms_cpu"]
        print(LINE.format(f"{count:,}", start + 1, *figures, after), flush=True)
        if own["rows"] != count:
            print(f"{'':>9}  only {own['rows']:,} rows were there")
        if given.gaps:
            print(f"{'':>9}  {told(own)}")
    program, window = (statistics.median(column) for column in zip(*gaps, strict=True))
    print(f"{'':>9}  median  {program:>6.1f} {'':>6}  {window:>6.1f}")


if __name__ == "__main__":
    main()
