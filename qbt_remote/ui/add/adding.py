"""From something given to the window to the add dialog, and on to the new rows of the table.

The dialogs and what reads files and links are imported when they are first needed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import clean
from qbt_remote.model.wording import name_of, said
from qbt_remote.ui.kit.remembered import start_in

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.api.adding.add import AddOptions
    from qbt_remote.api.adding.given import Given
    from qbt_remote.sync.adding.kept import Offer
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.add.add_dialog import AddDialog
    from qbt_remote.ui.commands.shell import Shell

CALM_S = 0.5
"""So long after the last change in the dialog its choices are written down."""
MOST_QUIET, QUIET_S = 20, 10.0
_MOST_NAMED = 3
"""Things that are named, with the reason, where none of what was given can be added."""


class Adding:
    """Owns the add dialog: what is given while it is open joins its list.

    The dialog is not modal: the window behind it takes drops and pastes as ever, and all else goes on there.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._dialogs: dict[AddDialog, list[tuple[Offer, list[int]]]] = {}
        """Shown, or adding quietly; a second one only where another server was named, or nobody is to be asked.

        Each with what was given to it, and the numbers under which the queue's file keeps that.
        """
        self._choosing: asyncio.Task[None] | None = None
        self._awaited: set[tuple[str, str]] = set()
        """(server, hash) of what was added and is not in the table yet."""
        self._kept: list[tuple[Offer, list[int]]] = []
        """What was given while there was no server, with its rows in the queue's file."""
        self._given_at: deque[float] = deque(maxlen=MOST_QUIET + 1)

    def dropped(self, mime: QMimeData | None) -> Given:
        """Give what of a drop, or of the clipboard, can be added."""
        from qbt_remote.ui.add.drops import dropped

        return dropped(mime)

    def add(
        self,
        given: Given,
        options: AddOptions | None = None,
        *,
        server: str | None = "",
        ask: bool = True,
        kept: int = 0,
    ) -> None:
        """Show the dialog with what was given, or send at once if the user wants no dialog.

        ``server`` is an id, "" for the one that is shown, or None if the user is to choose in any case.
        Nothing to add is said in the notice bar; what is given before there is a server waits for one.
        What is given while a dialog is open joins its list: a web page that hands over a thousand magnets
        meets one dialog, and is asked about even by those who want no dialog.
        It is written down until somebody has decided about it; ``kept`` is its number if it has been.
        """
        from qbt_remote.api.adding.add import AddOptions
        from qbt_remote.sync.adding.kept import Offer

        if not given:
            nothing = tr("There is nothing here that can be added to qBittorrent.")
            self._shell.notice_bar().show_error(nothing, details=_reasons(given))
            self._settle([kept])
            return
        options = None if options == AddOptions() else options
        offer, kept_in = Offer(given, options, server, ask), [kept] if kept else []
        if not self._shell.sessions:
            self._kept.append((offer, kept_in))
            self._keep(offer, kept_in)
            self._shell.notice_bar().show_info(tr("Your torrents will be added once a server is set up."))
            self._shell.hooks.open_servers(True)
            return
        self._give(offer, kept_in)

    def restore(self, offers: Sequence[tuple[int, Offer]]) -> None:
        """Go on with what was given before the program ended, or to another process of it."""
        for kept, offer in offers:
            self.add(offer.given, offer.options, server=offer.server, ask=offer.ask, kept=kept)

    def _give(self, offer: Offer, kept_in: list[int]) -> None:
        """Give it to a dialog that it fits, or to a new one."""
        server, options = offer.server, offer.options
        asks = server is None or (offer.ask and (not self._shell.settings.skip_add_dialog or self._too_often()))
        fitting = (d for d in self._dialogs if (asks or d.quiet) and server in ("", None, d.server_id()))
        dialog = next(fitting, None)
        if dialog is None:
            dialog = self._made(options, server)
            dialog.read(offer.given)
            if not asks:
                dialog.add_quietly()
        else:
            dialog.read(offer.given, options)
        self._dialogs[dialog].append((offer, kept_in))
        self._keep(offer, kept_in)
        if asks and not dialog.isVisible():
            self._shell.show_window()
            dialog.ask()
        elif asks:
            dialog.raise_()
            dialog.activateWindow()

    def _keep(self, offer: Offer, kept_in: list[int]) -> None:
        """Write down what was given, unless it has been, and has its number in the list."""
        if not kept_in:
            self._shell.tasks.spawn(self._write_down(offer, kept_in), tr("Add torrents"))

    async def _write_down(self, offer: Offer, kept_in: list[int]) -> None:
        queue = self._shell.hooks.add_queue()
        kept_in.append(await queue.offer(offer))
        if not any(each is kept_in for each in self._undecided()):
            await queue.settle(kept_in)

    def _choices_changed(self, dialog: AddDialog) -> None:
        if self._choosing is not None:
            self._choosing.cancel()
        if dialog in self._dialogs and dialog.isVisible() and not dialog.quiet:
            self._choosing = self._shell.tasks.spawn(self._keep_choices(dialog), tr("Keep what was chosen"))

    async def _keep_choices(self, dialog: AddDialog) -> None:
        """Write down, once nobody is typing, what was chosen: the dialog has it again after the program was killed."""
        import asyncio

        await asyncio.sleep(CALM_S)
        if given := self._dialogs.get(dialog):
            offer, kept_in = given[0]  # what follows it joins its dialog again, with these choices
            chosen = replace(offer, options=dialog.own.shared(), server=dialog.server_id())
            for kept in filter(None, kept_in):
                await self._shell.hooks.add_queue().choose(kept, chosen)

    def _undecided(self) -> Iterator[list[int]]:
        for given in self._dialogs.values():
            yield from (kept_in for _offer, kept_in in given)
        for _offer, kept_in in self._kept:
            yield kept_in

    def waiting(self) -> int:
        """How many torrents have been given, have not been sent yet, and would be lost with the end of the program."""
        if not self._dialogs or not self._shell.hooks.add_queue().why_not_kept:
            return 0
        return sum(dialog.waiting() for dialog in self._dialogs)

    def _too_often(self) -> bool:
        """Whether more is handed over than a person does: over 20 times in ten seconds."""
        now = time.monotonic()
        self._given_at.append(now)
        return len(self._given_at) > MOST_QUIET and now - self._given_at[0] < QUIET_S

    def _made(self, options: AddOptions | None, server: str | None) -> AddDialog:
        from qbt_remote.ui.add.add_dialog import AddDialog

        dialog = AddDialog(
            self._shell.sessions,
            self._shell.settings,
            self._shell.tasks,
            self._shell.hooks.add_queue(),
            server_id=server or self._likely_server(),
            parent=self._shell.parent,
            options=options,
        )
        dialog.added.connect(self._added)
        dialog.waits.connect(self._waits)
        dialog.choices_changed.connect(lambda: self._choices_changed(dialog))
        dialog.finished.connect(lambda _result: self._forget(dialog))
        self._dialogs[dialog] = []
        return dialog

    def _likely_server(self) -> str:
        """Give the server that the sidebar shows; of several the selection's, else the last used, else the first."""
        shown = sorted(self._shell.shown(), key=lambda s: s.status.phase != "online")
        ids = [session.config.id for session in shown or self._shell.sessions.values()]
        if len(ids) == 1:
            return ids[0]
        selected = {t.server for t in self._shell.selected()}.intersection(ids)
        last = self._shell.settings.add.get("server")
        return next(iter(selected)) if len(selected) == 1 else last if last in ids else ids[0]

    def _forget(self, dialog: AddDialog) -> None:
        self._settle([kept for _offer, kept_in in self._dialogs.pop(dialog) for kept in kept_in])
        dialog.deleteLater()

    def _settle(self, decided: Sequence[int]) -> None:
        if any(decided):
            self._shell.tasks.spawn(self._shell.hooks.add_queue().settle(decided), tr("Add torrents"))

    def _waits(self, server: str, count: int) -> None:
        if not count:
            return
        session = self._shell.sessions.get(server)
        text = tr_n(
            len(self._shell.hooks.add_queue().rows.pending(server)),  # with those of earlier times
            "{n} torrent waits to be added: it is sent once {server} answers.",
            "{n} torrents wait to be added: they are sent once {server} answers.",
            server=name_of(session) if session else "",
        )
        self._shell.notice_bar().show_info(text, action=(tr("Show"), self._shell.show_queue))

    def ask_files(self) -> None:
        """Let the user choose .torrent files."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._shell.parent, tr("Add torrent files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([tr("Torrent files (*.torrent)"), tr("All files (*)")])
        start_in(dialog, self._shell.settings.window.folders, "add")
        dialog.filesSelected.connect(self._files_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _files_chosen(self, names: list[str]) -> None:
        from qbt_remote.api.adding.given import from_paths

        if names:
            self.add(from_paths(names))

    def ask_links(self, text: str = "") -> None:
        """Let the user paste links; those on the clipboard stand there already."""
        from qbt_remote.ui.add.links_dialog import LinksDialog

        mime = QGuiApplication.clipboard().mimeData()
        dialog = LinksDialog(text or self.dropped(mime).text, self._shell.tasks, self._shell.parent)
        dialog.accepted.connect(lambda: self.add(dialog.given()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _added(self, server: str, torrent: str) -> None:
        if not torrent:
            return
        session = self._shell.sessions.get(server)
        if session is not None and torrent in session.mirror.torrents:
            self._shell.select([session.mirror.torrents[torrent]])
        else:
            self._awaited.add((server, torrent))

    def observe(self, session: Session, changes: Changes) -> None:
        """Select what was added as soon as it shows; for ``Session.on_changes``, after the table's."""
        for dialog in self._dialogs:
            dialog.observe(session, changes)
        kept, self._kept = self._kept, []
        for offer, kept_in in kept:
            self._give(offer, kept_in)
        if not self._awaited:
            return
        here = [t for t in changes.added if (t.server, t.hash) in self._awaited]
        if here:
            self._awaited -= {(t.server, t.hash) for t in here}
            self._shell.select(here)


def _reasons(given: Given) -> str:
    """Name what cannot be added, with the reason, where that is no long text."""
    problems = given.problems(_MOST_NAMED + 1)
    if len(problems) > _MOST_NAMED:
        return ""
    return "\n".join(f"{clean(p.source, 80)}: {said(p.said)}" for p in problems)
