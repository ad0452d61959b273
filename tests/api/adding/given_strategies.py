"""Things that can be added, as hypothesis makes them, and the wrappings in which people copy them."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import strategies as st


@dataclass(frozen=True)
class Thing:
    """A text that is one item, and what it must come out as: its ids, its path or its address."""

    text: str
    means: object


def _hash(digits: int) -> st.SearchStrategy[str]:
    """Hashes as they are: without long rows of one digit, which only hypothesis would make."""
    return st.integers(0, 1 << 32).map(lambda n: hashlib.sha256(str(n).encode()).hexdigest()[:digits])


_names = st.text(min_size=1, max_size=30).filter(lambda name: not any(0xD800 <= ord(c) < 0xE000 for c in name))
_words = st.text("abcdefgXYZ0189-_.~", min_size=1, max_size=20)


@st.composite
def magnets(draw: st.DrawFn) -> Thing:
    v1 = draw(_hash(40))
    written = draw(st.sampled_from([v1, v1.upper(), base64.b32encode(bytes.fromhex(v1)).decode()]))
    fields = [f"xt=urn:btih:{written}"]
    ids: tuple[str, ...] = (v1,)
    if draw(st.booleans()):
        v2 = draw(_hash(64))
        fields.append(f"xt=urn:btmh:1220{v2}")
        ids = (v2[:40], v1)
    fields += [f"dn={quote(name, safe='')}" for name in draw(st.lists(_names, max_size=1))]
    hosts = draw(st.lists(_words, max_size=3))
    raw = draw(st.booleans())
    for host in hosts:
        tracker = f"udp://tracker.{host.strip('.-_~') or 'x'}.example:1337/announce"
        fields.append(f"tr={tracker if raw else quote(tracker, safe='')}")
    return Thing("magnet:?" + "&".join(fields), ids)


hashes = st.one_of(
    _hash(40).map(lambda h: Thing(h, (h,))),
    _hash(40).map(lambda h: Thing(h.upper(), (h,))),
    _hash(64).map(lambda h: Thing(h, (h[:40],))),
    _hash(40).map(lambda h: Thing(base64.b32encode(bytes.fromhex(h)).decode(), (h,))),
)
addresses = st.tuples(st.sampled_from(["http", "https"]), _words, st.booleans()).map(
    lambda made: _address(f"{made[0]}://example.org/get/{quote(made[1])}.torrent" + "?a=1&b=2" * made[2])
)
paths = st.lists(_words.filter(lambda w: w.strip(".~-_")), min_size=1, max_size=3).map(
    lambda parts: _path("/" + "/".join(["home", *parts]) + ".torrent")
)
things = st.one_of(magnets(), hashes, addresses, paths)


def _address(url: str) -> Thing:
    return Thing(url, url)


def _path(path: str) -> Thing:
    return Thing(path, path)


Wrap = Callable[[str], str]
WRAPPINGS: dict[str, Wrap] = {
    "as it is": lambda t: t,
    "double quotes": lambda t: f'"{t}"',
    "single quotes": lambda t: f"'{t}'",
    "angle brackets": lambda t: f"<{t}>",
    "guillemets": lambda t: f"‹{t}›",
    "typographic quotes": lambda t: f"“{t}”",
    "parentheses": lambda t: f"({t})",
    "square brackets": lambda t: f"[{t}]",
    "backticks": lambda t: f"`{t}`",
    "bold": lambda t: f"**{t}**",
    "Markdown": lambda t: f"[a name (2024)]({t})",
    "HTML": lambda t: f'<a href="{t.replace("&", "&amp;")}">a name</a>',
    "BBCode": lambda t: f"[url={t}]a name[/url]",
    "entities": lambda t: t.replace("&", "&amp;"),
    "numeric entities": lambda t: t.replace("&", "&#38;"),
    "JSON": lambda t: '"' + t.replace("&", "\\u0026").replace("/", "\\/") + '"',
    "a number": lambda t: f"1. {t}",
    "a number in brackets": lambda t: f"(12) {t}",
    "a bullet": lambda t: f"• {t}",
    "a label": lambda t: f"Download: {t}",
    "percent-encoding": lambda t: quote(t, safe=""),
    "percent-encoding but for slashes": lambda t: quote(t) if not t.startswith("/") else quote(t, safe=""),
    "a full stop": lambda t: f"See {t} .",
    "invisible characters": lambda t: f"\ufeff{t}\u200b",
    "a quoted mail": lambda t: f"> {t}",
}
SEPARATORS = ["\n", "\r\n", "\n\n", " ", "   ", "\t", ", ", "; ", " | ", ",\n", " and ", " - "]
GLUED = ["", ",", ";", "|"]
"""Between links that have a scheme; of bare hashes nobody can tell where one ends without a blank."""


def mail(text: str, columns: int = 60) -> str:
    """Break every line as programs do that know no words in a link."""
    lines = (line[i : i + columns] for line in text.splitlines() for i in range(0, max(len(line), 1), columns))
    return "\n".join(lines)


def typed(text: str, columns: int = 72) -> str:
    """Break between words, and amid a word that is longer than a line."""
    return "\n".join(textwrap.wrap(text, columns, break_on_hyphens=False))
