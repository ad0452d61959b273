"""How values are written: sizes, speeds, times, shares.  The words and the digits are the user's.

Every shown number passes here, or through ``tr`` as a part of a sentence; see ``digits``.  As in
qBittorrent's own window, decimals are cut and never rounded up, so that 99.96 % does not read 100 %.
"""

from __future__ import annotations

import math
import re
import time
import unicodedata
from functools import cache

from PySide6.QtCore import QDateTime, QLocale

from qbt_remote.model import names
from qbt_remote.model.digits import digits, locale_now
from qbt_remote.model.digits import use_locale as use_digits
from qbt_remote.model.i18n import tr
from qbt_remote.sync.dates import is_date
from qbt_remote.translatable import N

INFINITE_ETA = 8_640_000
"""What a server sends for "never" (100 days); utils/misc.h MAX_ETA."""
INFINITY = "∞"
LONGEST = 512
_EXACT, _MOST = 2.0**53, 1 << 100
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")
"""Between such letters or pictures they are part of the writing."""
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
"""Nothing to be seen, though they count as letters or marks."""
_SIZES = (N("{n} B"), N("{n} KiB"), N("{n} MiB"), N("{n} GiB"), N("{n} TiB"), N("{n} PiB"), N("{n} EiB"))
_SPEEDS = (N("{n} B/s"), N("{n} KiB/s"), N("{n} MiB/s"), N("{n} GiB/s"), N("{n} TiB/s"), N("{n} PiB/s"), N("{n} EiB/s"))
_DECIMALS = (0, 1, 1, 2, 3, 3, 3)
"""For each unit; utils/misc.cpp friendlyUnitPrecision."""


def use_locale(locale: QLocale) -> None:
    """Write numbers and dates as there; once, before the first window.  Also after the language changed."""
    QLocale.setDefault(locale)
    use_digits()
    _word.cache_clear()
    names.use_locale()


def size(n: int) -> str:
    """Bytes; less than nothing is "Unknown"."""
    return _with_unit(n, _SIZES)


def speed(n: int) -> str:
    """Bytes per second."""
    return _with_unit(n, _SPEEDS)


def limit(n: int) -> str:
    """A speed limit in bytes per second; none is "∞"."""
    return speed(n) if n > 0 else INFINITY


def number(x: float, decimals: int = 0) -> str:
    """A plain number with so many decimals, the rest cut off."""
    if decimals and abs(x) < _EXACT:  # beyond, there are no decimals, and the product may be infinite
        scale = 10**decimals
        x = math.floor(x * scale + 1e-7) / scale
    return digits(f"{x:.{decimals}f}")


def count(n: int) -> str:
    """A whole number with the locale's grouping: "1,500"."""
    return locale_now().toString(n)


def ratio(x: float) -> str:
    """A share ratio; the wire's -1 is "∞"."""
    return INFINITY if x < 0 else number(x, 2)


def percent(x: float) -> str:
    """A share of 1 as a percentage with one decimal; 100 % only if it is complete."""
    shown = number(100) if x >= 1 else number(min(max(x, 0.0) * 100, 99.9), 1)
    return _word(N("{n}%")).format(n=shown)


def availability(x: float) -> str:
    """Distributed copies; unknown is "N/A"."""
    return _word(N("N/A")) if x < 0 else number(x, 3)


def of_total(part: int, total: int) -> str:
    """ "5 (12)": connected and known; the total is left out where the server does not know it."""
    return number(part) if total < 0 else f"{number(part)} ({number(total)})"


def duration(seconds: int) -> str:
    """The two largest units, as "1h 5m"; less than nothing is "∞"."""
    if seconds < 0:
        return INFINITY
    if seconds < 60:
        return digits(_word(N("< 1m"))) if seconds else number(0)
    minutes = seconds // 60
    hours, days, years = minutes // 60, minutes // 1440, minutes // 525_600
    if not hours:
        return _parts(N("{minutes}m"), minutes=minutes)
    if not days:
        return _parts(N("{hours}h {minutes}m"), hours=hours, minutes=minutes % 60)
    if not years:
        return _parts(N("{days}d {hours}h"), days=days, hours=hours % 24)
    return _parts(N("{years}y {days}d"), years=years, days=days % 365)


def eta(seconds: int) -> str:
    """The time that is left; from 100 days on "∞"."""
    return INFINITY if seconds >= INFINITE_ETA else duration(seconds)


def date(seconds: int) -> str:
    """A UTC epoch time in the user's zone and short format; "never" is empty."""
    if not is_date(seconds):
        return ""
    return locale_now().toString(QDateTime.fromSecsSinceEpoch(seconds), QLocale.FormatType.ShortFormat)


def clock(seconds: float, *, exact: bool = False) -> str:
    """The time of day of a UTC epoch time in the user's zone: "14:05", or "14:05:09"."""
    return digits(time.strftime("%H:%M:%S" if exact else "%H:%M", time.localtime(seconds)))


def yes_no(value: bool | None) -> str:
    """A claim that may be unknown."""
    return _word(N("N/A") if value is None else N("Yes") if value else N("No"))


def clean(text: str, longest: int = LONGEST) -> str:
    """Give untrusted text fit for display, at most ``longest`` characters, with what cannot be seen shown as its code.

    What was cleaned before stays as it is.
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    shown = editable(text)
    if len(shown) > longest:
        shown = editable(shown[: longest - 1]) + "…"
    right_to_left = any(unicodedata.bidirectional(c) in ("R", "AL") for c in shown)
    return f"{_FIRST_STRONG_ISOLATE}{shown}{_POP_ISOLATE}" if right_to_left else shown


def editable(text: str) -> str:
    """Give an untrusted text for an input line: its whole length, what cannot be seen made visible."""
    if text.isascii() and text.isprintable():
        return text
    joined = {found.start() for found in _JOINERS.finditer(text)}
    isolates = _pairs(text)
    return "".join(c if at in joined or at in isolates else _visible(c) for at, c in enumerate(text))


def _pairs(text: str) -> set[int]:
    """Say where isolates begin that also end, and where they do, as ``clean`` makes them."""
    open_ones: list[int] = []
    paired: set[int] = set()
    for at, c in enumerate(text):
        if c == _FIRST_STRONG_ISOLATE:
            open_ones.append(at)
        elif c == _POP_ISOLATE and open_ones:
            paired |= {open_ones.pop(), at}
    return paired


def _visible(c: str) -> str:
    if c in "\n\t\u2028\u2029":  # an item view makes U+2028 of a new line, and would paint two lines
        return " "
    category = unicodedata.category(c)
    if category == "Cf" or c in _BLANK:  # no width, a direction, or a tag
        return f"[U+{ord(c):04X}]"
    return "\ufffd" if category in ("Cc", "Cs", "Co", "Cn") else c


def _with_unit(n: int, units: tuple[str, ...]) -> str:
    if n < 0:
        return _word(N("Unknown"))
    unit, amount = 0, float(min(n, _MOST))
    while amount >= 1024 and unit < len(units) - 1:
        amount /= 1024
        unit += 1
    return _word(units[unit]).format(n=number(amount, _DECIMALS[unit]))


def _parts(template: str, **parts: int) -> str:
    return digits(_word(template).format(**parts))


@cache
def _word(text: str) -> str:
    return tr(text)
