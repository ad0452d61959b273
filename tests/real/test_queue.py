"""What the add queue takes is added once, over kills of program and server; ``tests.scale.queued`` adds more."""

from __future__ import annotations

import pytest

from tests.scale.queued import run

pytestmark = pytest.mark.real


@pytest.mark.parametrize("release", ["4.5.2", "5.3.0"])
def test_nothing_is_lost_doubled_or_without_a_result(release: str) -> None:
    outcome = run(release, items=40, seconds=3.0)

    assert outcome.kills > 2
    assert outcome.is_right, outcome
