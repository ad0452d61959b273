"""What people give has the same result by ``--add-only`` and through the window, whichever way it comes in.

The whole corpus goes to real servers by ``--add-only`` and as arguments of the window; then it is given to that
window by a second start, pasted, dropped and typed, and must show the same rows.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from qbt_remote.api.adding.items import Item
from qbt_remote.local.log import one_line
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.start.add_only import run as add_only
from qbt_remote.start.command_line import Options, messages
from qbt_remote.start.program import Program
from qbt_remote.sync.adding import fetching
from qbt_remote.sync.adding.fetching import SILENT
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.add.links_dialog import LinksDialog
from qbt_remote.ui.add.parts.entries import NAME, PROBLEM, AddEntry
from tests.api.adding.corpus import Case, cases, make_files
from tests.conftest import Run
from tests.real.scene import make
from tests.real.servers import Server, start_together
from tests.real.web import Web
from tests.ui.conftest import until
from tests.ui.drop_events import drop_on
from tests.ui.whole_program import fill, on, received, running

pytestmark = pytest.mark.real
TOLD = {"added": "added", "present": "already there", "refused": "refused", "fetching": "being fetched"}
THIRD = {"4.5.2": 0, "5.3.0": 1}
"""By generation: where the third part of the texts begins that the window sends there."""
NOBODY = "http://127.0.0.1:1/x.torrent"
UNLOCKED = {"locked.torrent", "a.torrent"}
"""Root may read them."""


def is_sent(case: Case) -> bool:
    """Links to sites that no test can reach stay out, and what looks like a flag of ours."""
    return not any(said.startswith("http") for said in case.gives) and not case.text.startswith("-")


CASES = [case for case in cases() if is_sent(case)]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    made = {generation: Server(generation) for generation in ("4.5.2", "5.3.0")}
    start_together(made.values())
    yield made
    for server in made.values():
        server.remove()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with Web({"good.torrent": make(tmp_path, "fetched", {"": 20_000}).torrent}) as web:
        yield web


async def stated(server: Server, items: tuple[str, ...]) -> tuple[int, list[str]]:
    """Run ``--add-only`` and give its exit code and its lines."""
    out = io.StringIO()
    config = ServerConfig("real", server.url, username=server.user)

    async def secrets(_server: ServerConfig) -> Secrets:
        return Secrets(password=server.password)

    code = await add_only(Options(items=items, stopped=True), Settings(servers=[config]), secrets, out=out)
    return code, out.getvalue().splitlines()


def line(entry: AddEntry) -> str:
    """Say of a row of the dialog what ``--add-only`` would."""
    if entry.item is None:
        assert entry.state == PROBLEM
        return one_line(f"refused: {entry.source.removeprefix(f'{Path.cwd()}/')}: {entry.reason}")
    reason = f": {entry.reason}" if entry.reason and entry.state != "added" else ""
    return one_line(f"{TOLD[entry.state]}: {entry.item.name}{reason}")


def what(entry: AddEntry) -> tuple[object, ...]:
    """What a row is, whatever became of it."""
    item = entry.item
    return (item.ids, item.link, isinstance(item, Item)) if item else (entry.source, entry.reason)


async def shown(program: Program, count: int) -> AddDialog:
    """Wait until the add dialog has read this many things."""

    def dialog() -> AddDialog | None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()]
        return found[0] if found and len(found[0].model.entries) >= count else None

    made = await until(dialog, 30)
    assert isinstance(made, AddDialog) and len(made.model.entries) == count, program
    return made


async def rows_after(program: Program, give: Callable[[], None], count: int) -> list[tuple[object, ...]]:
    """Give something to the window, and what the rows of the dialog are then."""
    give()
    dialog = await shown(program, count)
    rows = [what(entry) for entry in dialog.model.entries]
    dialog.reject()
    await until(lambda: not dialog.isVisible())
    return rows


def untick(dialog: AddDialog, sample: range) -> None:
    """Leave a part of the texts ticked, and all files and links to fetch: a window takes 50 ms for each."""
    for row in range(sample.stop):
        if row not in sample and dialog.model.entries[row].item is not None:
            box = dialog.model.index(row, NAME)
            assert dialog.model.setData(box, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)


def paste(program: Program, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    program.window.paste()


def drop(program: Program, text: str, files: list[Path] | None = None) -> None:
    mime = QMimeData()
    if files is None:
        mime.setText(text)
    else:
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    assert drop_on(program.window, mime, QPoint(200, 200))


def type_links(program: Program, text: str) -> None:
    program.window.adding.ask_links(text)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, LinksDialog) and w.isVisible())

    async def accept() -> None:
        await until(dialog.proceed.isEnabled)
        dialog.proceed.click()

    program.window.shell.tasks.spawn(accept(), "test")


@pytest.mark.parametrize("generation", ["4.5.2", "5.3.0"])
def test_everything_has_one_result_whichever_way_it_is_given(
    run: Run,
    servers: dict[str, Server],
    generation: str,
    web: Web,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "LONGEST_SILENT_S", 0.5)
    server = servers[generation]
    files = make_files(tmp_path)
    links = (f"{web.url}/good.torrent", f"{web.url}/404", f"{web.url}/page", NOBODY)
    items = (*(case.text for case in CASES), *map(str, files), *links)
    text = "\n\n".join(case.text for case in CASES)
    sample = range(THIRD[generation], sum(len(case.argument) for case in CASES), 3)
    given = sum(len(case.argument) for case in CASES) + len(files) + len(links)

    async def play() -> None:
        await fill(server, [])
        code, lines = await stated(server, items)
        await fill(server, [])
        assert code == 1
        assert len(lines) == given
        async with running(tmp_path / "D", *on(server), "--stopped", *items, password=server.password) as program:
            dialog = await shown(program, given)
            rows = [what(entry) for entry in dialog.model.entries]
            untick(dialog, sample)
            await until(program.window.feed.complete, 60)  # the server has just been asked to forget all of this
            await until(dialog.add_button.isEnabled)
            dialog.add_button.click()
            await until(lambda: not dialog.model.to_send and dialog.close_button.text() == "Close", 180)
            entries = [(i, entry) for i, entry in enumerate(dialog.model.entries) if entry.chosen or not entry.item]
            assert [line(entry) for _i, entry in entries] == [lines[i] for i, _entry in entries]
            dialog.reject()
            await until(lambda: not dialog.isVisible())

            answers = list[bool]()

            def second_start() -> None:
                for message in messages(Options(items=items, stopped=True), Path.cwd()):
                    program.receive(message, answers.append)

            assert await rows_after(program, second_start, given) == rows
            assert answers and all(answers)
            texts = sum(len(case.gives) for case in CASES)
            pasted = await rows_after(program, lambda: paste(program, text), texts)
            assert await rows_after(program, lambda: drop(program, text), texts) == pasted
            assert await rows_after(program, lambda: type_links(program, text), texts) == pasted
            as_argument = {row for row in rows if isinstance(row[0], tuple)}
            assert {row for row in pasted if isinstance(row[0], tuple)} <= as_argument
            dropped = [file for file, said in files.items() if file.suffix.lower() == ".torrent" or file.is_dir()]
            places = [row for row, path in zip(rows[-len(files) - 4 : -4], files, strict=True) if path in dropped]
            assert await rows_after(program, lambda: drop(program, "", dropped), len(dropped)) == places
        check(generation, lines, files)

    run(play())


def check(generation: str, lines: list[str], files: dict[Path, str]) -> None:
    """The results themselves, of what is not a plain text."""
    for told, (path, said) in zip(lines[-len(files) - 4 : -4], files.items(), strict=True):
        kind, _, words = said.partition(" ")
        if path.name in UNLOCKED:
            assert told.startswith(("added: ", "already there: ")) or "Permission denied" in told
        elif kind == "name":
            assert told == f"added: {words}"
        else:
            assert told.startswith("refused: ") and words in told, told
    good, missing, page, nobody = lines[-4:]
    assert good == "added: good.torrent"
    assert page.startswith("refused: page: expected value")
    if generation == "4.5.2":
        assert (missing, nobody) == (f"being fetched: 404: {SILENT}", f"being fetched: x.torrent: {SILENT}")
    else:
        assert missing.endswith("(404)") and nobody.endswith("The remote server refused the connection")


def test_what_cannot_be_given_is_told_with_the_reason(run: Run, servers: dict[str, Server], tmp_path: Path) -> None:
    """Arguments that no file can have for a name, and nothing besides."""
    server = servers["5.3.0"]
    items = ("\udcff\udcfe.torrent", "x" * 300, "nul\0.torrent", "", "magnet:?dn=x")

    async def play() -> None:
        code, lines = await stated(server, items)
        assert code == 1
        assert len(lines) == len(items)
        assert all(told.startswith("refused: ") for told in lines)
        assert lines[1].endswith("It cannot be read: File name too long.")
        assert lines[2].endswith("It cannot be read: no file can have this name.")
        assert lines[3:] == ["refused: : It is empty.", "refused: magnet:?dn=x: The magnet link has no info-hash."]
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            await until(lambda: program.window.feed.complete())
            for message in messages(Options(items=items), tmp_path):
                assert await received(program, message)
            dialog = await shown(program, len(items))
            assert [line(entry).split(": ")[-1] for entry in dialog.model.entries] == [
                told.split(": ")[-1] for told in lines
            ]
            dialog.reject()
            await asyncio.sleep(0)

    run(play())
