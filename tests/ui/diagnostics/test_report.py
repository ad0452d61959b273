"""The diagnostics tell what helps to understand a fault, and nothing about whom and what it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtGui import QGuiApplication

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.api.adding.given import Given
from qbt_remote.api.client import QbtClient
from qbt_remote.local import log
from qbt_remote.local.loop_gaps import LoopGap
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.start.faults import Faults
from qbt_remote.sync.session import Session
from qbt_remote.ui.diagnostics.report import report
from qbt_remote.ui.diagnostics.report_dialog import ReportDialog
from tests.api.scripted import Scripted, in_turns
from tests.conftest import Run
from tests.sim.faults import DROPPED, FAILED, WRONG_JSON, Fault
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.rig import Rig, open_dialog, play

HASH = "c4c4" * 10
CANARIES = {
    "the password that holds": "c4-right-password",
    "a wrong password": "c4-wrong-password",
    "a user": "c4-user",
    "an API key": "qbt_C4c4KeyKeyKeyKeyKeyKeyKeyKey",
    "the value of an own header": "c4-header-value",
    "the name of an own header": "X-C4-Header",
    "a Host header": "c4-host-header.example",
    "a proxy's user": "c4-proxy-user",
    "a proxy's password": "c4-proxy-password",
    "the user of a login in front": "c4-basic-user",
    "the password of a login in front": "c4-basic-password",
    "a server's name": "C4 home",
    "another's": "C4 seedbox",
    "a host": "c4-host.example",
    "an address": "192.0.2.44",
    "a path below which a server is": "c4-path",
    "a torrent": "C4 Torrent",
    "its hash": HASH,
    "a torrent that is added": "C4 Added",
    "a pass key": "c4passkey5f5f5f",
    "a tracker": "tracker.c4.example",
    "a category": "C4 category",
    "a tag": "C4 tag",
    "what a server answers": "C4 in the server's words",
    "a fault's text": "C4 fault",
    "what a fault is about": "C4 doing",
    "another library's line": "C4 library",
}


Opens = Callable[[ServerConfig], Coroutine[Any, Any, QbtClient]]
COOKIES: list[list[str]] = []


@pytest.fixture
def log_folder(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    log.setup(tmp_path, "debug")
    yield tmp_path
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


async def through_it_all(rig: Rig) -> list[Session]:
    """Let as much go wrong as can, and give the sessions of the servers that it goes wrong with."""
    home = rig.home
    home.link.plan("sync/maindata", WRONG_JSON, DROPPED, DROPPED, FAILED)
    await until(lambda: home.session.requests.failed["ServerFault"])
    await until(lambda: home.session.status.phase == "online")
    words = CANARIES["what a server answers"].encode()
    home.link.plan("torrents/add", Fault(executed=False, reply=Reply(415, words)))
    magnet = (
        f"magnet:?xt=urn:btih:{'d5' * 20}&dn=C4+Added&tr=https%3A%2F%2Ftracker.c4.example%2Fc4passkey5f5f5f%2Fannounce"
    )
    rig.window.add(Given((magnet,)), AddOptions(), server=home.config.id, ask=False)
    await until(lambda: home.session.requests.asked["torrents/add"])
    if (result := await until(open_dialog)) is not None:
        result.close()
    fault = CANARIES["a fault's text"]
    try:
        raise ValueError(f"{fault} at {Path.home()}/{HASH}")
    except ValueError as error:
        Faults(lambda _text: None).add(error, CANARIES["what a fault is about"])
    logging.getLogger("asyncio").warning("%s", CANARIES["another library's line"])
    sessions = [Session(config, open_client) for config, open_client in servers()]
    for session in sessions:
        session.start()
    await until(lambda: all(session.status.error for session in sessions))
    return sessions


def servers() -> Iterator[tuple[ServerConfig, Opens]]:
    """Servers that do not let us in, each with what it would take."""
    plain = ServerConfig("C4 seedbox", "http://c4-host.example:8080/c4-path", username="c4-user")

    def scripted(server: Scripted, secrets: Secrets) -> Opens:
        async def open_client(config: ServerConfig) -> QbtClient:
            return QbtClient(config, secrets, transport=httpx.MockTransport(in_turns(server)))

        return open_client

    wrong = Secrets(password="c4-wrong-password", headers={"X-C4-Header": "c4-header-value"})
    yield plain, scripted(Scripted(), wrong)
    key = Secrets(api_key="qbt_C4c4KeyKeyKeyKeyKeyKeyKeyKey")
    yield (
        replace(plain, id="b", auth="api_key", host_header="c4-host-header.example"),
        scripted(Scripted("2.15.1"), key),
    )
    gate = Scripted()
    gate.basic = "c4-basic-user:another"
    basic = Secrets(password="c4-wrong-password", basic_password="c4-basic-password")
    yield replace(plain, id="c", basic_username="c4-basic-user"), scripted(gate, basic)

    async def through_proxy(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password="c4-wrong-password", proxy_password="c4-proxy-password"))

    half = Scripted()  # lets us in and then has no list
    half.password = CANARIES["the password that holds"]
    COOKIES.append(half.sessions)
    yield replace(plain, id="e"), scripted(half, Secrets(password=half.password))
    yield replace(plain, id="d", url="http://192.0.2.44", proxy="socks5://c4-proxy-user@127.0.0.1:1"), through_proxy


def prepared(rig: Rig) -> None:
    home = rig.home
    home.config.name, home.password = CANARIES["a server's name"], CANARIES["the password that holds"]
    home.handler.password = home.password
    world = home.world
    world.add_category("C4 category")
    world.add_tag("C4 tag")
    tracker = f"https://{CANARIES['a tracker']}/{CANARIES['a pass key']}/announce"
    world.add("C4 Torrent", HASH, trackers=[tracker], category="C4 category", tags="C4 tag")


def test_nothing_of_anybody_is_in_it(run: Run, log_folder: Path) -> None:
    async def scene(rig: Rig) -> None:
        sessions = await through_it_all(rig)
        for session in sessions:
            rig.window.feed.attach(session)

        rig.action("diagnostics").trigger()
        dialog = await until(lambda: next(iter(rig.window.findChildren(ReportDialog)), None))
        text = dialog.text.toPlainText()

        (cookie,) = COOKIES[-1]
        found = [what for what, canary in CANARIES.items() if canary.casefold() in text.casefold()]
        assert found == []
        for private in (cookie, str(Path.home()), str(log_folder), "127.0.0.1", "home.test"):
            assert private not in text
        # and there is what helps
        for told in (
            "Server 1\n  qBittorrent 5.1.0, Web API 2.11.4, http, ",
            "login by password",
            "API key",
            "behind a proxy login",
            "through a proxy (socks5)",
            "1 torrent\n",
            "outages: ",
            "ServerFault 1",
            "AuthFailed (password) 1",
            "POST torrents/add: 415",
            "qbt_remote.start.faults: [hidden]",
            "ValueError",
            "in through_it_all",
            "asyncio: [hidden]",
            "INFO qbt_remote.sync.session: server 1: BadReply: {server}".replace("{server}", "[server]"),
        ):
            assert told in text, f"{told!r} is not in\n{text}"
        for secret in ("password", "key", "value", "passkey"):
            logged = (log_folder / log.FILE_NAME).read_text("utf-8")
            assert not [c for c in CANARIES.values() if secret in c and c in logged]

        dialog.copy_button.click()
        assert QGuiApplication.clipboard().text() == text
        dialog.save(str(log_folder / "saved.txt"))
        assert (log_folder / "saved.txt").read_text("utf-8") == text
        dialog.save("/proc/qbt-remote/saved.txt")
        assert dialog.reason.text().startswith("saved.txt cannot be written: ")
        dialog.reject()
        for session in sessions:
            rig.window.feed.detach(session)
            await session.stop()

    play(run, scene, "5.1.0", before=prepared)


def test_a_log_of_thousands_of_lines_is_told_by_its_last_hundred(run: Run, log_folder: Path) -> None:
    for n in range(300):
        logging.getLogger("qbt_remote.x").info("line %d of %s", n, "many")

    text = report([], faults=7, queued={"failed": 2}, gap=LoopGap(312.4, 290.2, 1.8e9))

    lines = [line for line in text.splitlines() if "qbt_remote.x" in line]
    assert len(lines) == 100
    assert lines[-1].endswith("INFO qbt_remote.x: line 299 of [hidden]")
    assert "Faults of qbt-remote since it began\n  7\n" in text
    assert "  312 ms in which the window answered to nothing, until 2027-" in text
    assert "; for 290 ms of them qbt-remote itself was at work\n" in text
    assert text.endswith("Add queue\n  failed 2\n")
