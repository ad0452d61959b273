"""Every call and every field of the Web API is reachable or shown in the window, or it is said why not.

The table is made from the program itself: its commands, menus, tabs and columns; what leads from a
command to a call is read from its text (``tests/reach.py``).  See it with ``pytest -s``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbt_remote.model.columns import Column, torrent_columns
from qbt_remote.model.details.columns import FIRST, HTTP_SOURCE, INFORMATION, LONG, PEER, TRANSFER, tracker_columns
from qbt_remote.model.files.columns import FILE
from qbt_remote.sync.details.rows import Peer, Properties, Tracker
from qbt_remote.ui.details.panel_commands import PANEL_COMMANDS
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.window.commands import COMMANDS, MENUS
from tests.reach import ROOT, Node, calls_from, node_of

WEB_API = json.loads((Path(__file__).parent / "data/web_api.json").read_text("utf-8"))
"""Names of the calls, and of the fields of what they answer: outside rss, search, torrentcreator, clientdata
and preferences."""

UI = "qbt_remote.ui."
PLACES: dict[str, Node] = {
    "the window": (UI + "window.main_window", "MainWindow"),
    "adding torrents": (UI + "add.adding", "Adding"),
    "the tabs' polls": (UI + "details.details", "Details"),
    "each poll": ("qbt_remote.sync.session", "Session"),
    "connecting, and ways round on older servers": ("qbt_remote.api.client", "QbtClient"),
    "the program": ("qbt_remote.start.program", "Program"),
}
BETWEEN: set[Node] = {
    *(
        (UI + "commands.context", "Context"),
        (UI + "commands.actions", "Actions"),
        (UI + "filtering.feed", "Feed"),
        (UI + "commands.command", "Command"),
    ),
    *(
        (UI + "window.commands", "ROWS"),
        (UI + "window.commands", "COMMANDS"),
        (UI + "details.panel_commands", "PANEL_COMMANDS"),
    ),
    *(
        (UI + "details.in_view", "InView"),
        (UI + "details.panel_context", "PanelContext"),
        (UI + "commands.row_actions", "RowActions"),
    ),
}
"""They lead from everything to everything."""

CALLS_LEFT_OUT = {
    "torrents/SSLParameters": "its answer holds a private key, and neither of qBittorrent's own windows has it",
    "torrents/count": "the torrents are counted here",
    "torrents/downloadLimit": "comes with every torrent",
    "torrents/setSSLParameters": "neither of qBittorrent's own windows has it",
    "torrents/setTags": "would take away tags that another client adds meanwhile; addTags and removeTags do not",
    "torrents/tags": "come with each poll",
    "torrents/uploadLimit": "comes with every torrent",
    "transfer/downloadLimit": "comes with each poll",
    "transfer/getSpeedLimits": "the same four values are preferences, of every server",
    "transfer/info": "comes with each poll",
    "transfer/setSpeedLimits": "sets all four; as preferences only what was changed is sent, to every server",
    "transfer/uploadLimit": "comes with each poll",
}
FIELDS_LEFT_OUT = {
    "torrent": {
        "files": "only if they are asked for with all torrents; the tab Content asks for those of one",
        "hash": "what a server knows the torrent by; “Torrent ID” copies it",
        "magnet_uri": "“Magnet link” copies it",
        "max_inactive_seeding_time": "what is in force; the torrent's own limit is shown",
        "max_seeding_time": "what is in force; the torrent's own limit is shown",
        "trackers": "only if they are asked for with all torrents; the tab Trackers asks for those of one",
    },
    "properties": {
        "is_private": "an older name of private",
    },
    "tracker": {},
    "tracker_endpoint": {"name": "stands in the place of the URL"},
    "peer": {"flags_desc": "in the server's language; the flags are explained in ours"},
    "file": {
        "index": "what a server knows the file by",
        "is_seed": "whether the torrent is complete, told with its first file",
        "piece_range": "the map of the pieces names by it the files that a piece is of",
    },
    "webseed": {},
}


def entries() -> Iterator[tuple[str, tuple[Node, ...]]]:
    """Where a person, or the program for them, begins."""
    for command in COMMANDS:
        yield f"command {command.id}", tuple(node_of(f) for f in (command.run, command.confirm) if f)
    for menu in MENUS:
        if menu.choices:
            yield f"menu {menu.id}", (node_of(menu.choices),)
    for command_ in PANEL_COMMANDS:
        yield f"tab {command_.menu}, {command_.id}", (node_of(command_.run),)
    yield "the sidebar's menus", ((UI + "window.entry_commands", "ENTRY_ROWS"),)
    for tab in TABS:
        yield f"tab {tab.id}", ((f"{UI}details.panels.{tab.id}", "panel"),)
    for place, node in PLACES.items():
        yield place, (node,)


def reached() -> dict[str, list[str]]:
    """By call: what reaches it, the nearest first."""
    hubs = {*PLACES.values(), *BETWEEN}
    found: dict[str, list[tuple[int, int, str]]] = {}
    for place, (entry, starts) in enumerate(entries()):
        for call, steps in calls_from(*starts, beside=hubs - set(starts)).items():
            found.setdefault(call, []).append((steps, place, entry))
    return {call: [entry for _steps, _place, entry in sorted(ways)] for call, ways in found.items()}


class Read:
    """Stands for a row and notes what is read of it."""

    def __init__(self, row: msgspec.Struct) -> None:
        self.row, self.fields = row, set[str]()

    def __getattr__(self, field: str) -> Any:
        self.fields.add(field)
        return getattr(self.row, field)


def shown_by_columns(columns: tuple[Column, ...], example: msgspec.Struct | None = None) -> dict[str, str]:
    shown: dict[str, str] = {}
    for column in columns:
        tipped = Read(example) if example else None
        if tipped and column.cell_tip:
            column.cell_tip(tipped)
        for field in (*column.fields, *(tipped.fields if tipped else ())):
            shown.setdefault(field, f"column “{column.title}”")
    return shown


def shown_by_facts() -> dict[str, str]:
    shown: dict[str, str] = {}
    for fact in (*FIRST, *TRANSFER, *INFORMATION, *LONG):
        row = Read(Properties(pieces_num=2, piece_size=1, pieces_have=1))
        fact.text(row)  # type: ignore[arg-type]  # as if it were one
        for field in row.fields:
            shown.setdefault(field, f"fact “{fact.label}”")
    panel = ast.parse((ROOT / "ui/details/panels/general.py").read_text("utf-8"))
    bars = {part.attr for part in ast.walk(panel) if isinstance(part, ast.Attribute)}
    return dict.fromkeys(bars & set(Properties.__struct_fields__), "bar of the tab General") | shown


def shown() -> dict[str, dict[str, str]]:
    trackers = shown_by_columns(tracker_columns(lambda when: when), Tracker())
    return {
        "torrent": shown_by_columns(torrent_columns({})),
        "properties": shown_by_facts(),
        "tracker": trackers,
        "tracker_endpoint": trackers,
        "peer": shown_by_columns(PEER, Peer()),
        "file": shown_by_columns(FILE),
        "webseed": shown_by_columns(HTTP_SOURCE),
    }


def test_every_call_is_reachable_from_the_window_or_it_is_said_why_not() -> None:
    ways, rows, wrong = reached(), [], []
    for call in WEB_API["endpoints"]:
        nearest, reason = ways.get(call, []), CALLS_LEFT_OUT.get(call, "")
        rows.append(f"{call:34} {'; '.join(nearest[:3]) or f'left out: {reason}'}")
        if bool(nearest) is bool(reason):
            wrong.append(
                f"{call}: {f'reached by {nearest[0]}, but left out' if nearest else 'neither reached nor explained'}"
            )

    print("", *rows, sep="\n")
    assert not wrong
    assert set(CALLS_LEFT_OUT) <= set(WEB_API["endpoints"])


@pytest.mark.parametrize("kind", WEB_API["fields"])
def test_every_field_is_shown_or_it_is_said_why_not(kind: str) -> None:
    places, reasons, rows, wrong = shown()[kind], FIELDS_LEFT_OUT[kind], [], []
    for field in WEB_API["fields"][kind]:
        place, reason = places.get(field, ""), reasons.get(field, "")
        rows.append(f"{kind}.{field:28} {place or f'left out: {reason}'}")
        if bool(place) is bool(reason):
            wrong.append(f"{kind}.{field}: {f'{place}, but left out' if place else 'neither shown nor explained'}")

    print("", *rows, sep="\n")
    assert not wrong
    assert reasons.keys() <= set(WEB_API["fields"][kind])
