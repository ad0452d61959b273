"""What is copied out of a list goes into spreadsheets; what is pasted comes from anywhere."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from qbt_remote.ui.add.drops import dropped
from tests.api.adding.small_torrents import HEX40
from tests.conftest import Run
from tests.ui.rig import Rig, play

FORMULAS = ['=HYPERLINK("http://x.test")', "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize("command", ["copy_table", "copy_csv"])
def test_a32_a_name_is_no_formula_and_no_cell_of_its_own_in_a_spreadsheet(run: Run, command: str) -> None:
    async def scene(rig: Rig) -> None:
        table, model = rig.window.table, rig.window.model
        table.restore_state({"columns": [{"id": column.id, "shown": column.id == "name"} for column in model.columns]})
        table.selectAll()
        await rig.trigger(command)

        lines = io.StringIO(QGuiApplication.clipboard().text())
        title, *cells = csv.reader(lines, delimiter="," if command == "copy_csv" else "\t")
        assert (title, len(cells)) == (["Name"], len(FORMULAS))
        assert {len(row) for row in cells} == {1}
        assert not [cell for (cell,) in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
        assert "html" not in " ".join(QGuiApplication.clipboard().mimeData().formats())

    def names(rig: Rig) -> None:
        for name in FORMULAS:
            rig.home.world.add(name)

    play(run, scene, before=names)


def test_a32_of_what_is_pasted_only_the_plain_text_counts() -> None:
    mime = QMimeData()
    mime.setHtml(f'<a href="magnet:?xt=urn:btih:{HEX40}">x</a>')
    assert not dropped(mime)

    mime.setText("0" * 40)
    assert [str(thing) for thing in dropped(mime).things] == ["0" * 40]
