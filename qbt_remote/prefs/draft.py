"""What a server answered, and what the user changed relative to it; no widget knows more.

Secrets that came are forgotten at once: of them only is known whether there was one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from qbt_remote.prefs.schema import KINDS, UNKNOWN, Condition, Pref, Schema, kind_of, unknown_pref

Json = Any


def same(one: Json, other: Json) -> bool:
    """Whether two JSON values are the same; 1 and 1.0 are one number, but 1 is not true."""
    if not _alike(one, other):
        return False
    if isinstance(one, dict | list):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return bool(one == other)


def _alike(one: Json, other: Json) -> bool:
    """Whether two values are of one JSON type."""
    return type(one) is type(other) or {type(one), type(other)} == {int, float}


class Draft:
    """The values of one form.  ``prefs`` are its rows by key, in the schema's order, unknown keys at the end."""

    def __init__(self, schema: Schema, answer: Mapping[str, Json], *, release: Sequence[int] = ()) -> None:
        """``release`` is the server's, for what older ones let only read."""
        self._schema, self._release = schema, tuple(release)
        self._came: dict[str, Json] = {}
        self._edits: dict[str, Json] = {}
        self.secrets: set[str] = set()
        """Keys whose secret the server has."""
        self.prefs: dict[str, Pref] = {}
        known = [p for p in schema.prefs.values() if p.key in answer or p.write_only]
        new = [unknown_pref(key, value) for key, value in answer.items() if key not in schema.prefs]
        fitted = [self._fitted(pref, answer) for pref in (*known, *new)]
        self.prefs = {pref.key: pref for pref in fitted}
        self.take(answer)

    # values

    def value(self, key: str) -> Json:
        """The value as it would be saved; a secret is "" unless the user typed one."""
        return self._edits[key] if key in self._edits else self._came.get(key, "")

    def came(self, key: str) -> Json:
        """What the server has."""
        return self._came.get(key, "")

    def edit(self, key: str, value: Json) -> None:
        """Set what the user wants; the value that came takes the change back."""
        if key not in self.secrets and same(value, self._came.get(key, "")):
            self._edits.pop(key, None)
        else:
            self._edits[key] = value

    def forget(self, key: str) -> None:
        """Take the user's change of a key back."""
        self._edits.pop(key, None)

    def changed(self) -> dict[str, Json]:
        """Only what the user changed, exactly as it is to be sent."""
        return {key: self._edits[key] for key in self.prefs if key in self._edits}

    def is_changed(self, key: str) -> bool:
        return key in self._edits

    def take(self, answer: Mapping[str, Json]) -> set[str]:
        """Take a newer answer and give the keys with another value than before, or whose change is done.

        A change that the server has by now is none any more.
        """
        news: set[str] = set()
        for key, pref in self.prefs.items():
            if pref.secret:
                if bool(answer.get(key)) is not (key in self.secrets):
                    self.secrets ^= {key}
                    news.add(key)
            elif key in answer:
                if key not in self._came or not same(self._came[key], answer[key]):
                    self._came[key] = answer[key]
                    news.add(key)
                if key in self._edits and same(self._edits[key], answer[key]):
                    del self._edits[key]
                    news.add(key)
        return news

    def carried(self, values: Mapping[str, Json]) -> dict[str, Json]:
        """Give what of another server's values can be set here and is other than here; never a secret.

        A value of another type is left out: servers of different age mean different things by it.
        """
        return {
            key: values[key]
            for key, pref in self.prefs.items()
            if key in values and key in self._came and not (pref.secret or pref.read_only)
            if _alike(values[key], self._came[key]) and KINDS[pref.kind](values[key])
            if not same(values[key], self.value(key))
        }

    # what follows from the values

    def is_default(self, key: str) -> bool:
        """Whether the value is the default; True if the default is not known or of another type."""
        pref, value = self.prefs[key], self.value(key)
        if pref.default is UNKNOWN or pref.secret or not _alike(pref.default, value):
            return True
        return same(pref.default, value)

    def enabled(self, key: str) -> bool:
        """Whether the settings that a key hangs on are on; one that the server lacks counts as on.

        So does one that can only be read: its value follows from others, as that of older servers'
        proxy_auth_enabled from the kind of the proxy.
        """
        return all(self._lets(condition) for condition in self.prefs[key].enabled_by)

    def _lets(self, condition: Condition) -> bool:
        above = self.prefs.get(condition.key)
        if above is None:
            return True
        return (above.read_only or condition.holds(self.value(above.key))) and self.enabled(above.key)

    # making

    def _fitted(self, pref: Pref, answer: Mapping[str, Json]) -> Pref:
        """Give the record with a kind that can show what came; what can only be read is marked so."""
        before = pref.read_only_before
        if before and self._release and self._release < tuple(map(int, before.split("."))):
            pref = replace(pref, read_only=True)
        if pref.key not in answer or pref.secret:
            return pref
        value = answer[pref.key]
        if pref.choices:
            pref = replace(pref, choices=tuple(c for c in pref.choices if type(c.value) is type(value)))
        fits = KINDS[pref.kind](value) and (pref.kind != "choice" or bool(pref.choices or pref.choices_from))
        if pref.kind == "time":
            fits = fits and KINDS["part"](answer.get(pref.minutes))
        elif pref.kind == "part":
            fits = fits and any(
                time.minutes == pref.key and KINDS["time"](answer.get(time.key)) for time in self._times()
            )
        return pref if fits else _plain(pref, value)

    def _times(self) -> list[Pref]:
        return [pref for pref in self._schema.prefs.values() if pref.kind == "time"]


def _plain(pref: Pref, value: Json) -> Pref:
    """Give the record without what belongs to its kind: the server sends another type than we know."""
    return replace(
        pref,
        kind=kind_of(value),
        default=UNKNOWN,
        unit="",
        scale=1,
        low=None,
        high=None,
        off=None,
        off_label="",
        choices=(),
        choices_from="",
        separator="\n",
        minutes="",
        min_length=0,
        forbidden="",
    )
