"""What is shown of a server that is not connected: what is so, why, and the commands that mend it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from qbt_remote.api.errors import Untrusted
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean
from qbt_remote.model.wording import name_of, said, sentence
from qbt_remote.sync.trouble import trouble
from qbt_remote.translatable import N
from qbt_remote.ui.commands.in_short import next_try, read_so_far

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


class Standing(NamedTuple):
    """How it stands with one server."""

    icon: str
    title: str
    """Marked for translation, about ``{server}``; of ``standing`` translated and filled in."""
    mends: tuple[str, ...]
    """The ids of commands on one server, the one that mends it first."""
    text: str = ""
    """Why, in sentences."""


_CANNOT_REACH = N("Cannot reach {server}")
STANDINGS = {
    "connecting": Standing("server", N("Connecting to {server}…"), ("edit_server",)),
    "disconnected": Standing("disconnected", N("Not connected to {server}"), ("connect",)),
    "offline": Standing("disconnected", _CANNOT_REACH, ("connect", "edit_server")),
    "password": Standing("error", N("{server} refused the login"), ("enter_password",)),
    "login": Standing("error", N("{server} requires a login"), ("edit_server", "connect")),
    "no_password": Standing("error", N("No password for {server}"), ("enter_password",)),
    "keyring": Standing("error", N("The password for {server} cannot be read"), ("connect", "enter_password")),
    "proxy_login": Standing("error", N("The proxy in front of {server} refused the login"), ("edit_server",)),
    "certificate": Standing("error", N("{server} shows an unknown certificate"), ("show_certificate", "edit_server")),
    "changed_certificate": Standing(
        "error", N("The certificate of {server} has changed"), ("show_certificate", "edit_server")
    ),
    "shut_down": Standing("disconnected", N("{server} was stopped by you"), ("connect", "edit_server")),
    "banned": Standing("error", N("{server} has banned this computer for now"), ("connect", "edit_server")),
    "redirect": Standing("error", N("{server} redirects to another address"), ("use_address", "edit_server")),
    "host": Standing("error", N("{server} does not accept its host name"), ("edit_server", "connect")),
    "not_qbittorrent": Standing("error", N("No qBittorrent at the address of {server}"), ("edit_server", "connect")),
    "too_old": Standing("error", N("{server} is too old"), ("edit_server", "connect")),
}
"""By what ``sync.trouble.trouble`` says.  What was refused is not offered to be sent once more."""


def standing(session: Session) -> Standing | None:
    """Say how it stands with a server, and what to do; None if it is connected.

    Of a ban the time that is left is part of it, and goes down.
    """
    kind = trouble(session)
    if not kind:
        return None
    known = STANDINGS[kind]
    return known._replace(title=tr(known.title, server=name_of(session)), text=_why(session, kind))


def _why(session: Session, kind: str) -> str:
    if kind == "keyring":
        return said(session.locked) + " " + tr("Unlock it and connect, or enter the password for this session.")
    if kind == "shut_down":
        return tr(
            "You shut {server} down. It can only be started again on the server itself; it is looked for twice a "
            "minute.",
            server=name_of(session),
        )
    if kind == "connecting":
        address = clean(session.config.url, 200)
        return f"{address}, {read_so_far(session)}" if session.pace.torrents else address
    why = sentence(session.status.error) if session.status.error else ""
    if kind == "banned" and (left := next_try(session, time.monotonic())):
        why = tr("Next login in {time}: {why}", time=left, why=why)  # the bar may have no room for more
    if session.for_this_run and isinstance(session.status.error, Untrusted):
        flag = f"--certificate {session.status.error.fingerprint}"
        why += " " + tr("If it is the server's own, start qbt-remote with {flag}.", flag=flag)
    return why
