"""``--add-only``: add the items of the command line without a window and print one line for each.

No Qt, a plain asyncio loop.  The lines begin with ``added``, ``already there``, ``refused``,
``server not reached``, ``being fetched`` (by the server, which has not said what came of it), ``not known whether
added``, or, with ``--queue``, ``queued``; the exit code is 0 only if every item was added or queued.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from typing import TextIO

from qbt_remote.api.adding.add import AddItem
from qbt_remote.api.adding.given import from_arguments
from qbt_remote.api.adding.items import Item, read_items
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import QbtError, Untrusted
from qbt_remote.local.log import one_line
from qbt_remote.local.paths import config_dir, here, state_dir
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.local.vault import Vault
from qbt_remote.start.address_login import over, take_logins
from qbt_remote.start.command_line import Options, UnknownServer, read_password
from qbt_remote.start.command_meaning import chosen_server, options_of, with_given
from qbt_remote.start.spool import Spool
from qbt_remote.sync.adding.fetching import add_and_see
from qbt_remote.translatable import Said

EVERY_ITEM_ADDED, NOT_EVERY_ITEM, NOTHING_TRIED = 0, 1, 2
_WORDS = {
    "added": "added",
    "present": "already there",
    "refused": "refused",
    "unreachable": "server not reached",
    "unknown": "not known whether added",
    "fetching": "being fetched",
    "queued": "queued",
}
GetSecrets = Callable[[ServerConfig], Awaitable[Secrets]]


def add_only(options: Options) -> int:
    """Run ``--add-only`` and give the exit code.  The password comes from standard input if asked for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    settings = Settings.load(config_dir(options.config) / "settings.json")
    for problem in settings.problems:
        print(f"qbt-remote: {problem}", file=sys.stderr)
    password = read_password(sys.stdin) if options.password_stdin else None
    keyring = _Keyring()
    try:
        # not closed: that would wait for threads, and a name look-up that hangs does not end
        code = asyncio.Runner().run(run(options, settings, keyring.secrets, password=password))
    except UnknownServer as e:
        print(f"qbt-remote: {e}", file=sys.stderr)
        return NOTHING_TRIED
    except KeyboardInterrupt:
        print("qbt-remote: interrupted; items without a line above were not added", file=sys.stderr)
        return NOT_EVERY_ITEM
    if code != EVERY_ITEM_ADDED and keyring.why:
        print(f"qbt-remote: {keyring.why}", file=sys.stderr)
    return code


async def run(
    options: Options,
    settings: Settings,
    get_secrets: GetSecrets,
    *,
    password: str | None = None,
    out: TextIO | None = None,
) -> int:
    """Add all items and give the exit code; raises UnknownServer.  ``password`` wins over the saved one."""
    written = take_logins(settings)
    config = chosen_server(options, settings.servers)
    saved = any(config.id == known.id for known in settings.servers)
    if options.queue and not saved:
        raise UnknownServer("--queue needs a server that is saved: the window sends what is queued.")
    stated = _Stated(out or sys.stdout, _Queue(options, config) if options.queue else None)
    secrets = over(await get_secrets(config), written.get(config.id, Secrets())) if saved else Secrets()
    config, secrets = with_given(config, secrets, options, password)
    client = QbtClient(config, secrets)
    try:
        await client.connect()
        await _add_each(client, options, stated)
    except QbtError as e:
        outcome = "unreachable" if e.passes else "refused"
        await _state_all(options, stated, outcome, f"{e} {_how_to_trust(e)}".strip())
    finally:
        await client.close()
    return EVERY_ITEM_ADDED if stated.all_added else NOT_EVERY_ITEM


def _how_to_trust(error: QbtError) -> str:
    """Say how a certificate that is not trusted can be; "" for any other error."""
    if not isinstance(error, Untrusted):
        return ""
    shown = f"Its SHA-256 fingerprint is {error.fingerprint}"
    if error.pinned:
        shown += f", and that of the trusted one {error.pinned}"
    return (
        f"{shown}. If it is the server's own, trust it with --certificate {error.fingerprint}, or with"
        " --certificate FILE and the certificate in a PEM or DER file."
    )


class _Queue:
    """Keeps what cannot be sent now, if that is wanted."""

    def __init__(self, options: Options, server: ServerConfig) -> None:
        self._options, self._server = options, server

    def takes(self, item: AddItem, outcome: str) -> str:
        """Keep an item that was not sent, or whose answer was lost; say why not, "" if it is kept.

        A link that the server may have taken is not kept: only the user can tell whether it is to be sent again.
        """
        try:
            with closing(Spool(state_dir(self._options.config), self._server)) as spool:
                spool.keep(item, options_of(self._options), sent=outcome == "unknown")
        except OSError as e:
            return f"it cannot be queued: {e.strerror or e}"
        return ""


class _Stated:
    """Prints one line for each item, at once, and remembers whether all were added."""

    def __init__(self, out: TextIO, queue: _Queue | None) -> None:
        self._out, self._queue = out, queue
        self.all_added = True

    def state_item(self, outcome: str, item: AddItem, reason: str) -> None:
        """State what became of an item, or queue it where it can be sent later."""
        if self._queue and (outcome == "unreachable" or (outcome == "unknown" and item.ids)):
            why_not = self._queue.takes(item, outcome)
            outcome, reason = (outcome, f"{reason} {why_not}") if why_not else ("queued", "")
        self.state(outcome, item.name, reason)

    def state(self, outcome: str, name: str, reason: str = "") -> None:
        good = outcome in ("added", "queued")
        self.all_added &= good
        reason = f": {reason}" if reason and not good else ""
        print(one_line(f"{_WORDS[outcome]}: {name}{reason}"), file=self._out, flush=True)


def _each(options: Options) -> AsyncIterator[Item | Problem]:
    """The items in the order in which they were given."""
    return read_items(from_arguments(options.items, here()))


async def _add_each(client: QbtClient, options: Options, stated: _Stated) -> None:
    wanted, lost = options_of(options), ""
    async for found in _each(options):
        if isinstance(found, Problem):
            stated.state("refused", _short(found.source), found.reason)
        elif lost:
            stated.state_item("unreachable", found, lost)
        else:
            result = await add_and_see(client, found, wanted)
            stated.state_item(result.outcome, found, result.reason)
            lost = result.reason if result.outcome == "unreachable" else ""


async def _state_all(options: Options, stated: _Stated, outcome: str, reason: str) -> int:
    """Say of each item that it was not sent, and why."""
    async for found in _each(options):
        if isinstance(found, Problem):
            stated.state("refused", _short(found.source), found.reason)
        else:
            stated.state_item(outcome, found, reason)
    return NOT_EVERY_ITEM


def _short(source: str) -> str:
    return source.removeprefix(str(here()) + os.sep)


class _Keyring:
    """Gives the secrets of a server, and remembers why there are none."""

    def __init__(self) -> None:
        self.why = Said()

    async def secrets(self, server: ServerConfig) -> Secrets:
        if not server.may_have_secrets():
            return Secrets()
        vault = Vault()
        secrets = await vault.get(server.id)
        if secrets == Secrets():
            self.why = vault.why_unread()
        return secrets
