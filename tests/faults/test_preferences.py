"""Preferences of real servers: altered, missing, changed by others, and those that move the server."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.model.pref_text import shown
from qbt_remote.prefs.draft import same
from qbt_remote.prefs.schema import Pref, of_servers
from qbt_remote.start.program import Program
from qbt_remote.sync.trouble import trouble
from qbt_remote.ui.kit.fields import FieldNote
from qbt_remote.ui.preferences import following
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog, open_preferences
from qbt_remote.ui.preferences.saving import ReviewDialog
from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Proxy, Request, as_it_is
from tests.real.servers import GENERATIONS, Server, free_port
from tests.ui.conftest import until
from tests.ui.pref_drive import put
from tests.ui.preferences.dialog_drive import answered
from tests.ui.tls_front import certificate
from tests.ui.whole_program import client_of, running

pytestmark = pytest.mark.real
Json = Any
VERSIONS = GENERATIONS if Row.long else (GENERATIONS[0], GENERATIONS[-1])
LEFT_ALONE = {
    "proxy_ip",
    "proxy_type",
    "locale",
    "current_network_interface",
    "current_interface_address",
    "save_path",
    "temp_path",
    "export_dir",
    "export_dir_fin",
    "listen_port",
    "random_port",
    "resolve_peer_countries",
    "app_instance_name",
}
"""Other rows would miss these on the shared server, or they reach for the network."""

MOVING = {key for key, pref in of_servers().prefs.items() if pref.may_lock_out or pref.moves or pref.page == "webui"}
SAVING = ("ReviewDialog", "ConfirmDialog")
"""What a user who saves is asked."""


@asynccontextmanager
async def dialog_on(program: Program) -> AsyncIterator[PreferencesDialog]:
    """The preferences of its one server; what is not saved is thrown away in the end."""
    (session,) = program.window.feed.sessions.values()
    dialog = await open_preferences(program.window.shell, session)
    yield dialog
    dialog.form.forget(list(dialog.draft.changed()))
    dialog.reject()


async def saved(dialog: PreferencesDialog) -> None:
    dialog.save()
    await until(lambda: answered(dialog), 30)


async def preferences(client: QbtClient) -> dict[str, Json]:
    answer: dict[str, Json] = await client.get("app/preferences")
    return answer


def sent(proxy: Proxy) -> list[dict[str, Json]]:
    """What each setPreferences that came to the server held."""
    forms = [parse_qs(r.body.decode()) for r in proxy.requests if r.path.endswith("app/setPreferences")]
    return [json.loads(form["json"][0]) for form in forms]


def odd(pref: Pref, value: Json) -> Json:
    """A value that a form lets through and that a server need not like; None if there is none."""
    if pref.kind in ("int", "float"):
        return next((n for n in (pref.low, 0, 1) if n is not None and not same(n, value)), None)
    return {"text": "no such thing", "lines": "no such thing\n192.0.2.1\n999.1.2.3"}.get(pref.kind)


@pytest.mark.parametrize("generation", VERSIONS)
def test_f34_every_setting_that_a_server_altered_or_ignored_is_told(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    async def scene() -> None:
        server = real_server(generation)
        async with client_of(server) as other, program_on(tmp_path, server) as program, dialog_on(program) as dialog:
            before = await preferences(other)
            for key, pref in dialog.draft.prefs.items():
                usual = pref.page not in ("other", "webui") and not pref.read_only and key not in LEFT_ALONE
                if usual and (value := odd(pref, before[key])) is not None and not pref.runs_program:
                    dialog.form.put({key: value})
            wanted = dialog.draft.changed()
            async with row.watch(program.window, faults=lambda: program.faults.count, asked=SAVING):
                await saved(dialog)
            after = await preferences(other)
            altered = {key for key, value in wanted.items() if not same(after[key], value)}
            prefs, note = dialog.draft.prefs, dialog.note.text()
            told = sorted(n.text() for n in dialog.findChildren(FieldNote) if n.text().startswith("The server has"))
            await other.post("app/setPreferences", json={key: before[key] for key in wanted})
            row.figure("altered of sent", f"{len(altered)} of {len(wanted)}")
            assert len(altered) > 5, "the server takes all: these values are not odd enough"
            assert told == sorted(f"The server has: {shown(prefs[k], after[k]) or '(empty)'}" for k in altered)
            assert note.partition(". ")[0] == "The server did not accept: " + ", ".join(
                prefs[key].label for key in prefs if key in altered
            )
            assert set(dialog.draft.changed()) == altered

    run(scene())


@pytest.mark.parametrize("generation", VERSIONS)
def test_f35_what_a_server_lacks_is_not_offered_and_never_sent(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    """Of the newest server's settings, too, only those go that this one has, in the form in which it has them."""
    strange: dict[str, Json] = {"max_uploads": "many", "dht": None, "queueing_enabled": 1, "banned_IPs": ["192.0.2.1"]}

    def edit(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if not request.path.endswith("app/preferences"):
            return head, body
        answer = json.loads(gzip.decompress(body) if b"gzip" in head else body) | strange
        del answer["max_connec"]
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-")]
        body = json.dumps(answer).encode()
        kept[1:1] = [b"Content-Length: %d" % len(body)]
        return b"\r\n".join(kept), body

    async def scene() -> None:
        server = real_server(generation)
        async with client_of(real_server(GENERATIONS[-1])) as newest, client_of(server) as own:
            wishes, there = await preferences(newest), await preferences(own)
            wishes |= {
                k: v for k, p in of_servers().prefs.items() if k in wishes and (v := odd(p, wishes[k])) is not None
            }
            async with (
                Proxy(server.port) as proxy,
                program_on(tmp_path, server, proxy.url) as program,
                row.watch(program.window, faults=lambda: program.faults.count, asked=SAVING),
            ):
                proxy.edit = edit
                async with dialog_on(program) as dialog:
                    form, prefs = dialog.form, dialog.draft.prefs
                    assert "max_connec" not in prefs and "max_connec" not in form.found("max_connec")
                    assert [prefs[key].kind for key in strange] == ["text", "json", "int", "json"]
                    usual = {k: v for k, v in wishes.items() if k not in LEFT_ALONE | MOVING}
                    form.put(dialog.draft.carried(usual))
                    await saved(dialog)
                proxy.edit = as_it_is
                await own.post("app/setPreferences", json={k: there[k] for k in there if k not in LEFT_ALONE | MOVING})
            (went,) = sent(proxy)
            row.figure("sent, of the newest's", f"{len(went)} of {len(wishes)}")
            assert went and went.keys() <= there.keys() - strange.keys() - {"max_connec"}
            assert all(type(value) in (type(there[key]), int, float) for key, value in went.items())

    run(scene())


@pytest.mark.parametrize("generation", VERSIONS)
def test_f36_what_another_client_changed_meanwhile_is_named_and_not_overwritten(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    async def scene() -> None:
        server = real_server(generation)
        async with (
            client_of(server) as other,
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            dialog_on(program) as dialog,
        ):
            before = await preferences(other)
            put(dialog.form.row("max_connec"), 300)
            put(dialog.form.row("max_ratio_enabled"), True)  # older servers want max_ratio with it, as it is by then
            theirs = {"max_connec": 400, "up_limit": 2048, "max_ratio": 3, "max_ratio_enabled": True, "dl_limit": 4096}
            async with row.watch(program.window, faults=lambda: program.faults.count, asked=SAVING):
                await other.post("app/setPreferences", json=theirs)
                dialog.save()
                question = await until(lambda: next(iter(dialog.findChildren(ReviewDialog)), None))
                conflicts = question.reason.text()
                await until(lambda: answered(dialog), 30)
            after = await preferences(other)
            overwritten = [k for k in theirs if k != "max_connec" and not same(after[k], theirs[k])]
            await other.post("app/setPreferences", json={key: before[key] for key in theirs})
            row.figure("overwritten", len(overwritten))
            assert "Global maximum number of connections" in conflicts
            assert (after["max_connec"], overwritten) == (300, [])
            assert not {"up_limit", "dl_limit"} & sent(proxy)[0].keys()
            assert (dialog.draft.value("up_limit"), dialog.draft.value("dl_limit")) == (2048, 4096)

    run(scene())


@asynccontextmanager
async def saved_server(folder: Path, server: Server) -> AsyncIterator[tuple[Program, Settings]]:
    settings = Settings(servers=[ServerConfig("home", server.url, username=server.user, id="home")])
    options = ["--server", "home", "--password-stdin"]
    async with running(folder, *options, password=server.password, settings=settings) as program:
        await until(lambda: is_online(program), 20)
        yield program, settings


def is_online(program: Program) -> bool:
    return [s.status.phase for s in program.window.feed.sessions.values()] == ["online"]


def test_f37_a_server_that_moves_by_our_order_is_found_again(run: Run, row: Row, tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        _pem, certificate_file = certificate(tmp_path, "nas")
        files = {"web_ui_https_cert_path": str(certificate_file), "web_ui_https_key_path": str(certificate_file)}
        port = free_port()
        async with saved_server(tmp_path, server) as (program, settings):
            saved_at = tmp_path / "settings.json"
            async with row.watch(program.window, faults=lambda: program.faults.count, asked=SAVING):
                for change in ({"web_ui_port": port}, {"web_ui_username": "someone"}, {"web_ui_password": "another-1"}):
                    async with dialog_on(program) as dialog:
                        for key, value in change.items():
                            put(dialog.form.row(key), value)
                        took = asyncio.get_running_loop().time()
                        await saved(dialog)
                        await until(lambda: is_online(program), 20)
                        took = asyncio.get_running_loop().time() - took
                        row.figure(next(iter(change)), f"{took:.1f} s")
                        assert dialog.note.text() == "1 setting saved"
                home = settings.servers[0]
                assert (home.url, home.username) == (f"http://127.0.0.1:{port}", "someone")
                assert Settings.load(saved_at).servers == [home]
                async with dialog_on(program) as dialog:
                    dialog.form.put(files | {"use_https": True})
                    await saved(dialog)
                    assert "not trusted" in dialog.note.text()
                (session,) = program.window.feed.sessions.values()
                await until(lambda: trouble(session) == "certificate")
                assert Settings.load(saved_at).servers[0].url == f"https://127.0.0.1:{port}"

    with Server("5.3.0") as server:
        run(scene(server))


def test_f37_a_server_that_is_lost_by_our_order_leaves_its_old_address_and_the_way_back(
    run: Run, row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 2.0)

    async def scene(server: Server) -> None:
        async with saved_server(tmp_path, server) as (program, settings):
            async with (
                row.watch(program.window, faults=lambda: program.faults.count, asked=SAVING),
                dialog_on(program) as dialog,
            ):
                put(dialog.form.row("web_ui_address"), "192.0.2.1")
                await saved(dialog)
                said = dialog.note.text()
            assert "does not answer" in said and "WebUI\\Address=127.0.0.1" in said
            assert settings.servers[0].url == server.url

            server.stop()
            config = server.profile / "qBittorrent/config/qBittorrent.conf"
            config.write_text(config.read_text().replace("192.0.2.1", "127.0.0.1"))
            server.start()
            await until(lambda: is_online(program), 20)

    with Server("5.3.0") as server:
        run(scene(server))
