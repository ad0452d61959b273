"""A desktop for the tests: a session bus of its own, a tray and a notification daemon, in other processes.

The tray and the daemon must not live in the process of the tests: Qt's calls to them block it.  Qt
looks for the tray when the QApplication is made, so ``Desktop`` is started before (fixture ``desktop``).
Run as a program this file is the other process; it takes one JSON command a line.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

NOTIFICATIONS = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFY_SIGNATURE = "susssasa{sv}i"


class Desktop:
    """The bus, and with ``appear`` tray and daemon on it; what is asked here is answered at once."""

    def __init__(self) -> None:
        self._fake: subprocess.Popen[str] | None = None
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it says that it may not raise its limit of open files
            text=True,
        )
        assert self._bus.stdout
        self._before = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self._bus.stdout.readline().strip()

    def appear(self) -> None:
        """Start the tray and the notification daemon."""
        self._fake = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._fake.stdout
        assert self._fake.stdout.readline().strip() == "ready"

    def freeze(self) -> None:
        """Let tray and daemon hang: they stay on the bus and answer nothing."""
        assert self._fake
        self._fake.send_signal(signal.SIGSTOP)

    def _do(self, command: str, *args: Any) -> Any:
        assert self._fake and self._fake.stdin and self._fake.stdout
        self._fake.stdin.write(json.dumps([command, *args]) + "\n")
        self._fake.stdin.flush()
        return json.loads(self._fake.stdout.readline())

    def reset(self) -> None:
        """Forget what was noted; answer at once, with body, markup and actions."""
        self._do("reset")

    def behave(self, *, delay_s: float = 0.0, able: tuple[str, ...] = ("body", "body-markup", "actions")) -> None:
        """Answer to Notify after ``delay_s`` and claim these capabilities."""
        self._do("behave", delay_s, able)

    def items(self) -> list[str]:
        """Names on the bus of the registered tray icons, oldest first."""
        return self._do("items")

    def notes(self) -> list[dict[str, Any]]:
        """What Notify was called with, by the names of its arguments, and the ``id`` it got."""
        return self._do("notes")

    def refused(self) -> list[str]:
        """Signatures of calls of Notify that a real daemon would not have understood."""
        return self._do("refused")

    def click_note(self, number: int) -> None:
        """Click a notification."""
        self._do("signal", "ActionInvoked", "us", [number, "default"])

    def close_note(self, number: int) -> None:
        """Close a notification, as its time-out would."""
        self._do("signal", "NotificationClosed", "uu", [number, 1])

    def activate(self) -> None:
        """Click the newest tray icon."""
        self._do("activate")

    def tool_tip(self) -> list[str]:
        """Ask for title and text of the icon's tip; the answer is there at one of the next calls."""
        return self._do("tool_tip")

    def menu(self) -> list[dict[str, Any]]:
        """Ask for the entries of the icon's menu; the answer is there at one of the next calls."""
        return self._do("menu")

    def click_menu(self, number: int) -> None:
        """Click the entry with this ``id``."""
        self._do("click_menu", number)

    def close(self) -> None:
        """End both processes and put the environment back."""
        for process in filter(None, (self._fake, self._bus)):
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        if self._before is None:
            del os.environ["DBUS_SESSION_BUS_ADDRESS"]
        else:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = self._before


