"""Exported .torrent files have safe names of their own, and comments are set as written."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit

from qbt_remote.ui.commands.new_files import file_name
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, open_dialog, part, play


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Debian 12", "Debian 12"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x", "C__x"),
        ("CON", "_CON"),
        ("lpt1.txt", "_lpt1.txt"),
        (".hidden", "hidden"),
        ("dots...", "dots"),
        ("", "_"),
        ("..", "_"),
        ("a\x00b\n\u202egpj", "a_b__gpj"),
        ("é" * 300, "é" * 100),
    ],
)
def test_a_file_is_named_safely(name: str, made: str) -> None:
    assert file_name(name) == made


async def export_to(rig: Rig, folder: Path) -> None:
    rig.action("export").trigger()
    dialog = await until(open_dialog)
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder))
    dialog.accept()
    await rig.done(rig.action("export").iconText())


def test_many_are_exported_and_none_takes_anothers_place(run: Run, tmp_path: Path) -> None:
    def same(rig: Rig) -> None:
        for name in ("same", "same", "../up"):
            rig.home.world.add(name)

    async def scene(rig: Rig) -> None:
        rig.select("same", "../up")
        await export_to(rig, tmp_path)
        assert "Exported 3 .torrent files" in rig.notice()

    (tmp_path / "same.torrent").write_bytes(b"mine")
    play(run, scene, before=same)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "_up.torrent",
        "same (2).torrent",
        "same (3).torrent",
        "same.torrent",
    ]
    assert (tmp_path / "same.torrent").read_bytes() == b"mine"


def test_a_comment_of_many_lines_is_set(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question("set_comment")
        field = part(dialog, QPlainTextEdit)
        assert field.toPlainText() == ""
        field.setPlainText("one\ntwo & <b>")
        await rig.answer(dialog, "set_comment")
        await until(lambda: rig.home.torrent("A").comment == rig.home.torrent("B").comment == "one\ntwo & <b>")

    play(run, scene)
