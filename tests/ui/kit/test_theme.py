"""System, light or dark: at once, in all windows, also where the desktop does not let a program choose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.ui.kit.theme import choose_theme, error_color, is_dark, state_color, written
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play


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
