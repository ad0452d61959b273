"""Windows and dialogs about a whole server: log, statistics, limits, information, key, cookies, its end."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QPushButton, QSpinBox, QToolButton, QWidget

from qbt_remote.ui.admin.api_key import KeyDialog
from qbt_remote.ui.admin.cookies import CookiesDialog
from qbt_remote.ui.admin.log_view import LogView
from qbt_remote.ui.admin.log_window import LogWindow
from qbt_remote.ui.admin.server_info import InfoDialog
from qbt_remote.ui.admin.server_window import ServerWindow
from qbt_remote.ui.admin.speed_limits import SpeedLimitsDialog
from qbt_remote.ui.admin.statistics import Statistics
from qbt_remote.ui.kit.dialogs import FormDialog
from tests.conftest import Run
from tests.sim.faults import late
from tests.ui.conftest import until
from tests.ui.rig import Rig, open_dialog, part, play, three_torrents

W = TypeVar("W", bound=ServerWindow)

KIB = 1024
HOSTILE = "<b>bold</b> & \x1b[31m <img src=x>"


def windows(kind: type[ServerWindow]) -> list[ServerWindow]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]


async def opened(rig: Rig, command: str, kind: type[W]) -> W:
    await rig.trigger(command)
    (window,) = windows(kind)
    assert isinstance(window, kind)
    return window


def lines(view: LogView) -> list[str]:
    return [view.model.line(row) for row in range(view.model.rowCount())]


def messages(view: LogView) -> list[str]:
    return [line.rpartition("\t")[2] for line in lines(view)]


# the log


def test_the_log_shows_what_is_there_and_what_comes(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.say(HOSTILE, 4)
        log = await opened(rig, "log", LogWindow)
        await until(lambda: messages(log.main) == ["qBittorrent v5.3.0 started", HOSTILE])

        rig.home.world.say("later", 8)
        await until(lambda: messages(log.main)[-1] == "later", 4)

        asked = [form["last_known_id"] for form in rig.home.calls("log/main")]
        assert asked[:2] == ["-1", "0"]  # the last one once more, to know that the server is still the same
        log.close()

    play(run, scene)


def test_a_log_is_called_empty_once_the_server_has_said_so(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.link.plan("log/main", late(0.2))
        window = await opened(rig, "log", LogWindow)
        assert window.main.note == ""
        await until(lambda: messages(window.main) == ["qBittorrent v5.3.0 started"])
        window.close()

    play(run, scene)


def test_tab_goes_through_the_log_as_the_eye_does(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.say("here", 4)
        log = await opened(rig, "log", LogWindow)
        await until(lambda: "here" in messages(log.main))
        view, passed = log.main, list[QWidget | None]()
        view.words.setFocus()
        for _ in range(7):
            passed.append(log.focusWidget())
            QTest.keyClick(passed[-1] or log, Qt.Key.Key_Tab)

        assert passed == [view.words, *view.types.values(), view.follow, part(view, QPushButton)]
        assert log.focusWidget() is view.table
        log.close()

    play(run, scene)


def test_times_and_texts_of_old_servers_are_read_as_they_mean_them(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        log = await opened(rig, "log", LogWindow)
        await until(lambda: lines(log.main))
        assert lines(log.main)[0].startswith("2026-11-23")
        log.close()

    play(run, scene, "4.2.5")


def test_a_log_that_began_anew_replaces_the_old_one(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.say("before")
        log = await opened(rig, "log", LogWindow)
        await until(lambda: messages(log.main)[-1:] == ["before"])

        rig.home.world.log.clear()
        rig.home.world.say("after the restart")

        await until(lambda: messages(log.main) == ["after the restart"], 4)
        log.close()

    play(run, scene)


def test_a_log_goes_on_after_its_server_has_moved(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        log = await opened(rig, "log", LogWindow)
        await until(lambda: messages(log.main))

        await rig.window.hooks.replace_server(replace(rig.home.config), None)
        await until(lambda: rig.home.session.status.phase == "online")
        rig.home.world.say("at the new place")

        await until(lambda: messages(log.main)[-1] == "at the new place", 4)
        assert await opened(rig, "log", LogWindow) is log
        log.close()

    play(run, scene)


def test_a_time_that_is_none_is_left_out(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.say("never")
        rig.home.world.log[-1]["timestamp"] = 10**30
        log = await opened(rig, "log", LogWindow)
        await until(lambda: messages(log.main)[-1:] == ["never"])
        assert lines(log.main)[-1].startswith("\t")
        log.close()

    play(run, scene)


def test_words_and_types_narrow_the_log_down_and_the_rest_is_copied(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for text, type in (("Disk error", 8), ("Disk is slow", 4), ("Peer ID", 2)):
            rig.home.world.say(text, type)
        log = await opened(rig, "log", LogWindow)
        await until(lambda: len(lines(log.main)) == 4)

        log.main.words.setText("DISK")
        assert messages(log.main) == ["Disk error", "Disk is slow"]
        log.main.words.setText("DISK tape")
        assert log.main.note == "No line matches the filter."
        log.main.words.setText("DISK")
        assert log.main.note == ""
        log.main.types[4].click()
        assert messages(log.main) == ["Disk error"]
        log.activateWindow()
        await until(log.isActiveWindow)
        log.main.table.setFocus()
        QTest.keyClick(log.main.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

        assert QGuiApplication.clipboard().text() == lines(log.main)[0]
        assert "Critical\tDisk error" in lines(log.main)[0]
        log.close()

    play(run, scene)


def test_new_lines_are_followed_until_somebody_scrolls_away(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for number in range(200):
            rig.home.world.say(f"line {number}")
        log = await opened(rig, "log", LogWindow)
        await until(lambda: len(lines(log.main)) == 201)
        bar = log.main.table.verticalScrollBar()
        assert bar.value() == bar.maximum() > 0
        rig.home.world.say("followed")
        await until(lambda: messages(log.main)[-1] == "followed", 4)
        assert bar.value() == bar.maximum()

        bar.setValue(50)
        rig.home.world.say("not followed")
        await until(lambda: messages(log.main)[-1] == "not followed", 4)
        assert bar.value() == 50
        log.close()

    play(run, scene)


def test_only_the_tab_in_view_is_asked_for(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        log = await opened(rig, "log", LogWindow)
        await until(lambda: rig.home.calls("log/main"))
        assert not rig.home.calls("log/peers")

        log.tabs.setCurrentWidget(log.peers)
        await until(lambda: log.peers.note == "No peers have been blocked.")
        rig.home.world.block("127.0.0.9", "IP filter")

        await until(
            lambda: [line.split("\t")[1:] for line in lines(log.peers)] == [["127.0.0.9", "Blocked", "IP filter"]]
        )
        log.close()

    play(run, scene)


def test_one_window_for_each_server_comes_to_the_front_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        first = await opened(rig, "log", LogWindow)
        assert await opened(rig, "log", LogWindow) is first
        first.resize(777, 444)
        QTest.keyClick(first, Qt.Key.Key_Escape)
        assert windows(LogWindow) == []

        assert (await opened(rig, "log", LogWindow)).width() == 777
        windows(LogWindow)[0].close()

    play(run, scene)


def choose(window: ServerWindow, server: str) -> None:
    """Choose another server as with the keys."""
    box = window.choice.box
    assert box.isVisible()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findText(server)):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == server


@pytest.mark.parametrize(("command", "kind"), [("log", LogWindow), ("statistics", Statistics)])
def test_the_server_is_chosen_in_the_window(run: Run, command: str, kind: type[ServerWindow]) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig, command, kind)
        assert "home" in window.windowTitle()

        choose(window, "seedbox")

        assert "seedbox" in window.windowTitle() and window.session is rig.servers[1].session
        assert await opened(rig, command, kind) is window, "it is the one that is open"
        window.close()

    play(run, scene, "5.3.0", "4.2.5")


def test_the_log_of_another_server_takes_the_place_of_the_first(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.say("only at home", 1)
        log = await opened(rig, "log", LogWindow)
        await until(lambda: "only at home" in messages(log.main))

        choose(log, "seedbox")
        await until(lambda: messages(log.main) == ["qBittorrent v5.1.0 started"])
        choose(log, "home")
        await until(lambda: "only at home" in messages(log.main))
        log.close()

    play(run, scene, "5.3.0", "5.1.0")


def test_with_one_server_there_is_no_choice(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await opened(rig, "statistics", Statistics)
        assert not window.choice.isVisible()
        window.close()

    play(run, scene)


def test_of_several_servers_one_is_asked_for(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await rig.question("server_info")
        QTest.keyClick(part(dialog, QListWidget), Qt.Key.Key_Down)
        dialog.ok.click()
        shown = await until(lambda: next(iter(rig.window.findChildren(InfoDialog)), None))
        assert "seedbox" in shown.windowTitle()
        shown.reject()

    play(run, scene, "5.3.0", "4.2.5")


def test_servers_of_one_name_are_told_apart_by_their_addresses(run: Run) -> None:
    def before(rig: Rig) -> None:
        rig.servers[1].config.name = "home"

    async def scene(rig: Rig) -> None:
        dialog = await rig.question("server_info")
        shown = part(dialog, QListWidget)
        assert "seedbox.test" in shown.item(1).text()
        dialog.reject()

        window = await opened(rig, "statistics", Statistics)
        assert "seedbox.test" in window.choice.box.itemText(1)
        window.close()

    play(run, scene, "5.3.0", "4.2.5", before=before)


def test_the_server_of_the_selected_torrents_is_meant(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A2", "B2")
        window = await opened(rig, "statistics", Statistics)
        assert "seedbox" in window.windowTitle()
        window.close()

        rig.select("A", "A2")
        (await rig.question("server_info")).reject()

    play(run, scene, "5.3.0", "4.2.5")


def test_a_window_whose_server_goes_says_so_and_goes_on_when_it_is_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        log = await opened(rig, "log", LogWindow)
        await until(lambda: lines(log.main))
        await rig.home.session.stop()
        await until(lambda: log.problem == "home is not connected.", 4)
        assert lines(log.main)

        rig.home.session.start()
        await until(lambda: log.problem == "", 4)
        log.close()

    play(run, scene)


# statistics


def test_statistics_follow_the_server_and_leave_out_what_it_does_not_send(run: Run) -> None:
    def before(rig: Rig) -> None:
        rig.home.world.set_server(alltime_ul=3 * KIB, global_ratio="-", read_cache_hits="0", average_time_queue=25)

    async def scene(rig: Rig) -> None:
        window = await opened(rig, "statistics", Statistics)

        def shown() -> dict[str, str]:
            found = [w for w in window.findChildren(QLabel) if w.isVisible() and w.accessibleName()]
            return dict(w.accessibleName().split(": ", 1) for w in found)

        assert shown() == {
            "All-time upload": "3.0 KiB",
            "All-time share ratio": "-",
            "Read cache hits": "0%",
            "Average time in queue": "25 ms",
        }
        rig.home.world.set_server(alltime_ul=4 * KIB, read_cache_hits={"odd": 1}, queued_io_jobs=[])
        await until(lambda: shown()["All-time upload"] == "4.0 KiB", 4)
        window.close()

    play(run, scene, before=before)


# speed limits


def test_only_the_limits_that_were_changed_are_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await rig.question("speed_limits")
        assert isinstance(dialog, SpeedLimitsDialog)
        assert [part(dialog, QSpinBox, n).value() for n in range(4)] == [0, 0, 10, 10]
        part(dialog, QSpinBox, 2).setValue(500)
        dialog.use_alternative.click()
        await rig.answer(dialog, "speed_limits")

        (form,) = rig.home.calls("app/setPreferences")
        assert json.loads(form["json"]) == {"alt_up_limit": 500 * KIB}
        assert rig.home.calls("transfer/setSpeedLimitsMode") == [{"mode": "1"}]

    play(run, scene)


def test_a_click_on_a_speed_is_about_the_servers_whose_sum_it_is_whatever_is_selected(run: Run) -> None:
    def before(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.preferences["dl_limit"] = 100 * KIB
        rig.home.world.set_server(use_alt_speed_limits=True)

    async def scene(rig: Rig) -> None:
        buttons = rig.window.status.findChildren(QToolButton)
        speed = next(b for b in buttons if b.accessibleName().startswith("Download speed"))
        rig.select("A2")
        QTest.mouseClick(speed, Qt.MouseButton.LeftButton)
        dialog = await until(open_dialog)
        assert isinstance(dialog, SpeedLimitsDialog)
        assert "home, seedbox" in [shown.text() for shown in dialog.findChildren(QLabel)]
        assert [part(dialog, QSpinBox, n).text() for n in range(4)] == ["∞", "Different", "10", "10"]
        assert dialog.use_alternative.checkState() == Qt.CheckState.PartiallyChecked
        part(dialog, QSpinBox, 0).setValue(50)
        await rig.answer(dialog, "download_limits")
        for server in rig.servers:
            assert [json.loads(form["json"]) for form in server.calls("app/setPreferences")] == [{"up_limit": 50 * KIB}]
            assert not server.calls("transfer/setSpeedLimitsMode"), "what differs was left so"

        rig.window.sidebar.pick("server", rig.servers[1].config.id)
        QTest.mouseClick(speed, Qt.MouseButton.LeftButton)
        dialog = await until(open_dialog)
        assert "seedbox" in [shown.text() for shown in dialog.findChildren(QLabel)]
        dialog.reject()
        await rig.done(rig.action("download_limits").iconText())

    play(run, scene, "5.3.0", "5.1.0", before=before)


def test_a_global_limit_that_differs_is_shown_so_and_can_be_left(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set_server(dl_rate_limit=5 * KIB)
        await until(lambda: rig.home.session.mirror.server["dl_rate_limit"])
        dialog = await rig.question("global_download_limit")
        assert part(dialog, QSpinBox).text() == "Different"
        await rig.answer(dialog, "global_download_limit")
        assert not any(server.calls("transfer/setDownloadLimit") for server in rig.servers)

    play(run, scene, "5.3.0", "5.1.0")


def test_limits_left_alone_send_nothing_even_if_they_are_no_whole_kib(run: Run) -> None:
    def before(rig: Rig) -> None:
        rig.home.world.preferences["dl_limit"] = 1500

    async def scene(rig: Rig) -> None:
        dialog = await rig.question("speed_limits")
        await rig.answer(dialog, "speed_limits")
        assert rig.home.commands() == ["app/preferences"]

    play(run, scene, before=before)


# information


def test_the_information_of_a_new_and_an_old_server_can_be_read_and_copied(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for server, more in zip(rig.servers, ({"Running since"}, set()), strict=True):
            rig.window.sidebar.pick("server", server.config.id)
            dialog = await rig.question("server_info")
            names = {w.accessibleName().partition(":")[0] for w in dialog.findChildren(QLabel)} - {""}
            assert names >= {"Address", "qBittorrent", "Web API", "libtorrent", "Qt", "Default save path"} | more
            assert ("Running since" in names) is bool(more)
            next(b for b in dialog.buttons.buttons() if "Copy" in b.text()).click()
            assert f"qBittorrent: v{server.world.release}" in QGuiApplication.clipboard().text()
            dialog.reject()
            await rig.done(rig.action("server_info").iconText())

    play(run, scene, "5.3.0", "4.2.5")


def test_a_click_on_a_speed_opens_its_limit(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for alternative in (False, True):
            rig.home.world.set_server(use_alt_speed_limits=alternative)
            await until(lambda on=alternative: rig.home.session.mirror.server["use_alt_speed_limits"] is on)  # type: ignore[misc]  # binds the loop's value
            for name, field in (("Download speed", "Download"), ("Upload speed", "Upload")):
                button = next(
                    b for b in rig.window.status.findChildren(QToolButton) if b.accessibleName().startswith(name)
                )
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                dialog = await until(open_dialog)
                focus = dialog.focusWidget()
                assert focus is not None
                group = "Alternative speed limits" if alternative else "Speed limits"
                assert focus.accessibleName() == f"{group}: {field}"
                dialog.reject()
                await until(lambda: open_dialog() is None)

    play(run, scene)


# the API key


def test_the_key_is_shown_only_when_it_is_asked_for(run: Run) -> None:
    def before(rig: Rig) -> None:
        rig.home.world.preferences["web_ui_api_key"] = "qbt_secret"

    async def scene(rig: Rig) -> None:
        dialog = await rig.question("api_key")
        assert isinstance(dialog, KeyDialog)
        field = part(dialog, QLineEdit)
        assert "secret" not in field.text()
        dialog.show_key.click()
        assert field.text() == "qbt_secret"
        dialog.show_key.click()
        assert "secret" not in field.text()
        dialog.copy_key.click()
        assert QGuiApplication.clipboard().text() == "qbt_secret"
        dialog.reject()

    play(run, scene, before=before)


async def sure(rig: Rig, dialog: FormDialog) -> None:
    """Say yes to the question above a dialog."""

    def question() -> FormDialog | None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, FormDialog) and w.isVisible()]
        return next((w for w in found if w is not dialog), None)

    asked = await until(question)
    assert asked.cancel.isDefault()
    asked.ok.click()


def test_a_key_is_made_replaced_and_deleted(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await rig.question("api_key")
        assert isinstance(dialog, KeyDialog)
        assert not dialog.delete.isEnabled()
        dialog.rotate.click()
        await until(dialog.delete.isEnabled)
        first = rig.home.world.preferences["web_ui_api_key"]

        dialog.rotate.click()
        await sure(rig, dialog)
        await until(lambda: rig.home.world.preferences["web_ui_api_key"] != first)
        dialog.delete.click()
        await sure(rig, dialog)
        await until(lambda: not dialog.delete.isEnabled())

        assert rig.home.world.preferences["web_ui_api_key"] == ""
        dialog.reject()

    play(run, scene)


def test_what_no_shown_server_has_cannot_be_chosen_and_says_why(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        reasons = {id: rig.action(id).toolTip() for id in ("api_key", "cookies", "test_email")}
        assert not any(rig.action(id).isEnabled() for id in reasons)
        assert "Needs qBittorrent 5.2" in reasons["api_key"]
        assert "Needs qBittorrent 5.1" in reasons["cookies"]
        assert "Needs qBittorrent 5.0" in reasons["test_email"]

    play(run, scene, "4.5.2")


# cookies, mail, the end


def write(dialog: CookiesDialog, row: int, column: int, text: str) -> None:
    item = dialog.table.item(row, column)
    assert item is not None
    item.setText(text)


def test_cookies_are_edited_added_and_removed_in_one_go(run: Run) -> None:
    def before(rig: Rig) -> None:
        one = {"domain": "a.test", "path": "/", "name": "uid", "value": "1", "expirationDate": 1_800_000_000}
        told = {"value": "Ã©", "expirationDate": 10**30}  # the server reads out "é" so, and any number may come
        rig.home.world.cookies = [one, one | {"name": "old"}, one | told]

    async def scene(rig: Rig) -> None:
        dialog = await rig.question("cookies")
        assert isinstance(dialog, CookiesDialog)
        write(dialog, 0, 3, "2")
        dialog.table.setCurrentCell(1, 0)
        dialog.remove_button.click()
        dialog.add_button.click()
        assert not dialog.ok.isEnabled()
        write(dialog, 2, 2, "pass")
        write(dialog, 2, 4, "tomorrow")
        assert "date" in dialog.reason.text()
        write(dialog, 2, 4, "")
        await rig.answer(dialog, "cookies")

        first, kept, second = rig.home.world.cookies
        assert kept["value"] == "é"
        assert first == {"domain": "a.test", "path": "/", "name": "uid", "value": "2", "expirationDate": 1_800_000_000}
        assert second == {"domain": "", "path": "/", "name": "pass", "value": "", "expirationDate": -1}

    play(run, scene, before=before)


def test_of_very_many_cookies_the_first_are_edited_and_the_others_stay(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qbt_remote.ui.admin.cookies.MOST_LISTED", 3)
    one = {"domain": "a.test", "path": "/", "value": "1", "expirationDate": 1_800_000_000}

    def before(rig: Rig) -> None:
        rig.home.world.cookies = [one | {"name": f"n{n}"} for n in range(5)]

    async def scene(rig: Rig) -> None:
        dialog = await rig.question("cookies")
        assert isinstance(dialog, CookiesDialog)
        assert dialog.table.rowCount() == 3
        assert any("2 more are not listed and stay." in words.text() for words in dialog.findChildren(QLabel))
        dialog.table.setCurrentCell(1, 0)
        dialog.remove_button.click()
        await rig.answer(dialog, "cookies")

        assert rig.home.world.cookies == [one | {"name": name} for name in ("n0", "n2", "n3", "n4")]

    play(run, scene, before=before)


def test_cookies_left_alone_are_not_sent(run: Run) -> None:
    def before(rig: Rig) -> None:
        one = {"domain": "a.test", "path": "/", "name": "uid", "value": "1", "expirationDate": 1_800_000_001}
        rig.home.world.cookies = [one, one | {"expirationDate": -1}]

    async def scene(rig: Rig) -> None:
        dialog = await rig.question("cookies")
        await rig.answer(dialog, "cookies")
        assert rig.home.commands() == ["app/cookies"]

    play(run, scene, before=before)


def test_a_test_email_says_where_its_result_will_be(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await rig.trigger("test_email")
        assert rig.home.commands() == ["app/sendTestEmail"]
        assert "its log says why" in rig.notice()

    play(run, scene)


def test_a_server_is_shut_down_only_after_a_question_with_cancel_as_its_default(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await rig.question("shut_down")
        assert dialog.cancel.isDefault()
        dialog.reject()
        await rig.done(rig.action("shut_down").iconText())
        assert rig.home.commands() == []

        await rig.answer(await rig.question("shut_down"), "shut_down")
        assert rig.home.commands() == ["app/shutdown"]

    play(run, scene)
