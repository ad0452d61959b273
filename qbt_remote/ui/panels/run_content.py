"""What the commands of the tab "Content" do."""

from __future__ import annotations

from qbt_remote.ui.panels.command import PanelContext


async def copy(p: PanelContext) -> None:
    from qbt_remote.ui.panels.asking import copy_lines

    copy_lines([file.name for file in p.rows])
