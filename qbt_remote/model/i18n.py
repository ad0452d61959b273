"""Translation: one context for the whole program, looked up when a text is shown."""

from PySide6.QtCore import QCoreApplication

from qbt_remote.model.digits import digits

CONTEXT = "qbt-remote"


def tr(text: str, **parts: object) -> str:
    """Translate a literal (or a text marked by ``translatable.N``) and fill in its ``{parts}``."""
    shown = QCoreApplication.translate(CONTEXT, text)
    return shown.format(**_written(parts)) if parts else shown


def tr_n(n: int, one: str, many: str, **parts: object) -> str:
    """Translate a text with a number; ``{n}`` stands for it in both source texts.

    English needs no catalogue; a catalogue holds its plural forms under ``many``.
    """
    shown = QCoreApplication.translate(CONTEXT, many, None, n)
    return (one if n == 1 and shown == many else shown).format(n=digits(str(n)), **_written(parts))


def _written(parts: dict[str, object]) -> dict[str, object]:
    """Put whole numbers into the user's digits; other kinds of numbers are written by ``text`` before."""
    return {name: digits(str(part)) if type(part) is int else part for name, part in parts.items()}
