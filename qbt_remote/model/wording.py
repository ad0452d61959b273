"""How servers and their errors are put into words; their states are in ``ui/commands/in_short.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbt_remote.api.errors import QbtError, Unreachable, Untrusted
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean
from qbt_remote.translatable import Said, SaidError

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session


LONGEST = 2000


def said(what: Said, longest: int = LONGEST) -> str:
    """Give a sentence in the user's language, plain and not too long."""
    parts = {name: said(part) if isinstance(part, Said) else part for name, part in what.parts.items()}
    return clean(tr(what.template, **parts), longest)


def sentence(error: SaidError) -> str:
    """Give the error's sentence in the user's language."""
    return said(error.said)


def never_reached(error: QbtError) -> bool:
    """Tell whether nothing was sent since there was no connection; that says nothing of how it is now."""
    return isinstance(error, Unreachable) and not isinstance(error, Untrusted) and not error.sent


def why_text(error: QbtError) -> str:
    """Say why something failed: in the server's own words, if it has any, else in a sentence of ours.

    What stands in a notice must still be true when the server is back.
    """
    if never_reached(error):
        return tr("the server could not be reached")
    return sentence(error) if isinstance(error, Unreachable) else clean(error.detail) or sentence(error)


def failed_text(error: QbtError, doing: str) -> str:
    """Say that something failed, by the error alone."""
    if never_reached(error):
        return tr("“{doing}”: {server} could not be reached", doing=doing, server=error.said.parts["server"])
    return sentence(error)


def name_of(session: Session) -> str:
    return clean(session.config.name, 80)
