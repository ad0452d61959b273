"""The menu of the filter box: examples of what can be typed, and the fields that can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.sync.query.fields import FIELDS
from qbt_remote.translatable import N

EXAMPLES = (
    ("debian iso", N("Both words are in the name")),
    ('"live cd"', N("The words side by side")),
    ("debian -beta", N("Without the second word")),
    ("size>4gb", N("Larger than 4 GiB")),
    ("progress<50%", N("Less than half is there")),
    ("ratio<1", N("Less uploaded than downloaded")),
    ("added<7d", N("Added in the last seven days")),
    ("completed>2026-01-31", N("Completed after a day")),
    ("status:stalled", N("Stalled, uploading or downloading")),
    ('category=""', N("Without a category")),
    ("-tag:keep", N("Without a tag")),
    ("tracker:debian", N("A tracker's host has this in its name")),
    ("status:errored OR seeds=0", N("One or the other")),
    ("(ratio>2 OR added>1y) private:no", N("One of two, and a third")),
    (r"/s\d+e\d+/", N("A regular expression")),
)
_GROUPS = (
    ("text", N("&Text fields")),
    ("number", N("&Number fields")),
    ("date", N("&Date fields")),
    ("yes", N("&Yes or no fields")),
)


def help_menu(show: Callable[[str], None], insert: Callable[[str], None], parent: QWidget) -> QMenu:
    """Make the menu: an example is shown in the box, a field with its sign is inserted."""
    menu = QMenu(parent)
    menu.setAccessibleName(tr("Examples and fields"))
    for text, about in EXAMPLES:
        _put(menu, text, tr(about), partial(show, text))
    menu.addSeparator()
    for group, title in _GROUPS:
        fields = menu.addMenu(tr(title))
        for row in dict.fromkeys(FIELDS.values()):
            if row.group == group:
                _put(fields, f"{row.name}{row.sign}", tr(row.about), partial(insert, f"{row.name}{row.sign}"))
    return menu


def _put(menu: QMenu, text: str, about: str, run: Callable[[], None]) -> None:
    action = menu.addAction(f"{text.replace('&', '&&')}\t{about}")  # what it means stands where a key would
    action.setData(text)
    action.triggered.connect(lambda _checked=False: run())
