"""What one poll of 100 changes costs among 1,000 to 1,000,000 torrents, fed to mirror and table directly.

Reads ``{"counts": [...]}`` and prints figures as JSON: work is counted, and time is shown beside it.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from qbt_remote.sync.delta import Delta
from tests.scale.work import Stage, states, traffic

POLLS = 15
KINDS: dict[str, tuple[str, Callable[[Stage], Delta]]] = {
    "traffic": ("name", lambda stage: stage.changed(traffic)),
    "traffic, sorted by it": ("dlspeed", lambda stage: stage.changed(traffic)),
    "states": ("name", lambda stage: stage.changed(states)),
    "5 come, 5 go": ("name", lambda stage: stage.came_and_went(5)),
}


def measure(count: int, sort: str, make: Callable[[Stage], Delta]) -> tuple[float, int, int]:
    """Median milliseconds of a poll, uses of torrents, kilobytes."""
    stage = Stage(count, sort=sort)
    gc.collect()
    gc.freeze()
    took: list[float] = []
    for _poll in range(POLLS):
        delta = make(stage)
        began = time.perf_counter()
        stage.tell(delta)
        QApplication.processEvents()
        took.append(time.perf_counter() - began)
    work = stage.work(lambda: make(stage))
    stage.close()
    gc.unfreeze()
    return statistics.median(took) * 1000, work.touches, work.kilobytes


def main() -> None:
    app = QApplication([])
    figures: dict[str, float] = {}
    for count in json.load(sys.stdin)["counts"]:
        for kind, (sort, make) in KINDS.items():
            values = measure(count, sort, make)
            names = ("ms", "touches", "kb")
            figures |= {f"{kind}|{count}|{name}": value for name, value in zip(names, values, strict=True)}
    print(json.dumps(figures), flush=True)
    del app
    os._exit(0)


if __name__ == "__main__":
    main()
