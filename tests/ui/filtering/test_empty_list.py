"""What stands in the list's place while a server keeps us out: what is so, why, and the next step."""

from __future__ import annotations

import time

import pytest

from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Redirected, ServerFault, Unsupported, Untrusted
from qbt_remote.sync.polls.status import Status
from qbt_remote.ui.filtering.empty_list import EmptyPage, page_for
from tests.model.still_session import session


def empty_page(status: Status) -> EmptyPage:
    shown = page_for([session(status)], known=True, torrents=0, rows=0)
    assert shown is not None
    return shown


def auth(kind: str) -> AuthFailed:
    return AuthFailed("Why of {server}.", kind=kind, server="home")


def redirected() -> Redirected:
    return Redirected("Why of {server}.", address="https://home.test", server="home")


def untrusted(pinned: str) -> Untrusted:
    return Untrusted("Why of {server}.", pem="", fingerprint="CC:DD", reason="new", pinned=pinned, server="home")


@pytest.mark.parametrize(
    ("error", "title", "first"),
    [
        (auth("banned"), "home has banned this computer for now", "connect"),
        (auth("missing"), "No password for home", "enter_password"),
        (auth("proxy"), "Cannot reach home", "connect"),
        (auth("host"), "home does not accept its host name", "edit_server"),
        (ServerFault("Why of {server}.", server="home"), "Cannot reach home", "connect"),
        (BadReply("Why of {server}.", server="home"), "No qBittorrent at the address of home", "edit_server"),
        (redirected(), "home redirects to another address", "use_address"),
        (Unsupported("Why of {server}.", needs="4.1", server="home"), "home is too old", "edit_server"),
        (untrusted(""), "home shows an unknown certificate", "show_certificate"),
        (untrusted("AA:BB"), "The certificate of home has changed", "show_certificate"),
    ],
    ids=["banned", "missing", "proxy", "host", "fault", "html", "redirect", "old", "unknown", "changed"],
)
def test_each_state_has_the_button_that_mends_it(error: QbtError, title: str, first: str) -> None:
    shown = empty_page(Status("waiting", error, 5.0))

    assert (shown.title, shown.text, shown.commands[0]) == (title, "Why of home.", first)


def test_the_time_until_a_ban_ends_is_said_and_nothing_that_would_not_be_so() -> None:
    shown = empty_page(Status("waiting", auth("banned"), time.monotonic() + 1000))

    assert shown.text == "Next login in 17 min: Why of home."


def test_a_server_that_was_shut_down_is_called_so() -> None:
    known = session(Status("waiting", ServerFault("Why of {server}.", server="home"), time.monotonic() + 29.5))
    known.outage.told_to_end(0.0)

    shown = page_for([known], known=True, torrents=0, rows=0)

    assert shown is not None
    assert (shown.title, shown.commands[0]) == ("home was stopped by you", "connect")
    assert "only be started again on the server itself; it is looked for twice a minute." in shown.text


def test_a_long_list_that_comes_in_is_counted() -> None:
    known = session(Status("connecting"))
    known.pace.begin(0.0)
    known.pace.read(123)

    shown = page_for([known], known=True, torrents=0, rows=0)

    assert shown is not None and shown.text == "http://home.test, loading the list, 123 torrents so far"


def test_a_refused_password_asks_for_another() -> None:
    shown = empty_page(Status("refused", auth("password")))

    assert (shown.title, shown.commands) == ("home refused the login", ("enter_password",))
