"""The whole program in its window, with a real server at the other end: what a person does with it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start import command_line
from qbt_remote.start.program import Program
from qbt_remote.start.single_instance import Instance
from qbt_remote.sync.filtering.filters import only
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.servers.server_dialog import ServerDialog
from tests.conftest import Run
from tests.real.scene import make, tiny
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.drop_events import drop_on
from tests.ui.pointer_drag import drag, source_of
from tests.ui.whole_program import client_of, fill, on, received, rows, running

CTRL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as started:
        yield started


def count_of(program: Program, section: str, key: str | None) -> int:
    model = program.window.sidebar.model()
    index = model.find(section, key)  # type: ignore[attr-defined]
    return int(index.data(Qt.ItemDataRole.UserRole)) if index.isValid() else -1


def test_the_list_is_shown_counted_filtered_and_sorted(run: Run, tmp_path: Path, server: Server) -> None:
    samples = [tiny(n, label="Film") for n in (2, 10)] + [tiny(1, label="song")]

    async def play() -> None:
        await fill(server, samples)
        async with running(tmp_path, *on(server), password=server.password) as program:
            window = program.window
            await until(lambda: len(rows(program)) == 3)
            await until(lambda: count_of(program, "status", "stopped") == 3)
            assert count_of(program, "status", None) == 3

            QTest.keyClick(window, Qt.Key.Key_F, CTRL)
            QTest.keyClicks(window.filter_box, "film -10")
            assert rows(program) == [samples[0].name]

            window.filter_box.clear()
            window.sidebar.pick("status", "seeding")
            assert rows(program) == []
            assert window.feed.filter.picks["status"] == only("seeding")
            await until(lambda: window.findChild(QPushButton, "clear_filter").isVisible())
            QTest.mouseClick(window.findChild(QPushButton, "clear_filter"), Qt.MouseButton.LeftButton)
            await until(lambda: len(rows(program)) == 3)

    run(play())


def test_keys_act_on_the_selection_and_the_list_follows(run: Run, tmp_path: Path, server: Server) -> None:
    samples = [tiny(n) for n in range(20, 23)]

    async def play() -> None:
        await fill(server, samples)
        async with running(tmp_path, *on(server), password=server.password) as program, client_of(server) as client:
            window = program.window
            await until(lambda: count_of(program, "status", "stopped") == 3)  # at first they are being checked
            await until(lambda: len(rows(program)) == 3)
            window.activateWindow()
            await until(window.isActiveWindow)  # no other window gets the keys
            window.table.setFocus()
            QTest.keyClick(window.table, Qt.Key.Key_A, CTRL)
            await until(lambda: len(window.table.selected_rows()) == 3)
            QTest.keyClick(window.table, Qt.Key.Key_S, CTRL)
            await until(lambda: count_of(program, "status", "running") == 3)
            states = {row["state"] for row in await client.get("torrents/info")}
            assert not states & {"stoppedDL", "stoppedUP"}

            QTest.keyClick(window.table, Qt.Key.Key_P, CTRL)
            await until(lambda: count_of(program, "status", "stopped") == 3)
            assert len(window.table.selected_rows()) == 3

    run(play())


def test_a_dropped_file_ends_selected_in_the_list_and_a_broken_one_is_named(
    run: Run, tmp_path: Path, server: Server
) -> None:
    sample = make(tmp_path, "dropped content", {"a.bin": 20_000})
    good, broken = tmp_path / "good.torrent", tmp_path / "broken.torrent"
    good.write_bytes(sample.torrent)
    broken.write_bytes(b"this is no torrent")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (good, broken)])

    async def play() -> None:
        await fill(server, [tiny(30)])
        async with running(tmp_path, *on(server), password=server.password) as program:
            window = program.window
            await until(lambda: len(rows(program)) == 1)
            drop_on(program.window, mime, QPoint(600, 400))
            dialog = await until(lambda: window.findChild(AddDialog))
            await until(lambda: dialog.isVisible() and dialog.model.rowCount() == 2 and dialog.add_button.isEnabled())
            said = [str(dialog.model.index(1, column).data()) for column in range(dialog.model.columnCount())]
            assert "broken.torrent" in said[0]
            assert "torrent file" in said[-1], "the reason stands beside it"
            dialog.add_button.click()
            await until(lambda: len(rows(program)) == 2)
            await until(lambda: [t.hash for t in window.table.selected_rows()] == [sample.hash])

    run(play())


def test_a_real_drag_out_of_another_program_ends_on_the_server(run: Run, tmp_path: Path, server: Server) -> None:
    sample = tiny(31)
    file = tmp_path / "with a space.torrent"
    file.write_bytes(sample.torrent)
    settings = Settings(skip_add_dialog=True)

    async def play() -> None:
        await fill(server, [])
        async with (
            running(tmp_path, *on(server), password=server.password, settings=settings) as program,
            source_of(tmp_path, "files", str(file)) as out,
        ):
            window = program.window
            window.setGeometry(300, 150, 900, 600)
            await until(lambda: window.feed.complete() and window.windowHandle().isExposed())
            assert await drag(window, out) == "Copy"
            await until(lambda: rows(program) == [sample.name])

    run(play())


def test_wrong_password_is_tried_once_and_said_in_the_list(run: Run, tmp_path: Path, server: Server) -> None:
    async def play() -> None:
        async with running(tmp_path, *on(server), password="wrong") as program:
            window = program.window
            await until(lambda: window.feed.sessions and window.sessions_shown[0].status.phase == "refused")
            await until(lambda: window.empty_page is not None)
            assert "refused" in window.empty_page.title
            assert "password" in window.empty_page.text

    run(play())


def test_rows_stay_while_the_server_is_away_and_go_on_when_it_is_back(run: Run, tmp_path: Path) -> None:
    async def play(server: Server) -> None:
        await fill(server, [tiny(40)])
        async with running(tmp_path, *on(server), password=server.password) as program:
            await until(lambda: len(rows(program)) == 1)
            session = program.window.sessions_shown[0]
            await asyncio.to_thread(server.kill)
            await until(lambda: session.status.phase == "waiting")
            assert len(rows(program)) == 1
            await asyncio.to_thread(server.start)
            program.window.retry_now()
            await until(lambda: session.status.phase == "online")
            assert len(rows(program)) == 1

    with Server("5.1.0") as server:
        run(play(server))


def test_the_window_remembers_its_columns_and_sort(run: Run, tmp_path: Path, server: Server) -> None:
    async def play() -> None:
        await fill(server, [tiny(50), tiny(51)])
        async with running(tmp_path, *on(server), password=server.password) as program:
            window = program.window
            await until(lambda: len(rows(program)) == 2)
            window.table.sortByColumn(window.model.column("size"), Qt.SortOrder.DescendingOrder)
            window.table.setColumnWidth(window.model.column("name"), 333)
            window.close()
            await asyncio.sleep(0)
        again = Settings.load(tmp_path / "settings.json")
        async with running(tmp_path, settings=again) as program:
            window = program.window
            assert window.table.columnWidth(window.model.column("name")) == 333
            assert window.table.horizontalHeader().sortIndicatorSection() == window.model.column("size")

    run(play())


def test_without_a_server_the_window_says_so_and_offers_one(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with running(tmp_path) as program:
            window = program.window
            await until(lambda: window.empty_page is not None)
            assert window.empty_page.title == "No server yet"
            button = window.findChild(QPushButton, "add_server")
            await until(button.isVisible)
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            dialog = await until(QApplication.activeModalWidget)
            assert isinstance(dialog, ServerDialog)
            dialog.close()

    run(play())


def test_a_second_start_hands_its_items_over(run: Run, tmp_path: Path, server: Server) -> None:
    sample = tiny(60)
    (tmp_path / "late.torrent").write_bytes(sample.torrent)

    async def play() -> None:
        await fill(server, [])
        async with running(tmp_path, *on(server), password=server.password) as program:
            await until(lambda: program.window.feed.complete())
            options = command_line.parse(["--skip-dialog", "--stopped", "late.torrent"])
            for message in command_line.messages(options, tmp_path):
                assert await received(program, message)
            await until(lambda: rows(program) == [sample.name])

    run(play())


def test_items_go_to_the_server_that_the_command_line_names(run: Run, tmp_path: Path, server: Server) -> None:
    sample = tiny(61)
    (tmp_path / "named.torrent").write_bytes(sample.torrent)
    away = ServerConfig("away", "http://127.0.0.1:1")
    home = ServerConfig("home", server.url, username=server.user, enabled=False)

    async def play() -> None:
        await fill(server, [])
        named = ["--server", "home", "--password-stdin", "--skip-dialog", "--stopped", str(tmp_path / "named.torrent")]
        settings = Settings(servers=[away, home])
        async with running(tmp_path, *named, password=server.password, settings=settings) as program:
            await until(lambda: rows(program) == [sample.name])
            assert program.window.sidebar.picks()["server"] == only(home.id)
            assert QApplication.activeModalWidget() is None

    run(play())


def test_items_for_a_server_that_is_not_open_wait_in_the_dialog(run: Run, tmp_path: Path, server: Server) -> None:
    (tmp_path / "late.torrent").write_bytes(tiny(62).torrent)

    async def play() -> None:
        await fill(server, [])
        async with running(tmp_path, *on(server), password=server.password) as program:
            await until(lambda: program.window.feed.complete())
            options = command_line.parse(["--server", "elsewhere", "--skip-dialog", "late.torrent"])
            for message in command_line.messages(options, tmp_path):
                assert await received(program, message)
            dialog = await until(lambda: program.window.findChild(AddDialog))
            await until(dialog.isVisible)
            notice = program.window.notices.current
            assert notice and "elsewhere" in notice.text
            assert rows(program) == []
            dialog.close()

    run(play())


def test_what_is_given_before_there_is_a_server_waits_for_one(run: Run, tmp_path: Path, server: Server) -> None:
    sample = tiny(63)
    (tmp_path / "early.torrent").write_bytes(sample.torrent)

    async def play() -> None:
        await fill(server, [])
        named = ["--server", server.url, "--user", server.user, "--skip-dialog", "--stopped"]
        async with running(tmp_path, *named, str(tmp_path / "early.torrent")) as program:
            form = await until(QApplication.activeModalWidget)
            assert isinstance(form, ServerDialog)
            assert (form.form.address.text(), form.form.username.text()) == (server.url, server.user)
            form.form.password.setText(server.password)
            QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
            await until(lambda: rows(program) == [sample.name])

    run(play())


def test_no_picture_is_taken_of_a_refused_login(
    run: Run, tmp_path: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    options = command_line.parse(["--config", str(tmp_path), *on(server), "--screenshot", str(tmp_path / "window.png")])

    code = run(Program(options, tmp_path, Settings(), Instance(tmp_path), "wrong").run())

    assert code == 1
    assert "refused the user name or password" in capsys.readouterr().err
    assert not (tmp_path / "window.png").exists()


def test_a_server_that_nobody_knows_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qbt_remote", "--config", str(tmp_path), "--server", "elsewhere"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stderr) == (2, "qbt-remote: No server is called 'elsewhere'.\n")


def test_a_window_that_cannot_be_seen_lets_its_servers_be(run: Run, tmp_path: Path, server: Server) -> None:
    async def play() -> None:
        async with running(tmp_path, *on(server), password=server.password) as program:
            window = program.window
            await until(lambda: len(window.feed.sessions) == 1)
            (session,) = window.feed.sessions.values()
            await until(lambda: session.status.phase == "online" and session.looked_at)
            window.hide_window()
            await until(lambda: not session.looked_at)
            window.show_window()
            await until(lambda: session.looked_at)

    run(play())
