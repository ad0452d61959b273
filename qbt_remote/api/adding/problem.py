"""What was given and cannot be used, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qbt_remote.translatable import N

NEITHER = N("This is neither a torrent file nor a link that a server can add.")


class Unusable(ValueError):
    """Why something cannot be used: ``template.format(**parts)`` is a sentence."""

    def __init__(self, template: str, parts: Mapping[str, object] | None = None) -> None:
        super().__init__(template, parts or {})
        self.template = template
        self.parts = parts or {}

    def __str__(self) -> str:
        return self.template.format(**self.parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something given that cannot be sent, and why: ``template.format(**parts)`` is a sentence."""

    source: str
    template: str = NEITHER
    parts: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The English sentence."""
        return self.template.format(**self.parts)


def unreadable(source: str, error: OSError | ValueError) -> Problem:
    """Say that a path cannot be read: an OSError of any kind, or a name that no file can have."""
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else N("no file can have this name")
    return Problem(source, N("It cannot be read: {reason}."), {"reason": reason})
