"""Logins that stand in the address of a server, on the command line or in the settings file: whom they are for."""

from __future__ import annotations

from dataclasses import replace

from qbt_remote.local.settings import Secrets, ServerConfig, Settings


def with_login(config: ServerConfig, secrets: Secrets, user: str, password: str) -> tuple[ServerConfig, Secrets]:
    """Give a server the login of its address, for whoever asks for one and has none of its own yet.

    That is qBittorrent, unless it has another user or a key, and a proxy in front that asks by HTTP Basic.
    """
    user = user or config.username
    if not (user and password):
        return config, secrets
    if config.auth != "api_key" and user == config.username:
        config, secrets = replace(config, auth="password", rejected=False), replace(secrets, password=password)
    if not config.basic_username:
        config, secrets = replace(config, basic_username=user), replace(secrets, basic_password=password)
    return config, secrets


def over(kept: Secrets, given: Secrets) -> Secrets:
    """Give the secrets that are kept with those in their place that were given."""
    fields = ("password", "basic_password", "proxy_password")
    return replace(kept, **{name: getattr(given, name) for name in fields if getattr(given, name)})


def take_logins(settings: Settings) -> dict[str, Secrets]:
    """Give the servers the logins that somebody wrote into their addresses; gives the secrets by the server's id."""
    taken: dict[str, Secrets] = {}
    for row, server in enumerate(settings.servers):
        found = settings.logins.pop(server.id, None)
        if found is None:
            continue
        if not server.username and server.auth != "api_key":
            server = replace(server, username=found.user)
        secrets = Secrets(proxy_password=found.proxy_password)
        settings.servers[row], taken[server.id] = with_login(server, secrets, found.user, found.password)
    return taken
