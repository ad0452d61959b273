"""Addresses as people type them, and those to which a server leads: all are read, or answered with a sentence."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget, QPushButton

from qbt_remote.local.address import normalise
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.sync.trouble import trouble
from qbt_remote.ui.kit.dialogs import ConfirmDialog
from tests.api.wire_server import Handler, Request, answer, wire_server
from tests.conftest import Run
from tests.faults.place import RealServer
from tests.faults.plugin import Row
from tests.real.proxy import Proxy
from tests.ui.conftest import until
from tests.ui.hand import Hand, modal
from tests.ui.whole_program import running


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("box", "http://box"),
        ("http:/box", "http://box"),
        ("HTTPS:\\\\box:8080/qbt", "https://box:8080/qbt"),
        ("http:8080", "http://http:8080"),
        ("  box:8080  ", "http://box:8080"),
        ("192.168.1.2:8080", "http://192.168.1.2:8080"),
        ("http://box:8080/", "http://box:8080"),
        ("HTTP://Box.Local:8080", "http://box.local:8080"),
        ("https://box:443", "https://box"),
        ("http://box:80/", "http://box"),
        ("http://box:443", "http://box:443"),
        ("https://host/qbt", "https://host/qbt"),
        ("https://host/qbt/", "https://host/qbt"),
        ("https://host/a/b//", "https://host/a/b"),
        ("host/qbt", "http://host/qbt"),
        ("http://box:8080/api/v2", "http://box:8080"),
        ("http://box:8080/api/v2/app/version", "http://box:8080"),
        ("https://host/qbt/api/v2/", "https://host/qbt"),
        ("http://box:8080/#/torrents?x=1", "http://box:8080"),
        ("http://box?x=/api", "http://box"),
        ("::1", "http://[::1]"),
        ("fe80::1", "http://[fe80::1]"),
        ("fe80::1%eth0", "http://[fe80::1%eth0]"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("[fe80::1%eth0]:8080/qbt", "http://[fe80::1%eth0]:8080/qbt"),
        ("http://[fe80::1%25eth0]:8080", "http://[fe80::1%eth0]:8080"),
        ("http://[2001:DB8:0:0::1]", "http://[2001:db8::1]"),
        ("bücher.example:8080", "http://xn--bcher-kva.example:8080"),
        ("localhost", "http://localhost"),
        ("//box", "http://box"),
        ("my_box:8080", "http://my_box:8080"),
    ],
)
def test_f48_an_address_is_brought_to_one_form(typed: str, url: str) -> None:
    assert normalise(typed).url == url
    assert normalise(url).url == url


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("http://me:se%20cret@box:8080", ("http://box:8080", "me", "se cret")),
        ("me@box", ("http://box", "me", "")),
        ("https://me:a@b@box/qbt", ("https://box/qbt", "me", "a@b")),
        ("http://me:pw@[::1]:8080", ("http://[::1]:8080", "me", "pw")),
        ("me:pw@nas:8080", ("http://nas:8080", "me", "pw")),
        ("me:pw@fe80::1%eth0/qbt", ("http://[fe80::1%eth0]/qbt", "me", "pw")),
        ("http://me:@box", ("http://box", "me", "")),
        ("http://:pw@box", ("http://box", "", "pw")),
        ("http://m%C3%BC%3A%40:%2F%3F%23%2B+%25@box", ("http://box", "mü:@", "/?#++%")),
        ("http://mail@example.org:100%@box", ("http://box", "mail@example.org", "100%")),
        ("https://box/@me/qbt", ("https://box/@me/qbt", "", "")),
    ],
)
def test_f48_a_user_in_the_address_is_taken_out(typed: str, parts: tuple[str, str, str]) -> None:
    address = normalise(typed)

    assert (address.url, address.username, address.password) == parts
    assert "pw" not in repr(address)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "http://",
        "http://:8080",
        "ftp://box",
        "file:///etc/passwd",
        "javascript://x",
        "bo x",
        "box\tx",
        "box:0",
        "box:65536",
        "box:80a",
        "box:٣",
        "http://[::1",
        "http://[::1]8080",
        "http://[zz::1]",
        "http://a:b:c",
        "http://...",
        "http://<box>",
        f"http://{'ä' * 70}.example",
    ],
)
def test_f48_what_is_no_address_is_answered_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        normalise(typed)


@pytest.mark.real
@pytest.mark.parametrize(
    "form",
    ["127.0.0.1:{port}/qbt", "{login}@localhost:{port}/qbt/", "http://{login}@127.0.0.1:{port}/qbt/api/v2/#x"],
)
def test_f48_every_form_of_the_address_of_a_real_server_leads_to_it(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, form: str
) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        async with Proxy(server.port, under="/qbt") as proxy:
            port = proxy.url.rsplit(":")[2].partition("/")[0]
            login = f"{server.user}:{server.password}"
            typed = form.format(port=port, login=login)
            options = [] if "{login}" in form else ["--user", server.user, "--password-stdin"]
            password = "" if "{login}" in form else server.password
            async with (
                running(tmp_path, "--server", typed, *options, password=password) as program,
                row.watch(program.window, faults=lambda: program.faults.count),
            ):
                await until(lambda: [s.status.phase for s in program.window.feed.sessions.values()] == ["online"])
                (session,) = program.window.feed.sessions.values()
                assert session.config.url == normalise(typed).url
                assert server.password not in repr(session.config) + program.window.windowTitle()
            assert sum(r.path.endswith("auth/login") for r in proxy.requests) == 1

    run(scene())


@pytest.mark.real
def test_f49_nobody_is_followed_where_a_server_redirects_to_until_the_user_has_seen_it(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    """One server for each status; the target is a real one, which sees nothing before the click."""
    statuses = (301, 302, 307, 308)

    async def scene() -> None:
        server, hand = real_server("5.1.0"), Hand()
        async with Proxy(server.port) as target, AsyncExitStack() as stack:
            old = [await stack.enter_async_context(wire_server(to(target.url, status))) for status in statuses]
            saved = [
                ServerConfig(str(n), f"http://localhost:{s.port}", username=server.user, id=f"s{n}", has_headers=False)
                for n, s in zip(statuses, old, strict=True)
            ]
            settings = Settings(servers=saved)
            named = ["--server", "308", "--password-stdin"]
            async with (
                running(tmp_path, *named, password=server.password, settings=settings) as program,
                row.watch(program.window, faults=lambda: program.faults.count, asked=("ConfirmDialog",)),
            ):
                window = program.window
                await until(lambda: [trouble(s) for s in window.feed.sessions.values()] == ["redirect"] * 4)
                assert target.requests == []
                window.sidebar.pick("server", "s308")
                await until(lambda: window.empty_page and window.empty_page.commands[:1] == ("use_address",))
                assert target.url in window.empty_page.text and "another host" in window.empty_page.text
                hand.click(next(b for b in window.findChildren(QPushButton) if b.objectName() == "use_address"))
                question = await modal(ConfirmDialog)
                shown = question.findChildren(QListWidget)[0]
                assert [shown.item(n).text() for n in range(2)] == [
                    f"Until now: {saved[3].url}",
                    f"From now on: {target.url}",
                ]
                assert target.requests == []
                hand.click(question.ok)
                await until(lambda: any(s.status.phase == "online" for s in window.feed.sessions.values()))
                assert settings.servers[3].url == target.url
            secret = [secrets_in(request) for each in old for request in each.requests]
            row.figure("credentials sent to what redirects", sum(secret))
            assert not any(secret)

    run(scene())


def to(url: str, status: int) -> Handler:
    """What sends everybody elsewhere."""

    async def moved(_request: Request, writer: asyncio.StreamWriter) -> None:
        location = f"Location: {url}/api/v2/app/webapiVersion\r\n"
        await answer(writer, b"", f"{status} Moved", extra=location)

    return moved


def secrets_in(request: Request) -> bool:
    return bool(request.body) or bool({"cookie", "authorization"} & request.headers.keys())
