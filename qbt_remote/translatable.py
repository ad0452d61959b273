"""Sentences for people, where no Qt may be imported: marked for translation here, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def N(text: str) -> str:  # the conventional name of the marker
    """Return the text unchanged; the string extractor collects its literal argument.

    The text is translated where it is shown, by ``model.i18n.tr``.
    """
    return text


@dataclass(frozen=True, slots=True, init=False)
class Said:
    """A sentence on its way to a person: the English template, and what is filled in.

    A part may be a sentence itself.  ``model.wording.said`` translates it, fills it in and takes out what a window
    must not show; ``str`` is the English sentence, for logs and the command line.  Without a template it says nothing
    and counts as false.
    """

    template: str
    parts: Mapping[str, object]

    def __init__(self, template: str = "", /, **parts: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "parts", parts)

    def __str__(self) -> str:
        return self.template.format(**self.parts)

    def __bool__(self) -> bool:
        return bool(self.template)


class SaidError(Exception):
    """An error whose ``said`` is a sentence for people."""

    def __init__(self, template: str, /, **parts: object) -> None:
        self.said = Said(template, **parts)
        super().__init__(template, parts)

    def __str__(self) -> str:
        return str(self.said)
