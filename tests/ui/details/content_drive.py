"""What a person sees in and does to the tab "Content"."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from qbt_remote.start.program import Program
from qbt_remote.ui.details.panels.content import ContentPanel
from qbt_remote.ui.files.batch_rename_dialog import BatchRenameDialog
from tests.ui.conftest import until
from tests.ui.rig import open_dialog


def names(panel: ContentPanel) -> list[str]:
    return [node.name for node in panel.model.shown]


def select(panel: ContentPanel, *wanted: str) -> None:
    panel.tree.table.select_nodes([node for node in panel.model.shown if node.name in wanted])


def editors(panel: ContentPanel) -> list[QLineEdit]:
    return [w for w in panel.tree.table.findChildren(QLineEdit) if w.isVisible()]


async def rename(program: Program, panel: ContentPanel, old: str, new: str) -> None:
    select(panel, old)
    QTest.keyClick(panel.tree.table, Qt.Key.Key_F2)
    (editor,) = editors(panel)
    editor.selectAll()
    QTest.keyClicks(editor, new)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await until(lambda: not editors(panel))
    await until(lambda: "Rename" not in program.window.tasks.doing)


async def batch(panel: ContentPanel) -> BatchRenameDialog:
    panel.actions_.action("batch_rename").trigger()
    dialog = await until(open_dialog)
    assert isinstance(dialog, BatchRenameDialog)
    return dialog


async def download_to(panel: ContentPanel, folder: Path) -> None:
    panel.actions_.action("download").trigger()
    dialog = await until(open_dialog)
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder))
    dialog.accept()
