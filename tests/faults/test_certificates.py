"""Certificates that change while connected, and twelve that are good or bad."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from qbt_remote.api import tls
from qbt_remote.api.errors import Untrusted
from qbt_remote.api.tls import fingerprint
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.sync.trouble import trouble
from qbt_remote.ui.servers.certificate import CertificateDialog, two_lines
from tests.api.certificates import greet, identity, visit
from tests.conftest import Run
from tests.faults.place import SAMPLES, RealServer
from tests.faults.plugin import Row
from tests.faults.watch import seconds_until
from tests.real.proxy import Proxy, Refusal
from tests.ui.conftest import until
from tests.ui.hand import modal
from tests.ui.tls_front import TlsFront, certificate
from tests.ui.whole_program import fill, rows, running


@pytest.mark.real
def test_f50_a_certificate_that_changes_while_connected_is_blocked_before_a_byte_of_http(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    """The new one bears the same name; both are shown, and the server is back by itself once it has the old one."""

    async def scene(proxy: Proxy, front: TlsFront) -> None:
        server, old, old_file = real_server("5.1.0"), *certificate(tmp_path, "nas")
        front.context.load_cert_chain(old_file)
        (tmp_path / "other").mkdir()
        new, new_file = certificate(tmp_path / "other", "nas")
        url = f"https://127.0.0.1:{front.port}"
        saved = ServerConfig("nas", url, username=server.user, certificate=old, has_headers=False)
        settings, named = Settings(servers=[saved]), ["--server", "nas", "--password-stdin"]
        async with running(tmp_path, *named, password=server.password, settings=settings) as program:
            window = program.window
            await until(lambda: len(rows(program)) == len(SAMPLES), 20)
            (session,) = window.feed.sessions.values()
            async with row.watch(window, faults=lambda: program.faults.count, asked=("CertificateDialog",)):
                front.context.load_cert_chain(new_file)
                proxy.refusal = Refusal()  # the connections end
                await until(lambda: session.status.phase == "waiting", 20)
                before, proxy.refusal, proxy.refused[:] = len(proxy.requests), None, []
                session.retry_now()
                await until(lambda: trouble(session) == "changed_certificate", 20)
                window.server_menus.action("show_certificate", session.config.id, window).trigger()
                question = await modal(CertificateDialog)
                shown = "\n".join(text.text() for text in question.findChildren(QLabel))
                assert two_lines(fingerprint(old)) in shown and two_lines(fingerprint(new)) in shown
                assert not question.ok.isVisible(), "it is to be forgotten in the form first, not by a click"
                question.reject()
                row.figure("requests before the choice", len(proxy.requests) - before + len(proxy.refused))
                assert (len(proxy.requests), proxy.refused) == (before, [])

                front.context.load_cert_chain(old_file)
                session.retry_now()
                took = await seconds_until(lambda: session.status.phase == "online")
                row.figure("back after", f"{took:.1f} s")

    async def whole() -> None:
        await fill(real_server("5.1.0"), SAMPLES)
        async with Proxy(real_server("5.1.0").port) as proxy:
            with TlsFront(tmp_path, "first", int(proxy.url.rpartition(":")[2])) as front:
                await scene(proxy, front)

    run(whole())


@dataclass(frozen=True)
class Case:
    """What is shown, which certificate the user has trusted, and what is said of it; "" for connected."""

    said: str
    name: str = "127.0.0.1"
    days: int = 30
    issuer: str = ""
    trusted: str = ""
    old_tls: bool = False


CHANGED = "not the one you trusted"
CASES = {
    "self-signed": Case("self-signed"),
    "unknown issuer": Case("issuer is not trusted", issuer="other"),
    "known issuer": Case("", issuer="known"),
    "known issuer, expired": Case("it has expired", issuer="known", days=-1),
    "known issuer, other host": Case("it is for another address", issuer="known", name="other.example"),
    "trusted": Case("", trusted="itself"),
    "trusted, expired": Case("", trusted="itself", days=-1),
    "trusted, other host": Case("", trusted="itself", name="other.example"),
    "changed": Case(CHANGED, trusted="another"),
    "changed, known issuer": Case(CHANGED, trusted="another", issuer="known"),
    "signed by the trusted one": Case(CHANGED, trusted="pinned", issuer="pinned"),
    "TLS 1.1": Case("before it was encrypted", trusted="itself", old_tls=True),
}


@pytest.mark.parametrize("kind", CASES)
def test_f51_a_certificate_is_taken_or_refused_before_a_byte_is_sent(run: Run, tmp_path: Path, kind: str) -> None:
    case = CASES[kind]
    issuers = {
        name: identity(tmp_path, name=f"CA {name}", ca=name != "pinned") for name in ("known", "other", "pinned")
    }
    shown = identity(tmp_path, name=case.name, days=case.days, issuer=issuers.get(case.issuer))
    if case.old_tls:
        shown.context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.deprecated_call():
            shown.context.minimum_version = shown.context.maximum_version = ssl.TLSVersion.TLSv1_1
    if case.issuer == "known" and not case.trusted:
        store = tmp_path / "store.pem"
        store.write_text(issuers["known"].pem)
        assert greet(run, shown, tls.store_context([store])) == case.said
        return
    pins = {"": "", "itself": shown.pem, "another": identity(tmp_path).pem, "pinned": issuers["pinned"].pem}

    error, server = visit(run, shown, certificate=pins[case.trusted])

    if case.said:
        assert error is not None and case.said in str(error)
        assert isinstance(error, Untrusted) != case.old_tls
        assert not server.requests
    else:
        assert error is None and "auth/login" in server.names
