"""Names of torrents in what the desktop shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from qbt_remote.local.settings import Settings
from qbt_remote.sync.events import Event, Finished
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.desktop.notifier import Notifier
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.fake_desktop import Desktop


@pytest.fixture
def shown(desktop: Desktop) -> Desktop:
    desktop.reset()
    return desktop


@pytest.fixture
def notifier(qapp: QApplication, shown: Desktop) -> Iterator[Notifier]:
    made = Notifier(Settings(), lambda: None)
    yield made
    made.close()


def finished(name: str) -> list[Event]:
    return [Finished(Torrent(server="home", hash=name, name=name))]


@pytest.mark.parametrize(
    ("able", "body"),
    [(("body", "body-markup"), "&lt;b&gt;x&lt;/b&gt; &amp;amp;"), (("body",), "<b>x</b> &amp;")],
)
def test_a06_a_name_is_never_markup(
    notifier: Notifier, shown: Desktop, run: Run, able: tuple[str, ...], body: str
) -> None:
    shown.behave(able=able)
    notifier.tell(finished("<b>x</b> &amp;"))

    (note,) = run(until(shown.notes))

    assert note["body"] == body
    assert note["actions"] == []


def test_a06_a_name_of_odd_characters_is_made_harmless(notifier: Notifier, shown: Desktop, run: Run) -> None:
    notifier.tell(finished("a\x00b\ud800c\u202ed\n" + "x" * 5000))

    (note,) = run(until(shown.notes))

    assert note["body"].startswith("a\ufffdb\ufffdc[U+202E]d ")
    assert len(note["body"]) <= 120
