"""The table of changeable fields: what a row says, Torrent options show, the preview says and the server gets."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QWidget

from qbt_remote.api.endpoints import ENDPOINTS, has
from qbt_remote.api.versions import Version
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.field import Field, carry_out
from qbt_remote.ui.torrents.fields import FIELDS, LOCATION, steps
from qbt_remote.ui.torrents.options_dialog import OptionsDialog
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, cells, play, preview, three_torrents

NEWEST = Version.read("2.16.2", "v5.3.0")
VALUES = {"switch": True, "path": "/srv/new", "category": "linux", "speed": 2048, "ratio": 1.5, "minutes": 90}


def example(row: Field) -> Any:
    """Give a value for a field that no torrent of the scene has."""
    return [*row.choices][-1] if row.choices else VALUES.get(row.input, "another")


def name_of(row: Field) -> str:
    return row.together.name if row.together else row.name


def two_of_each(rig: Rig) -> None:
    """A and B are unfinished, C and D finished."""
    three_torrents(rig)
    rig.home.world.add("D", state="uploading", progress=1)


@pytest.mark.parametrize("row", [*FIELDS.values(), LOCATION], ids=lambda row: row.endpoint)
def test_a_row_names_a_field_of_torrents_and_a_call_that_takes_it(row: Field) -> None:
    parameters = [word.rstrip("!") for word in ENDPOINTS[row.endpoint].params.split()]

    assert row.id in Torrent.__struct_fields__
    assert row.parameter in ("", *parameters)
    assert has(row.needs or row.endpoint, NEWEST)
    assert bool(row.choices) == (row.input == "choice")


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_previewed_and_becomes_so_on_the_server(run: Run, field: str) -> None:
    row, value = FIELDS[field], example(FIELDS[field])

    async def scene(rig: Rig) -> None:
        rig.select(*(("C", "D") if field == "super_seeding" else ("A", "B")))
        ctx = rig.window.context()
        ctx.doing, ctx.preview = "Test", True
        torrents = list(ctx.torrents)
        change = rig.tasks.spawn(carry_out(ctx, steps({field: value})), "Test")
        shown = await preview()
        assert {line[0] for line in cells(shown)} == {name_of(row)}
        assert sum(int(line[3]) for line in cells(shown)) == 2
        assert row.together or {line[2] for line in cells(shown)} == {row.text(value)}
        shown.accept()
        await change
        await until(lambda: all(row.has(t, value) for t in torrents))
        assert set(rig.home.commands()) == {row.endpoint}

    play(run, scene, before=two_of_each)


def test_every_field_with_an_input_is_in_torrent_options(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await rig.question("torrent_options")
        boxes = {box.text() for box in dialog.findChildren(QCheckBox)}
        named = {widget.accessibleName() for widget in dialog.findChildren(QWidget)}
        for row in FIELDS.values():
            if row.input:
                assert (row.label or row.name) in (boxes if row.input == "switch" else named), row.id
        dialog.reject()

    play(run, scene)


def test_a_row_is_all_that_a_new_field_takes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Field("force_start", "Forced", "torrents/setForceStart", "value", input="switch")
    monkeypatch.setitem(FIELDS, row.id, row)

    async def scene(rig: Rig) -> None:
        rig.settings.preview_above = 1
        rig.select("A", "B")
        dialog = await rig.question("torrent_options")
        assert isinstance(dialog, OptionsDialog)
        next(box for box in dialog.findChildren(QCheckBox) if box.text() == "Forced").click()
        assert dialog.wanted() == {"force_start": True}
        dialog.ok.click()
        assert cells(await preview()) == [["Forced", "off", "on", "2", "1.9 MiB"]]
        await rig.agree("torrent_options")
        await until(lambda: rig.home.torrent("A").force_start and rig.home.torrent("B").force_start)

    play(run, scene)


def test_management_goes_off_before_and_on_after_what_it_decides() -> None:
    def order(**wanted: Any) -> list[str]:
        return [field for step in steps(wanted) for field in step.change.fields]

    assert order(save_path="/srv", auto_tmm=False) == ["auto_tmm", "save_path"]
    assert order(auto_tmm=True, category="linux") == ["category", "auto_tmm"]


def test_share_limits_go_in_one_call() -> None:
    (step,) = steps({"ratio_limit": 2.0, "share_limit_action": "Remove"})

    assert step.change.fields == ("ratio_limit", "share_limit_action")
