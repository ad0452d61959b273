"""Every preference of every real server is changed and put back through the dialog, one at a time.

What goes over the wire is watched: only the touched keys, and the companions that api/older/calls.py declares
for that version.  A table of key and server is printed.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from qbt_remote.api.client import QbtClient
from qbt_remote.api.older.calls import COMPANIONS
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.prefs.draft import same
from qbt_remote.prefs.schema import Pref, of_servers
from qbt_remote.sync.session import Session
from qbt_remote.sync.steps import at_once
from qbt_remote.ui.commands.shell import Hooks
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog, open_preferences
from qbt_remote.ui.window.commands import ROWS
from qbt_remote.ui.window.main_window import MainWindow
from tests.conftest import Run
from tests.real.servers import GENERATIONS, Server, free_port, start_together
from tests.ui.conftest import until
from tests.ui.pref_drive import put
from tests.ui.preferences.dialog_drive import answered
from tests.ui.queue_in_memory import queue_in_memory

Json = Any
pytestmark = pytest.mark.real

UNTESTABLE = {
    "resolve_peer_countries": "downloads a database from the internet",
    "dyndns_enabled": "registers the address with a service in the internet",
    "dht": "joins a network of strangers",
    "lsd": "tells the local network of it",
    "upnp": "opens a port of the router",
    "web_ui_upnp": "opens a port of the router",
}
"""Keys that a test must not change, and why."""
SECRET = "a-secret-of-the-test"
TEXTS = {
    "announce_ip": "127.0.0.1",
    "current_interface_address": "127.0.0.1",
    "web_ui_address": "0.0.0.0",
    "bypass_auth_subnet_whitelist": "192.0.2.0/24",
    "web_ui_reverse_proxies_list": "192.0.2.1",
    "banned_IPs": "192.0.2.7",
    "dht_bootstrap_nodes": "127.0.0.1:6881",
    "web_ui_username": "tester2",
    "add_trackers": "http://127.0.0.1:9/announce",
}
"""Another legal value where any word will not do."""

ALONG: dict[str, dict[str, Json]] = {
    "max_ratio_enabled": {"max_ratio": 2.5},
    "max_seeding_time_enabled": {"max_seeding_time": 90},
    "max_inactive_seeding_time_enabled": {"max_inactive_seeding_time": 90},
}
"""Changed in the same step: the server says off as long as the limit itself is none."""
SPOILT = {"random_port": "listen_port"}
"""Put back as well: a random port makes the port 0, and from 4.4 on a port of 0 makes it random."""


class Watched(httpx.AsyncBaseTransport):
    """The way to one server; keeps the preferences that were sent."""

    def __init__(self, sent: list[dict[str, Json]]) -> None:
        self._sent = sent
        self._inner = httpx.AsyncHTTPTransport(verify=False, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("app/setPreferences"):
            body = dict(parse_qsl((await request.aread()).decode(), keep_blank_values=True))
            self._sent.append(json.loads(body["json"]))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Subject:
    """One server, its session, and what was seen of it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.config = ServerConfig(server.generation, server.url, username=server.user, interval_s=10.0)
        self.sent: list[dict[str, Json]] = []
        self.session = Session(self.config, self.open)
        self.done: dict[str, str] = {}
        """Key to "ok" or what went wrong."""

    async def open(self, config: ServerConfig, password: str | None = None) -> QbtClient:
        return QbtClient(config, Secrets(password=password or self.server.password), transport=Watched(self.sent))


