"""How a command on many torrents goes out: in several requests, since some servers do nothing else meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_USUAL = 500
_SMALLER = {
    "torrents/delete": 100,
    "torrents/setCategory": 250,
    "torrents/setLocation": 100,
    "torrents/setSavePath": 100,
}
"""Where 500 would take some servers long: 4.2.5 deletes 50 to 100 in a second, 5.3.0 sets 800 categories."""
_BY_ID = frozenset({"torrents/setSavePath", "torrents/setDownloadPath"})
"""Commands that call their list of hashes ``id``."""
_IN_ONE = frozenset({"torrents/topPrio", "torrents/bottomPrio", "torrents/increasePrio", "torrents/decreasePrio"})
"""Commands whose torrents keep their order among themselves only in one request."""


def batches(endpoint: str, hashes: Sequence[str]) -> Iterator[list[str]]:
    """Give the hashes of each request."""
    size = max(1, len(hashes)) if endpoint in _IN_ONE else _SMALLER.get(endpoint, _USUAL)
    for start in range(0, len(hashes), size):
        yield list(hashes[start : start + size])


def name_of_hashes(endpoint: str) -> str:
    """Give the parameter that the hashes go in."""
    return "id" if endpoint in _BY_ID else "hashes"


def hash_in(form: Mapping[str, Any]) -> list[str]:
    """Give the torrents that a command names by ``hash``, of which there may be a list."""
    value = form.get("hash")
    return list(value) if isinstance(value, list | tuple) else [value] if value else []
