"""What a screen reader does: it reads the program on the accessibility bus (AT-SPI), and listens there.

The bus is started by the first call of ``Spoken``, on the session bus of the environment; the program is seen there
if it was started after that with ``ALWAYS_ON`` in its environment.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection

ALWAYS_ON = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_ACCESSIBILITY": "1"}
"""For the environment of a program: it speaks, whatever the desktop says of a screen reader."""

_A = "org.a11y.atspi."
_APPLICATIONS = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_MANY = 500
_LABELLED_BY, _VISIBLE = 2, 30

Ref = tuple[str, str]
"""An object: the name of its program on the bus, and its path."""


class Spoken:
    """A connection of a screen reader; use it with ``with``."""

    def __init__(self) -> None:
        session = open_dbus_connection("SESSION")
        bus = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
        self.address: str = session.send_and_get_reply(new_method_call(bus, "GetAddress"), timeout=20).body[0]
        session.close()
        self._bus = open_dbus_connection(self.address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bus.close()

    def call(self, ref: Ref, interface: str, method: str, signature: str | None = None, *args: Any) -> Any:
        """Call a method and give the first value of its answer."""
        address = DBusAddress(ref[1], bus_name=ref[0], interface=_A + interface)
        return self._answer(new_method_call(address, method, signature, args))

    def property(self, ref: Ref, interface: str, name: str) -> Any:
        address = DBusAddress(ref[1], bus_name=ref[0], interface=_A + interface)
        return self._answer(Properties(address).get(name))[1]

    def _answer(self, message: Any) -> Any:
        answer = self._bus.send_and_get_reply(message, timeout=60)
        if answer.header.message_type is MessageType.error:
            raise RuntimeError(f"{message.header.fields}: {answer.body}")
        return answer.body[0] if answer.body else None

    def name(self, ref: Ref) -> str:
        return str(self.property(ref, "Accessible", "Name"))

    def role(self, ref: Ref) -> str:
        return str(self.call(ref, "Accessible", "GetRoleName"))

    def children(self, ref: Ref) -> list[Ref]:
        """Give the children; of a table of very many cells none, since that would take minutes."""
        if self.property(ref, "Accessible", "ChildCount") > _MANY:
            return []
        return [(name, path) for name, path in self.call(ref, "Accessible", "GetChildren")]

    def walk(self, ref: Ref) -> Iterator[Ref]:
        """Give the object and all below it."""
        yield ref
        for child in self.children(ref):
            yield from self.walk(child)

    def application(self, limit_s: float = 20.0) -> Ref:
        """Wait for the only program on the bus."""
        end = time.monotonic() + limit_s
        while not (found := self.children(_APPLICATIONS)):
            assert time.monotonic() < end, "no program is on the accessibility bus"
            time.sleep(0.05)
        return found[0]

    def is_visible(self, ref: Ref) -> bool:
        low, _high = self.call(ref, "Accessible", "GetState")
        return bool(low >> _VISIBLE & 1)

    def labels(self, ref: Ref) -> list[str]:
        """Give the names of what it is labelled by."""
        related = self.call(ref, "Accessible", "GetRelationSet")
        return [self.name((name, path)) for kind, targets in related if kind == _LABELLED_BY for name, path in targets]

    def wait_for(self, top: Ref, role: str, name: str, limit_s: float = 20.0) -> Ref:
        end = time.monotonic() + limit_s
        while True:
            with suppress(StopIteration, RuntimeError):  # what is walked through changes
                return self.find(top, role, name)
            assert time.monotonic() < end, (role, name)
            time.sleep(0.1)

    def find(self, top: Ref, role: str, name: str = "") -> Ref:
        return next(r for r in self.walk(top) if self.role(r) == role and name in ("", self.name(r)))


class Listener:
    """Hears all events of the programs on the bus, in a thread, and counts them by their names."""

    def __init__(self, spoken: Spoken) -> None:
        self.heard: Counter[str] = Counter()
        self.said: list[str] = []
        """The announcements."""
        self._bus = open_dbus_connection(spoken.address)
        registry = DBusAddress(
            "/org/a11y/atspi/registry", bus_name="org.a11y.atspi.Registry", interface=_A + "Registry"
        )
        for kind in ("object:", "focus:", "window:"):
            self._bus.send_and_get_reply(new_method_call(registry, "RegisterEvent", "s", (kind,)))
        for kind in ("Object", "Focus", "Window"):
            rule = MatchRule(type="signal", interface=f"{_A}Event.{kind}")
            self._bus.send_and_get_reply(message_bus.AddMatch(rule))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bus.sock.shutdown(socket.SHUT_RDWR)  # ends the thread, which waits there
        self._thread.join()
        self._bus.close()

    def _run(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                self._hear(self._bus.receive())

    def _hear(self, message: Any) -> None:
        if message.header.message_type is not MessageType.signal:
            return
        name = str(message.header.fields[HeaderFields.member])
        self.heard[name] += 1
        if name == "Announcement":
            self.said.append(str(message.body[3][1]))

    def until(self, done: Callable[[], object], limit_s: float = 10.0) -> None:
        end = time.monotonic() + limit_s
        while not done():
            assert time.monotonic() < end, self.heard
            time.sleep(0.01)
