"""The tab "Speed" in the whole program: of what it shows the speeds, and what it tells of a moment."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from qbt_remote.local.settings import Settings
from qbt_remote.start.program import Program
from qbt_remote.ui.details.panels.speed import SpeedPanel
from qbt_remote.ui.details.panels.speed_graph import SpeedGraph, ago, top_of
from qbt_remote.ui.kit.theme import is_dark, state_color
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.details_drive import pick, simulated

NOW = 1_800_000_000.0


def speed(program: Program) -> SpeedPanel:
    panel = program.window.details.panel("speed")
    assert isinstance(panel, SpeedPanel)
    return panel


def says(panel: SpeedPanel, down: str, up: str) -> bool:
    return (panel.down.text(), panel.up.text()) == (f"Download: {down}", f"Upload: {up}")


def test_speeds_of_the_torrent_its_server_and_all_servers_are_shown(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            handler.world.set_server(dl_info_speed=5 * 1024, up_info_speed=2048)
            handler.world.set(one, dlspeed=3072, upspeed=1024)
            QTest.keyClick(program.window, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
            panel = speed(program)
            await until(panel.isVisible)  # of all servers without a torrent, too
            panel.whose.setCurrentIndex(2)
            await until(partial(says, panel, "5.0 KiB/s", "2.0 KiB/s"))

            await pick(program, "one")
            panel.whose.setCurrentIndex(0)
            await until(partial(says, panel, "3.0 KiB/s", "1.0 KiB/s"))
            panel.whose.setCurrentIndex(1)
            await until(partial(says, panel, "5.0 KiB/s", "2.0 KiB/s"))
            assert list(panel.graph.peak) == [5 * 1024, 2048]
            assert not [name for name, _form in handler.log if name == "torrents/properties"], "nothing is polled"

            session = program.window.details.in_view.session
            assert session is not None
            await session.stop()
            await until(partial(says, panel, "–", "–"))
            panel.period.setCurrentIndex(6)
            program.window.close()
        again = Settings.load(tmp_path / "settings.json")
        async with simulated(tmp_path, "one", settings=again) as (program, _handler, _link, _hashes):
            await until(lambda: speed(program).isVisible())
            assert (speed(program).whose.currentIndex(), speed(program).period.currentIndex()) == (1, 6)

    run(play())


def graph(widget: QWidget) -> SpeedGraph:
    shown = SpeedGraph(widget)
    shown.resize(600, 200)
    early = [(NOW - 50 + n, 100 * 1024, 10 * 1024) for n in range(20)]
    late = [(NOW - 20 + n, 50 * 1024, 10 * 1024) for n in range(20)]
    shown.show_speeds([early, late], 60, NOW)
    return shown


def test_a_moment_is_told_by_pointer_and_keys_and_a_gap_is_not_filled(qtbot: object) -> None:
    window = QWidget()
    shown = graph(window)
    told = [shown.told_at(QPoint(x, 50)) for x in range(shown.width())]

    assert "Download: 100.0 KiB/s\nUpload: 10.0 KiB/s" in "".join(told) and "Download: 50.0 KiB/s" in told[-20]
    assert shown.gaps == 1 and list(shown.peak) == [100 * 1024, 10 * 1024]
    QTest.keyClick(shown, Qt.Key.Key_Left)
    assert "Download: 50.0 KiB/s" in shown.accessibleDescription()
    for _ in range(25):
        QTest.keyClick(shown, Qt.Key.Key_Left)
    assert "Download: 100.0 KiB/s" in shown.accessibleDescription()

    down = state_color("downloading", is_dark(shown.palette()))
    picture = shown.grab().toImage()
    columns = {
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if abs(picture.pixelColor(x, y).red() - down.red()) + abs(picture.pixelColor(x, y).blue() - down.blue()) < 60
    }
    gap = [x for x in range(min(columns), max(columns)) if x not in columns]
    assert gap, "nothing is drawn where nothing is known"


@pytest.mark.parametrize(("speed", "top"), [(0, 8), (9, 20), (21, 40), (400, 400), (801, 2048), (3000, 4096)])
def test_the_axis_ends_at_a_round_speed(speed: int, top: int) -> None:
    assert top_of(speed * 1024) == top * 1024


def test_the_axis_of_time_says_how_long_ago_in_short() -> None:
    assert [ago(seconds) for seconds in (0, 15, 450, 21_600)] == ["now", "−15 s", "−7m", "−6h 0m"]
