"""The running program: servers, sessions, tray and window, from the first paint to the last flush."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qbt_remote import cli, paths
from qbt_remote.api.errors import QbtError
from qbt_remote.instance import Instance
from qbt_remote.later import collect_rarely, import_later, keep_lists
from qbt_remote.model.i18n import tr
from qbt_remote.settings import Secrets, ServerConfig, Settings
from qbt_remote.ui.faces import name_of
from qbt_remote.ui.main_window import Hooks, MainWindow
from qbt_remote.ui.tasks import Tasks
from qbt_remote.vault import Vault

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.api.client import QbtClient
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.pausing import Pausing
    from qbt_remote.sync.session import Session
    from qbt_remote.trial import Trial
    from qbt_remote.ui.notify import Notifier
    from qbt_remote.ui.servers import ServersDialog
    from qbt_remote.ui.tray import Tray

LOG = logging.getLogger(__name__)
LONGEST_EXIT_S = 2.0


class Program:
    """Everything that lives from start to end.  ``run`` gives the exit code."""

    def __init__(
        self, options: cli.Options, config: Path, settings: Settings, instance: Instance, password: str
    ) -> None:
        self._options, self._config, self._settings, self._instance = options, config, settings, instance
        self._state = paths.state_dir(options.config)
        self._vault = Vault()
        self._vault.on_late.append(self._secrets_came)
        self._given: dict[str, tuple[ServerConfig, Secrets]] = {}
        """Servers of this run only: from the command line, or the trial."""
        self._named = ""
        """Id of the server that the command line names: shown and added to, also if it is switched off."""
        self._unfinished: ServerConfig | None = None
        """A server that the command line names, whose password is to be asked for."""
        self._sessions: dict[str, Session] = {}
        self._ended = False
        self._asked: asyncio.Event | None = None
        self._code = 0
        self._trial: Trial | None = None
        self._tray: Tray | None = None
        self._notifier: Notifier | None = None
        self._pausing: Pausing | None = None
        self._servers_dialog: ServersDialog | None = None
        self._tasks = Tasks(self._failed)
        if options.server:
            self._take_server(password)
        self.window = MainWindow(settings, self._hooks(), self._tasks)

    def _hooks(self) -> Hooks:
        return Hooks(
            quit=self.quit,
            save=self.save,
            open_servers=self._open_servers,
            pause_all=self._pause_all,
            resume_all=self._resume_all,
            can_resume=lambda: bool(self._pausing and any(map(self._pausing.remembers, self._sessions))),
            hide_on_close=lambda: bool(self._tray and self._tray.should_hide_on_close()),
        )

    def quit(self) -> None:
        """Ask for the end; ``run`` then stops everything and returns."""
        self._ended = True
        if self._asked is not None:
            self._asked.set()

    def show(self) -> None:
        """Show the window, unless it shall begin in the tray."""
        if not (self._options.minimized or self._settings.start_minimised):
            self.window.show()
        else:
            from PySide6.QtWidgets import QSystemTrayIcon

            if not QSystemTrayIcon.isSystemTrayAvailable():
                self.window.showMinimized()

    async def run(self) -> int:
        """Start the servers, wait for the end, and take everything down."""
        import asyncio

        self._asked = asyncio.Event()
        try:
            if not self._ended:
                await self._start()
                await self._asked.wait()
        finally:
            await self._stop()
        return self._code

    async def _start(self) -> None:
        self.show()
        for problem in self._settings.problems:
            self.window.notices.show_error(tr(problem.template).format(**problem.parts))
        await import_later()
        self._furnish()
        collect_rarely()
        self._instance.listen(self.receive)
        if self._options.try_it:
            await self._start_trial()
        self._start_sessions()
        self.window.sidebar.pick("server", self._named or None)
        if self._unfinished:
            self._open_servers(True, self._unfinished)
        self._tasks.spawn(self.window.tick(), tr("Count the seconds"))
        if self._options.items:
            self._add_given(self._options, Path.cwd(), self._named)
        if self._options.screenshot:
            self._tasks.spawn(self._picture(self._options.screenshot), tr("Take a picture"))

    def _furnish(self) -> None:
        """What the first paint does not need: tray, notifications, the memory of paused torrents."""
        from qbt_remote.sync.pausing import Pausing
        from qbt_remote.ui.notify import Notifier
        from qbt_remote.ui.tray import Tray

        self._pausing = Pausing(self._state / "paused.json")
        tray = self._tray = Tray(self.window.actions_.action, self._settings, self.window.actions_.refresh, self.window)
        self._notifier = Notifier(self._settings, lambda: tray.icon, self.window)
        self._notifier.clicked.connect(self.window.reveal)
        self.window.shown_changed.connect(self._show_speeds)
        self.window.live.watch(self.window)

    def _show_speeds(self) -> None:
        states = [s.mirror.server for s in self._sessions.values() if s.status.phase == "online"]
        down, up = (sum(int(s.get(key) or 0) for s in states) for key in ("dl_info_speed", "up_info_speed"))
        if self._tray:
            self._tray.set_speeds(down, up)

    # servers and sessions

    def _take_server(self, password: str) -> None:
        """The server of the command line: a saved one by its name or address, or an address for this run."""
        from qbt_remote.given import chosen_server

        config = chosen_server(self._options, self._settings.servers)
        self._named = config.id
        if self._options.password_stdin:
            config = replace(config, auth="password", rejected=False)
            self._given[config.id] = (config, Secrets(password=password))
        elif self._settings.server(config.id) is None:
            if config.auth == "none" or self._options.screenshot:
                self._given[config.id] = (config, Secrets())
            else:
                self._unfinished = replace(config, name="", id=ServerConfig("", "").id)  # a new one, to be saved
                self._named = self._unfinished.id

    def _wanted(self) -> dict[str, ServerConfig]:
        own = {config.id: config for config, _secrets in self._given.values()}
        return {s.id: s for s in self._settings.servers if s.enabled or s.id == self._named} | own

    def _start_sessions(self) -> None:
        for config in self._wanted().values():
            if config.id not in self._sessions:
                self._start_session(config)
        if not self._sessions and not self._options.screenshot:
            self.window.live.refresh()

    def _start_session(self, config: ServerConfig) -> None:
        from qbt_remote.sync.session import Session

        session = Session(config, self._open_client)
        self._sessions[config.id] = session
        session.on_crash = self._crashed
        session.on_changes.append(self._observe)
        session.on_status.append(self._status_changed)
        self.window.live.attach(session)
        session.on_changes.append(self.window.adding.observe)
        session.on_changes.append(keep_lists)
        session.start()

    async def _stop_session(self, server: str) -> None:
        session = self._sessions.pop(server)
        self.window.live.detach(session)
        await session.stop()

    async def _open_client(self, config: ServerConfig) -> QbtClient:
        from qbt_remote.api.client import QbtClient

        given = self._given.get(config.id)
        secrets = Secrets() if given and not self._settings.server(config.id) else await self._vault.get(config.id)
        return QbtClient(config, replace(secrets, password=given[1].password) if given else secrets)

    def _observe(self, session: Session, changes: Changes) -> None:
        from qbt_remote.sync.watch import events

        if self._pausing:
            self._pausing.observe(session, changes)
        if self._notifier and (happened := events(changes)):
            self._notifier.tell(happened)

    def _status_changed(self, session: Session) -> None:
        if session.status.phase == "refused":
            if session.status.error and len(self._sessions) > 1:  # a single one is said in the list's place
                self.window.notices.show_error(session.status.error)
            self._tasks.spawn(self._save(), tr("Save the settings"))

    def _secrets_came(self, server: str) -> None:
        """The keyring gave a password after we had stopped waiting for it."""
        session = self._sessions.get(server)
        if session is not None and session.status.phase == "refused":
            session.retry_now()

    def _crashed(self, session: Session, error: BaseException) -> None:
        LOG.error("session %s ended by an error of ours", session.config.id, exc_info=error)
        text = tr(
            "{server}: a fault in qbt-remote stopped the updates; the log has the details.", server=name_of(session)
        )
        self.window.notices.show_error(text, retry=session.start)

    def _open_servers(self, add: bool, new: ServerConfig | None = None) -> None:
        from qbt_remote.ui.servers import ServersDialog

        dialog = self._servers_dialog
        if dialog is None:
            dialog = self._servers_dialog = ServersDialog(
                self._settings, self._vault, self._tasks, _make_client, self.window
            )
            dialog.changed.connect(lambda server: self._tasks.spawn(self._server_changed(server), tr("Change servers")))
            dialog.finished.connect(self._servers_closed)
            if not add:
                dialog.open()
        if add:
            dialog.add_known(new) if new else dialog.add()
            if dialog.server_dialog and not dialog.isVisible():  # the form alone: one window to close, not two
                dialog.server_dialog.finished.connect(self._servers_closed)

    def _servers_closed(self) -> None:
        if self._servers_dialog:
            self._servers_dialog.deleteLater()
            self._servers_dialog = None
        self.window.live.refresh()

    async def _server_changed(self, server: str) -> None:
        """A server was added, edited, ordered or removed: end its session and start it anew.

        The dialog replaces what it edits, so the same object means that only the order is new.
        """
        self._named = ""  # from now on the settings say whether it is switched on
        session = self._sessions.get(server)
        if session is not None and self._wanted().get(server) is not session.config:
            await self._stop_session(server)
        self._start_sessions()
        self.window.live.reorder([*self._given, *(s.id for s in self._settings.servers)])
        await self._save()

    async def _start_trial(self) -> None:
        from qbt_remote.trial import Trial, TrialUnavailable

        trial = Trial(self._state)
        try:
            config, secrets = await trial.start()
        except TrialUnavailable as error:
            self.window.notices.show_error(tr(error.template).format(**error.parts))
            if self._options.screenshot:
                self._give_up(str(error))
            else:
                self._open_servers(not self._settings.servers)
            return
        self._trial = trial
        self._given[config.id] = (config, secrets)
        self._tasks.spawn(trial.furnish(), tr("Fill the trial server"))

    # pause and resume

    async def _pause_all(self) -> None:
        await self._each(lambda pausing, session: pausing.pause(session))

    async def _resume_all(self) -> None:
        await self._each(lambda pausing, session: pausing.resume(session))

    async def _each(self, act: Callable[[Pausing, Session], Any]) -> None:
        """Do it on every server that is reached; one that fails spoils nothing for the others."""
        assert self._pausing
        for session in list(self._sessions.values()):
            if session.status.phase != "online":
                continue
            try:
                await act(self._pausing, session)
            except (QbtError, OSError) as error:
                self._failed(error, name_of(session))
        self.window.actions_.refresh()

    # items from outside

    def receive(self, message: dict[str, Any]) -> bool:
        """A second start handed its items over, or only wants the window to be seen.

        A server that it names and that is not here is said; its items then wait in the dialog.
        """
        options, folder = cli.from_message(message)
        server = self._server_named(options) if options.server else ""
        if not options.items or not options.skip_dialog:
            self.window.show_window()
        if options.items:
            self._add_given(options, folder, server)
        elif server:
            self.window.sidebar.pick("server", server)
        return True

    def _server_named(self, options: cli.Options) -> str | None:
        """Give the id of the session's server that is meant; None, and a notice, if there is none."""
        from qbt_remote.given import chosen_server

        try:
            meant = chosen_server(options, [session.config for session in self._sessions.values()]).id
        except cli.UnknownServer:
            meant = ""
        if meant in self._sessions:
            return meant
        self.window.notices.show_error(tr("“{server}” is not open in this window.", server=options.server))
        return None

    def _add_given(self, options: cli.Options, folder: Path, server: str | None) -> None:
        from qbt_remote.api.items import from_arguments
        from qbt_remote.given import options_of

        given = from_arguments(options.items, folder)
        self.window.add(given, options_of(options), server=server, ask=not options.skip_dialog)

    async def _picture(self, file: Path) -> None:
        from qbt_remote.picture import Picture

        why_not = await Picture(self.window, self._sessions, trial=self._options.try_it).save(file)
        if why_not:
            self._give_up(why_not)
        self.quit()

    def _give_up(self, why: str) -> None:
        print(f"qbt-remote: no picture: {why}", file=sys.stderr)
        self._code = 1
        self.quit()

    # errors, saving, the end

    def _failed(self, error: BaseException, doing: str) -> None:
        if isinstance(error, QbtError):
            self.window.notices.show_error(error)
        elif isinstance(error, OSError):
            self.window.notices.show_error(f"{doing}: {error.strerror or error}")
        else:
            LOG.error("%s", doing, exc_info=error)
            self.window.notices.show_error(tr("{doing}: a fault in qbt-remote; the log has the details.", doing=doing))

    def save(self) -> None:
        self._tasks.spawn(self._save(), tr("Save the settings"))

    async def _save(self) -> None:
        self.window.remember()
        try:
            self._settings.save(self._config / "settings.json")
        except OSError as error:
            why = error.strerror or str(error)
            self.window.notices.show_error(tr("The settings are not saved: {why}", why=why), retry=self.save)

    async def _stop(self) -> None:
        """At most 2 s: what does not end by then is left to the end of the process."""
        import asyncio

        if not self._options.screenshot:
            await self._save()
        self.window.hide()
        if self._tray:
            self._tray.close()
        if self._notifier:
            self._notifier.close()
        await self._tasks.stop()
        ends = [session.stop() for session in self._sessions.values()]
        if self._trial:
            ends.append(self._trial.stop())
        try:
            async with asyncio.timeout(LONGEST_EXIT_S):
                await asyncio.gather(*ends)
        except TimeoutError:
            LOG.warning("not everything ended within %s s", LONGEST_EXIT_S)


def _make_client(config: ServerConfig, secrets: Secrets) -> QbtClient:
    from qbt_remote.api.client import QbtClient

    return QbtClient(config, secrets)
