"""One window has one kind of digits: those of the user's locale, in the table as in everything around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QLabel, QToolButton

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.sidebar import SECTIONS
from tests.conftest import Run
from tests.ui.filtering.sidebar_drive import entry
from tests.ui.rig import Rig, play

LATIN, OTHER = re.compile("[0-9]"), re.compile("[٠-٩۰-۹]")


@pytest.fixture(params=["ar_EG", "fa_IR"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    before = QLocale()
    text.use_locale(QLocale(request.param))
    yield request.param
    text.use_locale(before)


def busy(rig: Rig) -> None:
    for n in range(12):
        rig.home.world.add(f"name {'abcdefghijkl'[n]}", state="downloading", size=1_500_000, dlspeed=2048, eta=4000)
    rig.home.world.add_category("linux")


def test_whatever_the_window_says_is_in_the_locales_digits(run: Run, language: str) -> None:
    async def scene(rig: Rig) -> None:
        window = rig.window
        rig.select("name a", "name b")
        rig.window.refresh()
        labels, buttons = window.status.findChildren(QLabel), window.status.findChildren(QToolButton)
        said = [label.text() for label in labels] + [button.text() for button in buttons]
        said += [field.toolTip() for field in (*labels, *buttons)]
        said = [re.sub("<[^>]*>|home", "", words) for words in said]
        said += [str(entry(rig, s.id, None).data(Qt.ItemDataRole.AccessibleTextRole)) for s in SECTIONS]
        columns = range(window.model.columnCount())
        said += [str(window.model.index(0, column).data() or "") for column in columns]

        assert not [words for words in said if LATIN.search(words)]
        assert sum(1 for words in said if OTHER.search(words)) > 10

    play(run, scene, "5.3.0", before=busy)


def test_numbers_in_sentences_are_in_the_locales_digits(language: str) -> None:
    ten = {"ar_EG": "١٢", "fa_IR": "۱۲"}[language]

    assert tr_n(12, "{n} torrent", "{n} torrents") == f"{ten} torrents"
    assert tr("DHT: {n}", n=12) == f"DHT: {ten}"
    assert tr("{name}: {n}", name="S12", n=12) == f"S12: {ten}"
    assert text.number(12) == text.count(12) == ten
    assert text.clock(0, exact=True) == text.clock(0) + ":" + text.number(0) * 2
