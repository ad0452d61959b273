"""The fleet of this run, joined to the window: its dialog, its secrets, and what is said of its sessions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, said
from qbt_remote.start import command_line
from qbt_remote.start.address_login import over, take_logins
from qbt_remote.start.after_paint import import_for_a_pick, sweep
from qbt_remote.start.faults import Faults
from qbt_remote.sync.fleet import Fleet
from qbt_remote.translatable import Said
from qbt_remote.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.api.client import QbtClient
    from qbt_remote.local.vault import Vault
    from qbt_remote.sync.session import Listener, Session
    from qbt_remote.ui.servers.servers_dialog import ServersDialog
    from qbt_remote.ui.window.main_window import MainWindow

LOG = logging.getLogger(__name__)


class Sessions:
    """What the program does about its servers; ``all`` has the sessions by the server's id."""

    faults: Faults
    window: MainWindow
    """Set once it is made; nothing is started before."""

    def __init__(
        self,
        options: command_line.Options,
        settings: Settings,
        tasks: Tasks,
        *,
        observe: Listener,
        save: Callable[[], Coroutine[Any, Any, None]],
        password: str,
    ) -> None:
        """``observe`` is told of every poll; ``save`` writes the settings.  Raises command_line.UnknownServer."""
        self._options, self._settings, self._tasks = options, settings, tasks
        self._observe, self._save = observe, save
        self.fleet = Fleet(settings, self.open_client, on_start=self._attach, on_stop=self._detach)
        self.all = self.fleet.sessions
        self.unfinished: tuple[ServerConfig, Secrets] | None = None
        """A server that the command line names, whose password is to be asked for."""
        self._dialog: ServersDialog | None = None
        self._written = take_logins(settings)
        """Secrets that stood in the settings file and go to the vault, by the server's id."""
        self._moving: asyncio.Task[None] | None = None
        self._unproven = ""
        """Id of a saved server that is given another password in its address; once it holds, the vault gets it."""
        if options.server:
            self._take_server(password)

    def start(self) -> None:
        """Start what shall run and does not yet."""
        if self._written:
            self._moving = self._tasks.spawn(self._move_to_vault(), tr("Keep passwords in the keyring"))
        self.fleet.start()
        if not self.all and not self._options.screenshot:
            self.window.feed.refresh()

    async def open_client(self, config: ServerConfig, password: str | None = None) -> QbtClient:
        """Make a client with the server's secrets, not connected; ``password`` is tried instead of the known one."""
        from qbt_remote.api.client import QbtClient

        if self._moving is not None:
            import asyncio

            await asyncio.wait({self._moving})
        given = self.fleet.given.get(config.id)
        kept = config.may_have_secrets() and (not given or self._settings.server(config.id))
        secrets = await self._vault.get(config.id) if kept else Secrets()
        if (session := self.all.get(config.id)) is not None:
            session.locked = self._vault.why_unread() if kept and secrets == Secrets() else Said()
        if given:
            secrets = over(secrets, given[1])
        return QbtClient(config, secrets if password is None else replace(secrets, password=password))

    async def _move_to_vault(self) -> None:
        """Keep what stood in the settings file where secrets belong, and write the file without it."""
        from qbt_remote.local.vault import NO_KEYRING, NOT_KEPT

        for server, secrets in self._written.items():
            stored = await self._vault.add(server, secrets)
            if stored.reason.template == NO_KEYRING:  # nobody was told of it by a form
                self._keyring_refused(Said(NOT_KEPT, reason=stored.reason))
        await self._save()

    async def replace(self, config: ServerConfig, password: str | None = None) -> None:
        """Go on with a server at another place or with another login; what is given is kept with it."""
        if self.fleet.put(config, password) and password is not None:
            await self._vault.add(config.id, Secrets(password=password))
        await self._changed(self.fleet.edited(config.id))

    async def _changed(self, change: Coroutine[Any, Any, None]) -> None:
        """Let a change of the servers take place, show it, and write it to disk."""
        await change
        if not self.all:
            self.window.feed.refresh()
        self.window.feed.reorder(self.fleet.order())
        await self._save()

    def open_dialog(self, add: bool, new: tuple[ServerConfig, Secrets] | None = None) -> None:
        """Show the list of servers, or only the form of a new one, with what is known of it."""
        dialog = self._list_of_servers()
        if not add:
            dialog.open()
            return
        dialog.add_known(*new) if new else dialog.add()
        self._close_with_form(dialog)

    def edit(self, server: str, part: str) -> None:
        """Show the form of a server at one of its parts; one of this run only is there to be saved."""
        dialog = self._list_of_servers()
        if self._settings.server(server) is not None:
            dialog.edit(server, part)
        elif server in self.fleet.given:
            known, secrets = self.fleet.given[server]
            dialog.add_known(replace(known, name=""), secrets)
        self._close_with_form(dialog)

    def remove(self, server: str) -> None:
        """Forget a server and its password."""
        self.fleet.given.pop(server, None)
        if self._settings.server(server) is not None:
            self._settings.servers[:] = [s for s in self._settings.servers if s.id != server]
            self._tasks.spawn(self._vault.forget(server), tr("Remove the password"))
        self._change(self.fleet.removed(server))

    def trust(self, server: str, fingerprint: str) -> None:
        """Trust this certificate of a server and no other, in this run."""
        config = self.all[server].config
        if config.certificate == fingerprint:
            return
        _known, secrets = self.fleet.given.get(server, (config, Secrets()))
        self.fleet.give(replace(config, certificate=fingerprint), secrets)
        self._change(self.fleet.edited(server))

    def _list_of_servers(self) -> ServersDialog:
        from qbt_remote.ui.servers.servers_dialog import ServersDialog

        if self._dialog is None:
            dialog = ServersDialog(self._settings, self._vault, self._tasks, _make_client, self.window)
            self._dialog = dialog
            fleet = self.fleet
            dialog.added.connect(self._put)
            dialog.edited.connect(self._put)
            dialog.ordered.connect(lambda: self._change(fleet.ordered()))
            dialog.removed.connect(lambda server: self._change(fleet.removed(server)))
            dialog.finished.connect(self._dialog_closed)
        return self._dialog

    def _close_with_form(self, dialog: ServersDialog) -> None:
        """Of the form alone there is one window to close, not two."""
        if dialog.server_dialog and not dialog.isVisible():
            dialog.server_dialog.finished.connect(self._dialog_closed)

    def _put(self, server: str) -> None:
        """A server is new, or another than before."""
        self._change(self._take_over(server))

    async def _take_over(self, server: str) -> None:
        """Go on with what was saved; what was given for this run counts only where the vault has nothing."""
        saved = self._settings.server(server)
        if server in self.fleet.given and saved is not None:
            if await self._vault.get(server) == Secrets():
                self.fleet.put(saved, None)
            else:
                del self.fleet.given[server]
        await (self.fleet.edited(server) if server in self.all else self.fleet.added())

    def _change(self, change: Coroutine[Any, Any, None]) -> None:
        self._tasks.spawn(self._changed(change), tr("Change servers"))

    @cached_property
    def _vault(self) -> Vault:
        from qbt_remote.local.vault import Vault

        vault = Vault()
        vault.on_late.append(self._secrets_came)
        vault.on_refused.append(self._keyring_refused)
        return vault

    # one session

    def _attach(self, session: Session) -> None:
        session.on_fault = self._fault
        session.on_changes.append(self._observe)
        session.on_status.append(self._status_changed)
        self.window.feed.attach(session)
        session.on_changes.append(self.window.adding.observe)
        session.on_changes.append(sweep)

    def _detach(self, session: Session) -> None:
        self.window.feed.detach(session)

    def _status_changed(self, session: Session) -> None:
        if session.status.phase == "online":
            self._tasks.spawn(import_for_a_pick(), tr("Show the details"))
            self._keep_proven(session)
            self._warn_of_default_login(session)
        if session.status.phase == "refused":
            self._tasks.spawn(self._save(), tr("Save the settings"))

    def _keep_proven(self, session: Session) -> None:
        """The password in the address of a saved server was right: the vault gets it."""
        if session.config.id != self._unproven or session.client is None or session.client.let_in:
            return
        self._unproven = ""
        password = self.fleet.given[session.config.id][1].password

        kept = self._vault.add(session.config.id, Secrets(password=password))
        self._tasks.spawn(kept, tr("Keep passwords in the keyring"))

    def _warn_of_default_login(self, session: Session) -> None:
        """Say once of a saved server that everybody knows its login."""
        saved, client = self._settings.server(session.config.id), session.client
        if saved is None or saved.default_login_said or client is None or not client.has_default_login:
            return
        saved.default_login_said = True
        text = tr(
            "{server} still takes the default login of qBittorrent, admin and adminadmin. Everybody knows it: whoever "
            "reaches the server can do whatever you can.",
            server=name_of(session),
        )
        change = self.window.server_menus.action("change_login", session.config.id, self.window)
        self.window.notices.show_warning(text, action=(change.text().replace("&", ""), change.trigger))
        self._tasks.spawn(self._save(), tr("Save the settings"))

    def _secrets_came(self, server: str) -> None:
        """The keyring gave a password after we had stopped waiting for it."""
        session = self.all.get(server)
        if session is not None and session.status.phase in ("refused", "waiting"):
            session.retry_now()

    def _keyring_refused(self, what: Said) -> None:
        """Say that a password is not kept, or still there; that there is no keyring at all, a server's form says."""
        self.window.notices.show_warning(said(what))

    def _fault(self, session: Session, error: BaseException) -> None:
        self.faults.add(error, name_of(session))

    # which servers

    def _take_server(self, password: str) -> None:
        """The server of the command line: a saved one by its name or address, or an address for this run."""
        from qbt_remote.start.command_meaning import chosen_server, with_given

        config = chosen_server(self._options, self._settings.servers)
        is_saved = self._settings.server(config.id) is not None
        config, secrets = with_given(
            config, Secrets(), self._options, password if self._options.password_stdin else None
        )
        self.fleet.named = config.id
        if is_saved:
            if secrets != Secrets() or self._options.password_stdin or self._options.certificate:
                self.fleet.give(config, secrets)
            self._unproven = config.id if secrets.password and not self._options.password_stdin else ""
        elif secrets.password or self._options.password_stdin or config.auth == "none" or self._options.screenshot:
            self.fleet.give(config, secrets)
        else:
            new = replace(config, name="", id=ServerConfig("", "").id)  # a new one, to be saved
            self.unfinished = (new, secrets)
            self.fleet.named = new.id

    def _dialog_closed(self) -> None:
        if self._dialog:
            self._dialog.deleteLater()
            self._dialog = None
        self.window.feed.refresh()


def _make_client(config: ServerConfig, secrets: Secrets) -> QbtClient:
    from qbt_remote.api.client import QbtClient

    return QbtClient(config, secrets)
