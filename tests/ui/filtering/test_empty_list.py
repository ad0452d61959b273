"""What stands in the list's place while a server keeps us out: what is so, why, and the next step."""

from __future__ import annotations

import pytest

from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, ServerFault, Unsupported, Untrusted
from qbt_remote.sync.session import Status
from qbt_remote.ui.filtering.empty_list import EmptyPage, page_for
from tests.model.still_session import session


def empty_page(status: Status) -> EmptyPage:
    shown = page_for([session(status)], known=True, torrents=0, rows=0)
    assert shown is not None
    return shown


def auth(kind: str) -> AuthFailed:
    return AuthFailed("Why of {server}.", kind=kind, server="home")


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
        (Unsupported("Why of {server}.", needs="4.1", server="home"), "home is too old", "edit_server"),
        (untrusted(""), "home shows an unknown certificate", "show_certificate"),
        (untrusted("AA:BB"), "The certificate of home has changed", "show_certificate"),
    ],
    ids=["banned", "missing", "proxy", "host", "fault", "html", "old", "unknown", "changed"],
)
def test_each_state_has_the_button_that_mends_it(error: QbtError, title: str, first: str) -> None:
    shown = empty_page(Status("waiting", error, 5.0))

    assert (shown.title, shown.text, shown.commands[0]) == (title, "Why of home.", first)


def test_a_refused_password_asks_for_another() -> None:
    shown = empty_page(Status("refused", auth("password")))

    assert (shown.title, shown.commands) == ("home refused the login", ("enter_password",))
