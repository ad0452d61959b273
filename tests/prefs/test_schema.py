"""The schema's loader refuses whatever is not right, and names the record."""

from __future__ import annotations

from typing import Any

import pytest

from qbt_remote.prefs.schema import OTHER, SchemaError, read, unknown_pref

PAGE = {"id": "speed", "title": "Speed", "icon": "prefs-speed"}
PREF = {"key": "dl_limit", "page": "speed", "group": "Limits", "label": "Download", "help": "Help.", "kind": "int"}
OTHER_PREF = PREF | {"key": "limit_on", "kind": "bool"}


def made(*prefs: dict[str, Any], pages: Any = (PAGE,)) -> Any:
    return read({"page": list(pages), "pref": [OTHER_PREF, *prefs]})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"colour": "red"}, "unknown field `colour`"),
        ({"label": ""}, r"length >= 1 - at `\$\.label`"),
        ({"kind": "colour"}, "there is no kind colour"),
        ({"kind": True}, r"Expected `str`, got `bool` - at `\$\.kind`"),
        ({"page": "spede"}, "there is no page spede"),
        ({"key": "limit_on"}, "the key stands there twice"),
        ({"enabled_by": "limits_on"}, "enabled_by names limits_on, which is not there"),
        ({"enabled_by": "dl_limit"}, "enabled_by leads back to itself"),
        ({"enabled_by": "a b"}, "cannot be read"),
        ({"kind": "choice"}, "either choices or choices_from"),
        ({"kind": "choice", "choices": [{"value": 1}]}, r"required field `label` - at `\$\.choices\[0\]`"),
        ({"kind": "choice", "choices": [{"value": 1, "label": ""}]}, r"length >= 1 - at `\$\.choices\[0\]\.label`"),
        ({"kind": "choice", "choices": [{"value": [1], "label": "x"}]}, r"got `array` - at `\$\.choices\[0\]\.value`"),
        ({"kind": "choice", "choices": [{"value": 1, "label": "x"}] * 2}, "two choices have the same value"),
        ({"kind": "choice", "choices_from": "stars"}, r"'stars' - at `\$\.choices_from`"),
        ({"choices": [{"value": 1, "label": "x"}]}, "choices is not for the kind int"),
        ({"kind": "text", "low": 1}, "low is not for the kind text"),
        ({"low": 2, "high": 1}, "low is above high"),
        ({"low": "2"}, r"got `str` - at `\$\.low`"),
        ({"off": 0}, "off and off_label go together"),
        ({"scale": 1024}, "needs a unit"),
        ({"default": "many"}, "is none of the kind int"),
        ({"kind": "time", "minutes": "limit_on"}, "of the kind part"),
        ({"moves": "house"}, r"'house' - at `\$\.moves`"),
        ({"read_only_before": "4.6"}, r"- at `\$\.read_only_before`"),
        ({"may_lock_out": "yes"}, r"got `str` - at `\$\.may_lock_out`"),
    ],
)
def test_a_wrong_record_is_refused_by_name(wrong: dict[str, Any], says: str) -> None:
    record = PREF | wrong

    with pytest.raises(SchemaError, match=says) as refused:
        made(record)

    assert str(refused.value).startswith(f"{record['key']}: ")


@pytest.mark.parametrize(
    "pages", [[{"id": "speed", "title": "Speed"}], [PAGE, PAGE], [PAGE, PAGE | {"id": OTHER}], [PAGE | {"icon": 1}]]
)
def test_a_wrong_page_is_refused(pages: list[Any]) -> None:
    with pytest.raises(SchemaError, match="page"):
        made(PREF, pages=pages)


def test_another_table_is_refused() -> None:
    with pytest.raises(SchemaError, match="unknown table group"):
        read({"group": []})


def test_choices_of_several_types_may_be_equal_in_python() -> None:
    choices = [{"value": value, "label": "x"} for value in (1, True, "1")]

    schema = made(PREF | {"kind": "choice", "choices": choices})

    assert [c.value for c in schema.prefs["dl_limit"].choices] == [1, True, "1"]


@pytest.mark.parametrize(
    ("condition", "on", "off"),
    [
        ("limit_on", True, False),
        ("!limit_on", False, True),
        ("limit_on=2|x", "x", 3),
        ("limit_on!=2|x", 3, 2),
        ("limit_on!=", "x", ""),
    ],
)
def test_conditions_read_as_they_are_written(condition: str, on: Any, off: Any) -> None:
    (made_of,) = made(PREF | {"enabled_by": condition}).prefs["dl_limit"].enabled_by

    assert made_of.holds(on) and not made_of.holds(off)


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("a", True, "bool"),
        ("a", 10**30, "int"),
        ("a", 0.5, "float"),
        ("a", "x", "text"),
        ("a", "x\ny", "lines"),
        ("a", [1], "json"),
        ("a", None, "json"),
        ("a_password", "x", "secret"),
        ("api_key", "x", "secret"),
    ],
)
def test_an_unknown_key_gets_its_kind_by_what_came(key: str, value: Any, kind: str) -> None:
    assert (unknown_pref(key, value).kind, unknown_pref(key, value).page) == (kind, OTHER)
