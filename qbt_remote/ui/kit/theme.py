"""Colours: of states, of what is dimmed, and whether the desktop is dark.

Contrast on the base colour and on alternate rows is at least 4.5 for all of them
(checked by tests/ui/kit/test_icons.py).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QProxyStyle, QStyle, QStyleOption, QWidget

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
_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
_OF_TEXT = (_Color.WindowText, _Color.Text, _Color.ButtonText, _Color.ToolTipText)
_OWN_COLOURS = {
    # role: light, dark, as Qt's own of desktops that it knows
    _Color.Window: ("#efefef", "#323232"),
    _Color.Button: ("#efefef", "#3a3a3a"),
    _Color.Base: ("#ffffff", "#242424"),
    _Color.AlternateBase: ("#f7f7f7", "#2b2b2b"),
    _Color.ToolTipBase: ("#ffffdc", "#3a3a3a"),
    _Color.Light: ("#ffffff", "#4b4b4b"),
    _Color.Midlight: ("#cacaca", "#3f3f3f"),
    _Color.Mid: ("#b8b8b8", "#5a5a5a"),
    _Color.Dark: ("#9f9f9f", "#212121"),
    _Color.Shadow: ("#767676", "#191919"),
    _Color.Highlight: ("#308cc6", "#308cc6"),
    _Color.HighlightedText: ("#ffffff", "#ffffff"),
    _Color.BrightText: ("#ffffff", "#ffffff"),
    _Color.Link: ("#0b57c2", "#6cb6ff"),
    _Color.LinkVisited: ("#7a2ea0", "#c58af9"),
    _Color.PlaceholderText: ("#6f6f6f", "#9a9a9a"),
}


def is_dark(palette: QPalette | None = None) -> bool:
    """Tell whether text is light on dark in this palette, at first the program's."""
    shown = palette if palette is not None else QGuiApplication.palette()
    return shown.color(_Color.Base).lightness() < shown.color(_Color.Text).lightness()


def choose_theme(theme: str) -> None:
    """Make the whole program "light" or "dark"; anything else is as the desktop has it."""
    wanted = _SCHEMES.get(theme, Qt.ColorScheme.Unknown)
    QGuiApplication.styleHints().setColorScheme(wanted)
    QApplication.setPalette(QPalette())  # what was set below goes
    if theme in _SCHEMES and is_dark() != (theme == "dark"):  # some desktops do not let a program choose
        QApplication.setPalette(_own_palette(dark=theme == "dark"))


def _own_palette(*, dark: bool) -> QPalette:
    made = QPalette()
    for role, colors in _OWN_COLOURS.items():
        made.setColor(role, QColor(colors[dark]))
    for role in _OF_TEXT:
        made.setColor(role, QColor("#f0f0f0" if dark else "#000000"))
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor("#828282"))
    made.setColor(QPalette.ColorGroup.Disabled, _Color.Highlight, QColor("#919191"))
    return made


class _Framed(QProxyStyle):
    """Qt's own style, Fusion, with frames that can be seen: it draws those of boxes in the window's colour, darkened,
    which on a dark one is the ground's, and marks the focus by a tint.  No palette can change that alone."""

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        /,
        widget: QWidget | None = None,
    ) -> None:
        super().drawPrimitive(element, option, painter, widget)
        if element in _BOXES:
            _frame(painter, option, _edge(option), circle=element == _Primitive.PE_IndicatorRadioButton)
        elif element in _FOCUSED and option.state & _FOCUSED[element] == _FOCUSED[element]:
            _frame(painter, option, _focus_edge(option))


_Primitive, _State = QStyle.PrimitiveElement, QStyle.StateFlag
_BOXES = (_Primitive.PE_IndicatorCheckBox, _Primitive.PE_IndicatorRadioButton)
_FOCUSED = {
    # in which state it has the focus, moved by a key
    _Primitive.PE_FrameFocusRect: _State.State_KeyboardFocusChange,
    _Primitive.PE_PanelButtonCommand: _State.State_KeyboardFocusChange | _State.State_HasFocus,
}


def frame_boxes() -> None:
    """Make check boxes, radio buttons and the focus stand out where the style is Fusion; others are left alone."""
    if QApplication.style().name() == "fusion":
        QApplication.setStyle(_Framed("fusion"))


def _frame(painter: QPainter, option: QStyleOption, color: QColor, *, circle: bool = False) -> None:
    painter.save()
    painter.setPen(color)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    if circle:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = box.center(), min(box.width(), box.height()) / 2 - 0.5
        painter.setPen(QPen(color, 1.3))  # its edge is blurred
        painter.drawEllipse(QPointF(middle), radius, radius)
    else:
        painter.drawRect(box)
    painter.restore()


def _edge(option: QStyleOption) -> QColor:
    """The frame of a box: between text and ground; where the ground is that of what is picked, the text upon it."""
    palette = option.palette
    if option.state & _State.State_Selected:
        return palette.color(_Color.HighlightedText)
    if option.state & _State.State_HasFocus and option.state & _State.State_KeyboardFocusChange:
        return _highlight(palette)
    return mixed(palette.color(_Color.Text), palette.color(_Color.Base), 0.6)


def _focus_edge(option: QStyleOption) -> QColor:
    palette = option.palette
    ground = getattr(option, "backgroundColor", palette.color(_Color.Window))
    picked = ground == palette.color(_Color.Highlight)
    return palette.color(_Color.HighlightedText) if picked else _highlight(palette)


def _highlight(palette: QPalette) -> QColor:
    """As Fusion has it on light grounds; on dark ones it darkens it as well."""
    color = palette.color(_Color.Highlight)
    return color if is_dark(palette) else color.darker(125)


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
