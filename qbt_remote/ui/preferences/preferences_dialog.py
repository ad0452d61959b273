"""The preferences of one server: pages, search, saving, and the ways to files and other servers.

Not modal, one window for each server.  Everything in it comes from ``resources/prefs/server.toml``
and from what the server answers; a key that needs more than its kind has a kind of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import of_servers
from qbt_remote.sync.session import Session
from qbt_remote.ui.commands.choose_server import ServerChooser
from qbt_remote.ui.commands.pick_server import one_server
from qbt_remote.ui.commands.which import servers_text
from qbt_remote.ui.form.form import Form
from qbt_remote.ui.form.form_input import FormNeeds
from qbt_remote.ui.kit.dialogs import Ask, Dialogs, tell_about
from qbt_remote.ui.kit.fields import FieldNote
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, tip
from qbt_remote.ui.kit.remembered import remember_size
from qbt_remote.ui.kit.tab_order import ignore_held_return
from qbt_remote.ui.preferences.copying import Copying
from qbt_remote.ui.preferences.following import Follower
from qbt_remote.ui.preferences.saving import PREFERENCES, Outcome, save

if TYPE_CHECKING:
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.commands.shell import Shell

Json = Any

SIZE = QSize(1000, 680)
_NAME = "preferences"


async def show_preferences(ctx: Context) -> None:
    """Open the preferences of one server, or bring them to the front."""
    session = await one_server(ctx)
    if session is None:
        return

    async def show(chosen: Session) -> None:
        await open_preferences(ctx.shell, chosen)

    await ctx.on([session], show)


async def open_preferences(shell: Shell, session: Session) -> PreferencesDialog:
    """Give the window of a server's preferences, shown; raises QbtError if they cannot be read."""
    for dialog in shell.parent.findChildren(PreferencesDialog, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if dialog.server == session.config.id and dialog.isVisible():
            dialog.raise_()
            dialog.activateWindow()
            return dialog
    answer, lists = await asyncio.gather(session.get(PREFERENCES), read_lists(session))
    around = FormNeeds(lists, session, shell.tasks, shell.settings.add)
    dialog = PreferencesDialog(shell, session, answer, around)
    dialog.show()
    building = shell.tasks.spawn(dialog.form.build_rest(), tr("Show the settings"))
    dialog.finished.connect(lambda _result: building.cancel())
    return dialog


async def read_lists(session: Session) -> dict[str, list[tuple[Json, str]]]:
    """Ask for what the server's drop-downs offer; what it cannot tell is left out."""
    interfaces, addresses = await asyncio.gather(
        _listed(session, "app/networkInterfaceList"), _listed(session, "app/networkInterfaceAddressList", iface="")
    )
    return {
        "interfaces": [
            ("", tr("Any interface")),
            *(
                (str(i["value"]), clean(str(i.get("name", i["value"]))))
                for i in interfaces
                if isinstance(i, dict) and "value" in i
            ),
        ],
        "addresses": [
            ("", tr("All addresses")),
            ("0.0.0.0", tr("All IPv4 addresses")),
            ("::", tr("All IPv6 addresses")),
            *((str(address), clean(str(address))) for address in addresses),
        ],
    }


async def _listed(session: Session, endpoint: str, **params: Json) -> list[Json]:
    try:
        listed: list[Json] = await session.get(endpoint, **params)
    except QbtError:
        return []
    return listed


class PreferencesDialog(QDialog):
    """The window of one server's preferences."""

    def __init__(self, shell: Shell, session: Session, answer: dict[str, Json], around: FormNeeds) -> None:
        super().__init__(shell.parent)
        ignore_held_return(self)
        self._shell = shell
        self.server = session.config.id
        self.saving = self._discard = False
        self.setWindowTitle(tr("Options of {server}", server=name_of(session)))
        tell_about(self, servers_text([session], shell.sessions))
        self.setWindowIcon(icon("options"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        release = session.client.version.app if session.client else ()
        self.draft = Draft(of_servers(), answer, release=release)
        self.form = Form(of_servers(), self.draft, around, self)
        self.choice = ServerChooser(shell, session, self)
        self.note = FieldNote("", "", self)
        room = self.note.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # else the buttons would grow into it
        self.note.setSizePolicy(room)
        self.ok_button = self._button(
            tr("OK"), tr("Send what is changed to the server and close this window (Ctrl+Return)"), self.save_and_close
        )
        self.save_button = self._button(tr("Save"), tr("Send what is changed to the server"), self.save)
        self.close_button = self._button(tr("Close"), tr("Close this window"), self.reject)
        self.more_button = self._more_button()
        self._lay_out()
        self.choice.chosen.connect(self._open_other)
        self.form.edited.connect(self._edited)
        self._edited()

    # saving

    @property
    def session(self) -> Session | None:
        """The server's session of the moment: another one after it has moved."""
        return self._shell.sessions.get(self.server)

    def save_and_close(self) -> None:
        """Send what is changed, and close if the server has it all; several changes are shown before."""
        if self.draft.changed() or self.form.invalid():
            self.save(close=True)
        else:
            self.reject()

    def save(self, *, close: bool = False) -> None:
        """Send what is changed, once it can be sent."""
        if refused := self.form.invalid():
            key, why = refused[0]
            self.form.reveal(key)
            self.note.say(tr("{setting}: {why}", setting=tr(self.draft.prefs[key].label), why=why), "error")
        elif self.draft.changed() and not self.saving:
            self.saving = True
            self._enable()
            self._shell.tasks.spawn(self._save(close), tr("Save the settings"))

    async def _save(self, close: bool) -> None:
        session, outcome = self.session, Outcome(error=tr("The server is not connected; save again later"))
        try:
            if session is not None and session.client is not None:
                outcome = await save(session, self.draft, Dialogs(self), Follower(self._shell.hooks), review=not close)
        finally:
            self.saving = False
        self._show(outcome)
        if close and outcome.saved and not (outcome.failed or outcome.error):
            self.reject()

    def _show(self, outcome: Outcome) -> None:
        if outcome.cancelled:
            self._enable()
            return
        self.form.forget([key for key in outcome.saved if self.draft.prefs[key].secret])
        if outcome.answer:
            self.form.take(outcome.answer)
        self.form.fail(outcome.failed)
        n = len(outcome.saved)
        done = tr_n(n, "{n} setting saved", "{n} settings saved") if n else ""
        bad = ", ".join(tr(self.draft.prefs[key].label) for key in outcome.failed)
        failed = tr("The server did not accept: {names}", names=bad) if bad else ""
        self.note.say(
            clean(". ".join(filter(None, (outcome.error, failed, done))), 1500),
            "error" if failed or outcome.error else "",
        )
        if outcome.failed:
            self.form.reveal(next(iter(outcome.failed)))
        self._enable()

    # the state of the window

    def _edited(self) -> None:
        self.note.say("")
        self._enable()

    def _enable(self) -> None:
        changed = bool(self.draft.changed()) or bool(self.form.invalid())
        self.save_button.setEnabled(changed and not self.saving)
        self.ok_button.setEnabled(not self.saving)
        self.close_button.setText(tr("Cancel") if changed else tr("Close"))
        self.close_button.setEnabled(not self.saving)

    def reject(self) -> None:
        """Escape, the button and the window's own cross; changes are not thrown away by the way."""
        if self.saving:
            return  # what is under way is told here
        if (n := len(self.draft.changed())) and not self._discard:
            self._shell.tasks.spawn(self._ask_discard(n), tr("Discard the changes"))
            return
        self._shell.settings.window.pages[_NAME] = self.form.page_in_view
        super().reject()

    async def _ask_discard(self, n: int) -> None:
        text = tr_n(n, "One setting is changed and not saved.", "{n} settings are changed and not saved.")
        ask = Ask(tr("Discard the changes"), text, tr("Discard"))
        self._discard = await Dialogs(self).confirm(ask) is not None
        if self._discard:
            self.reject()

    # another server

    def _open_other(self, session: Session) -> None:
        self._shell.tasks.spawn(self._show_other(session), tr("Options"))

    async def _show_other(self, session: Session) -> None:
        """Open the window of another server; this one goes, unless something in it is not saved."""
        self.choice.refresh()
        self._shell.settings.window.pages[_NAME] = self.form.page_in_view
        try:
            await open_preferences(self._shell, session)
        except QbtError as error:
            self.note.say(sentence(error), "error")
            return
        if not self.draft.changed():
            self.reject()

    # making

    def _button(self, text: str, help: str, act: Any) -> QPushButton:
        button = QPushButton(text)
        button.setIcon(QIcon())
        button.setToolTip(tip(help))
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _more_button(self) -> QPushButton:
        button = QPushButton(tr("More"))
        button.setToolTip(tip(tr("Files, comparing, and copying to other servers")))
        button.setAutoDefault(False)
        button.setMenu(self._menu(button))
        return button

    def _menu(self, parent: QWidget) -> QMenu:
        self.copying = Copying(self, self.form, self.note, self.server, self._shell)
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        for text, help, act in self.copying.entries():
            action = menu.addAction(text)
            action.setToolTip(tip(help))
            action.triggered.connect(act)
        return menu

    def _lay_out(self) -> None:
        self.save_button.setShortcut(QKeySequence(QKeySequence.StandardKey.Save))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.ok_button.click)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.more_button)
        line.addWidget(self.note, 1)
        line.addWidget(self.ok_button)
        line.addWidget(self.save_button)
        line.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(self.choice)
        column.addWidget(self.form, 1)
        column.addLayout(line)
        remember_size(self, self._shell.settings.window, _NAME, SIZE)
        if page := self._shell.settings.window.pages.get(_NAME):
            self.form.show_page(page)
        self.form.search.setFocus()
