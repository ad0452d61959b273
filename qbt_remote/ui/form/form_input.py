"""What every input of a form is, and what it needs of the server that the form is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from qbt_remote.prefs.schema import Pref

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.kit.tasks import Tasks

Json = Any


@dataclass(frozen=True, slots=True)
class FormNeeds:
    """What inputs need of the server that they are about."""

    lists: Mapping[str, Sequence[tuple[Json, str]]] = field(default_factory=dict)
    """What choices are asked for elsewhere: value and label, by the name in ``Pref.choices_from``."""
    session: Session | None = None
    tasks: Tasks | None = None
    memory: dict[str, Any] | None = None
    """Where used and marked folders are kept."""


class Input(QObject):
    """One input; ``widget`` stands in the row, ``focus`` takes the keys."""

    edited = Signal()
    readable = False
    """Whether what it shows can be selected and copied while it cannot be changed."""

    def __init__(self, pref: Pref, around: FormNeeds, parent: QWidget) -> None:
        super().__init__(parent)
        self.pref = pref
        self.widget: QWidget = parent
        self.focus: QWidget = parent

    def show(self, value: Json) -> None:
        """Show a wire value; nothing is told of it."""
        raise NotImplementedError

    def value(self) -> Json:
        raise NotImplementedError

    def why_not(self) -> str:
        """Say why what is typed cannot be saved."""
        return ""

    def lock(self) -> None:
        """Let the value be read only; one that is not ``readable`` is switched off by its row."""


def beside(parent: QWidget, *widgets: QWidget, fills: bool = False) -> QWidget:
    """Put widgets beside each other; the first takes the width there is if it ``fills``."""
    row = QWidget(parent)
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget, 1 if fills and widget is widgets[0] else 0)
    if not fills:
        line.addStretch(1)
    row.setFocusProxy(widgets[0])
    return row
