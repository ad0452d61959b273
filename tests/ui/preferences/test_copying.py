"""Settings to and from files and other servers, and a server that moves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QTreeWidgetItem

from qbt_remote.ui.kit.dialogs import ConfirmDialog, FormDialog
from qbt_remote.ui.preferences import following
from qbt_remote.ui.preferences.copying import DifferencesDialog, NotPreferences, from_file
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog, open_preferences
from tests.conftest import Run
from tests.sim.faults import DROPPED, Fault
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.pref_drive import put
from tests.ui.preferences.dialog_drive import ANSWER, close, review, sent, with_preferences
from tests.ui.rig import Rig, play

Json = Any
LAN = {"max_connec": 300, "dht": False, "listen_port": 7000, "web_ui_address": "127.0.0.1", "autorun_enabled": True}
"""What the second server has otherwise."""


def differing(rig: Rig) -> None:
    with_preferences(rig)
    for server in rig.servers[1:]:
        server.world.preferences |= LAN


async def opened(rig: Rig) -> PreferencesDialog:
    return await open_preferences(rig.window.shell, rig.home.session)


async def question(dialog: PreferencesDialog, kind: type[FormDialog] = FormDialog) -> Any:
    return await until(lambda: next((d for d in dialog.findChildren(kind) if d.isVisible()), None))


async def gone(asked: FormDialog) -> None:
    await until(lambda: not asked.isVisible())


def choose(dialog: PreferencesDialog, entry: str) -> None:
    action = next(a for a in dialog.more_button.menu().actions() if entry in a.text())
    action.trigger()


def items(differences: DifferencesDialog) -> dict[str, QTreeWidgetItem]:
    rows = [differences.list.topLevelItem(n) for n in range(differences.list.topLevelItemCount())]
    return {str(item.data(0, Qt.ItemDataRole.UserRole)): item for item in rows if item is not None}


def written(path: Path) -> str:
    return path.read_text()


async def exported(dialog: PreferencesDialog, path: Path, *, personal: bool) -> dict[str, Json]:
    choose(dialog, "Export")
    asked = await question(dialog)
    asked.findChild(QCheckBox).setChecked(personal)
    asked.ok.click()
    chooser = await until(lambda: dialog.findChild(QFileDialog))
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    return from_file(written(path).encode())


async def loaded(dialog: PreferencesDialog, path: Path) -> None:
    choose(dialog, "Import")
    chooser = await until(lambda: dialog.findChild(QFileDialog))
    chooser.fileSelected.emit(str(path))
    chooser.reject()


def test_a_file_has_no_secret_and_by_default_nothing_of_this_server_alone(run: Run, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        portable = await exported(dialog, tmp_path / "a.json", personal=False)
        everything = await exported(dialog, tmp_path / "b.json", personal=True)
        assert "mail_notification_password" not in everything
        assert "the-mail-password" not in written(tmp_path / "b.json")
        assert {"max_connec", "dht", "a_new_key"} <= portable.keys()
        assert not {"web_ui_port", "listen_port", "save_path", "web_ui_username"} & portable.keys()
        assert {"web_ui_port", "listen_port", "save_path", "web_ui_username"} <= everything.keys()
        assert all(everything[key] == ANSWER[key] for key in everything)
        await close(rig, dialog)

    play(run, scene, before=differing)


def test_what_is_imported_is_picked_and_then_saved_like_what_is_typed(run: Run, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        path = tmp_path / "settings.json"
        path.write_text(json.dumps(ANSWER | LAN | {"unheard_of": 1, "max_uploads": "many"}))
        await loaded(dialog, path)
        differences = await question(dialog, DifferencesDialog)
        found = items(differences)
        assert set(found) == set(LAN)
        assert set(differences.picked()) == {"max_connec", "dht"}
        found["dht"].setCheckState(0, Qt.CheckState.Unchecked)
        differences.ok.click()
        await rig.done("Import the settings")
        assert sent(rig.home) == []
        (await review(dialog)).ok.click()
        await rig.done("Save the settings")
        assert sent(rig.home) == [{"max_connec": 300}]
        await close(rig, dialog)

    play(run, scene, before=differing)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"qbt-remote preferences": 1}', b"\xff", b"[" * 100_000])
def test_a_file_of_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(NotPreferences):
        from_file(content)


def test_a_file_that_is_none_is_said(run: Run, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        (tmp_path / "x.json").write_text("hello")
        await loaded(dialog, tmp_path / "x.json")
        assert dialog.note.text() == "x.json holds no settings of qBittorrent"
        await close(rig, dialog)

    play(run, scene, before=differing)


def test_two_servers_are_compared_and_copied_either_way(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        choose(dialog, "Compare")
        (await question(dialog)).ok.click()
        differences = await question(dialog, DifferencesDialog)
        assert [items(differences)["max_connec"].text(n) for n in (1, 2)] == ["500", "300"]
        differences.copy_button.click()
        (await question(dialog)).ok.click()
        await rig.done("Compare")
        assert sent(rig.home) == []
        assert sent(rig.servers[1]) == [{"dht": True, "max_connec": 500}]
        assert "2 settings saved" in dialog.note.text()
        await close(rig, dialog)

    play(run, scene, "5.3.0", "5.1.0", before=differing)


def test_chosen_settings_are_copied_to_several_servers_each_with_its_own_question(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        choose(dialog, "Copy to")
        (await question(dialog)).ok.click()
        differences = await question(dialog, DifferencesDialog)
        for key, item in items(differences).items():
            item.setCheckState(0, Qt.CheckState.Checked if key == "autorun_enabled" else Qt.CheckState.Unchecked)
        differences.ok.click()
        for _server in rig.servers[1:]:
            (await question(dialog)).ok.click()
            asked = await question(dialog, ConfirmDialog)
            assert asked.windowTitle() == "Run programs on the server"
            asked.ok.click()
            await gone(asked)
        await rig.done("Copy the settings")
        assert [sent(server) for server in rig.servers] == [
            [],
            [{"autorun_enabled": False}],
            [{"autorun_enabled": False}],
        ]
        await close(rig, dialog)

    play(run, scene, "5.3.0", "5.1.0", "4.5.2", before=differing)


def test_a_server_that_cannot_be_read_is_named_and_the_others_get_theirs(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        choose(dialog, "Copy to")
        (await question(dialog)).ok.click()
        differences = await question(dialog, DifferencesDialog)
        rig.servers[1].link.always = lambda request: DROPPED if request.endpoint == "app/preferences" else None
        differences.ok.click()
        (await question(dialog)).ok.click()
        await rig.done("Copy the settings")
        assert "seedbox" in dialog.note.text() and "nothing to change" not in dialog.note.text()
        assert (sent(rig.servers[1]), len(sent(rig.servers[2]))) == ([], 1)
        await close(rig, dialog)

    play(run, scene, "5.3.0", "5.1.0", "4.5.2", before=differing)


# a server that moves


def test_the_session_follows_a_new_port(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        put(dialog.form.row("web_ui_port"), 9090)
        await saved_with_confirmation(rig, dialog)
        assert rig.home.config.url == "http://home.test:9090"
        await until(lambda: rig.home.session.status.phase == "online")
        assert dialog.session is rig.home.session
        assert (dialog.form.changed(), dialog.note.text()) == ({}, "1 setting saved")
        await close(rig, dialog)

    play(run, scene, before=with_preferences)


def test_the_session_logs_in_with_the_new_name_and_password(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        put(dialog.form.row("web_ui_username"), "somebody")
        put(dialog.form.row("web_ui_password"), "another-secret")
        question = await review(dialog)
        rig.home.handler.username, rig.home.handler.password = "somebody", "another-secret"
        await saved_with_confirmation(rig, dialog, question)
        assert (rig.home.config.username, rig.home.password) == ("somebody", "another-secret")
        assert sent(rig.home) == [{"web_ui_username": "somebody", "web_ui_password": "another-secret"}]
        await close(rig, dialog)

    play(run, scene, before=with_preferences)


def test_a_server_that_is_lost_is_told_how_to_be_had_back(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 0.3)

    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        put(dialog.form.row("web_ui_port"), 9090)
        question = await review(dialog)
        rig.home.link.always = lambda request: None if "etPreferences" in request.endpoint else DROPPED
        await saved_with_confirmation(rig, dialog, question)
        assert "home does not answer at http://home.test:9090 any more" in dialog.note.text()
        assert "WebUI\\Port=8080" in dialog.note.text()
        assert rig.home.config.url == "http://home.test:8080"
        await close(rig, dialog)

    play(run, scene, before=with_preferences)


def test_a_login_that_the_server_refuses_is_not_tried(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        put(dialog.form.row("web_ui_password"), "refused-secret")
        put(dialog.form.row("max_connec"), 300)
        logins = len(rig.home.calls("auth/login"))
        rig.home.link.plan("app/setPreferences", Fault(reply=Reply(400, b"Bad Request")))
        await saved_with_confirmation(rig, dialog)
        assert len(rig.home.calls("auth/login")) == logins
        assert dialog.note.text().startswith("home")
        assert dialog.form.changed() == {"web_ui_password": "refused-secret"}
        await close(rig, dialog)

    play(run, scene, before=with_preferences)


async def saved_with_confirmation(rig: Rig, dialog: PreferencesDialog, asked: FormDialog | None = None) -> None:
    (asked or await review(dialog)).ok.click()
    (await question(dialog, ConfirmDialog)).ok.click()
    await rig.done("Save the settings")
    await asyncio.sleep(0)
