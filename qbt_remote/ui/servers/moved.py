"""Asks whether a server is to be used at the address that it redirects to: nothing secret was sent there so far."""

from __future__ import annotations

from qbt_remote.local.address import other_host
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.dialogs import Ask, Dialogs
from qbt_remote.ui.kit.plain_text import clean

_LONGEST = 80


async def ask_address(dialogs: Dialogs, name: str, old: str, new: str) -> bool:
    """Show both addresses; another host is called so, and is not what Return agrees to."""
    if host := other_host(old, new):
        text = tr(
            "“{server}” redirects to another host, “{host}”. If you go on, your user name and password are sent there: "
            "do so only if you know that it is your server.",
            server=clean(name, _LONGEST),
            host=clean(host, _LONGEST),
        )
    else:
        text = tr("“{server}” redirects to another address. Use it there from now on?", server=clean(name, _LONGEST))
    addresses = (tr("Until now: {address}", address=old), tr("From now on: {address}", address=new))
    ask = Ask(tr("Use another address"), text, tr("Use this address"), addresses, careful=bool(host), named=True)
    return await dialogs.confirm(ask) is not None
