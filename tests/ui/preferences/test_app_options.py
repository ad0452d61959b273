"""Our own options: every record is an attribute of the settings, and what is changed acts at once."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDoubleSpinBox

from qbt_remote.local.settings import Settings
from qbt_remote.local.vault import Vault
from qbt_remote.model import text
from qbt_remote.prefs.schema import KINDS, Pref, of_program
from qbt_remote.ui.form.form_inputs import ChoiceInput, MapsInput
from qbt_remote.ui.kit.theme import set_compact
from qbt_remote.ui.preferences.app_options import AppOptions
from qbt_remote.ui.servers.server_dialog import ServerDialog
from qbt_remote.ui.servers.servers_dialog import ServersDialog
from qbt_remote.ui.window import double_click
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.pref_drive import put, replace
from tests.ui.rig import Rig, hash_of, open_dialog, play


async def opened(rig: Rig) -> AppOptions:
    await rig.trigger("app_options")
    dialog = open_dialog()
    assert isinstance(dialog, AppOptions)
    return dialog


async def changed(rig: Rig, **values: Any) -> None:
    dialog = await opened(rig)
    for key, value in values.items():
        put(dialog.options.row(key), value)
    dialog.ok.click()
    await until(lambda: not rig.window.findChildren(AppOptions))


@pytest.mark.parametrize("pref", of_program().prefs.values(), ids=lambda pref: pref.key)
def test_every_record_is_an_attribute_of_the_settings_with_its_default(pref: Pref) -> None:
    assert pref.key in {f.name for f in fields(Settings)}, f"settings.py, Settings lacks {pref.key}"
    assert KINDS[pref.kind](getattr(Settings(), pref.key))
    assert pref.default == getattr(Settings(), pref.key)


def test_opening_and_ok_without_a_touch_changes_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        before = json.dumps({key: getattr(rig.settings, key) for key in of_program().prefs})
        await changed(rig)
        assert json.dumps({key: getattr(rig.settings, key) for key in of_program().prefs}) == before

    play(run, scene)


def test_cancel_changes_nothing(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        put(dialog.options.row("compact"), True)
        dialog.cancel.click()
        assert not rig.settings.compact

    play(run, scene)


def test_compact_rows_are_lower_at_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rows = rig.window.table.verticalHeader()
        height = rows.defaultSectionSize()
        await changed(rig, compact=True)
        assert rows.defaultSectionSize() == height - 4
        assert rig.settings.compact

    try:
        play(run, scene)
    finally:
        set_compact(False)


def test_another_language_writes_numbers_at_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        text.use_locale(QLocale("de"))
        await changed(rig, language="en")
        assert text.number(1.5, 1) == "1.5"
        assert rig.settings.language == "en"

    before = QLocale()
    try:
        play(run, scene)
    finally:
        text.use_locale(before)


def test_a_language_is_named_in_its_own_words(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        choices = dialog.options.row("language").input
        assert isinstance(choices, ChoiceInput)
        assert [choices.box.itemText(n) for n in range(choices.box.count())] == ["Language of the system", "English"]
        dialog.cancel.click()

    play(run, scene)


def test_the_toolbar_shows_its_names_at_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        before = rig.window.tools.toolButtonStyle()
        await changed(rig, toolbar_text=True)
        assert rig.window.tools.toolButtonStyle() != before

    play(run, scene)


def test_without_the_question_torrents_are_removed_and_files_kept(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await changed(rig, confirm_remove=False)
        rig.select("A")
        await rig.trigger("remove")
        assert [form["deleteFiles"] for form in rig.home.calls("torrents/delete")] == ["false"]

    play(run, scene)


def test_a_recheck_asks_unless_told_not_to(run: Run) -> None:
    def many(rig: Rig) -> None:
        for number in range(12):
            rig.home.world.add(f"T{number}", state="uploading", progress=1)

    async def scene(rig: Rig) -> None:
        await changed(rig, confirm_recheck=False)
        rig.window.table.selectAll()
        await rig.trigger("recheck")
        assert len(rig.home.calls("torrents/recheck")) == 1

    play(run, scene, before=many)


def test_new_servers_get_the_interval(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await changed(rig, interval_s=4.5)
        dialog = ServersDialog(rig.settings, Vault(), rig.tasks, lambda *_given: None, rig.window)  # type: ignore[arg-type]
        dialog.add()
        form = await until(open_dialog)
        assert isinstance(form, ServerDialog)
        assert 4.5 in [box.value() for box in form.findChildren(QDoubleSpinBox)]
        form.reject()
        dialog.deleteLater()

    play(run, scene)


def test_folders_are_mapped_for_one_server_or_all(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        row = dialog.options.row("path_maps")
        maps = row.input
        assert isinstance(maps, MapsInput)
        maps.list.add_button.click()
        assert not dialog.ok.isEnabled()
        line = maps.list.lines[0]
        replace(line.remote, "/data")
        replace(line.local, "/mnt/data")
        line.server.setCurrentIndex(1)
        line.server.activated.emit(1)
        dialog.ok.click()
        assert rig.settings.path_maps == [{"server": rig.home.config.id, "remote": "/data", "local": "/mnt/data"}]
        again = await opened(rig)
        assert again.options.row("path_maps").input.value() == rig.settings.path_maps
        again.cancel.click()

    play(run, scene)


def test_the_options_are_searched_as_those_of_a_server(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig)
        replace(dialog.options.search, "recheck")
        assert dialog.options.page_in_view == "transfers"
        QDialog.reject(dialog)

    play(run, scene)


@pytest.mark.parametrize("key", ["double_click_downloading", "double_click_completed"])
def test_every_action_of_a_double_click_can_be_chosen(key: str) -> None:
    assert {c.value for c in of_program().prefs[key].choices} == {*double_click.COMMANDS, "start_stop", "none"}


def test_the_details_that_return_shows_are_folded_by_other_ways_only(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await changed(rig, double_click_completed="details")
        rig.select("C")
        for _ in range(2):
            await rig.key(Qt.Key.Key_Return)
            await rig.done("Details")
            assert not rig.window.details.folded

        await rig.trigger("details")
        assert rig.window.details.folded

    play(run, scene)


def test_a_double_click_does_what_is_chosen(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        await changed(rig, double_click_downloading="none", double_click_completed="start_stop")
        for name in ("A", "C"):
            rig.select(name)
            QTest.keyClick(rig.window.table, Qt.Key.Key_Return)
        await until(lambda: rig.home.calls("torrents/stop"))
        assert rig.home.hashes("torrents/stop") == [hash_of(rig.home, "C")]

    play(run, scene)
