"""Answers that are not what they should be: cut, of another kind, in another form."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Proxy, Request
from tests.ui.conftest import until

pytestmark = pytest.mark.real


KINDS = ("text/html", "text/plain; charset=utf-16", "nonsense", "")


def test_f11_good_json_of_another_content_type_is_read(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    answered: Counter[str] = Counter()
    now = list(KINDS[:1])

    def edit(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        lines = head.split(b"\r\n")
        if "sync/maindata" in request.path:
            (kind,) = now
            answered[kind] += 1
            lines = [line for line in lines if not line.lower().startswith(b"content-type:")]
            lines[1:1] = [b"Content-Type: " + kind.encode()] * bool(kind)
        return b"\r\n".join(lines), body

    async def scene() -> None:
        server = real_server("5.3.0")
        async with Proxy(server.port) as proxy:
            proxy.edit = edit
            async with (
                program_on(tmp_path, server, proxy.url) as program,
                row.watch(program.window, faults=lambda: program.faults.count),
            ):
                (session,) = program.window.feed.sessions.values()
                for kind in KINDS:
                    now[:] = [kind]
                    await until(lambda: answered[now[0]] > 2)
                    assert session.status.phase == "online", kind

    run(scene())
