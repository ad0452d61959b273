"""What was asked of one server: the last requests, and how often what happened.

Nothing is put into words until somebody looks: a request costs its few numbers.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from qbt_remote.local.log import Kept

MOST_REQUESTS = 2000
LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Request:
    """One request.  Sizes are those of the bodies, as they went over the wire."""

    time_s: float
    """When it began, by time.time()."""
    method: str
    name: str
    """The path below ``/api/v2/``, without a query."""
    sent: int
    attempt: int
    """2 and more: what went before it was refused or lost."""
    status: int = 0
    """Of HTTP; 0 while there is no answer."""
    received: int = 0
    spent_ms: float = 0.0
    failure: str = ""
    """The kind of error that ended it, if one did."""


class Requests:
    """The last requests to one server, and counts since the program began."""

    def __init__(self) -> None:
        self.kept: Kept[Request] = Kept(MOST_REQUESTS)
        self.asked: Counter[str] = Counter()
        """Requests by their name."""
        self.failed: Counter[str] = Counter()
        """Outages by the kind of error."""
        self.whole = 0
        """Whole lists taken in, in the place of changes."""

    @contextmanager
    def following(self, method: str, name: str, sent: int, attempt: int) -> Iterator[Request]:
        """Put down one request, however it ends; what comes of it is filled in meanwhile."""
        request = Request(time.time(), method, name, sent, attempt)
        began = time.perf_counter()
        try:
            yield request
        except BaseException as error:
            request.failure = type(error).__name__
            raise
        finally:
            request.spent_ms = (time.perf_counter() - began) * 1000
            self.kept.add(request)
            self.asked[name] += 1
            LOG.debug(
                "%s %s %d %.0f ms, %d bytes sent, %d received, attempt %d %s",
                *(method, name, request.status, request.spent_ms, sent, request.received, attempt, request.failure),
            )

    def count_outage(self, error: Exception) -> None:
        kind = type(error).__name__
        self.failed[f"{kind} ({error.kind})" if hasattr(error, "kind") else kind] += 1
