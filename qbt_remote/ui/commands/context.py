"""What a command acts on: the selection, its servers, the questions it may ask, and where failures go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property, partial
from operator import attrgetter
from time import time
from typing import TYPE_CHECKING, Any

from qbt_remote.api.errors import QbtError, Rejected, Unreachable, Unsupported
from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, never_reached, sentence, why_text
from qbt_remote.translatable import N
from qbt_remote.ui.commands.which import server_text, servers_text, torrent_text, torrents_text
from qbt_remote.ui.kit.plain_text import clean
from qbt_remote.ui.kit.progress import Progress

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient
    from qbt_remote.local.settings import Settings
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.commands.shell import Shell
    from qbt_remote.ui.kit.dialogs import Dialogs
    from qbt_remote.ui.kit.notices import NoticeBar

SLOW_S = 0.5
_AT_ONCE = 500
MOST_LISTED = 200
_LONGEST_PATH = 300
FEW = 100
"""So many torrents go in one request, whatever the command; see ``sync.session``."""
GoOn = Callable[[int], bool]
"""Is told how many torrents of a server are done, and says whether to go on."""
Batched = Callable[["Session", Sequence["Torrent"], GoOn], Awaitable[object]]
Single = Callable[["Session", "Torrent"], Awaitable[object]]


@dataclass(eq=False, repr=False)
class Context:
    """Made anew for every command; a question asked through it closes when its torrents are all gone."""

    torrents: Sequence[Torrent]
    sessions: Mapping[str, Session]
    """All sessions by the server's id."""
    shell: Shell
    doing: str = ""
    """The command's name for people, as it stands in a failure."""
    of_torrents: bool = True
    """The command is about the torrents; else they are there and it is about something else."""
    preview: bool = False
    """The user wants to see what would change, however little."""

    ended: bool = False
    """It has ended before all was sent: by the user, or since its torrents are gone."""

    _values: dict[str, set[Any]] = dataclass_field(default_factory=dict, repr=False)

    @property
    def settings(self) -> Settings:
        return self.shell.settings

    @property
    def notices(self) -> NoticeBar:
        return self.shell.notice_bar()

    @cached_property
    def dialogs(self) -> Dialogs:
        """The questions that can be asked; imported with the first of them."""
        from qbt_remote.ui.kit.dialogs import Dialogs

        if not self.of_torrents or not self.torrents:
            return Dialogs(self.shell.parent)
        about = torrents_text(self.torrents, self.sessions)
        return Dialogs(self.shell.parent, self._until_gone, about=about)

    def dialogs_of(self, sessions: Iterable[Session]) -> Dialogs:
        """Questions about servers, not about torrents."""
        from qbt_remote.ui.kit.dialogs import Dialogs

        return Dialogs(self.shell.parent, about=servers_text(sessions, self.sessions))

    def is_of_torrents(self, on: str) -> bool:
        """Tell whether a command is about the torrents here: ``on`` as in ``Command``."""
        return on in ("torrents", "listed")

    def values(self, field: str) -> set[Any]:
        """The different values of a field in the selection; 3 ms at 100,000 torrents, once for each field."""
        known = self._values.get(field)
        if known is None:
            known = self._values[field] = set(map(attrgetter(field), self.torrents))
        return known

    def some(self, field: str, fits: Callable[[Any], object]) -> bool:
        """Tell whether the field of a selected torrent fits; no more are looked at than it takes, mostly a few."""
        known, get, seen = self._values.get(field), attrgetter(field), set[Any]()
        if known is not None:
            return any(map(fits, known))
        for start in range(0, len(self.torrents), _AT_ONCE):
            new = set(map(get, self.torrents[start : start + _AT_ONCE])) - seen
            if any(map(fits, new)):
                return True
            seen |= new
        self._values[field] = seen
        return False

    @cached_property
    def targets(self) -> list[Session]:
        """The sessions that a command is sent to: those of the selected torrents."""
        if not self.torrents:
            return []
        servers = self.values("server") if len(self.sessions) > 1 else self.sessions
        return [session for server, session in self.sessions.items() if server in servers]

    @property
    def shown(self) -> list[Session]:
        """The connected sessions of the servers that the sidebar shows."""
        return [s for s in self.shell.shown() if s.status.phase == "online"]

    def lacks(self, on: str) -> str:
        """Say what is missing of what a command acts on, or "": ``on`` as in ``Command``."""
        if on in ("torrents", "listed") and not self.torrents:
            return tr("Select a torrent first")
        if on == "torrents" and not any(s.status.phase == "online" for s in self.targets):
            return tr("Not connected: {servers}", servers=", ".join(map(name_of, self.targets)))
        if on == "servers" and not self.shown:
            return tr("No server is connected")
        return ""

    def lacking(self, feature: str, sessions: Iterable[Session]) -> list[Session]:
        """The connected servers that are too old for a feature."""
        return [s for s in sessions if s.client is not None and not s.client.has(feature)]

    def by_session(self, torrents: Iterable[Torrent] | None = None) -> dict[Session, list[Torrent]]:
        """Split torrents (else the selection) by server, without those that have gone meanwhile."""
        split: dict[Session, list[Torrent]] = {}
        for t in self.torrents if torrents is None else torrents:
            session = self.sessions.get(t.server)
            if session is not None and t.hash in session.mirror.torrents:
                split.setdefault(session, []).append(t)
        return split

    async def post(self, endpoint: str, *, torrents: Iterable[Torrent] | None = None, **form: object) -> bool:
        """Send a call for the torrents (else the selection) to each of their servers; see ``in_batches``."""

        def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> Awaitable[object]:
            return session.post(endpoint, hashes=[t.hash for t in todo], go_on=go_on, **form)

        return await self.in_batches(self.by_session(torrents), call)

    async def on(
        self, sessions: Iterable[Session], call: Callable[[Session], Awaitable[object]], *, path: str = ""
    ) -> bool:
        """Call on several servers at once; True if all did it.  What failed is said in one notice.

        Where nothing reached the server the notice offers to try again, there alone.
        """
        split: dict[Session, list[Torrent]] = {session: [] for session in sessions}
        return await self.in_batches(split, lambda session, _none, _go_on: call(session), path=path)

    async def in_batches(
        self, split: Mapping[Session, Sequence[Torrent]], call: Batched, *, each: bool = False, path: str = ""
    ) -> bool:
        """Let each server do a call for its torrents; True if all of it was done.

        The call tells how far it is, and ends early if it is told so: then, and if it fails in the
        middle, the notice says how many torrents it was.  "Retry" goes on where nothing was sent.
        ``each``: it goes torrent by torrent, so that even few can be counted, and ended between two.
        ``path`` is the file, folder or category that it is about, if any: what fails names it.
        """
        import asyncio

        progress = Progress(self.doing, sum(map(len, split.values())))
        with self._shown_when_slow(progress, counted=progress.total > (1 if each else FEW)):
            results = await asyncio.gather(
                *(call(s, todo, partial(progress.reach, s)) for s, todo in split.items()), return_exceptions=True
            )
        failures: dict[Session, QbtError] = {}
        for session, result in zip(split, results, strict=True):
            if isinstance(result, QbtError):
                failures[session] = result
            elif isinstance(result, BaseException):
                raise result
        if failures:
            unsent = {
                s: split[s][progress.done_of(s) :]
                for s, error in failures.items()
                if isinstance(error, Unreachable) and not error.sent
            }
            retry = (lambda: self._again(unsent, call, path)) if unsent else None
            about = [t for s in failures for t in split[s]] or (self.torrents if self.of_torrents else [])
            part = _part(sum(map(progress.done_of, failures)), sum(len(split[s]) for s in failures))
            text_, details = self._failed(failures, part, about, path), self._details(failures, split, path)
            self.notices.show_error(text_, retry, details=details)
        elif progress.cut_short:
            self.ended = True
            part = _part(progress.done, progress.total) or tr("nothing")
            self.notices.show_warning(tr("“{doing}” was ended after {part}", doing=self.doing, part=part))
        return not failures and not progress.cut_short

    async def one_by_one(self, split: Mapping[Session, Sequence[Torrent]], call: Single) -> bool:
        """Let each server do a call for one torrent after another; True if all of it was done.

        What the server refuses for one torrent does not keep it from the others; the notice lists it.
        """
        refused: list[tuple[Torrent, QbtError]] = []

        async def all_of(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
            for n, t in enumerate(todo, 1):
                try:
                    await call(session, t)
                except (Rejected, Unsupported) as error:
                    refused.append((t, error))
                if not go_on(n):
                    return

        done = await self.in_batches(split, all_of, each=True)
        if refused:
            self.show_refused(refused, sum(map(len, split.values())))
        return done and not refused

    def show_refused(self, refused: Sequence[tuple[Torrent, QbtError]], total: int) -> None:
        """Say in one notice what servers refused, torrent by torrent."""
        listed = (f"{torrent_text(t, self.sessions, 200)}: {_words(error)}" for t, error in refused[:MOST_LISTED])
        self.notices.show_error(self._refused(refused, total), details="\n".join(listed))

    @contextmanager
    def _shown_when_slow(self, progress: Progress, *, counted: bool) -> Iterator[None]:
        """Name the command in the status bar while it takes longer than half a second.

        ``counted``: with how far it is, and a button to end it.
        """
        shell = self.shell

        async def tell() -> None:
            import asyncio

            await asyncio.sleep(SLOW_S)
            if counted:
                shell.show_progress(progress)
            else:
                shell.show_doing(self.doing, True)

        telling = self.shell.tasks.spawn(tell(), tr("Say what takes long"))
        try:
            yield
        finally:
            if not telling.cancel():
                shell.hide_progress(progress)
                shell.show_doing(self.doing, False)

    def _again(self, split: Mapping[Session, Sequence[Torrent]], call: Batched, path: str) -> None:
        self.shell.tasks.spawn(self.in_batches(split, call, path=path), self.doing)

    def _failed(self, failures: Mapping[Session, QbtError], part: str, about: Sequence[Torrent], path: str) -> str:
        words = {"doing": self.doing, "part": part, "what": _what(about)}
        if len(failures) > 1:
            words["servers"] = ", ".join(server_text(s, self.sessions.values()) for s in failures)
            if part:
                return tr("“{doing}” failed on {servers} after {part}", **words)
            if about:
                return tr("“{doing}” failed for {what} on {servers}", **words)
            return tr("“{doing}” failed on {servers}", **words)
        (session, error), *_ = failures.items()
        words |= {"server": server_text(session, self.sessions.values()), "why": _why(error, path)}
        if part:
            return tr("{server}: “{doing}” failed after {part}: {why}", **words)
        if never_reached(error):
            unsent = tr("{server}: “{doing}” was not sent for {what}: {why}", **words)
            return unsent if about else tr("{server}: “{doing}” was not sent: {why}", **words)
        if about:
            return tr("{server}: “{doing}” failed for {what}: {why}", **words)
        return tr("{server}: “{doing}” failed: {why}", **words)

    def _details(
        self, failures: Mapping[Session, QbtError], split: Mapping[Session, Sequence[Torrent]], path: str
    ) -> str:
        """List what failed on several servers; of one, give the words that the notice leaves out."""
        if len(failures) > 1:
            return "\n".join(self._failure(s, split[s], error, path) for s, error in failures.items())
        return "\n".join(map(_words, failures.values()))

    def _failure(self, session: Session, torrents: Sequence[Torrent], error: QbtError, path: str) -> str:
        """Tell in a line of the details what failed on one server."""
        words = {"server": server_text(session, self.sessions.values()), "why": _words(error)}
        about = torrents or (self.torrents if self.of_torrents else [])
        if path:
            words["why"] = tr("{path}: {why}", path=clean(path, _LONGEST_PATH), why=words["why"])
        return tr("{server}: {what}: {why}", what=_what(about), **words) if about else tr("{server}: {why}", **words)

    def _refused(self, refused: Sequence[tuple[Torrent, QbtError]], total: int) -> str:
        (t, error), *more = refused
        words = {"doing": self.doing, "name": torrent_text(t, self.sessions), "why": _why(error)}
        if more:
            words |= {"n": text.count(len(refused)), "total": text.count(total)}
            return tr("“{doing}” was refused for {n} of {total} torrents, first for {name}: {why}", **words)
        return tr("“{doing}” was refused for {name}: {why}", **words)

    @contextmanager
    def _until_gone(self, close: Callable[[], None]) -> Iterator[None]:
        """While a question is open: close it, and say why, once none of its torrents is left."""

        def changed(_session: Session, changes: Changes) -> None:
            if changes.removed and not any(self._is_there(t) for t in self.torrents):
                self.ended = True
                close()
                what = torrents_text(self.torrents, self.sessions)
                gone = tr("“{doing}”: {what}: no longer on the server", doing=self.doing, what=what)
                self.notices.show_info(gone)

        sessions = self.targets
        for session in sessions:
            session.on_changes.append(changed)
        try:
            yield
        finally:
            for session in sessions:
                session.on_changes.remove(changed)

    def _is_there(self, t: Torrent) -> bool:
        session = self.sessions.get(t.server)
        return session is not None and t.hash in session.mirror.torrents


def client_of(session: Session) -> QbtClient:
    """Give the client of a connected server; raises Unreachable for another."""
    if session.client is None:
        raise Unreachable(N("{server} is not connected."), server=session.config.name)
    return session.client


def _part(done: int, total: int) -> str:
    """Say how far it came, or "" if it is all or nothing."""
    if not 0 < done < total:
        return ""
    return tr("{done} of {total} torrents", done=text.count(done), total=text.count(total))


def _what(torrents: Sequence[Torrent]) -> str:
    """Name a torrent or say how many there are, where the servers are named beside."""
    return torrents_text(torrents, {})


def _why(error: QbtError, path: str = "") -> str:
    why = why_text(error)
    return tr("{path}: {why}", path=clean(path, _LONGEST_PATH), why=why) if path else why


def _words(error: QbtError) -> str:
    words = f"{sentence(error)} {clean(error.detail, 2000)}".strip()
    return tr("At {time}: {why}", time=text.clock(time()), why=words) if never_reached(error) else words
