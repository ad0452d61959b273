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


def walked(*walks: tuple[Display, str, tuple[str, ...], dict[str, str]]) -> None:
    """Walk on several displays at a time; a menu that pops up closes every other one of its display."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.walk", str(ROOT / ".pictures/walk" / folder), *more],
            cwd=ROOT,
            # Qt follows the scheme asked for only on GNOME
            env=display.env | {"XDG_CURRENT_DESKTOP": "GNOME"} | env,
            stdout=subprocess.PIPE,
            text=True,
        )
        for display, folder, more, env in walks
    ]

    found = [walk.communicate(timeout=LIMIT_S)[0] for walk in running]

    assert [walk.returncode for walk in running] == [0] * len(walks), "\n".join(found)


def test_walk_in_light_and_dark_and_on_a_small_screen_finds_nothing_that_cannot_be_read_or_reached() -> None:
    with Display() as one, Display() as other, Display(1024, 600) as small:
        walked(
            (one, "light", (), {}),
            (other, "dark", ("--dark",), {}),
            (small, "small", ("--windows", "--points", "18"), {}),
        )


@pytest.mark.hour
def test_walk_at_200_percent_finds_nothing_that_cannot_be_reached() -> None:
    with Display(1920, 1080) as display:
        walked((display, "double", ("--windows",), {"QT_SCALE_FACTOR": "2"}))
