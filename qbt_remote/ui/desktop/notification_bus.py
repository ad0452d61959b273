"""Desktop notifications by D-Bus from a thread of their own, since a slow daemon holds up its caller.

No Qt here: QtDBus cannot send the unsigned number that the call needs, and ``QSystemTrayIcon.showMessage``
blocks the window until the daemon has answered and offers nothing to click.
Source: Desktop Notifications Specification 1.2, org.freedesktop.Notifications.
"""

from __future__ import annotations

import contextlib
import html
import logging
import queue
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney import DBusAddress, Message
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_ANSWER_LIMIT_S = 15.0
_NOBODY = ("org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner")
_DEFAULT_ACTION = "default"
"""The action of a click on the notification itself."""


class NoDesktop(Exception):
    """There is no session bus, or nobody on it who shows notifications."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: plain text, never markup."""

    tag: int
    """Our own number of it."""
    title: str
    body: str
    click_label: str
    category: str
    """Of the specification's table, as "transfer.complete"."""
    replaces: int = 0
    """Tag of the notification that this one takes the place of; 0 for none."""
    app_name: str = ""
    icon: str = ""
    """file:// URI."""


class NotificationBus(threading.Thread):
    """The thread: takes notes, tells of clicks.  Both callbacks are called in the thread."""

    def __init__(self, clicked: Callable[[int], None], undelivered: Callable[[Notification], None]) -> None:
        super().__init__(name="notifications", daemon=True)
        self._clicked = clicked
        self._undelivered = undelivered
        self._inbox: queue.SimpleQueue[Notification | None] = queue.SimpleQueue()
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._connection: DBusConnection | None = None
        self._ids: dict[int, int] = {}
        """Tag by the daemon's number, of what it still shows."""

    def post(self, note: Notification) -> None:
        """Take a note and return at once."""
        self._inbox.put(note)
        self._wake_up()

    def close(self) -> None:
        """End the thread when it has done what it is at; does not wait for it."""
        self._inbox.put(None)
        self._wake_up()

    def _wake_up(self) -> None:
        with contextlib.suppress(BlockingIOError):  # woken so often already; it comes to its inbox once the bus answers
            self._wake.send(b"x")

    def run(self) -> None:
        while True:
            watched = [self._woken, *([self._connection.sock] if self._connection else [])]
            select.select(watched, [], [])
            if not self._empty_inbox():
                break
            self._hear()
        self._hang_up()
        self._wake.close()
        self._woken.close()

    def _empty_inbox(self) -> bool:
        """Deliver what is waiting; False if it says to end."""
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        while not self._inbox.empty():
            note = self._inbox.get()
            if note is None:
                return False
            self._deliver(note)
        return True

    def _deliver(self, note: Notification) -> None:
        try:
            self._show(note)
        except TimeoutError:
            log.warning("the notification daemon did not answer within %d s", _ANSWER_LIMIT_S)
        except (NoDesktop, OSError) as error:
            log.info("no desktop notification: %s", error)
            self._hang_up()
            self._undelivered(note)

    def _show(self, note: Notification) -> None:
        if self._connection is None:
            self._connection = _connect()
        able = self._call("GetCapabilities")[0]
        body = html.escape(note.body, quote=False) if "body-markup" in able else note.body
        actions = [_DEFAULT_ACTION, note.click_label] if "actions" in able else []
        hints = {"category": ("s", note.category), "desktop-entry": ("s", note.app_name), "urgency": ("y", 1)}
        old = next((number for number, tag in self._ids.items() if tag == note.replaces), 0)
        sent = (note.app_name, old, note.icon, note.title, body, actions, hints, -1)
        number = self._call("Notify", "susssasa{sv}i", sent)[0]
        self._ids.pop(old, None)
        self._ids[number] = note.tag

    def _call(self, method: str, signature: str | None = None, body: tuple[object, ...] = ()) -> tuple[Any, ...]:
        """Call the daemon and give the answer's body.  Raises NoDesktop if there is none, OSError, TimeoutError."""
        from jeepney import HeaderFields, MessageType, new_method_call

        assert self._connection
        message = new_method_call(_daemon(), method, signature, body)
        answer = self._connection.send_and_get_reply(message, timeout=_ANSWER_LIMIT_S)
        if answer.header.message_type is MessageType.error:
            name = answer.header.fields[HeaderFields.error_name]
            if name in _NOBODY:
                raise NoDesktop(name)
            raise OSError(f"{method}: {name} {answer.body}")
        return answer.body  # type: ignore[no-any-return]  # jeepney is untyped

    def _hear(self) -> None:
        """Read what the bus has sent, all of it, without waiting."""
        while self._connection:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except OSError as error:
                log.info("the session bus is gone: %s", error)
                self._hang_up()
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        from jeepney import HeaderFields, MessageType

        fields = message.header.fields
        if message.header.message_type is not MessageType.signal or fields.get(HeaderFields.interface) != NAME:
            return
        member = fields.get(HeaderFields.member)
        if member == "ActionInvoked" and message.body[0] in self._ids:
            self._clicked(self._ids[message.body[0]])
        elif member == "NotificationClosed":
            self._ids.pop(message.body[0], None)

    def _hang_up(self) -> None:
        self._ids.clear()
        if self._connection:
            self._connection.close()
            self._connection = None


def _daemon() -> DBusAddress:
    from jeepney import DBusAddress

    return DBusAddress(_PATH, bus_name=NAME, interface=NAME)


def _connect() -> DBusConnection:
    from jeepney import MatchRule, message_bus
    from jeepney.auth import AuthenticationError
    from jeepney.io.blocking import open_dbus_connection

    try:
        connection = open_dbus_connection("SESSION")
    except (KeyError, RuntimeError, AuthenticationError) as error:  # no address, one of an unknown kind, refused
        raise NoDesktop(f"no session bus: {error}") from error
    rule = MatchRule(type="signal", sender=NAME, interface=NAME, path=_PATH)
    connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=_ANSWER_LIMIT_S)
    return connection
