"""Marks English source text for translation where no Qt may be imported."""


def N(text: str) -> str:  # the conventional name of the marker
    """Return the text unchanged; the string extractor collects its literal argument.

    The text is translated where it is shown, by ``model.i18n.tr``.
    """
    return text
