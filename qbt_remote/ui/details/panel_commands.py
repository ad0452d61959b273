"""The table of what can be done in the panels; a row's place is its place in the panel's menu.

Words and keys are those of the desktop window's own lists (src/gui/properties, trackerlist, 5.3).
"""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QKeySequence

from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import without_mnemonic
from qbt_remote.ui.details.panel_command import PanelCommand
from qbt_remote.ui.details.panels import run_content, run_download, run_peers, run_pieces, run_sources, run_trackers
from qbt_remote.ui.details.tabs import TABS

# Any: each row is for the panel of its own tab
# fmt: off
PANEL_COMMANDS: tuple[PanelCommand[Any], ...] = (
    PanelCommand("trackers", "add", N("&Add trackers…"), N("Add trackers, one per line"), run_trackers.add, "add", "Ins", bar=True),
    PanelCommand("trackers", "edit", N("&Edit tracker URL…"), N("Change the address of the tracker, and its tier"), run_trackers.edit, "rename", "F2", "rows", needs="torrents/editTracker",
                 enabled=run_trackers.only_one_tracker, bar=True),
    PanelCommand("trackers", "remove", N("&Remove tracker…"), N("Remove the selected trackers from this torrent"), run_trackers.remove, "remove", "Del", "rows", needs="torrents/removeTrackers",
                 enabled=run_trackers.any_tracker, bar=True),
    PanelCommand("trackers", "tier_up", N("Move tier &up"), N("Put the selected trackers into the tier before, which is asked earlier"), run_trackers.tier_up, "queue-up", "Ctrl++", "rows", needs="torrents/editTracker:tier",
                 enabled=run_trackers.any_below_the_top, line=True),
    PanelCommand("trackers", "tier_down", N("Move tier &down"), N("Put the selected trackers into the next tier, which is asked later"), run_trackers.tier_down, "queue-down", "Ctrl+-", "rows", needs="torrents/editTracker:tier",
                 enabled=run_trackers.any_tracker),
    PanelCommand("trackers", "reannounce", N("Force reannounce to &selected trackers"), N("Ask the selected trackers for peers now"), run_trackers.reannounce_selected, "reannounce", "", "rows", needs="torrents/reannounce:urls",
                 enabled=run_trackers.can_ask_selected, line=True),
    PanelCommand("trackers", "reannounce_all", N("Force reannounce to all &trackers"), N("Ask all trackers for peers now"), run_trackers.reannounce_all, "reannounce", needs="torrents/reannounce",
                 enabled=run_trackers.runs, bar=True),
    PanelCommand("trackers", "copy", N("&Copy tracker URL"), N("Copy the addresses of the selected trackers"), run_trackers.copy, "copy", "Ctrl+C", "copy", line=True),

    PanelCommand("peers", "add", N("&Add peers…"), N("Connect to peers whose addresses you know"), run_peers.add, "add", "Ins", needs="torrents/addPeers",
                 enabled=run_peers.can_add, bar=True),
    PanelCommand("peers", "ban", N("&Ban peer permanently…"), N("Never let the selected peers connect again, for any torrent"), run_peers.ban, "ban", "Del", "rows", needs="transfer/banPeers",
                 enabled=run_peers.any_with_address, bar=True),
    PanelCommand("peers", "pause", N("&Pause updates"), N("Keep the list as it is until this is switched off"), run_peers.pause, "pause", "Ctrl+U", "",
                 checked=run_peers.paused, line=True, bar=True),
    PanelCommand("peers", "legend", N("What the &flags mean"), N("Explain each letter"), run_peers.legend, "help", "", "", bar=True),
    PanelCommand("peers", "copy", N("&Copy IP:port"), N("Copy the addresses of the selected peers"), run_peers.copy, "copy", "Ctrl+C", "copy", line=True),

    PanelCommand("http_sources", "add", N("&Add web seeds…"), N("Add web servers that have the content, one per line"), run_sources.add, "add", "Ins", needs="torrents/addWebSeeds", bar=True),
    PanelCommand("http_sources", "edit", N("&Edit web seed URL…"), N("Change the address of the web seed"), run_sources.edit, "rename", "F2", "rows", needs="torrents/editWebSeed",
                 enabled=run_sources.only_one, bar=True),
    PanelCommand("http_sources", "remove", N("&Remove web seed…"), N("Remove the selected web seeds from this torrent"), run_sources.remove, "remove", "Del", "rows", needs="torrents/removeWebSeeds", bar=True),
    PanelCommand("http_sources", "copy", N("&Copy web seed URL"), N("Copy the addresses of the selected web seeds"), run_sources.copy, "copy", "Ctrl+C", "copy", line=True),

    PanelCommand("content", "batch_rename", N("&Batch rename…"), N("Give many files new names by a rule; the list of old and new is shown first"), run_content.batch_rename, "rename",
                 needs="rename_file", enabled=run_content.can_rename, bar=True),
    PanelCommand("content", "download", N("&Download to this computer…"), N("Copy the selected files from the server into a folder here"), run_download.download, "downloading", on="rows",
                 needs="torrents/downloadFile", enabled=run_download.why_not, bar=True),

    PanelCommand("pieces", "availability", N("Show how many &peers have them"), N("Show the availability of the pieces in the map"), run_pieces.availability, "peers", on="", needs="torrents/pieceAvailability",
                 checked=run_pieces.by_peers, bar=True),
    PanelCommand("pieces", "hashes", N("List the piece &hashes"), N("Ask for the hash of each piece, and list them in the place of the map"), run_pieces.hashes, "hash",
                 checked=run_pieces.lists_hashes, bar=True),
    PanelCommand("pieces", "copy", N("&Copy hash"), N("Copy the hashes of the selected pieces"), run_pieces.copy, "copy", "Ctrl+C", "copy", line=True),
    PanelCommand("pieces", "copy_all", N("Copy &all hashes"), N("Copy the hashes of all pieces, from the first to the last"), run_pieces.copy_all, "copy", on="",
                 enabled=run_pieces.any_listed, bar=True),
)
# fmt: on


def panel_shortcuts() -> list[tuple[str, str]]:
    """Give what has keys in the panels: the tab and the text, and the keys as the platform writes them."""
    titles = {tab.id: without_mnemonic(tr(tab.text)) for tab in TABS}
    keys = ((c, QKeySequence.fromString(c.key, QKeySequence.SequenceFormat.PortableText)) for c in PANEL_COMMANDS)
    return [
        (
            tr("{tab}: {command}", tab=titles[c.panel], command=without_mnemonic(tr(c.text))),
            key.toString(QKeySequence.SequenceFormat.NativeText),
        )
        for c, key in keys
        if c.key
    ]
