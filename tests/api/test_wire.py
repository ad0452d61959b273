"""Bodies, cookies and refusals, without a network."""

from __future__ import annotations

import gzip
import zlib
from email import message_from_bytes
from urllib.parse import parse_qs

import pytest

from qbt_remote.api.errors import BadReply, Rejected, ServerFault
from qbt_remote.api.refusals import judge
from qbt_remote.api.wire import Answer, Cookies, Inflater, form_body, read_text, reading_json, upload_body
from qbt_remote.sync.steps import at_once

JSON = {"content-type": "application/json"}


def unpack(body: bytes, encoding: str, step: int = 1000) -> bytes:
    inflater = Inflater("home", encoding)
    pieces = [piece for at in range(0, len(body), step) for piece in inflater.feed(body[at : at + step])]
    inflater.finish()
    return b"".join(pieces)


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def test_spaces_and_plus_signs_survive_every_server() -> None:
    body = form_body({"category": "C++ & co=1#\n", "name": "ä"})

    assert b"+" not in body
    assert parse_qs(body.decode()) == {"category": ["C++ & co=1#\n"], "name": ["ä"]}


def test_half_a_surrogate_pair_does_not_stop_a_form() -> None:
    assert form_body({"name": "a\ud800"}) == b"name=a%3F"


def test_an_upload_is_multipart_with_plain_part_names() -> None:
    kind, body = upload_body({"savepath": "/ä b"}, [("torrents", b"d4:\r\n--x"), ("torrents", b"e")])

    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + b"".join(body))
    parts = message.get_payload()
    assert isinstance(parts, list)
    assert [part.get_filename() for part in parts] == [None, "0.torrent", "1.torrent"]  # type: ignore[union-attr]
    assert parts[0].get_payload(decode=True) == "/ä b".encode()  # type: ignore[union-attr]
    assert parts[1].get_payload(decode=True) == b"d4:\r\n--x"  # type: ignore[union-attr]


def test_cookies_are_kept_byte_for_byte_under_any_name_whatever_their_expiry_says() -> None:
    cookies = Cookies()

    cookies.take(["QBT_SID_8080=a+/b==; Secure; HttpOnly; expires=Thu, 01-Jan-1970 00:00:00 GMT", "route=1"])
    cookies.take(["QBT_SID_8080=new=; path=/", "junk", "=x"])

    assert cookies.header() == "route=1; QBT_SID_8080=new="
    assert cookies.header(before="gate=open") == "gate=open; route=1; QBT_SID_8080=new="


def test_an_emptied_cookie_is_dropped() -> None:
    cookies = Cookies()

    cookies.take(["SID=x"])
    cookies.take(["SID=; path=/"])

    assert cookies.header() == ""


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "", "identity", "GZIP"])
def test_a_body_is_unpacked_as_it_comes(encoding: str) -> None:
    body = b'{"a":1}' * 100_000
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body)}

    assert unpack(packed.get(encoding.lower(), body), encoding) == body


def test_no_step_of_unpacking_is_larger_than_256_kib() -> None:
    bomb = gzip.compress(bytes(10 * 2**20))

    assert max(len(piece) for piece in Inflater("home", "gzip").feed(bomb)) == 256 * 2**10


def test_a_gzip_bomb_is_stopped_at_256_mib() -> None:
    inflater = Inflater("home", "gzip")
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush()
    got = 0

    with pytest.raises(BadReply, match="too large"):
        for piece in inflater.feed(bomb):
            got += len(piece)

    assert len(bomb) < 2**20
    assert got == 256 * 2**20


def test_json_of_many_empty_lists_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(BadReply, match="too large"):
        at_once(reading_json(b"[" + b"[]," * 3_000_000 + b"1]", {}, server="home"))


def test_a_packed_body_that_is_too_large_on_the_wire_is_stopped() -> None:
    inflater = Inflater("home", "gzip")

    with pytest.raises(BadReply, match="too large"):
        list(inflater.feed(bytes(64 * 2**20 + 1)))


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_packed_body_that_ends_early_is_refused(cut: int) -> None:
    packed = gzip.compress(b'{"a":1}' * 1000)

    with pytest.raises(BadReply, match="cut short"):
        unpack(packed[:-cut] if cut < len(packed) else packed[:5], "gzip")


def test_a_body_in_an_encoding_nobody_asked_for_is_refused() -> None:
    with pytest.raises(BadReply, match="encoding"):
        Inflater("home", "br")
    with pytest.raises(BadReply, match="unpacked"):
        unpack(b"not gzip at all", "gzip")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (rb'{"\ud800": ["a\udc00b", "\ud83d\ude00"]}', {"\ufffd": ["a\ufffdb", "😀"]}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": NaN, "b": -Infinity, "c": 1e400}', {"a": None, "b": None, "c": None}),
        (b'{"a": "tab\there"}', {"a": "tab\there"}),
        (b"0", 0),
        (b'{"big": 12345678901234567890123}', {"big": 12345678901234567890123}),
        (b'{"a": ' + b"9" * 5000 + b', "b": 1}', {"a": None, "b": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_is_read_also_where_servers_write_it_badly(body: bytes, value: object) -> None:
    assert at_once(reading_json(body, JSON, server="home")) == value


@pytest.mark.parametrize("body", [b"", b"Fails.", b'{"a": 1', b"[" * 1_000_000, b'["x",' * 5000, b"{]"])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadReply):
        at_once(reading_json(body, JSON, server="home"))


@pytest.mark.parametrize("body", [b'{"a": 1}', b' \n["a"]', b"\xef\xbb\xbf{}"])
def test_json_is_read_where_a_proxy_calls_it_a_web_page(body: bytes) -> None:
    headers = {"content-type": "text/html"}

    assert at_once(reading_json(body, headers, server="home")) in ({"a": 1}, ["a"], {})


@pytest.mark.parametrize(
    ("headers", "body"), [({"content-type": "text/html"}, b"x"), ({}, b"\n <!DOCTYPE html>"), (JSON, b"<html>")]
)
def test_a_web_page_is_never_taken_for_an_answer(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadReply, match="A web page came"):
        at_once(reading_json(body, headers, server="home"))
    with pytest.raises(BadReply, match="A web page came"):
        read_text(body, headers, server="home")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (404, Rejected),
        (409, Rejected),
        (413, Rejected),
        (415, Rejected),
        (418, Rejected),
        (500, ServerFault),
        (502, ServerFault),
    ],
)
def test_a_refusal_has_the_servers_words_on_one_line(status: int, kind: type[Exception]) -> None:
    error = judge(answer(status, b"no\r\nway\x1b"), server="home", host="box", base="http://box")

    assert type(error) is kind
    assert str(error).startswith(("home", "What was sent", "The proxy in front of home"))
    assert error.detail in ("no way", "")


def test_a_web_page_of_a_proxy_is_no_detail() -> None:
    error = judge(answer(502, b"<html>oops</html>"), server="home", host="box", base="http://box")

    assert error.detail == ""
    assert "proxy" in str(error)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://box/login?token=secret", "https://box/login"),
        ("/login", "http://box:1/login"),
        ("//other/x", "http://other/x"),
        ("https://u:p@other/", "https://other/"),
        ("http:u:p@other/x", "http://box:1/other/x"),
        ("login", "http://box:1/login"),
        ("http://[bad/", "http://box:1"),
        ("", "http://box:1"),
    ],
)
def test_a_redirect_is_named_without_its_secrets(location: str, shown: str) -> None:
    error = judge(answer(302, location=location), server="home", host="box", base="http://box:1")

    assert isinstance(error, BadReply)
    assert f"redirects to {shown}, " in str(error)
