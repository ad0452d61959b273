"""What a command of a panel acts on: one torrent on its server, and the rows that are selected in the panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

P_co = TypeVar("P_co", covariant=True)
"""The panel; covariant, since what needs no panel of its own takes the context of any."""


@dataclass(eq=False, repr=False, kw_only=True)
class PanelContext(Context, Generic[P_co]):
    """Made anew for every command: they act on the "torrent", on the "rows", on what is "listed" of
    them whether the server is there or not, or on nothing ("")."""

    torrent: Torrent
    session: Session
    panel: P_co
    rows: list[Any]
    poke: Callable[[], None]
    """Asks for the panel's rows again."""

    def lacks(self, on: str) -> str:
        if on in ("rows", "listed") and not self.rows:
            return tr("Select a row first")
        if on in ("rows", "torrent") and self.session.client is None:
            return tr("Not connected: {servers}", servers=name_of(self.session))
        return ""

    def is_of_torrents(self, on: str) -> bool:
        return True

    def has(self, feature: str) -> bool:
        """Whether the server is connected and can do it."""
        client = self.session.client
        return client is not None and client.has(feature)

    async def send(self, endpoint: str, *, hashes: Sequence[str] = (), about: str = "", **form: Any) -> bool:
        """Do something on the server; what fails is said in a notice.  Then ask for the panel's rows again.

        ``about`` is the file or folder that it is about, if any.
        """
        done = await self.on([self.session], lambda session: session.post(endpoint, hashes=hashes, **form), path=about)
        self.poke()
        return done
