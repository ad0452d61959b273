"""What the two tables of rows have in common, torrents and files: how they behave and how they are dressed."""

from __future__ import annotations

from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from qbt_remote.ui.kit.theme import alternate_base, row_height


def behave(view: QTableView) -> None:
    """Let whole rows be selected and scroll by pixels; no grid, no row headers, one height."""
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setShowGrid(False)
    view.setAlternatingRowColors(True)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    rows = view.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)


def dress_rows(view: QTableView) -> QPalette:
    """Take figures of one width, row height and ground from font and palette; give the palette."""
    font = QFont(view.font())
    if not font.isFeatureSet(QFont.Tag("tnum")):
        font.setFeature(QFont.Tag("tnum"), 1)
        view.setFont(font)
    height = row_height(view)
    view.verticalHeader().setMinimumSectionSize(height)
    view.verticalHeader().setDefaultSectionSize(height)
    palette = QPalette(view.palette())
    ground = alternate_base(palette)
    if palette.color(QPalette.ColorRole.AlternateBase) != ground:
        palette.setColor(QPalette.ColorRole.AlternateBase, ground)
        view.setPalette(palette)
    return palette
