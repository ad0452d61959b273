"""Every window, tab, menu and dialog over real servers, in light and dark: nothing is cut off or hard to read.

And every window and dialog on a small screen with a large font: no button is out of reach.

The pictures stay in ``.pictures/walk`` for people to look at.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tests
from tests.scale.instruments import Display

ROOT = Path(tests.__file__).parent.parent
LIMIT_S = 480

pytestmark = pytest.mark.real


def test_walk_in_light_and_dark_and_on_a_small_screen_finds_nothing_that_cannot_be_read_or_reached() -> None:
    """Each on a display of its own: a menu that pops up closes every other one of its display."""
    folder = ROOT / ".pictures/walk"
    with Display() as one, Display() as other, Display(1024, 600) as small:
        walks = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.walk", str(folder / scheme), *more],
                cwd=ROOT,
                env=display.env | {"XDG_CURRENT_DESKTOP": "GNOME"},  # Qt follows the scheme asked for only there
                stdout=subprocess.PIPE,
                text=True,
            )
            for display, scheme, more in (
                (one, "light", ()),
                (other, "dark", ("--dark",)),
                (small, "small", ("--windows", "--points", "18")),
            )
        ]

        found = [walk.communicate(timeout=LIMIT_S)[0] for walk in walks]

    assert [walk.returncode for walk in walks] == [0, 0, 0], "\n".join(found)
