"""What a command acts on: the selection, its servers, the questions it may ask, and where failures go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from qbt_remote.api.errors import QbtError, Unreachable
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.settings import Settings
from qbt_remote.ui.faces import name_of, sentence
from qbt_remote.ui.notices import NoticeBar
from qbt_remote.ui.plain import clean

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.dialogs import Dialogs
    from qbt_remote.ui.main_window import MainWindow


SLOW_S = 0.5


@dataclass
class Context:
    """Made anew for every command; a question asked through it closes when its torrents are all gone."""

    torrents: Sequence[Torrent]
    sessions: Mapping[str, Session]
    """All sessions by the server's id."""
    notices: NoticeBar
    settings: Settings
    window: MainWindow
    doing: str = ""
    """The command's name for people, as it stands in a failure."""

    _values: dict[str, set[Any]] = dataclass_field(default_factory=dict, repr=False)

    @cached_property
    def dialogs(self) -> Dialogs:
        """The questions that can be asked; imported with the first of them."""
        from qbt_remote.ui.dialogs import Dialogs

        asked = Dialogs(self.window)
        return asked.watched(self._until_gone) if self.torrents else asked

    def values(self, field: str) -> set[Any]:
        """The different values of a field in the selection; 3 ms at 100,000 torrents, once for each field."""
        known = self._values.get(field)
        if known is None:
            known = self._values[field] = set(map(attrgetter(field), self.torrents))
        return known

    @cached_property
    def targets(self) -> list[Session]:
        """The sessions of the selected torrents."""
        if not self.torrents:
            return []
        servers = self.values("server") if len(self.sessions) > 1 else self.sessions
        return [session for server, session in self.sessions.items() if server in servers]

    @property
    def shown(self) -> list[Session]:
        """The connected sessions of the servers that the sidebar shows."""
        return [s for s in self.window.sessions_shown if s.status.phase == "online"]

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
        """Send a call for the torrents (else the selection) to each of their servers; see ``on``."""
        split = self.by_session(torrents)
        return await self.on(split, lambda s: s.post(endpoint, hashes=[t.hash for t in split[s]], **form))

    async def on(self, sessions: Iterable[Session], call: Callable[[Session], Awaitable[object]]) -> bool:
        """Call on several servers at once; True if all did it.  What failed is said in one notice.

        Where nothing reached the server the notice offers to try again, there alone.
        """
        import asyncio

        asked = list(sessions)
        with self._shown_when_slow():
            results = await asyncio.gather(*(call(session) for session in asked), return_exceptions=True)
        failures: dict[Session, QbtError] = {}
        for session, result in zip(asked, results, strict=True):
            if isinstance(result, QbtError):
                failures[session] = result
            elif isinstance(result, BaseException):
                raise result
        if failures:
            unsent = [s for s, error in failures.items() if isinstance(error, Unreachable) and not error.sent]
            retry = (lambda: self._again(unsent, call)) if unsent else None
            self.notices.show_error(
                self._failed(failures), retry, details="\n".join(_words(e) for e in failures.values())
            )
        return not failures

    @contextmanager
    def _shown_when_slow(self) -> Iterator[None]:
        """Name the command in the status bar while it takes longer than half a second."""
        status = self.window.status

        async def tell() -> None:
            import asyncio

            await asyncio.sleep(SLOW_S)
            status.show_doing(self.doing, under_way=True)

        telling = self.window.tasks.spawn(tell(), tr("Say what takes long"))
        try:
            yield
        finally:
            if not telling.cancel():
                status.show_doing(self.doing, under_way=False)

    def _again(self, sessions: Sequence[Session], call: Callable[[Session], Awaitable[object]]) -> None:
        self.window.tasks.spawn(self.on(sessions, call), self.doing)

    def _failed(self, failures: Mapping[Session, QbtError]) -> str:
        if len(failures) > 1:
            names = ", ".join(name_of(session) for session in failures)
            return tr("“{doing}” failed on {servers}", doing=self.doing, servers=names)
        (session, error), *_ = failures.items()
        why = clean(error.detail) or sentence(error)
        return tr("{server}: “{doing}” failed: {why}", server=name_of(session), doing=self.doing, why=why)

    @contextmanager
    def _until_gone(self, close: Callable[[], None]) -> Iterator[None]:
        """While a question is open: close it, and say why, once none of its torrents is left."""

        def changed(_session: Session, changes: Changes) -> None:
            if changes.removed and not any(self._is_there(t) for t in self.torrents):
                close()
                gone = tr_n(
                    len(self.torrents),
                    "“{doing}”: the torrent is no longer on the server",
                    "“{doing}”: the {n} torrents are no longer on the server",
                    doing=self.doing,
                )
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


def _words(error: QbtError) -> str:
    return f"{sentence(error)} {clean(error.detail, 2000)}".strip()
