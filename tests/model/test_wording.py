"""A sentence is translated, filled in and cleaned in one place; a part of it may be a sentence itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from qbt_remote.api.errors import Untrusted
from qbt_remote.model.wording import said, sentence
from qbt_remote.translatable import Said


class German(QTranslator):
    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        known = {"Server {number}: {why}": "Der Server {number}: {why}", "it is asleep": "er schläft"}
        return known.get(source, "") if context == "qbt-remote" else ""


def test_a_sentence_is_english_until_it_is_shown() -> None:
    what = Said("Server {number}: {why}", number=3, why=Said("it is asleep"))

    assert str(what) == "Server 3: it is asleep"
    assert said(what) == "Server 3: it is asleep"


def test_a_sentence_and_the_sentences_in_it_are_translated(qapp: QCoreApplication) -> None:
    german = German()
    qapp.installTranslator(german)
    try:
        assert said(Said("Server {number}: {why}", number=3, why=Said("it is asleep"))) == "Der Server 3: er schläft"
    finally:
        qapp.removeTranslator(german)


def test_the_reason_of_a_certificate_is_a_sentence_in_a_sentence() -> None:
    error = Untrusted("{server}: {reason}", pem="", fingerprint="", reason="it has expired", server="home")

    assert error.said.parts["reason"] == Said("it has expired")
    assert sentence(error) == str(error) == "home: it has expired"


def test_what_a_window_must_not_show_is_taken_out() -> None:
    assert "\u202e" not in said(Said("{name}", name="a\u202eb"))
    assert len(said(Said("{name}", name="x" * 99), 10)) == 10


@pytest.mark.parametrize("template", ["{x} and {y}", "a {x}"])
def test_a_sentence_without_its_parts_is_our_fault(template: str) -> None:
    with pytest.raises(KeyError):
        said(Said(template, other=1))


def test_nothing_said_is_false() -> None:
    assert not Said() and said(Said()) == ""
