"""What the commands of the tab "Peers" do."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from qbt_remote.model.details.columns import PEER_FLAGS, peer_address
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.sync.states import is_stopped
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.details.panel_context import PanelContext
from qbt_remote.ui.kit.dialogs import Ask
from qbt_remote.ui.kit.plain_text import clean


def can_add(p: PanelContext[Panel]) -> str:
    """As the desktop window has it: private torrents, and ones that do not run, take no peers."""
    t = p.torrent
    if t.private:
        return tr("A private torrent takes peers only from its trackers")
    if t.state.startswith("checking"):
        return tr("The torrent is being checked")
    if t.state.startswith("queued"):
        return tr("The torrent is queued")
    return tr("The torrent is stopped") if is_stopped(t.state) else ""


def any_with_address(p: PanelContext[Panel]) -> str:
    return "" if any(peer.ip for peer in p.rows) else tr("A peer on I2P has no address that can be banned")


def why_no_peer(text: str) -> str:
    """Say why a line is no "address:port", or ""."""
    host, _colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    try:
        address = ip_address(host[1:-1] if bracketed else host)
        if (address.version == 6) == bracketed and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return ""
    except ValueError:
        pass
    return tr("Not an address with a port: {given}", given=clean(text.strip(), 60))


async def add(p: PanelContext[Panel]) -> None:
    from qbt_remote.ui.kit import asking

    text = await asking.ask_lines(
        p.dialogs,
        tr("Add peers"),
        tr("Peers"),
        why_no_peer,
        ok=tr("Add"),
        help=tr("One address per line: 192.0.2.7:6881 or [2001:db8::7]:6881"),
        text=asking.clipboard_lines(why_no_peer),
    )
    if text is None:
        return
    answers: list[Any] = []

    async def send(session: Any) -> None:
        answers.append(await session.post("torrents/addPeers", hashes=[p.torrent.hash], peers=asking.lines_of(text)))

    await p.on([p.session], send)
    p.poke()
    if answers:
        _tell_added(p, answers[0])


def _tell_added(p: PanelContext[Panel], answer: Any) -> None:
    counts = answer.get(p.torrent.hash) if isinstance(answer, dict) else None
    if not isinstance(counts, dict):
        return
    added, failed = (counts[key] if isinstance(counts.get(key), int) else 0 for key in ("added", "failed"))
    server = name_of(p.session)
    told = tr_n(added, "{server}: {n} peer added", "{server}: {n} peers added", server=server)
    if not failed:
        p.notices.show_info(told)
        return
    more = tr_n(failed, "{n} could not be added", "{n} could not be added")
    p.notices.show_warning(tr("{told}, {more}", told=told, more=more))


async def ban(p: PanelContext[Panel]) -> None:
    addresses = [peer_address(peer) for peer in p.rows if peer.ip]
    n = len(addresses)
    text = tr_n(
        n,
        "Ban this peer on {server}? Its IP address can never connect again, for any torrent, until it is taken"
        " from the list of banned addresses in the preferences.",
        "Ban these {n} peers on {server}? Their IP addresses can never connect again, for any torrent, until they"
        " are taken from the list of banned addresses in the preferences.",
        server=name_of(p.session),
    )
    ask = Ask(tr_n(n, "Ban peer permanently", "Ban peers permanently"), text, tr("Ban"), addresses, careful=True)
    if await p.dialogs.confirm(ask) is not None:
        await p.send("transfer/banPeers", peers=addresses)


def paused(p: PanelContext[Panel]) -> bool:
    return p.panel.in_view.is_paused()


async def pause(p: PanelContext[Panel]) -> None:
    p.panel.in_view.set_paused(not paused(p))


async def legend(p: PanelContext[Panel]) -> None:
    rows = [(tr(words), flag) for flag, words in PEER_FLAGS.items()]
    from qbt_remote.ui.kit.table_dialog import show_table

    await show_table(p.dialogs, tr("Flags of peers"), (tr("Meaning"), tr("Flag")), rows)


async def copy(p: PanelContext[Panel]) -> None:
    from qbt_remote.ui.kit.asking import copy_lines

    copy_lines([peer_address(peer) for peer in p.rows])
