"""What the window says of the queue: the count in the status bar, and notices of what failed or was added at last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.api.adding.given import Given
from qbt_remote.local.add_queue import QueueFile
from qbt_remote.model.i18n import tr
from qbt_remote.sync.adding.queue import AddQueue
from qbt_remote.ui.queue.news import GATHER_S, QueueNews
from qbt_remote.ui.status.waiting_button import WaitingButton
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.queue.queue_drive import (
    bad,
    come_back,
    good,
    hash_of,
    lines,
    opened,
    press,
    put,
    put_away,
    queue_of,
    shown,
)
from tests.ui.rig import Rig, play, retry
from tests.walk.reader import unsaid

TWO = ("5.3.0", "5.1.0")
WHY = "only magnet, http and https links can be added"


def part(rig: Rig) -> WaitingButton:
    return rig.window.status.waiting


# the status bar


def test_the_status_bar_counts_what_waits_and_what_was_not_added_and_opens_the_list(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        assert not part(rig).isVisible()
        await put_away(rig.home)
        await put(rig, good(1), good(2), good(3))
        await until(part(rig).isVisible)
        assert part(rig).accessibleName() == "3 waiting to be added"
        assert unsaid(rig.window.status) == []

        await put(rig, bad(4))
        come_back(rig.home)
        await until(lambda: part(rig).text() == "1 was not added", 5)

        QTest.mouseClick(part(rig), Qt.MouseButton.LeftButton)
        await rig.done("Waiting to be added")
        window = shown()
        assert [line[0] for line in lines(window)] == ["bad 4"]
        await press(window, Qt.Key.Key_Delete)
        await until(lambda: not part(rig).isVisible())

    play(run, scene)


def test_on_a_small_screen_it_puts_nothing_away_and_moves_nothing_at_the_right(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        status = rig.window.status
        rig.window.resize(1024, 600)
        rig.select("A")
        rig.window.refresh()
        await asyncio.sleep(0)

        def places() -> list[int]:
            return [label.x() for _line, label in status.fields() if label.isVisible()]

        before = places()
        assert before
        await queue_of(rig).put("gone", "attic", [(good(n), AddOptions()) for n in range(1, 4)])
        await until(part(rig).isVisible)
        await asyncio.sleep(0.1)
        assert places() == before
        assert part(rig).text() in ("3 waiting to be added", "3")
        assert part(rig).accessibleName() == "3 waiting to be added"
        assert part(rig).x() + part(rig).width() <= min(before)
        assert rig.window.width() == 1024

        rig.window.resize(640, 480)
        await until(lambda: part(rig).text() == "3")
        assert "3 waiting to be added" in part(rig).toolTip()

    play(run, scene, *TWO)


# notices


def test_one_notice_stands_for_all_that_failed_and_shows_them(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put_away(rig.home)
        await put(rig, good(9))
        come_back(rig.home)
        await until(lambda: hash_of(9) in rig.home.world.torrents)

        await put(rig, bad(1))
        await until(lambda: rig.notice() == f"home did not add bad 1: {WHY}")
        await put(rig, bad(2), bad(3))
        await until(lambda: rig.notice() == f"home did not add 3 torrents: {WHY}")
        assert rig.window.notices.current is not None
        assert rig.window.notices.waiting == 0
        assert rig.window.notices.current.details.splitlines()[0] == f"home: bad 1: {WHY}"
        assert queue_of(rig).failed() == [], "it was told"

        assert rig.window.notices.current.action is not None
        rig.window.notices.current.action[1]()
        window = shown()
        assert [window.model.name(row) for row in window.selected()] == ["bad 1", "bad 2", "bad 3"]
        rig.window.notices.dismiss_all()
        await put(rig, bad(4))
        await until(lambda: rig.notice() == f"home did not add bad 4: {WHY}")

    play(run, scene)


def test_servers_are_named_where_several_did_not_add_something(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put(rig, bad(1))
        await put(rig, bad(2), server=rig.servers[1])
        await until(lambda: rig.notice() == f"2 torrents were not added on home, seedbox: {WHY}")

    play(run, scene, *TWO)


def test_what_an_open_dialog_follows_is_told_there_alone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        queue = queue_of(rig)
        await put_away(rig.home)
        row, other = await put(rig, bad(1), bad(2))
        queue.watched.add(row.id)
        come_back(rig.home)
        await until(lambda: rig.notice() == f"home did not add bad 2: {WHY}")
        queue.watched.discard(row.id)
        await queue.seen([row])
        await asyncio.sleep(2 * GATHER_S)
        assert rig.notice() == f"home did not add bad 2: {WHY}"
        assert other.told["seen"]

    play(run, scene)


def test_it_is_said_once_all_that_waited_for_a_server_is_added(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await put(rig, good(1))
        await until(lambda: hash_of(1) in rig.home.world.torrents)
        await asyncio.sleep(2 * GATHER_S)
        assert rig.notice() == "", "it did not wait"

        await put_away(rig.home)
        await put(rig, *(good(n) for n in range(2, 14)))
        come_back(rig.home)
        await until(lambda: rig.notice() == "home: 12 torrents that were waiting have been added")
        assert all(hash_of(n) in rig.home.world.torrents for n in range(2, 14))

    play(run, scene)


def test_what_cannot_be_kept_is_said_once_and_in_the_window(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "queue.sqlite"
    place.mkdir()  # no file can be made there

    async def scene(rig: Rig) -> None:
        words = tr("What is waiting to be added is not kept when qbt-remote ends: {why}", why="Is a directory")
        made = AddQueue(QueueFile(place), rig.window.feed.sessions, lambda work: rig.tasks.spawn(work, "Add torrents"))
        await made.open()
        rig.window.shell = replace(rig.window.shell, hooks=rig.window.hooks._replace(add_queue=lambda: made))
        QueueNews(rig.window.shell, rig.window.status.show_waiting)
        assert rig.notice() == words

        await made.put(rig.home.config.id, "home", [(bad(1), AddOptions())])
        window = await opened(rig)
        assert window.not_kept.isVisible() and window.not_kept.text() == words

    play(run, scene)


def test_what_waits_can_be_shown_from_the_notice_that_says_so(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.settings.skip_add_dialog = True
        await put_away(rig.home)
        rig.window.add(Given((good(1).source,)))
        await until(lambda: rig.notice() == "1 torrent waits to be added: it is sent once home answers.")
        retry(rig).click()
        await rig.done(rig.action("add_queue").iconText())
        assert [line[0] for line in lines(shown())] == ["thing 1"]
        shown().close()

    play(run, scene)
