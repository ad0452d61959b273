"""Icons and colours: everything that is named exists, and can be read."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QImage, QPalette, QPixmap
from pytestqt.qtbot import QtBot

from qbt_remote.local.paths import resource
from qbt_remote.sync.criteria import STATUS_FILTERS
from qbt_remote.sync.states import STATES
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.theme import COLOR_IDS, alternate_base, faint, is_dark, state_color

FILES = sorted(resource("icons").glob("*.svg"))
OWN_COLOURS = {"qbt-remote"}


def image(pixmap: QPixmap) -> QImage:
    return pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)


def strongest(pixmap: QPixmap) -> QColor:
    """The colour of the pixel that is the most opaque."""
    picture = image(pixmap)
    points = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return max((picture.pixelColor(*point) for point in points), key=lambda color: color.alpha())


def light(dark: bool) -> QPalette:
    base, text = ("#1e1e1e", "#ffffff") if dark else ("#ffffff", "#000000")
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor(base))
    palette.setColor(QPalette.ColorRole.Text, QColor(text))
    return palette


def contrast(one: QColor, other: QColor) -> float:
    def luminance(color: QColor) -> float:
        parts = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_an_icon_of_the_set(path: Path, qtbot: QtBot) -> None:
    root = ElementTree.parse(path).getroot()

    assert not image(icon(path.stem).pixmap(QSize(16, 16))).isNull()
    assert strongest(icon(path.stem).pixmap(QSize(16, 16))).alpha() > 150
    if path.stem not in OWN_COLOURS:
        assert root.get("viewBox") == "0 0 16 16"
        colours = {node.get(name) for node in root.iter() for name in ("fill", "stroke")} - {None, "none"}
        assert colours == {"currentColor"}


@pytest.mark.parametrize("known", [*STATES.values(), *STATUS_FILTERS], ids=lambda known: known.icon)
def test_every_state_and_status_has_an_icon(known: object, qtbot: QtBot) -> None:
    assert not icon(known.icon).isNull()  # type: ignore[attr-defined]  # both have one


def test_states_differ_in_shape_and_not_only_in_colour(qtbot: QtBot) -> None:
    shapes = {
        bytes(image(icon(id, QColor("black")).pixmap(QSize(16, 16))).constBits())
        for id in {s.icon for s in STATES.values()}
    }

    assert len(shapes) == len({s.icon for s in STATES.values()})


def test_an_icon_takes_the_palettes_colour_when_it_is_painted(qtbot: QtBot) -> None:
    before = QGuiApplication.palette()
    action = QAction(icon("stop"), "x")
    try:
        for color in ("#123456", "#fedcba"):
            palette = QPalette(before)
            palette.setColor(QPalette.ColorRole.WindowText, QColor(color))
            QGuiApplication.setPalette(palette)
            assert strongest(action.icon().pixmap(QSize(16, 16))).name() == color
    finally:
        QGuiApplication.setPalette(before)


def test_a_given_colour_is_kept_but_on_selected_rows(qtbot: QtBot) -> None:
    made = icon("stop", QColor("#c62828"))
    selected = QGuiApplication.palette().color(QPalette.ColorRole.HighlightedText)

    assert strongest(made.pixmap(QSize(16, 16))).name() == "#c62828"
    assert strongest(made.pixmap(QSize(16, 16), QIcon.Mode.Selected)).name() == selected.name()
    assert strongest(made.pixmap(QSize(16, 16), QIcon.Mode.Disabled)).alpha() < 120


def test_icons_are_sharp_at_twice_the_resolution(qtbot: QtBot) -> None:
    made = icon("stop").pixmap(QSize(16, 16), 2.0)

    assert made.size() == QSize(32, 32)
    assert made.devicePixelRatio() == 2.0


def test_no_id_is_no_icon_and_an_unknown_one_is_told(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    assert icon("").isNull()
    assert not caplog.records

    assert icon("no-such-icon").isNull()
    assert "no-such-icon" in caplog.text


@pytest.mark.parametrize("dark", [False, True])
def test_colours_can_be_read_on_every_row(dark: bool, qtbot: QtBot) -> None:
    palette = light(dark)
    assert is_dark(palette) is dark

    for ground in (palette.color(QPalette.ColorRole.Base), alternate_base(palette)):
        assert contrast(faint(palette), ground) >= 4.5
        for id in COLOR_IDS:
            assert contrast(state_color(id, dark), ground) >= 4.5, id


def test_every_state_has_a_colour() -> None:
    assert {state.color for state in STATES.values()} <= COLOR_IDS
