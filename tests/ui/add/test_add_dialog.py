"""The add dialog, driven by keys and mouse, with a real server at the other end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.api.adding.add import AddItem, AddOptions, AddResult
from qbt_remote.api.adding.given import Given, from_text
from qbt_remote.api.adding.items import Item, collect, from_link
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.sync.session import Session
from qbt_remote.translatable import Said
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.add.links_dialog import LinksDialog
from qbt_remote.ui.add.parts.entries import NAME, QUEUED, RESULT
from qbt_remote.ui.folders.places import recent_paths
from qbt_remote.ui.kit.tasks import Tasks
from tests.conftest import Run
from tests.real.scene import make
from tests.real.servers import Server, free_port
from tests.ui.conftest import until
from tests.ui.queue_in_memory import queue_in_memory

HASHES = (f"{i:040x}" for i in range(1, 10_000_000))
LEFT = Qt.MouseButton.LeftButton


def magnet(name: str = "A magnet") -> Item:
    item = from_link(f"magnet:?xt=urn:btih:{next(HASHES)}&dn={name}")
    assert isinstance(item, Item)
    return item


REFUSED = AddItem("ftp://x", None, "ftp://x", "", "Never taken")
BROKEN = Problem("/somewhere/broken.torrent", Said("This is not a torrent file."))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as started:
        yield started


class Desk:
    """What surrounds the dialog: settings, tasks, sessions, and what the dialog told."""

    def __init__(self, qtbot: QtBot) -> None:
        self.settings = Settings()
        self.errors: list[BaseException] = []
        self.tasks = Tasks(lambda error, _doing: self.errors.append(error))
        self.sessions: dict[str, Session] = {}
        self.queue = queue_in_memory(lambda: self.sessions, self.tasks)
        self.added: list[tuple[str, str]] = []
        self.results: list[list[AddResult]] = []
        self.waits: list[tuple[str, int]] = []
        self._qtbot = qtbot

    async def connect(self, server: Server | None, name: str = "home") -> Session:
        """A session with the server, or with an address where nobody is."""
        url = server.url if server else f"http://127.0.0.1:{free_port()}"
        config = ServerConfig(name, url, username="tester", interval_s=0.5)

        async def open_client(config: ServerConfig) -> QbtClient:
            return QbtClient(config, Secrets(password=server.password if server else ""))

        session = self.sessions[config.id] = Session(config, open_client)
        session.start()
        await until(lambda: session.status.phase == ("online" if server else "waiting"))
        return session

    def dialog(self, *given: AddItem | Problem, options: AddOptions | None = None, server: str = "") -> AddDialog:
        items = [g for g in given if isinstance(g, AddItem)]
        problems = [g for g in given if isinstance(g, Problem)]
        dialog = AddDialog(
            self.sessions, self.settings, self.tasks, self.queue(), items, problems, server or None, options=options
        )
        self._qtbot.addWidget(dialog)
        dialog.added.connect(lambda server, torrent: self.added.append((server, torrent)))
        dialog.finished_all.connect(self.results.append)
        dialog.waits.connect(lambda server, count: self.waits.append((server, count)) if count else None)
        return dialog

    async def close(self) -> None:
        await self.tasks.stop()
        for session in self.sessions.values():
            await session.stop()
        assert not self.errors, self.errors


@asynccontextmanager
async def desk_of(qtbot: QtBot) -> AsyncIterator[Desk]:
    desk = Desk(qtbot)
    try:
        yield desk
    finally:
        await desk.close()


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def typed(widget: QWidget, text: str) -> None:
    widget.setFocus()
    QTest.keyClicks(widget, text)


def shown(dialog: AddDialog, row: int, column: int = RESULT) -> str:
    return str(dialog.model.index(row, column).data() or "")


async def torrents(session: Session) -> dict[str, dict[str, Any]]:
    assert session.client is not None
    return {t["hash"]: t for t in await session.client.get("torrents/info")}


@pytest.mark.real
def test_what_is_chosen_is_what_the_server_gets(run: Run, qtbot: QtBot, server: Server, tmp_path: Path) -> None:
    sample = make(tmp_path, "chosen", {"": 60_000})
    (tmp_path / "a.torrent").write_bytes(sample.torrent)

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            session = await desk.connect(server)
            dialog = desk.dialog(*await collect(Given((tmp_path / "a.torrent",))))
            dialog.open()
            form = dialog.form
            typed(form.where.path.edit, str(server.save_path / "deep/er"))
            typed(form.where.category, "Films")
            typed(form.where.tags, "one, two")
            typed(form.where.rename, "Another name")
            for box in (form.where.start, form.how.sequential, form.how.first_last):
                QTest.keyClick(box, Qt.Key.Key_Space)
            form.limits.download_limit.setValue(100)

            click(dialog.add_button)
            await until(lambda: desk.results)

            torrent = (await torrents(session))[sample.hash]
            assert torrent["save_path"] == str(server.save_path / "deep/er")
            assert (torrent["category"], torrent["tags"], torrent["name"]) == ("Films", "one, two", "Another name")
            assert (torrent["seq_dl"], torrent["f_l_piece_prio"], torrent["dl_limit"]) == (True, True, 102_400)
            assert not dialog.isVisible()
            assert desk.added == [(session.config.id, sample.hash)]
            listed = session.mirror.torrents
            await until(lambda: sample.hash in listed and listed[sample.hash].state == "stoppedDL")

    run(play())


@pytest.mark.real
def test_every_row_ends_with_its_result_and_only_what_failed_is_tried_again(
    run: Run, qtbot: QtBot, server: Server
) -> None:
    new, twice = magnet("New"), magnet("Twice")

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            await desk.connect(server)
            dialog = desk.dialog(new, twice, twice, REFUSED, BROKEN, options=AddOptions(stopped=True))
            dialog.open()
            assert shown(dialog, 4) == "This is not a torrent file."

            click(dialog.add_button)
            await until(lambda: desk.results)

            assert [shown(dialog, row).partition(":")[0] for row in range(5)] == [
                "Added",
                "Added",
                "Already there",
                "Refused",
                "This is not a torrent file.",
            ]
            assert [r.outcome for r in desk.results[0]] == ["added", "added", "present", "refused"]
            assert dialog.isVisible()
            assert dialog.add_button.text() == "Retry failed"
            assert "2 added · 1 already there · 1 refused · 1 cannot be added" in dialog.summary.text()

            click(dialog.add_button)
            await until(lambda: len(desk.results) == 2)
            assert [r.item for r in desk.results[1]] == [REFUSED]

            click(dialog.close_button)
            assert not dialog.isVisible()

    run(play())


@pytest.mark.real
def test_a_server_that_is_lost_half_way_gets_the_rest_when_it_is_back(run: Run, qtbot: QtBot) -> None:
    given = [magnet(f"Lost {i}") for i in range(30)]

    async def play() -> None:
        with Server("5.3.0") as server:
            async with desk_of(qtbot) as desk:
                session = await desk.connect(server)
                dialog = desk.dialog(*given, options=AddOptions(stopped=True))
                dialog.open()
                click(dialog.add_button)
                await until(lambda: len(desk.added) >= 3)
                server.stop()
                await until(lambda: desk.results)

                done = len(desk.added)
                assert 3 <= done < 30
                assert desk.waits == [(session.config.id, 30 - done)]
                assert {entry.state for entry in dialog.model.entries} == {"added", QUEUED}
                assert not dialog.isVisible()

                server.start()
                session.retry_now()
                await until(lambda: not desk.queue().rows.pending(), 20)
                assert {i.hash for i in given} == set(await torrents(session))

    run(play())


@pytest.mark.real
def test_what_is_added_for_a_server_that_is_away_waits_for_it(run: Run, qtbot: QtBot, server: Server) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            cellar = await desk.connect(None, "cellar")
            dialog = desk.dialog(magnet(), magnet(), server=cellar.config.id)
            dialog.open()
            assert dialog.trouble.text() == "cellar is not connected. What you add is kept, and sent once it is."
            click(dialog.add_button)
            await until(lambda: desk.waits)

            assert desk.waits == [(cellar.config.id, 2)]
            assert desk.results == [[]] and desk.added == []
            assert not dialog.isVisible()
            assert [row.state for row in desk.queue().rows.all.values()] == ["queued"] * 2

    run(play())


@pytest.mark.real
def test_sending_can_be_stopped_and_says_what_was_not_sent(run: Run, qtbot: QtBot, server: Server) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            await desk.connect(server)
            dialog = desk.dialog(*(magnet() for _ in range(200)), options=AddOptions(stopped=True))
            dialog.open()
            click(dialog.add_button)
            await until(lambda: len(desk.added) > 2)
            assert dialog.progress.isVisible()
            assert not dialog.form.isEnabled()

            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: desk.results)

            assert dialog.isVisible()
            assert shown(dialog, 199) == "Not sent"
            assert len(desk.added) == len(desk.results[0]) < 200
            assert dialog.add_button.text() == "Retry failed"

    run(play())


@pytest.mark.real
def test_the_target_is_chosen_and_one_that_is_offline_is_said(run: Run, qtbot: QtBot, server: Server) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            home = await desk.connect(server)
            cellar = await desk.connect(None, "cellar")
            dialog = desk.dialog(magnet(), server=cellar.config.id)
            dialog.open()

            assert dialog.server.isVisible()
            assert dialog.server.currentText() == "cellar (not connected)"
            assert "cellar is not connected" in dialog.trouble.text()

            QTest.keyClick(dialog.server, Qt.Key.Key_Up)
            assert dialog.add_button.isEnabled()
            assert not dialog.trouble.isVisible()
            click(dialog.add_button)
            await until(lambda: desk.added)
            assert desk.added[0][0] == home.config.id

    run(play())


@pytest.mark.real
def test_choices_are_remembered_but_not_a_name_nor_the_skipped_check(run: Run, qtbot: QtBot, server: Server) -> None:
    chosen = AddOptions(
        category="Kept",
        tags=("a", "b"),
        save_path=str(server.save_path / "kept"),
        stopped=True,
        skip_checking=True,
        content_layout="NoSubfolder",
        up_limit=2048,
        rename="Once",
        auto_tmm=False,
    )

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            session = await desk.connect(server)
            desk.settings.add["remember"] = True
            click(desk.dialog(magnet(), options=chosen).add_button)
            await until(lambda: desk.results)

            again = desk.dialog(magnet())

            assert again.own.shared() == AddOptions(
                category="Kept",
                tags=("a", "b"),
                save_path=chosen.save_path,
                stopped=True,
                content_layout="NoSubfolder",
                up_limit=2048,
                auto_tmm=False,
            )
            await until(lambda: "Kept" in session.mirror.categories)
            third = desk.dialog(magnet(), magnet())
            assert third.form.where.category.findText("Kept") >= 0
            assert chosen.save_path in recent_paths(desk.settings.add, session.config.id)
            assert not third.form.where.rename.isVisibleTo(third)

    run(play())


@pytest.mark.real
def test_without_the_dialog_it_is_added_at_once_and_only_a_failure_is_shown(
    run: Run, qtbot: QtBot, server: Server
) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            await desk.connect(server)
            good = desk.dialog()
            good.read(from_text(magnet().link))
            good.add_quietly()
            await until(lambda: desk.results)
            assert not good.isVisible()

            mixed = desk.dialog()
            mixed.read(from_text(f"{magnet().link}\nnot a link"))
            mixed.add_quietly()
            await until(mixed.isVisible)
            assert shown(mixed, 0) == "Added"
            assert shown(mixed, 1).startswith("This is neither")

    run(play())


@pytest.mark.real
def test_enter_adds_only_after_the_dialog_stood_still_for_half_a_second(run: Run, qtbot: QtBot, server: Server) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            await desk.connect(server)
            dialog = desk.dialog(magnet())
            dialog.open()
            QTest.keyClick(dialog, Qt.Key.Key_Return)
            await asyncio.sleep(0.1)
            assert desk.results == []

            await until(dialog.add_button.isDefault)
            QTest.keyClick(dialog, Qt.Key.Key_Return)
            await until(lambda: desk.results)

    run(play())


@pytest.mark.real
def test_tab_goes_from_the_list_over_the_choices_to_the_buttons(run: Run, qtbot: QtBot) -> None:
    async def act() -> None:
        async with desk_of(qtbot) as desk:
            dialog = desk.dialog(magnet())
            dialog.open()
            await until(dialog.isActiveWindow)
            dialog.view.setFocus()
            passed: list[QWidget | None] = []
            while dialog.focusWidget() not in passed:
                passed.append(dialog.focusWidget())
                QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
            where = dialog.form.where
            order: list[QWidget] = [dialog.view, where.management, where.path.edit, where.start]
            order += [dialog.form.tabs.tabBar(), dialog.habits.do_not_show, dialog.close_button]
            assert sorted(order, key=passed.index) == order
            dialog.reject()

    run(act())


def test_a_magnet_that_points_into_the_servers_network_is_sent_only_when_ticked(
    run: Run, qtbot: QtBot, server: Server
) -> None:
    item = from_link(f"{magnet().link}&tr=http%3A%2F%2F192.168.1.1%2Fannounce")
    assert isinstance(item, Item)

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            await desk.connect(server)
            dialog = desk.dialog(item)
            dialog.open()
            assert "192.168.1.1" in shown(dialog, 0)
            assert not dialog.add_button.isEnabled()

            dialog.view.setCurrentIndex(dialog.model.index(0, NAME))
            QTest.keyClick(dialog.view, Qt.Key.Key_Space)
            assert dialog.add_button.isEnabled()
            click(dialog.add_button)
            await until(lambda: desk.added)

    run(play())


def test_thousands_are_read_while_the_window_stays_alive_and_reading_ends_with_the_dialog(
    run: Run, qtbot: QtBot
) -> None:
    text = "\n".join(f"magnet:?xt=urn:btih:{next(HASHES)}&dn=Torrent%20{i}" for i in range(10_000))

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            await desk.connect(None)
            dialog = desk.dialog()
            dialog.open()
            await until(dialog.isVisible)
            dialog.read(from_text(text))
            longest, last = 0.0, time.perf_counter()
            while dialog.model.rowCount() < 10_000:
                await asyncio.sleep(0.001)
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
            print(f"longest gap {longest * 1000:.0f} ms")
            assert dialog.summary.text().startswith("10000 torrents")

            dialog.read(from_text(text))
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await asyncio.sleep(0)
            assert dialog.model.rowCount() < 20_000

    run(play())


def test_links_are_counted_while_they_are_typed(run: Run, qtbot: QtBot) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            dialog = LinksDialog("", desk.tasks)
            qtbot.addWidget(dialog)
            dialog.open()
            await until(lambda: dialog.count.text() == "No link yet" and dialog.isActiveWindow())
            assert not dialog.proceed.isEnabled()

            for line in ("hello", next(HASHES)):
                QTest.keyClicks(dialog.edit, line)
                QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
            await until(lambda: dialog.count.text() == "1 link · 1 line is no link")
            QTest.keyClick(dialog.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

            assert dialog.result() == LinksDialog.DialogCode.Accepted
            hello, _link = dialog.given()
            assert isinstance(hello, Problem) and hello.source == "hello"

    run(play())


def test_a_page_of_links_is_counted_in_slices(run: Run, qtbot: QtBot) -> None:
    page = "\n".join([f"magnet:?xt=urn:btih:{next(HASHES)}"] * 3000 + ["no link"] * 2)

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            dialog = LinksDialog(page, desk.tasks)
            qtbot.addWidget(dialog)
            dialog.open()
            await until(lambda: dialog.count.text() == "3000 links · 2 lines are no links")

    run(play())


def test_a_long_paste_goes_in_slice_by_slice(run: Run, qtbot: QtBot) -> None:
    page = "\n".join(f"magnet:?xt=urn:btih:{next(HASHES)}" for _ in range(2500))

    async def play() -> None:
        async with desk_of(qtbot) as desk:
            dialog = LinksDialog("hello\n", desk.tasks)
            qtbot.addWidget(dialog)
            dialog.open()
            await until(lambda: dialog.count.text() == "0 links · 1 line is no link")
            QGuiApplication.clipboard().setText(page)
            QTest.keyClick(dialog.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            assert not dialog.proceed.isEnabled()

            await until(lambda: dialog.count.text() == "2500 links · 1 line is no link")
            assert dialog.proceed.isEnabled()
            found = [f.source for f in dialog.given() if not isinstance(f, Path)]
            assert found == ["hello", *page.splitlines()]

    run(play())


def test_tags_are_completed_after_the_last_comma_and_chosen_from_a_menu(run: Run, qtbot: QtBot) -> None:
    async def play() -> None:
        async with desk_of(qtbot) as desk:
            session = await desk.connect(None)
            await session.stop()  # else each try tells the dialog anew which tags it has
            dialog = desk.dialog(magnet())
            dialog.open()
            tags = dialog.form.where.tags
            tags.set_known(["iso", "new"])
            dialog.activateWindow()
            tags.setFocus()
            await until(tags.hasFocus)
            typed(tags, "mine, ne")
            completer = tags.completer()
            assert completer is not None
            popup = completer.popup()
            assert popup is not None
            await until(popup.isVisible)
            QTest.keyClick(popup, Qt.Key.Key_Down)
            QTest.keyClick(popup, Qt.Key.Key_Return)
            assert tags.text() == "mine, new"

    run(play())
