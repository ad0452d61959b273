"""The list of servers and the test of a connection, against a real qBittorrent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.local.settings import Auth, Secrets
from tests.conftest import Run
from tests.real.servers import Server, web_key
from tests.ui.conftest import until
from tests.ui.server_stage import CANARY, LEFT, NewStage, home, staged


@pytest.fixture
def stage(qtbot: QtBot, run: Run) -> Iterator[NewStage]:
    with staged(qtbot, run) as make:
        yield make


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.1.0") as running:
        yield running


def test_server_is_added_by_keys_and_its_password_is_in_no_file(stage: NewStage, run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        on = stage()
        assert on.dialog.empty.isVisible()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "nas.local:8080/qbt/")
        left = on.left_in(dialog)
        await on.save(dialog)

        (added,) = on.settings.servers
        assert (added.name, added.url, added.username) == ("nas.local", "http://nas.local:8080/qbt", "tester")
        assert not added.has_headers
        assert on.changed == [added.id]
        assert on.shown() == [("nas.local", "http://nas.local:8080/qbt", True)]
        assert not on.dialog.empty.isVisible()
        assert (await on.vault.get(added.id)).password == CANARY
        assert left == [""]
        on.settings.save(tmp_path / "settings.json")
        assert CANARY.encode() not in (tmp_path / "settings.json").read_bytes()

    run(scenario())


def test_form_says_that_the_password_lasts_for_the_session_only(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        await until(lambda: "this session only" in dialog.form.kept_note.text())
        assert "No keyring was found." in dialog.form.kept_note.text()
        dialog.reject()

    run(scenario())


def test_connection_test_sees_right_and_wrong_passwords(stage: NewStage, run: Run, server: Server) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, server.url, server.user, server.password)
        told = await on.test(dialog)
        assert told.startswith("Connected: qBittorrent v5.1.0, Web API 2.11.4; it answers in ")

        on.type(dialog.form.password, "wrong")
        assert dialog.outcome.text.text() == ""
        assert await on.test(dialog) == "127.0.0.1 refused the user name or password."

        on.type(dialog.form.password, "")
        on.qtbot.keyClick(dialog.form.password, Qt.Key.Key_Delete)
        assert "No password is known" in await on.test(dialog)

        on.type(dialog.form.password, server.password)
        on.type(dialog.form.name, "Seedbox")
        assert (await on.test(dialog)).startswith("Connected")
        await on.save(dialog)
        assert [s.name for s in on.settings.servers] == ["Seedbox"]

    run(scenario())


def test_connection_test_says_where_no_login_was_needed(stage: NewStage, run: Run) -> None:
    async def scenario(url: str) -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        for password in ("", "wrong"):
            on.fill(dialog, url, "nobody", password)
            told = await on.test(dialog)
            assert told.startswith("Connected: ") and told.endswith(
                "lets this computer in without a login, so the login was not tested."
            )
        await on.save(dialog)

    with Server("5.3.0", settings={web_key("5.3.0", "LocalHostAuth"): "false"}) as lets_in:
        run(scenario(lets_in.url))


def test_unreachable_server_is_said_and_a_silent_one_can_be_left(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage()
        dialog = await on.form_of(on.dialog.add_button)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            on.fill(dialog, f"http://127.0.0.1:{silent.getsockname()[1]}")
            on.click(dialog.test)
            await until(lambda: dialog.test.text() == "Stop")
            assert dialog.outcome.text.text() == "Testing the connection…"
            on.click(dialog.test)
            assert dialog.test.text() == "Test connection"
            on.click(dialog.test)
            dialog.reject()  # a running test ends with its dialog
        dialog = await on.form_of(on.dialog.add_button)
        on.fill(dialog, "http://127.0.0.1:9")
        assert "refuses the connection" in await on.test(dialog)
        dialog.reject()

    run(scenario())


def test_editing_keeps_what_is_not_shown_and_asks_for_a_refused_login(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        before = home(rejected=True, unknown={"later": 1}, enabled=False, interval_s=5.0)
        on = stage(before)
        await on.vault.set(before.id, Secrets(password="old", headers={"X-Token": CANARY}))
        on.dialog.edit(before.id)
        dialog = await on.form()
        await until(lambda: dialog.form.password.text() == "old")
        assert dialog.focusWidget() is dialog.form.password
        assert dialog.form.fold.head.isChecked()
        on.type(dialog.form.password, "new")
        left = on.left_in(dialog)
        await on.save(dialog)

        (after,) = on.settings.servers
        assert after == home(id=before.id, rejected=False, enabled=False, interval_s=5.0)
        assert after.unknown == {"later": 1}
        assert before.rejected  # entries are replaced, never changed in place
        assert await on.vault.get(before.id) == Secrets(password="new", headers={"X-Token": CANARY})
        assert left == [""]

    run(scenario())


@pytest.mark.parametrize(("login", "name"), [("password", "password"), ("api_key", "api_key")])
def test_what_is_typed_takes_the_place_of_the_refused_secret(stage: NewStage, run: Run, login: Auth, name: str) -> None:
    async def scenario() -> None:
        before = home(auth=login, rejected=True)
        on = stage(before)
        await on.vault.set(before.id, Secrets(password="old", api_key="old"))
        on.dialog.edit(before.id, "login")
        dialog = await on.form()
        field = getattr(dialog.form, name)
        await until(lambda: field.text() == "old")

        on.qtbot.keyClicks(dialog.focusWidget(), "new")

        assert field.text() == "new"
        dialog.reject()

    run(scenario())


def test_it_is_remembered_whether_there_are_headers_in_the_vault(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        server = home(has_headers=False)
        on = stage(server)
        on.dialog.edit(server.id)
        dialog = await on.form()
        await until(dialog.form.kept_note.text)  # the vault was read
        dialog.form.fold.open()
        dialog.form.advanced.headers.setPlainText(f"X-Token: {CANARY}")
        await on.save(dialog)
        (with_headers,) = on.settings.servers

        on.dialog.edit(server.id)
        dialog = await on.form()
        await until(lambda: CANARY in dialog.form.advanced.headers.toPlainText())
        dialog.form.advanced.headers.clear()
        await on.save(dialog)
        (without,) = on.settings.servers

        assert (with_headers.has_headers, without.has_headers) == (True, False)

    run(scenario())


def test_cancelled_form_changes_nothing(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        dialog = await on.form_of(on.dialog.edit_button)
        on.fill(dialog, "http://other")
        on.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: on.dialog.server_dialog is None)
        assert [s.url for s in on.settings.servers] == [home().url]
        assert on.changed == []

    run(scenario())


def test_list_is_ordered_switched_and_emptied(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage(home(name="a"), home(name="b"), home(name="c"))
        _a, b, _c = (s.id for s in on.settings.servers)
        await on.vault.set(b, Secrets("secret"))

        on.click(on.dialog.down_button)
        assert [s.name for s in on.settings.servers] == ["b", "a", "c"]
        on.click(on.dialog.down_button)
        assert not on.dialog.down_button.isEnabled()
        on.click(on.dialog.up_button)
        assert [row[0] for row in on.shown()] == ["b", "a", "c"]
        assert on.changed == ["ordered"] * 3

        on.dialog.list.setFocus()
        on.qtbot.keyClick(on.dialog.list, Qt.Key.Key_Up)
        on.qtbot.keyClick(on.dialog.list, Qt.Key.Key_Space)
        assert [s.enabled for s in on.settings.servers] == [False, True, True]
        assert on.changed[-1] == b

        on.click(on.dialog.remove_button)
        on.click(on.dialog.question.keep)
        assert len(on.settings.servers) == 3
        on.click(on.dialog.remove_button)
        on.click(on.dialog.question.remove)
        assert [s.name for s in on.settings.servers] == ["a", "c"]
        assert on.changed[-1] == b
        await on.until_forgotten(b)
        for _ in range(2):
            on.click(on.dialog.remove_button)
            on.click(on.dialog.question.remove)
        assert on.shown() == []
        assert on.dialog.empty.isVisible()
        assert not on.dialog.remove_button.isEnabled()

    run(scenario())


def test_click_on_the_box_switches_a_server_off(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        await until(on.dialog.list.isVisible)
        item = on.dialog.list.topLevelItem(0)
        assert item is not None
        box = on.dialog.list.visualItemRect(item)
        on.qtbot.mouseClick(on.dialog.list.viewport(), LEFT, pos=QPoint(box.left() + 10, box.center().y()))
        assert on.settings.servers[0].enabled is False

    run(scenario())


def test_return_means_the_button_that_has_the_focus(stage: NewStage, run: Run) -> None:
    async def scenario() -> None:
        on = stage(home())
        await until(on.dialog.isActiveWindow)
        on.dialog.list.setFocus()
        press_return(on.dialog.list)
        dialog = await on.form()
        assert dialog.form.address.hasFocus()
        dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel).setFocus()
        dialog.form.name.setFocus()
        on.type(dialog.form.name, "attic")
        press_return(dialog.form.name)
        await until(lambda: on.dialog.server_dialog is None)
        assert [s.name for s in on.settings.servers] == ["attic"]
        assert on.dialog.isVisible()

        on.dialog.add_button.setFocus()
        press_return(on.dialog.add_button)
        (await on.form()).reject()
        assert on.dialog.isVisible()

    run(scenario())


def press_return(at: QWidget) -> None:
    """QTest would complain of the key that a view hands on to the dialog."""
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(at, key)
