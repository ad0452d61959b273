"""How rows of the queue will be added, in the form of the add dialog: what is changed there is changed for all of them.

The files that were chosen inside a torrent stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.adding.kept import item_of, options_of
from qbt_remote.sync.steps import Turn
from qbt_remote.ui.add.parts.add_form import AddForm
from qbt_remote.ui.add.parts.entries import AddEntry
from qbt_remote.ui.add.parts.files_part import FilesPart
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.queue.queue_context import QueueContext

if TYPE_CHECKING:
    from qbt_remote.local.add_queue import QueueRow
    from qbt_remote.sync.session import Session


class QueueOptionsDialog(FormDialog):
    """The form, showing the choices of the first row; its parts about the content of one torrent are hidden."""

    def __init__(self, ctx: QueueContext, rows: Sequence[QueueRow]) -> None:
        super().__init__(ctx.window, tr("Options"), tr("Save"))
        self._rows = rows
        tasks, memory = ctx.shell.tasks, ctx.settings.add
        files, information = FilesPart(tasks.spawn, self), PanelNote(parent=self)
        self.form_of_options = AddForm(tasks, memory, files, information, self)
        for part in (files, information):
            self.form_of_options.tabs.setTabVisible(self.form_of_options.tabs.indexOf(part), False)
        where = self.form_of_options.where
        where.default_category.hide()
        where.show_rename(len(rows) == 1)
        self.form_of_options.set_server(ctx.session_of(rows[0]))
        self.form_of_options.set_options(options_of(rows[0]))
        items = [item_of(row, None) for row in rows]
        self.form_of_options.show_links([AddEntry(item, item.source) for item in items])
        self.column.insertWidget(0, self.form_of_options, 1)
        if any(row.state == "failed" for row in rows):
            self.ok.setText(tr("Save and retry"))
        self.first = where.path.edit
        self._shown = self.form_of_options.options()

    def changed(self) -> dict[str, Any]:
        """Give the options that were changed in the form, by their names."""
        before, now = asdict(self._shown), asdict(self.form_of_options.options())
        return {name: value for name, value in now.items() if value != before[name]}


async def ask_options(ctx: QueueContext, rows: Sequence[QueueRow]) -> None:
    """Ask how rows are to be added, and send them so."""
    dialog, session = QueueOptionsDialog(ctx, rows), ctx.session_of(rows[0])
    dialog.show_about(ctx.name(rows[0]) if len(rows) == 1 else tr_n(len(rows), "", "{n} torrents"))
    asking = ctx.shell.tasks.spawn(_show_default_path(dialog, session), ctx.doing) if session else None
    try:
        await ctx.dialogs.ask_until(dialog, partial(_change, ctx, dialog, rows))
    finally:
        if asking is not None:
            asking.cancel()


async def _change(ctx: QueueContext, dialog: QueueOptionsDialog, rows: Sequence[QueueRow]) -> bool:
    """What was sent meanwhile was sent as it was."""
    changed, turn = dialog.changed(), Turn()
    wanted: dict[int, AddOptions] = {}
    for row in rows:
        if not ctx.why_fixed(row):
            wanted[row.id] = replace(options_of(row), **changed)
        await turn.over()
    await ctx.queue.change(wanted)
    if late := len(rows) - len(wanted):
        text = tr_n(late, "{n} row was sent as it was", "{n} rows were sent as they were")
        ctx.notices.show_warning(tr("{doing}: {what}", doing=ctx.doing, what=text))
    return True


async def _show_default_path(dialog: QueueOptionsDialog, session: Session) -> None:
    """It is only shown, so a server that does not say it is no error."""
    if session.client is None:
        return
    try:
        path = await session.client.get_text("app/defaultSavePath")
    except QbtError:
        return
    dialog.form_of_options.where.set_default_path(path)
