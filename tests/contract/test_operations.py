"""Every operation on every server does what it should, and nothing else."""

from __future__ import annotations

import pytest

from qbt_remote.api.errors import Unsupported
from tests.conftest import Run
from tests.contract.matrix import PROVEN, Matrix
from tests.contract.operations import OPERATIONS
from tests.contract.seed import RENAMED, SEED
from tests.contract.target import Case, Target, differences
from tests.real.servers import GENERATIONS


def test_every_operation_of_the_seed_is_proven() -> None:
    assert len(set(SEED)) == 51
    assert {RENAMED.get(name, name) for name in SEED} <= set(OPERATIONS)
    assert len(GENERATIONS) == 4


@pytest.mark.parametrize("endpoint", OPERATIONS)
def test_operation_does_what_it_should_and_leaves_nothing_else_changed(
    run: Run, target: Target, matrix: Matrix, endpoint: str
) -> None:
    matrix.begin(endpoint, target.label)

    result = run(_prove(target, endpoint))

    matrix.prove(endpoint, target.label, result)


async def _prove(target: Target, endpoint: str) -> str:
    before = await target.state()
    case = Case(target)
    try:
        if target.client.has(endpoint):
            await OPERATIONS[endpoint](case)
            result = PROVEN
        else:
            with pytest.raises(Unsupported) as refused:
                await OPERATIONS[endpoint](case)
            result = f"since {refused.value.needs}"
    finally:
        await case.clean()
    left = differences(before, await target.state())
    assert not left, left
    return result
