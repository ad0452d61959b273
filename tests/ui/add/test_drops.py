"""What a drop holds, from events made here and from real drags out of another program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.api.adding.given import Given
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.adding.text_links import Found
from qbt_remote.ui.add.drops import dropped
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.drop_events import drop_on
from tests.ui.pointer_drag import drag, source_of

HASH = "0123456789abcdef0123456789abcdef01234567"
MAGNET = f"magnet:?xt=urn:btih:{HASH}&dn=A%20name%20%26%20more&tr=http%3A%2F%2Ft.example%2Fannounce"


class Target(QWidget):
    """A window that takes what ``dropped`` finds something in."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setWindowTitle("drop target")
        self.got: list[Given] = []
        self.refused = 0

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()):
            event.acceptProposedAction()
        else:
            self.refused += 1

    def dropEvent(self, event: QDropEvent) -> None:
        self.got.append(dropped(event.mimeData()))
        event.acceptProposedAction()


def mime(*, urls: list[str] | None = None, text: str | None = None) -> QMimeData:
    made = QMimeData()
    if urls is not None:
        made.setUrls([QUrl(url) for url in urls])
    if text is not None:
        made.setText(text)
    return made


def test_a_clipboard_that_holds_nothing_holds_nothing_to_add() -> None:
    assert not dropped(None)
    assert not dropped(QMimeData())


def test_torrent_files_and_folders_are_taken_and_other_files_named(tmp_path: Path) -> None:
    files = [tmp_path / "a b.torrent", tmp_path / "C.TORRENT", tmp_path / "folder", tmp_path / "x.zip"]
    files[2].mkdir()

    found = dropped(mime(urls=[QUrl.fromLocalFile(str(f)).toString() for f in files]))

    assert found == Given((*files[:3], Problem(str(files[3]))))


def test_a_magnet_dropped_as_an_address_keeps_its_encoding() -> None:
    assert dropped(mime(urls=[MAGNET])) == Given((MAGNET,))


def test_http_links_are_taken_and_other_schemes_are_not() -> None:
    given = mime(urls=["https://example.org/a%20b.torrent", "ftp://example.org/x.torrent", "javascript:alert(1)"])

    found = dropped(given)

    assert found == Given(
        (
            "https://example.org/a%20b.torrent",
            Problem("ftp://example.org/x.torrent"),
            Problem("javascript:alert(1)"),
        )
    )


def test_addresses_win_over_the_text_beside_them() -> None:
    assert dropped(mime(urls=[MAGNET], text="The title of the page")) == Given((MAGNET,))


def test_text_is_looked_at_where_the_addresses_are_of_no_use() -> None:
    assert dropped(mime(urls=["about:blank"], text=HASH)) == Given((HASH,))


def test_lines_of_text_may_be_magnets_links_and_hashes() -> None:
    found = dropped(mime(text=f"{MAGNET}\n\nhttp://example.org/x\n{HASH}\n"))

    assert [f.source for f in found if isinstance(f, Found)] == [MAGNET, "http://example.org/x", HASH]


@pytest.mark.parametrize(
    "given",
    [
        mime(),
        mime(text=""),
        mime(text="hello"),
        mime(text="file:///etc/passwd"),
        mime(urls=["file:///tmp/x.zip"]),
        mime(urls=["smb://host/x.torrent"]),
        mime(urls=["magnet:?dn=no%20hash", "http:"]),
    ],
    ids=["nothing", "empty", "words", "file address as text", "another file", "smb", "no hash"],
)
def test_nothing_useful_is_empty_and_refused(given: QMimeData, qtbot: QtBot) -> None:
    target = Target()
    qtbot.addWidget(target)

    assert not dropped(given)
    assert not drop_on(target, given, QPoint(5, 5))
    assert target.got == []


def test_what_is_useful_is_accepted(qtbot: QtBot) -> None:
    target = Target()
    qtbot.addWidget(target)

    assert drop_on(target, mime(text=MAGNET), QPoint(5, 5))
    assert target.got == [Given((MAGNET,))]


def test_a_real_drag_from_another_program_is_taken_or_refused(run: Run, qtbot: QtBot, tmp_path: Path) -> None:
    assert QGuiApplication.platformName() == "xcb", "a real drag needs the suite's own X server"
    files = (tmp_path / "one.torrent", tmp_path / "with a space.torrent")
    target = Target()
    qtbot.addWidget(target)
    target.setGeometry(400, 60, 300, 200)
    target.show()

    async def play(kind: str, *values: str, judged: Callable[[], object] | None = None) -> str:
        async with source_of(tmp_path, kind, *values) as out:
            return await drag(target, out, judged=judged)

    async def all_of_them() -> list[str]:
        await until(lambda: target.windowHandle().isExposed())
        return [
            await play("files", *map(str, files)),
            await play("text", MAGNET),
            await play("url", MAGNET),
            await play("text", "hello", judged=lambda: target.refused),
        ]

    assert run(all_of_them()) == ["Copy", "Copy", "Copy", "Ignore"]
    assert target.got == [Given(files), Given((MAGNET,)), Given((MAGNET,))]
    assert target.refused >= 1
