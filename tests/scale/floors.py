"""What cannot be beaten, measured beside each run: decoding alone, and a C++ model's repaint.

Reads ``{"url": ..., "shares": [...]}`` and prints figures as JSON.
"""

from __future__ import annotations

import gc
import gzip
import http.cookiejar
import json
import statistics
import sys
import time
import urllib.request
from typing import Any

import msgspec

from tests.scale.instruments import Gap, Heart, over_polls, resident_mb

REPAINTS = 60
EVERY_MS = 60
CELLS = (60, 15)


class Server:
    """Asks a simulated server as plainly as can be."""

    def __init__(self, url: str) -> None:
        self._url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(jar).open

    def get(self, path: str) -> bytes:
        with self._open(urllib.request.Request(self._url + path, headers={"Accept-Encoding": "gzip"})) as answer:
            body: bytes = answer.read()
            return gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body


def decoding(url: str, shares: list[float]) -> dict[str, float]:
    """Decode a full answer and some deltas, each as one, into the program's own type."""
    from qbt_remote.sync.torrent import Torrent

    server = Server(url)
    body = server.get("/api/v2/sync/maindata?rid=0")
    whole: Any = msgspec.json.Decoder(msgspec.defstruct("Answer", [("torrents", dict[str, Torrent], {})]))
    gc.collect()
    before, began = resident_mb(), time.perf_counter()
    answer = whole.decode(body)
    took = time.perf_counter() - began
    figures = {"decode_s": took, "decoded_mb": resident_mb() - before, "answer_mb": len(body) / 1e6}
    del answer
    rows: Any = msgspec.json.Decoder(msgspec.defstruct("Delta", [("torrents", dict[str, dict[str, Any]], {})]))
    rid = 1
    for share in shares:
        server.get(f"/sim/churn?share={share}")
        cost = []
        for _poll in range(5):
            delta = server.get(f"/api/v2/sync/maindata?rid={rid}")
            rid += 1
            cpu = time.process_time()
            rows.decode(delta)
            cost.append(time.process_time() - cpu)
        figures[f"decode_ms_at_{share}"] = statistics.median(cost) * 1000
    server.get("/sim/churn?share=0")
    return figures


def painting() -> dict[str, float]:
    """Repaint a table whose cells come from C++, again and again, with the heart beating."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QStandardItem, QStandardItemModel
    from PySide6.QtWidgets import QApplication, QHeaderView, QMainWindow, QTableView

    app = QApplication([])
    model = QStandardItemModel()
    for row in range(CELLS[0]):
        model.appendRow([QStandardItem(f"{row * 7919} some text {column}") for column in range(CELLS[1])])
    window, table = QMainWindow(), QTableView()
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.setModel(model)
    window.setCentralWidget(table)
    window.resize(1280, 800)
    window.show()
    empty_mb = resident_mb()
    took: list[float] = []
    cpu: list[float] = []
    worst: list[Gap] = []
    heart = Heart()

    def repaint() -> None:
        began, used = time.perf_counter(), time.process_time()
        table.viewport().repaint()
        took.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        worst.append(heart.take())
        if len(took) == REPAINTS:
            app.quit()

    timer = QTimer()
    timer.timeout.connect(repaint)
    QTimer.singleShot(300, lambda: timer.start(EVERY_MS))
    app.exec()
    return {
        "repaint_ms": statistics.median(took) * 1000,
        "repaint_ms_cpu": statistics.median(cpu) * 1000,
        "window_mb": empty_mb,
    } | over_polls(worst[1:])


def main() -> None:
    spec = json.load(sys.stdin)
    print(json.dumps(painting() | decoding(spec["url"], spec["shares"])))


if __name__ == "__main__":
    main()
