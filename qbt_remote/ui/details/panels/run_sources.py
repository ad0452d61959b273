"""What the commands of the tab "HTTP sources" do; since qBittorrent 5.1."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.details.panel_context import PanelContext
from qbt_remote.ui.kit.dialogs import Ask

if TYPE_CHECKING:
    from qbt_remote.ui.details.panels.listing import ListPanel


def only_one(p: PanelContext[ListPanel]) -> str:
    return "" if len(p.rows) == 1 else tr("Only one web seed at a time")


def _why(url: str) -> str:
    from qbt_remote.ui.kit import asking

    return asking.why_no_url(url, asking.WEB_SEED_SCHEMES)


def sendable(url: str) -> str:
    """Write an address as a server takes it.

    It lists web seeds in readable form ("x y" for "x%20y"), and takes only strictly encoded ones
    (torrentscontroller.cpp, QUrl::StrictMode; measured on 5.1.0 and 5.3.0).
    """
    return quote(url.strip(), safe="%/:?#[]@!$&'()*+,;=~")


async def add(p: PanelContext[ListPanel]) -> None:
    from qbt_remote.ui.kit import asking

    help = tr("One address per line: {schemes}", schemes=asking.schemes_of(asking.WEB_SEED_SCHEMES))
    text = await asking.ask_lines(
        p.dialogs,
        tr("Add web seeds"),
        tr("Web seeds"),
        _why,
        help=help,
        ok=tr("Add"),
        text=asking.clipboard_lines(_why),
    )
    if text is not None:
        await p.send("torrents/addWebSeeds", hash=p.torrent.hash, urls=list(map(sendable, asking.lines_of(text))))


async def edit(p: PanelContext[ListPanel]) -> None:
    old = p.rows[0].url
    new = await p.dialogs.ask_text(tr("Edit web seed"), tr("Web seed URL"), old, _why, ok=tr("Save"))
    if new is not None and new.strip() != old:
        p.panel.select_url(new.strip())
        await p.send("torrents/editWebSeed", hash=p.torrent.hash, origUrl=sendable(old), newUrl=sendable(new))


async def remove(p: PanelContext[ListPanel]) -> None:
    urls = [source.url for source in p.rows]
    n = len(urls)
    text = tr_n(n, "Remove this web seed from the torrent?", "Remove these {n} web seeds from the torrent?")
    ask = Ask(tr_n(n, "Remove web seed", "Remove web seeds"), text, tr("Remove"), urls)
    if await p.dialogs.confirm(ask) is not None:
        await p.send("torrents/removeWebSeeds", hash=p.torrent.hash, urls=list(map(sendable, urls)))


async def copy(p: PanelContext[ListPanel]) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([source.url for source in p.rows])
