"""Tells the user, outside of the window, that torrents finished or failed.

On Linux by the desktop's notification daemon, elsewhere by the tray icon.  What happens within a
few seconds is one notification that grows, so a hundred torrents that finish at once are one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from qbt_remote.local.paths import NAME, resource
from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.events import Event, Failed, Finished
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.desktop.notification_bus import Notification, NotificationBus
from qbt_remote.ui.kit.plain_text import clean

TOGETHER_S = 10.0
"""What happens this soon after the last of its kind joins its notification."""
_NAMES_SHOWN = 3
_LONGEST_NAME = 120


@dataclass(slots=True)
class _Group:
    """The torrents of one notification."""

    tag: int = 0
    last: float = float("-inf")
    torrents: list[Torrent] = field(default_factory=list)


class Notifier(QObject):
    """Shows notifications; says which torrents the clicked one was about."""

    clicked = Signal(list)
    _pressed = Signal(int)
    _undelivered = Signal(object)

    def __init__(
        self, settings: Settings, tray_icon: Callable[[], QSystemTrayIcon | None], parent: QObject | None = None
    ) -> None:
        """``tray_icon`` gives the icon to show a message at where there is no notification daemon."""
        super().__init__(parent)
        self._settings = settings
        self._tray_icon = tray_icon
        self._tags = count(1)
        self._groups: dict[type[Event], _Group] = {}
        self._shown: dict[int, list[Torrent]] = {}
        self._bus: NotificationBus | None = None
        self._at_tray = 0
        self._pressed.connect(self._open, Qt.ConnectionType.QueuedConnection)
        self._undelivered.connect(self._show_at_tray, Qt.ConnectionType.QueuedConnection)

    def tell(self, events: Sequence[Event]) -> None:
        """Show what happened, as far as the user wants to know; returns at once."""
        wanted = {Finished: self._settings.notify_finished, Failed: self._settings.notify_failed}
        for kind in (Finished, Failed):
            torrents = [event.torrent for event in events if type(event) is kind]
            if torrents and wanted[kind]:
                self._show(self._note(kind, torrents))

    def close(self) -> None:
        """Let the thread end; what is shown stays shown."""
        if self._bus:
            self._bus.close()
            self._bus = None

    def _note(self, kind: type[Event], torrents: list[Torrent]) -> Notification:
        now = time.monotonic()
        old = self._groups.get(kind, _Group())
        if now - old.last > TOGETHER_S:
            old = _Group()
        group = _Group(next(self._tags), now, old.torrents + torrents)
        self._groups[kind] = group
        self._shown.pop(old.tag, None)
        self._shown[group.tag] = group.torrents
        while len(self._shown) > 20:  # a daemon does not always tell what it closed
            self._shown.pop(next(iter(self._shown)))
        icon = resource(f"icons/{NAME}.svg")
        return Notification(
            tag=group.tag,
            replaces=old.tag,
            title=title(kind, len(group.torrents)),
            body=body(group.torrents),
            click_label=tr("Show"),
            category="transfer.complete" if kind is Finished else "transfer.error",
            app_name=NAME,
            icon=icon.as_uri() if icon.is_file() else "",
        )

    def _show(self, note: Notification) -> None:
        if sys.platform != "linux":
            self._show_at_tray(note)
            return
        if self._bus is None:
            self._bus = NotificationBus(self._pressed.emit, self._undelivered.emit)
            self._bus.start()
        self._bus.post(note)

    def _show_at_tray(self, note: Notification) -> None:
        icon = self._tray_icon()
        if icon is None:
            return
        self._at_tray = note.tag
        icon.messageClicked.connect(self._open_at_tray, Qt.ConnectionType.UniqueConnection)
        icon.showMessage(note.title, note.body, icon.icon())

    def _open_at_tray(self) -> None:
        self._open(self._at_tray)

    def _open(self, tag: int) -> None:
        if torrents := self._shown.get(tag):
            self.clicked.emit(torrents)


def title(kind: type[Event], n: int) -> str:
    """Give the headline for n torrents."""
    if kind is Finished:
        return tr_n(n, "Torrent finished", "{n} torrents finished")
    return tr_n(n, "Torrent failed", "{n} torrents failed")


def body(torrents: Sequence[Torrent]) -> str:
    """Give the first names, one a line, and how many more there are."""
    lines = [clean(t.name, _LONGEST_NAME) for t in torrents[:_NAMES_SHOWN]]
    if more := len(torrents) - _NAMES_SHOWN:
        lines += [tr_n(more, "and {n} more", "and {n} more")] if more > 0 else []
    return "\n".join(lines)
