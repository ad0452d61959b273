"""The form of one server: what is typed is read, judged, and kept where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from qbt_remote.local.settings import Secrets
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.server_stage import CANARY, NewStage, home, staged


@pytest.fixture
def stage(qtbot: QtBot, run: Run) -> Iterator[NewStage]:
    with staged(qtbot, run) as make:
        yield make


@pytest.mark.parametrize(
    ("typed", "url", "note", "warned"),
    [
        ("nas:8080", "http://nas:8080", "Will be used as http://nas:8080", False),
        ("https://box.example.org/qbt", "https://box.example.org/qbt", "", False),
        ("box.example.org", "http://box.example.org", "Will be used as http://box.example.org", True),
        ("http://", "", "The address has no host name.", False),
        ("ftp://nas", "", "An address must begin with http:// or https://.", False),
    ],
)
def test_address_is_read_while_it_is_typed(
    stage: NewStage, run: Run, typed: str, url: str, note: str, warned: bool
) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.type(dialog.form.address, typed)
        assert dialog.form.server().url == url
        assert dialog.form.address_note.text() == note
        assert dialog.form.address_warning.isVisible() is warned
        dialog.reject()

    run(scenario())


def test_user_and_password_in_the_address_move_to_their_inputs(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.type(dialog.form.address, f"http://me:{CANARY}@nas:8080")
        on.qtbot.keyClick(dialog.form.address, Qt.Key.Key_Tab)
        assert dialog.form.address.text() == "http://nas:8080"
        assert dialog.form.username.text() == "me"
        assert dialog.form.password.text() == CANARY
        dialog.reject()

    run(scenario())


def test_login_in_the_address_is_kept_as_such_though_the_focus_never_left_it(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.type(dialog.form.address, f"me:{CANARY}@[::1]:8080/qbt")
        dialog.save.click()
        await until(dialog.anyway.isVisible)  # nothing listens there
        on.click(dialog.anyway)
        await until(lambda: on.dialog.server_dialog is None)
        (saved,) = on.settings.servers
        assert (saved.url, saved.username, saved.name) == ("http://[::1]:8080/qbt", "me", "::1")
        assert (await on.vault.get(saved.id)).password == CANARY

    run(scenario())


def test_form_that_cannot_be_saved_leads_to_the_input(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage(home(name="Taken"))
        dialog = await on.form_of(on.dialog.add_button)
        on.click(dialog.save)
        assert dialog.focusWidget() is dialog.form.address
        assert "Enter the address" in dialog.form.address_note.text()
        on.type(dialog.form.address, "nas")
        on.type(dialog.form.name, "taken")
        on.click(dialog.save)
        assert dialog.focusWidget() is dialog.form.name
        assert dialog.form.name_note.text() == "Another server has this name."
        on.type(dialog.form.name, "free")
        advanced = dialog.form.advanced
        for field, bad, note in (
            (advanced.host, "a b", advanced.host_note),
            (advanced.proxy, "ftp://x", advanced.proxy_note),
        ):
            dialog.form.fold.head.setChecked(False)
            field.setText(bad)
            on.click(dialog.save)
            assert field.hasFocus() or dialog.focusWidget() is field
            assert note.isVisible()
            field.setText("")
        advanced.headers.setPlainText("X-A: 1\nnonsense")
        on.click(dialog.save)
        assert advanced.headers_note.text() == "Each line is a name, a colon and a value."
        assert len(on.settings.servers) == 1
        dialog.reject()

    run(scenario())


def test_kinds_of_login_show_their_inputs_and_warning(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        form = dialog.form
        on.fill(dialog, "http://nas")
        form.login.setFocus()
        on.qtbot.keyClick(form.login, Qt.Key.Key_Down)
        assert (form.password.isVisible(), form.api_key.isVisible()) == (False, True)
        assert "share one session" in form.login_note.text()
        on.type(form.api_key, "qbt_" + "x" * 28)
        on.qtbot.keyClick(form.login, Qt.Key.Key_Down)
        assert (form.password.isVisible(), form.api_key.isVisible()) == (False, False)
        assert form.secrets() == Secrets()
        on.qtbot.keyClick(form.login, Qt.Key.Key_Up)
        await on.save(dialog)
        (added,) = on.settings.servers
        assert added.auth == "api_key"
        assert await on.vault.get(added.id) == Secrets(api_key="qbt_" + "x" * 28)

    run(scenario())


def test_advanced_inputs_are_kept_and_their_secrets_go_to_the_vault(stage: NewStage, run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "http://nas")
        on.click(dialog.form.fold.head)
        advanced = dialog.form.advanced
        on.type(advanced.basic_username, "front")
        on.type(advanced.basic_password, CANARY)
        advanced.headers.setFocus()
        on.qtbot.keyClicks(advanced.headers, f"X-Token: {CANARY}")
        on.type(advanced.host, "inner:8080")
        on.type(advanced.proxy, f"socks5://me:{CANARY}%40@127.0.0.1:1080")
        advanced.interval.setValue(3)
        await on.save(dialog)

        (added,) = on.settings.servers
        assert (added.basic_username, added.host_header, added.interval_s) == ("front", "inner:8080", 3.0)
        assert added.proxy == "socks5://me@127.0.0.1:1080"
        assert await on.vault.get(added.id) == Secrets(CANARY, "", CANARY, f"{CANARY}@", {"X-Token": CANARY})
        on.settings.save(tmp_path / "settings.json")
        assert CANARY.encode() not in (tmp_path / "settings.json").read_bytes()

    run(scenario())


def test_password_shows_while_the_eye_is_on(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        password = dialog.form.password
        assert password.echoMode() == QLineEdit.EchoMode.Password
        (eye,) = password.actions()
        eye.trigger()
        assert password.echoMode() == QLineEdit.EchoMode.Normal
        eye.trigger()
        assert password.echoMode() == QLineEdit.EchoMode.Password
        dialog.reject()

    run(scenario())


def test_every_input_has_a_name_and_a_tip_and_every_label_is_plain(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        dialog = await on.form_of(on.dialog.edit_button)
        inputs = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit)
        for kind in inputs:
            for field in dialog.findChildren(kind):
                if field.objectName() != "qt_spinbox_lineedit":
                    assert field.accessibleName() and field.toolTip(), field
        for text in (*dialog.findChildren(QLabel), *on.dialog.findChildren(QLabel)):
            assert text.textFormat() == Qt.TextFormat.PlainText or not text.text(), text.text()
        dialog.reject()

    run(scenario())
