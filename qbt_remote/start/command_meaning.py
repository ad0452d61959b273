"""What the command line means: which server, and how the items are to be added.

No HTTP and no Qt: the window needs this before its first paint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from qbt_remote.api.adding.add import AddOptions
from qbt_remote.local.address import normalise
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.start.address_login import with_login
from qbt_remote.start.command_line import Options, UnknownServer


def options_of(options: Options) -> AddOptions:
    """How the command line wants its items added."""
    return AddOptions(
        category=options.category,
        tags=options.tags,
        save_path=options.save_path,
        stopped=options.stopped or None,
        sequential=options.sequential,
        first_last=options.first_last,
        skip_checking=options.skip_checking,
        auto_tmm=False if options.save_path else None,
    )


def chosen_server(options: Options, servers: Sequence[ServerConfig]) -> ServerConfig:
    """The one of these servers that ``--server`` and ``--user`` mean; raises UnknownServer with a sentence.

    A saved server is found by its name or its address, so its certificate, proxy and password count.
    """
    meant = _chosen(options, servers)
    if options.certificate and not meant.url.startswith("https:"):  # else the login would go out unprotected
        raise UnknownServer(f"--certificate needs an address with https://, and this one is {meant.url}.")
    return replace(meant, certificate=options.certificate) if options.certificate else meant


def with_given(
    config: ServerConfig, secrets: Secrets, options: Options, password: str | None
) -> tuple[ServerConfig, Secrets]:
    """Put the login of the command line over what is known of the server that it means.

    ``password`` is that of ``--password-stdin``, if it was said.  It and ``--user`` are for qBittorrent; a login in
    the address is for a proxy in front that asks for one by HTTP Basic, and for qBittorrent where they leave it open.
    """
    if "@" in options.server and options.server.casefold() != config.name.casefold():
        address = normalise(options.server)
        if address.username or address.password:
            config, secrets = with_login(config, secrets, address.username, address.password or password or "")
    if password is not None:
        config, secrets = replace(config, auth="password", rejected=False), replace(secrets, password=password)
    return config, secrets


def _chosen(options: Options, servers: Sequence[ServerConfig]) -> ServerConfig:
    if not options.server:
        if len(servers) == 1:
            return servers[0]
        names = _names(servers)
        raise UnknownServer(
            f"Say which server is meant with --server: {names}." if names else "No server is saved; use --server URL."
        )
    named = [s for s in servers if s.name.casefold() == options.server.casefold()]
    if len(named) == 1:
        return _as_user(named[0], options.user)
    if len(named) > 1:
        raise UnknownServer(f"Several servers are called {options.server!r}; use the address.")
    if not any(c in options.server for c in ".:/[@") and options.server != "localhost":
        known = f" Saved are: {_names(servers)}." if servers else ""
        raise UnknownServer(f"No server is called {options.server!r}.{known}")
    try:
        address = normalise(options.server)
    except ValueError as e:
        raise UnknownServer(str(e)) from e
    user = options.user or address.username
    same = [saved for saved in servers if saved.url == address.url]
    if same:
        return next((saved for saved in same if user in ("", saved.username)), _as_user(same[0], user))
    if address.password and not user:
        raise UnknownServer("The address has a password but no user name; name it there, or with --user.")
    return ServerConfig(
        name=urlsplit(address.url).netloc,
        url=address.url,
        id=_id(address.url, user),
        username=user,
        auth="password" if user else "none",
    )


def _as_user(server: ServerConfig, user: str) -> ServerConfig:
    """The saved server, or the same address for another user, who has no saved password."""
    if user in ("", server.username):
        return server
    return replace(server, id=_id(server.url, user), username=user, auth="password", rejected=False)


def _id(url: str, user: str) -> str:
    """Give a server that is not saved the same id at each start: what was paused there is found again."""
    return hashlib.sha256(f"{user} {url}".encode()).hexdigest()[:32]


def _names(servers: Sequence[ServerConfig]) -> str:
    return ", ".join(repr(server.name) for server in servers)
