"""What a command and a menu are, and the reasons why a command cannot be done now."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.translatable import N
from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.ui.kit.dialogs import Ask

C = TypeVar("C", bound=Context)
WhyNot = Callable[[Context], str]
"""Gives the reason why something cannot be done now, or ""."""


def without_mnemonic(text: str) -> str:
    """Take the mnemonic and the dots away, as for a button or a sentence."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def always(_ctx: Context) -> str:
    return ""


def everywhere(_ctx: Context) -> bool:
    return True


class Command(NamedTuple, Generic[C]):
    """One thing that the user can do: in the window, in a panel, or with an entry of the sidebar.

    ``on`` says what it acts on.  In the window: "torrents" (a selection on a connected server), "listed" (a
    selection, connected or not), "servers" (the shown servers that are connected) or "" (neither); the contexts
    of panels and of the sidebar have words of their own, see their ``lacks``.  ``enabled`` gives the reason why
    it cannot be done now, or "".  ``checked`` gives None for a mixed selection.
    """

    id: str
    text: str
    tip: str
    run: Callable[[C], Coroutine[Any, Any, None]]
    menu: str = ""
    """The menu it stands in; of a panel the id of its tab, of the sidebar the section, "" for all of them."""
    icon: str = ""
    key: str = ""
    """As QKeySequence reads it; several are separated by "; "."""
    toolbar: int = 0
    """Place in the toolbar, from the left: 11, 12, … are the first group, 21, … the second, with a line between them.
    0 is none.  Of a panel: 1 is a button
    beside the tabs."""
    on: str = ""
    enabled: Callable[[C], str] = always
    checked: Callable[[C], bool | None] | None = None
    confirm: Callable[[C], Ask | None] | None = None
    needs: str = ""
    """The feature of ``api.endpoints`` that the servers must have."""
    line: bool = False
    """A line stands above it in the menu."""
    named: Callable[[C], str] | None = None
    """What it is called at the moment in its menu, in the place of ``text``."""
    there: Callable[[C], bool] = everywhere
    """Of the sidebar: whether it stands in the menu of an entry at all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu; ``text`` comes from a server.  ``checked`` is None where only some have it."""

    text: str
    run: Callable[[Context], Coroutine[Any, Any, None]]
    checked: bool | None = False
    checkable: bool = True
    icon: str = ""


class Menu(NamedTuple, Generic[C]):
    """A menu of the menu bar or, with ``menu``, inside another; ``choices`` fills in what the servers have."""

    id: str
    text: str
    menu: str = ""
    icon: str = ""
    choices: Callable[[C], list[Choice]] | None = None
    stays_open: bool = False
    """Checking an entry does not close it."""
    needs: str = ""
    line: bool = False


def why_not(command: Command[C], ctx: C) -> str:
    """Say why a command cannot be done now, or ""."""
    return ctx.lacks(command.on) or too_old(command.needs, ctx) or command.enabled(ctx)


def too_old(feature: str, ctx: Context) -> str:
    """Say which qBittorrent a feature needs if a server of the selection is older, or ""."""
    if not feature or not (old := ctx.lacking(feature, ctx.targets)):
        return ""
    from qbt_remote.api.endpoints import needs

    if len(ctx.targets) == 1:
        return tr("Needs qBittorrent {version}", version=needs(feature))
    names = ", ".join(map(name_of, old))
    return tr("Needs qBittorrent {version} on {servers}", version=needs(feature), servers=names)


def shown_have(feature: str) -> WhyNot:
    """Enable where a shown server has a feature of ``api.endpoints``."""

    def why_not(ctx: Context) -> str:
        if any(s.client is not None and s.client.has(feature) for s in ctx.shown):
            return ""
        from qbt_remote.api.endpoints import needs

        return tr("Needs qBittorrent {version}", version=needs(feature))

    return why_not


def any_state(fits: Callable[[str], bool], otherwise: str) -> WhyNot:
    """Enable where the state of a selected torrent fits; ``otherwise`` is the reason, marked by N()."""
    return lambda ctx: "" if ctx.some("state", fits) else tr(otherwise)


def any_with(field: str, otherwise: str) -> WhyNot:
    """Enable where a field of a selected torrent is neither empty nor zero."""
    return lambda ctx: "" if ctx.some(field, bool) else tr(otherwise)


def all_or_mixed(attribute: str) -> Callable[[Context], bool | None]:
    """Make a function that says whether a field is on for all (True), none (False) or some (None)."""

    def state(ctx: Context) -> bool | None:
        values = ctx.values(attribute)
        return None if len(values) > 1 else True in values

    return state


def only_one(ctx: Context) -> str:
    return "" if len(ctx.torrents) == 1 else tr("Only one torrent at a time")


def any_connected(ctx: Context) -> str:
    connected = any(s.status.phase == "online" for s in ctx.sessions.values())
    return "" if connected else tr("No server is connected")


def any_waiting(ctx: Context) -> str:
    waiting = any(s.status.phase != "online" for s in ctx.shell.shown())
    return "" if waiting or not ctx.sessions else tr("All shown servers are connected")


def has_field(field: str) -> WhyNot:
    return any_with(field, N("None of the selected torrents has it"))
