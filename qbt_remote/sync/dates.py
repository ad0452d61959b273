"""Which times of a server are times at all: there are many spellings of "never".

0, -1, the largest number of 32 bits, the bare UTC offset (4.2 to 4.6), and spans that pass for times, as a last
activity in April 1970.  Nothing that has to do with a torrent is older than BitTorrent.
"""

from __future__ import annotations

FIRST_DATE = 994_032_000
"""2 July 2001, when the first client came out."""
LAST_DATE = 0xFFFF_FFFF
"""4.1 sends it for "never"."""


def is_date(seconds: float) -> bool:
    """Tell a time from the many spellings of "never"."""
    return FIRST_DATE < seconds < LAST_DATE
