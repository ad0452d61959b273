"""The window as a screen reader finds it on the bus: everything that can be reached has a name of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.fake_desktop import Desktop
from tests.ui.spoken import ALWAYS_ON, Ref, Spoken

NAMED = {
    *("push button", "check box", "button menu", "radio button", "text", "tree", "table", "tool bar", "menu bar"),
    *("status bar", "splitter", "page tab", "column header", "menu item"),
}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Spoken, list[Ref]]]:
    """What is in the main window of a program without servers."""
    folder: Path = tmp_path_factory.mktemp("spoken")
    desktop = Desktop()
    try:
        with Spoken() as spoken:
            command = [sys.executable, "-m", "qbt_remote", "--config", str(folder)]
            with subprocess.Popen(command, env=os.environ | ALWAYS_ON) as program:
                application = spoken.application()
                menus = spoken.wait_for(application, "menu item", "Help")  # they come after the first paint
                assert menus
                yield spoken, list(spoken.walk(application))
                program.terminate()
    finally:
        desktop.close()


def test_everything_has_a_name(window: tuple[Spoken, list[Ref]]) -> None:
    spoken, objects = window

    roles = [(spoken.role(ref), spoken.name(ref), ref) for ref in objects]

    assert {"menu bar", "tool bar", "tree", "table", "status bar"} <= {role for role, _name, _ref in roles}
    unnamed = [(role, ref) for role, name, ref in roles if role in NAMED and not name]
    assert [(role, ref) for role, ref in unnamed if role == "menu item" or spoken.is_visible(ref)] == []


def test_no_description_has_markup(window: tuple[Spoken, list[Ref]]) -> None:
    spoken, objects = window

    descriptions = [str(spoken.property(ref, "Accessible", "Description")) for ref in objects]

    assert "Add .torrent files from this computer (Ctrl+O)" in descriptions
    assert [text for text in descriptions if "<qt>" in text or "<br>" in text] == []


def test_a_label_says_what_the_tabs_are(window: tuple[Spoken, list[Ref]]) -> None:
    spoken, objects = window
    tabs = next(ref for ref in objects if spoken.role(ref) == "page tab list")

    assert spoken.labels(tabs) == ["Details"]
