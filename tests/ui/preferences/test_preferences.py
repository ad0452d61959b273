"""The preferences of a server: what is shown, found, asked, sent, and said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QTableWidget, QWidget

from qbt_remote.ui.form.form_row import FormRow
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog
from tests.conftest import Run
from tests.sim.faults import Fault
from tests.ui.conftest import until
from tests.ui.preferences.dialog_drive import close, review, sent, with_preferences
from tests.ui.rig import Rig, open_dialog, part, play


def scene_of(run: Run, scene: Callable[..., Any], *releases: str) -> None:
    play(run, scene, *releases, before=with_preferences)


async def opened(rig: Rig) -> PreferencesDialog:
    rig.action("options").trigger()
    dialog = await until(lambda: next(iter(rig.window.findChildren(PreferencesDialog)), None))
    await until(dialog.isVisible)
    return dialog


def typed(row: FormRow, text: str) -> None:
    """Replace the text of a line or a number."""
    line = row.input.focus if isinstance(row.input.focus, QLineEdit) else row.input.focus.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, text)


async def saved(rig: Rig, dialog: PreferencesDialog) -> None:
    (await review(dialog)).ok.click()
    await rig.done("Save the settings")


def cells(table: QTableWidget) -> list[list[str]]:
    rows = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        rows.append([item.text() for item in items if item is not None])
    return rows


# opening


def test_opening_and_saving_without_a_touch_sends_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        await dialog.form.build_rest()
        assert dialog.form.changed() == {}
        assert not dialog.save_button.isEnabled()
        dialog.save()
        assert open_dialog() is dialog
        assert sent(rig.home) == []
        await close(rig, dialog)

    scene_of(run, scene)


def test_the_command_brings_the_same_window_to_the_front_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        await rig.trigger("options")
        assert rig.window.findChildren(PreferencesDialog) == [dialog]
        assert len(rig.home.calls("app/preferences")) == 1
        await close(rig, dialog)

    scene_of(run, scene)


def test_of_several_servers_the_user_picks_one(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.action("options").trigger()
        question = await until(open_dialog)
        QTest.keyClick(part(question, QListWidget), Qt.Key.Key_Down)
        question.ok.click()
        dialog = await until(lambda: next(iter(rig.window.findChildren(PreferencesDialog)), None))
        await until(dialog.isVisible)
        assert dialog.windowTitle() == "Options of seedbox"
        await close(rig, dialog)

    scene_of(run, scene, "5.3.0", "5.1.0")


def test_another_server_is_chosen_in_the_window_and_what_is_not_saved_stays(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        def windows() -> dict[str, PreferencesDialog]:
            shown = [w for w in rig.window.findChildren(PreferencesDialog) if w.isVisible()]
            return {rig.window.feed.sessions[w.server].config.name: w for w in shown}

        rig.window.sidebar.pick("server", rig.home.config.id)
        first = await opened(rig)
        QTest.keyClick(first.choice.box, Qt.Key.Key_Down)
        await until(lambda: set(windows()) == {"seedbox"})

        second = windows()["seedbox"]
        typed(second.form.row("dl_limit"), "77")
        QTest.keyClick(second.choice.box, Qt.Key.Key_Up)
        await until(lambda: set(windows()) == {"home", "seedbox"})
        assert second.choice.box.currentText() == "seedbox" and second.draft.changed()
        for window in windows().values():
            for key in window.draft.changed():
                window.draft.forget(key)
            window.reject()

    scene_of(run, scene, "5.3.0", "5.1.0")


def test_an_answer_that_is_no_object_is_said(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.preferences = []  # type: ignore[assignment]  # on purpose
        await rig.trigger("options")
        assert (
            rig.notice() == "home: “Options” failed: home sent an answer that cannot be read: "
            "it was cut short, or is not from qBittorrent. If this stays so, check the address, the port, and any "
            "proxy in front of it."
        )

    scene_of(run, scene)


# saving


def test_only_what_was_touched_is_sent_and_read_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        dialog.form.row("dht").input.focus.click()  # type: ignore[attr-defined]  # a check box
        typed(dialog.form.row("max_connec"), "300")
        found = await review(dialog)
        assert cells(found.table) == [
            ["Global maximum number of connections (Connections limits)", "500", "300"],
            ["Enable DHT (decentralized network) to find more peers (Privacy)", "on", "off"],
        ]
        found.ok.click()
        await rig.done("Save the settings")
        assert sent(rig.home) == [{"max_connec": 300, "dht": False}]
        assert dialog.note.text() == "2 settings saved"
        assert dialog.form.changed() == {}
        await close(rig, dialog)

    scene_of(run, scene)


def test_a_value_that_is_no_whole_unit_stays_exact(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        row = dialog.form.row("dl_limit")
        line = row.input.focus.findChild(QLineEdit)
        assert isinstance(line, QLineEdit)
        assert line.text() == "1.5009765625"
        typed(row, "2.5")
        assert dialog.form.changed() == {"dl_limit": 2560}
        typed(row, "1.5009765625")
        assert dialog.form.changed() == {}
        for _time in range(2):
            QTest.keyClick(row.input.focus, Qt.Key.Key_Down)
        assert line.text() == "∞"
        assert dialog.form.changed() == {"dl_limit": 0}
        await close(rig, dialog)

    scene_of(run, scene)


def test_what_another_client_changed_is_kept_and_named(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        typed(dialog.form.row("max_connec"), "300")
        rig.home.world.preferences |= {"max_connec": 400, "up_limit": 2048}
        found = await review(dialog)
        assert cells(found.table)[0][1:] == ["400", "300"]
        assert found.reason.text().endswith("Global maximum number of connections")
        found.ok.click()
        await rig.done("Save the settings")
        assert sent(rig.home) == [{"max_connec": 300}]
        assert rig.home.world.preferences["up_limit"] == 2048
        assert dialog.draft.value("up_limit") == 2048
        await close(rig, dialog)

    scene_of(run, scene)


def test_a_key_that_did_not_take_is_marked_with_what_the_server_has(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.stubborn = {"max_connec"}
        dialog = await opened(rig)
        typed(dialog.form.row("max_connec"), "300")
        await saved(rig, dialog)
        assert "The server has: 500" in [n.text() for n in dialog.findChildren(type(dialog.note))]
        assert dialog.note.text() == "The server did not accept: Global maximum number of connections"
        assert dialog.form.changed() == {"max_connec": 300}
        await close(rig, dialog)

    scene_of(run, scene)


def test_companions_of_older_servers_go_with_it_as_they_are_this_moment(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        row = dialog.form.row("max_ratio_enabled")
        row.input.focus.click()  # type: ignore[attr-defined]  # a check box
        found = await review(dialog)
        rig.home.world.preferences["max_ratio"] = 3
        found.ok.click()
        await rig.done("Save the settings")
        assert sent(rig.home) == [{"max_ratio_enabled": True, "max_ratio": 3}]
        await close(rig, dialog)

    scene_of(run, scene, "5.1.0")


def test_a_time_is_one_input_for_two_keys(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        dialog.form.row("scheduler_enabled").input.focus.click()  # type: ignore[attr-defined]  # a check box
        row = dialog.form.row("schedule_from_min")
        assert row.pref.key == "schedule_from_hour"
        row.input.focus.setFocus()
        QTest.keyClick(row.input.focus, Qt.Key.Key_Up)
        assert dialog.form.changed() == {"scheduler_enabled": True, "schedule_from_hour": 9}
        await close(rig, dialog)

    scene_of(run, scene)


def test_a_lost_connection_loses_no_change(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        typed(dialog.form.row("max_connec"), "300")
        found = await review(dialog)
        rig.home.link.always = lambda _request: Fault()
        found.ok.click()
        await rig.done("Save the settings")
        assert dialog.form.changed() == {"max_connec": 300}
        assert "home" in dialog.note.text()
        await close(rig, dialog)

    scene_of(run, scene)


# confirmations and refusals


def test_what_can_lock_out_is_confirmed_apart(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        typed(dialog.form.row("web_ui_address"), "127.0.0.1")
        (await review(dialog)).ok.click()
        question = await until(lambda: _confirmation(dialog))
        assert question.cancel.isDefault()
        question.reject()
        await rig.done("Save the settings")
        assert sent(rig.home) == []
        assert dialog.form.changed() == {"web_ui_address": "127.0.0.1"}
        await close(rig, dialog)

    scene_of(run, scene)


def test_what_runs_programs_is_confirmed_apart(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        dialog.form.row("autorun_enabled").input.focus.click()  # type: ignore[attr-defined]  # a check box
        (await review(dialog)).ok.click()
        question = await until(lambda: _confirmation(dialog))
        assert question.windowTitle() == "Run programs on the server"
        question.ok.click()
        await rig.done("Save the settings")
        assert sent(rig.home) == [{"autorun_enabled": True}]
        await close(rig, dialog)

    scene_of(run, scene)


def test_names_and_passwords_that_servers_refuse_or_die_of_are_never_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        name, password = dialog.form.row("web_ui_username"), dialog.form.row("web_ui_password")
        for text, why in (("", "At least 3"), ("ab", "At least 3"), ("a:bc", "It cannot contain “:”")):
            line = part(dialog, QLineEdit) and name.input.focus
            assert isinstance(line, QLineEdit)
            line.selectAll()
            QTest.keyClick(line, Qt.Key.Key_Delete)
            QTest.keyClicks(line, text)
            assert why in name.input.why_not()
            dialog.save()
            assert open_dialog() is dialog
        typed(name, "admin")
        typed(password, "short")
        dialog.save()
        assert "At least 6" in dialog.note.text()
        assert sent(rig.home) == []
        dialog.draft.forget("web_ui_password")
        await close(rig, dialog)

    scene_of(run, scene)


def test_secrets_are_in_no_text_of_the_window(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        await dialog.form.build_rest()
        texts = [w.text() for w in dialog.findChildren(QLineEdit)] + [w.toolTip() for w in dialog.findChildren(QWidget)]
        assert not any("the-mail-password" in text for text in texts)
        assert dialog.form.found("the-mail-password") == []
        typed(dialog.form.row("mail_notification_password"), "a-new-secret")
        found = await review(dialog)
        assert cells(found.table)[0][1:] == ["••••", "changed"]
        found.ok.click()
        await rig.done("Save the settings")
        assert sent(rig.home) == [{"mail_notification_password": "a-new-secret"}]
        assert "a-new-secret" not in [w.text() for w in dialog.findChildren(QLineEdit)]
        await close(rig, dialog)

    scene_of(run, scene)


# searching


def test_a_search_covers_all_pages_labels_keys_help_and_values(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        form = dialog.form
        QTest.keyClicks(form.search, "elsewhere")
        assert form.page_in_view == "downloads"
        form.search.clear()
        QTest.keyClicks(form.search, "a_new_key")
        assert form.page_in_view == "other"
        form.search.clear()
        QTest.keyClicks(form.search, "dht")
        first = form.page_in_view
        QTest.keyClick(form.search, Qt.Key.Key_Return)
        QTest.keyClick(form.search, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        assert form.page_in_view == first == "bittorrent"
        await close(rig, dialog)

    scene_of(run, scene)


def test_rows_follow_what_they_hang_on(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        box, days = dialog.form.row("scheduler_enabled").input.focus, dialog.form.row("scheduler_days").input.focus
        assert isinstance(box, QCheckBox)
        assert not days.isEnabled()
        box.click()
        assert days.isEnabled()
        await close(rig, dialog)

    scene_of(run, scene)


def test_a_value_unlike_the_default_can_be_put_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        row = dialog.form.row("max_connec")
        assert row.reset.isHidden()
        typed(row, "300")
        assert not row.reset.isHidden()
        row.reset.click()
        assert dialog.form.changed() == {}
        await close(rig, dialog)

    scene_of(run, scene)


def _confirmation(dialog: PreferencesDialog) -> Any:
    from qbt_remote.ui.kit.dialogs import ConfirmDialog

    return next((d for d in dialog.findChildren(ConfirmDialog) if d.isVisible()), None)


def test_the_window_comes_back_as_it_was_left(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        dialog.resize(901, 603)
        dialog.form.show_page("speed")
        await close(rig, dialog)
        again = await opened(rig)
        assert (again.width(), again.height(), again.form.page_in_view) == (901, 603, "speed")
        await close(rig, again)

    scene_of(run, scene)


def test_changes_are_not_thrown_away_by_escape(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        dialog.form.row("dht").input.focus.click()  # type: ignore[attr-defined]  # a check box
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        question = await until(lambda: _confirmation(dialog))
        question.reject()
        await rig.done("Discard the changes")
        assert dialog.isVisible() and dialog.form.changed() == {"dht": False}
        dialog.close_button.click()
        (await until(lambda: _confirmation(dialog))).ok.click()
        await until(lambda: not rig.window.findChildren(PreferencesDialog))
        assert sent(rig.home) == []

    scene_of(run, scene)
