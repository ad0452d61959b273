"""Windows and dialogs fit the screen they open on: none is larger, nor has a least size that is.

Where the content needs more than there is (a large font, a small screen, a scale of 200 %), it scrolls above the
buttons, which stay in view.  Others stay as they were laid out: a scroll area would change how they wrap and grow.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QDialogButtonBox, QFrame, QScrollArea, QVBoxLayout, QWidget

FRAME = QSize(16, 48)
"""What window managers put round a window, at most."""


def room_for(widget: QWidget) -> QSize:
    """Give the largest size that a window may have on the screen it opens on."""
    parent = widget.parentWidget()
    screen = parent.screen() if parent is not None else widget.screen()
    return screen.availableSize() - FRAME


def for_font(size: QSize, widget: QWidget) -> QSize:
    """Give what a size for a font 16 pixels high is in the font of a window, if that is larger."""
    return size * max(1.0, widget.fontMetrics().height() / 16)


def fit(widget: QWidget, size: QSize) -> None:
    """Give a window this size, or what there is room for."""
    widget.resize(size.boundedTo(room_for(widget)))


def keep_on_screen(window: QWidget) -> None:
    """Bound a window from now on: when it is shown, and whenever its content comes to need more."""
    window.installEventFilter(_Bounds(window))


class _Bounds(QObject):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._scrolls = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show or (event.type() == QEvent.Type.LayoutRequest and self._window.isVisible()):
            self._bound()
        return False

    def _bound(self) -> None:
        window, room = self._window, room_for(self._window)
        if not self._scrolls and _needs_more(window, room):
            self._scrolls = True
            _let_scroll(window)
        layout = window.layout()
        needed = 0 if layout is None else layout.totalMinimumSize().width()  # a width that was set may be less
        if not min(needed, room.width()) <= window.minimumWidth() <= room.width():
            window.setMinimumWidth(min(max(needed, window.minimumWidth()), room.width()))
        if window.minimumHeight() > room.height():
            window.setMinimumHeight(room.height())
        if layout is not None and layout.hasHeightForWidth():  # Qt opens none higher than 2/3 of the screen
            window.resize(window.width(), max(window.height(), layout.minimumHeightForWidth(window.width())))
        if window.width() > room.width() or window.height() > room.height():
            window.resize(window.size().boundedTo(room))


def _needs_more(window: QWidget, room: QSize) -> bool:
    layout = window.layout()
    if layout is None:
        return False
    least = layout.totalMinimumSize()
    width = min(max(window.width(), least.width()), room.width())
    height = layout.minimumHeightForWidth(width) if layout.hasHeightForWidth() else least.height()
    return least.width() > room.width() or max(height, least.height()) > room.height()


def _let_scroll(window: QWidget) -> None:
    """Put the content of a window into a scroll area, all but its buttons."""
    layout, focused, size = window.layout(), window.focusWidget(), window.size()
    assert layout is not None
    buttons = [box for box in window.findChildren(QDialogButtonBox) if box.window() is window]
    margins = layout.contentsMargins()
    area = QScrollArea(window)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # else it takes the focus from the first input
    body = QWidget(area)
    body.setLayout(layout)  # its widgets go with it
    area.setWidget(body)
    beside = area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(min(layout.totalMinimumSize().width() + beside, room_for(window).width()))
    outer = QVBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area, 1)
    for box in buttons:
        row = QVBoxLayout()
        row.setContentsMargins(margins)
        row.addWidget(box)
        outer.addLayout(row)
    for widget in (area, *buttons):
        widget.show()  # a layout would do so in a later turn, and leave them out till then
    window.resize(size)
    if focused is not None:
        focused.setFocus()
