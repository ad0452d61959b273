"""Addresses as people type them."""

from __future__ import annotations

import pytest

from qbt_remote.local.address import moved_to, normalise, off_lan, other_host, without_login


@pytest.mark.parametrize(
    "typed",
    [
        "me:se/cret@box",
        "http://me:se?cret@box",
        "http://me:se#cret@box:8080/qbt",
        "http://me:secret@",
        "http://me:secret@:8080",
        "http://me:se cret@box",
        "http://me:secret%0A@box",
        "http://me:secret%E4@box",
        "ftp://me:secret@box",
    ],
)
def test_what_is_said_and_shown_of_an_address_never_holds_its_password(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as said:
        normalise(typed)

    assert "cret" not in str(said.value)
    assert "me" not in without_login(typed)
    assert "cret" not in without_login(typed)


def test_a_server_is_shown_by_its_name_or_its_address_alone() -> None:
    assert without_login("NAS at home") == "NAS at home"
    assert without_login("me:secret@nas/qbt") == "http://nas/qbt"
    assert without_login("https://box/@me") == "https://box/@me"


@pytest.mark.parametrize(
    ("url", "off"),
    [
        ("http://localhost:8080", False),
        ("http://127.0.0.1", False),
        ("http://[::1]:8080", False),
        ("http://[fe80::1%eth0]", False),
        ("http://[fd00::1]", False),
        ("http://192.168.0.7", False),
        ("http://10.1.2.3", False),
        ("http://nas", False),
        ("http://nas.local.", False),
        ("http://example.org", True),
        ("http://8.8.8.8", True),
        ("http://[2600::1]", True),
    ],
)
def test_an_address_off_the_own_network_is_known(url: str, off: bool) -> None:
    assert off_lan(url) is off


@pytest.mark.parametrize(
    ("base", "location", "moved"),
    [
        ("http://nas:8080", "https://nas:8080/api/v2/app/webapiVersion", "https://nas:8080"),
        ("http://nas", "https://nas/", "https://nas"),
        ("http://nas/qbt", "https://nas", "https://nas/qbt"),
        ("http://nas", "https://nas/qbt/api/v2/app/webapiVersion", "https://nas/qbt"),
        ("http://nas", "/qbt/api/v2/app/webapiVersion", "http://nas/qbt"),
        ("http://nas", "//other/api/v2/app/version?token=x", "http://other"),
        ("http://nas", "https://me:x@evil.example/api/v2/app/webapiVersion", "https://evil.example"),
        ("http://nas", "https://xn--mnchen-3ya.example/api/v2/", "https://xn--mnchen-3ya.example"),
        ("http://nas", "https://auth.example/?rd=http://nas/api/v2/app/webapiVersion", ""),
        ("http://nas", "/login", ""),
        ("http://nas", "http://portal.example/", ""),
        ("https://nas", "http://nas/api/v2/app/webapiVersion", ""),
        ("http://nas", "http://nas/api/v2/app/webapiVersion/", ""),
        ("http://nas", "javascript:alert(1)", ""),
        ("http://nas", "https://[bad/api/v2/", ""),
        ("http://nas", "https://na s/api/v2/", ""),
        ("http://nas", "", ""),
    ],
)
def test_a_redirect_of_a_call_tells_where_the_server_is_or_nothing(base: str, location: str, moved: str) -> None:
    assert moved_to(base, location) == moved


def test_another_host_is_told_from_another_port_or_path() -> None:
    assert other_host("http://nas:8080", "https://nas/qbt") == ""
    assert other_host("http://nas", "https://nas.example") == "nas.example"
