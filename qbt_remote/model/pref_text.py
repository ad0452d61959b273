"""How a preference's value is written and read: exact numbers with their unit, words for the rest.

A number is never rounded on its way to the screen and back: 1537 bytes/s are "1.5009765625 KiB/s".
"""

from __future__ import annotations

import json
import re
from decimal import Context, Decimal
from typing import Any

from PySide6.QtCore import QLocale

from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean
from qbt_remote.prefs.schema import Pref
from qbt_remote.translatable import N

Json = Any

_EXACT = Context(prec=60)
_MOST_DIGITS = 40
FOLDER_TARGETS = (N("Monitored folder"), N("Default save location"))
"""What 0 and 1 mean in ``scan_dirs``."""


def write_number(wire: int | float, scale: int = 1) -> str:
    """Write a wire value as it is typed, in the unit that is shown."""
    if isinstance(wire, float):
        text = repr(wire)
    elif scale == 1 or wire % scale == 0:
        text = str(wire // scale)
    else:
        text = format(_EXACT.divide(Decimal(wire), Decimal(scale)).normalize(), "f")
    return text.replace(".", QLocale().decimalPoint())


def read_number(text: str, scale: int = 1, *, whole: bool = True) -> int | float | None:
    """Read what was typed as a wire value, None if it is no number; a whole one is rounded to its last unit."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace(QLocale().decimalPoint(), ".").replace(",", ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", plain) or len(plain) > _MOST_DIGITS:
        return None
    if not whole:
        return float(plain)
    return int(_EXACT.multiply(Decimal(plain), Decimal(scale)).to_integral_value())


def shown(pref: Pref, value: Json) -> str:
    """Write a value in one line, as it is listed and searched for; a secret only as dots."""
    if pref.secret:
        return "••••" if value else ""
    if isinstance(value, bool) and pref.kind == "bool":
        return tr("on") if value else tr("off")
    if pref.kind in ("int", "float"):
        return _amount(pref, value)
    if pref.kind == "choice":
        return _choice(pref, value)
    if pref.kind == "folders":
        return "; ".join(f"{clean(folder)} → {clean(target_text(target))}" for folder, target in value.items())
    if isinstance(value, str):
        return clean(value.replace(pref.separator, " · ").replace("\n", " · "))
    return clean(json.dumps(value, ensure_ascii=False))


def target_text(target: Json) -> str:
    """Where a monitored folder's torrents are saved."""
    return tr(FOLDER_TARGETS[target]) if target in (0, 1) else str(target)


def _amount(pref: Pref, value: Json) -> str:
    if pref.off is not None and value == pref.off:
        return tr(pref.off_label)
    return f"{write_number(value, pref.scale)} {tr(pref.unit)}".rstrip()


def _choice(pref: Pref, value: Json) -> str:
    labels = [tr(c.label) for c in pref.choices if type(c.value) is type(value) and c.value == value]
    return labels[0] if labels else clean(str(value))
