"""Colours: of states, of what is dimmed, and whether the desktop is dark.

Contrast on the base colour and on alternate rows is at least 4.5 for all of them
(checked by tests/ui/kit/test_icons.py).
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from qbt_remote.model.look import Look
from qbt_remote.sync.states import STATES
from qbt_remote.ui.kit.icons import icon

_Color = QPalette.ColorRole

_LIGHT_DARK = {
    "downloading": ("#0b6bcb", "#6cb6ff"),
    "metadata": ("#8a5a00", "#e3b341"),
    "seeding": ("#1a7f37", "#57c878"),
    "uploading": ("#1a7f37", "#57c878"),
    "stalled": ("#5d6773", "#a3adb8"),
    "queued": ("#6b5bb5", "#b4a7f5"),
    "checking": ("#0f766e", "#4fd1c5"),
    "moving": ("#0f766e", "#4fd1c5"),
    "stopped": ("#656d76", "#9aa4af"),
    "completed": ("#656d76", "#9aa4af"),
    "error": ("#c62828", "#ff8a80"),
    "warning": ("#8a5a00", "#e3b341"),
}
_COMPACT = "qbt-remote compact"
"""Property of the application, so that every list finds it."""
COLOR_IDS = frozenset(_LIGHT_DARK)


def is_dark(palette: QPalette | None = None) -> bool:
    """Tell whether text is light on dark in this palette, at first the program's."""
    shown = palette if palette is not None else QGuiApplication.palette()
    return shown.color(_Color.Base).lightness() < shown.color(_Color.Text).lightness()


def state_color(color_id: str, dark: bool) -> QColor:
    """Give the colour for text and icons of a state.  KeyError if there is none of this name."""
    return QColor(_LIGHT_DARK[color_id][dark])


def mixed(over: QColor, under: QColor, share: float) -> QColor:
    """Give the opaque colour of ``over`` laid on ``under`` with this opacity."""
    parts = zip(over.getRgbF()[:3], under.getRgbF()[:3], strict=True)  # type: ignore[index]  # stubs: object
    return QColor.fromRgbF(*(a * share + b * (1 - share) for a, b in parts))


def faint(palette: QPalette) -> QColor:
    """Give the colour of text that says little: zeros, infinity, notes."""
    return mixed(palette.color(_Color.Text), palette.color(_Color.Base), 0.6)


def written_in(color: QColor, palette: QPalette) -> QPalette:
    """Give the palette with this colour for text, on windows and on the base alike."""
    made = QPalette(palette)
    for role in (_Color.WindowText, _Color.Text):
        made.setColor(role, color)
    return made


def alternate_base(palette: QPalette) -> QColor:
    """Give the ground of every second row: barely another than the base."""
    return mixed(palette.color(_Color.Text), palette.color(_Color.Base), 0.025)


def row_height(view: QWidget) -> int:
    """Give the height of a list's rows: comfortable, or compact if that is set."""
    app = QCoreApplication.instance()
    compact = app is not None and bool(app.property(_COMPACT))
    return view.fontMetrics().height() + (4 if compact else 8)


def set_compact(compact: bool) -> None:
    """Make the rows of all lists compact or comfortable, also of those that are made later."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setProperty(_COMPACT, compact)
    for widget in app.allWidgets():
        if isinstance(widget, QAbstractItemView):
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def torrent_look(palette: QPalette) -> Look:
    """Give icons and colours of torrents by their state, for this palette."""
    dark, dim = is_dark(palette), faint(palette)
    colors = {state: state_color(known.color, dark) for state, known in STATES.items()}
    icons = {state: icon(known.icon, colors[state]) for state, known in STATES.items()}
    stale_icons = {state: icon(known.icon, dim) for state, known in STATES.items()}
    text, nothing = palette.color(_Color.Text), QIcon()
    return Look(
        icon=lambda row: icons.get(row.state, nothing),
        stale_icon=lambda row: stale_icons.get(row.state, nothing),
        color=lambda row: colors.get(row.state, text),
        faint=dim,
        stale=dim,
    )
