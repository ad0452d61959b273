"""Which release speaks which API version, and how a version is read and compared.

The API number alone does not always tell what a server can do: 4.3.2 and 4.3.3 both say 2.7.0, and
4.1.8 says what 4.1.5 says.  A fact of that kind is keyed on the release, as ``App``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

ApiNumber = tuple[int, int, int]


class App(NamedTuple):
    """A release of qBittorrent, for what the API number does not tell."""

    major: int
    minor: int
    patch: int


Since = ApiNumber | App

FIRST: ApiNumber = (2, 0, 0)

# the first release with each API number; WebAPI_Changelog.md and src/webui/webapplication.h at each tag
RELEASES: tuple[tuple[ApiNumber, tuple[int, ...]], ...] = (
    ((2, 0, 0), (4, 1, 0)),
    ((2, 0, 1), (4, 1, 1)),
    ((2, 0, 2), (4, 1, 2)),
    ((2, 1, 0), (4, 1, 3)),
    ((2, 1, 1), (4, 1, 4)),
    ((2, 2, 0), (4, 1, 5)),
    ((2, 2, 1), (4, 1, 9)),
    ((2, 3, 0), (4, 2, 0)),
    ((2, 4, 0), (4, 2, 1)),
    ((2, 4, 1), (4, 2, 2)),
    ((2, 5, 0), (4, 2, 4)),
    ((2, 5, 1), (4, 2, 5)),
    ((2, 6, 0), (4, 3, 0)),
    ((2, 6, 1), (4, 3, 1)),
    ((2, 7, 0), (4, 3, 2)),
    ((2, 8, 1), (4, 3, 4)),
    ((2, 8, 2), (4, 3, 5)),
    ((2, 8, 4), (4, 4, 0)),
    ((2, 8, 5), (4, 4, 1)),
    ((2, 8, 18), (4, 5, 0)),
    ((2, 8, 19), (4, 5, 1)),
    ((2, 9, 2), (4, 6, 0)),
    ((2, 9, 3), (4, 6, 1)),
    ((2, 11, 2), (5, 0, 0)),
    ((2, 11, 4), (5, 1, 0)),
    ((2, 15, 1), (5, 2, 0)),
    ((2, 16, 1), (5, 3, 0)),
)


@dataclass(frozen=True, slots=True)
class Version:
    """What a server says it is: ``api`` padded to three numbers, ``app`` the release's numbers."""

    api: ApiNumber
    app: tuple[int, ...]
    app_text: str

    @classmethod
    def read(cls, api_text: str, app_text: str) -> Version:
        """Read the answers of app/webapiVersion and app/version; raises ValueError if the first is none.

        The server drops zeros at the end ("2.3").  A release without numbers (a build from source) is
        taken for the first one with that API number.
        """
        match = re.fullmatch(r"\s*v?(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?\s*", api_text)
        if match is None:
            raise ValueError(f"not an API version: {api_text[:40]!r}")
        numbers = [int(part or 0) for part in match.groups()]
        api = (numbers[0], numbers[1], numbers[2])
        found = re.search(r"\d{1,4}(?:\.\d{1,4}){1,3}", app_text)
        app = tuple(int(part) for part in found.group().split(".")) if found else first_release(api)
        return cls(api, app, app_text.strip()[:80])

    def reached(self, since: Since) -> bool:
        """Whether the server is of ``since`` or newer."""
        if isinstance(since, App):
            return self.app >= tuple(since)
        return self.api >= since


def first_release(since: Since) -> tuple[int, ...]:
    """Give the first release that has what came ``since``; the newest known if none has it."""
    if isinstance(since, App):
        return tuple(since)
    return next((release for api, release in RELEASES if api >= since), RELEASES[-1][1])


def release_text(since: Since) -> str:
    """Give the release for people: "5.2", "4.1.5"."""
    numbers = list(first_release(since))
    while len(numbers) > 2 and numbers[-1] == 0:
        numbers.pop()
    return ".".join(map(str, numbers))
