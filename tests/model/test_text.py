"""How values are written."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDateTime, QLocale, QTimeZone

from qbt_remote.model import text
from qbt_remote.sync.dates import is_date


@pytest.fixture(autouse=True)
def plain_locale() -> Iterator[None]:
    before = QLocale()
    text.use_locale(QLocale.c())
    yield
    text.use_locale(before)


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1024**2 - 1, "1023.9 KiB"),
        (5 * 1024**3, "5.00 GiB"),
        (1024**4, "1.000 TiB"),
        (2**63, "8.000 EiB"),
        (2**80, "1048576.000 EiB"),
        (-1, "Unknown"),
    ],
)
def test_sizes_have_binary_units_and_are_never_rounded_up(n: int, shown: str) -> None:
    assert text.size(n) == shown


def test_speeds_are_per_second() -> None:
    assert text.speed(0) == "0 B/s"
    assert text.speed(1_310_720) == "1.2 MiB/s"


@pytest.mark.parametrize(("n", "shown"), [(0, "∞"), (-1, "∞"), (10_240, "10.0 KiB/s")])
def test_no_limit_is_infinite(n: int, shown: str) -> None:
    assert text.limit(n) == shown


@pytest.mark.parametrize(("x", "shown"), [(-1, "∞"), (-2, "∞"), (0, "0.00"), (1.999, "1.99"), (0.29, "0.29")])
def test_ratios_have_two_decimals(x: float, shown: str) -> None:
    assert text.ratio(x) == shown


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0, "0.0%"),
        (0.57, "57.0%"),
        (0.9996, "99.9%"),
        (1 - 1e-15, "99.9%"),
        (1.0, "100%"),
        (-0.5, "0.0%"),
    ],
)
def test_percent_reaches_a_hundred_only_when_complete(x: float, shown: str) -> None:
    assert text.percent(x) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-1, "∞"),
        (0, "0"),
        (59, "< 1m"),
        (60, "1m"),
        (3_900, "1h 5m"),
        (86_399, "23h 59m"),
        (90_000, "1d 1h"),
        (8_639_999, "99d 23h"),
        (2 * 31_536_000 + 5 * 86_400, "2y 5d"),
    ],
)
def test_durations_show_the_two_largest_units(seconds: int, shown: str) -> None:
    assert text.duration(seconds) == shown


def test_eta_is_infinite_from_a_hundred_days_on() -> None:
    assert text.eta(text.INFINITE_ETA) == "∞"
    assert text.eta(text.INFINITE_ETA - 1) == "99d 23h"


@pytest.mark.parametrize("never", [0, -1, 18_000, -3_600, 8_768_486, 900_000_000, 0xFFFF_FFFF])
def test_every_spelling_of_never_is_no_date(never: int) -> None:
    assert text.date(never) == ""
    assert not is_date(never)


def test_dates_are_short_and_in_the_users_zone() -> None:
    when = QDateTime.fromSecsSinceEpoch(1_700_000_000, QTimeZone.systemTimeZone())

    assert text.date(1_700_000_000) == QLocale.c().toString(when, QLocale.FormatType.ShortFormat)


def test_connected_of_known() -> None:
    assert text.of_total(5, 12) == "5 (12)"
    assert text.of_total(5, -1) == "5"


def test_unknown_availability_and_claims() -> None:
    assert text.availability(-1) == "N/A"
    assert text.availability(1.2345) == "1.234"
    assert [text.yes_no(value) for value in (True, False, None)] == ["Yes", "No", "N/A"]


def test_numbers_follow_the_locale() -> None:
    text.use_locale(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    assert text.size(1536) == "1,5 KiB"
    assert text.percent(0.5) == "50,0%"
    text.use_locale(QLocale(QLocale.Language.Persian, QLocale.Country.Iran))
    assert text.duration(3_900) == "۱h ۵m"
    assert text.ratio(1.5) == "۱٫۵۰"


def test_untrusted_text_becomes_one_harmless_line() -> None:
    assert text.clean("plain name.iso") == "plain name.iso"
    assert text.clean("two\nlines\tand\x07bell") == "two lines and\ufffdbell"
    assert text.clean("two\u2028lines\u2029more") == "two lines more"
    assert "\u202e" not in text.clean("evil\u202etxt.exe")
    assert len(text.clean("x" * 2000)) == text.LONGEST
    assert text.clean("עברית") == "\u2068עברית\u2069"


def test_a_number_that_nothing_can_have_is_written_all_the_same() -> None:
    assert text.ratio(1e308).startswith("1000000")
    assert text.availability(1e300).startswith("1000000")
    assert text.size(10**400).endswith(" EiB")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("evil\u202etxt.exe", "evil[U+202E]txt.exe"),
        ("a\u200bb\u200ec\u2060d\ufeffe\u00adf", "a[U+200B]b[U+200E]c[U+2060]d[U+FEFF]e[U+00AD]f"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("x\u2069y", "x[U+2069]y"),
        ("x\u2068y", "x[U+2068]y"),
        ("filler\u3164", "filler[U+3164]"),
        ("a\u200db", "a[U+200D]b"),
        ("می\u200cخواهم", "\u2068می\u200cخواهم\u2069"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("עברית\u2069x", "\u2068עברית[U+2069]x\u2069"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_what_it_is(name: str, shown: str) -> None:
    assert text.clean(name) == shown
    assert len(text.clean(name * 1000, 40)) <= 42


def test_what_was_cleaned_once_stays_as_it_is() -> None:
    for name in ("עברית", "x\u2069y", "می\u200cخواهم"):
        once = f"Name: {text.clean(name)}"
        assert text.clean(once).removeprefix("\u2068").removesuffix("\u2069") == once
