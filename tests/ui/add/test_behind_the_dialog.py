"""The window behind an open add dialog goes on as ever: what is given there joins the dialog; the rest is followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from qbt_remote.api.adding.given import from_text
from qbt_remote.local.add_queue import NAME
from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.program import Program
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.kit.dialogs import ConfirmDialog
from qbt_remote.ui.servers.servers_dialog import ServersDialog
from tests.conftest import Run
from tests.real.scene import tiny
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.drop_events import drop_on
from tests.ui.pointer_drag import drag, source_of, xdotool
from tests.ui.whole_program import client_of, fill, on, rows, running

pytestmark = pytest.mark.real
FIRST, SECOND, THIRD = tiny(80), tiny(81), tiny(82)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as started:
        yield started


def dialogs() -> list[AddDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()]


async def opened(program: Program, text: str) -> AddDialog:
    """Give something to the window, and wait until the dialog can send it."""
    await until(lambda: any(session.client for session in program.window.feed.sessions.values()), 30)
    program.window.add(from_text(text))
    (dialog,) = await until(dialogs)
    await until(dialog.add_button.isEnabled)
    return dialog  # type: ignore[no-any-return]  # until gives anything


def hashes(dialog: AddDialog) -> list[str]:
    return [entry.item.hash if entry.item else entry.source for entry in dialog.model.entries]


async def click_on(widget: QWidget, place: QPoint) -> None:
    """Click with the pointer of the desktop."""
    at = widget.mapToGlobal(place)
    await xdotool("mousemove", str(at.x()), str(at.y()), "click", "1")


async def question() -> ConfirmDialog:
    asked = await until(QApplication.activeModalWidget)
    assert isinstance(asked, ConfirmDialog)
    return asked


def test_what_is_dragged_to_or_pasted_on_the_window_behind_joins_the_dialog(
    run: Run, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "second.torrent"
    file.write_bytes(SECOND.torrent)
    named = ["--stopped", str(tmp_path / "first.torrent")]
    (tmp_path / "first.torrent").write_bytes(FIRST.torrent)
    magnet = f"magnet:?xt=urn:btih:{THIRD.v1}"

    async def play() -> None:
        await fill(server, [])
        async with (
            running(tmp_path / "D", *on(server), *named, password=server.password) as program,
            source_of(tmp_path, "files", str(file)) as out,
        ):
            window = program.window
            window.setGeometry(300, 200, 900, 500)
            (dialog,) = await until(dialogs, 30)
            dialog.move(560, 220)
            assert await drag(window.sidebar, out) == "Copy"
            await until(lambda: len(dialog.model.entries) == 2)
            await until(dialog.isActiveWindow)

            QGuiApplication.clipboard().setText(f"Here: {magnet}")
            await click_on(window.status, QPoint(4, 4))
            await until(window.isActiveWindow)
            await xdotool("key", "ctrl+v")
            await until(lambda: len(dialog.model.entries) == 3)
            assert dialogs() == [dialog]
            assert hashes(dialog) == [FIRST.hash, SECOND.hash, THIRD.v1]

            await until(dialog.add_button.isEnabled)
            dialog.add_button.click()
            await until(lambda: len(rows(program)) == 3)
            await until(lambda: dialogs() == [])

    run(play())


def test_what_is_given_while_the_dialog_sends_waits_in_its_list(run: Run, server: Server, tmp_path: Path) -> None:
    links = "\n".join(f"{n:040x}" for n in range(1, 40))

    async def play() -> None:
        await fill(server, [])
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await opened(program, links)
            dialog.add_button.click()
            await until(lambda: dialog.close_button.text() == "Stop")
            mime = QMimeData()
            mime.setText(f"{40:040x}")
            assert drop_on(program.window, mime, QPoint(200, 200))
            await until(lambda: dialog.close_button.text() == "Cancel")
            assert [entry.state for entry in dialog.model.entries[:-1]] == ["added"] * 39
            assert dialog.model.waiting() == [39]
            dialog.add_button.click()
            await until(lambda: dialogs() == [])
            async with client_of(server) as client:
                assert len(await client.get("torrents/info")) == 40

    run(play())


def test_what_happens_on_the_server_meanwhile_shows_in_the_dialog(run: Run, server: Server, tmp_path: Path) -> None:
    async def play() -> None:
        await fill(server, [FIRST])
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await opened(program, f"{FIRST.v1}\n{SECOND.v1}")
            assert [entry.present for entry in dialog.model.entries] == [FIRST.hash, ""]
            async with client_of(server) as client:
                await client.post("torrents/delete", hashes=[FIRST.hash], deleteFiles=True)
                await client.post("torrents/add", files=[("0.torrent", SECOND.torrent)], stopped=True)
            await until(lambda: [entry.present for entry in dialog.model.entries] == ["", SECOND.hash])
            dialog.reject()

    run(play())


def test_the_dialog_follows_a_server_that_is_edited_and_chooses_no_other_for_one_that_goes(
    run: Run, server: Server, tmp_path: Path
) -> None:
    home = ServerConfig("home", server.url, username=server.user)
    settings = Settings(servers=[home, ServerConfig("away", "http://127.0.0.1:1", auth="none")])
    named = ["--server", "home", "--password-stdin"]

    async def play() -> None:
        await fill(server, [])
        async with running(tmp_path / "D", *named, password=server.password, settings=settings) as program:
            dialog = await opened(program, FIRST.v1)
            assert dialog.server_id() == home.id
            before = dialog.server.session()
            await program.window.hooks.replace_server(replace(home, name="Home 2"), None)
            await until(lambda: dialog.server.session() not in (None, before) and dialog.add_button.isEnabled())
            assert dialog.server.currentText() == "Home 2"

            program.window.hooks.open_servers(False)
            servers: Any = await until(QApplication.activeModalWidget)
            assert isinstance(servers, ServersDialog)
            QTest.mouseClick(servers.remove_button, Qt.MouseButton.LeftButton)
            QTest.mouseClick(servers.question.remove, Qt.MouseButton.LeftButton)
            servers.close()
            await until(lambda: dialog.server.session() is None)
            assert [dialog.server.itemData(n) for n in range(dialog.server.count())] == [settings.servers[0].id]
            assert dialog.server.isVisible() and dialog.server.currentText() == ""
            assert "choose another" in dialog.trouble.text() and not dialog.add_button.isEnabled()
            assert hashes(dialog) == [FIRST.v1]
            dialog.reject()

    run(play())


def test_the_window_closes_without_a_question_where_what_waits_is_kept(
    run: Run, server: Server, tmp_path: Path
) -> None:
    async def give() -> None:
        await fill(server, [])
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await opened(program, f"{FIRST.v1}\n{SECOND.v1}")
            program.window.close()
            await until(lambda: not program.window.isVisible())
            dialog.hide()  # the process would end, and the dialog with it

    async def find_again() -> None:
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await until(lambda: program.window.findChild(AddDialog))
            await until(lambda: hashes(dialog) == [FIRST.v1, SECOND.v1])
            dialog.reject()
            await until(lambda: program.window.findChild(AddDialog) is None)

    async def find_nothing() -> None:
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            await until(program.window.feed.complete)
            await until(lambda: program.window.shell.hooks.add_queue().rows.all == {})
            assert program.window.findChild(AddDialog) is None

    run(give())
    run(find_again())
    run(find_nothing())


def test_the_window_does_not_close_without_a_question_while_something_waits_that_is_not_kept(
    run: Run, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "D" / NAME).mkdir(parents=True)

    async def play() -> None:
        await fill(server, [])
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            window = program.window
            dialog = await opened(program, f"{FIRST.v1}\n{SECOND.v1}")
            window.close()
            asked = await question()
            assert asked.cancel.isDefault()
            QTest.mouseClick(asked.cancel, Qt.MouseButton.LeftButton)
            await until(lambda: QApplication.activeModalWidget() is None)
            assert window.isVisible() and hashes(dialog) == [FIRST.v1, SECOND.v1]

            window.actions_.action("quit").trigger()
            QTest.mouseClick((await question()).ok, Qt.MouseButton.LeftButton)
            await until(lambda: not window.isVisible())
            dialog.hide()  # the process would end, and the dialog with it

    run(play())
