"""Operation x server: what the run has proven."""

from __future__ import annotations

from collections.abc import Iterable

from tests.contract.seed import RENAMED, SEED

PROVEN = "ok"
NOT_PROVEN = "FAILED"
_NEWEST = {new: old for old, new in RENAMED.items()}


class Matrix:
    """Filled cell by cell; a cell that was begun and not proven is FAILED."""

    def __init__(self) -> None:
        self.servers: dict[str, str] = {}
        """By label: what it really was."""
        self._notes: list[str] = []
        self._cells: dict[str, dict[str, str]] = {}

    def begin(self, operation: str, label: str) -> None:
        self._cells.setdefault(operation, {})[label] = NOT_PROVEN

    def prove(self, operation: str, label: str, result: str = PROVEN) -> None:
        """``result``: PROVEN, or "since 5.0" where the call was refused before anything was sent."""
        self._cells[operation][label] = result

    def note(self, what: str, names: Iterable[str]) -> None:
        """Add a line to the report."""
        self._notes.append(f"{what}: {', '.join(sorted(names)) or 'none'}")

    def table(self, title: str, head: list[str], rows: list[list[str]]) -> None:
        """Add a table to the report."""
        widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in [head, *rows]
        ]
        self._notes += ["", title, *(line.rstrip() for line in lines)]

    def report(self) -> list[str]:
        """The lines to print: the matrix if an operation was run, then the notes."""
        if not self._cells:
            return self._notes
        labels = list(self.servers)
        width = max(len(_title(operation)) for operation in self._cells)
        lines = ["", "Servers: " + "; ".join(self.servers.values()), ""]
        lines.append(" " * width + "".join(f"{label:>12}" for label in labels))
        seed = [RENAMED.get(name, name) for name in SEED]
        for operation in sorted(self._cells, key=lambda name: (name not in seed, name)):
            row = self._cells[operation]
            lines.append(f"{_title(operation):<{width}}" + "".join(f"{row.get(label, '-'):>12}" for label in labels))
        of_seed = [result for name in seed for result in self._cells.get(name, {}).values()]
        proven = len(of_seed) - of_seed.count(NOT_PROVEN)
        lines += ["", f"{proven} of {len(SEED)} x {len(labels)} = {len(SEED) * len(labels)} cells of the seed proven"]
        return lines + self._notes


def _title(operation: str) -> str:
    return f"{operation} ({_NEWEST[operation]})" if operation in _NEWEST else operation
