"""Names for screen readers where Qt says something else: of a tab bar its current tab, of a combo box its choice."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from qbt_remote.ui.kit.plain_text import label

_UNSEEN = "unseen name"


def read_as(widget: QWidget, name: str) -> None:
    """Give a widget this name by a label that is not shown; it must be among its final neighbours."""
    widget.setAccessibleName(name)
    beside = widget.parentWidget()
    assert beside is not None
    unseen = next((w for w in beside.findChildren(QLabel, _UNSEEN) if w.buddy() is widget), None)
    if unseen is None:
        unseen = label(parent=beside)
        unseen.setObjectName(_UNSEEN)
        unseen.hide()
        unseen.setBuddy(widget)
    unseen.setText(name)
