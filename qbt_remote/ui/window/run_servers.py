"""What the commands do that are about one server: of the sidebar, of the status bar, or of what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from qbt_remote.api.errors import Redirected, Untrusted
from qbt_remote.model.i18n import tr
from qbt_remote.sync.trouble import trouble
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.commands.standing import standing
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.filtering.list_context import EntryContext

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


def mends(command: str) -> Callable[[EntryContext], bool]:
    """Tell whether a command is what its server needs now."""

    def asked_for(e: EntryContext) -> bool:
        known = standing(e.server) if e.server else None
        return known is not None and command in known.mends

    return asked_for


def is_away(e: EntryContext) -> bool:
    return e.server is not None and e.server.status.phase != "online"


def is_wanted(e: EntryContext) -> bool:
    """Whether its server is connected, or tried."""
    return e.server is not None and e.server.status.phase in ("online", "connecting", "waiting")


async def options(ctx: Context) -> None:
    from qbt_remote.ui.preferences.preferences_dialog import show_preferences

    await show_preferences(ctx)


def has_default_login(e: EntryContext) -> bool:
    client = e.server.client if e.server else None
    return client is not None and client.has_default_login


async def change_login(e: EntryContext) -> None:
    """Show the server's own user name and password in its options."""
    from qbt_remote.ui.preferences.preferences_dialog import open_preferences

    async def show(session: Session) -> None:
        (await open_preferences(e.shell, session)).form.reveal("web_ui_password")

    if e.server is not None:
        await e.on([e.server], show)


async def enter_password(e: EntryContext) -> None:
    e.shell.hooks.edit_server(e.key, "login")


async def edit(e: EntryContext) -> None:
    changed = e.server is not None and trouble(e.server) == "changed_certificate"
    e.shell.hooks.edit_server(e.key, "certificate" if changed else "")


async def show_certificate(e: EntryContext) -> None:
    """Ask whether the certificate that a server shows is trusted; if so it is bound to it and connected to."""
    from qbt_remote.ui.servers.certificate import ask_trust

    session = e.server
    error = session.status.error if session else None
    if session is None or not isinstance(error, Untrusted):
        return
    config = session.config
    if await ask_trust(e.shell.parent, error):
        await e.shell.hooks.replace_server(replace(config, certificate=error.pem), None)


async def use_address(e: EntryContext) -> None:
    """Ask whether a server is the one that it redirects to; if so it is saved with that address and connected to."""
    from qbt_remote.ui.servers.moved import ask_address

    session = e.server
    error = session.status.error if session else None
    if session is None or not isinstance(error, Redirected):
        return
    name = server_text(session, e.sessions.values())
    if await ask_address(e.dialogs, name, session.config.url, error.address):
        await e.shell.hooks.replace_server(replace(session.config, url=error.address), None)


async def connect(e: EntryContext) -> None:
    if e.server is not None:
        e.server.retry_now()


async def disconnect(e: EntryContext) -> None:
    if e.server is not None:
        await e.server.stop()


async def add(e: EntryContext) -> None:
    e.shell.hooks.open_servers(True)


async def manage(e: EntryContext) -> None:
    e.shell.hooks.open_servers(False)


async def remove(e: EntryContext) -> None:
    from qbt_remote.ui.kit.dialogs import Ask

    if e.server is None:
        return
    text = tr(
        "Remove “{server}” and its password here? The server itself and its torrents stay.",
        server=server_text(e.server, e.sessions.values()),
    )
    if await e.dialogs.confirm(Ask(tr("Remove server"), text, tr("Remove"), careful=True, named=True)):
        e.shell.hooks.remove_server(e.key)
