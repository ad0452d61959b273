"""Commands reach the servers with the torrents that need them, on none, one and many."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QListWidget, QRadioButton, QSpinBox, QWidget

from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.preview import PreviewDialog
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.window.commands import COMMANDS
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, fill_in, hash_of, open_dialog, part, play

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def a_dozen(rig: Rig) -> None:
    for number in range(12):
        rig.home.world.add(f"T{number}", state="uploading", progress=1)


# starting, stopping


def test_stop_is_sent_to_what_runs_and_shows_in_the_list(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B", "C")
        await rig.trigger("stop")
        assert rig.home.hashes("torrents/stop") == [hash_of(rig.home, "A", "C")]
        await until(lambda: rig.home.torrent("A").state == "stoppedDL")

    play(run, scene)


def test_start_speaks_the_old_servers_word(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        await rig.trigger("start")
        assert rig.home.hashes("torrents/resume") == [hash_of(rig.home, "B")]
        await until(lambda: rig.home.torrent("B").state == "stalledDL")

    play(run, scene, "4.5.2")


def test_keys_do_what_they_do_in_qbittorrent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        await rig.key(Qt.Key.Key_S, CTRL)
        await until(lambda: rig.home.calls("torrents/start"))
        await rig.key(Qt.Key.Key_P, CTRL)
        await until(lambda: rig.home.calls("torrents/stop"))
        await rig.key(Qt.Key.Key_R, CTRL)
        QTest.keyClick((await until(open_dialog)), Qt.Key.Key_Return)
        await until(lambda: rig.home.calls("torrents/recheck"))
        await rig.key(Qt.Key.Key_F2)
        assert open_dialog() is None
        rig.select("A")
        await rig.key(Qt.Key.Key_F2)
        (await until(open_dialog)).reject()

    play(run, scene)


def test_force_start_goes_on_for_a_mixed_selection(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set(rig.home.torrent("A").hash, force_start=True, state="forcedDL")
        await until(lambda: rig.home.torrent("A").force_start)
        rig.select("A", "B")
        await rig.trigger("force_start")
        (form,) = rig.home.calls("torrents/setForceStart")
        assert form == {"hashes": hash_of(rig.home, "B")[0], "value": "true"}

    play(run, scene)


def test_taking_the_force_away_never_starts_what_is_stopped(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for name, state in (("A", "forcedDL"), ("B", "stoppedDL")):
            rig.home.world.set(rig.home.torrent(name).hash, force_start=True, state=state)
        await until(lambda: rig.home.torrent("A").force_start and rig.home.torrent("B").force_start)
        rig.select("A", "B")
        await rig.trigger("force_start")
        (form,) = rig.home.calls("torrents/setForceStart")
        assert form == {"hashes": hash_of(rig.home, "A")[0], "value": "false"}

    play(run, scene)


# removing


def test_the_remove_dialog_names_the_torrents_and_says_what_its_button_does(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "C")
        dialog = await rig.question("remove")
        shown = part(dialog, QListWidget)
        assert sorted(shown.item(n).text() for n in range(shown.count())) == ["A", "C"]
        assert dialog.ok.text() == "Remove"
        part(dialog, QCheckBox).click()
        assert dialog.ok.text() == "Remove and delete files"
        await rig.answer(dialog, "remove")
        (form,) = rig.home.calls("torrents/delete")
        assert form["deleteFiles"] == "true"
        await until(lambda: len(rig.home.session.mirror.torrents) == 1)

    play(run, scene)


def test_the_files_are_kept_each_time_unless_always_is_ticked_beside_them(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        await rig.key(Qt.Key.Key_Delete, SHIFT)
        dialog = await until(open_dialog)
        assert states(dialog) == (True, False)
        await rig.answer(dialog, "remove_files")

        rig.select("B")
        await rig.key(Qt.Key.Key_Delete)
        dialog = await until(open_dialog)
        assert states(dialog) == (False, False)
        assert not part(dialog, QCheckBox, 1).isEnabled()
        part(dialog, QCheckBox).click()
        part(dialog, QCheckBox, 1).click()
        part(dialog, QCheckBox).click()
        assert states(dialog) == (False, False), "always to keep them is what it does anyway"
        part(dialog, QCheckBox).click()
        await rig.answer(dialog, "remove")

        rig.select("C")
        dialog = await rig.question("remove")
        assert states(dialog) == (False, False)
        dialog.reject()
        assert [form["deleteFiles"] for form in rig.home.calls("torrents/delete")] == ["true", "true"]

    play(run, scene)


def test_always_deleting_the_files_is_set_and_taken_back_in_the_question(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("remove")
        part(dialog, QCheckBox).click()
        part(dialog, QCheckBox, 1).click()
        await rig.answer(dialog, "remove")
        assert rig.settings.always_delete_files

        rig.select("B")
        dialog = await rig.question("remove")
        assert states(dialog) == (True, True)
        part(dialog, QCheckBox, 1).click()
        await rig.answer(dialog, "remove")

        rig.select("C")
        dialog = await rig.question("remove")
        assert states(dialog) == (False, False)
        dialog.reject()

    play(run, scene)


def states(dialog: QWidget) -> tuple[bool, bool]:
    """Whether "Also delete the files" is ticked, and "Always"."""
    return part(dialog, QCheckBox).isChecked(), part(dialog, QCheckBox, 1).isChecked()


def test_escape_removes_nothing_and_remembers_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("remove")
        part(dialog, QCheckBox).click()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await rig.done("Remove")
        assert rig.home.commands() == []
        assert not rig.settings.always_delete_files

    play(run, scene)


def test_a_question_closes_when_its_torrents_are_gone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question("limit_download")
        rig.home.world.remove(rig.home.torrent("A").hash)
        await until(lambda: len(rig.home.session.mirror.torrents) == 2)
        assert dialog.isVisible()
        rig.home.world.remove(rig.home.torrent("B").hash)
        await until(lambda: open_dialog() is None)
        assert "no longer on the server" in rig.notice()
        assert rig.home.commands() == []

    play(run, scene)


def test_what_has_gone_while_a_question_was_open_is_not_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question("limit_download")
        stays = hash_of(rig.home, "B")
        rig.home.world.remove(rig.home.torrent("A").hash)
        await until(lambda: len(rig.home.session.mirror.torrents) == 2)
        part(dialog, QSpinBox).setValue(7)
        await rig.answer(dialog, "limit_download")
        assert rig.home.hashes("torrents/setDownloadLimit") == [stays]

    play(run, scene)


# asking first


def test_a_recheck_is_asked_about_even_of_one(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.table.selectAll()
        dialog = await rig.question("recheck")
        assert part(dialog, QListWidget).count() == 12
        dialog.reject()
        await rig.done("Force recheck")
        assert rig.home.calls("torrents/recheck") == []

        rig.select("T1")
        dialog = await rig.question("recheck")
        assert part(dialog, QLabel).text().startswith("Recheck this torrent?")
        await rig.answer(dialog, "recheck")
        assert rig.home.hashes("torrents/recheck") == [hash_of(rig.home, "T1")]

    play(run, scene, before=a_dozen)


def test_automatic_management_is_asked_about_only_when_it_goes_on(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.world.set(rig.home.torrent("A").hash, auto_tmm=True)
        await until(lambda: rig.home.torrent("A").auto_tmm)
        rig.select("A", "B")
        dialog = await rig.question("management")
        await rig.answer(dialog, "management")
        assert rig.home.calls("torrents/setAutoManagement") == [{"hashes": hash_of(rig.home, "B")[0], "enable": "true"}]
        await until(lambda: rig.home.torrent("B").auto_tmm)
        await rig.trigger("management")
        assert rig.home.calls("torrents/setAutoManagement")[1]["enable"] == "false"

    play(run, scene)


# whole servers


@pytest.mark.parametrize("release", ["4.2.5", "5.3.0"])
def test_alternative_limits_are_switched_on_and_off(run: Run, release: str) -> None:
    async def scene(rig: Rig) -> None:
        await rig.trigger("alt_speed")
        await until(lambda: rig.home.world.server["use_alt_speed_limits"] and rig.action("alt_speed").isChecked())
        await rig.trigger("alt_speed")
        await until(lambda: not rig.home.world.server["use_alt_speed_limits"])
        await until(lambda: not rig.action("alt_speed").isChecked())

    play(run, scene, release)


def test_alternative_limits_of_several_servers_become_the_same(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        home, seedbox = rig.servers
        home.world.set_server(use_alt_speed_limits=True)
        await until(lambda: home.session.mirror.server["use_alt_speed_limits"])
        await until(lambda: "On for some of them" in rig.action("alt_speed").toolTip())
        await rig.trigger("alt_speed")
        assert home.commands() == []
        assert seedbox.world.server["use_alt_speed_limits"] is True

    play(run, scene, "5.3.0", "4.2.5")


def test_a_global_limit_is_set_on_the_shown_servers(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.sidebar.pick("server", rig.servers[1].config.id)
        dialog = await rig.question("global_download_limit")
        part(dialog, QSpinBox).setValue(7)
        await rig.answer(dialog, "global_download_limit")
        assert [s.calls("transfer/setDownloadLimit") for s in rig.servers] == [[], [{"limit": "7168"}]]

    play(run, scene, "5.3.0", "5.1.0")


def test_the_programs_own_commands_reach_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for command in ("pause_all", "resume_all", "servers", "add_server", "quit"):
            await rig.trigger(command)
        assert rig.asked == ["pause_all", "resume_all", "servers", "add_server", "quit"]

    play(run, scene)


def test_view_commands_are_checked_as_things_are(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for command, shown in (("sidebar", rig.window.sidebar), ("status_bar", rig.window.status)):
            await rig.trigger(command)
            assert (shown.isVisible(), rig.action(command).isChecked()) == (False, False)
            await rig.trigger(command)
            assert (shown.isVisible(), rig.action(command).isChecked()) == (True, True)
        await rig.trigger("toolbar")
        assert (rig.window.tools.isVisible(), rig.settings.toolbar_visible) == (False, False)
        await rig.trigger("focus_filter")
        assert rig.window.tools.isVisible() and rig.window.filter_box.hasFocus(), "it is in there"
        hide = rig.window.tools.toggleViewAction()  # of the menu at a right click
        hide.trigger()
        await until(lambda: not rig.settings.toolbar_visible)
        rig.window.refresh()
        rig.menu()
        assert not rig.action("toolbar").isChecked()
        await rig.trigger("toolbar")
        assert (rig.window.tools.isVisible(), rig.settings.toolbar_visible) == (True, True)
        await rig.trigger("toolbar_text")
        assert rig.window.tools.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon

    play(run, scene)


# all of them


@pytest.mark.parametrize("count", [0, 1, 12])
@pytest.mark.parametrize("release", ["4.2.5", "5.3.0"])
def test_every_command_works_on_none_one_and_many(run: Run, release: str, count: int) -> None:
    """With each question answered by OK where that can be, none fails and the server refuses nothing."""

    def kinds(rig: Rig) -> None:
        states = ("downloading", "stoppedDL", "uploading", "queuedDL", "forcedUP", "stoppedUP")
        for number in range(12):
            state = states[number % 6]
            rig.home.world.add(
                f"T{number}",
                state=state,
                progress=float("UP" in state or state == "uploading"),
                priority=0 if "UP" in state or state == "uploading" else number + 1,
                force_start=state == "forcedUP",
                tags="big" if number % 2 else "",
                category="linux" if number % 3 else "",
            )
        rig.home.world.add_category("linux")
        rig.home.world.add_tag("big")

    async def scene(rig: Rig) -> None:
        leave = {"quit", "show_hide", "add_files", "add_links", "paste", "remove", "remove_files", "export"}
        for command in [c for c in COMMANDS if c.id not in leave]:
            rig.window.table.clearSelection()
            rig.select(*[f"T{n}" for n in range(count)])
            await carry_out(rig, command)
            current = rig.window.notices.current
            assert current is None or current.level == "info", (command.id, current)
        if count:
            rig.select(*[f"T{n}" for n in range(count)])
            await carry_out(rig, next(c for c in COMMANDS if c.id == "remove"))
            await until(lambda: len(rig.home.session.mirror.torrents) == 12 - count)

    play(run, scene, release, before=kinds)


async def carry_out(rig: Rig, command: Command) -> None:
    rig.action(command.id).trigger()
    doing: Any = rig.action(command.id).iconText()
    nothing_to_do: list[bool] = []

    def answered() -> bool:
        dialog = open_dialog()
        if isinstance(dialog, PreviewDialog) and not dialog.ok.isEnabled():
            nothing_to_do.append(True)
        if isinstance(dialog, FormDialog) and nothing_to_do:
            dialog.reject()  # the preview, and then the question that comes back
        elif isinstance(dialog, FormDialog):
            if not dialog.ok.isEnabled() and dialog.findChildren(QLineEdit):
                fill_in(dialog, f"made by {command.id}")
            dialog.ok.click() if dialog.ok.isEnabled() else dialog.reject()
        elif dialog is not None:
            dialog.reject()
        return dialog is None and doing not in rig.tasks.doing

    await until(answered)


# removing what others have too


def twins(rig: Rig) -> None:
    """A and B have the same files, C its own."""
    for name, path in (("A", "film"), ("B", "film/part.mkv"), ("C", "C")):
        rig.home.world.add(name, state="uploading", progress=1, content_path=f"/downloads/{path}")


def test_files_that_another_torrent_has_are_kept_and_the_rest_deleted(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        a, c = hash_of(rig.home, "A", "C")
        rig.select("A", "C")
        dialog = await rig.question("remove_files")
        assert [part(dialog, QListWidget, 1).item(0).text()] == ["B"]
        await rig.answer(dialog, "remove_files")
        assert [(f["hashes"], f["deleteFiles"]) for f in rig.home.calls("torrents/delete")] == [
            (a, "false"),
            (c, "true"),
        ]

    play(run, scene, before=twins)


def test_torrents_with_the_same_files_are_removed_as_well_if_told(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("remove_files")
        part(dialog, QRadioButton, 1).click()
        await rig.answer(dialog, "remove_files")
        assert [(len(f["hashes"].split("|")), f["deleteFiles"]) for f in rig.home.calls("torrents/delete")] == [
            (2, "true")
        ]
        await until(lambda: [t.name for t in rig.home.session.mirror.torrents.values()] == ["C"])

    play(run, scene, before=twins)


def test_nothing_is_said_of_shared_files_while_they_are_kept_or_all_go(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await rig.question("remove")
        assert not [w for w in dialog.findChildren(QRadioButton) if w.isVisible()]
        part(dialog, QCheckBox).click()
        assert part(dialog, QRadioButton).isChecked()
        dialog.reject()
        await rig.done("Remove")
        rig.select("A", "B")
        dialog = await rig.question("remove_files")
        assert not dialog.findChildren(QRadioButton)
        dialog.reject()

    play(run, scene, before=twins)
