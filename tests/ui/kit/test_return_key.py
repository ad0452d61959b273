"""Return on a check box or a radio button presses the dialog's default button, whatever the desktop's theme says."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("desktop", "commands", "theme_toggles"),
    [("GNOME", (), True), ("KDE", ("remove_files",), False), ("", ("remove_files",), False)],
)
def test_return_on_a_check_box_is_for_the_dialog(desktop: str, commands: tuple[str, ...], theme_toggles: bool) -> None:
    command = [sys.executable, "-m", "tests.ui.return_key", *commands]

    done = subprocess.run(command, env=os.environ | {"XDG_CURRENT_DESKTOP": desktop}, capture_output=True, timeout=60)

    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["bare"] == theme_toggles, "Qt's own box behaves otherwise: what is CheckBox for?"
    assert found["pressed"] > (50 if not commands else 2)
    assert (found["kept"], found["deleted"], found["failures"]) == ([], ["false"], [])
