"""HTML in all that a server sends: on a real one, with markup in every text of its answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from qbt_remote.api.adding.given import Given
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.errors import Untrusted
from qbt_remote.api.tls import fingerprint
from qbt_remote.start.program import Program
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.filtering.entry_menu import entry_menu
from qbt_remote.ui.servers.certificate import CertificateDialog
from qbt_remote.ui.window.commands import COMMANDS
from qbt_remote.ui.window.entry_commands import ENTRY_ROWS
from tests.abuse.markup import Judge, Markup, Opened, png
from tests.api.adding.small_torrents import HEX40, single
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.real.proxy import Proxy
from tests.real.scene import tiny
from tests.ui.conftest import until
from tests.ui.tls_front import certificate
from tests.ui.whole_program import client_of

pytestmark = pytest.mark.real
RUNS_ELSEWHERE = {"quit", "add_files", "export"}
"""They end the program, or open the dialogs of the desktop, which list what lies on this computer."""
WITHOUT_DOTS = {"statistics", "log", "add_queue", "program_log"}


@dataclass
class Found:
    """What the tour of all windows has found."""

    judge: Judge = field(default_factory=Judge)
    fields: set[str] = field(default_factory=set)
    files: int = 0


@pytest.fixture(scope="module")
def found(qt_loop: qasync.QEventLoop, real_server: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Go through all windows once; what came of it is for several tests."""
    server, folder = real_server("5.3.0"), tmp_path_factory.mktemp("markup")
    pictures, found = folder / "pictures", Found()
    pictures.mkdir()
    (pictures / "canary.png").write_bytes(png())
    markup = Markup(pictures / "canary.png")

    async def tour() -> None:
        async with Proxy(server.port) as proxy, client_of(server) as client:
            await client.post("torrents/createCategory", category="films", savePath="")
            await client.post("torrents/createTags", tags=["big"])
            proxy.edit = markup.edit
            async with program_on(
                folder, server, proxy.url, [tiny(n, tracker="http://t.test/a") for n in range(3)]
            ) as p:
                await _all_windows(p, found.judge, markup, folder)
            await client.post("torrents/removeCategories", categories=["films"])
            await client.post("torrents/deleteTags", tags=["big"])

    files = Opened(pictures)
    qt_loop.run_until_complete(tour())
    found.fields, found.files = markup.fields, files.count()
    files.close()
    return found


async def _all_windows(program: Program, judge: Judge, markup: Markup, folder: Path) -> None:
    window = program.window
    window.table.select_rows([window.model.row(0)])
    for tab in TABS:
        window.details.show_tab(tab.id)
        await asyncio.sleep(0.15)
        judge.look(window, f"tab {tab.id}")
    for section, key in (("category", None), ("tag", None), ("tracker", None), ("server", None), ("status", "stopped")):
        menu = entry_menu(ENTRY_ROWS, window.sidebar, window.context(), section, key)
        judge.look(menu, f"menu of {section}")
        menu.deleteLater()
    menu = window.actions_.context_menu()
    for inside in (menu, *menu.findChildren(QMenu)):
        inside.aboutToShow.emit()
        judge.look(inside, f"menu {inside.title()}")
    window.actions_.action("start").trigger()
    await until(lambda: window.notices.current)
    judge.look(window, "what was refused")
    await _adding(program, judge, markup, folder)
    await _dialogs(program, judge)


async def _adding(program: Program, judge: Judge, markup: Markup, folder: Path) -> None:
    file = folder / "hostile.torrent"
    file.write_bytes(single(markup.text("name").encode()))
    magnet = f"magnet:?xt=urn:btih:{HEX40}&dn={quote(markup.text('name'))}&tr={quote('http://<b>t.test/')}"
    before = _windows()
    program.window.add(Given((file, magnet, Problem(markup.text("neither")))))
    (dialog,) = await until(lambda: _windows() - before)
    await asyncio.sleep(0.3)
    judge.look(dialog, "add dialog")
    dialog.close()
    await until(lambda: not _windows() - before)


async def _dialogs(program: Program, judge: Judge) -> None:
    for command in COMMANDS:
        if command.id in RUNS_ELSEWHERE or not (command.text.endswith("…") or command.id in WITHOUT_DOTS):
            continue
        before, action = _windows(), program.window.actions_.action(command.id)
        if not action.isEnabled():
            continue
        action.trigger()
        for _ in range(20):
            await asyncio.sleep(0.01)
            if _windows() - before:
                break
        await asyncio.sleep(0.05)
        for shown in _windows() - before:
            judge.look(shown, command.id)
            shown.close()
        judge.look(program.window.notices, f"notice of {command.id}")
        program.window.notices.dismiss_all()


def _windows() -> set[QWidget]:
    return {w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow() and _is_ours(w)}


def _is_ours(widget: QWidget) -> bool:
    return not isinstance(widget, QMenu | QLabel)


def test_a01_no_text_from_a_server_is_shown_as_html(found: Found, row: Row) -> None:
    row.figure("rich texts", len(found.judge.rich))
    row.figure("fields with markup", len(found.fields))
    row.figure("marked texts looked at", found.judge.seen)
    row.figure("windows", found.judge.windows)

    assert found.judge.rich == []
    assert len(found.fields) >= 50, "how many are asked for varies a little: 61 to 67"
    assert found.judge.seen >= 60


def test_a02_no_file_is_opened_that_a_text_names(found: Found, row: Row) -> None:
    row.figure("files opened", found.files)

    assert found.files == 0


def test_a03_no_picture_in_a_text_is_shown(found: Found, row: Row) -> None:
    row.figure("pictures", found.judge.pictures)

    assert found.judge.pictures == 0


@pytest.mark.parametrize("name", ["<table><tr><td>x", '<img src="x.png">', "&lt;b&gt;nas"])
def test_a05_markup_in_a_certificate_is_shown_as_it_is(qapp: QApplication, row: Row, tmp_path: Path, name: str) -> None:
    pem, _file = certificate(tmp_path, name)
    shown = CertificateDialog(None, Untrusted("x", pem=pem, fingerprint=fingerprint(pem), reason=name))
    judge = Judge()

    judge.look(shown, "certificate")

    row.figure("rich texts", len(judge.rich))
    assert judge.rich == []
    assert sum(name == label.text() for label in shown.findChildren(QLabel)) == 2, "issued to and by"
    shown.deleteLater()
