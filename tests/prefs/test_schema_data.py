"""The records of all preferences against what fresh servers answered (``tests/data/preferences``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import KINDS, UNKNOWN, Pref, of_servers

TESTS = Path(__file__).parents[1]
ANSWERS = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((TESTS / "data/preferences").iterdir())}
LEFT_TO_THE_PAGE_OTHER = {
    *("confirm_remove_all_tags", "confirm_remove_tracker_from_all_torrents", "i2p_inbound_length_variance"),
    *("i2p_outbound_length_variance", "i2p_pex_enabled", "shutdown_timeout", "start_paused", "webtorrent_stun_server"),
}
"""What 5.3.0 answers besides, kept out on purpose: a newer server must lose nothing."""
LOCALE_OF_THE_SYSTEM = "C"
"""A fresh server without a language answers the name of the system's locale, which is none of its languages."""


def legal(pref: Pref, value: Any) -> bool:
    """Whether the widget of this record can hold the value without a word of warning."""
    if not KINDS[pref.kind](value):
        return False
    if pref.choices:
        return (type(value), value) in {(type(choice.value), choice.value) for choice in pref.choices}
    if pref.kind not in ("int", "float") or value == pref.off:
        return True
    return (pref.low is None or value >= pref.low) and (pref.high is None or value <= pref.high)


def test_every_preference_that_was_ever_served_or_documented_has_its_record() -> None:
    known = (TESTS / "contract/preference_keys.txt").read_text("utf-8").split()

    missing = set(known) - set(of_servers().prefs)
    unheard_of = set(of_servers().prefs) - set(known) - LEFT_TO_THE_PAGE_OTHER
    assert not missing, f"resources/prefs/server.toml lacks {sorted(missing)}"
    assert not unheard_of, f"no server is known to have {sorted(unheard_of)}: see tests/contract/preference_keys.txt"


@pytest.mark.parametrize("version", ANSWERS)
def test_every_value_of_a_fresh_server_is_legal_in_its_record(version: str) -> None:
    prefs = of_servers().prefs
    answer = ANSWERS[version] | {"locale": ANSWERS[version]["locale"].replace(LOCALE_OF_THE_SYSTEM, "en")}

    unknown = answer.keys() - prefs.keys()
    illegal = {key: answer[key] for key in answer.keys() - unknown if not legal(prefs[key], answer[key])}

    assert unknown == (LEFT_TO_THE_PAGE_OTHER - prefs.keys() if version == "5.3.0" else set())
    assert not illegal


def test_the_defaults_are_those_of_a_fresh_server_of_the_newest_release() -> None:
    prefs = of_servers().prefs
    newest = ANSWERS["5.3.0"]

    other = {
        key: (pref.default, newest[key])
        for key, pref in prefs.items()
        if key in newest and pref.default is not UNKNOWN and pref.default != newest[key]
    }

    assert not other


def test_every_default_and_every_end_of_a_range_is_legal() -> None:
    illegal = [
        (pref.key, value)
        for pref in of_servers().prefs.values()
        for value in (pref.default, pref.low, pref.high)
        if value is not UNKNOWN and value is not None and not legal(pref, value)
    ]

    assert not illegal


def test_preferences_of_one_group_stand_together() -> None:
    groups = [(pref.page, pref.group) for pref in of_servers().prefs.values()]

    starts = [group for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group]

    assert len(starts) == len(set(starts))


def test_what_can_lock_out_or_run_programs_is_marked() -> None:
    prefs = of_servers().prefs
    harmless = {  # the pages that browsers are shown, and what they may do with them
        *("web_ui_clickjacking_protection_enabled", "web_ui_use_custom_http_headers_enabled"),
        *("web_ui_custom_http_headers", "web_ui_api_key"),
    }

    unmarked = {
        key
        for key, pref in prefs.items()
        if (key.startswith(("web_ui_", "bypass_")) and not pref.may_lock_out)
        or (key.startswith("autorun_") and not pref.runs_program)
    }

    assert unmarked == harmless
    assert all(prefs[key].secret for key in prefs if "password" in key or key in ("web_ui_api_key", "ssl_key"))


def test_older_servers_say_by_the_kind_of_the_proxy_whether_it_wants_a_login() -> None:
    old = Draft(of_servers(), ANSWERS["4.5.2"], release=(4, 5, 2))
    new = Draft(of_servers(), ANSWERS["5.3.0"], release=(5, 3, 0))
    assert not old.enabled("proxy_username")

    old.edit("proxy_type", 4)
    new.edit("proxy_type", "SOCKS5")

    assert old.enabled("proxy_username")
    assert not new.enabled("proxy_username")
    new.edit("proxy_auth_enabled", True)
    assert new.enabled("proxy_username")
