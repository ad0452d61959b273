"""The running program: servers, sessions, tray and window, from the first paint to the last flush."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale

from qbt_remote.api.errors import QbtError
from qbt_remote.local import garbage, loop_gaps, paths
from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import count, use_locale
from qbt_remote.model.wording import failed_text, name_of, said, sentence
from qbt_remote.start import command_line
from qbt_remote.start.after_paint import import_later
from qbt_remote.start.faults import Faults
from qbt_remote.start.saving import Saving
from qbt_remote.start.sessions import Sessions
from qbt_remote.start.single_instance import Instance
from qbt_remote.sync.polls.sleep import Sleep
from qbt_remote.sync.steps import in_turns
from qbt_remote.ui.commands.shell import Hooks
from qbt_remote.ui.filtering.empty_list import EmptyPage
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.kit.theme import choose_theme, frame_boxes, set_compact
from qbt_remote.ui.window.commands import ROWS
from qbt_remote.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.local.last_end import BadEnd
    from qbt_remote.sync.adding.queue import AddQueue
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.pausing import Pausing
    from qbt_remote.sync.session import Session
    from qbt_remote.trial.trial import Trial
    from qbt_remote.ui.desktop.notifier import Notifier
    from qbt_remote.ui.desktop.tray import Tray

LOG = logging.getLogger(__name__)
LONGEST_EXIT_S = 1.5


class Program:
    """Everything that lives from start to end.  ``run`` gives the exit code."""

    def __init__(
        self, options: command_line.Options, config: Path, settings: Settings, instance: Instance, password: str
    ) -> None:
        self._options, self._config, self._settings, self._instance = options, config, settings, instance
        self._state = paths.state_dir(options.config)
        self._ended = False
        self._asked: asyncio.Event | None = None
        self._code = 0
        self._trial: Trial | None = None
        self._tray: Tray | None = None
        self._notifier: Notifier | None = None
        self._pausing: Pausing | None = None
        tasks = self._tasks = Tasks(self._failed)
        folders = {config, self._state}
        self._saving = Saving(settings, config / "settings.json", folders, tasks, lambda: self.window.notices)
        if settings.language:
            use_locale(QLocale(settings.language))
        set_compact(settings.compact)
        frame_boxes()
        if settings.theme != "system":
            choose_theme(settings.theme)
        self._sessions = Sessions(options, settings, tasks, observe=self._observe, save=self._save, password=password)
        self.faults = self._sessions.faults = Faults(lambda text: self.window.notices.show_error(text))
        self._gaps = loop_gaps.LoopGaps()
        self.window = self._sessions.window = MainWindow(settings, self._hooks(), self._tasks, ROWS)

    def _hooks(self) -> Hooks:
        return Hooks(
            quit=self.quit,
            save=self.save,
            faults=lambda: self.faults.count,
            open_servers=self._sessions.open_dialog,
            edit_server=self._sessions.edit,
            remove_server=self._sessions.remove,
            open_client=self._sessions.open_client,
            replace_server=self._sessions.replace,
            pause_all=self._pause_all,
            resume_all=self._resume_all,
            can_resume=self._can_resume,
            hide_on_close=lambda: bool(self._tray and self._tray.should_hide_on_close()),
            add_queue=lambda: self._add_queue,
            longest_gap=lambda: self._gaps.longest,
        )

    @property
    def _leaves_no_trace(self) -> bool:
        """Whether a bad end of this run is none of the next one's business."""
        return bool(self._options.try_it or self._options.screenshot)

    def _tell_last_end(self) -> None:
        """Mark that the program runs, and say so if it ended badly the last time."""
        from qbt_remote.local import last_end

        if (ended := last_end.begin(self._state, paths.log_dir(self._options.config), self._config)) is None:
            return
        text = (
            tr("qbt-remote crashed the last time.")
            if ended.crashed
            else tr("qbt-remote did not end properly the last time: it was killed, or there was no memory left.")
        )
        self.window.notices.show_warning(text, action=(tr("Show report…"), lambda: self._show_report(ended)))

    def _show_report(self, ended: BadEnd) -> None:
        from qbt_remote.ui.diagnostics.run import show_report

        self._tasks.spawn(show_report(self.window.context(), ended), tr("Show report"))

    def _say_goodbye(self) -> None:
        """Note that this end is a clean one, before others may start and say that they run."""
        from qbt_remote.local import last_end

        if not self._leaves_no_trace:
            last_end.clean_end(self._state)

    @cached_property
    def _add_queue(self) -> AddQueue:
        from qbt_remote.local.add_queue import NAME, QueueFile
        from qbt_remote.sync.adding.queue import AddQueue

        file = QueueFile(None if self._options.try_it or self._options.screenshot else self._state / NAME)
        return AddQueue(file, self._sessions.all, lambda work: self._tasks.spawn(work, tr("Add torrents")))

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
        """Make the rest; what takes long gets a turn of the loop for itself."""
        import asyncio

        self.show()
        await asyncio.sleep(0)
        await in_turns(self.window.furnish())
        for problem in self._settings.problems:
            self.window.notices.show_error(said(problem))
        self._saving.try_folders()
        if not self._leaves_no_trace:
            self._tell_last_end()
        await import_later()
        await asyncio.sleep(0)
        self._furnish()
        await asyncio.sleep(0)
        await self._add_queue.open()
        garbage.collect_between_polls()
        self._instance.listen(self.receive)
        if self._options.try_it:
            await self._start_trial()
        await asyncio.sleep(0)
        self._sessions.start()
        self._add_queue.on_offers.append(self.window.adding.restore)
        self._tasks.spawn(self._add_queue.work(), tr("Add torrents"))
        await asyncio.sleep(0)
        self.window.views.restore(self._sessions.fleet.named)
        if self._sessions.unfinished:
            self._sessions.open_dialog(True, self._sessions.unfinished)
        self._tasks.spawn(self.window.tick(), tr("Count the seconds"))
        self._tasks.spawn(self._gaps.follow(self.window.isVisible), tr("Look for gaps"))
        self._tasks.spawn(self._sessions.fleet.follow(Sleep()), tr("Connect again after a sleep"))
        if self._options.items:
            await self._add_given(self._options, paths.here(), self._sessions.fleet.named)
        if self._options.screenshot:
            self._tasks.spawn(self._picture(self._options.screenshot), tr("Take a picture"))

    def _furnish(self) -> None:
        """What the first paint does not need: tray, notifications, the memory of paused torrents."""
        from qbt_remote.sync.pausing import Pausing
        from qbt_remote.ui.desktop.notifier import Notifier
        from qbt_remote.ui.desktop.tray import Tray

        self._pausing = Pausing(self._state / "paused.json")
        for session in self._sessions.all.values():
            self._pausing.mark(session)
        tray = self._tray = Tray(self.window.actions_.action, self._settings, self.window.actions_.refresh, self.window)
        self._notifier = Notifier(self._settings, lambda: tray.icon, self.window)
        self._notifier.clicked.connect(self.window.reveal)
        self.window.shown_changed.connect(self._show_speeds)
        self.window.feed.watch(self.window)

    def _show_speeds(self) -> None:
        online = [s for s in self._sessions.all.values() if s.status.phase == "online"]
        down, up = (sum(s.mirror.transfer.speeds[way] for s in online) for way in (0, 1))
        if self._tray:
            self._tray.set_speeds(down, up, [name_of(s) for s in online if s.paused])

    def _observe(self, session: Session, changes: Changes) -> None:
        from qbt_remote.sync.events import events

        if self._pausing:
            self._pausing.observe(session, changes)
        if n := changes.vanished:
            self.window.notices.show_warning(
                tr_n(
                    n,
                    "{server}: {count} torrent is no longer on the server",
                    "{server}: {count} torrents are no longer on the server",
                    server=name_of(session),
                    count=count(n),
                )
            )
        if self._notifier and (happened := events(changes)):
            self._notifier.tell(happened)

    async def _start_trial(self) -> None:
        from qbt_remote.trial.trial import Trial, TrialUnavailable

        starting = EmptyPage("server", tr("Starting a private qBittorrent…"), tr("It ends with this window."))
        self.window.feed.announce(starting)
        trial = Trial(self._state)
        try:
            config, secrets = await trial.start()
        except TrialUnavailable as error:
            self.window.notices.show_error(sentence(error))
            if self._options.screenshot:
                self._give_up(str(error))
            else:
                self._sessions.open_dialog(not self._settings.servers)
            return
        self._trial = trial
        self._sessions.fleet.give(config, secrets)
        self._tasks.spawn(trial.furnish(), tr("Fill the trial server"))

    # pause and resume

    def _can_resume(self) -> bool:
        online = [s for s in self._sessions.all.values() if s.status.phase == "online"]
        return self._pausing is not None and any(map(self._pausing.can_resume, online))

    async def _pause_all(self) -> None:
        await self._each(lambda pausing, session: pausing.pause(session))

    async def _resume_all(self) -> None:
        await self._each(lambda pausing, session: pausing.resume(session))

    async def _each(self, act: Callable[[Pausing, Session], Any]) -> None:
        """Do it on every server that is reached; one that fails spoils nothing for the others."""
        assert self._pausing
        for session in list(self._sessions.all.values()):
            if session.status.phase != "online":
                continue
            try:
                await act(self._pausing, session)
            except (QbtError, OSError) as error:
                self._failed(error, name_of(session))
        self.window.actions_.refresh()

    # items from outside

    def receive(self, message: dict[str, Any], answer: Callable[[bool], None]) -> None:
        """A second start handed its items over, or only wants the window to be seen.

        The answer comes once the items have been written down.
        A server that it names and that is not here is said; its items then wait in the dialog.
        """
        self._tasks.spawn(self._receive(message, answer), tr("Add torrents"))

    async def _receive(self, message: dict[str, Any], answer: Callable[[bool], None]) -> None:
        accepted = False
        try:
            options, folder = command_line.from_message(message)
            server = self._server_named(options) if options.server else ""
            if server and options.certificate:
                self._trust(server, options.certificate)
            if not options.items or not options.skip_dialog:
                self.window.show_window()
            if options.items:
                await self._add_given(options, folder, server)
            elif server:
                self.window.sidebar.pick("server", server)
            accepted = True
        finally:  # the other start waits for an answer, whatever went wrong here
            answer(accepted)

    def _server_named(self, options: command_line.Options) -> str | None:
        """Give the id of the session's server that is meant; None, and a notice, if there is none."""
        from qbt_remote.local.address import without_login
        from qbt_remote.start.command_meaning import chosen_server

        try:
            named = replace(options, certificate="")  # it is seen to by itself
            meant = chosen_server(named, [session.config for session in self._sessions.all.values()]).id
        except command_line.UnknownServer:
            meant = ""
        if meant in self._sessions.all:
            return meant
        self.window.notices.show_error(
            tr("“{server}” is not open in this window.", server=without_login(options.server))
        )
        return None

    def _trust(self, server: str, certificate: str) -> None:
        """Trust the certificate that a second start was given, for this run; not without TLS."""
        from qbt_remote.api.tls import fingerprint, is_fingerprint

        url = self._sessions.all[server].config.url
        if not url.startswith("https:"):
            text = tr("--certificate needs an address with https://, and this one is {address}.", address=url)
            self.window.notices.show_error(text)
        elif is_fingerprint(certificate):  # a message may come from anywhere
            self._sessions.trust(server, fingerprint(certificate))

    async def _add_given(self, options: command_line.Options, folder: Path, server: str | None) -> None:
        from qbt_remote.api.adding.given import from_arguments
        from qbt_remote.start.command_meaning import options_of
        from qbt_remote.sync.adding.kept import Offer

        given, wanted, ask = from_arguments(options.items, folder), options_of(options), not options.skip_dialog
        kept = await self._add_queue.offer(Offer(given, wanted, server, ask)) if given else 0
        self.window.add(given, wanted, server=server, ask=ask, kept=kept)

    async def _picture(self, file: Path) -> None:
        from qbt_remote.start.screenshot import Picture

        why_not = await Picture(self.window, self._sessions.all, trial=self._options.try_it).save(file)
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
            self.window.notices.show_error(failed_text(error, doing), details=f"{sentence(error)}\n{error.detail}")
        elif isinstance(error, OSError):
            self.window.notices.show_error(f"{doing}: {error.strerror or error}")
        else:
            self.faults.add(error, doing)

    def save(self) -> None:
        self._tasks.spawn(self._save(), tr("Save the settings"))

    async def _save(self) -> None:
        self.window.remember()
        self._saving.save()

    async def _stop(self) -> None:
        """What does not end in time is left to the end of the process; others may start from the beginning of it on."""
        import asyncio

        if not self._options.screenshot:
            await self._save()
        self._say_goodbye()
        self._instance.release()
        self.window.hide()
        if self._tray:
            self._tray.close()
        if self._notifier:
            self._notifier.close()
        try:
            async with asyncio.timeout(LONGEST_EXIT_S):
                await self._tasks.stop()
                ends = [session.stop() for session in self._sessions.all.values()]
                if self._trial:
                    ends.append(self._trial.stop())
                await asyncio.gather(*ends)
        except TimeoutError:
            LOG.warning("not everything ended within %s s", LONGEST_EXIT_S)
