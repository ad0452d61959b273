"""What the commands of the tab "Pieces" do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.details.panel_context import PanelContext

if TYPE_CHECKING:
    from qbt_remote.ui.details.panels.pieces import PiecesPanel


def by_peers(p: PanelContext[PiecesPanel]) -> bool:
    return p.panel.by_peers


async def availability(p: PanelContext[PiecesPanel]) -> None:
    p.panel.show_availability(not by_peers(p))


def lists_hashes(p: PanelContext[PiecesPanel]) -> bool:
    return p.panel.lists_hashes


async def hashes(p: PanelContext[PiecesPanel]) -> None:
    p.panel.show_hashes(not lists_hashes(p))


def any_listed(p: PanelContext[PiecesPanel]) -> str:
    return "" if p.panel.model.rowCount() else tr("Show the piece hashes first")


async def copy(p: PanelContext[PiecesPanel]) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([piece.hash for piece in p.rows])


async def copy_all(p: PanelContext[PiecesPanel]) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([piece.hash for piece in p.panel.rows()])
