"""What a command of a panel is, what it acts on, and the reasons why it cannot be done now."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.ui.commands.command import too_old
from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)
"""The panel; covariant, since what needs no panel of its own takes the context of any."""


@dataclass(frozen=True)
class PanelContext(Generic[P_co]):
    """One torrent on its server, and the selected rows of a panel; made anew for every command."""

    ctx: Context
    """That of the window's commands, for this torrent alone."""
    torrent: Torrent
    session: Session
    panel: P_co
    rows: list[Any]
    poke: Callable[[], None]
    """Asks for the panel's rows again."""

    def has(self, feature: str) -> bool:
        """Whether the server is connected and can do it."""
        client = self.session.client
        return client is not None and client.has(feature)

    async def post(self, endpoint: str, *, hashes: Sequence[str] = (), **form: Any) -> bool:
        """Do something on the server; what fails is said in a notice.  Then ask for the panel's rows again."""
        done = await self.ctx.on([self.session], lambda session: session.post(endpoint, hashes=hashes, **form))
        self.poke()
        return done


def always(_p: PanelContext[object]) -> str:
    return ""


@dataclass(frozen=True)
class PanelCommand(Generic[P]):
    """One thing that can be done in a panel.

    ``on`` says what it acts on: "torrent" (on a connected server), "rows" (a selection there), "copy" (a
    selection, connected or not) or "" (neither).  ``enabled`` gives the reason why not, or "".
    """

    panel: str
    """Id of the tab."""
    id: str
    text: str
    tip: str
    run: Callable[[PanelContext[P]], Coroutine[Any, Any, None]]
    icon: str = ""
    key: str = ""
    """As QKeySequence reads it.  It goes before a key of the window while the panel has the focus."""
    on: str = "torrent"
    needs: str = ""
    """The feature of ``api.endpoints`` that the server must have."""
    enabled: Callable[[PanelContext[P]], str] = always
    checked: Callable[[PanelContext[P]], bool] | None = None
    line: bool = False
    """A line stands above it in the menu."""
    bar: bool = False
    """It has a button beside the tabs."""


def why_not(command: PanelCommand[P], p: PanelContext[P]) -> str:
    """Say why a command cannot be done now, or ""."""
    if command.on in ("rows", "copy") and not p.rows:
        return tr("Select a row first")
    if command.on in ("rows", "torrent") and p.session.client is None:
        return tr("Not connected: {servers}", servers=name_of(p.session))
    return too_old(command.needs, p.ctx) or command.enabled(p)
