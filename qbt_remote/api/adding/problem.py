"""What was given and cannot be used, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qbt_remote.translatable import N, Said, SaidError

NEITHER = N("This is neither a torrent file nor a link that a server can add.")


class Unusable(SaidError, ValueError):
    """Why something cannot be used."""

    def __init__(self, template: str, parts: Mapping[str, object] | None = None) -> None:
        """The parts are one argument, so that it can come from another process."""
        super().__init__(template, **(parts or {}))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something given that cannot be sent, and why."""

    source: str
    said: Said = Said(NEITHER)  # noqa: RUF009  it never changes

    @property
    def reason(self) -> str:
        """The English sentence."""
        return str(self.said)


def unreadable(source: str, error: OSError | ValueError) -> Problem:
    """Say that a path cannot be read: an OSError of any kind, or a name that no file can have."""
    reason: object = (
        error.strerror or str(error) if isinstance(error, OSError) else Said(N("no file can have this name"))
    )
    return Problem(source, Said(N("It cannot be read: {reason}."), reason=reason))
