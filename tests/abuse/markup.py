"""Markup in every text that a server sends, and what shows whether any of it was obeyed."""

from __future__ import annotations

import base64
import ctypes
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent, QImage, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QErrorMessage,
    QLabel,
    QMenu,
    QMessageBox,
    QTextEdit,
    QToolTip,
    QWidget,
)

from tests.real.proxy import Request

MARK = "CANARY"
_KEPT = {"state", "hash", "infohash_v1", "infohash_v2", "connection_status", "ip", "magnet_uri", "rid", "locale"}
"""Fields without which there would be nothing to show."""
_CODES = {"client", "connection", "flags", "i2p_dest"}
_MAGENTA = b"\xff\x00\xff\xff" * 8
_OPENED, _READ = 0x20, 0x01
_MOST_CELLS, _MOST_COLUMNS, _MOST_ROWS = 40, 16, 30


def png() -> bytes:
    """A picture of one magenta pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0\xff\0\xff")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class Markup:
    """Wraps texts into markup; ``fields`` are the names of all that were."""

    def __init__(self, picture: Path) -> None:
        data = base64.b64encode(png()).decode()
        self.before = (
            f'<a href="http://canary.test/"><img src="file://{picture}"><img src="{picture}">'
            f'<img src="data:image/png;base64,{data}" width=40 height=40><b>{MARK} '
        )
        self.fields: set[str] = set()

    def text(self, text: str) -> str:
        return f"{self.before}{text}</b></a>"

    def edit(self, request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Put markup into an answer; for ``Proxy.edit``.  A torrent that is to be started is refused with some."""
        name = request.path.partition("/api/v2/")[2].partition("?")[0]
        if name in ("torrents/start", "torrents/resume"):
            return _head(body := self.text("refused").encode(), "409 Conflict", "text/plain"), body
        if name.startswith("auth/") or b"application/json" not in head.lower():
            return head, body
        encoded = b"content-encoding: gzip" in head.lower()
        answer = json.loads(zlib.decompress(body, wbits=31) if encoded else body)
        if added := _ROWS.get(name):
            answer = added(answer)
        body = json.dumps(self._wrapped(name, answer)).encode()
        cookies = b"".join(
            line + b"\r\n" for line in head.split(b"\r\n") if line.lower().startswith(b"set-cookie")
        ).decode()
        return _head(body, "200 OK", "application/json", cookies), body

    def _wrapped(self, field: str, value: Any) -> Any:
        if isinstance(value, str):
            if field.rpartition(".")[2] in _KEPT or not value:
                return value
            self.fields.add(field)
            return self.text(value)
        if isinstance(value, list):
            return [self._wrapped(field, each) for each in value]
        if isinstance(value, dict):
            named = field.endswith((".categories", ".trackers"))
            return {
                self.text(key) if named else key: self._wrapped(
                    f"{field.partition('.')[0]}.{key}" if not _is_id(key) else field, each
                )
                for key, each in value.items()
            }
        return value


def _is_id(key: str) -> bool:
    return len(key) == 40 or "://" in key or ":" in key


def _head(body: bytes, status: str, kind: str, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode()


def _peers(answer: dict[str, Any]) -> dict[str, Any]:
    fields = {name: name for name in (*_CODES, "country", "country_code", "flags_desc", "files", "peer_id_client")}
    return answer | {"full_update": True, "peers": {"127.0.0.1:1": fields | {"ip": "127.0.0.1", "port": 1}}}


_ROWS: dict[str, Any] = {
    "sync/torrentPeers": _peers,
    "torrents/trackers": lambda _answer: [
        {"url": "http://t.test/announce", "status": 4, "tier": 0, "msg": "not known"}
    ],
    "torrents/webseeds": lambda _answer: [{"url": "http://seed.test/"}],
}


class Opened:
    """Counts how often files of a folder are opened or read, by anybody."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._watch = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._watch, os.fsencode(folder), _OPENED | _READ) >= 0

    def count(self) -> int:
        """How often since it was last asked."""
        try:
            return len(os.read(self._watch, 1 << 20)) // 16
        except BlockingIOError:
            return 0

    def close(self) -> None:
        os.close(self._watch)


class Judge:
    """Looks at windows: ``rich`` has what Qt would show as HTML, ``seen`` how many marked texts there were."""

    def __init__(self) -> None:
        self.rich: list[str] = []
        self.seen = 0
        self.pictures = 0
        self.windows = 0

    def look(self, window: QWidget, name: str) -> None:
        self.windows += 1
        for text, what in _shown(window):
            self.seen += MARK in text
            if what != "plain label" and Qt.mightBeRichText(text):
                self.rich.append(f"{name}: {what}: {text[:80]!r}")
        for widget in window.findChildren(QWidget):
            if isinstance(widget, QTextEdit | QMessageBox | QErrorMessage):
                self.rich.append(f"{name}: {type(widget).__name__}")
        self.pictures += _has_magenta(window)


def _shown(window: QWidget) -> Iterator[tuple[str, str]]:
    """Every text of which Qt may make HTML, and where it stands; and those of labels that are told to be plain."""
    for widget in (window, *window.findChildren(QWidget)):
        yield widget.toolTip(), f"tip of {type(widget).__name__}"
        if isinstance(widget, QLabel):
            plain = widget.textFormat() == Qt.TextFormat.PlainText
            yield widget.text(), "plain label" if plain else "label"
        if isinstance(widget, QMenu) and widget.toolTipsVisible():
            yield from ((action.toolTip(), "tip in a menu") for action in widget.actions())
        if isinstance(widget, QAbstractItemView) and widget.isVisible() and widget.model() is not None:
            yield from ((text, f"tip in {type(widget).__name__}") for text in _tips(widget))


def _tips(view: QAbstractItemView) -> Iterator[str]:
    model, asked = view.model(), 0
    for row in range(min(model.rowCount(view.rootIndex()), _MOST_ROWS)):
        for column in range(_MOST_COLUMNS):
            index = model.index(row, column, view.rootIndex())
            if not index.isValid():
                break
            place = view.visualRect(index)
            if place.isEmpty() or asked == _MOST_CELLS:
                continue
            asked += 1
            at = place.center()
            event = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
            QApplication.sendEvent(view.viewport(), event)
            yield QToolTip.text()


def _has_magenta(window: QWidget) -> bool:
    shown = [window, *(w for w in QApplication.topLevelWidgets() if w.objectName() == "qtooltip_label")]
    images = (widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32) for widget in shown)
    return any(_MAGENTA in bytes(image.constBits()) for image in images if not image.isNull())
