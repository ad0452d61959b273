"""The table of operations and how a row gets into it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.contract.target import Case

Proof = Callable[[Case], Awaitable[None]]

OPERATIONS: dict[str, Proof] = {}
"""By endpoint, in the newest dialect."""


def operation(endpoint: str) -> Callable[[Proof], Proof]:
    """Make a function the proof that an endpoint does what it should."""

    def enter(proof: Proof) -> Proof:
        assert endpoint not in OPERATIONS, endpoint
        OPERATIONS[endpoint] = proof
        return proof

    return enter