class Stage:
    """One window over all servers."""

    def __init__(self, servers: list[Server]) -> None:
        self.subjects = [Subject(server) for server in servers]
        self.failures: list[BaseException] = []
        self.tasks = Tasks(lambda error, _doing: self.failures.append(error))
        hooks = Hooks(
            quit=lambda: None,
            save=lambda: None,
            faults=lambda: 0,
            open_servers=lambda _add: None,
            edit_server=lambda _server, _part: None,
            remove_server=lambda _server: None,
            pause_all=_nothing,
            resume_all=_nothing,
            open_client=lambda config, password: self.of(config).open(config, password),
            replace_server=self._replace,
            can_resume=lambda: False,
            hide_on_close=lambda: False,
            add_queue=queue_in_memory(dict, self.tasks),
            longest_gap=lambda: None,
        )
        self.window = MainWindow(Settings(), hooks, self.tasks, ROWS)
        at_once(self.window.furnish())

    def of(self, config: ServerConfig) -> Subject:
        return next(subject for subject in self.subjects if subject.config.id == config.id)

    async def start(self) -> None:
        for subject in self.subjects:
            self.window.feed.attach(subject.session)
            subject.session.start()
        self.window.show()
        await until(lambda: all(s.session.status.phase == "online" for s in self.subjects), 30)

    async def stop(self) -> None:
        await self.tasks.stop()
        for subject in self.subjects:
            await subject.session.stop()
        self.window.hide()
        self.window.deleteLater()
        await asyncio.sleep(0)

    async def _replace(self, config: ServerConfig, password: str | None) -> None:
        subject = self.of(config)
        self.window.feed.detach(subject.session)
        await subject.session.stop()
        subject.config = config
        subject.session = Session(config, subject.open)
        self.window.feed.attach(subject.session)
        subject.session.start()
        await until(lambda: subject.session.status.phase == "online", 20)


async def _nothing() -> None:
    pass


class Walk:
    """Changes every key of one server and puts it back."""

    def __init__(self, subject: Subject, dialog: PreferencesDialog, stage: Stage) -> None:
        self.subject, self.dialog, self.stage = subject, dialog, stage
        self.form, self.draft = dialog.form, dialog.draft

    async def all(self) -> None:
        for key, pref in self.draft.prefs.items():
            if key in UNTESTABLE:
                self.subject.done[key] = "-"
            elif pref.read_only:
                self.subject.done[key] = "r"
            elif pref.page == "other" or pref.kind == "part":
                continue
            else:
                self.subject.done[key] = await self._one(key)

    async def _one(self, key: str) -> str:
        """Change it with what it hangs on, look, put all back, look again."""
        pref = self.draft.prefs[key]
        along = {k: value for k, value in ALONG.get(key, {}).items() if k in self.draft.prefs}
        wanted = self._enabling(key) | {key: self._other(pref)} | along
        changed = [*wanted, *([SPOILT[key]] if key in SPOILT else [])]
        before = {k: self._value(k) for k in reversed(changed)}  # what hangs on another one first
        try:
            await self._save(wanted)
            await self._save(before | ({key: ""} if pref.secret else {}))
        except AssertionError as wrong:
            self.form.forget(changed)
            return f"{key}: {str(wrong).splitlines()[0]}"
        return "ok"

    async def _save(self, values: dict[str, Json]) -> None:
        subject, dialog = self.subject, self.dialog
        for key, value in values.items():
            row = self.form.row(key)
            if row.pref.secret:
                self._put_secret(key, value)
            else:
                put(row, value)
        touched = self.form.changed()
        assert touched, "nothing was changed"
        del subject.sent[:]
        dialog.save()
        await until(lambda: answered(dialog), 30)
        allowed = touched.keys() | companions(subject, touched)
        sent = {k: v for call in subject.sent for k, v in call.items()}
        assert len(subject.sent) == 1 and touched.keys() <= sent.keys() <= allowed, f"sent {sorted(sent)}"
        assert all(same(sent[key], value) for key, value in touched.items()), "other values were sent"
        assert not self.form.changed(), f"{dialog.note.text()} {self._marks()}"
        for key, value in touched.items():  # what the dialog read back, not what it sent
            assert self.draft.prefs[key].secret or same(self.draft.came(key), value), f"it has {self.draft.came(key)!r}"

    def _put_secret(self, key: str, value: str) -> None:
        made: Any = self.form.row(key).input
        if value or not made.remove.isVisibleTo(made.widget):
            put(self.form.row(key), value or self.subject.server.password)
        else:
            made.remove.click()

    def _marks(self) -> list[str]:
        return [n.text() for n in self.dialog.findChildren(type(self.dialog.note)) if n.text().startswith("The server")]

    def _value(self, key: str) -> Json:
        pref = self.draft.prefs[key]
        return (self.draft.value(key), self.draft.value(pref.minutes)) if pref.kind == "time" else self.draft.value(key)

    def _enabling(self, key: str) -> dict[str, Json]:
        """What has to be set so that the row of this key can be changed."""
        needed: dict[str, Json] = {}
        for condition in self.draft.prefs[key].enabled_by:
            if condition.key not in self.draft.prefs:
                continue
            needed |= self._enabling(condition.key)
            pref = self.draft.prefs[condition.key]
            if not (condition.holds(self.draft.value(condition.key)) or pref.read_only):
                choices = [c.value for c in pref.choices] or [True, False]
                needed[condition.key] = next(value for value in choices if condition.holds(value))
        return needed

    def _other(self, pref: Pref) -> Json:
        """Another legal value than the server has."""
        value = self.draft.value(pref.key)
        if pref.moves == "port" or pref.key == "listen_port":
            return free_port()
        if pref.kind == "bool":
            return not value
        if pref.kind in ("int", "float"):
            return self._number(pref, value)
        if pref.kind == "choice":
            box: Any = self.form.row(pref.key).input
            entries = [box.box.itemData(n)[0] for n in range(box.box.count())]
            return next(e for e in entries if not same(e, value))
        if pref.kind == "time":
            return (value + 1) % 24, (self.draft.value(pref.minutes) + 7) % 60
        if pref.kind == "secret":
            return SECRET if not pref.write_only else self.subject.server.password
        if pref.kind == "folders":
            (self.subject.server.profile / "watched").mkdir()  # one that is not there is not taken
            return {f"{self.subject.server.profile}/watched": 1}
        if pref.kind == "path":
            return f"{self.subject.server.profile}/other" + ("/" if str(value).endswith("/") else "")
        text = TEXTS.get(pref.key, "other")
        return text if text != value else f"{text}2"

    def _number(self, pref: Pref, value: int | float) -> int | float:
        step = pref.scale
        low = pref.low if pref.low is not None else 0
        if pref.off is not None and value == pref.off and not low <= value:
            return low
        higher = max(value, low) + step
        return higher if pref.high is None or higher <= pref.high else value - step


