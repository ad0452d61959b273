"""A login in the address of a server: whom it is given to, on the command line and in the settings file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qbt_remote.local.address_login import Login
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.start.address_login import over, take_logins
from qbt_remote.start.command_line import Options
from qbt_remote.start.command_meaning import chosen_server, with_given

SAVED = ServerConfig("Home", "http://nas", username="me")
KEY = ServerConfig("Key", "http://key", auth="api_key")
GATED = ServerConfig("Gated", "http://gated", username="me", basic_username="gate")
NAMED = ServerConfig("you@home", "http://named", username="me")
ALL = [SAVED, KEY, GATED, NAMED]


def meant(server: str, password: str | None = None, user: str = "") -> dict[str, str]:
    """What goes where: to qBittorrent and to a proxy in front."""
    options = Options(server=server, user=user, password_stdin=password is not None)
    config, secrets = with_given(chosen_server(options, ALL), Secrets(), options, password)
    assert "@" not in config.url and "pw" not in repr(config)
    return {
        "login": f"{config.username}:{secrets.password}" if config.auth == "password" else config.auth,
        "basic": f"{config.basic_username}:{secrets.basic_password}" if config.basic_username else "",
    }


@pytest.mark.parametrize(
    ("found", "login", "basic"),
    [
        (lambda: meant("http://me:pw@box"), "me:pw", "me:pw"),
        (lambda: meant("me:pw@[::1]:8080/qbt"), "me:pw", "me:pw"),
        (lambda: meant("http://m%40x:p%3Aw%2F@box"), "m@x:p:w/", "m@x:p:w/"),
        (lambda: meant("http://:pw@box", user="me"), "me:pw", "me:pw"),
        (lambda: meant("http://me:pw@box", user="me"), "me:pw", "me:pw"),
        (lambda: meant("http://gate:pw@box", user="me"), "me:", "gate:pw"),
        (lambda: meant("http://gate:pw@box", "pw2", user="me"), "me:pw2", "gate:pw"),
        (lambda: meant("http://me:pw@box", "pw2"), "me:pw2", "me:pw"),
        (lambda: meant("http://me@box", "pw"), "me:pw", "me:pw"),
        (lambda: meant("http://me@box"), "me:", ""),
        (lambda: meant("http://me:@box"), "me:", ""),
        (lambda: meant("http://box", "pw", user="me"), "me:pw", ""),
        (lambda: meant("http://me:pw@nas"), "me:pw", "me:pw"),
        (lambda: meant("http://:pw@nas"), "me:pw", "me:pw"),
        (lambda: meant("http://you:pw@nas"), "you:pw", "you:pw"),
        (lambda: meant("http://nas", "pw"), "me:pw", ""),
        (lambda: meant("http://me:pw@gated"), "me:pw", "gate:"),
        (lambda: meant("http://:pw@key"), "api_key", ""),
        (lambda: meant("you@home", "pw"), "me:pw", ""),
    ],
)
def test_a_login_is_for_whoever_asks_unless_another_is_given(
    found: Callable[[], dict[str, str]], login: str, basic: str
) -> None:
    assert found() == {"login": login, "basic": basic}


def test_a_login_in_the_settings_is_taken_as_one_on_the_command_line() -> None:
    servers = [
        ServerConfig("new", "http://a", id="a"),
        ServerConfig("other", "http://b", id="b", username="admin"),
        ServerConfig("plain", "http://c", id="c", username="me", proxy="http://p@proxy"),
    ]
    logins = {"a": Login("me", "pw"), "b": Login("gate", "pw"), "c": Login(proxy_password="pw")}
    settings = Settings(servers=servers, logins=logins)

    taken = take_logins(settings)

    assert taken == {
        "a": Secrets(password="pw", basic_password="pw"),
        "b": Secrets(basic_password="pw"),
        "c": Secrets(proxy_password="pw"),
    }
    assert [s.username for s in settings.servers] == ["me", "admin", "me"]
    assert [s.basic_username for s in settings.servers] == ["me", "gate", ""]
    assert take_logins(settings) == {}


def test_what_was_given_is_put_over_what_is_kept() -> None:
    kept = Secrets("old", "key", "basic", "proxy", {"X": "y"})

    assert over(kept, Secrets("new")) == Secrets("new", "key", "basic", "proxy", {"X": "y"})
    assert over(kept, Secrets(basic_password="b", proxy_password="p")) == Secrets("old", "key", "b", "p", {"X": "y"})
