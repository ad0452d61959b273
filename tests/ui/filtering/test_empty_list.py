"""What stands in the list's place while a server keeps us out: what is so, why, and the next step."""

from __future__ import annotations

import pytest

from qbt_remote.api.errors import AuthFailed, QbtError, ServerFault
from qbt_remote.sync.session import Status
from qbt_remote.ui.filtering.empty_list import Face, face_for
from tests.model.still_session import session


def face(status: Status) -> Face:
    shown = face_for([session(status)], known=True, torrents=0, rows=0)
    assert shown is not None
    return shown


def auth(kind: str) -> AuthFailed:
    return AuthFailed("Why of {server}.", kind=kind, server="home")


@pytest.mark.parametrize(
    ("error", "title", "first"),
    [
        (auth("banned"), "home refuses this computer for now", "retry_now"),
        (auth("missing"), "home wants a login", "servers"),
        (auth("proxy"), "home is not reached", "retry_now"),
        (auth("host"), "home is not reached", "retry_now"),
        (ServerFault("Why of {server}.", server="home"), "home is not reached", "retry_now"),
    ],
    ids=["banned", "missing", "proxy", "host", "fault"],
)
def test_a_refusal_that_may_pass_is_no_refused_login(error: QbtError, title: str, first: str) -> None:
    shown = face(Status("waiting", error, 5.0))

    assert (shown.title, shown.text, shown.commands[0]) == (title, "Why of home.", first)


def test_a_refused_password_asks_for_another() -> None:
    shown = face(Status("refused", auth("password")))

    assert (shown.title, shown.commands) == ("home refused the login", ("servers", "retry_now"))