class FakeDesktop:
    """The other process: one loop over the bus and the commands, so nothing needs a lock."""

    def __init__(self) -> None:
        self.bus = open_dbus_connection("SESSION")
        for name in (NOTIFICATIONS, WATCHER):
            assert self.bus.send_and_get_reply(message_bus.RequestName(name, 4)).body == (1,), name
        self._serial = 1000
        self._waiting: dict[int, Callable[[Message], None]] = {}
        self.do_reset()

    def run(self) -> None:
        print("ready", flush=True)
        commands = sys.stdin.fileno()
        while True:
            readable, _, _ = select.select([commands, self.bus.sock], [], [])
            if self.bus.sock in readable:
                self._listen()
            if commands in readable:
                line = sys.stdin.readline()
                if not line:
                    return
                name, *args = json.loads(line)
                print(json.dumps(getattr(self, f"do_{name}")(*args)), flush=True)

    def do_reset(self) -> None:
        self._items: list[str] = []
        self._notes: list[dict[str, Any]] = []
        self._refused: list[str] = []
        self._tool_tip: list[str] = []
        self._menu: list[dict[str, Any]] = []
        self.do_behave(0.0, ["body", "body-markup", "actions"])

    def do_behave(self, delay_s: float, able: list[str]) -> None:
        self._delay_s, self._able = delay_s, able

    def do_items(self) -> list[str]:
        return self._items

    def do_notes(self) -> list[dict[str, Any]]:
        return self._notes

    def do_refused(self) -> list[str]:
        return self._refused

    def do_signal(self, member: str, signature: str, body: list[Any]) -> None:
        path = DBusAddress("/org/freedesktop/Notifications", interface=NOTIFICATIONS)
        self.bus.send(new_signal(path, member, signature, tuple(body)))

    def do_activate(self) -> None:
        self._ask(new_method_call(self._item("org.kde.StatusNotifierItem"), "Activate", "ii", (0, 0)))

    def do_tool_tip(self) -> list[str]:
        def keep(answer: Message) -> None:
            _icon, _pixmaps, title, text = answer.body[0][1]
            self._tool_tip = [title, text]

        self._ask(Properties(self._item("org.kde.StatusNotifierItem")).get("ToolTip"), keep)
        return self._tool_tip

    def do_menu(self) -> list[dict[str, Any]]:
        def keep(answer: Message) -> None:
            entries = [entry[1] for entry in answer.body[1][2]]
            self._menu = [{"id": number} | {k: v for k, (_, v) in had.items()} for number, had, _ in entries]
            for entry in self._menu:
                entry.pop("icon-data", None)

        self._ask(new_method_call(self._menu_bar(), "GetLayout", "iias", (0, -1, [])), keep)
        return self._menu

    def do_click_menu(self, number: int) -> None:
        self._ask(new_method_call(self._menu_bar(), "Event", "isvu", (number, "clicked", ("s", ""), 0)))

    def _item(self, interface: str) -> DBusAddress:
        return DBusAddress("/StatusNotifierItem", bus_name=self._items[-1], interface=interface)

    def _menu_bar(self) -> DBusAddress:
        return DBusAddress("/MenuBar", bus_name=self._items[-1], interface="com.canonical.dbusmenu")

    def _ask(self, message: Message, keep: Callable[[Message], None] = lambda _: None) -> None:
        self._serial += 1
        self._waiting[self._serial] = keep
        self.bus.send(message, serial=self._serial)

    def _listen(self) -> None:
        while True:
            try:
                message = self.bus.receive(timeout=0)
            except TimeoutError:
                return
            except OSError:
                sys.exit()
            if message.header.message_type is MessageType.method_return:
                self._waiting.pop(message.header.fields[HeaderFields.reply_serial], lambda _: None)(message)
            elif message.header.message_type is MessageType.method_call:
                self.bus.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member]:
            case "Notify":
                return self._notify(call)
            case "GetCapabilities":
                return new_method_return(call, "as", (self._able,))
            case "GetServerInformation":
                return new_method_return(call, "ssss", ("fake", "tests", "1", "1.2"))
            case "RegisterStatusNotifierItem":
                self._items.append(call.header.fields[HeaderFields.sender])
                return new_method_return(call)
            case "Get" if call.body[1] == "IsStatusNotifierHostRegistered":
                return new_method_return(call, "v", (("b", True),))
            case "Get" if call.body[1] == "ProtocolVersion":
                return new_method_return(call, "v", (("i", 0),))
            case "GetAll":
                return new_method_return(call, "a{sv}", ({"IsStatusNotifierHostRegistered": ("b", True)},))
            case other:
                return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (other,))

    def _notify(self, call: Message) -> Message:
        signature = call.header.fields.get(HeaderFields.signature, "")
        if signature != NOTIFY_SIGNATURE:
            self._refused.append(signature)
            return new_error(call, "org.freedesktop.DBus.Error.InvalidArgs", "s", (signature,))
        time.sleep(self._delay_s)
        names = ("app_name", "replaces_id", "app_icon", "summary", "body", "actions", "hints", "expire_timeout")
        note = dict(zip(names, call.body, strict=True))
        note["hints"] = {k: v for k, (_, v) in note["hints"].items() if isinstance(v, str | int)}
        note["id"] = note["replaces_id"] or len(self._notes) + 1
        self._notes.append(note)
        return new_method_return(call, "u", (note["id"],))


if __name__ == "__main__":
    FakeDesktop().run()
