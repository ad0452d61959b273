"""What the commands of the tab "Pieces" do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.details.panel_command import PanelContext

if TYPE_CHECKING:
    from qbt_remote.ui.details.panels.pieces import PiecesPanel


def _panel(p: PanelContext) -> PiecesPanel:
    from qbt_remote.ui.details.panels.pieces import PiecesPanel

    assert isinstance(p.panel, PiecesPanel)
    return p.panel


def by_peers(p: PanelContext) -> bool:
    return _panel(p).by_peers


async def availability(p: PanelContext) -> None:
    _panel(p).show_availability(not by_peers(p))


def lists_hashes(p: PanelContext) -> bool:
    return _panel(p).lists_hashes


async def hashes(p: PanelContext) -> None:
    _panel(p).show_hashes(not lists_hashes(p))


def any_listed(p: PanelContext) -> str:
    return "" if _panel(p).model.rowCount() else tr("Show the piece hashes first")


async def copy(p: PanelContext) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([piece.hash for piece in p.rows])


async def copy_all(p: PanelContext) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([piece.hash for piece in _panel(p).rows()])
