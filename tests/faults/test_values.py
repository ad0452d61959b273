"""Values in answers that no server should send, and some do: nothing raises, and all that is good is shown."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PySide6.QtCore import Qt

from qbt_remote.api.errors import BadReply
from qbt_remote.start.program import Program
from tests.conftest import Run
from tests.faults.place import SAMPLES, RealServer, program_on
from tests.faults.plugin import Row
from tests.faults.talk import cookie, is_poll, polls, post_as, session_of
from tests.faults.test_preferences import SAVING, dialog_on, saved, sent
from tests.real.proxy import Proxy, Request, as_it_is
from tests.ui.conftest import until
from tests.ui.whole_program import client_of, rows

pytestmark = pytest.mark.real
VERSIONS = ["4.5.2", "5.3.0"]
HALF = b"json=" + quote(r'{"add_trackers": "http://a\ud800b/"}').encode()
Change = Callable[[bytes], bytes]


def in_answers(change: Change, asked: Callable[[Request], bool] = is_poll) -> Any:
    """Have the proxy put other bytes into answers."""

    def edit(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if not asked(request) or b" 200 " not in head[:16]:
            return head, body
        if b"gzip" in head.lower():
            body = gzip.decompress(body)
            head = re.sub(rb"(?i)\r\ncontent-encoding: [^\r]*", b"", head)
        body = change(body)
        return re.sub(rb"(?i)(\r\ncontent-length: )\d+", rb"\g<1>%d" % len(body), head), body

    return edit


def instead(body: bytes) -> Change:
    return lambda _answered: body


def painted(program: Program) -> list[list[str]]:
    """What every cell of the list shows, with its tip."""
    model = program.window.model
    columns = range(model.columnCount())
    for number in range(model.rowCount()):
        for column in columns:
            model.index(number, column).data(Qt.ItemDataRole.ToolTipRole)
    return [[str(model.index(n, c).data()) for c in columns] for n in range(model.rowCount())]


async def all_anew(program: Program, proxy: Proxy) -> None:
    """Have the whole list read, by one more session."""
    session, before = session_of(program), len(proxy.requests)
    await session.stop()
    session.start()
    await until(lambda: len(polls(proxy, before)) > 1)


NO_TEXTS = [b"\\ud800", b"\\udfff\\ud83d\\ude00", b"\xff\xfe", b"\xed\xa0\x80", b"\x00", b"\\u0000"]
"""Halves of pairs, bytes that are no UTF-8, half a pair in UTF-8, NUL."""


def test_f12_texts_that_are_none_are_shown_with_a_sign_in_their_place(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    """In the names of six torrents, behind a byte order mark."""

    def change(body: bytes) -> bytes:
        for sample, text in zip(SAMPLES, NO_TEXTS, strict=False):
            body = body.replace(b'"name":"%s"' % sample.name.encode(), b'"name":"a%sz"' % text)
        return b"\xef\xbb\xbf" + body

    async def scene() -> None:
        server = real_server("5.3.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url, select=0) as program,
            row.watch(program.window, faults=lambda: program.faults.count, rows_stay=False),
        ):
            proxy.edit = in_answers(change)
            await all_anew(program, proxy)
            names = {sample.name for sample in SAMPLES[len(NO_TEXTS) :]}
            odd = [name for name in rows(program) if name not in names]
            assert len(odd) == len(NO_TEXTS) and len(rows(program)) == len(SAMPLES)
            for name in odd:
                assert name.startswith("a") and name.endswith("z")
                name.encode()  # no half of a pair is left in it
            painted(program)
            assert session_of(program).status.phase == "online"

    run(scene())


@pytest.mark.parametrize("generation", VERSIONS)
def test_f12_half_a_pair_in_a_setting_of_a_real_server_fails_no_screen_and_is_not_written_back(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, generation: str
) -> None:
    raw: list[bytes] = []

    def seen(body: bytes) -> bytes:
        raw.append(body)
        return body

    async def scene() -> None:
        server = real_server(generation)
        async with (
            client_of(server) as other,
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
        ):
            before = await other.get("app/preferences")
            proxy.edit = in_answers(seen, lambda request: "preferences" in request.path.lower())
            post_as(server, cookie(proxy), "app/setPreferences", HALF)
            try:
                async with row.watch(program.window, faults=lambda: program.faults.count, asked=SAVING):
                    async with dialog_on(program) as dialog:
                        read = dialog.draft.prefs
                        assert "add_trackers" in read
                        dialog.form.put({"max_connec": 321})
                        assert set(dialog.draft.changed()) == {"max_connec"}
                        await saved(dialog)
                    (form,) = sent(proxy)
                    assert "add_trackers" not in form
                assert b"\\ud800" in raw[0], "this server sends none"
            finally:
                await other.post(
                    "app/setPreferences", json={key: before[key] for key in ("add_trackers", "max_connec")}
                )

    run(scene())


WRONG_NUMBERS = ["NaN", "-Infinity", "1e400", "99999999999999999999", "1180591620717411303424", "9" * 400]


def test_f13_a_number_that_is_none_is_unknown_and_the_rest_of_its_row_is_right(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    """Each in all numbers of a torrent but one, and one in those of the whole server."""

    def change(body: bytes) -> bytes:
        plain = json.loads(body)
        for number, sample in enumerate(SAMPLES[: len(WRONG_NUMBERS)]):
            fields = plain.get("torrents", {}).get(sample.hash, {})
            wrong = [key for key, value in fields.items() if type(value) in (int, float) and key != "size"]
            spoiled.extend(wrong)
            fields |= dict.fromkeys(wrong, f"SPOILED{number}")
        state = plain.get("server_state", {})
        state |= {key: "SPOILED4" for key, value in state.items() if type(value) is int}
        text = json.dumps(plain)
        for number, value in enumerate(WRONG_NUMBERS):
            text = text.replace(f'"SPOILED{number}"', value)
        return text.encode()

    spoiled: list[str] = []

    async def scene() -> None:
        server = real_server("5.1.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url, select=0) as program,
            row.watch(program.window, faults=lambda: program.faults.count, rows_stay=False),
        ):
            torrents = session_of(program).mirror.torrents
            before, sizes = sorted(rows(program)), {key: torrent.size for key, torrent in torrents.items()}
            added = {key: torrent.added_on for key, torrent in torrents.items()}
            proxy.edit = in_answers(change)
            await all_anew(program, proxy)
            row.figure("values spoiled", len(spoiled))
            assert len(spoiled) > 20 * len(WRONG_NUMBERS)
            painted(program)
            assert sorted(rows(program)) == before
            torrents = session_of(program).mirror.torrents
            assert {key: torrent.size for key, torrent in torrents.items()} == sizes
            assert session_of(program).status.phase == "online"
            known = [torrents[sample.hash].added_on == added[sample.hash] for sample in SAMPLES]
            assert known == [False] * len(WRONG_NUMBERS) + [True] * (len(SAMPLES) - len(WRONG_NUMBERS))
            proxy.edit = as_it_is
            await all_anew(program, proxy)
            painted(program)
            assert sorted(rows(program)) == before

    run(scene())


def test_f14_json_a_million_levels_deep_is_refused_and_the_list_stays(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    """Lists and objects, among the torrents, in a field that is not known, and alone."""
    places = [b'{"rid":1,"torrents":{"x":', b'{"rid":1,"new":', b""]
    bodies = [place + piece * 1_000_000 for place in places for piece in (b"[", b'{"a":')]

    async def scene() -> None:
        server = real_server("5.1.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window, faults=lambda: program.faults.count),
        ):
            session = session_of(program)
            for body in bodies:
                proxy.edit = in_answers(instead(body))
                session.retry_now()
                await until(lambda: session.status.phase == "waiting")
                assert isinstance(session.status.error, BadReply)
                proxy.edit, before = as_it_is, len(proxy.requests)
                session.retry_now()
                await until(lambda: session.status.phase == "online")
                assert polls(proxy, before)[0] == "0"

    run(scene())
