"""The add dialog with what is there already in another form, cannot be read here, or comes while it is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qbt_remote.start.command_line import Options, messages
from qbt_remote.start.program import Program
from qbt_remote.ui.add.add_dialog import AddDialog
from qbt_remote.ui.add.parts.entries import RESULT
from tests.api.adding.corpus import make_files
from tests.conftest import Run
from tests.real.scene import make
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.drop_events import drop_on
from tests.ui.whole_program import client_of, fill, on, received, running

pytestmark = pytest.mark.real
ONE, TWO = "http://127.0.0.1:9/one", "http://127.0.0.1:9/two"


@pytest.fixture(scope="module", params=["4.5.2", "5.1.0"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(request.param) as started:
        yield started


def dialogs() -> list[AddDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()]


async def opened(program: Program, *items: str) -> AddDialog:
    """Hand items over by a second start and wait until the dialog can send them."""
    await until(lambda: program.window.feed.complete())
    for message in messages(Options(items=items, stopped=True), Path("/")):
        assert await received(program, message)

    def dialog() -> AddDialog | None:
        return next((shown for shown in dialogs() if len(shown.model.entries) >= len(items)), None)

    made = await until(dialog)
    assert isinstance(made, AddDialog)
    await until(made.add_button.isEnabled)
    return made


def result(dialog: AddDialog, row: int) -> str:
    return str(dialog.model.index(row, RESULT).data() or "")


def test_a_hybrid_given_by_its_v1_hash_is_there_and_its_trackers_are_merged(
    run: Run, server: Server, tmp_path: Path
) -> None:
    sample = make(tmp_path, "hybrid", {"a": 20_000, "b": 10}, kind="hybrid", trackers=[ONE])
    magnet = f"magnet:?xt=urn:btih:{sample.v1}&tr=http%3A%2F%2F127.0.0.1%3A9%2Ftwo&tr=http%3A%2F%2Fopen.example%2Fa"

    async def play() -> None:
        await fill(server, [sample])
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await opened(program, sample.v1, f"{magnet}&dn=x")
            assert result(dialog, 0) == "Already there"
            assert dialog.model.entries[1].present == sample.hash
            box = dialog.model.index(1, 0)  # it names a tracker in the server's own network
            assert "1 not checked" in dialog.summary.text()
            dialog.model.setData(box, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
            await until(lambda: "not checked" not in dialog.summary.text())
            dialog.add_button.click()
            await until(lambda: dialog.merge.isVisible() and not dialog.model.to_send)
            assert [entry.state for entry in dialog.model.entries] == ["present", "present"]
            dialog.merge.button.click()
            await until(lambda: dialogs() == [])  # all is done
        async with client_of(server) as client:
            rows = await client.get("torrents/trackers", hash=sample.hash)
            assert {ONE, TWO} <= {row["url"] for row in rows}

    run(play())


def test_what_cannot_be_read_here_is_sent_with_a_note(run: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    alike = next(path for path in make_files(tmp_path / "files") if path.name == "alike.torrent")

    async def play() -> None:
        await fill(server, [])
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await opened(program, str(alike))
            why = "too many duplicate filenames"
            assert result(dialog, 0) == f"Its content cannot be shown here: {why}"
            await until(lambda: dialog.files.note.text() == f"Its files cannot be shown here: {why}.")
            dialog.add_button.click()
            await until(lambda: dialogs() == [])
        async with client_of(server) as client:
            (row,) = await client.get("torrents/info")
            assert row["name"] == "alike"

    run(play())


def test_what_is_dropped_or_pasted_on_the_dialog_joins_its_list(run: Run, server: Server, tmp_path: Path) -> None:
    first, second, third = "a1" * 20, "b2" * 20, "c3" * 20

    async def play() -> None:
        async with running(tmp_path / "D", *on(server), password=server.password) as program:
            dialog = await opened(program, first)
            mime = QMimeData()
            mime.setText(second)
            assert drop_on(dialog, mime, QPoint(5, 5))
            await until(lambda: len(dialog.model.entries) == 2)
            QGuiApplication.clipboard().setText(f"See {third}.")
            await until(dialog.isActiveWindow)
            dialog.view.setFocus()
            QTest.keyClick(dialog.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: len(dialog.model.entries) == 3)

            mime.setText("nothing")
            assert not drop_on(dialog, mime, QPoint(5, 5))
            assert [entry.item and entry.item.hash for entry in dialog.model.entries] == [first, second, third]
            dialog.reject()

    run(play())
