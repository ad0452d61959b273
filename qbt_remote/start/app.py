"""The composition root: makes everything, starts the sessions and the window, and ends them in order.

Quitting goes through one event of our own.  ``app.quit()`` while the loop runs a coroutine raises
"Event loop stopped before Future completed" (qasync 0.28), so the application turns Qt's own Quit
(session manager, Cmd+Q) into that event.  httpx, keyring and libtorrent are imported after the
first paint: they cost 130 ms, a third of the start.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from qbt_remote import __version__
from qbt_remote.local import log, paths
from qbt_remote.local.settings import Settings
from qbt_remote.start import command_line
from qbt_remote.start.single_instance import Instance, Outcome

if TYPE_CHECKING:
    from qbt_remote.start.program import Program

WRONG_USE = 2
_FOR_THE_LOOP = ("concurrent.futures", "socket", "subprocess", "ssl", "asyncio", "qasync")
_TRY_ELSEWHERE = "qbt-remote runs already. End it, or use --try with --config DIR and another folder."
_NOT_TAKEN = {
    "silent": "it does not answer. End it and try again.",
    "refused": "it did not take all items.",
    "too long": "what is given with the items is too long to be handed over.",
}
_KEPT = (
    "qbt-remote runs already, but it does not answer. The items are kept: its window asks about them once it goes on."
)
PAINT_WITHIN_S = 0.2
"""A desktop may show the window later, or not at all."""


def run(options: command_line.Options) -> int:
    """Open the window and give the exit code.  The process is to end at once then, as ``__main__.end`` does."""
    config = paths.config_dir(options.config)
    logs = paths.log_dir(options.config)
    log.setup(logs, options.log_level.upper() or "INFO")
    crashes = None if options.try_it or options.screenshot else log.catch_crashes(logs)
    password = command_line.read_password(sys.stdin) if options.password_stdin else ""
    app = _application()
    instance = Instance(config)
    if not options.screenshot and not instance.acquire():
        if options.try_it:
            print(_TRY_ELSEWHERE, file=sys.stderr)
            return 1
        left = hand_over(instance, options)
        if left is None:
            return 0
        if not instance.acquire():
            return _keep(left, options)
        options = replace(options, items=tuple(chain.from_iterable(left.values())))
    code = _run(app, options, config, instance, password)
    instance.release()
    if crashes:
        crashes.close()
    return code


def _application() -> Application:
    """Make the application; Qt gets no argument of ours, since it would take some for its own."""
    QCoreApplication.setApplicationName("qbt-remote")
    QCoreApplication.setApplicationVersion(__version__)
    app = Application(sys.argv[:1])
    app.setApplicationDisplayName("qbt-remote")
    app.setDesktopFileName("qbt-remote")
    app.setQuitOnLastWindowClosed(False)
    return app


def hand_over(instance: Instance, options: command_line.Options) -> dict[Outcome, list[str]] | None:
    """Give our items to the program that runs already; None if it took all.

    Else the items that it has not said to have taken, by what became of them.  One message that is refused keeps back
    none of the others; where there is no answer to one, none is waited for to the next.
    """
    if ignored := command_line.not_handed(options):
        print(f"qbt-remote runs already; it takes no notice of {', '.join(ignored)}.", file=sys.stderr)
    left: dict[Outcome, list[str]] = {}
    for message in command_line.messages(options, paths.here()):
        outcome: Outcome = "silent" if "silent" in left else instance.hand_over(message)
        if outcome != "accepted":
            left.setdefault(outcome, []).extend(message["items"])
    return left or None


def _keep(left: dict[Outcome, list[str]], options: command_line.Options) -> int:
    """Write down what the running program did not take, and give the exit code; what cannot be kept is named."""
    from qbt_remote.start.spool import keep_offer

    items = list(chain.from_iterable(left.values()))
    servers = Settings.load(paths.config_dir(options.config) / "settings.json").servers
    try:
        keep_offer(paths.state_dir(options.config), options, items, paths.here(), servers)
    except OSError as error:
        print(f"qbt-remote: the items cannot be kept: {error.strerror or error}", file=sys.stderr)
        _say_what_is_left(left)
        return 1
    print(_KEPT, file=sys.stderr)
    return 0


def _say_what_is_left(left: dict[Outcome, list[str]]) -> None:
    """Name what the running program did not take: nobody else has it."""
    for outcome, items in left.items():
        print(f"qbt-remote runs already, but {_NOT_TAKEN[outcome]}", file=sys.stderr)
        for item in items:
            print(f"not handed over: {log.one_line(item)}", file=sys.stderr)


def _run(app: Application, options: command_line.Options, config: Path, instance: Instance, password: str) -> int:
    from qbt_remote.start.program import Program

    settings = Settings.load(config / "settings.json")
    try:
        program = Program(options, config, settings, instance, password)
    except command_line.UnknownServer as error:
        print(f"qbt-remote: {error}", file=sys.stderr)
        return WRONG_USE
    app.on_quit = program.quit
    program.faults.watch()
    program.show()
    paint_first(app, program.window)
    return _loop(app, program)


def paint_first(app: QApplication, window: QWidget) -> None:
    """Let the window be painted before the event loop is imported: asyncio and qasync take 30 ms."""
    end = time.monotonic() + PAINT_WITHIN_S
    while window.isVisible() and not window.windowHandle().isExposed() and time.monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        time.sleep(0.0005)


def import_loop(app: QApplication) -> None:
    """Import what the event loop takes, with what the window has to do in between: as one piece it takes 50 ms."""
    for name in _FOR_THE_LOOP:
        import_module(name)
        app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def _loop(app: Application, program: Program) -> int:
    import_loop(app)
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    loop = qasync.QEventLoop(app)
    # name look-ups and file reads; it must be set before its first use (else Qt aborts at the end)
    loop.set_default_executor(ThreadPoolExecutor(8, thread_name_prefix="worker"))
    program.faults.watch_loop(loop)
    runner = asyncio.Runner(loop_factory=lambda: loop)  # not closed: that would wait for threads that hang
    runner.get_loop()
    for number in _ending_signals():
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, program.quit)
    return runner.run(program.run())


def _ending_signals() -> list[int]:
    """Give the signals by which a session or a terminal ends its programs; with ``nohup`` not that of the terminal."""
    import signal

    found: list[int] = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        found.append(signal.SIGHUP)
    return found


class Application(QApplication):
    """Turns Qt's Quit event into ours.

    An event filter could do it too, but would call Python for every event of every object.
    """

    on_quit: Callable[[], None] | None = None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Quit and self.on_quit is not None:
            self.on_quit()
            return True
        return super().event(event)
