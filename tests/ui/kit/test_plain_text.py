"""Tips show exactly what they are given, and are no HTML: a screen reader reads them as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from qbt_remote.ui.kit.plain_text import breakable, label, tip

HTML = ("<b>bold</b>", "&lt;b&gt;", "<!DOCTYPE html>", "a <img src='file:///etc/passwd'> b", "x<br>y", "<qt>z")


@pytest.mark.parametrize("text", HTML)
def test_qt_takes_no_tip_for_html(text: str) -> None:
    assert Qt.mightBeRichText(text)

    assert not Qt.mightBeRichText(tip(text))
    assert tip(text).replace("\u2060", "") == text


@given(st.text(alphabet="<>&;/!? abqtltp\n", max_size=200))
def test_no_text_at_all_makes_html_of_a_tip(text: str) -> None:
    assert not Qt.mightBeRichText(tip(text))


def test_long_lines_are_folded_between_words_and_lines_stay_lines() -> None:
    words = " ".join(["word"] * 40)

    lines = tip(f"{words}\nsecond\n\n{'x' * 200}").split("\n")

    assert " ".join(lines[:2]) == words
    assert lines[2:4] == ["second", ""]
    assert "".join(lines[4:]) == "x" * 200
    assert max(map(len, lines)) <= 100


def test_no_text_is_no_tip() -> None:
    assert tip("") == ""


@pytest.mark.parametrize("text", ["&Tags", "&To", "&Verify", "Ta&gs"])
def test_label_with_a_mnemonic_has_room_for_all_that_is_drawn(qtbot: QtBot, text: str) -> None:
    made, field = label(text), QLineEdit()
    for widget in (made, field):
        qtbot.addWidget(widget)
    made.setBuddy(field)
    made.resize(made.sizeHint())
    fitting = made.grab().toImage()
    made.resize(made.sizeHint() + QSize(20, 0))
    roomy = made.grab().toImage()

    beyond = roomy.copy(fitting.width(), 0, 20, fitting.height())

    assert len({beyond.pixel(x, y) for x in range(20) for y in range(beyond.height())}) == 1


@pytest.mark.parametrize("word", [":".join(["AB"] * 32), "https://a.very.long.example/" + "x/" * 40])
def test_a_long_word_is_not_the_least_that_a_label_takes(qtbot: QtBot, word: str) -> None:
    made, whole = label(breakable(f"See {word} there"), wrap=True), label(word)
    for widget in (made, whole):
        qtbot.addWidget(widget)

    assert made.minimumSizeHint().width() < whole.minimumSizeHint().width() / 3
    assert made.text().replace("\u200b", "") == f"See {word} there"
    assert breakable("short a:b") == "short a:b"
