"""How servers and their errors are put into words; their states are in ``ui/commands/in_short.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def name_of(session: Session) -> str:
    return clean(session.config.name, 80)
