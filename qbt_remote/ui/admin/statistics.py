"""The statistics of a server, as they come with its polls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QGroupBox, QLabel

from qbt_remote.api.errors import Unreachable
from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.admin.server_window import ServerWindow
from qbt_remote.ui.kit.plain_text import clean, label, tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.shell import Shell

Json = Any


def _size(value: Json) -> str:
    return text.size(int(value))


def _count(value: Json) -> str:
    return text.count(int(value))


def _milliseconds(value: Json) -> str:
    return tr("{n} ms", n=text.count(int(value)))


def _percent(value: Json) -> str:
    return tr("{n}%", n=clean(str(value)))


def _as_sent(value: Json) -> str:
    return clean(str(value))


@dataclass(frozen=True)
class ServerFigure:
    """One line: a field of server_state, its name and how it is written; texts are English."""

    field: str
    name: str
    write: Callable[[Json], str]
    help: str


GROUPS: tuple[tuple[str, tuple[ServerFigure, ...]], ...] = (
    (
        N("User statistics"),
        (
            ServerFigure("alltime_ul", N("All-time upload"), _size, N("Sent to peers since qBittorrent was set up")),
            ServerFigure(
                "alltime_dl", N("All-time download"), _size, N("Received from peers since qBittorrent was set up")
            ),
            ServerFigure("global_ratio", N("All-time share ratio"), _as_sent, N("All-time upload / all-time download")),
            ServerFigure("up_info_data", N("Session upload"), _size, N("Sent to peers since qBittorrent was started")),
            ServerFigure(
                "dl_info_data", N("Session download"), _size, N("Received from peers since qBittorrent was started")
            ),
            ServerFigure("total_wasted_session", N("Session waste"), _size, N("Received, but damaged or not needed")),
            ServerFigure("total_peer_connections", N("Connected peers"), _count, N("Peers of all torrents")),
        ),
    ),
    (
        N("Cache statistics"),
        (
            ServerFigure(
                "read_cache_hits", N("Read cache hits"), _percent, N("Only servers with libtorrent 1 count them")
            ),
            ServerFigure(
                "total_buffers_size", N("Total buffer size"), _size, N("Memory for data on the way to and from disk")
            ),
        ),
    ),
    (
        N("Performance statistics"),
        (
            ServerFigure(
                "write_cache_overload", N("Write cache overload"), _percent, N("Peers waiting for data to be written")
            ),
            ServerFigure(
                "read_cache_overload", N("Read cache overload"), _percent, N("Peers waiting for data to be read")
            ),
            ServerFigure("queued_io_jobs", N("Queued I/O jobs"), _count, N("Reads and writes waiting for the disk")),
            ServerFigure(
                "average_time_queue", N("Average time in queue"), _milliseconds, N("How long a read or write waits")
            ),
            ServerFigure("total_queued_size", N("Total queued size"), _size, N("Data waiting to be written")),
            ServerFigure(
                "request_latency", N("Request latency"), _milliseconds, N("From a peer's request to our answer")
            ),
        ),
    ),
    (
        N("Tracker statistics"),
        (
            ServerFigure(
                "queued_tracker_announces",
                N("Queued tracker announces"),
                _count,
                N("Announces waiting to be sent"),
            ),
        ),
    ),
)


class Statistics(ServerWindow):
    """Groups of values; those that the server never sends are left out."""

    ID, TITLE, SIZE, INTERVAL_S = "statistics", N("Statistics"), (360, 520), 1.0

    def __init__(self, shell: Shell, session: Session) -> None:
        super().__init__(shell, session)
        self._values: list[tuple[ServerFigure, QFormLayout, QLabel]] = []
        self._groups: list[tuple[QGroupBox, frozenset[str]]] = []
        for title, values in GROUPS:
            box = QGroupBox(tr(title), self)
            form = QFormLayout(box)
            form.setHorizontalSpacing(16)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
            for value in values:
                shown = label(parent=box, selectable=True, value_of=tr(value.name))
                shown.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
                name = label(tr(value.name))
                for widget in (name, shown):
                    widget.setToolTip(tip(tr(value.help)))
                form.addRow(name, shown)
                self._values.append((value, form, shown))
            self._groups.append((box, frozenset(value.field for value in values)))
            self.column.addWidget(box)
        self.column.addStretch()
        self._show(session.mirror.server)

    def begin_anew(self) -> None:
        self._show(self.session.mirror.server)

    async def news(self) -> None:
        self._show(self.session.mirror.server)
        if self.session.client is None:
            raise Unreachable(N("{server} is not connected."), server=self.session.config.name)

    def _show(self, server: dict[str, Json]) -> None:
        for value, form, shown in self._values:
            sent = server.get(value.field)
            form.setRowVisible(shown, sent is not None)
            if sent is not None:
                shown.setText(_written(value, sent))
        for box, fields in self._groups:
            box.setVisible(not fields.isdisjoint(server))


def _written(value: ServerFigure, sent: Json) -> str:
    """What a server sends may be of another type than all have sent so far."""
    try:
        return value.write(sent)
    except (TypeError, ValueError, OverflowError):
        return clean(str(sent))
