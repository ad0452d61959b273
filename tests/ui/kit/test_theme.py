"""System, light or dark: at once, in all windows, also where the desktop does not let a program choose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from qbt_remote.ui.kit.theme import choose_theme, error_color, frame_boxes, is_dark, state_color, written
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play
from tests.walk.judge import contrast


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    choose_theme("system")


def test_what_is_chosen_shows_at_once_and_what_was_before_comes_back(qapp: QApplication, qtbot: QtBot) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    written(line, error_color)
    line.show()
    qtbot.waitExposed(line)
    before = qapp.palette()
    for theme, dark in (("dark", True), ("light", False), ("dark", True), ("system", is_dark(before)), ("?", False)):
        choose_theme(theme)
        assert is_dark() is dark, theme
        qtbot.waitUntil(partial(_is, line, dark=dark))
        assert line.palette().color(QPalette.ColorRole.Text) == state_color("error", dark)
    assert qapp.palette() == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_own_colours_can_be_read(qapp: QApplication, theme: str) -> None:
    choose_theme("dark" if theme == "light" else "light")
    choose_theme(theme)
    palette, role = qapp.palette(), QPalette.ColorRole
    pairs = [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.Link, role.Base),
        (role.PlaceholderText, role.Base),
    ]
    for over, under in pairs:
        light, dark = sorted((_luminance(palette, over), _luminance(palette, under)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (over, under)


def _is(widget: QWidget, *, dark: bool) -> bool:
    return is_dark(widget.palette()) is dark


def _luminance(palette: QPalette, role: QPalette.ColorRole) -> float:
    parts = palette.color(role).getRgbF()[:3]  # type: ignore[index]  # stubs: object
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_menu_chooses_the_theme_and_the_settings_keep_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for theme, dark in (("dark", True), ("light", False)):
            await rig.trigger(f"theme_{theme}")
            assert rig.settings.theme == theme
            assert is_dark(rig.window.table.palette()) is dark
            checked = {id for id in ("system", "light", "dark") if _is_checked(rig, id)}
            assert checked == {theme}
        await rig.trigger("theme_system")
        await until(lambda: rig.settings.theme == "system")

    play(run, scene)


def _is_checked(rig: Rig, theme: str) -> bool:
    action = rig.action(f"theme_{theme}")
    action.judge(rig.window.context())  # type: ignore[attr-defined]  # CommandAction
    return action.isChecked()


@pytest.fixture
def framed(qapp: QApplication) -> Iterator[None]:
    frame_boxes()
    yield
    qapp.setStyle("fusion")


@pytest.mark.usefixtures("framed")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_boxes_and_focus_can_be_seen(qtbot: QtBot, theme: str) -> None:
    choose_theme(theme)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    box, radio, tool, menu = QCheckBox("box"), QRadioButton("one"), QToolButton(), QMenu(window)
    files = QTreeWidget()
    file = QTreeWidgetItem(["file"])
    files.addTopLevelItem(file)
    file.setCheckState(0, Qt.CheckState.Unchecked)
    menu.addAction("entry").setCheckable(True)
    tool.setAutoRaise(True)
    tool.setText("tool")
    tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    for widget in (tool, box, radio, files):
        column.addWidget(widget)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()  # without a window manager it has the focus only then
    qtbot.waitUntil(window.isActiveWindow)
    box.setFocus()

    style, option = box.style(), QStyleOptionButton()
    option.initFrom(box)
    inside = style.subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    image = window.grab().toImage()
    ground = window.palette().color(QPalette.ColorRole.Window)
    edge = box.mapTo(window, inside.topLeft() + QPoint(inside.width() // 2, 0))
    assert contrast(image.pixelColor(edge), ground) >= 3
    inside = style.subElementRect(QStyle.SubElement.SE_RadioButtonIndicator, option, radio)
    assert most_contrast(window, QRect(radio.mapTo(window, inside.topLeft()), inside.size()), ground) >= 3
    base = window.palette().color(QPalette.ColorRole.Base)
    item = files.visualItemRect(file)
    check = QRect(files.viewport().mapTo(window, item.topLeft()), QSize(18, item.height()))
    assert most_contrast(window, check, base) >= 3
    entry = menu.actionGeometry(menu.actions()[0])
    assert most_contrast(menu, QRect(entry.left() + 2, entry.top(), 18, entry.height()), base) >= 3

    left = QRect(tool.mapTo(window, QPoint(0, 0)), QSize(5, tool.height()))  # before the letters
    assert most_contrast(window, left, ground) < 3
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Backtab)
    qtbot.waitUntil(lambda: most_contrast(window, left, ground) >= 3)


def most_contrast(widget: QWidget, place: QRect, ground: QColor) -> float:
    """The contrast of what stands out most in a place."""
    image = widget.grab(place).toImage()
    shown = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    return max(contrast(QColor(color), ground) for color in shown)


def test_pictures_of_labels_follow_a_change_of_the_theme(run: Run) -> None:
    """The connection in the status bar, and the sign of the page in the place of the list."""

    def lightness(picture: QLabel) -> float:
        image = picture.pixmap().toImage()
        pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        seen = [pixel.lightnessF() for pixel in pixels if pixel.alphaF() > 0.5]
        return sum(seen) / len(seen)

    async def scene(rig: Rig) -> None:
        choose_theme("light")
        labels = rig.window.findChildren(QLabel)
        await until(lambda: any("reached by peers" in label.accessibleName() for label in labels))
        pictures = [label for label in labels if label.isVisible() and not label.pixmap().isNull()]
        assert len(pictures) == 2
        light = [lightness(picture) for picture in pictures]

        choose_theme("dark")

        await until(lambda: all(lightness(p) > before for p, before in zip(pictures, light, strict=True)))

    play(run, scene, before=lambda rig: rig.home.world.set_server(connection_status="connected"))
