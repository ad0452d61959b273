"""Where something that can be added begins in a text."""

from __future__ import annotations

import re

HASH = (
    r"(?<![0-9A-Za-z/%])(?<![0-9A-Za-z][-_.])"
    r"(?:1220[0-9a-f]{64}|[0-9a-f]{64}|[0-9a-f]{40}|[a-z2-7]{32})"
    r"(?![0-9A-Za-z/_%]|-\w|\.\w)"
)
"""A bare info-hash: no part of a longer word, of an address or of a file's name."""
TORRENT = r"\.torrent(?![\w/\\%-]|\.\w)"
PATH = (
    r"(?<![^\s\"'<>(\[{,;|=`*“”„«»‹›，；、])(?:file:|~?/(?=\S)(?!\w*\])|[A-Za-z]:(?:\\|/(?!/)))"
    r"(?:(?!https?:|magnet:)[^\n\"<>|]){0,1024}?" + TORRENT
)
"""An absolute path of a .torrent file; it may hold spaces."""
KEY = r"(?:xt|dn|tr|xl|ws|as|xs|kt|mt|so|x\.pe)(?:\.\d*)?="
_COLON, _SLASHES = r"%(?:25)*3A", r"(?:%(?:25)*2F|/)"

LINK = r"magnet[:：]/{0,2}(?:[?？]|(?=xt(?:\.\d*)?(?:=|%3D)))|(?<![A-Za-z]:)https?://"
_ENCODED = (
    rf"magnet(?:{_COLON}/{{0,2}}|:)(?:%(?:25)*2F)*%(?:25)*3F|https?{_COLON}{_SLASHES}{{2}}"
    rf"|(?<![\w%/.-])(?:file{_COLON}|%2F)(?=[\w%.~()!*'/+-]{{1,1024}}?{TORRENT})"
)
_CUT_OFF = r"(?<![\w%&])\??xt(?:\.\d*)?(?:=|%3D)urn(?::|%3A)bt[im]h(?::|%3A)|(?<![\w=.])urn:bt[im]h:(?=\w)"

START = re.compile(
    rf"(?P<encoded>{_ENCODED})|(?P<link>{LINK})|(?P<cut>{_CUT_OFF})|(?P<path>{PATH})|(?P<hash>{HASH})", re.IGNORECASE
)
START_OF_LINK = re.compile(
    rf"(?P<encoded>{_ENCODED})|(?P<link>{LINK})|(?P<cut>{_CUT_OFF})|(?P<hash>{HASH})", re.IGNORECASE
)
"""The same for a line without ".torrent", in half of the time."""
LIKELY = re.compile(r"magnet|https?(?::|%)|xt[.=%]|urn:bt|[0-9a-f]{40}|[2-7a-z]{32}|\.torrent", re.IGNORECASE)
"""Sorts out at C speed most texts in which there is nothing."""
