"""The digits of the user's locale, for every number that is shown: a window has one kind of them.

Python writes the number, and one ``str.translate`` puts its digits into the locale's, since ``QLocale.toString`` costs
five times as much and a repaint asks for some hundreds.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QLocale


def digits(number: str) -> str:
    """Write a number of Python's in the locale's digits, with its decimal point."""
    return number.translate(_table())


def use_locale() -> None:
    """Forget those of the locale that was the user's before."""
    locale_now.cache_clear()
    _table.cache_clear()


@cache
def locale_now() -> QLocale:
    return QLocale()


@cache
def _table() -> dict[int, str]:
    """Table for ``str.translate``: the characters of a Python number to the locale's."""
    locale = locale_now()
    zero = ord(locale.zeroDigit())
    table = {ord("0") + i: chr(zero + i) for i in range(10)} if zero != ord("0") else {}
    if locale.decimalPoint() != ".":
        table[ord(".")] = locale.decimalPoint()
    return table
