"""Which calls a simulated release has.

What 4.2.5, 4.5.2, 5.1.0 and 5.3.0 answer was recorded on real servers.  4.1.7 and 4.4.1 were not: their
dialect comes from the collection of the Web API's sources, ``webapi/endpoints.json``, which is the project's
own table, ``api/endpoints.py``.  So a call that the table has wrong for them is wrong here in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from qbt_remote.api.endpoints import ENDPOINTS
from qbt_remote.api.versions import ApiNumber, Since, Version


@cache
def calls(release: str, api: ApiNumber) -> frozenset[str]:
    """The calls of a release, by the names that they have in it."""
    version = Version(api, tuple(map(int, release.split("."))), release)
    return frozenset(name for name, since, until in _spans() if version.reached(since) and not _over(version, until))


def _spans() -> Iterator[tuple[str, Since, Since | None]]:
    for name, row in ENDPOINTS.items():
        if row.was:
            yield row.was, row.since, row.renamed
            yield name, row.renamed, row.until
        else:
            yield name, row.since, row.until


def _over(version: Version, until: Since | None) -> bool:
    return until is not None and version.reached(until)
