"""The bars of the tab "General" and the tab "Pieces": what they paint, what they say, what they ask for."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from qbt_remote.start.program import Program
from qbt_remote.sync.details.rows import Properties
from qbt_remote.ui.details.panels.piece_bar import PieceBar, PieceMap, colors
from qbt_remote.ui.details.panels.pieces import PiecesPanel
from tests.conftest import Run
from tests.sim.details import Details as DetailHandler
from tests.ui.conftest import until
from tests.ui.details_drive import general, pick, simulated

KEY = Qt.Key
STATES = [2] * 50 + [1] * 2 + [0] * 48
FILES = [
    {"index": 0, "name": "a/first <b>.bin", "size": 1, "piece_range": [0, 50]},
    {"index": 1, "name": "a/second.bin", "size": 1, "piece_range": [50, 99]},
]


def tell(handler: DetailHandler, torrent_hash: str, *, have: int = 50) -> None:
    told = handler.told
    told["torrents/properties"][torrent_hash] = {"pieces_num": 100, "pieces_have": have, "piece_size": 16384}
    told["torrents/pieceStates"][torrent_hash] = STATES
    told["torrents/pieceHashes"][torrent_hash] = [f"{n:040x}" for n in range(100)]
    told["torrents/files"][torrent_hash] = FILES
    if "torrents/pieceAvailability" in told:
        told["torrents/pieceAvailability"][torrent_hash] = [n % 3 for n in range(100)]


def pieces(program: Program) -> PiecesPanel:
    panel = program.window.details.panel("pieces")
    assert isinstance(panel, PiecesPanel)
    return panel


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


async def told(widget: QWidget, place: QPoint, words: str) -> str:
    """Move the pointer there and give what the tip says, once these words are in it.

    Not by QTest, which runs the event loop inside the task.
    """
    move, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    where, keys = QPointF(place), Qt.KeyboardModifier.NoModifier

    def says() -> bool:
        there = QMouseEvent(move, where, QPointF(widget.mapToGlobal(place)), none, none, keys)
        QApplication.sendEvent(widget, there)
        return words in QToolTip.text()

    await until(says)
    return QToolTip.text()


def test_the_bars_show_what_is_there_and_name_the_files_under_the_pointer(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, _link, (one,)):
            tell(handler, one)
            await pick(program, "one")
            panel = general(program)
            await until(lambda: panel.pieces.pieces == 100 and panel.peers_pieces.isVisible())
            bar, shades = panel.pieces, colors(panel.palette(), "downloading")
            shown = picture(bar)
            at = [shown.pixelColor(bar.width() * percent // 100, 5).rgb() for percent in (10, 51, 90)]
            assert at == [shades[16], shades[17], shades[0]]

            said = await told(bar, QPoint(bar.width() // 10, 5), "first")
            assert "of 0–99" in said and "Downloaded" in said and "<\u2060b>" in said and "second" not in said
            assert len(handler.calls("torrents/files")) == 1

    run(play())


def test_an_older_server_has_one_bar_and_a_whole_torrent_needs_no_asking(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, _link, (one, two)):
            tell(handler, one)
            tell(handler, two, have=100)
            await pick(program, "one")
            await until(lambda: general(program).pieces.pieces == 100)
            assert not general(program).peers_pieces.isVisible()
            assert not handler.calls("torrents/pieceAvailability")

            await pick(program, "two")
            await until(lambda: general(program).pieces.pieces == 100)
            assert {form["hash"] for form in handler.calls("torrents/pieceStates")} == {one}

    run(play())


def test_the_map_tells_its_pieces_and_how_many_peers_have_them(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, _link, (one,)):
            tell(handler, one)
            await pick(program, "one")
            QTest.keyClick(program.window, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
            await until(lambda: pieces(program).map.pieces == 100)
            panel = pieces(program)
            assert panel.summary.text() == "100 × 16.0 KiB"
            assert panel.map.accessibleDescription() == "Downloaded: 50, Downloading: 2, Missing: 48"
            shown, shades = picture(panel.map), colors(panel.palette(), "downloading")
            columns, _rows, cell, share = panel.map.grid()
            assert share == 1
            places = [QPoint(n % columns * cell + 3, n // columns * cell + 3) for n in (0, 50, 99)]
            assert [shown.pixelColor(place).rgb() for place in places] == [shades[16], shades[17], shades[0]]
            assert [panel.map.part_at(place) for place in places] == [(0, 0), (50, 50), (99, 99)]
            said = await told(panel.map, places[2], "second")
            assert "Piece index 99 of 0–99" in said and "Missing" in said

            actions = panel.actions_
            actions.action("availability").trigger()
            await until(lambda: panel.map.accessibleDescription() == "In no peer: 34, Most: 2 peers")
            assert not panel.map.states_shown
            await until(actions.action("availability").isChecked)

    run(play())


def test_keys_go_through_the_pieces_and_tell_them(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.3.0") as (program, handler, _link, (one,)):
            tell(handler, one)
            await pick(program, "one")
            program.window.activateWindow()
            await until(program.window.isActiveWindow)
            program.window.details.show_tab("pieces")
            await until(lambda: pieces(program).map.isVisible() and pieces(program).map.pieces == 100)
            shown = pieces(program).map
            summary, plain = shown.accessibleDescription(), picture(shown)
            shown.setFocus(Qt.FocusReason.TabFocusReason)
            await until(shown.hasFocus)
            framed = picture(shown)
            assert framed != plain and shown.accessibleDescription() == summary

            columns = shown.grid()[0]
            passed = []
            for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, KEY.Key_Left, KEY.Key_Up, KEY.Key_End):
                QTest.keyClick(shown, key)
                passed.append(shown.marked)
            assert passed == [(n, n) for n in (0, 1, min(columns + 1, 99), min(columns, 98), 0, 99)]
            await until(lambda: "second" in shown.accessibleDescription())
            assert "Piece index 99 of 0–99" in QToolTip.text() and "second" in QToolTip.text()
            assert picture(shown) != framed

            program.window.table.setFocus()
            assert shown.accessibleDescription() == summary and picture(shown) == plain

            program.window.details.show_tab("general")
            bar = general(program).pieces
            await until(lambda: bar.isVisible() and bar.pieces == 100)
            bar.setFocus(Qt.FocusReason.TabFocusReason)
            for key in (KEY.Key_Home, KEY.Key_Down, KEY.Key_Right):
                QTest.keyClick(bar, key)
            assert bar.marked == (11, 11) and "Piece index 11" in bar.accessibleDescription()

    run(play())


def test_hashes_are_asked_for_when_they_are_wanted_and_copied(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, _link, (one, two)):
            tell(handler, one)
            program.window.details.show_tab("pieces")
            await pick(program, "one")
            await until(lambda: pieces(program).map.pieces == 100)
            panel, actions = pieces(program), pieces(program).actions_
            assert not handler.calls("torrents/pieceHashes")
            assert not actions.action("copy_all").isEnabled()
            assert why_not(program) == "Needs qBittorrent 5.2"

            actions.action("hashes").trigger()
            await until(lambda: panel.model.rowCount() == 100)
            panel.table.select_rows([panel.model.row(3), panel.model.row(4)])
            actions.action("copy").trigger()
            await until(lambda: QGuiApplication.clipboard().text() == f"{3:040x}\n{4:040x}")
            await until(actions.action("copy_all").isEnabled)
            actions.action("copy_all").trigger()
            await until(lambda: QGuiApplication.clipboard().text().count("\n") == 99)

            handler.told["torrents/pieceStates"][one] = [2] * 60 + [0] * 40
            program.window.details.poke()
            state = panel.model.column("state")
            await until(lambda: panel.model.index(55, state).data() == "Downloaded")

            handler.told["torrents/properties"][two] = {"pieces_num": -1}
            await pick(program, "two")
            await until(lambda: panel.findChildren(QWidget) and "metadata" in panel.note)
            assert panel.model.rowCount() == 0

    run(play())


def why_not(program: Program) -> str:
    action = pieces(program).actions_
    action.refresh()
    return action.action("availability").toolTip().rpartition("\n")[2]


def test_pieces_that_no_torrent_can_have_are_not_believed(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, _link, (one, two)):
            tell(handler, one, have=10**12)
            handler.told["torrents/properties"][one]["pieces_num"] = 10**12
            tell(handler, two)
            handler.told["torrents/pieceStates"][two] = 10**12
            for name in ("one", "two"):
                await pick(program, name)
                await until(lambda: general(program).value("pieces_num").startswith("1"))
                assert general(program).pieces.pieces == 0

    run(play())


def test_a_hundred_thousand_pieces_share_cells_and_each_is_in_one(qtbot: object) -> None:
    asked: list[tuple[int, int]] = []
    shown = PieceMap(lambda first, last: asked.append((first, last)) or "", full="downloading")  # type: ignore[func-returns-value]
    shown.resize(1000, 250)
    shown.show_states(bytes(Properties().piece_states) + bytes([2]) * 100_000)
    columns, rows, cell, share = shown.grid()

    parts = [shown.part_at(QPoint(x * cell, y * cell)) for y in range(rows) for x in range(columns)]
    known = [part for part in parts if part]
    assert share > 1 and columns * cell <= 1000 and rows * cell <= 250
    assert known[0][0] == 0 and known[-1][1] == 99_999
    assert all(one[1] + 1 == other[0] for one, other in pairwise(known))
    assert [shown.part(n) for n in range(shown.parts())] == known
    assert [shown.number_of(first) for first, _last in known] == list(range(shown.parts()))
    assert [shown.part_at(shown.area(n).center()) for n in range(shown.parts())] == known
    assert picture(shown).pixelColor(3, 3).rgb() == colors(shown.palette(), "downloading")[16]


def test_keys_reach_all_places_of_a_bar(qtbot: object) -> None:
    bar = PieceBar(lambda _first, _last: "", full="downloading")
    bar.resize(300, 16)
    for pieces in (1, 7, 100, 12_345):
        bar.show_states(bytes(pieces))
        parts = [bar.part(n) for n in range(bar.parts())]
        assert parts[0][0] == 0 and parts[-1][1] == pieces - 1
        assert all(one[1] + 1 == other[0] for one, other in pairwise(parts))
        assert all(bar.number_of(piece) == n for n, part in enumerate(parts) for piece in part)