def companions(subject: Subject, touched: dict[str, Json]) -> set[str]:
    client = subject.session.client
    assert client is not None
    together: set[str] = set()
    for until_version, asked_by, keys in COMPANIONS:
        if not client.version.reached(until_version) and (asked_by is None or asked_by & touched.keys()):
            together |= set(keys)
    return together


def test_every_preference_of_every_server_is_changed_and_put_back(
    run: Run, qapp: QApplication, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    servers = [Server(generation) for generation in GENERATIONS]
    stage = Stage(servers)
    shown: list[str] = []

    async def walk(subject: Subject) -> None:
        dialog = await open_preferences(stage.window.shell, subject.session)
        await Walk(subject, dialog, stage).all()
        shown.extend(w.text() for w in dialog.findChildren(QLineEdit))
        shown.extend(w.toPlainText() for w in dialog.findChildren(QPlainTextEdit))
        dialog.reject()

    async def whole() -> None:
        await stage.start()
        try:
            await asyncio.gather(*map(walk, stage.subjects))
        finally:
            await stage.stop()

    try:
        start_together(servers)
        run(whole())
    finally:
        for server in servers:
            server.remove()

    with capsys.disabled():
        print(table(stage.subjects))
    wrong = [f"{s.server.generation} {w}" for s in stage.subjects for w in s.done.values() if len(w) > 2]
    assert not wrong, "\n".join(wrong)
    assert stage.failures == []
    secrets = [SECRET, *(secret for server in servers for secret in (server.password, server.api_key) if secret)]
    assert not [text for text in (caplog.text, *shown) if any(secret in text for secret in secrets)]


def table(subjects: list[Subject]) -> str:
    """Key by server: ok, - (must not be changed here), r (can be read only), blank (the server has none)."""
    lines = ["", f"{'preference':46}" + "".join(f"{s.server.generation:>8}" for s in subjects)]
    for key in of_servers().prefs:
        marks = [s.done.get(key, "") for s in subjects]
        if any(marks):
            lines.append(f"{key:46}" + "".join(f"{(m if len(m) <= 2 else 'FAIL'):>8}" for m in marks))
    counts = [sum(m == "ok" for m in s.done.values()) for s in subjects]
    lines.append(f"{'changed and put back':46}" + "".join(f"{n:>8}" for n in counts))
    lines += [f"- {key}: {why}" for key, why in UNTESTABLE.items()]
    return "\n".join(lines)
