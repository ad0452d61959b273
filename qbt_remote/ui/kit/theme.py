"""Colours: of states, of what is dimmed, and whether the desktop is dark.

Contrast on the base colour and on alternate rows is at least 4.5 for all of them
(checked by tests/ui/kit/test_icons.py).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
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


def coloured(widget: QWidget, make: Callable[[QPalette], QPalette]) -> None:
    """Give a widget colours of its own, made of the usual ones, and make them anew when the theme changes.

    A palette that is set once stays as it is when the desktop turns dark: dark text on a dark ground.
    """
    for earlier in widget.findChildren(_Own, options=Qt.FindChildOption.FindDirectChildrenOnly):
        widget.removeEventFilter(earlier)
        earlier.setParent(None)
    own = _Own(widget, lambda: widget.setPalette(make(QApplication.palette(widget))))
    own.act()


def on_new_colours(widget: QWidget, act: Callable[[], None]) -> None:
    """Call ``act`` whenever the colours of a widget have changed: for what it shows in colours of its own."""
    _NewColours(widget, act)


def written(widget: QWidget, color: Callable[[QPalette], QColor]) -> None:
    """Write the text of a widget in a colour that depends on the theme."""
    coloured(widget, lambda palette: written_in(color(palette), palette))


def in_stripes(table: QAbstractItemView) -> None:
    """Give every second row its ground."""

    def striped(palette: QPalette) -> QPalette:
        made = QPalette(palette)
        made.setColor(_Color.AlternateBase, alternate_base(palette))
        return made

    coloured(table, striped)
    table.setAlternatingRowColors(True)


def error_color(palette: QPalette) -> QColor:
    return state_color("error", is_dark(palette))


def warning_color(palette: QPalette) -> QColor:
    return state_color("warning", is_dark(palette))


class _NewColours(QObject):
    """Watches the widget that is its parent."""

    def __init__(self, widget: QWidget, act: Callable[[], None]) -> None:
        super().__init__(widget)
        self._act, self._acts = act, False
        widget.installEventFilter(self)

    def act(self) -> None:
        self._acts = True  # what is done may change the colours itself
        self._act()
        self._acts = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ApplicationPaletteChange, QEvent.Type.PaletteChange) and not self._acts:
            self.act()
        return False


class _Own(_NewColours):
    """Keeps the colours that a widget has of its own."""


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
