"""Lists of torrents whose answers are numbered in any form."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Proxy, Request
from tests.ui.conftest import until

pytestmark = pytest.mark.real


class Lists:
    """Changes the list of torrents in the answers of a real server; ``asked`` keeps the rid of each request for one."""

    def __init__(self) -> None:
        self.change: Callable[[dict[str, Any]], None] = lambda _answer: None
        self.asked: list[str] = []

    def edit(self, request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if "sync/maindata" not in request.path:
            return head, body
        asked = parse_qs(urlsplit(request.path).query) or parse_qs(request.body.decode())
        self.asked.append(asked.get("rid", ["0"])[0])
        answer = json.loads(gzip.decompress(body) if b"gzip" in head else body)
        self.change(answer)
        return _with_body(head, json.dumps(answer).encode())


def _with_body(head: bytes, body: bytes) -> tuple[bytes, bytes]:
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    lines = [line for line in lines if not line.lower().startswith((b"content-length:", b"content-encoding:"))]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", b""]), body


@pytest.mark.parametrize("rid", [1, "a text", None], ids=["starts again", "text", "missing"])
def test_f25_the_number_of_an_answer_is_given_back_as_it_came(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, rid: Any
) -> None:
    def renumber(answer: dict[str, Any]) -> None:
        answer.pop("rid")
        if rid is not None:
            answer["rid"] = rid
        sent.append(len(lists.asked))

    sent: list[int] = []
    lists = Lists()

    async def scene() -> None:
        server = real_server("5.3.0")
        async with Proxy(server.port) as proxy:
            proxy.edit = lists.edit
            async with (
                program_on(tmp_path, server, proxy.url) as program,
                row.watch(program.window, faults=lambda: program.faults.count),
            ):
                lists.change = renumber
                await until(lambda: len(sent) > 3)
                assert {lists.asked[at] for at in sent[:3]} == {str(rid or 0)}

    run(scene())
